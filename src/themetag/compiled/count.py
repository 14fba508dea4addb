"""Count the known terms of a passage and weigh them, as `Vocabulary.vectors` does."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from themetag.compiled.hashing import find, follow, mixed
from themetag.compiled.jit import compiled
from themetag.compiled.scan import Scan
from themetag.compiled.tables import (
    OPENING,
    TITLE,
    Floats,
    Grams,
    Index,
    Int32s,
    Lookups,
    Runs,
    Units,
    Weighing,
)

_SPACE, _NOUGHT, _ONE, _NINE = map(ord, " 019")


class Passage(NamedTuple):
    """Which words of a text make a passage: its title, and some of its body."""

    n_title: int
    n_opening: int
    low: int
    high: int


class Tally(NamedTuple):
    """The terms found in a passage, and in the passages of a text before it."""

    counts: Int32s
    """`(n_terms,)` how often each was met; noughts between passages."""
    seen: npt.NDArray[np.bool_]
    """`(n_terms,)` whether a passage of this text has it."""
    words: Int32s
    """The numbers of the words of a passage, one after the other."""
    padded: Units
    """A word between spaces, after the number of a field."""
    ids: Int32s
    """The terms of a passage; rising once they are weighed."""
    sorting: Int32s
    """Room to sort them."""
    values: Floats
    """The weight of each."""


@compiled
def tally_for(n_terms: int, n_units: int) -> Tally:
    """Return an empty tally with room for a text of so many units."""
    return Tally(
        np.zeros(n_terms, np.int32),
        np.zeros(n_terms, np.bool_),
        np.empty(2 * n_units + 64, np.int32),
        np.empty(2 * n_units + 67, np.uint16),
        np.empty(n_terms + 1, np.int32),
        np.empty(n_terms, np.int32),
        np.empty(n_terms, np.float64),
    )


@compiled
def count(index: Index, found: Scan, passage: Passage, tally: Tally) -> int:
    """Count all that is known of a passage and return how many different terms that is."""
    n: int = np.int64(0)  # type: ignore[assignment]  # no literal, or more is compiled
    lookups, runs, grams = index.lookups, index.runs, index.grams
    for lookup in range(len(lookups.part)):
        n_title, low, high = _bounds(passage, lookups.part[lookup])
        masked = lookups.masked[lookup]
        words = _gathered(found.numbers[masked], n_title, low, high, tally.words)
        n = _count_words(lookups, lookup, words, tally, n)
        for field in range(len(runs.lookup)):
            if runs.lookup[field] == lookup:
                n = _count_runs(runs, field, words, tally, n)
        for field in range(len(grams.lookup)):
            if grams.lookup[field] == lookup:
                letters = found.letters
                for i in range(len(words)):
                    if words[i] < 0:
                        word = i if i < n_title else low + i - n_title
                        padded = _padded(
                            letters[found.starts[word] : found.ends[word]], masked, tally.padded
                        )
                        n = _count_grams(grams, field, padded, tally, n)
    return n


@compiled
def _bounds(passage: Passage, part: int) -> tuple[int, int, int]:
    """Return how many words of the title a part has, and which of the body."""
    if part == TITLE:
        return passage.n_title, passage.low, passage.low
    if part == OPENING:
        return 0, passage.low, passage.low + passage.n_opening
    return passage.n_title, passage.low, passage.high


@compiled
def _gathered(numbers: Int32s, n_title: int, low: int, high: int, words: Int32s) -> Int32s:
    """Put the words of a part one after the other."""
    for i in range(n_title):
        words[i] = numbers[i]
    for i in range(low, high):
        words[n_title + i - low] = numbers[i]
    return words[: n_title + high - low]


@compiled
def _count_words(lookups: Lookups, lookup: int, words: Int32s, tally: Tally, n: int) -> int:
    """Count what numbered words have by themselves."""
    bounds, ids = lookups.bounds[lookup], lookups.ids
    counts, found = tally.counts, tally.ids
    for word in words:
        if word >= 0:
            for at in range(bounds[word], bounds[word + 1]):
                id = ids[at]
                found[n] = id
                n += counts[id] == 0
                counts[id] += 1
    return n


@compiled
def _count_runs(runs: Runs, field: int, words: Int32s, tally: Tally, n: int) -> int:
    """Count runs of words."""
    first, ids, counts, found = runs.first[field], runs.ids, tally.counts, tally.ids
    keys, nodes = runs.keys, runs.nodes
    shortest, longest = runs.shortest[field], runs.longest[field]
    for start in range(len(words) - shortest + 1):
        node = first[words[start]] if words[start] >= 0 else -1
        at = start + 1
        while node >= 0 and at < len(words) and at - start < longest and words[at] >= 0:
            node = follow(keys, nodes, node, words[at])
            at += 1
            if node >= 0 and at - start >= shortest and ids[node] >= 0:
                id = ids[node]
                found[n] = id
                n += counts[id] == 0
                counts[id] += 1
    return n


@compiled
def _padded(word: Units, masked: int, padded: Units) -> Units:
    """Put a word between spaces, after room for the number of a field."""
    n = len(word)
    padded[1] = padded[n + 2] = _SPACE
    for i in range(n):
        is_digit = masked and _ONE <= word[i] <= _NINE
        padded[i + 2] = _NOUGHT if is_digit else word[i]
    return padded[: n + 3]


@compiled
def _count_grams(grams: Grams, field: int, padded: Units, tally: Tally, n: int) -> int:
    """Count runs of characters of one word (`text.character_groups`)."""
    size = len(padded) - 1
    for length in range(grams.shortest[field], grams.longest[field] + 1):
        for start in range(max(size - length, 0) + 1):
            end = min(start + length, size)
            hash = mixed(0, field)
            for at in range(start, end):
                hash = mixed(hash, padded[at + 1])
            before = padded[start]  # the number of the field goes before the run for a moment
            padded[start] = field
            number = find(
                grams.runs.slots, grams.runs.bounds, grams.runs.units, hash, padded, start, end + 1
            )
            padded[start] = before
            if number >= 0:
                id = grams.ids[number]
                tally.ids[n] = id
                n += tally.counts[id] == 0
                tally.counts[id] += 1
        if size <= length:
            break
    return n


@compiled
def weigh(weighing: Weighing, tally: Tally, n: int) -> bool:
    """Sort and weigh what was counted and make the tally ready for the next passage.

    Returns:
        Whether it could be done: not where a term was met too often.
    """
    counts, ids, values = tally.counts, tally.ids, tally.values
    idf, damped = weighing.idf, weighing.damped
    _sort(ids[:n], tally.sorting, len(counts))
    last = len(damped) - 1
    most = 0
    for i in range(n):
        id = ids[i]
        times = counts[id]
        counts[id] = 0
        most = max(most, times)
        values[i] = damped[min(times, last)] * idf[id]
    _scale(weighing.bounds, weighing.lengths, ids[:n], values)
    return most <= last


@compiled
def _sort(ids: Int32s, room: Int32s, n_terms: int) -> None:
    """Sort ids by eight bits at a time: without a comparison there is none to guess wrongly."""
    n = len(ids)
    shift = 0
    while n_terms >> shift:
        ends = np.zeros(257, np.int32)
        for i in range(n):
            ends[(ids[i] >> shift & 255) + 1] += 1
        for digit in range(255):
            ends[digit + 1] += ends[digit]
        for i in range(n):
            digit = ids[i] >> shift & 255
            room[ends[digit]] = ids[i]
            ends[digit] += 1
        for i in range(n):
            ids[i] = room[i]
        shift += 8


@compiled
def _scale(bounds: Int32s, lengths: Floats, ids: Int32s, values: Floats) -> None:
    """Bring the values of each field to its length."""
    at = 0
    for field in range(len(lengths)):
        start, squares = at, 0.0
        while at < len(ids) and ids[at] < bounds[field + 1]:
            squares += values[at] * values[at]
            at += 1
        if squares > 0:
            scale = lengths[field] / np.sqrt(squares)
            for i in range(start, at):
                values[i] *= scale


@compiled
def count_known(weighing: Weighing, tally: Tally, n: int, is_whole: bool) -> int:
    """Return how many terms count as known, without those that a passage before has had.

    A text that is one passage has none before, and takes no note of what was met.
    """
    ids, seen, bounds, known = tally.ids, tally.seen, weighing.bounds, weighing.known
    at = n_new = 0
    for field in range(len(known)):
        while at < n and ids[at] < bounds[field + 1]:
            if known[field] and (is_whole or not seen[ids[at]]):
                n_new += 1
            if not is_whole:
                seen[ids[at]] = True
            at += 1
    return n_new
