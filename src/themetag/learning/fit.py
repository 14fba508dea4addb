"""Recipe and corpus in, fitted linear models out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from themetag.artifact import rounded
from themetag.learning.corpus import Corpus
from themetag.learning.features import Counts, Rows, Weighing, heaviest, trimmed, weigh
from themetag.learning.recipe import Recipe
from themetag.learning.ridge import ridge
from themetag.linear import LinearModel

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """The labels of a corpus as arrays, one row an entry."""

    category: npt.NDArray[np.int64]
    """`(n,)` the position of the category in the codebook, -1 where unknown."""
    themes: Flags
    """`(n, n_themes)` the themes of each entry."""
    coded: Flags
    """`(n,)` whether somebody coded the themes of the entry."""
    plausible: Flags
    """`(n, n_themes)` themes that a reasonable coder might add or did give."""
    real: Flags
    """`(n,)` whether the entry may evaluate."""
    category_weights: Floats
    """`(n,)` what the entry counts in fitting the categories."""

    @classmethod
    def of(cls, corpus: Corpus, recipe: Recipe) -> Targets:
        """Read them off a corpus whose labels are all in its codebook."""
        rows = corpus.entries
        names = {name: i for i, name in enumerate(corpus.codebook.category_names)}
        ids = corpus.codebook.theme_ids
        themes = np.array([[id in (row.themes or ()) for id in ids] for row in rows], dtype=bool)
        plausible = np.array([[id in row.plausible for id in ids] for row in rows], dtype=bool)
        themes, plausible = themes.reshape(len(rows), -1), plausible.reshape(len(rows), -1)
        return cls(
            np.array([-1 if row.category is None else names[row.category] for row in rows]),
            themes,
            np.array([row.themes is not None for row in rows]),
            plausible | themes,
            np.array([row.kind == "real" for row in rows]),
            np.array([recipe.category_weights.get(row.kind, 1.0) for row in rows]),
        )


def fit(
    counts: Counts, targets: Targets, training: Rows, recipe: Recipe, n_categories: int
) -> tuple[Weighing, LinearModel]:
    """Fit categories and themes on part of a corpus.

    Both are ridge regressions on +1 for entries that have a label and -1 for the others (A. Hoerl
    and R. Kennard, 1970). Among the categories each counts the same in sum, however many entries
    it has; the themes are fitted unweighted. Texts from outside stand in `counts` after the
    entries; where there are any, they always train.

    Args:
        counts: the whole corpus.
        targets: its labels.
        training: positions of the entries to fit on.
        recipe: penalties and least frequency of a term.
        n_categories: how many categories the codebook has.

    Returns:
        The vocabulary with all texts over it, and the model: categories first, then themes, then
        what tells submissions from other texts, where there are texts from outside.
    """
    n_entries = len(targets.themes)
    outside = np.arange(n_entries, counts.n_texts)
    everything = np.concatenate([training, outside])
    weighing = weigh(counts, everything, recipe.min_entries)
    entered = training[targets.category[training] >= 0]
    coded = training[targets.coded[training]]
    category = targets.category[entered]
    parts = [
        ridge(
            weighing.matrix[entered],
            category[:, None] == np.arange(n_categories),
            balanced(category, targets.category_weights[entered]),
            recipe.category_penalty,
        ),
        ridge(
            weighing.matrix[coded],
            targets.themes[coded],
            np.ones(len(coded)),
            recipe.theme_penalty,
        ),
    ]
    if outside.size:
        inside = (everything < n_entries).astype(np.int64)
        counted = np.append(targets.category_weights[training], np.ones(outside.size))
        parts.append(
            ridge(
                weighing.matrix[everything],
                inside[:, None] == 1,
                balanced(inside, counted),
                recipe.scope_penalty,
            )
        )
    weights = np.hstack([weights for weights, _ in parts])
    kept = heaviest(weights)
    if kept.size < len(weights):
        weighing, weights = trimmed(weighing, kept), weights[kept]
    return weighing, LinearModel(rounded(weights), np.concatenate([starts for _, starts in parts]))


def score(weighing: Weighing, model: LinearModel, rows: Rows) -> Floats:
    """Return `(n_rows, n_labels)` float64: the uncalibrated scores of entries of the corpus."""
    products: Floats = weighing.matrix[rows] @ model.weights.astype(np.float64)
    return products + model.intercepts


def score_unseen(
    counts: Counts,
    targets: Targets,
    parts: Sequence[tuple[Rows, Rows]],
    recipe: Recipe,
    n_categories: int,
) -> list[Floats]:
    """Fit on each training part and score its unseen part, on all processors.

    Args:
        counts: the whole corpus.
        targets: its labels.
        parts: pairs of positions to train on and positions to score.
        recipe: how to fit.
        n_categories: how many categories the codebook has.

    Returns:
        A `(n_unseen, n_labels)` array a part.
    """

    def one(training: Rows, unseen: Rows) -> Floats:
        weighing, model = fit(counts, targets, training, recipe, n_categories)
        return score(weighing, model, unseen)

    found: list[Any] = Parallel(n_jobs=-1)(delayed(one)(*part) for part in parts)
    return found


def balanced(category: npt.NDArray[np.int64], weights: Floats) -> Floats:
    """Scale weights so that every category that occurs weighs the same in sum, and 1 on average.

    >>> balanced(np.array([0, 0, 1]), np.ones(3)).tolist()
    [0.75, 0.75, 1.5]
    """
    if not category.size:
        return weights
    sums = np.bincount(category, weights)
    scaled = weights / sums[category]
    return np.asarray(scaled / scaled.mean(), dtype=np.float64)
