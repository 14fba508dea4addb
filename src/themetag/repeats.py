"""`Ids`: which of millions of ids an earlier row has, in memory that does not grow with them."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

_Hashes = npt.NDArray[np.int64]
_Lines = npt.NDArray[np.uintc]

# Enough to find them by.
SHOWN = 10

# Rows whose ids are held in memory; those before wait in a temporary file, twelve bytes each.
_HELD = 1 << 19


@dataclass(frozen=True, slots=True)
class Repeats:
    """Rows whose id an earlier row has."""

    n_rows: int
    """How many there are."""
    lines: tuple[int, ...]
    """Where the first few of them stand in the file, rising."""


class Ids:
    """The ids of rows, in order.

    >>> ids = Ids()
    >>> for line, id in enumerate(["a", "b", "a", "a"], start=2):
    ...     ids.add(id, line)
    >>> ids.repeats()
    Repeats(n_rows=2, lines=(4, 5))
    """

    def __init__(self) -> None:
        # Two different ids of one hash would be told as a repeat: at ten million ids, once in
        # 370,000 batches.
        self._hashes = array("q")
        self._lines = array("I")
        self._waiting: BinaryIO | None = None
        self._n_blocks = 0

    def add(self, id: str, line: int) -> None:
        """Take down one row."""
        self._hashes.append(hash(id))
        self._lines.append(line)
        if len(self._lines) == _HELD:
            self._put_aside()

    def repeats(self) -> Repeats:
        """Compare all of them, a share at a time; no more can be added."""
        n_shares = self._n_blocks + 1
        n_rows, first = 0, np.empty(0, dtype=np.uintc)
        for share in range(n_shares):
            parts = [
                (h[h % n_shares == share], x[h % n_shares == share]) for h, x in self._blocks()
            ]
            hashes, lines = map(np.concatenate, zip(*parts, strict=True))
            is_repeat = np.ones(len(hashes), dtype=bool)
            is_repeat[np.unique(hashes, return_index=True)[1]] = False
            n_rows += int(is_repeat.sum())
            first = np.sort(np.concatenate([first, lines[is_repeat][:SHOWN]]))[:SHOWN]
        if self._waiting:
            self._waiting.close()
        return Repeats(n_rows, tuple(first.tolist()))

    def _put_aside(self) -> None:
        if self._waiting is None:
            # It has no name, and is gone with this object or this process.
            self._waiting = tempfile.TemporaryFile()  # noqa: SIM115
        self._waiting.write(self._hashes.tobytes() + self._lines.tobytes())
        self._n_blocks += 1
        del self._hashes[:], self._lines[:]

    def _blocks(self) -> Iterator[tuple[_Hashes, _Lines]]:
        """Yield all hashes with their lines, in order."""
        if self._waiting:
            self._waiting.seek(0)
            for _ in range(self._n_blocks):
                hashes = np.frombuffer(self._waiting.read(8 * _HELD), dtype=np.int64)
                yield hashes, np.frombuffer(self._waiting.read(4 * _HELD), dtype=np.uintc)
        yield np.array(self._hashes, dtype=np.int64), np.array(self._lines, dtype=np.uintc)
