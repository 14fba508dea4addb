"""A prepared corpus in, fitted linear models out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from themetag.artifact import rounded
from themetag.learning.criteria import levelled
from themetag.learning.features import Rows, Weighing, heaviest, trimmed, weigh
from themetag.learning.prepared import Prepared
from themetag.learning.ridge import ridge
from themetag.linear import LinearModel

Floats = npt.NDArray[np.float64]


def fit(prepared: Prepared, training: Rows) -> tuple[Weighing, LinearModel]:
    """Fit categories and themes on part of a corpus.

    Both are ridge regressions on +1 for entries that have a label and -1 for the others (A. Hoerl
    and R. Kennard, 1970). Among the categories each counts the same in sum, however many entries
    it has; the themes are fitted unweighted. What the lexicon says is added to what was learnt.
    Texts from outside always train, where there are any.

    Args:
        prepared: the corpus, its lexicon and the recipe.
        training: positions of the entries to fit on.

    Returns:
        The vocabulary with all texts over it, and the model: categories first, then themes, then
        what tells submissions from other texts, where there are texts from outside.
    """
    counts, targets, recipe = prepared.counts, prepared.targets, prepared.recipe
    n_entries = len(targets.themes)
    outside = np.arange(n_entries, counts.n_texts)
    everything = np.concatenate([training, outside])
    weighing = weigh(counts, everything, recipe.min_entries)
    has_say = targets.category_weights[training] > 0
    entered = training[(targets.category[training] >= 0) & has_say]
    coded = training[targets.coded[training]]
    parts = [
        _categories(prepared, weighing, entered),
        ridge(
            weighing.matrix[coded],
            _signed(targets.themes[coded]),
            np.ones(len(coded)),
            recipe.theme_penalty,
        ),
    ]
    if outside.size:
        inside = (everything < n_entries).astype(np.int64)
        # All entries show what a submission is, those too that teach no category.
        counted = np.append(
            np.maximum(targets.category_weights[training], 1.0), np.ones(outside.size)
        )
        parts.append(
            ridge(
                weighing.matrix[everything],
                _signed(inside[:, None]),
                balanced(inside, counted),
                recipe.scope_penalty,
            )
        )
    weights = np.hstack([weights for weights, _ in parts])
    intercepts = np.concatenate([starts for _, starts in parts])
    typical = training[typical_rows(targets.real[training])]
    opinions, middles = _opinions(prepared, weighing, typical)
    n_labels = opinions.shape[1]
    weights[:, :n_labels] += opinions
    intercepts[:n_labels] -= middles
    kept = heaviest(weights)
    if kept.size < len(weights):
        weighing, weights = trimmed(weighing, kept), weights[kept]
    return weighing, LinearModel(rounded(weights), intercepts)


def _categories(prepared: Prepared, weighing: Weighing, entered: Rows) -> tuple[Floats, Floats]:
    """Fit the categories on entries that have one, those known by their criteria on a level."""
    targets, recipe = prepared.targets, prepared.recipe
    matrix, category = weighing.matrix[entered], targets.category[entered]
    found = ridge(
        matrix,
        _signed(targets.category_share[entered]),
        balanced(category, targets.category_weights[entered]),
        recipe.category_penalty,
    )
    if not prepared.by_criteria:
        return found
    typical = typical_rows(targets.real[entered])
    weights, intercepts = found
    scores = matrix[typical] @ weights + intercepts
    return levelled(weights, intercepts, scores, category[typical], prepared.by_criteria)


def _signed(shares: npt.NDArray[Any]) -> Floats:
    """Return 1 for a label that an entry has wholly and -1 for one that it has not."""
    return np.asarray(2.0 * shares - 1.0, dtype=np.float64)


def _opinions(prepared: Prepared, weighing: Weighing, typical: Rows) -> tuple[Floats, Floats]:
    """Return the lexicon as weights and what they add to a label's score on average.

    They are scaled so that over typical entries of the training part what they add to each
    label's score deviates by the figure that the recipe names.
    """
    opinions = prepared.lexicon.weights(weighing.vocabulary)
    added = weighing.matrix[typical] @ opinions
    deviation = added.std(axis=0)
    say = np.full(opinions.shape[1], prepared.recipe.theme_cues)
    say[: prepared.n_categories] = prepared.recipe.category_cues
    scale = np.divide(say, deviation, out=np.zeros_like(say), where=deviation > 0)
    return opinions * scale, added.mean(axis=0) * scale


def typical_rows(real: npt.NDArray[np.bool_]) -> Rows:
    """Return the positions of the real entries; of all where there is no real one."""
    return np.flatnonzero(real if real.any() else np.ones_like(real))


def score(weighing: Weighing, model: LinearModel, rows: Rows) -> Floats:
    """Return `(n_rows, n_labels)` float64: the uncalibrated scores of entries of the corpus."""
    products: Floats = weighing.matrix[rows] @ model.weights.astype(np.float64)
    return products + model.intercepts


def score_unseen(prepared: Prepared, parts: Sequence[tuple[Rows, Rows]]) -> list[Floats]:
    """Fit on each training part and score its unseen part, on all processors.

    Args:
        prepared: the corpus and how to fit.
        parts: pairs of positions to train on and positions to score.

    Returns:
        A `(n_unseen, n_labels)` array a part.
    """

    def one(training: Rows, unseen: Rows) -> Floats:
        return score(*fit(prepared, training), unseen)

    # Large arrays are sent, not laid into temporary files: those fail where a disk is full.
    found: list[Any] = Parallel(n_jobs=-1, max_nbytes=None)(delayed(one)(*x) for x in parts)
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
