"""`themetag suggest` and `themetag accept`: labels out to be corrected, and back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from themetag.cli.options import (
    PATH,
    chosen_codebook,
    entry_column_options,
    label_columns,
    model_options,
    overwrite_option,
)

KINDS = click.Choice(["xlsx", "csv", "doccano", "label-studio"])
corpus_option = click.option(
    "--corpus",
    type=PATH,
    metavar="DIR",
    default="training",
    show_default=True,
    help="Folder with the codebook and the entries of other years.",
)


@click.command()
@click.argument("draft", type=PATH)
@click.option("-o", "output", type=PATH, metavar="FILE", required=True,
              help="Where the proposals go: .xlsx or .csv to edit as a sheet, .jsonl for doccano, "
              ".json for Label Studio.")  # fmt: skip
@click.option("--to", type=KINDS, help="Kind of FILE, where its suffix does not say.")
@corpus_option
@entry_column_options
@overwrite_option
@model_options
def suggest(
    draft: Path, output: Path, to: str | None, corpus: Path, overwrite: bool, **options: Any
) -> None:
    """Propose labels for a draft, for a person to correct.

    DRAFT is a table of ingest. The category is filled where the draft has none, and so are the
    themes, from the current model; the entries most useful to check come first. Read the corrected
    file back with themetag accept.
    """
    from themetag import artifact
    from themetag.learning.check.written import read_known, read_written, tables_of
    from themetag.learning.exchange.formats import format_of, refuse_outputs, write_proposals
    from themetag.learning.exchange.proposals import propose
    from themetag.text import fingerprint

    format = format_of(output, to)
    refuse_outputs(output, format, [draft, *tables_of(corpus)], overwrite=overwrite)
    table = read_written(draft, label_columns(options))
    folder = artifact.find(options["model"], options["artifacts"])
    tagger, seen = artifact.load(folder), artifact.read_seen(folder)
    book = chosen_codebook(corpus / "codebook.toml")
    known = [x.entry.text for other in read_known(corpus, but=draft) for x in other.entries]
    proposals = propose(table, tagger, book, known)
    written = write_proposals(proposals, book, output, format, overwrite=overwrite)
    click.echo(table.note, err=True)
    if n_seen := sum(fingerprint(row.entry.text) in seen for row in table.entries):
        click.echo(f"model {tagger.version} learnt from {n_seen} of these entries: there it "
                   "repeats what it was told", err=True)  # fmt: skip
    names = " and ".join(map(str, written))
    click.echo(f"{len(proposals)} proposals of model {tagger.version} written to {names}", err=True)


@click.command()
@click.argument("file", type=PATH)
@click.option("--draft", type=PATH, metavar="TABLE", required=True,
              help="The draft that the labels were proposed for.")  # fmt: skip
@click.option("--by", metavar="NAME", required=True, help="Who decided.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="When, as 2026-01-31; without it, today.")  # fmt: skip
@click.option("-o", "output", type=PATH, metavar="TABLE", required=True,
              help="The .csv table of entries, like training/entries/2026.csv.")  # fmt: skip
@click.option("--from", "from_", type=KINDS, help="Kind of FILE, where its suffix does not say.")
@click.option("--add", is_flag=True, help="Add to the entries that stand in TABLE already.")
@corpus_option
@entry_column_options
@overwrite_option
def accept(
    file: Path,
    draft: Path,
    by: str,
    on: Any,
    output: Path,
    from_: str | None,
    add: bool,
    corpus: Path,
    overwrite: bool,
    **options: Any,
) -> None:
    """Take corrected labels back and make entries of the corpus of them.

    FILE is what themetag suggest wrote and a person corrected, or what doccano (JSONL) or Label
    Studio (JSON) exported. Who decided what, and when, is added to corrections.csv in the corpus.
    """
    from themetag.learning.check.written import read_known, read_written
    from themetag.learning.exchange.accept import CORRECTIONS
    from themetag.learning.exchange.accept import accept as accepted_of
    from themetag.learning.exchange.corpustable import (
        refuse_known,
        refuse_replacing,
        refuse_year,
        write_accepted,
    )
    from themetag.learning.exchange.formats import format_of
    from themetag.output import refuse_target

    read = [file, draft, corpus / CORRECTIONS]
    refuse_target(output, read, [".csv"], overwrite=True)
    if not (add or overwrite):
        refuse_replacing(output)
    table = read_written(draft, label_columns(options))
    decisions = format_of(file, from_).read(file)
    day = on.date() if on else date.today()
    book = chosen_codebook(corpus / "codebook.toml")
    accepted = accepted_of(table, decisions, book, by=by, on=day)
    refuse_year(accepted, output)
    refuse_known(accepted, output, list(read_known(corpus, but=output)))
    whole = write_accepted(accepted, output, corpus / CORRECTIONS, add=add, overwrite=overwrite)
    for note in whole.notes:
        click.echo(note, err=True)
    click.echo(
        f"{len(accepted.entries)} entries written to {output}; {accepted.n_corrected} of "
        f"{len(accepted.record)} decisions differ from what was proposed "
        f"(recorded in {corpus / CORRECTIONS})",
        err=True,
    )
