"""`ScoreFile`: the scores of all rows so far, for an output that cannot be gone on with itself.

Answers are made of them again in no time, to the last bit.
"""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

from themetag.errors import InputError
from themetag.tagger import Scored

_NUMBER_BYTES = 8


class ScoreFile:
    """Scores in a file, as many numbers for each row; a count is a number too.

    >>> import io
    >>> scores = ScoreFile(io.BytesIO(), n_columns=2)
    >>> scores.add(Scored(np.array([[0.5, -1.0], [2.0, 0.25]]), np.array([3, 7])))
    >>> scores.rewind()
    >>> scores.take(2)
    Scored(scores=array([[ 0.5 , -1.  ],
           [ 2.  ,  0.25]]), n_known=array([3, 7]))
    """

    def __init__(self, file: BinaryIO, n_columns: int):
        self._file = file
        self._n_numbers = n_columns + 1

    def add(self, scored: Scored) -> None:
        """Write the scores of some rows."""
        self._file.write(np.column_stack([scored.scores, scored.n_known]).tobytes())

    def n_bytes(self, n_rows: int) -> int:
        """Return how many bytes the scores of some rows take."""
        return n_rows * self._n_numbers * _NUMBER_BYTES

    def rewind(self) -> None:
        """Go back to the first row; once all are taken, more can be added."""
        self._file.seek(0)

    def take(self, n_rows: int) -> Scored:
        """Read the scores of the next rows.

        Raises:
            InputError: when there are not so many.
        """
        data = self._file.read(self.n_bytes(n_rows))
        if len(data) < self.n_bytes(n_rows):
            raise InputError("cannot go on: the scores are cut short; begin without --resume")
        numbers = np.frombuffer(data).reshape(n_rows, self._n_numbers)
        # Sums over rows that lie apart in memory may differ in their last bit.
        scores = np.ascontiguousarray(numbers[:, :-1])
        return Scored(scores, numbers[:, -1].astype(np.int64))
