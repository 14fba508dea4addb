"""`Readings`: texts scored, the long ones passage by passage.

A statement of a thousand words says in a few sentences what it is about and in the others who met
whom and when. Over all of it those few drown; in passages of the length that models are trained
on, the ones that say something decided count, and the others next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from themetag.linear import LinearModel, Vectors, Vocabulary
from themetag.probability import softmax
from themetag.text import Tokens, sentences, split_title, tokenise, words

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

# No text of the corpus is longer: all that a model was trained on is read whole.
LONGEST_WHOLE = 260
# The usual length of a text of the corpus.
PASSAGE_WORDS = 80
# How sharply passages are told apart, for categories and for themes. Scores are 1 for yes and -1
# for no: a passage that is ahead of another by 1 counts e to the 4 times, or 55 times, as much for
# a category. Themes are told apart less: several may be right, each in passages of its own.
_OF_CATEGORIES, _OF_THEMES = 4.0, 2.0


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


def passages(text: str) -> list[Passage]:
    """Cut a text of more than 260 words into passages of about 80, others not at all.

    Sentences stay whole unless they are longer than a passage.
    """
    tokens = tokenise(text)
    if len(tokens) <= LONGEST_WHOLE:
        return [Passage(tokens, tokens.n_title)]
    title, body = split_title(text)
    pieces = chain.from_iterable(map(_short_enough, map(words, sentences(body))))
    parts: list[list[list[str]]] = [[]]
    room = PASSAGE_WORDS
    for piece in pieces:
        if len(piece) > room and parts[-1]:
            parts.append([])
            room = PASSAGE_WORDS
        parts[-1].append(piece)
        room -= len(piece)
    head = words(title)
    lengths = [sum(map(len, part)) for part in parts]
    starts = accumulate(lengths[:-1], initial=len(head))
    return [
        Passage(Tokens([*head, *chain.from_iterable(part)], len(head), len(part[0])), start)
        for part, start in zip(parts, starts, strict=True)
    ]


def _short_enough(sentence: list[str]) -> list[list[str]]:
    cuts = range(0, len(sentence), PASSAGE_WORDS)
    return [sentence[at : at + PASSAGE_WORDS] for at in cuts]


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
    texts: Sequence[str], vocabulary: Vocabulary, model: LinearModel, kinds: tuple[int, int]
) -> Readings:
    """Score texts; what a text gets does not depend on the texts beside it.

    Args:
        texts: the texts.
        vocabulary: the terms that count.
        model: what they are worth.
        kinds: how many of the model's columns are categories, and how many after those are themes.
    """
    cut = [passages(text) for text in texts]
    every = list(chain.from_iterable(cut))
    vectors = vocabulary.vectors([passage.tokens for passage in every])
    scores = model.scores(vectors)
    if len(every) == len(texts):
        return Readings(every, vectors, np.ones_like(scores), scores, vectors.n_known)
    ends = list(accumulate(map(len, cut)))
    shares = np.ones_like(scores)
    whole = np.empty((len(texts), scores.shape[1]))
    n_known = np.empty(len(texts), dtype=np.int64)
    for i, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
        own = slice(start, end)
        if end - start > 1:
            shares[own] = _shares(scores[own], kinds)
        whole[i] = (shares[own] * scores[own]).sum(axis=0)
        n_known[i] = vocabulary.n_known(vectors.ids[vectors.bounds[start] : vectors.bounds[end]])
    return Readings(every, vectors, shares, whole, n_known)


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
