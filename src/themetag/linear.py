"""`Vocabulary` and `LinearModel`: a text as numbers, and numbers as scores.

A vocabulary is made of fields: blocks of terms of one kind (runs of words, runs of characters)
that are counted, weighted and scaled to length one apart from each other. In scikit-learn's words
each field is a `TfidfVectorizer(sublinear_tf=True)`, and the vocabulary their `FeatureUnion` with
`transformer_weights`; what is computed here equals it (G. Salton and C. Buckley, "Term-weighting
approaches in automatic text retrieval", 1988).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Literal

import numpy as np
import numpy.typing as npt

from themetag.text import character_groups, word_groups

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float16] | npt.NDArray[np.float32]

# Words met again while a batch runs; bounded, so that memory stays flat over millions of rows.
_REMEMBERED_WORDS = 2**16


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

    def terms(self, tokens: list[str]) -> list[str]:
        """Return every term of a text in order, repeats included.

        Args:
            tokens: the words of the text.
        """
        if self.kind == "characters":
            return list(chain.from_iterable(self.terms_of_word(word) for word in tokens))
        lengths = range(self.shortest, self.longest + 1)
        return list(chain.from_iterable(word_groups(tokens, length) for length in lengths))

    def terms_of_word(self, word: str) -> list[str]:
        """Return the runs of characters of one word."""
        return character_groups(word, self.shortest, self.longest)


@dataclass(frozen=True, slots=True)
class Vector:
    """One text over a vocabulary: its known terms, each once."""

    ids: Ids
    """`(n,)` positions in the vocabulary, rising."""
    counts: Ids
    """`(n,)` how often each stands in the text."""
    values: Floats
    """`(n,)` the weight of each in the text, 0 to the weight of its field."""


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The known terms of every field, with their inverse document frequencies.

    >>> field = Field("word", "words", 1, 1, 1.0)
    >>> vocabulary = Vocabulary((field,), (("bins", "homes"),), np.array([1.0, 1.0]))
    >>> vocabulary.vector(["homes", "and", "homes"]).ids.tolist()
    [1]
    """

    fields: tuple[Field, ...]
    """The fields, in the order of their terms."""
    terms: tuple[tuple[str, ...], ...]
    """The terms of each field, no term twice in one field."""
    idf: Floats
    """`(n_terms,)` inverse document frequencies over all fields."""
    _index: tuple[dict[str, int], ...] = field(init=False, repr=False)
    _starts: tuple[int, ...] = field(init=False, repr=False)
    _word_ids: tuple[Callable[[str], list[int]], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        starts = [0]
        for terms in self.terms:
            starts.append(starts[-1] + len(terms))
        if starts[-1] != self.idf.shape[0]:
            raise ValueError(f"{starts[-1]} terms but {self.idf.shape[0]} frequencies")
        index = tuple(
            dict(zip(terms, range(start, start + len(terms)), strict=True))
            for terms, start in zip(self.terms, starts, strict=False)
        )
        if any(len(ids) != len(terms) for ids, terms in zip(index, self.terms, strict=True)):
            raise ValueError("a term stands twice in one field")
        self.idf.flags.writeable = False
        object.__setattr__(self, "_index", index)
        object.__setattr__(self, "_starts", tuple(starts))
        readers = tuple(map(_remembering, self.fields, index))
        object.__setattr__(self, "_word_ids", readers)

    def __len__(self) -> int:
        return self._starts[-1]

    def vector(self, tokens: list[str]) -> Vector:
        """Weigh the known terms of a text.

        Args:
            tokens: the words of the text.
        """
        found = list(
            chain.from_iterable(self._field_ids(i, tokens) for i in range(len(self.fields)))
        )
        ids, counts = np.unique(np.array(found, dtype=np.int64), return_counts=True)
        values = (1.0 + np.log(counts)) * self.idf[ids]
        bounds = np.searchsorted(ids, self._starts)
        for part, low, high in zip(self.fields, bounds, bounds[1:], strict=False):
            if low < high:
                block = values[low:high]
                block *= part.weight / np.sqrt(np.sum(block * block))
        return Vector(ids, counts, values)

    def n_known(self, vector: Vector) -> int:
        """Count the known terms of the fields of words; parts of words make nothing known."""
        bounds = np.searchsorted(vector.ids, self._starts)
        spans = zip(self.fields, bounds, bounds[1:], strict=False)
        return int(sum(high - low for part, low, high in spans if part.kind == "words"))

    def occurrences(self, tokens: list[str]) -> Iterator[tuple[int, str, int]]:
        """Yield every known term of a text where it stands.

        Args:
            tokens: the words of the text.

        Yields:
            The term's id, the word or words it is shown as, and the position of the first word.
        """
        for part, index, word_ids in zip(self.fields, self._index, self._word_ids, strict=True):
            if part.kind == "characters":
                for position, word in enumerate(tokens):
                    yield from ((id, word, position) for id in word_ids(word))
                continue
            for length in range(part.shortest, part.longest + 1):
                for position, group in enumerate(word_groups(tokens, length)):
                    if (id := index.get(group)) is not None:
                        yield id, group, position

    def _field_ids(self, i: int, tokens: list[str]) -> Iterator[int]:
        if self.fields[i].kind == "characters":
            return chain.from_iterable(map(self._word_ids[i], tokens))
        return filter(None.__ne__, map(self._index[i].get, self.fields[i].terms(tokens)))  # type: ignore[arg-type]


def _remembering(part: Field, index: dict[str, int]) -> Callable[[str], list[int]]:
    """Return a function from a word to the ids of its known terms, kept for words met again."""

    @lru_cache(maxsize=_REMEMBERED_WORDS)
    def word_ids(word: str) -> list[int]:
        return [id for term in part.terms_of_word(word) if (id := index.get(term)) is not None]

    return word_ids


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """One row of weights a term, one column and one intercept a label.

    >>> model = LinearModel(np.array([[1, -1]], dtype=np.float32), np.array([0.5, 0.0]))
    >>> model.scores(Vector(np.array([0]), np.array([1]), np.array([2.0]))).tolist()
    [2.5, -2.0]
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

    def scores(self, vector: Vector) -> Floats:
        """Score a text.

        The sum runs over the terms in rising order and outside any linear-algebra library, so
        that the same text has the same score to the last bit however it is tagged.

        Returns:
            `(n_labels,)` float64, uncalibrated, columns in the order of the weights.
        """
        total: Floats = np.sum(self.weights[vector.ids] * vector.values[:, None], axis=0)
        return self.intercepts + total

    def widened(self) -> LinearModel:
        """Return the same model at single precision: the same scores, sooner in bulk."""
        return LinearModel(self.weights.astype(np.float32), self.intercepts)

    def contributions(self, vector: Vector, label: int, rival: int | None = None) -> Floats:
        """Return what each known term of a text adds to a label's score.

        Args:
            vector: the text.
            label: the label's column.
            rival: a column whose score is taken off, where two labels are compared.

        Returns:
            `(n,)` float64; with the intercept they add up to the score, or to the difference.
        """
        weights = self.weights[vector.ids, label].astype(np.float64)
        if rival is not None:
            weights -= self.weights[vector.ids, rival]
        shares: Floats = vector.values * weights
        return shares
