"""`themetag batch`: tag a table or a folder of documents."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from themetag.cli.options import (
    entry_column_options,
    model_options,
    overwrite_option,
)
from themetag.errors import InputError

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from themetag.batch import Outcome, Source

FORMATS = ("csv", "tsv", "jsonl", "xlsx")


@click.command()
@click.argument("input", metavar="INPUT")
@click.argument("output", metavar="OUTPUT")
@entry_column_options
@click.option("--from", "from_", type=click.Choice(FORMATS), help="Format of standard input.")
@click.option("--to", type=click.Choice(FORMATS), help="Format of standard output.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True,
              help="Worker processes; the answers do not depend on it.")  # fmt: skip
@click.option("--chunk", type=click.IntRange(1), default=500, show_default=True,
              help="Rows a worker takes at a time; the answers do not depend on it.")  # fmt: skip
@click.option("--strict", is_flag=True, help="End with status 3 when a row has an error.")
@overwrite_option
@model_options
@click.pass_context
def batch(ctx: click.Context, /, input: str, output: str, **options: Any) -> None:
    """Tag every row of a table, or every document in a folder.

    INPUT is a .csv, .tsv, .jsonl or .xlsx table or a folder of .txt, .md, .html, .docx and .pdf
    documents; OUTPUT is a table of any of these formats. The suffixes choose the formats; - means
    standard input (with --from) or output (with --to). The input's columns are kept. A row that
    cannot be tagged stays in its place with the column `error` filled. OUTPUT appears whole or
    not at all.
    """
    from themetag import artifact
    from themetag.batch import tag_source
    from themetag.tables import open_writer

    folder = artifact.find(options["model"], options["artifacts"])
    tagger = artifact.load(folder)
    suffix = _suffix(output, options["to"], "--to")
    with _source(input, output, options) as source, _target(output, options["overwrite"]) as file:
        writer = open_writer(suffix, file, source.columns, tagger.codebook.theme_ids)
        bar: ProgressBar[int] = click.progressbar(
            length=source.n_rows or 0,
            label="tagging",
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        )
        with bar:
            outcome = tag_source(
                source,
                folder,
                writer,
                with_evidence=suffix == ".jsonl",
                n_jobs=options["jobs"],
                n_chunk=options["chunk"],
                progress=bar.update,
            )
    click.echo(_summary(outcome, output, f"{tagger.version} ({folder})"), err=True)
    if options["strict"] and outcome.n_errors:
        ctx.exit(3)


@contextmanager
def _source(input: str, output: str, options: dict[str, Any]) -> Iterator[Source]:
    from themetag.batch import from_folder, from_table
    from themetag.tables import choose_columns, open_table

    if Path(input).is_dir():
        yield from_folder(Path(input), None if output == "-" else Path(output))
        return
    with _local(input, options["from_"]) as path:
        table = open_table(path)
        names = {key: options[key] for key in ("id", "title", "text")}
        columns = choose_columns(table.columns, input, **names)
        chosen = [columns.described(table.columns), table.note]
        click.echo(f"{input}: {'; '.join(part for part in chosen if part)}", err=True)
        yield from_table(table, columns)


@contextmanager
def _local(input: str, format: str | None) -> Iterator[Path]:
    """Give a file that can be read more than once: standard input is copied to one."""
    if input != "-":
        yield Path(input)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"standard input{_suffix(input, format, '--from')}"
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield path


@contextmanager
def _target(output: str, overwrite: bool) -> Iterator[BinaryIO]:
    from themetag.output import new_file

    if output == "-":
        yield sys.stdout.buffer
    else:
        with new_file(Path(output), overwrite=overwrite) as file:
            yield file


def _suffix(name: str, format: str | None, option: str) -> str:
    if name == "-":
        if format is None:
            raise click.UsageError(f"- needs {option}: one of {', '.join(FORMATS)}")
        return f".{format}"
    suffix = Path(name).suffix.lower()
    if suffix.removeprefix(".") not in FORMATS:
        kinds = ", ".join(f".{kind}" for kind in FORMATS)
        raise InputError(f"cannot write {suffix or 'a name without a suffix'}; use {kinds}", name)
    return suffix


def _summary(outcome: Outcome, output: str, model: str) -> str:
    parts = [f"{outcome.n_rows:,} rows tagged by model {model} into {output}"]
    if outcome.n_abstained:
        parts.append(f"{outcome.n_abstained:,} without an answer (column reason)")
    if outcome.n_errors:
        parts.append(f"{outcome.n_errors:,} with an error (column error)")
    if outcome.n_repeated_ids:
        parts.append(f"{outcome.n_repeated_ids:,} repeat the id of an earlier row")
    return "; ".join(parts)
