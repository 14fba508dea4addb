"""`NewWord`: words that stand in new entries far more than in known ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import xlogy
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from themetag.learning.drift.sides import ALARM, Lots, chance_of
from themetag.learning.features import count
from themetag.linear import Field

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

# Words and pairs of words; a year is new every year, so numbers are not told apart.
_RUNS = Field("run", "words", 1, 2, 1.0, numbers="masked")
# A word of two entries may be one council's.
_LEAST_ENTRIES = 3
_SHOWN = 20
# An unseen word is worth a look even where chance may have made it, but not where it surely has.
_AS_LIKELY_AS_NOT = 0.5
# The prior says for each word: so many more entries, in which it stands as often as in all.
_PRIOR_ENTRIES = 10.0
# With 20,000 words, so many lots at a time take a few tens of megabytes.
_LOTS_AT_ONCE = 50
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class NewWord:
    """A word or pair of words that is new, or much rarer in the corpus."""

    word: str
    """The word or words; digits read 0."""
    n_new: int
    """How many new entries have it."""
    n_known: int
    """How many known entries have it; 0 is unseen."""
    log_odds: float
    """The logarithm of its odds in new entries over those in known ones, shrunk towards 0."""
    p: float
    """The share of lots in which some word is as surprising as this one."""
    rows: tuple[int, ...]
    """Positions of the new entries that have it."""


def new_words(texts: Sequence[str], lots: Lots) -> tuple[NewWord, ...]:
    """Find the words of new texts that are unseen or much rarer in known ones.

    An entry has a word or not, however often. How much commoner a word is, its log-odds under an
    informative prior say (B. Monroe, M. Colaresi and K. Quinn, "Fightin' words", 2008). Their
    standard error is of no use where a word is unseen, so how surprising that is, the likelihood
    ratio says (T. Dunning, "Accurate methods for the statistics of surprise and coincidence",
    1993). Among thousands of words some surprise by chance: each is held against the most
    surprising one of every lot (P. Westfall and S. Young, "Resampling-based multiple testing",
    1993).

    Args:
        texts: the texts, new ones first; no two of one project or nearly the same.
        lots: which are new.

    Returns:
        At most 20, those first that are more than chance makes, then by log-odds, falling; each
        in three new entries or more. Others than those are unseen in known entries and as little
        due to chance as not.
    """
    terms, across = _words_across(texts)
    is_new = lots.labels[:, 0] > 0
    n, has = len(is_new), np.diff(across.indptr)
    n_new = (across @ lots.labels[:, 0]).astype(np.int64)
    n_known = has - n_new
    odds = log_odds(n_new, n_known, int(is_new.sum()), int((~is_new).sum()))
    surprise = surprises(n_new, has, int(is_new.sum()), n)
    most = _most_surprising(across, lots.labels[:, 1:])
    found = (
        NewWord(
            terms[i],
            int(n_new[i]),
            int(n_known[i]),
            float(odds[i]),
            chance_of(np.append(surprise[i], most)),
            tuple(row for row in np.sort(across[i].indices).tolist() if is_new[row]),
        )
        for i in np.flatnonzero((n_new >= _LEAST_ENTRIES) & (odds > 0)).tolist()
    )
    listed = [word for word in found if word.p <= (ALARM if word.n_known else _AS_LIKELY_AS_NOT)]
    listed.sort(key=lambda word: (word.p > ALARM, -word.log_odds, -len(word.word), word.word))
    return tuple(_without_parts(listed)[:_SHOWN])


def _words_across(texts: Sequence[str]) -> tuple[list[str], sparse.csr_matrix]:
    """Return the words and pairs that say something, and `(n_words, n)` who has them."""
    counts = count(texts, [_RUNS])
    has = sparse.csc_matrix(counts.matrices[0].sign())
    enough = np.diff(has.indptr) >= _LEAST_ENTRIES
    kept = [i for i in np.flatnonzero(enough).tolist() if says_something(counts.terms[0][i])]
    return [counts.terms[0][i] for i in kept], has[:, kept].T.tocsr()


def says_something(term: str) -> bool:
    """Say whether a word or pair has neither a word of grammar nor a bare number in it.

    >>> says_something("rough sleepers"), says_something("of the"), says_something("00 homes")
    (True, False, False)
    """
    return not any(word in ENGLISH_STOP_WORDS or word.isdecimal() for word in term.split())


def log_odds(has_new: Ids, has_known: Ids, n_new: int, n_known: int) -> Floats:
    """Return by how much the log-odds of having each word are higher in new entries.

    Args:
        has_new: `(n_words,)` how many new entries have each word.
        has_known: `(n_words,)` how many known ones.
        n_new: how many new entries there are.
        n_known: how many known ones.

    >>> log_odds(np.array([5, 0]), np.array([0, 5]), 20, 20).round(2).tolist()
    [1.75, -1.75]
    """
    # Half an entry for and half against, since a word may stand in all.
    prior = _PRIOR_ENTRIES * (has_new + has_known + 0.5) / (n_new + n_known + 1)
    sides = ((has_new, n_new), (has_known, n_known))
    odds = [(has + prior) / (n - has + _PRIOR_ENTRIES - prior) for has, n in sides]
    return np.round(np.log(odds[0]) - np.log(odds[1]), _DECIMALS)


def surprises(has_new: Floats | Ids, has: Ids, n_new: int, n: int) -> Floats:
    """Return how surprising it is that so many new entries have a word.

    Args:
        has_new: how many new entries have each word.
        has: of the same shape, how many of all entries.
        n_new: how many new entries there are.
        n: how many there are in all.

    Returns:
        The same shape: the likelihood ratio of one rate a side to one for all, which grows with
        `has_new`; under 0 where the word is commoner in known entries.
    """
    rate = has / n
    cells = (
        (has_new, n_new * rate),
        (has - has_new, (n - n_new) * rate),
        (n_new - has_new, n_new * (1 - rate)),
        (n - n_new - has + has_new, (n - n_new) * (1 - rate)),
    )
    ratio = 2 * sum(xlogy(seen, seen) - xlogy(seen, due) for seen, due in cells)
    return np.asarray(np.round(np.sign(has_new - n_new * rate) * ratio, _DECIMALS))


def _most_surprising(across: sparse.csr_matrix, labels: Floats) -> Floats:
    """Return the greatest surprise of any word, lot by lot."""
    n, n_new = len(labels), int(labels[:, 0].sum())
    has = np.diff(across.indptr)
    if not has.size:
        return np.zeros(labels.shape[1])
    # Among words of as many entries the one with most new ones surprises most.
    order = np.argsort(has, kind="stable")
    sizes, starts = np.unique(has[order], return_index=True)
    ordered, most = across[order], []
    for start in range(0, labels.shape[1], _LOTS_AT_ONCE):
        counts = ordered @ labels[:, start : start + _LOTS_AT_ONCE]
        highest = np.maximum.reduceat(counts, starts, axis=0)
        most.append(surprises(highest, sizes[:, None], n_new, n).max(axis=0))
    return np.concatenate(most)


def _without_parts(found: Sequence[NewWord]) -> list[NewWord]:
    """Leave out words that overlap one further up and stand in no other entries than that."""
    kept: list[NewWord] = []
    for word in found:
        if not any(_is_part(word, other) for other in kept):
            kept.append(word)
    return kept


def _is_part(word: NewWord, other: NewWord) -> bool:
    shared = set(word.word.split()) & set(other.word.split())
    return bool(shared) and set(word.rows) <= set(other.rows)
