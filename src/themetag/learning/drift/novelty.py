"""`Candidate`: new entries without a theme that are alike, as a theme to be thought of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import TfidfTransformer

from themetag.learning.drift.newwords import says_something
from themetag.learning.drift.unlikeness import WORDS
from themetag.learning.features import count

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]

# Two entries may be alike by chance.
LEAST = 3
# What stands in more known entries than that says how submissions are written, not what one is
# about (benchmarks/results/drift.txt says what comes of it).
_MOST_SPREAD = 0.1
# Entries of a candidate are as alike as the most alike one in twenty pairs of known entries.
_ALIKE = 0.95
_SHOWN_WORDS = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A few entries without a theme that are alike."""

    rows: tuple[int, ...]
    """Their positions among the new entries, three or more."""
    words: tuple[str, ...]
    """What sets them apart, each word in two of them or more."""


def candidates(texts: Sequence[str], n_new: int, without_theme: Flags) -> tuple[Candidate, ...]:
    """Find groups among the new entries that got no theme.

    Average linkage on the cosine of TF-IDF (R. Sokal and C. Michener, 1958), cut where pairs are
    more alike than 19 in 20 pairs of known entries.

    Args:
        texts: the texts, new ones first; no two of one project or nearly the same.
        n_new: how many are new.
        without_theme: `(n_new,)` which of them got no theme.

    Returns:
        The largest first; none where there are not three that are alike.
    """
    rows = np.flatnonzero(without_theme)
    if len(rows) < LEAST:
        return ()
    terms, matrix = _subjects(texts, n_new)
    if not terms:
        return ()
    known = (matrix[n_new:] @ matrix[n_new:].T).toarray()
    floor = float(np.quantile(known[np.triu_indices_from(known, k=1)], _ALIKE))
    found = (rows[own] for own in _clusters(matrix[rows], floor))
    groups = sorted(
        (own for own in found if len(own) >= LEAST), key=lambda own: (-len(own), own[0])
    )
    return tuple(Candidate(tuple(own.tolist()), _words_of(own, terms, matrix)) for own in groups)


def _subjects(texts: Sequence[str], n_new: int) -> tuple[Sequence[str], sparse.csr_matrix]:
    """Return the words that say what texts are about, and TF-IDF over them."""
    counts = count(texts, [WORDS])
    matrix = counts.matrices[0]
    spread, known = (np.diff(part.tocsc().indptr) for part in (matrix, matrix[n_new:]))
    few = (spread >= 2) & (known <= _MOST_SPREAD * (len(texts) - n_new))
    kept = [i for i in np.flatnonzero(few).tolist() if says_something(counts.terms[0][i])]
    if not kept:
        return (), matrix
    weighed = TfidfTransformer(sublinear_tf=True).fit_transform(matrix[:, kept])
    return [counts.terms[0][i] for i in kept], weighed


def _clusters(matrix: sparse.csr_matrix, floor: float) -> list[Ids]:
    """Return groups of rows that are at least so much alike on the average."""
    distances = np.clip(1.0 - (matrix @ matrix.T).toarray(), 0.0, 1.0)
    np.fill_diagonal(distances, 0.0)
    linkage = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1.0 - floor
    )
    labels = linkage.fit_predict(distances)
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]


def _words_of(rows: Ids, terms: Sequence[str], matrix: sparse.csr_matrix) -> tuple[str, ...]:
    """Return the words whose weight in some texts is most above that in all."""
    own = matrix[rows]
    above = np.round(np.asarray(own.mean(axis=0) - matrix.mean(axis=0)).ravel(), 9)
    shared = np.diff(own.tocsc().indptr) >= 2
    order = np.argsort(-np.where(shared, above, -np.inf), kind="stable")[:_SHOWN_WORDS]
    return tuple(terms[i] for i in order.tolist() if shared[i] and above[i] > 0)
