r"""How alike texts are: near-duplicates within a list, and the nearest texts of another.

Likeness is the cosine of TF-IDF vectors (G. Salton and C. Buckley, "Term-weighting approaches in
automatic text retrieval", 1988) over words and pairs of words, so it finds a project that was
entered again in other words. It is shown to people, who decide. What may not be parted by folds
is decided by `learning.grouping`, which asks for much more: shared runs of three words.

>>> texts = ["Forty flats for rough sleepers", "Weekly bins", "Forty flats for rough sleepers!"]
>>> similar_pairs(texts)
[Pair(first=0, second=2, similarity=1.0)]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from themetag.text import fingerprint, word_groups, words

# Measured on the 211 real entries: a copy in which three of ten words were put in place of others
# is 0.55 like its original (median; 0.41 or more in 99 of 100).
NEAR_DUPLICATE = 0.4
# All 11 pairs of entries that are known to be of one project are at least 0.18 alike, the most
# alike of the 22,144 other pairs 0.11.
SAME_PROJECT = 0.17

# What stands in more texts than this is a stock phrase of the form, no sign of likeness; the time
# that a text takes is bounded by it too.
_MOST_TEXTS = 1000
# Terms are known by these bits of a hash: of two million, some hundred share theirs with another,
# which no similarity shows, and a table of the terms themselves would need most of the memory.
_HASH_BITS = np.uint64(32)
_HASH_MASK = np.uint64(2**32 - 1)
# So many places keep noise of the last bit out of an order.
_DECIMALS = 6

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]


class Pair(NamedTuple):
    """Two texts of one list that are alike."""

    first: int
    """The position of the earlier one, from 0."""
    second: int
    """The position of the later one."""
    similarity: float
    """0 to 1; 1 for texts of the same words."""


class Neighbour(NamedTuple):
    """A text of another list that is like one."""

    position: int
    """Its position in the list, from 0."""
    similarity: float
    """Over 0, up to 1."""


def similar_pairs(texts: Sequence[str], least: float = NEAR_DUPLICATE) -> list[Pair]:
    """Return the pairs of texts that are at least so much alike.

    Copies of one text are paired with the first of them alone, and only that one with other texts:
    a text that was pasted a thousand times makes 999 pairs. Time grows with the square of the
    number of texts (1,000 entries take a quarter of a second), memory with the number alone.

    Args:
        texts: the texts; one without a word is like none.
        least: the least similarity, over 0.

    Returns:
        Similarities falling, ties by position.
    """
    pairs = each_similar_pair(texts, least)
    return sorted(pairs, key=lambda pair: (-pair.similarity, pair.first, pair.second))


def each_similar_pair(texts: Sequence[str], least: float = NEAR_DUPLICATE) -> Iterator[Pair]:
    """Yield what `similar_pairs` returns, in no order to rely on and none kept.

    A thousand texts of one form are half a million pairs.
    """
    originals: dict[str, int] = {}
    kept = []
    for i, text in enumerate(texts):
        first = originals.setdefault(fingerprint(text), i)
        if first == i:
            kept.append(i)
        elif words(text):
            yield Pair(first, i, 1.0)
    vectors = _weighed([texts[i] for i in kept])
    for row, similarities in enumerate(vectors.products(vectors)):
        for column in np.flatnonzero(similarities[:row] >= least).tolist():
            yield Pair(kept[column], kept[row], float(similarities[column]))


def nearest(texts: Sequence[str], against: Sequence[str], n: int = 1) -> list[list[Neighbour]]:
    """Return, for each text, the `n` texts of another list that are most like it.

    Returns:
        One list a text, similarities falling, ties by position; fewer than `n` where fewer are
        like it at all.

    >>> nearest(["new flats"], ["flats for rent", "weekly bins"], n=2)
    [[Neighbour(position=0, similarity=0.168343)]]
    """
    vectors = _weighed([*texts, *against])
    rows, columns = vectors.cut(0, len(texts)), vectors.cut(len(texts), len(vectors))
    found = []
    for similarities in rows.products(columns):
        order = np.argsort(-similarities, kind="stable")[:n].tolist()
        best = (Neighbour(i, float(similarities[i])) for i in order)
        found.append([neighbour for neighbour in best if neighbour.similarity > 0])
    return found


def shared_phrase(one: str, other: str) -> str:
    """Return the longest run of words that two texts share, folded; the first of equals.

    >>> shared_phrase("Our new flats for rough sleepers", "Flats for rough folk; new flats")
    'flats for rough'
    """
    from difflib import SequenceMatcher  # only for pairs that are shown

    first = words(one)
    found = SequenceMatcher(None, first, words(other), autojunk=False).find_longest_match()
    return " ".join(first[found.a : found.a + found.size])


@dataclass(frozen=True, slots=True, eq=False)
class _Vectors:
    """Texts as vectors of length one (or nought), one after the other."""

    bounds: Ids
    """`(n_texts + 1,)` where each text's terms begin, and where the last one's end."""
    ids: Ids
    """`(n,)` the terms, each once in a text."""
    values: Floats
    """`(n,)` the weight of each."""
    n_terms: int
    """How many different terms there are."""

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def cut(self, start: int, end: int) -> _Vectors:
        """Return some of the texts."""
        low, high = self.bounds[start], self.bounds[end]
        bounds = self.bounds[start : end + 1] - low
        return _Vectors(bounds, self.ids[low:high], self.values[low:high], self.n_terms)

    def products(self, others: _Vectors) -> Iterator[Floats]:
        """Yield, for each text, `(n_others,)` its cosine with every other, text by text."""
        order = np.argsort(others.ids, kind="stable")
        texts = np.repeat(np.arange(len(others)), np.diff(others.bounds))[order]
        values = others.values[order]
        starts = np.searchsorted(others.ids[order], np.arange(self.n_terms + 1))
        for low, high in pairwise(self.bounds.tolist()):
            ids = self.ids[low:high]
            sizes = starts[ids + 1] - starts[ids]
            # The positions of all texts with the first term, then of those with the next.
            skipped = np.repeat(starts[ids] - np.cumsum(sizes) + sizes, sizes)
            at = skipped + np.arange(len(skipped))
            weights = values[at] * np.repeat(self.values[low:high], sizes)
            sums = np.bincount(texts[at], weights, len(others))
            yield np.minimum(np.round(sums, _DECIMALS), 1.0)


def _weighed(texts: Sequence[str]) -> _Vectors:
    """Weigh the terms of texts: `TfidfVectorizer(sublinear_tf=True)` less the stock phrases."""
    sizes: list[int] = []
    hashes = np.fromiter(_hashes(texts, sizes), np.uint64)
    owners = np.repeat(np.arange(len(texts), dtype=np.uint64), sizes)
    keys, times = np.unique(owners << _HASH_BITS | hashes, return_counts=True)
    rows = (keys >> _HASH_BITS).astype(np.int64)
    known, ids = np.unique(keys & _HASH_MASK, return_inverse=True)
    n_texts = np.bincount(ids, minlength=len(known))
    telling = n_texts[ids] <= _MOST_TEXTS
    ids, times, rows = ids[telling], times[telling], rows[telling]
    values = (1 + np.log(times)) * (1 + np.log((1 + len(texts)) / (1 + n_texts[ids])))
    lengths = np.sqrt(np.bincount(rows, values * values, len(texts)))
    bounds = np.searchsorted(rows, np.arange(len(texts) + 1))
    return _Vectors(bounds, ids, values / lengths[rows], len(known))


def _hashes(texts: Iterable[str], sizes: list[int]) -> Iterator[int]:
    """Yield a number for every word and pair of words, noting how many each text has."""
    for text in texts:
        tokens = words(text)
        terms = tokens + word_groups(tokens, 2)
        sizes.append(len(terms))
        yield from (crc32(term.encode()) for term in terms)
