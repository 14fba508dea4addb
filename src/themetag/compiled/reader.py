"""`Reader`: texts in, scores out, the same as `passages.read` gives."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from themetag.compiled.alphabet import alphabet
from themetag.compiled.index import index_of
from themetag.compiled.kernel import read_block
from themetag.compiled.tables import Floats, Int64s, Weights
from themetag.linear import LinearModel, Vocabulary
from themetag.passages import Lengths, merged, read

# Texts go through so many characters at a time at most, which bounds the room that is needed.
MOST_UNITS = 2**20

# Columns are filled up to a multiple of this, so that a row of weights begins where a line of a
# processor's cache does and no column is left over when several are added at once.
_COLUMNS = 16
_LINE_BYTES = 64


class Reader:
    """A vocabulary and a model, ready to read texts in machine code."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        model: LinearModel,
        kinds: tuple[int, int],
        lengths: Lengths | None,
    ):
        """Make the tables.

        Args:
            vocabulary: the terms that count.
            model: what they are worth.
            kinds: how many of the model's columns are categories, and how many after those are
                themes.
            lengths: what the model is used to; without them every text is read whole.
        """
        self._given = vocabulary, model, kinds, lengths
        self._index = index_of(vocabulary)
        self._weights = _padded(model.weights.astype(np.float32))
        self._lengths = (lengths.longest, lengths.usual) if lengths else (sys.maxsize, sys.maxsize)

    def read(self, texts: Sequence[str]) -> tuple[Floats, Int64s]:
        """Score texts.

        Returns:
            `(n_texts, n_columns)` uncalibrated scores; `(n_texts,)` how many terms of each text are
            known.
        """
        parts = [self._read_part(part) for part in _parts(texts)]
        scores, n_known = zip(*parts, strict=True)
        return np.concatenate(scores), np.concatenate(n_known)

    def _read_part(self, texts: Sequence[str]) -> tuple[Floats, Int64s]:
        if len(texts[0]) > MOST_UNITS:
            return self._read_plainly(texts)
        units = [text.encode("utf-16-le", "surrogatepass") for text in texts]
        with _signals_as_raised():
            of_passages, n_passages, n_known = read_block(
                np.frombuffer(b"".join(units), np.uint16),
                np.cumsum([0, *map(len, units)]) // 2,
                self._lengths,
                alphabet(),
                self._index,
                self._weights,
            )
        _, model, kinds, _ = self._given
        of_passages = of_passages[:, : len(model.intercepts)] + model.intercepts
        is_read = n_passages > 0
        _, of_texts = merged(of_passages, n_passages[is_read].tolist(), kinds)
        if is_read.all():
            return of_texts, n_known
        scores = np.empty((len(texts), len(model.intercepts)))
        scores[is_read] = of_texts
        rest = [text for text, skip in zip(texts, is_read.tolist(), strict=True) if not skip]
        scores[~is_read], n_known[~is_read] = self._read_plainly(rest)
        return scores, n_known

    def _read_plainly(self, texts: Sequence[str]) -> tuple[Floats, Int64s]:
        readings = read(texts, *self._given)
        return readings.scores, readings.n_known


@contextmanager
def _signals_as_raised() -> Iterator[None]:
    """Raise what a signal raises while machine code runs, such as Ctrl-C, and not what it becomes.

    Python makes a `SystemError` of it, or one of another one: "returned a result with an exception
    set".
    """
    try:
        yield
    except SystemError as error:
        raised: BaseException = error
        while isinstance(raised, SystemError) and raised.__cause__:
            raised = raised.__cause__
        raise raised from None


def _parts(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield texts together as long as they are not too long; a longer one comes alone."""
    part: list[str] = []
    room = MOST_UNITS
    for text in texts:
        if len(text) > room and part:
            yield part
            part, room = [], MOST_UNITS
        part.append(text)
        room -= len(text)
    if part:
        yield part


def _padded(weights: Weights) -> Weights:
    """Copy weights into rows that begin where a line of the cache does."""
    n_terms, n_columns = weights.shape
    width = -(-n_columns // _COLUMNS) * _COLUMNS
    room = np.zeros(n_terms * width + _LINE_BYTES // 4, np.float32)
    start = -room.ctypes.data % _LINE_BYTES // 4
    padded = room[start : start + n_terms * width].reshape(n_terms, width)
    padded[:, :n_columns] = weights
    return padded
