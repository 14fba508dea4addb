"""`themetag batch`: tag a table, or the documents of a folder or archive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from themetag.cli.options import (
    entry_column_options,
    model_options,
    overwrite_option,
    summary_options,
)
from themetag.cli.streams import FORMATS, STANDARD_INPUT, STANDARD_OUTPUT, local
from themetag.cli.summary import new_intake, refuse_page, write_page
from themetag.cli.target import new_target, output_suffix, refuse_output
from themetag.errors import InputError, one_line
from themetag.garbage import seldom_collected

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from themetag.batch import Observer, Outcome
    from themetag.engines import Engine
    from themetag.sources import Source
    from themetag.tables import Table
    from themetag.tagger import Tagger


@click.command()
@click.argument("input", metavar="INPUT")
@click.argument("output", metavar="OUTPUT")
@entry_column_options
@click.option("--from", "from_", type=click.Choice(FORMATS),
              help="Format of INPUT, where its suffix does not say.")  # fmt: skip
@click.option("--sheet", metavar="NAME",
              help="Sheet of an .xlsx, by name or number. Without it: the first that is shown and "
              "has cells.")  # fmt: skip
@click.option("--to", type=click.Choice(FORMATS),
              help="Format of OUTPUT, where its suffix does not say.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True,
              help="Worker processes; the answers do not depend on it.")  # fmt: skip
@click.option("--chunk", type=click.IntRange(1), metavar="N",
              help="Rows a worker takes at a time: 500 of a table and 20 documents, if not "
              "given; the answers do not depend on it.")  # fmt: skip
@click.option("--resume", is_flag=True,
              help="Go on where a run that was stopped has ended, if one was.")  # fmt: skip
@click.option("--engine", type=click.Choice(["processes", "dask"]), default="processes",
              show_default=True, help="Where rows are tagged: here, in as many processes as "
              "--jobs says, or on a Dask cluster.")  # fmt: skip
@click.option("--scheduler", metavar="ADDRESS",
              help="Where the Dask cluster is, as tcp://host:8786.")  # fmt: skip
@click.option("--strict", is_flag=True, help="End with status 3 when a row has an error.")
@click.option("--safe-cells", is_flag=True,
              help="In a .csv or .tsv, write an apostrophe before each text that begins with "
              "= + - @, a tab or a carriage return: a spreadsheet program might run it as a "
              "formula. Added numbers stay as they are; .xlsx is safe without it.")  # fmt: skip
@summary_options
@overwrite_option
@model_options
@click.pass_context
def batch(ctx: click.Context, /, input: str, output: str, **options: Any) -> None:
    """Tag every row of a table, or every document in a folder or archive.

    INPUT is a .csv, .tsv, .jsonl, .xlsx or .parquet table, or a folder or .zip archive of .txt,
    .md, .html, .mhtml, .docx, .odt, .rtf, .eml and .pdf documents; OUTPUT is a table of any of
    these formats. The suffixes choose the formats, and .gz after one of a text table says that it
    is compressed; - means standard input (with --from) or output (with --to). The input's columns
    are kept. A row that cannot be tagged stays in its place with the column `error` filled. OUTPUT
    appears whole or not at all; until then it stands in .OUTPUT.partial, from where --resume goes
    on.
    """
    ctx.with_resource(seldom_collected())  # before the imports
    from themetag import artifact

    _refuse_options(output, options)
    suffix = output_suffix(output, options["to"])
    refuse_output(input, output, overwrite=options["overwrite"], resume=options["resume"])
    page = options["summary"]
    if page:
        refuse_page(page, input, output, overwrite=options["overwrite"])
    folder = artifact.find(options["model"], options["artifacts"])
    tagger = artifact.load(folder)
    name = STANDARD_INPUT if input == "-" else input
    with _source(input, output, options) as source:
        intake = new_intake(source, tagger, name, options["entered"]) if page else None
        observers = [intake] if intake else []
        outcome = _tagged(source, tagger, folder, output, suffix, options, observers)
    click.echo(_summary(outcome, output, f"{tagger.version} ({folder})"), err=True)
    if intake:
        write_page(page, intake, tagger, folder, name=name, overwrite=options["overwrite"])
    if options["strict"] and outcome.n_errors:
        ctx.exit(3)


def _refuse_options(output: str, options: dict[str, Any]) -> None:
    """Refuse options that do not go together."""
    if (options["engine"] == "dask") != (options["scheduler"] is not None):
        raise click.UsageError("--engine dask and --scheduler ADDRESS go together")
    if options["entered"] and not options["summary"]:
        raise click.UsageError("--entered is of use with --summary only")
    if options["resume"] and output == "-":
        raise click.UsageError("--resume needs an OUTPUT with a name")


def _tagged(
    source: Source,
    tagger: Tagger,
    folder: Path,
    output: str,
    suffix: str,
    options: dict[str, Any],
    observers: Sequence[Observer],
) -> Outcome:
    """Tag everything; the output is in its place when this returns."""
    from themetag.batch import tag_source
    from themetag.cli.progress import Progress
    from themetag.tables import open_writer
    from themetag.tables.sheet import refuse_rows

    if suffix == ".xlsx":
        refuse_rows(source.n_rows, output)
    with (
        new_target(output, suffix, source, folder, options) as (file, draft),
        _engine(tagger, folder, source.n_rows, options) as engine,
    ):
        n_before = draft.start.n_rows if draft else 0
        progress = Progress(source.n_rows, n_before)
        writer = open_writer(
            suffix,
            file,
            source.columns,
            tagger.codebook.theme_ids,
            safe_cells=options["safe_cells"],
            is_begun=n_before > 0,
        )
        try:
            return tag_source(
                source,
                tagger,
                engine,
                writer,
                draft=draft,
                with_evidence=suffix.startswith(".jsonl"),
                n_chunk=options["chunk"],
                observers=observers,
                progress=progress.update,
            )
        finally:
            progress.close()


def _engine(
    tagger: Tagger, folder: Path, n_rows: int | None, options: dict[str, Any]
) -> AbstractContextManager[Engine]:
    from themetag import engines
    from themetag.bulk import n_plain_of

    if options["engine"] == "dask":
        try:
            from themetag.cluster import connected
        except ImportError as error:
            message = "--engine dask needs Dask: pip install 'themetag[dask]'"
            raise InputError(message) from error
        return connected(folder, options["scheduler"])
    n_jobs = options["jobs"]
    n_plain = n_plain_of(n_rows and n_rows // n_jobs)
    if n_jobs > 1:
        return engines.processes(folder, n_jobs, n_plain)
    return engines.here(tagger.in_bulk(n_plain))


@contextmanager
def _source(input: str, output: str, options: dict[str, Any]) -> Iterator[Source]:
    from themetag.documents.archive import SUFFIX
    from themetag.folders import from_archive, from_folder
    from themetag.original import OriginalFile
    from themetag.sources import from_table
    from themetag.tables import choose_columns, open_table

    if Path(input).is_dir():
        yield from_folder(Path(input), None if output == "-" else Path(output))
        return
    if Path(input).suffix.lower() == SUFFIX and not options["from_"]:
        yield from_archive(Path(input))
        return
    with local(input, options["from_"]) as (path, name):
        original = OriginalFile.of(path)
        table = open_table(
            path, f".{options['from_']}" if options["from_"] else None, sheet=options["sheet"]
        )
        _tell(name, table)
        asked = {key: options[key] for key in ("id", "title", "text")}
        columns = choose_columns(table.columns, name, **asked)
        source = from_table(table, columns, original)
        click.echo(f"{one_line(name)}: {source.reading}", err=True)
        yield source


def _tell(name: str, table: Table) -> None:
    """Say what was found out about a file, before anything else can be wrong with it."""
    if table.note:
        click.echo(f"{one_line(name)}: {table.note}", err=True)


def _summary(outcome: Outcome, output: str, model: str) -> str:
    rows = "row" if outcome.n_rows == 1 else "rows"
    where = STANDARD_OUTPUT if output == "-" else one_line(output)
    parts = [f"{outcome.n_rows:,} {rows} tagged by model {model} into {where}"]
    if outcome.n_abstained:
        parts.append(f"{outcome.n_abstained:,} without an answer (column reason)")
    if outcome.n_errors:
        parts.append(f"{outcome.n_errors:,} with an error (column error)")
    if outcome.repeats.n_rows:
        parts.append(
            f"{outcome.repeats.n_rows:,} with the id of an earlier row ({_lines(outcome)})"
        )
    return "; ".join(parts)


def _lines(outcome: Outcome) -> str:
    shown = ", ".join(map(str, outcome.repeats.lines))
    more = ", …" if outcome.repeats.n_rows > len(outcome.repeats.lines) else ""
    return f"{'line' if outcome.repeats.n_rows == 1 else 'lines'} {shown}{more}"
