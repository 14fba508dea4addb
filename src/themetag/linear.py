"""`Vocabulary` and `LinearModel`: a text as numbers, and numbers as scores.

A vocabulary is made of fields: blocks of terms of one kind (runs of words, runs of characters)
and one part of a text (all of it, its title, its opening sentence) that are counted, weighted and
scaled to length one apart from each other. In scikit-learn's words each field is a
`TfidfVectorizer(sublinear_tf=True)` of that part, and the vocabulary their `FeatureUnion` with
`transformer_weights`; what is computed here equals it (G. Salton and C. Buckley, "Term-weighting
approaches in automatic text retrieval", 1988).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import lru_cache, partial
from itertools import accumulate, chain, pairwise, repeat
from typing import Literal

import numpy as np
import numpy.typing as npt

from themetag.text import Part, Tokens, character_groups, word_groups

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Weights = npt.NDArray[np.float16] | npt.NDArray[np.float32]

# Words met again while a batch runs; bounded, so that memory stays flat over millions of rows.
_REMEMBERED_WORDS = 2**16
_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Field:
    """One kind of term.

    >>> Field("char", "characters", 3, 3, 1.0).terms_of_word("bin")
    [' bi', 'bin', 'in ']
    """

    name: str
    """What it is called in a recipe."""
    kind: Literal["words", "characters"]
    """Runs of words, or runs of characters inside one word."""
    shortest: int
    """The least length of a run, from 1."""
    longest: int
    """The greatest length of a run."""
    weight: float
    """The length of the field's vector in a text that has any of its terms."""
    part: Part = "text"
    """Where the terms stand: anywhere in a text, in its title or in its opening sentence."""
    numbers: Literal["kept", "masked"] = "kept"
    """Whether 40 and 75 are two words or one, of two digits."""
    listed: bool = False
    """Whether it has only words that were listed beforehand."""

    def words(self, text: Tokens) -> list[str]:
        """Return the words of its part of a text as its terms have them."""
        return (text.masked() if self.numbers == "masked" else text).of(self.part)

    def terms(self, text: Tokens) -> list[str]:
        """Return every term of its part of a text in order, repeats included."""
        tokens = self.words(text)
        if self.kind == "characters":
            return list(chain.from_iterable(self.terms_of_word(word) for word in tokens))
        lengths = range(self.shortest, self.longest + 1)
        return list(chain.from_iterable(word_groups(tokens, length) for length in lengths))

    def terms_of_word(self, word: str) -> list[str]:
        """Return the terms that one word has by itself: runs of its characters, or the word."""
        if self.kind == "words":
            return [word] if self.shortest == 1 else []
        return character_groups(word, self.shortest, self.longest)


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Some texts over a vocabulary: the known terms of each, one text after the other."""

    bounds: Ids
    """`(n_texts + 1,)` where each text's terms begin, and where the last one's end."""
    ids: Ids
    """`(n,)` positions in the vocabulary, each once and rising within a text."""
    counts: Ids
    """`(n,)` how often each stands in its text."""
    values: Floats
    """`(n,)` the weight of each in its text, 0 to the weight of its field."""
    n_known: Ids
    """`(n_texts,)` how many of a text's terms are words or runs of words; how many it has, where
    the vocabulary has fields of characters alone."""

    def __len__(self) -> int:
        return len(self.bounds) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The known terms of every field, with their inverse document frequencies.

    >>> field = Field("word", "words", 1, 1, 1.0)
    >>> vocabulary = Vocabulary((field,), (("bins", "homes"),), np.array([1.0, 1.0]))
    >>> vocabulary.vectors([Tokens(["homes", "and", "homes"])]).ids.tolist()
    [1]
    """

    fields: tuple[Field, ...]
    """The fields, in the order of their terms."""
    terms: tuple[tuple[str, ...], ...]
    """The terms of each field, no term twice in one field."""
    idf: Floats
    """`(n_terms,)` inverse document frequencies over all fields."""
    _index: tuple[dict[str, int], ...] = dataclass_field(init=False, repr=False)
    _field_of: Ids = dataclass_field(init=False, repr=False)
    known_fields: Flags = dataclass_field(init=False, repr=False)
    """`(n_fields,)` whether the terms of each are among those that `Vectors.n_known` counts."""
    lookups: tuple[Lookup, ...] = dataclass_field(init=False, repr=False)
    """What finds the terms of the fields that read the same words."""

    def __post_init__(self) -> None:
        sizes = [len(terms) for terms in self.terms]
        if self.idf.ndim != 1 or sum(sizes) != self.idf.shape[0]:
            raise ValueError(f"{sum(sizes)} terms but {self.idf.size} frequencies")
        starts = [0, *accumulate(sizes)]
        index = tuple(
            dict(zip(terms, range(start, start + len(terms)), strict=True))
            for terms, start in zip(self.terms, starts, strict=False)
        )
        if any(len(ids) != size for ids, size in zip(index, sizes, strict=True)):
            raise ValueError("a term stands twice in one field")
        self.idf.flags.writeable = False
        object.__setattr__(self, "_index", index)
        object.__setattr__(self, "_field_of", np.repeat(np.arange(len(sizes)), sizes))
        # A word of the title stands in the whole text too: it is known once.
        whole = [field.kind == "words" and field.part == "text" for field in self.fields]
        known_fields = np.array(whole if any(whole) else [True] * len(whole), dtype=bool)
        object.__setattr__(self, "known_fields", known_fields)
        alike: dict[tuple[Part, str], list[tuple[Field, dict[str, int]]]] = {}
        for field, own in zip(self.fields, index, strict=True):
            alike.setdefault((field.part, field.numbers), []).append((field, own))
        object.__setattr__(self, "lookups", tuple(map(Lookup, alike.values())))

    def __len__(self) -> int:
        return len(self.idf)

    def __reduce__(self) -> tuple[type[Vocabulary], tuple[object, ...]]:
        """Give what makes it anew in another process: its lookups hold what cannot be sent."""
        return Vocabulary, (self.fields, self.terms, self.idf)

    def vectors(self, texts: Sequence[Tokens]) -> Vectors:
        """Weigh the known terms of some texts.

        What a text gives does not depend on the texts beside it.
        """
        found = list(chain.from_iterable(lookup.found(texts) for lookup in self.lookups))
        rows = np.concatenate([rows for rows, _ in found])
        ids = np.concatenate([ids for _, ids in found])
        # Text and term in one number, so that one sort brings repeats together; the least type
        # that holds it sorts soonest.
        bits = len(self).bit_length()
        keys = (rows << bits | ids).astype(np.min_scalar_type(len(texts) << bits))
        keys.sort()
        is_first = np.ones(len(keys), dtype=bool)
        np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
        firsts = np.flatnonzero(is_first)
        counts = np.diff(firsts, append=len(keys))
        rows, ids = (keys[firsts] >> bits).astype(np.int64), keys[firsts].astype(np.int64)
        ids &= (1 << bits) - 1
        fields = self._field_of[ids]
        values = damped(counts) * self.idf[ids]
        blocks = rows * len(self.fields) + fields
        # Squares are added one after the other, as compiled code adds them.
        squares = np.bincount(blocks, values * values, len(texts) * len(self.fields))
        weights = np.tile([field.weight for field in self.fields], len(texts))
        values *= (weights / np.sqrt(np.where(squares > 0, squares, 1.0)))[blocks]
        return Vectors(
            np.searchsorted(rows, np.arange(len(texts) + 1)),
            ids,
            counts,
            values,
            np.bincount(rows[self.known_fields[fields]], minlength=len(texts)),
        )

    def n_known(self, ids: Ids) -> int:
        """Return how many different terms, of those that `Vectors.n_known` counts, there are."""
        return int(self.known_fields[self._field_of[np.unique(ids)]].sum())

    def occurrences(self, text: Tokens) -> Iterator[tuple[int, str, int]]:
        """Yield every known term of a text where it stands.

        Yields:
            The term's id, the word or words it is shown as, and the position of the first word in
            the whole text.
        """
        for field, index in zip(self.fields, self._index, strict=True):
            tokens, written = field.words(text), text.of(field.part)
            start = text.start_of(field.part)
            if field.kind == "characters":
                for position, (word, shown) in enumerate(zip(tokens, written, strict=True), start):
                    ids = map(index.get, field.terms_of_word(word))
                    yield from ((id, shown, position) for id in ids if id is not None)
                continue
            for length in range(field.shortest, field.longest + 1):
                groups = zip(word_groups(tokens, length), word_groups(written, length), strict=True)
                for position, (group, shown) in enumerate(groups, start):
                    if (id := index.get(group)) is not None:
                        yield id, shown, position


def damped(counts: Ids) -> Floats:
    """Return what counts are worth, which are 1 or more: twice as often is not twice as much.

    >>> damped(np.array([1, 2])).tolist()
    [1.0, 1.6931471805599454]
    """
    worth: Floats = 1.0 + np.log(counts)
    return worth


class Lookup:
    """The terms of fields that read the same words, which are those of one part of a text.

    What depends on one word alone, runs of its characters and the word itself, is looked up once
    for all the fields and kept for when the word is met again.
    """

    def __init__(self, fields: Sequence[tuple[Field, dict[str, int]]]):
        first = fields[0][0]
        self.part = first.part
        self.masks = first.numbers == "masked"
        self._words_of = first.words
        self.ids_of_word = lru_cache(maxsize=_REMEMBERED_WORDS)(partial(_packed, tuple(fields)))
        self._runs = [
            (length, index)
            for field, index in fields
            if field.kind == "words"
            for length in range(max(field.shortest, 2), field.longest + 1)
        ]

    def found(self, texts: Sequence[Tokens]) -> Iterator[tuple[Ids, Ids]]:
        """Yield the text and the id of every known term, repeats included, a few blocks of them."""
        rows = np.arange(len(texts))
        tokens = list(map(self._words_of, texts))
        packed = [b"".join(map(self.ids_of_word, words)) for words in tokens]
        sizes = np.array(list(map(len, packed)), dtype=np.int64) // _ID_BYTES
        yield np.repeat(rows, sizes), np.frombuffer(b"".join(packed), dtype=np.int64)
        for length, index in self._runs:
            runs = [word_groups(words, length) for words in tokens]
            ids = np.fromiter(map(index.get, chain.from_iterable(runs), repeat(-1)), np.int64)
            known = ids >= 0
            yield np.repeat(rows, list(map(len, runs)))[known], ids[known]


def _packed(fields: Sequence[tuple[Field, dict[str, int]]], word: str) -> bytes:
    """Return the ids of a word's known terms as bytes, which are joined sooner than lists are."""
    ids = array("q")
    for field, index in fields:
        terms = field.terms_of_word(word)
        ids.extend(id for id in map(index.get, terms) if id is not None)
    return ids.tobytes()


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """One row of weights a term, one column and one intercept a label.

    >>> model = LinearModel(np.array([[1, -1]], dtype=np.float32), np.array([0.5, 0.0]))
    >>> field = Field("word", "words", 1, 1, 2.0)
    >>> vocabulary = Vocabulary((field,), (("bins",),), np.array([1.0]))
    >>> model.scores(vocabulary.vectors([Tokens(["bins"]), Tokens()])).tolist()
    [[2.5, -2.0], [0.5, 0.0]]
    """

    weights: Weights
    """`(n_terms, n_labels)` what one unit of a term adds to each label's score."""
    intercepts: Floats
    """`(n_labels,)` each label's score of a text without known terms."""

    def __post_init__(self) -> None:
        if self.weights.shape[1:] != self.intercepts.shape:
            raise ValueError(f"weights {self.weights.shape}, intercepts {self.intercepts.shape}")
        self.weights.flags.writeable = False
        self.intercepts.flags.writeable = False

    def scores(self, vectors: Vectors) -> Floats:
        """Score texts.

        Each sum runs over the terms of one text in rising order and outside any linear-algebra
        library, so that a text has the same score to the last bit however it is tagged.

        Returns:
            `(n_texts, n_labels)` float64, uncalibrated, columns in the order of the weights.
        """
        scores = np.empty((len(vectors), len(self.intercepts)))
        for row, (low, high) in enumerate(pairwise(vectors.bounds.tolist())):
            weights = self.weights.take(vectors.ids[low:high], axis=0)
            np.einsum("i,ij->j", vectors.values[low:high], weights, out=scores[row])
        return scores + self.intercepts

    def widened(self) -> LinearModel:
        """Return the same model at single precision: the same scores, sooner in bulk."""
        if self.weights.dtype == np.float32:
            return self
        return LinearModel(self.weights.astype(np.float32), self.intercepts)

    def contributions(self, vectors: Vectors, label: int) -> Floats:
        """Return what each known term of some texts adds to a label's score.

        Args:
            vectors: the texts.
            label: the label's column.

        Returns:
            `(n,)` float64; with the intercept they add up to the score.
        """
        shares: Floats = vectors.values * self.weights[vectors.ids, label].astype(np.float64)
        return shares
