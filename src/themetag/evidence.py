"""`Attribution`: which words and which sentence of a text earned a score."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from themetag.linear import LinearModel, Vectors, Vocabulary
from themetag.passages import Readings
from themetag.text import sentences, words

Floats = npt.NDArray[np.float64]


class Attribution:
    """The known terms of one text, each occurrence tied to a word and a sentence.

    A term's contribution to a score is shared equally among its occurrences in a passage, so the
    shares of all words, like those of all sentences, add up to the score less the intercept. Runs
    of characters count towards the word they stand in; a run of words towards the sentence where
    it starts.

    >>> from themetag.linear import Field
    >>> from themetag.passages import read
    >>> vocabulary = Vocabulary((Field("w", "words", 1, 1, 1.0),), (("bins",),), np.array([1.0]))
    >>> model = LinearModel(np.array([[3.0]], dtype=np.float32), np.array([0.0]))
    >>> text = "Homes. Bins, bins."
    >>> attribution = Attribution(vocabulary, model, text, read([text], vocabulary, model, (1, 0)))
    >>> attribution.terms(0), attribution.sentence(0)
    ([('bins', 3.0)], 'Bins, bins.')
    """

    def __init__(self, vocabulary: Vocabulary, model: LinearModel, text: str, readings: Readings):
        """Find every occurrence.

        Args:
            vocabulary: the terms that count.
            model: what they are worth.
            text: where they are looked for.
            readings: what the model made of that text alone.
        """
        self._sentences = sentences(text)
        self._model = model
        self._readings = readings
        lengths = [len(words(sentence)) for sentence in self._sentences]
        sentence_of = np.repeat(np.arange(len(lengths)), lengths)
        rows, shown, places = [], [], []
        for passage, start, end in zip(readings.passages, *_bounds(readings.vectors), strict=True):
            found = list(vocabulary.occurrences(passage.tokens))
            ids = np.array([id for id, _, _ in found], dtype=np.int64)
            rows.append(start + np.searchsorted(readings.vectors.ids[start:end], ids))
            shown += [word for _, word, _ in found]
            places += [passage.position(at) for _, _, at in found]
        self._shown = list(dict.fromkeys(shown))
        number = {word: i for i, word in enumerate(self._shown)}
        self._row = np.concatenate(rows)
        self._word = np.array([number[word] for word in shown], dtype=np.int64)
        self._sentence = sentence_of[np.array(places, dtype=np.int64)]

    def terms(self, label: int, rival: int | None = None) -> list[tuple[str, float]]:
        """Return what each word and run of words adds to a label's score, falling.

        Args:
            label: the label's column in the model.
            rival: a column whose score is taken off, where two labels are compared.
        """
        totals = np.bincount(self._word, self._shares(label, rival), len(self._shown))
        order = np.argsort(-totals, kind="stable")
        return [(self._shown[i], float(totals[i])) for i in order]

    def sentence_shares(self, label: int, rival: int | None = None) -> Floats:
        """Return `(n_sentences,)` float64: what each sentence adds to a label's score."""
        shares = self._shares(label, rival)
        return np.bincount(self._sentence, shares, len(self._sentences)).astype(np.float64)

    def sentence(self, label: int) -> str:
        """Return the sentence that adds most, the first of equals; empty for an empty text."""
        if not self._sentences:
            return ""
        return self._sentences[int(np.argmax(self.sentence_shares(label)))]

    def _shares(self, label: int, rival: int | None) -> Floats:
        shares = self._shares_of(label)
        return shares if rival is None else shares - self._shares_of(rival)

    def _shares_of(self, label: int) -> Floats:
        vectors = self._readings.vectors
        of_passages = np.repeat(self._readings.shares[:, label], np.diff(vectors.bounds))
        contributions = self._model.contributions(vectors, label) * of_passages
        shares: Floats = (contributions / vectors.counts)[self._row]
        return shares


def _bounds(vectors: Vectors) -> tuple[list[int], list[int]]:
    return vectors.bounds[:-1].tolist(), vectors.bounds[1:].tolist()
