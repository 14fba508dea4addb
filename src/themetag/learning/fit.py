"""Recipe and corpus in, fitted linear models out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.svm import LinearSVC

from themetag.artifact import rounded
from themetag.learning.corpus import Corpus
from themetag.learning.features import Counts, Rows, Weighing, weigh
from themetag.learning.recipe import Recipe
from themetag.linear import LinearModel

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# A label that no training entry has: it can never be the answer.
_NEVER = -1.0
_ITERATIONS = 20_000
# Ten times coarser than the library's default: it moves no score of the corpus by 0.001.
_TOLERANCE = 1e-3


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

    Each label has a linear support vector machine with squared hinge loss against all others,
    positive and negative entries weighing the same in sum (R.-E. Fan et al., "LIBLINEAR", 2008).

    Args:
        counts: the whole corpus.
        targets: its labels.
        training: positions of the entries to fit on.
        recipe: penalties and weights.
        n_categories: how many categories the codebook has.

    Returns:
        The vocabulary with all texts over it, and the model: categories first, then themes.
    """
    n_themes = targets.themes.shape[1]
    weighing = weigh(counts, training, recipe.min_entries, n_categories + n_themes)
    entered = training[targets.category[training] >= 0]
    coded = training[targets.coded[training]]
    entered_texts, coded_texts = weighing.matrix[entered], weighing.matrix[coded]
    counted = targets.category_weights[entered]
    columns = [
        _column(entered_texts, targets.category[entered] == i, counted, recipe.category_penalty)
        for i in range(n_categories)
    ]
    columns += [
        _column(coded_texts, targets.themes[coded, i], np.ones(coded.size), recipe.theme_penalty)
        for i in range(n_themes)
    ]
    weights = rounded(np.stack([weights for weights, _ in columns], axis=1))
    intercepts = np.array([intercept for _, intercept in columns])
    return weighing, LinearModel(weights, intercepts)


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


def _column(
    matrix: sparse.csr_matrix, has_label: Flags, weights: Floats, penalty: float
) -> tuple[Floats, float]:
    """Fit one label; return its weights and intercept."""
    if not has_label.any():
        return np.zeros(matrix.shape[1]), _NEVER
    if has_label.all():
        return np.zeros(matrix.shape[1]), -_NEVER
    machine = LinearSVC(C=penalty, dual=True, random_state=0, max_iter=_ITERATIONS, tol=_TOLERANCE)
    machine.fit(matrix, has_label, sample_weight=_balanced(has_label, weights))
    return machine.coef_[0], float(machine.intercept_[0])


def _balanced(has_label: Flags, weights: Floats) -> Floats:
    """Scale weights so that entries with and without a label weigh the same in sum."""
    total, positive = weights.sum(), weights[has_label].sum()
    scales = np.where(has_label, total / (2 * positive), total / (2 * (total - positive)))
    balanced: Floats = weights * scales
    return balanced
