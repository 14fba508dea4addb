"""`themetag drift`: what is different about a table of new entries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from themetag.cli.options import (
    PATH,
    entry_column_options,
    json_option,
    model_options,
    overwrite_option,
)
from themetag.errors import InputError


@click.command()
@click.argument("table", type=PATH)
@click.option("--corpus", type=PATH, default="training", show_default=True,
              help="Folder like training/, or a table, of earlier years' entries.")  # fmt: skip
@entry_column_options
@click.option("-o", "output", type=PATH, metavar="PAGE",
              help="Write a page of HTML with pictures too.")  # fmt: skip
@json_option
@overwrite_option
@model_options
def drift(
    table: Path,
    corpus: Path,
    output: Path | None,
    as_json: bool,
    overwrite: bool,
    **options: Any,
) -> None:
    """Say what is different about a table of new entries, before they have labels.

    TABLE is a .csv, .tsv, .jsonl or .xlsx export. Its entries are set beside the real entries of
    the corpus: how well the two can be told apart, beside what chance would make; which words are
    new; how often the model will be right by its own account; and which entries no theme explains.
    """
    import json

    from themetag import artifact
    from themetag.learning.corpus import read_corpus
    from themetag.learning.drift import as_json as for_machines
    from themetag.learning.drift import as_text
    from themetag.learning.drift.found import find_drift
    from themetag.learning.drift.newtable import read_new_table
    from themetag.learning.drift.sides import MOST
    from themetag.output import new_file

    if output:
        _refuse_target(output, table, overwrite=overwrite)
    columns = {name: options[name] for name in ("id", "title", "text")}
    new = read_new_table(table, MOST, **columns)
    click.echo(f"{table}: {new.note}", err=True)
    earlier = read_corpus(corpus)
    for note in earlier.notes:
        click.echo(note, err=True)
    found = find_drift(new, earlier, artifact.find(options["model"], options["artifacts"]))
    if output:
        from themetag.learning.drift.as_page import as_page

        with new_file(output, overwrite=overwrite) as file:
            file.write(as_page(found))
        click.echo(f"page written to {output}", err=True)
    if as_json:
        click.echo(json.dumps(for_machines.as_json(found), ensure_ascii=False))
    else:
        click.echo(as_text.as_text(found))


def _refuse_target(output: Path, table: Path, *, overwrite: bool) -> None:
    """Refuse a place where no page may be written, before any work is done."""
    from themetag.output import refuse_existing

    if output.resolve() == table.resolve():
        raise InputError("is the table itself; name another page", output)
    if output.suffix.lower() not in (".html", ".htm"):
        raise InputError("the page is HTML; give a name that ends in .html", output)
    refuse_existing(output, overwrite=overwrite)
