"""`Sides` and `Lots`: new entries beside known ones, and what chance might make of the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from themetag.entry import Entry
from themetag.errors import LearningError
from themetag.learning.corpus import Corpus
from themetag.learning.grouping import group_entries

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

# Under this many, no difference short of another language could be told from chance.
LEAST_NEW = 5
LEAST_KNOWN = 10
# A year's intake is taken whole; the time taken grows with the third power of the entries.
MOST = 1500
# One alarm in twenty tables that are alike.
ALARM = 0.05
# The least p-value is then 0.001.
N_LOTS = 999
_SEED = 2026
_FOLDS = 10


@dataclass(frozen=True, slots=True)
class Sides:
    """The entries that are compared: one of every project and of every near-identical text."""

    new: tuple[Entry, ...]
    """The new table's, in its order."""
    known: tuple[Entry, ...]
    """The corpus's real entries that are not in the new table too."""
    n_repeated: int
    """Entries of the new table left out, since they are nearly the same as an earlier one."""
    n_known_already: int
    """Those of `new` whose project or text stands in the corpus; there it is left out."""

    @property
    def texts(self) -> list[str]:
        """The texts of all, the new ones first."""
        return [entry.text for entry in self.new + self.known]


def set_beside(new: Sequence[Entry], corpus: Corpus) -> Sides:
    """Set new entries beside the real entries of a corpus, so that chance can be reckoned with.

    Entries of one project, and near-identical texts, count once: drawing lots takes every entry
    for a find of its own. More than `MOST` known entries are thinned by lot.

    Raises:
        LearningError: when too few are left on either side.
    """
    known = corpus.real
    texts = [entry.text for entry in new] + [row.entry.text for row in known]
    stated = [f"new entry {i}" for i in range(len(new))] + [row.group for row in known]
    groups = group_entries(texts, stated)
    of_new, first_new = np.unique(groups[: len(new)], return_index=True)
    of_known, first_known = np.unique(groups[len(new) :], return_index=True)
    kept_new = tuple(new[i] for i in np.sort(first_new).tolist())
    apart = np.sort(first_known[~np.isin(of_known, of_new)])
    if len(apart) > MOST:
        apart = np.sort(np.random.default_rng(_SEED).choice(apart, MOST, replace=False))
    _refuse_few(len(kept_new), len(apart), corpus.name)
    return Sides(
        kept_new,
        tuple(known[i].entry for i in apart.tolist()),
        len(new) - len(kept_new),
        int(np.isin(of_new, of_known).sum()),
    )


def _refuse_few(n_new: int, n_known: int, corpus: str) -> None:
    if n_new < LEAST_NEW:
        raise LearningError(
            f"too few different entries to be compared: {n_new} where it takes {LEAST_NEW}"
        )
    if n_known < LEAST_KNOWN:
        raise LearningError(
            f"holds {n_known} real entries that are not in the table too; it takes {LEAST_KNOWN}. "
            "Name a corpus of earlier years with --corpus",
            corpus,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Lots:
    """Which entries are new: as it is, and as drawing lots might have had it.

    Lots are drawn within folds, so that every draw leaves as many new entries in each fold as
    there are; new and known entries of one kind are then exchangeable, and the share of draws
    that look as remarkable as the truth is an exact p-value (P. Good, "Permutation tests", 2000).
    """

    folds: Ids
    """`(n,)` the fold of each entry, new ones first."""
    labels: Floats
    """`(n, 1 + N_LOTS)` 1 where an entry is new, else 0; the first column is the truth."""

    @classmethod
    def draw(cls, n_new: int, n_known: int) -> Lots:
        """Deal entries to folds and draw lots, the same ones every time.

        >>> lots = Lots.draw(5, 10)
        >>> lots.labels.sum(axis=0).tolist() == [5.0] * (1 + N_LOTS)
        True
        """
        draws = np.random.default_rng(_SEED)
        n_folds = min(_FOLDS, n_new, n_known)
        dealt = [draws.permutation(n) % n_folds for n in (n_new, n_known)]
        folds = np.concatenate(dealt).astype(np.int64)
        labels = np.repeat((np.arange(n_new + n_known) < n_new)[:, None], 1 + N_LOTS, axis=1)
        for fold in range(n_folds):
            own = np.flatnonzero(folds == fold)
            labels[own, 1:] = draws.permuted(labels[own, 1:], axis=0)
        return cls(folds, labels.astype(np.float64))


def chance_of(found: Floats) -> float:
    """Return the p-value of a figure: the share of lots, itself among them, that reach it.

    Args:
        found: `(1 + n_lots,)` the figure as it is, and as every lot has it.

    >>> chance_of(np.array([0.9, 0.5, 0.9, 0.4]))
    0.5
    """
    return float((found >= found[0]).mean())
