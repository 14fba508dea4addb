"""`seldom_collected`: fewer looks for garbage, in a process that makes hardly any in cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for garbage in cycles a hundred times less often than Python does by itself.

    A chunk of a batch makes thousands of objects and hardly a cycle, and so do the imports of a
    start; each look goes through all that is alive, the vocabulary too. Without this they took a
    tenth of the time of a batch, and 5 ms of a start.
    """
    before = gc.get_threshold()
    gc.set_threshold(100 * before[0], *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
