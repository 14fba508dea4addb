"""`Progress`: how far a batch is, on standard error."""

from __future__ import annotations

import sys
import time

import click

# A terminal is written to so often; a log, where every line stays, so seldom.
_TERMINAL_S, _LOG_S = 0.2, 60.0


class Progress:
    """A line that is kept up to date where somebody watches; else a new line once a minute."""

    def __init__(self, n_rows: int | None, n_done: int = 0):
        """Begin to count.

        Args:
            n_rows: how many rows there are, if that is known.
            n_done: how many an earlier run has done.
        """
        self._n_rows = n_rows
        self._n_before = self._n_done = n_done
        self._is_watched = sys.stderr.isatty()
        self._width = 0
        self._begun = time.monotonic()
        self._due = self._begun + (0 if self._is_watched else _LOG_S)

    def update(self, n: int) -> None:
        """Count more rows, and say so if it is time."""
        self._n_done += n
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + (_TERMINAL_S if self._is_watched else _LOG_S)
        line = described(self._n_done, self._n_before, self._n_rows, now - self._begun)
        if self._is_watched:
            click.echo("\r" + line.ljust(self._width), nl=False, err=True)
            self._width = len(line)
        else:
            click.echo(line, err=True)

    def close(self) -> None:
        """Leave the terminal to what comes next."""
        if self._width:
            click.echo("\r" + " " * self._width + "\r", nl=False, err=True)


def described(n_done: int, n_before: int, n_rows: int | None, elapsed_s: float) -> str:
    """Return how far a batch is, in words.

    Args:
        n_done: rows done so far.
        n_before: how many of them an earlier run has done.
        n_rows: how many there are, if that is known.
        elapsed_s: seconds since this run began.

    >>> described(3_000, 1_000, 250_000, 2.0)
    '3,000 of 250,000 rows, 1,000 a second, 4 min 7 s left'
    >>> described(3, 0, None, 2.0)
    '3 rows, 1.5 a second'
    """
    rate = (n_done - n_before) / elapsed_s if elapsed_s else 0.0
    of = f" of {n_rows:,}" if n_rows is not None else ""
    told = f"{n_done:,}{of} rows"
    if not rate:
        return told
    told += f", {rate:,.1f} a second" if rate < 10 else f", {rate:,.0f} a second"
    return told if n_rows is None else f"{told}, {_lasting((n_rows - n_done) / rate)} left"


def _lasting(seconds: float) -> str:
    """Return a duration as a person says it.

    >>> [_lasting(s) for s in (0.4, 61, 7_322)]
    ['1 s', '1 min 1 s', '2 h 2 min']
    """
    whole = max(1, round(seconds))
    minutes, hours = whole // 60, whole // 3600
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"
