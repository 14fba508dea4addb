"""`Index`: a vocabulary as arrays that compiled code can read.

Every word that stands in a term has a number. What a numbered word has by itself, its own term
and the runs of its characters, is listed beforehand; a run of words is found step by step, from
the number of each word to a node and on to the next. Runs of characters are looked up only for
words that have no number. Whatever is found by a hash is compared in full before it counts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Kinds = npt.NDArray[np.uint8]
Int8s = npt.NDArray[np.int8]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Units = npt.NDArray[np.uint16]
Weights = npt.NDArray[np.float32]

TEXT, TITLE, OPENING = range(3)


class Strings(NamedTuple):
    """Different strings, to be found by what they are."""

    units: Units
    """The strings as UTF-16, one after the other."""
    bounds: Int32s
    """`(n + 1,)` where each begins, and where the last one ends."""
    slots: Int32s
    """A hash table of their numbers, -1 where it is empty; its size is a power of two."""


class Lookups(NamedTuple):
    """The kinds of words that fields read: those of one part of a text, masked or not."""

    part: Int8s
    """`TEXT`, `TITLE` or `OPENING`."""
    masked: Int8s
    """1 where every digit is a nought."""
    bounds: Int32s
    """`(n_lookups, n_words + 1)` where the ids of each word begin, and where the last one's end."""
    ids: Int32s
    """The ids of what each numbered word has by itself."""


class Runs(NamedTuple):
    """The fields that have runs of words, and the runs."""

    lookup: Int8s
    """The kind of words that each field reads."""
    shortest: Int32s
    """The least number of words of a run, from 2."""
    longest: Int32s
    """The greatest."""
    first: Int32s
    """`(n_fields, n_words)` the node of a run's first word, -1 where no run begins so."""
    keys: Int64s
    """A hash table: a node and the number of the next word, in one number; -1 where empty."""
    nodes: Int32s
    """The node that each leads to."""
    ids: Int32s
    """`(n_nodes,)` the id of the run that ends there, -1 where none does."""


class Grams(NamedTuple):
    """The fields of runs of characters, and the runs, each after the number of its field."""

    lookup: Int8s
    """The kind of words that each field reads."""
    shortest: Int32s
    """The least number of characters of a run."""
    longest: Int32s
    """The greatest."""
    runs: Strings
    """The runs of all fields."""
    ids: Int32s
    """The id of each."""


class Weighing(NamedTuple):
    """What is known of a term by its id, and of each field."""

    idf: Floats
    """Inverse document frequencies."""
    damped: Floats
    """What a count is worth, from 0 on."""
    bounds: Int32s
    """`(n_fields + 1,)` where the ids of each field begin, and where the last one's end."""
    lengths: Floats
    """`(n_fields,)` the length of each field's vector."""
    known: Int8s
    """`(n_fields,)` 1 where its terms count as known."""


class Index(NamedTuple):
    """A vocabulary."""

    words: Strings
    lookups: Lookups
    runs: Runs
    grams: Grams
    weighing: Weighing
