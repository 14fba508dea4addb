"""`themetag batch`: tag a table, or the documents of a folder or archive."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from themetag.cli.options import (
    entry_column_options,
    model_options,
    overwrite_option,
    summary_options,
)
from themetag.cli.summary import new_intake, refuse_page, write_page
from themetag.errors import InputError

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from themetag.batch import Observer, Outcome, Source
    from themetag.tables import Table

FORMATS = ("csv", "tsv", "jsonl", "xlsx", "csv.gz", "tsv.gz", "jsonl.gz")

STANDARD_INPUT = "standard input"
STANDARD_OUTPUT = "standard output"


@click.command()
@click.argument("input", metavar="INPUT")
@click.argument("output", metavar="OUTPUT")
@entry_column_options
@click.option("--from", "from_", type=click.Choice(FORMATS),
              help="Format of INPUT, where its suffix does not say.")  # fmt: skip
@click.option("--to", type=click.Choice(FORMATS),
              help="Format of OUTPUT, where its suffix does not say.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True,
              help="Worker processes; the answers do not depend on it.")  # fmt: skip
@click.option("--chunk", type=click.IntRange(1), default=500, show_default=True,
              help="Rows a worker takes at a time; the answers do not depend on it.")  # fmt: skip
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

    INPUT is a .csv, .tsv, .jsonl or .xlsx table, or a folder or .zip archive of .txt, .md, .html,
    .docx, .odt, .rtf, .eml and .pdf documents; OUTPUT is a table of any of these formats. The
    suffixes choose the formats, and .gz after one of a text table says that it is compressed; -
    means standard input (with --from) or output (with --to). The input's columns are kept. A row
    that cannot be tagged stays in its place with the column `error` filled. OUTPUT appears whole or
    not at all.
    """
    from themetag import artifact

    suffix = _output_suffix(output, options["to"])
    _refuse_output(output, overwrite=options["overwrite"])
    page, overwrite = options["summary"], options["overwrite"]
    if page:
        refuse_page(page, input, output, overwrite=overwrite)
    elif options["entered"]:
        raise click.UsageError("--entered is of use with --summary only")
    folder = artifact.find(options["model"], options["artifacts"])
    tagger = artifact.load(folder)
    name = _name(input)
    with _source(input, output, options) as source:
        intake = new_intake(source, tagger, name, options["entered"]) if page else None
        observers = [intake] if intake else []
        outcome = _tag(
            source, folder, tagger.codebook.theme_ids, output, suffix, options, observers
        )
    click.echo(_summary(outcome, output, f"{tagger.version} ({folder})"), err=True)
    if intake:
        write_page(page, intake, tagger, folder, overwrite=overwrite, name=Path(name).name)
    if options["strict"] and outcome.n_errors:
        ctx.exit(3)


def _tag(
    source: Source,
    model: Path,
    theme_ids: tuple[str, ...],
    output: str,
    suffix: str,
    options: dict[str, Any],
    observers: Sequence[Observer],
) -> Outcome:
    from themetag.batch import tag_source
    from themetag.tables import open_writer

    with (
        _target(output, overwrite=options["overwrite"]) as file,
        _progress(source.n_rows) as bar,
    ):
        return tag_source(
            source,
            model,
            open_writer(suffix, file, source.columns, theme_ids, safe_cells=options["safe_cells"]),
            with_evidence=suffix.startswith(".jsonl"),
            n_jobs=options["jobs"],
            n_chunk=options["chunk"],
            observers=observers,
            progress=bar.update,
        )


def _progress(n_rows: int | None) -> ProgressBar[int]:
    """Return a bar on standard error, if somebody watches and the end is known."""
    return click.progressbar(
        length=n_rows or 0,
        label="tagging",
        file=sys.stderr,
        show_pos=True,
        hidden=n_rows is None or not sys.stderr.isatty(),
    )


@contextmanager
def _source(input: str, output: str, options: dict[str, Any]) -> Iterator[Source]:
    from themetag.batch import from_archive, from_folder, from_table
    from themetag.documents.archive import SUFFIX
    from themetag.tables import choose_columns, open_table

    if Path(input).is_dir():
        yield from_folder(Path(input), None if output == "-" else Path(output))
        return
    if Path(input).suffix.lower() == SUFFIX and not options["from_"]:
        yield from_archive(Path(input))
        return
    with _local(input, options["from_"]) as (path, name):
        table = open_table(path, f".{options['from_']}" if options["from_"] else None)
        _tell(name, table)
        asked = {key: options[key] for key in ("id", "title", "text")}
        columns = choose_columns(table.columns, name, **asked)
        click.echo(f"{name}: {columns.described(table.columns)}", err=True)
        yield from_table(table, columns)


def _tell(name: str, table: Table) -> None:
    """Say what was found out about a file, before anything else can be wrong with it."""
    if table.note:
        click.echo(f"{name}: {table.note}", err=True)


@contextmanager
def _local(input: str, format: str | None) -> Iterator[tuple[Path, str]]:
    """Give a file that can be read more than once, and what to call it."""
    if input != "-":
        yield Path(input), input
        return
    if format is None:
        raise click.UsageError(f"INPUT - needs --from: one of {', '.join(FORMATS)}")
    import shutil  # slow to import, and `predict` imports this module too
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copied"
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        try:
            yield path, STANDARD_INPUT
        except InputError as error:
            if error.path != str(path):
                raise
            raise InputError(error.message, STANDARD_INPUT, line=error.line) from error


def _refuse_output(output: str, *, overwrite: bool) -> None:
    """Refuse, before a long input is read, an output that cannot be written at its end."""
    from themetag.output import refuse_existing

    path = Path(output)
    if output == "-":
        return
    if path.is_dir():
        raise InputError("is a folder; name a file", output)
    if not path.parent.is_dir():
        raise InputError("its folder does not exist; make it first or name another", output)
    refuse_existing(path, overwrite=overwrite)


@contextmanager
def _target(output: str, *, overwrite: bool) -> Iterator[BinaryIO]:
    from themetag.output import new_file

    if output != "-":
        with new_file(Path(output), overwrite=overwrite) as file:
            yield file
        return
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever reads has read enough
        raise
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", STANDARD_OUTPUT) from error


def _name(input: str) -> str:
    """Return what an input is called in messages."""
    return STANDARD_INPUT if input == "-" else input


def _output_suffix(output: str, format: str | None) -> str:
    from themetag.tables import suffix_of

    suffix = f".{format}" if format else suffix_of(Path(output))
    if output == "-" and not format:
        raise click.UsageError(f"OUTPUT - needs --to: one of {', '.join(FORMATS)}")
    if suffix.removeprefix(".") not in FORMATS:
        kinds = ", ".join(f".{kind}" for kind in FORMATS)
        raise InputError(f"cannot write {suffix or 'a name without a suffix'}; use {kinds}", output)
    return suffix


def _summary(outcome: Outcome, output: str, model: str) -> str:
    rows = "row" if outcome.n_rows == 1 else "rows"
    where = STANDARD_OUTPUT if output == "-" else output
    parts = [f"{outcome.n_rows:,} {rows} tagged by model {model} into {where}"]
    if outcome.n_abstained:
        parts.append(f"{outcome.n_abstained:,} without an answer (column reason)")
    if outcome.n_errors:
        parts.append(f"{outcome.n_errors:,} with an error (column error)")
    if outcome.n_repeated_ids:
        parts.append(
            f"{outcome.n_repeated_ids:,} with the id of an earlier row ({_lines(outcome)})"
        )
    return "; ".join(parts)


def _lines(outcome: Outcome) -> str:
    shown = ", ".join(map(str, outcome.repeated_lines))
    more = ", …" if outcome.n_repeated_ids > len(outcome.repeated_lines) else ""
    return f"{'line' if outcome.n_repeated_ids == 1 else 'lines'} {shown}{more}"
