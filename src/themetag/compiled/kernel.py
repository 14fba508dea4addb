"""Score texts, the long ones in passages: what `passages.read` does, in machine code."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from themetag.compiled.alphabet import Alphabet
from themetag.compiled.count import Passage, Tally, count, count_known, tally_for, weigh
from themetag.compiled.jit import compiled, kept, sources
from themetag.compiled.scan import (
    IS_BARE_TITLE,
    N_SENTENCES,
    N_TITLE,
    N_WORDS,
    Scan,
    room_for,
    scan,
)
from themetag.compiled.tables import Floats, Index, Int64s, Units, Weights


@compiled
def _passages(found: Scan, lengths: tuple[int, int]) -> list[Passage]:
    """Cut a text between its sentences (`passages.passages`)."""
    longest, usual = lengths
    facts, sentences = found.facts, found.sentences
    n_words, n_title = facts[N_WORDS], facts[N_TITLE]
    if n_words <= longest:
        if facts[IS_BARE_TITLE]:
            n_title = n_words
        n_opening = max(sentences[0] - n_title, 0)
        return [Passage(n_title, n_opening, n_title, n_words)]
    parts = []
    start = end = n_title
    n_opening, room = 0, usual
    for sentence in range(facts[N_SENTENCES]):
        for low in range(end, sentences[sentence], usual):
            n = min(low + usual, sentences[sentence]) - low
            if n > room and low > start:
                parts.append(Passage(n_title, n_opening, start, low))
                start, room = low, usual
            if low == start:
                n_opening = n
            room -= n
        end = sentences[sentence]
    parts.append(Passage(n_title, n_opening, start, n_words))
    return parts


@compiled
def _score(weights: Weights, tally: Tally, n: int, scores: Floats) -> None:
    """Add up what the terms of a passage are worth, in rising order.

    Four terms are added at a time, each after the one before: a score is fetched and put back less
    often.
    """
    ids, values = tally.ids, tally.values
    whole = n - n % 4
    for at in range(0, whole, 4):
        a, b, c, d = values[at], values[at + 1], values[at + 2], values[at + 3]
        of_a, of_b, of_c, of_d = (
            weights[ids[at]],
            weights[ids[at + 1]],
            weights[ids[at + 2]],
            weights[ids[at + 3]],
        )
        for column in range(len(scores)):
            score = scores[column] + a * of_a[column]
            score = score + b * of_b[column]
            score = score + c * of_c[column]
            scores[column] = score + d * of_d[column]
    for at in range(whole, n):
        own = weights[ids[at]]
        for column in range(len(scores)):
            scores[column] += values[at] * own[column]


@compiled
def _read_block(
    units: Units,
    bounds: Int64s,
    lengths: tuple[int, int],
    alphabet: Alphabet,
    index: Index,
    weights: Weights,
) -> tuple[Floats, Int64s, Int64s]:
    """Score some texts.

    Args:
        units: the texts as UTF-16, one after the other.
        bounds: `(n_texts + 1,)` where each begins, and where the last one ends.
        lengths: from how many words on a text is read in passages, and how long these are.
        alphabet: what characters are.
        index: the vocabulary.
        weights: `(n_terms, n_columns)` float32.

    Returns:
        `(n_passages, n_columns)` what each passage scores before the intercepts; `(n_texts,)` how
        many passages each text has, 0 where it could not be read; `(n_texts,)` how many known
        terms each has.
    """
    n_texts = len(bounds) - 1
    longest = np.max(bounds[1:] - bounds[:-1])
    found = room_for(longest)
    tally = tally_for(len(weights), longest)
    scores = np.zeros((n_texts, weights.shape[1]))
    n_passages = np.zeros(n_texts, np.int64)
    n_known = np.zeros(n_texts, np.int64)
    n = 0
    for text in range(n_texts):
        if not scan(units, bounds[text], bounds[text + 1], alphabet, index.words, found):
            continue
        start = n
        passages = _passages(found, lengths)
        is_whole = len(passages) == 1
        if not is_whole:
            tally.seen[:] = False
        for passage in passages:
            n_terms = count(index, found, passage, tally)
            if not weigh(index.weighing, tally, n_terms):
                n = start
                break
            if n == len(scores):
                scores = np.concatenate((scores, np.zeros_like(scores)))
            _score(weights, tally, n_terms, scores[n])
            n_known[text] += count_known(index.weighing, tally, n_terms, is_whole)
            n += 1
        n_passages[text] = n - start
    return scores[:n], n_passages, n_known


def _made(version: str) -> Callable[..., tuple[Floats, Int64s, Int64s]]:
    def read_block(
        units: Units,
        bounds: Int64s,
        lengths: tuple[int, int],
        alphabet: Alphabet,
        index: Index,
        weights: Weights,
    ) -> tuple[Floats, Int64s, Int64s]:
        version  # noqa: B018 - enclosed, so that what is kept is that of this version
        return _read_block(units, bounds, lengths, alphabet, index, weights)

    read_block.__doc__ = _read_block.__doc__
    return kept(read_block)


read_block = _made(sources())
