"""The command line: parse, call one function, print.

Only click is imported here; numpy comes with the first command that tags, scikit-learn with the
first that learns.
"""

from __future__ import annotations

import errno
import signal
import sys
from typing import Any

import click

from themetag import __version__
from themetag.cli.batch import batch
from themetag.cli.check import check
from themetag.cli.compare import compare
from themetag.cli.drift import drift
from themetag.cli.evaluate import evaluate
from themetag.cli.ingest import ingest
from themetag.cli.models import models
from themetag.cli.predict import predict
from themetag.cli.suggest import accept, suggest
from themetag.cli.train import train
from themetag.errors import ThemetagError, interrupt_behind

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})


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


@click.group(cls=_Themetag, context_settings={"help_option_names": ["-h", "--help"]})
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


for command in (
    predict,
    batch,
    train,
    evaluate,
    ingest,
    check,
    suggest,
    accept,
    compare,
    models,
    drift,
):
    main.add_command(command)
