"""`Attribution`: which words and which sentence of a text earned a score."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from themetag.linear import LinearModel, Vectors, Vocabulary
from themetag.text import sentences, tokenise, words

Floats = npt.NDArray[np.float64]


class Attribution:
    """The known terms of one text, each occurrence tied to a word and a sentence.

    A term's contribution to a score is shared equally among its occurrences, so the shares of all
    words, like those of all sentences, add up to the score less the intercept. Runs of characters
    count towards the word they stand in; a run of words towards the sentence where it starts.

    >>> from themetag.linear import Field
    >>> vocabulary = Vocabulary((Field("w", "words", 1, 1, 1.0),), (("bins",),), np.array([1.0]))
    >>> model = LinearModel(np.array([[3.0]], dtype=np.float32), np.array([0.0]))
    >>> attribution = Attribution(vocabulary, model, "Homes. Bins, bins.")
    >>> attribution.terms(0), attribution.sentence(0)
    ([('bins', 3.0)], 'Bins, bins.')
    """

    def __init__(self, vocabulary: Vocabulary, model: LinearModel, text: str):
        """Find every occurrence.

        Args:
            vocabulary: the terms that count.
            model: what they are worth.
            text: where they are looked for.
        """
        self._sentences = sentences(text)
        self._model = model
        tokens = tokenise(text)
        self.vectors: Vectors = vocabulary.vectors([tokens])
        lengths = [len(words(sentence)) for sentence in self._sentences]
        sentence_of = np.repeat(np.arange(len(lengths)), lengths)
        found = list(vocabulary.occurrences(tokens))
        self._shown = list(dict.fromkeys(shown for _, shown, _ in found))
        place = {shown: i for i, shown in enumerate(self._shown)}
        ids = np.array([id for id, _, _ in found], dtype=np.int64)
        self._row = np.searchsorted(self.vectors.ids, ids)
        self._word = np.array([place[shown] for _, shown, _ in found], dtype=np.int64)
        self._sentence = sentence_of[np.array([at for _, _, at in found], dtype=np.int64)]

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
        contributions = self._model.contributions(self.vectors, label, rival)
        shares: Floats = (contributions / self.vectors.counts)[self._row]
        return shares
