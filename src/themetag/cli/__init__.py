"""The command line: parse, call one function, print.

Only click is imported here; a command comes when it is called, numpy with the first that tags,
scikit-learn with the first that learns.
"""

from __future__ import annotations

import errno
import signal
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import click

from themetag import __version__
from themetag.errors import ThemetagError, interrupt_behind

# Every command and the module that it is in.
_COMMANDS = {
    "accept": "suggest",
    "batch": "batch",
    "check": "check",
    "compare": "compare",
    "drift": "drift",
    "evaluate": "evaluate",
    "ingest": "ingest",
    "models": "models",
    "predict": "predict",
    "suggest": "suggest",
    "train": "train",
}

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})


class _Commands(Mapping[str, click.Command]):
    """The commands by name, each imported when it is looked at."""

    def __getitem__(self, name: str) -> click.Command:
        command: click.Command = getattr(import_module(f"{__name__}.{_COMMANDS[name]}"), name)
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


class _Themetag(click.Group):
    """A group that turns what themetag raises on purpose into one line and status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (Exception, KeyboardInterrupt) as error:
            if stop := interrupt_behind(error):  # which may say what is kept
                click.echo("; ".join(["themetag: stopped", *map(str, stop.args)]), err=True)
                ctx.exit(130)
            if (told := _told(error)) is None:
                raise
            click.echo(f"themetag: {told}", err=True)
            ctx.exit(1)


def _told(error: BaseException) -> str | None:
    """Return an error in one line, if it is none of the program."""
    if isinstance(error, ThemetagError):
        return str(error)
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return f"standard output: cannot be written: {error.strerror}"
    return None


def _stop(_signal: int, _frame: object) -> None:
    """End as by any error, so that half-written files and workers are cleared away."""
    raise SystemExit(143)


@click.group(
    cls=_Themetag,
    commands=_Commands(),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="%(version)s")
def main() -> None:
    """Say which award category a submission reads like and what it is about.

    themetag suggests and shows its evidence. It does not judge quality, rank entries or predict
    winners.
    """
    signal.signal(signal.SIGTERM, _stop)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that lacks a character still gets the rest
            stream.reconfigure(errors="replace")
