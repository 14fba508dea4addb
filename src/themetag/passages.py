"""`Readings`: texts scored, the long ones passage by passage.

A statement of a thousand words says in a few sentences what it is about and in the others who met
whom and when. Over all of it those few drown; in passages of the length that models are trained
on, the ones that say something decided count, and the others next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from themetag.linear import LinearModel, Vectors, Vocabulary
from themetag.probability import softmax
from themetag.text import Tokens, sentences, split_title, tokenise, words

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

# How sharply passages are told apart, for categories and for themes. Scores are 1 for yes and -1
# for no: a passage that is ahead of another by 1 counts e to the 4 times, or 55 times, as much for
# a category. Themes are told apart less: several may be right, each in passages of its own.
_OF_CATEGORIES, _OF_THEMES = 4.0, 2.0


# A model of mere titles reads a summary whole all the same, and no passage is a few words.
_LEAST_WHOLE, _LEAST_PASSAGE = 200, 40


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths in words that a model is used to.

    >>> Lengths.of([90, 260, 80])
    Lengths(longest=260, usual=90)
    """

    longest: int
    """That of the longest text it was trained on; what is longer is read in passages."""
    usual: int
    """The median, which is the length of a passage."""

    @classmethod
    def of(cls, n_words: Sequence[int]) -> Lengths:
        """Take them from the lengths of training texts, one or more, none of them too short."""
        median = round(float(np.median(n_words)))
        return cls(max(*n_words, _LEAST_WHOLE), max(median, _LEAST_PASSAGE))


class Passage(NamedTuple):
    """Some sentences of a text, under its title."""

    tokens: Tokens
    """The words of the title, then those of the sentences."""
    start: int
    """The position in the whole text of the first word after the title."""

    def position(self, at: int) -> int:
        """Return where the word at a position of the passage stands in the whole text."""
        n_title = self.tokens.n_title
        return at if at < n_title else self.start + at - n_title


def passages(text: str, lengths: Lengths | None) -> list[Passage]:
    """Cut a text that is longer than any a model was trained on into passages.

    Sentences stay whole unless they are longer than a passage. Shorter texts are one passage, and
    so are all where the lengths are not known.
    """
    tokens = tokenise(text)
    if lengths is None or len(tokens) <= lengths.longest:
        return [Passage(tokens, tokens.n_title)]
    title, body = split_title(text)
    parts: list[list[list[str]]] = [[]]
    room = lengths.usual
    for piece in _pieces(body, lengths.usual):
        if len(piece) > room and parts[-1]:
            parts.append([])
            room = lengths.usual
        parts[-1].append(piece)
        room -= len(piece)
    head = words(title)
    starts = accumulate((sum(map(len, part)) for part in parts[:-1]), initial=len(head))
    return [
        Passage(Tokens([*head, *chain.from_iterable(part)], len(head), len((*part, [])[0])), start)
        for part, start in zip(parts, starts, strict=True)
    ]


def _pieces(body: str, longest: int) -> Iterator[list[str]]:
    """Yield the words of every sentence, those of a long one in several pieces."""
    for sentence in map(words, sentences(body)):
        yield from (sentence[at : at + longest] for at in range(0, len(sentence), longest))


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Some texts as passages, and what a model makes of them."""

    passages: list[Passage]
    """The passages of all texts, one text after the other."""
    vectors: Vectors
    """The passages over the vocabulary."""
    shares: Floats
    """`(n_passages, n_columns)` how much each counts in the scores of its text; those of a text sum
    to 1."""
    scores: Floats
    """`(n_texts, n_columns)` uncalibrated, in the order of the model."""
    n_known: Ids
    """`(n_texts,)` how many different words and runs of words of a text are known."""


def read(
    texts: Sequence[str],
    vocabulary: Vocabulary,
    model: LinearModel,
    kinds: tuple[int, int],
    lengths: Lengths | None = None,
) -> Readings:
    """Score texts; what a text gets does not depend on the texts beside it.

    Args:
        texts: the texts.
        vocabulary: the terms that count.
        model: what they are worth.
        kinds: how many of the model's columns are categories, and how many after those are themes.
        lengths: what the model is used to; without them every text is read whole.
    """
    cut = [passages(text, lengths) for text in texts]
    every = list(chain.from_iterable(cut))
    vectors = vocabulary.vectors([passage.tokens for passage in every])
    scores = model.scores(vectors)
    shares, whole = merged(scores, list(map(len, cut)), kinds)
    if len(every) == len(texts):
        return Readings(every, vectors, shares, whole, vectors.n_known)
    ends = np.cumsum([0, *map(len, cut)])
    bounds = vectors.bounds[ends].tolist()
    known = [vocabulary.n_known(vectors.ids[low:high]) for low, high in pairwise(bounds)]
    return Readings(every, vectors, shares, whole, np.array(known, dtype=np.int64))


def merged(
    scores: Floats, n_passages: Sequence[int], kinds: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Make the scores of texts of those of their passages.

    Args:
        scores: `(n_passages, n_columns)` of the passages of all texts, one text after the other.
        n_passages: how many each text has, 1 or more.
        kinds: how many of the columns are categories, and how many after those are themes.

    Returns:
        `Readings.shares` and `Readings.scores`.
    """
    shares = np.ones_like(scores)
    if len(scores) == len(n_passages):
        return shares, scores
    whole = np.empty((len(n_passages), scores.shape[1]))
    for i, (start, end) in enumerate(pairwise(accumulate(n_passages, initial=0))):
        own = slice(start, end)
        if end - start > 1:
            shares[own] = _shares(scores[own], kinds)
        whole[i] = (shares[own] * scores[own]).sum(axis=0)
    return shares, whole


def _shares(scores: Floats, kinds: tuple[int, int]) -> Floats:
    """Return how much each passage of one text counts for each column.

    It counts by what it scores there, so that a label is judged by what speaks for it, and by how
    like a submission it is, where the model tells that.
    """
    n_categories, n_themes = kinds
    n_labels = n_categories + n_themes
    likeness = scores[:, n_labels:].sum(axis=1, keepdims=True)
    sharpness = np.full(scores.shape[1], _OF_CATEGORIES)
    sharpness[n_categories:n_labels] = _OF_THEMES
    return softmax((sharpness * (scores + likeness)).T).T
