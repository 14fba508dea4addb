"""Ridge regression on many labels at once, over sparse texts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]

# Ten times finer moves no score of the corpus by 0.001.
_TOLERANCE = 1e-4
# A square this small is none: the texts cannot tell the label at all.
_NOTHING = 1e-20
# So many fit into a few hundred megabytes with 400,000 terms.
_LABELS_AT_ONCE = 16
# Ten times what any corpus has needed; rounding may keep a hopeless label from ending by itself.
_MOST_STEPS = 500


def ridge(
    matrix: sparse.csr_matrix, labels: Floats, weights: Floats, penalty: float
) -> tuple[Floats, Floats]:
    """Fit each label to what it is for every entry, such as +1 or -1.

    The intercept is not penalised: texts and labels are centred, the texts without making them
    dense (A. Hoerl and R. Kennard, "Ridge regression", 1970).

    Args:
        matrix: `(n, n_terms)` the texts.
        labels: `(n, n_labels)` who has what: 1 where an entry has a label, -1 where it has not.
        weights: `(n,)` what each entry counts, over 0.
        penalty: what the squared weights of the terms cost, over 0.

    Returns:
        `(n_terms, n_labels)` weights and `(n_labels,)` intercepts.
    """
    found = np.zeros((matrix.shape[1], labels.shape[1]))
    if labels.size == 0:
        return found, np.zeros(labels.shape[1])
    texts = _Centred(matrix, weights)
    middle = weights @ labels / weights.sum()
    for at in range(0, labels.shape[1], _LABELS_AT_ONCE):
        block = slice(at, at + _LABELS_AT_ONCE)
        found[:, block] = _conjugate_gradients(texts, labels[:, block] - middle[block], penalty)
    return found, middle - texts.mean @ found


class _Centred:
    """Weighted texts less their mean, as a linear map."""

    def __init__(self, matrix: sparse.csr_matrix, weights: Floats):
        self._matrix, self._across = matrix, matrix.T.tocsr()
        self.mean: Floats = self._across @ weights / weights.sum()
        self.roots: Floats = np.sqrt(weights)[:, None]

    def onto_texts(self, terms: Floats) -> Floats:
        scores: Floats = self.roots * (self._matrix @ terms - self.mean @ terms)
        return scores

    def onto_terms(self, texts: Floats) -> Floats:
        scaled = self.roots * texts
        sums: Floats = self._across @ scaled - np.outer(self.mean, scaled.sum(axis=0))
        return sums


def _conjugate_gradients(texts: _Centred, labels: Floats, penalty: float) -> Floats:
    """Solve ridge regressions on the same texts side by side (A. Bjorck, 1996, "CGLS").

    Side by side they share every pass over the texts, which takes nearly all the time.
    """
    rest = texts.roots * labels
    slope = texts.onto_terms(rest)
    found, step, size = np.zeros_like(slope), slope.copy(), np.square(slope).sum(axis=0)
    enough = np.maximum(size * _TOLERANCE**2, _NOTHING)
    for _ in range(_MOST_STEPS):
        if not (size > enough).any():
            break
        ahead = texts.onto_texts(step)
        curve = np.square(ahead).sum(axis=0) + penalty * np.square(step).sum(axis=0)
        length = np.where(size > enough, size / np.maximum(curve, _NOTHING), 0.0)
        found += length * step
        rest -= length * ahead
        slope = texts.onto_terms(rest) - penalty * found
        before, size = size, np.where(size > enough, np.square(slope).sum(axis=0), size)
        step = slope + size / np.maximum(before, _NOTHING) * step
    return found
