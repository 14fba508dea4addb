"""Reading that must come to an end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from themetag.documents.limits import limits
from themetag.errors import InputError

# Python drops what is raised while it tidies up objects; so the alarm rings until it is heard.
_AGAIN_S = 0.1


class _Overdue(BaseException):
    """The time is up. Readers take any `Exception` for damage; this one passes through them."""


@contextmanager
def deadline(source: str | Path) -> Iterator[None]:
    """Give what happens inside the block as long as `Limits.duration_s`.

    An alarm of the system costs some ten microseconds a document, where a process of its own would
    cost every start-up its imports. It rings between two steps of Python: a single step in C, such
    as parsing XML, ends first, and how long that takes is bounded by `Limits.unpacked_bytes`. Where
    there is no such alarm (on Windows, or off the main thread) there is no deadline.

    Args:
        source: what is read, for the message.

    Raises:
        InputError: the time was up.
    """
    duration_s = limits().duration_s
    try:
        previous = signal.signal(signal.SIGALRM, _ring) or signal.SIG_DFL
    except (AttributeError, ValueError):
        previous = None
    if previous is None:
        yield
        return
    hook, sys.unraisablehook = sys.unraisablehook, _unheard(sys.unraisablehook)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, duration_s, _AGAIN_S)
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except _Overdue:
        message = (
            f"takes longer than {duration_s:g} s to read: save its words alone as .txt, "
            "or raise THEMETAG_MAX_SECONDS"
        )
        raise InputError(message, source) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)  # it may have rung while it was turned off above
        signal.signal(signal.SIGALRM, previous)
        sys.unraisablehook = hook


def _unheard(hook: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a hook that is told of everything but an alarm that went unheard."""
    return lambda fault: None if fault.exc_type is _Overdue else hook(fault)


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise _Overdue
