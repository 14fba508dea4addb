"""`themetag check`: what to look at in a labelled table before it trains."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from themetag.cli.options import (
    PATH,
    chosen_codebook,
    json_option,
    label_columns,
    labelled_table_options,
    model_options,
    overwrite_option,
)

if TYPE_CHECKING:
    from themetag.learning.check.written import WrittenTable


@click.command()
@click.argument("table", type=PATH)
@labelled_table_options
@click.option("--codebook", type=PATH, metavar="FILE",
              help="codebook.toml; else that of the corpus, else that of the model.")  # fmt: skip
@click.option("--corpus", type=PATH, metavar="PATH",
              help="Folder like training/, or a table, with the entries of other years; "
              "./training where there is one.")  # fmt: skip
@click.option("-o", "output", type=PATH, metavar="FILE",
              help="Write the table with what was found in columns of its own: .csv or "
              ".xlsx.")  # fmt: skip
@json_option
@overwrite_option
@model_options
def check(
    table: Path,
    corpus: Path | None,
    output: Path | None,
    as_json: bool,
    overwrite: bool,
    **options: Any,
) -> None:
    """Say what a person should look at in a labelled table before it trains.

    TABLE is a draft of ingest, a table of training/entries/ or anybody's. Found are: labels that
    the codebook does not know, ids that stand twice, entries that are alike within the table and
    in other years, labels that the current model finds unlikely, categories of few entries, and
    text that is not the entrant's. Nothing is changed; what is found is no error.
    """
    import json

    from themetag import artifact
    from themetag.learning.check.checked import check as checked_table
    from themetag.learning.check.judge import Judge
    from themetag.learning.check.written import tables_of
    from themetag.output import refuse_target
    from themetag.tables.plain import SUFFIXES, write_table
    from themetag.tables.sheet import LONGEST_CELL

    folder = corpus or (Path("training") if Path("training").is_dir() else None)
    if output:
        read = [table, *(tables_of(folder) if folder else ())]
        refuse_target(output, read, SUFFIXES, overwrite=overwrite)
    model = artifact.find(options["model"], options["artifacts"])
    judge = Judge.of(model)
    book = chosen_codebook(options["codebook"], folder, model)
    checked = checked_table(table, label_columns(options), _known(folder, table), book, judge)
    click.echo(checked.table.note, err=True)
    if output:
        cells = checked.columns(), checked.rows()
        n_cut = write_table(output, *cells, "checked", overwrite=overwrite)
        click.echo(f"{len(checked.table.entries)} rows written to {output}", err=True)
        if n_cut:
            click.echo(f"{n_cut} {'cell' if n_cut == 1 else 'cells'} cut to the {LONGEST_CELL:,} "
                       "characters of a worksheet; a .csv holds them whole", err=True)  # fmt: skip
    result = checked.as_json() if as_json else None
    click.echo(json.dumps(result, ensure_ascii=False) if result else checked.as_text())


def _known(corpus: Path | None, table: Path) -> list[WrittenTable]:
    from themetag.learning.check.written import read_known

    if corpus is None:
        click.echo("no folder training here: compared with no other year; see --corpus", err=True)
        return []
    return list(read_known(corpus, but=table))
