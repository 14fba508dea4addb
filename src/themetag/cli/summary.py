"""The page that `themetag batch --summary` makes beside its table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from themetag.errors import InputError, one_line

if TYPE_CHECKING:
    from themetag.intake import Intake
    from themetag.sources import Source
    from themetag.tagger import Tagger

SUFFIXES = (".html", ".htm")


def refuse_page(page: Path, input: str, output: str, *, overwrite: bool) -> None:
    """Refuse, before a long input is read, a page that cannot be written at its end.

    Raises:
        InputError: when it is no .html file, is the output, is the input or stands in it, or
            cannot be written where it is to stand.
    """
    from themetag.output import refuse_target

    if output != "-" and page.resolve() == Path(output).resolve():
        raise InputError("is the output too; give the page a name of its own", page)
    refuse_target(page, [] if input == "-" else [input], SUFFIXES, overwrite=overwrite)


def new_intake(source: Source, tagger: Tagger, name: str, entered: str | None) -> Intake:
    """Return what will see the batch, and say which column it takes for the category entered."""
    from themetag.intake import Intake
    from themetag.tables import choose_entered

    at = choose_entered(source.columns, name, entered)
    found = "no column says; name one with --entered" if at is None else repr(source.columns[at])
    click.echo(f"{one_line(name)}: category entered: {found}", err=True)
    return Intake(tagger.codebook, at)


def write_page(
    page: Path, intake: Intake, tagger: Tagger, model: Path, *, name: str, overwrite: bool
) -> None:
    """Write the page about a batch, whole or not at all, and say so."""
    from themetag.artifact import read_manifest
    from themetag.output import new_file
    from themetag.summary import summary_page

    data = summary_page(intake, tagger, read_manifest(model), Path(name).name)
    with new_file(page, overwrite=overwrite) as file:
        file.write(data)
    click.echo(f"page about them written to {one_line(str(page))}", err=True)
