"""`Unlikeness`: how well new entries can be told from known ones, beside what chance would make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.stats import rankdata

from themetag.learning.drift.sides import ALARM, Lots, chance_of
from themetag.learning.features import count, weigh
from themetag.linear import Field

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

# Years are told by their number alone, so 2022 and 2025 are one word here.
WORDS = Field("word", "words", 1, 1, 1.0, numbers="masked")
# What a text weighs against itself: half of what it says is believed. Nothing was tuned.
_PENALTY = 1.0
_SHOWN = 8
# Finer differences hang on the order in which a library adds up.
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A word that helps to tell the two sides apart."""

    word: str
    """The word; digits read 0."""
    n_new: int
    """How many new entries have it."""
    n_known: int
    """How many known entries have it."""


@dataclass(frozen=True, slots=True)
class Unlikeness:
    """How unlike new entries are to known ones."""

    auc: float
    """How often a new entry looks newer than a known one to a classifier that has seen neither:
    0.5 by chance, 1 always."""
    p: float
    """The share of lots, drawn among the same entries, that can be told as well."""
    lots: tuple[float, ...]
    """The same figure as `auc`, for each lot."""
    words_new: tuple[TellingWord, ...]
    """What speaks most for a new entry; nothing where chance may have made all the difference."""
    words_known: tuple[TellingWord, ...]
    """What speaks most for a known one."""

    @property
    def is_alarm(self) -> bool:
        """Whether the difference is more than chance makes in one of twenty tables."""
        return self.p <= ALARM

    @property
    def by_chance(self) -> float:
        """What chance reaches once in twenty times."""
        return float(np.quantile(self.lots, 1 - ALARM))


def unlikeness(texts: Sequence[str], lots: Lots) -> Unlikeness:
    """Tell new texts from known ones by their words, cross-validated, and so for every lot.

    A ridge regression on TF-IDF answers for each entry from a fit without its fold (domain
    classifier: S. Rabanser et al., "Failing loudly", 2019).

    Args:
        texts: the texts, new ones first; no two of one project or nearly the same.
        lots: which are new, and the folds.
    """
    counts = count(texts, [WORDS])
    weighing = weigh(counts, np.arange(len(texts)), min_entries=2)
    inverse = centred_inverse(weighing.matrix)
    aucs = areas(held_out(inverse, lots), lots.labels)
    p = chance_of(aucs)
    words: tuple[tuple[TellingWord, ...], tuple[TellingWord, ...]] = ((), ())
    if p <= ALARM:
        is_new = lots.labels[:, 0]
        weights = weighing.matrix.T @ (inverse @ is_new)
        words = _telling(weighing.vocabulary.terms[0], weighing.matrix, weights, is_new > 0)
    return Unlikeness(float(aucs[0]), p, tuple(aucs[1:].tolist()), *words)


def centred_inverse(matrix: sparse.csr_matrix) -> Floats:
    """Return what makes the dual weights of a ridge regression, intercept included, of labels.

    Args:
        matrix: `(n, n_terms)` the texts.

    Returns:
        `(n, n)` symmetric, rows that sum to 0.
    """
    kernel = (matrix @ matrix.T).toarray()
    kernel[np.diag_indices_from(kernel)] += _PENALTY
    inverse: Floats = np.linalg.inv(kernel)
    sums = inverse.sum(axis=1)
    inverse -= np.outer(sums, sums) / sums.sum()
    return inverse


def held_out(inverse: Floats, lots: Lots) -> Floats:
    """Return each entry's score from a fit without its fold, for the truth and every lot.

    No fit is made: what is left out of a least-squares fit can be had from the fit of everything
    (S. An, W. Liu and S. Venkatesh, "Fast cross-validation algorithms for least squares support
    vector machine and kernel ridge regression", 2007), so one inverse serves all folds and lots.

    Returns:
        `(n, 1 + n_lots)`.
    """
    weights = inverse @ lots.labels
    scores = lots.labels.copy()
    for fold in np.unique(lots.folds):
        own = np.flatnonzero(lots.folds == fold)
        scores[own] -= np.linalg.solve(inverse[np.ix_(own, own)], weights[own])
    return scores


def areas(scores: Floats, labels: Floats) -> Floats:
    """Return the area under the ROC curve of each column; equal scores count one half.

    >>> areas(np.array([[3.0], [1.0], [2.0]]), np.array([[1.0], [0.0], [1.0]])).tolist()
    [1.0]
    """
    ranks = rankdata(np.round(scores, _DECIMALS), axis=0)
    n_new = labels.sum(axis=0)
    above = (ranks * labels).sum(axis=0) - n_new * (n_new + 1) / 2
    return np.asarray(above / (n_new * (len(labels) - n_new)), dtype=np.float64)


def _telling(
    terms: Sequence[str], matrix: sparse.csr_matrix, weights: Floats, is_new: npt.NDArray[np.bool_]
) -> tuple[tuple[TellingWord, ...], tuple[TellingWord, ...]]:
    """Return the words that part the mean scores of the two sides most, by the side they are of."""
    gap = _means(matrix[is_new]) - _means(matrix[~is_new])
    shares = np.round(weights * gap, _DECIMALS)
    order = np.argsort(-shares, kind="stable")
    n_new, n_known = (np.diff(side.tocsc().indptr) for side in (matrix[is_new], matrix[~is_new]))

    def told_by(sign: int) -> tuple[TellingWord, ...]:
        found = [i for i in order.tolist() if sign * gap[i] > 0 and shares[i] > 0][:_SHOWN]
        return tuple(TellingWord(terms[i], int(n_new[i]), int(n_known[i])) for i in found)

    return told_by(1), told_by(-1)


def _means(matrix: sparse.csr_matrix) -> Floats:
    return np.asarray(matrix.mean(axis=0), dtype=np.float64).ravel()
