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
    from themetag.output import refuse_existing

    if page.suffix.lower() not in SUFFIXES:
        raise InputError("a page is an .html file; name it so", page)
    if page.is_dir():
        raise InputError("is a folder; name a file", page)
    if not page.parent.is_dir():
        raise InputError("its folder does not exist; make it first or name another", page)
    place = page.resolve()
    if output != "-" and place == Path(output).resolve():
        raise InputError("is the output too; give the page a name of its own", page)
    if input != "-" and Path(input).resolve() in (place, *place.parents):
        raise InputError("is in the input; choose another place for the page", page)
    refuse_existing(page, overwrite=overwrite)


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
