"""`BulkReader`: many texts scored, in machine code where there are enough of them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from themetag.linear import LinearModel, Vocabulary
from themetag.passages import Lengths, read

if TYPE_CHECKING:
    from themetag.compiled.reader import Reader

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

# Loading the machine code and making its tables takes as long as reading so many texts without.
PLAIN_TEXTS = 5000


def n_plain_of(n_texts: int | None) -> int | None:
    """Return how many of some texts to read before machine code is: none, or None for all.

    Where nobody knows how many will come, as many are as loading the machine code would take.

    >>> n_plain_of(1_000), n_plain_of(100_000), n_plain_of(None)
    (None, 0, 5000)
    """
    if n_texts is None:
        return PLAIN_TEXTS
    return 0 if n_texts > PLAIN_TEXTS else None


class BulkReader:
    """A vocabulary and a model that read texts by the thousand.

    The first few go through `passages.read`; the others through `compiled`, where the extra
    `themetag[fast]` is installed. What a text gets is the same to the last bit.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        model: LinearModel,
        kinds: tuple[int, int],
        lengths: Lengths | None,
        n_plain: int | None = PLAIN_TEXTS,
    ):
        """Keep what is needed.

        Args:
            vocabulary: the terms that count.
            model: what they are worth.
            kinds: how many of the model's columns are categories, and how many after those are
                themes.
            lengths: what the model is used to; without them every text is read whole.
            n_plain: how many texts are read without machine code; None reads all of them so.
        """
        self._given = vocabulary, model, kinds, lengths
        self._n_plain = n_plain if find_spec("numba") else None
        self._compiled: Reader | None = None

    def __reduce__(self) -> tuple[type[BulkReader], tuple[object, ...]]:
        """Give what makes it anew in another process."""
        return BulkReader, (*self._given, self._n_plain)

    def read(self, texts: Sequence[str]) -> tuple[Floats, Ids]:
        """Score texts.

        Returns:
            `(n_texts, n_columns)` uncalibrated scores, in the order of the model; `(n_texts,)` how
            many different words and runs of words of each text are known.
        """
        if self._is_due(len(texts)):
            from themetag.compiled.reader import Reader

            self._compiled = self._compiled or Reader(*self._given)
            return self._compiled.read(texts)
        readings = read(texts, *self._given)
        return readings.scores, readings.n_known

    def _is_due(self, n_texts: int) -> bool:
        """Count texts down to the first that is for machine code."""
        if self._n_plain is None or not n_texts:
            return False
        is_due = self._n_plain <= 0
        self._n_plain -= n_texts
        return is_due
