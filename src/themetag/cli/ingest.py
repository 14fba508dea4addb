"""`themetag ingest`: make draft entries of an award page."""

from __future__ import annotations

from pathlib import Path

import click

from themetag.cli.options import PATH, chosen_codebook, overwrite_option


@click.command()
@click.argument("page", type=PATH)
@click.option("--year", type=click.IntRange(1990, 2100), required=True, help="The award year.")
@click.option("--category", metavar="NAME",
              help="Category of entries over which no heading that is known stands.")  # fmt: skip
@click.option("--codebook", type=PATH, metavar="FILE",
              help="codebook.toml with the categories; else that of the model in use.")  # fmt: skip
@click.option("-o", "output", type=PATH, metavar="TABLE", required=True,
              help="The .csv table of the draft.")  # fmt: skip
@overwrite_option
def ingest(
    page: Path,
    year: int,
    category: str | None,
    codebook: Path | None,
    output: Path,
    overwrite: bool,
) -> None:
    """Make draft entries of an award page, to be checked and labelled.

    PAGE is a shortlist or winners page saved as .txt, .md, .html, .mhtml, .docx or .pdf, with a
    council and a title over each text. The draft has the columns of training/entries/ and `check`,
    which says where the program is unsure; themes stay empty.
    """
    from themetag.learning.ingest.draft import read_draft
    from themetag.output import refuse_target

    refuse_target(output, [page], [".csv"], overwrite=overwrite)
    draft = read_draft(page, year, chosen_codebook(codebook), category)
    draft.write(output, overwrite=overwrite)
    if draft.note:
        click.echo(f"{page}: {draft.note}", err=True)
    entries = "entry" if len(draft.rows) == 1 else "entries"
    click.echo(
        f"{len(draft.rows)} draft {entries} of {page} written to {output}; "
        f"{draft.n_doubtful} to be looked at (column check)",
        err=True,
    )
