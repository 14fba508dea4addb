"""Which words speak for a label more than they did, and which less."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from themetag.learning.compare.comparison import TermChange
from themetag.learning.compare.paired import Pair
from themetag.tagger import Tagger

Floats = npt.NDArray[np.float64]

# As many as a reader takes in at a glance.
_SHOWN = 6

# A word that gains or loses less than this share of the strongest one's weight is not worth saying.
_LEAST = 0.1


def term_changes(pair: Pair) -> tuple[TermChange, ...]:
    """Find the words whose weight changed most for every label that both models have.

    The weight of a word is what it would add to the label's score over all fields of words, before
    a text's length is taken into account. It is set beside that of the label's strongest word,
    since the scores of two models are not on one scale.
    """
    old, new = pair.old.tagger, pair.new.tagger
    words = tuple(sorted(_words(old) | _words(new)))
    at = {word: i for i, word in enumerate(words)}
    before, after = _weights(old, at), _weights(new, at)
    known = np.isin(words, sorted(_words(old))), np.isin(words, sorted(_words(new)))
    return tuple(
        _changed(task, label, words, after[:, j] - before[:, i], known)
        for task, label, i, j in _common(pair)
    )


def _changed(
    task: str,
    label: str,
    words: Sequence[str],
    gain: Floats,
    known: Sequence[npt.NDArray[np.bool_]],
) -> TermChange:
    def strongest(values: Floats, elsewhere: npt.NDArray[np.bool_]) -> tuple[str, ...]:
        order = np.argsort(-values, kind="stable")[:_SHOWN]
        return tuple(words[i] + ("" if elsewhere[i] else "*") for i in order if values[i] >= _LEAST)

    return TermChange(task, label, strongest(gain, known[0]), strongest(-gain, known[1]))


def _common(pair: Pair) -> list[tuple[str, str, int, int]]:
    """Return task, new name, old column and new column of every label that both models have."""
    found, starts = [], [0, 0]
    for task, wording in (("category", pair.categories), ("theme", pair.themes)):
        for i, name in enumerate(wording.names.values()):
            if name in wording.known:
                found.append((task, name, starts[0] + i, starts[1] + wording.known.index(name)))
        starts = [starts[0] + len(wording.names), starts[1] + len(wording.known)]
    return found


def _words(tagger: Tagger) -> set[str]:
    vocabulary = tagger.vocabulary
    pairs = zip(vocabulary.fields, vocabulary.terms, strict=True)
    return {term for field, terms in pairs if field.kind == "words" for term in terms}


def _weights(tagger: Tagger, at: dict[str, int]) -> Floats:
    """Return `(n_words, n_columns)`: what each word adds, the strongest of a label being 1."""
    found = np.zeros((len(at), tagger.model.weights.shape[1]))
    start = 0
    vocabulary = tagger.vocabulary
    for field, terms in zip(vocabulary.fields, vocabulary.terms, strict=True):
        rows = slice(start, start + len(terms))
        start += len(terms)
        if field.kind == "words":
            share = field.weight * vocabulary.idf[rows, None] * tagger.model.weights[rows]
            np.add.at(found, [at[term] for term in terms], share)
    strongest = found.max(axis=0, initial=0.0)
    return found / np.where(strongest > 0, strongest, 1.0)
