"""Recipe and corpus in, fitted linear models out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.linear_model import Ridge

from themetag.artifact import rounded
from themetag.learning.corpus import Corpus
from themetag.learning.features import Counts, Rows, Weighing, weigh
from themetag.learning.recipe import Recipe
from themetag.linear import LinearModel

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Ten times finer moves no score of the corpus by 0.001.
_TOLERANCE = 1e-4


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
    it has; the themes are fitted unweighted.

    Args:
        counts: the whole corpus.
        targets: its labels.
        training: positions of the entries to fit on.
        recipe: penalties and least frequency of a term.
        n_categories: how many categories the codebook has.

    Returns:
        The vocabulary with all texts over it, and the model: categories first, then themes.
    """
    n_themes = targets.themes.shape[1]
    weighing = weigh(counts, training, recipe.min_entries, n_categories + n_themes)
    entered = training[targets.category[training] >= 0]
    coded = training[targets.coded[training]]
    category = targets.category[entered]
    parts = [
        _ridge(
            weighing.matrix[entered],
            category[:, None] == np.arange(n_categories),
            balanced(category, targets.category_weights[entered]),
            recipe.category_penalty,
        ),
        _ridge(
            weighing.matrix[coded],
            targets.themes[coded],
            np.ones(len(coded)),
            recipe.theme_penalty,
        ),
    ]
    weights = rounded(np.hstack([weights for weights, _ in parts]))
    return weighing, LinearModel(weights, np.concatenate([starts for _, starts in parts]))


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


def _ridge(
    matrix: sparse.csr_matrix, has_label: Flags, weights: Floats, penalty: float
) -> tuple[Floats, Floats]:
    """Fit labels at once; return `(n_terms, n_labels)` weights and `(n_labels,)` intercepts."""
    if has_label.size == 0:
        return np.zeros((matrix.shape[1], has_label.shape[1])), np.zeros(has_label.shape[1])
    ridge = Ridge(alpha=penalty, solver="sparse_cg", tol=_TOLERANCE)
    ridge.fit(matrix, np.where(has_label, 1.0, -1.0), sample_weight=weights)
    return np.atleast_2d(ridge.coef_).T, np.atleast_1d(ridge.intercept_)
