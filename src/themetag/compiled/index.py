"""Make the `Index` of a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np

from themetag.compiled.hashing import insert_steps, insert_strings
from themetag.compiled.tables import (
    OPENING,
    TEXT,
    TITLE,
    Grams,
    Index,
    Int32s,
    Lookups,
    Runs,
    Strings,
    Weighing,
)
from themetag.linear import Field, Vocabulary, damped

_PARTS = {"text": TEXT, "title": TITLE, "opening": OPENING}

# Greater counts are seldom met; a text that has one is not for compiled code.
_COUNTS = 4096


def index_of(vocabulary: Vocabulary) -> Index:
    """Make the arrays of a vocabulary."""
    of_words = zip(vocabulary.fields, vocabulary.terms, strict=True)
    terms = chain.from_iterable(own for field, own in of_words if field.kind == "words")
    # Frequent words side by side stay in the caches of a processor.
    idf = dict(zip(chain.from_iterable(vocabulary.terms), vocabulary.idf.tolist(), strict=True))
    words = sorted(
        dict.fromkeys(chain.from_iterable(term.split(" ") for term in terms)),
        key=lambda word: idf.get(word, np.inf),
    )
    return Index(
        _strings(words),
        _lookups(vocabulary, words),
        _runs(vocabulary, {word: i for i, word in enumerate(words)}),
        _grams(vocabulary),
        _weighing(vocabulary),
    )


def _strings(strings: Sequence[str]) -> Strings:
    encoded = [string.encode("utf-16-le", "surrogatepass") for string in strings]
    bounds = np.cumsum([0, *map(len, encoded)]) // 2
    made = Strings(
        np.frombuffer(b"".join(encoded), np.uint16),
        bounds.astype(np.int32),
        np.full(_table_size(len(strings)), -1, np.int32),
    )
    insert_strings(made)
    return made


def _table_size(n: int) -> int:
    """Return a power of two, so large that at least half of the table stays empty."""
    return 1 << (2 * n).bit_length()


def _lookups(vocabulary: Vocabulary, words: Sequence[str]) -> Lookups:
    packed = [list(map(lookup.ids_of_word, words)) for lookup in vocabulary.lookups]
    sizes = [[len(ids) // 8 for ids in own] for own in packed]
    ends = np.cumsum([0, *chain.from_iterable(sizes)], dtype=np.int32)
    n = len(words)
    return Lookups(
        np.array([_PARTS[lookup.part] for lookup in vocabulary.lookups], np.int8),
        np.array([lookup.masks for lookup in vocabulary.lookups], np.int8),
        np.stack([ends[i * n : (i + 1) * n + 1] for i in range(len(packed))]),
        np.frombuffer(b"".join(chain.from_iterable(packed)), np.int64).astype(np.int32),
    )


class _Own(NamedTuple):
    """A field and what it has."""

    field: Field
    terms: tuple[str, ...]
    start: int
    """The id of its first term."""
    lookup: int
    """The position of the kind of words that it reads."""


def _fields(vocabulary: Vocabulary, kind: str) -> list[_Own]:
    starts = accumulate(map(len, vocabulary.terms), initial=0)
    kinds = [(lookup.part, lookup.masks) for lookup in vocabulary.lookups]
    return [
        _Own(field, terms, start, kinds.index((field.part, field.numbers == "masked")))
        for field, terms, start in zip(vocabulary.fields, vocabulary.terms, starts, strict=False)
        if field.kind == kind
    ]


def _runs(vocabulary: Vocabulary, number: dict[str, int]) -> Runs:
    fields = [own for own in _fields(vocabulary, "words") if own.field.longest > 1]
    first = np.full((len(fields), len(number)), -1, np.int32)
    steps: dict[int, int] = {}
    ids: list[int] = []
    for own, nodes in zip(fields, first, strict=True):
        for id, term in enumerate(own.terms, own.start):
            words = [number[word] for word in term.split(" ")]
            if len(words) > 1:
                ids[_last_node(words, nodes, steps, ids)] = id
    keys = np.full(_table_size(len(steps)), -1, np.int64)
    leads_to = np.zeros(len(keys), np.int32)
    ends = np.array(list(steps.values()), np.int32)
    insert_steps(np.array(list(steps), np.int64), ends, keys, leads_to)
    return Runs(
        np.array([own.lookup for own in fields], np.int8),
        np.array([max(own.field.shortest, 2) for own in fields], np.int32),
        np.array([own.field.longest for own in fields], np.int32),
        first,
        keys,
        leads_to,
        np.array(ids, np.int32),
    )


def _last_node(words: Sequence[int], first: Int32s, steps: dict[int, int], ids: list[int]) -> int:
    """Return the node of a run of words, which is made where it is not there yet."""
    node = int(first[words[0]])
    if node < 0:
        node = first[words[0]] = len(ids)
        ids.append(-1)
    for word in words[1:]:
        node = steps.setdefault(node << 32 | word, len(ids))
        if node == len(ids):
            ids.append(-1)
    return node


def _grams(vocabulary: Vocabulary) -> Grams:
    fields = _fields(vocabulary, "characters")
    runs = [chr(i) + term for i, own in enumerate(fields) for term in own.terms]
    ids = [range(own.start, own.start + len(own.terms)) for own in fields]
    return Grams(
        np.array([own.lookup for own in fields], np.int8),
        np.array([own.field.shortest for own in fields], np.int32),
        np.array([own.field.longest for own in fields], np.int32),
        _strings(runs),
        np.fromiter(chain.from_iterable(ids), np.int32),
    )


def _weighing(vocabulary: Vocabulary) -> Weighing:
    return Weighing(
        vocabulary.idf,
        np.concatenate([[0.0], damped(np.arange(1, _COUNTS))]),
        np.cumsum([0, *map(len, vocabulary.terms)], dtype=np.int32),
        np.array([field.weight for field in vocabulary.fields]),
        vocabulary.known_fields.astype(np.int8),
    )
