"""Open a table by its suffix: one registry of formats.

To read another format, write `read_<format>(path) -> Table` in a module of its own and add one
line to `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from themetag.documents import SUFFIXES
from themetag.errors import InputError
from themetag.tables.delimited import read_delimited
from themetag.tables.parquet import read_parquet
from themetag.tables.records import read_records
from themetag.tables.rows import Row, Table
from themetag.tables.textfile import TextFile, suffix_of
from themetag.tables.workbook import read_workbook

READERS: dict[str, Callable[[Path], Table]] = {
    ".csv": lambda path: read_delimited(TextFile(path), ".csv"),
    ".tsv": lambda path: read_delimited(TextFile(path), ".tsv"),
    ".jsonl": lambda path: read_records(TextFile(path)),
    ".xlsx": read_workbook,
    ".parquet": read_parquet,
    ".csv.gz": lambda path: read_delimited(TextFile(path, is_compressed=True), ".csv"),
    ".tsv.gz": lambda path: read_delimited(TextFile(path, is_compressed=True), ".tsv"),
    ".jsonl.gz": lambda path: read_records(TextFile(path, is_compressed=True)),
}


def open_table(path: Path, suffix: str | None = None, *, sheet: str | None = None) -> Table:
    """Open a table by its suffix.

    Args:
        path: the file.
        suffix: the suffix to go by, where that of the file does not say what it is.
        sheet: which sheet of a workbook, by name or by number from 1; else the first one that is
            shown and has a filled cell.

    Raises:
        InputError: for an unknown suffix, a missing, empty or undecodable file, no header, or no
            such sheet; later, if the file fails while its rows are read.
    """
    suffix = suffix or suffix_of(path)
    if path.is_dir():
        raise InputError("is a folder where a table is meant", path)
    if not path.exists():
        raise InputError("no such file: check its name and folder", path)
    read = READERS.get(suffix)
    if read is None:
        raise InputError(_unknown(suffix), path)
    if sheet is not None:
        if read is not read_workbook:
            raise InputError(f"has no sheets, being {suffix}: leave out --sheet", path)
        read = partial(read_workbook, sheet=sheet)
    try:
        if path.stat().st_size == 0:
            raise InputError("is empty: the first row should name the columns", path)
        table = read(path)
    except OSError as error:
        raise _unreadable(error, path) from error
    return replace(table, rows=_mapped(table.rows, path))


def _unknown(suffix: str) -> str:
    if suffix in SUFFIXES:
        return "is a document, not a table: use themetag predict, or name the folder it is in"
    kinds = ", ".join(READERS)
    return f"cannot read {suffix or 'a name without a suffix'} as a table; save it as {kinds}"


def _mapped(rows: Iterator[Row], path: Path) -> Iterator[Row]:
    try:
        yield from rows
    except OSError as error:
        raise _unreadable(error, path) from error


def _unreadable(error: OSError, path: Path) -> InputError:
    return InputError(f"cannot be read: {error.strerror or error}", path)
