"""Where the table of a batch goes: a file in the making, or standard output."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from themetag.cli.streams import FORMATS, standard_output
from themetag.errors import InputError, one_line

if TYPE_CHECKING:
    from themetag.draft import Draft
    from themetag.sources import Source


def output_suffix(output: str, format: str | None) -> str:
    """Return what tells the format of the output.

    Raises:
        InputError: when no table of that format can be written.
    """
    from themetag.tables import suffix_of

    suffix = f".{format}" if format else suffix_of(Path(output))
    if output == "-" and not format:
        raise click.UsageError(f"OUTPUT - needs --to: one of {', '.join(FORMATS)}")
    if suffix.removeprefix(".") not in FORMATS:
        kinds = ", ".join(f".{kind}" for kind in FORMATS)
        raise InputError(f"cannot write {suffix or 'a name without a suffix'}; use {kinds}", output)
    return suffix


def refuse_output(input: str, output: str, *, overwrite: bool, resume: bool) -> None:
    """Refuse, before a long input is read, an output that cannot be written at its end.

    In a folder that is read it may stand, since no table is a document there.

    Raises:
        InputError: saying why it cannot.
    """
    from themetag.draft import left_over
    from themetag.output import refuse_target

    if output == "-":
        return
    path = Path(output)
    if path.is_file() and resume and not overwrite and not left_over(path):
        message = (
            "exists already, and no stopped run is left to go on from: if this is what one made, "
            "all is done; else choose another name or add --overwrite"
        )
        raise InputError(message, output)
    inputs = [] if input == "-" or Path(input).is_dir() else [input]
    refuse_target(path, inputs, overwrite=overwrite)


@contextmanager
def new_target(
    output: str, suffix: str, source: Source, model: Path, options: dict[str, Any]
) -> Iterator[tuple[BinaryIO, Draft | None]]:
    """Give where the table goes, and the draft it is in if it has a name."""
    from themetag.draft import left_over, new_draft
    from themetag.tables import TEXT_WRITERS

    if output == "-":
        with standard_output() as file:
            yield file, None
        return
    path = Path(output)
    n_left = left_over(path)
    with new_draft(
        path,
        _facts(source, suffix, model, options),
        overwrite=options["overwrite"],
        resume=options["resume"],
        keeps_scores=suffix not in TEXT_WRITERS,
    ) as draft:
        if options["resume"]:
            n = draft.start.n_rows
            told = f"going on after {n:,} rows" if n else "nothing to go on from; beginning"
            click.echo(f"{one_line(str(output))}: {told}", err=True)
        elif n_left:
            told = f"beginning again; {n_left:,} rows of a run that was stopped are dropped"
            click.echo(f"{one_line(str(output))}: {told}", err=True)
        yield draft.rows, draft


def _facts(source: Source, suffix: str, model: Path, options: dict[str, Any]) -> dict[str, Any]:
    """Return all that the output depends on, by what a person calls it."""
    from dataclasses import asdict

    from themetag import __version__, artifact
    from themetag.documents.limits import limits

    return {
        "the version of themetag": __version__,
        "the model": artifact.read_manifest(model)["seal"],
        "the input": source.original.digest(),
        "its columns": [*source.columns, source.reading],
        "the limits": asdict(limits()),
        "--from": options["from_"],
        "--sheet": options["sheet"],
        "--to": suffix,
        "--safe-cells": options["safe_cells"],
    }
