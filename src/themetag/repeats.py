"""`Ids`: which of millions of ids an earlier row has, in twelve bytes a row."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np

# Enough to find them by.
SHOWN = 10

# The ids are compared a share at a time, so that comparing takes little beside keeping them.
_SHARES = 32


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

    def add(self, id: str, line: int) -> None:
        """Take down one row."""
        self._hashes.append(hash(id))
        self._lines.append(line)

    def repeats(self) -> Repeats:
        """Compare all of them."""
        if not self._hashes:
            return Repeats(0, ())
        hashes = np.frombuffer(self._hashes, dtype=np.int64)
        lines = np.frombuffer(self._lines, dtype=np.uintc)
        # One byte of each: any will do, and the view takes no room.
        shares = np.frombuffer(self._hashes, dtype=np.uint8)[::8] % _SHARES
        n_rows, first = 0, np.empty(0, dtype=np.uintc)
        for share in range(_SHARES):
            own = np.flatnonzero(shares == share)
            is_repeat = np.ones(len(own), dtype=bool)
            is_repeat[np.unique(hashes[own], return_index=True)[1]] = False
            n_rows += int(is_repeat.sum())
            first = np.sort(np.concatenate([first, lines[own[is_repeat]][:SHOWN]]))[:SHOWN]
        return Repeats(n_rows, tuple(first.tolist()))
