"""Rows with their predictions into every format of table: one registry by suffix.

To write another format, write a `Writer` and add one line to `WRITERS`. Equal rows give equal
bytes in every format.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, BinaryIO, Protocol, cast

from themetag.errors import InputError
from themetag.tables.answers import BEST, Answer, added_cells, added_columns
from themetag.tables.lines import DelimitedRows, JsonRows, TextWriter
from themetag.tables.parquet_file import ParquetFile
from themetag.tables.rows import as_text
from themetag.tables.sheet import LONGEST_CELL, MOST_COLUMNS, SheetFile, is_cut

_WIDEST_COLUMN = 60
# Rows that the widths of columns are measured on.
_MEASURED_ROWS = 100


class Writer(Protocol):
    """A table that is being written."""

    def write(self, answer: Answer) -> str | None:
        """Add one row and return what its column `error` says, if anything."""

    def finish(self) -> None:
        """Write what is still to be written; without it the file is not complete."""


def open_writer(
    suffix: str,
    file: BinaryIO,
    columns: Sequence[str],
    theme_ids: Sequence[str],
    *,
    safe_cells: bool = False,
    is_begun: bool = False,
) -> Writer:
    """Return the writer of a format.

    Args:
        suffix: one of `WRITERS`.
        file: where the bytes go; it stays open.
        columns: the columns of the input, which come first.
        theme_ids: the themes of the model, in codebook order.
        safe_cells: whether a .csv or .tsv gets an apostrophe before each text that a spreadsheet
            program would take for a formula.
        is_begun: whether the file has rows already, which only a `TextWriter` can go on after.
    """
    writer = WRITERS[suffix](file, columns, theme_ids, safe_cells)
    if isinstance(writer, TextWriter) and not is_begun:
        writer.begin()
    return writer


class _WorkbookWriter:
    """A sheet whose first rows are held back until the widths of its columns are known."""

    def __init__(
        self, file: BinaryIO, columns: Sequence[str], ids: Sequence[str], _safe_cells: bool
    ):
        self._file = file
        self._header = [*columns, *added_columns(columns, ids, wide=True)]
        self._n_given = len(columns)
        if len(self._header) > MOST_COLUMNS:
            raise InputError(
                f"a worksheet has {MOST_COLUMNS:,} columns and {len(self._header):,} are needed; "
                "write .csv or .jsonl"
            )
        self._held: list[list[Any]] = []
        self._sheet: SheetFile | None = None

    def write(self, answer: Answer) -> str | None:
        cells = [*answer.row.cells, *added_cells(answer, wide=True)]
        if n_cut := sum(is_cut(cell) for cell in cells):
            note = f"{n_cut} cell(s) cut to the {LONGEST_CELL:,} characters of a worksheet"
            cells[-1] = f"{cells[-1]}; {note}" if cells[-1] else note
        if self._sheet:
            self._sheet.append(cells, self._n_given)
        else:
            self._held.append(cells)
            if len(self._held) == _MEASURED_ROWS:
                self._begun()
        return cast("str | None", cells[-1])

    def finish(self) -> None:
        (self._sheet or self._begun()).close()
        self._file.flush()

    def _begun(self) -> SheetFile:
        """Write the header and the rows held back."""
        widths = [
            max([len(name) + 4, *(len(as_text(cells[i])) + 1 for cells in self._held)])
            for i, name in enumerate(self._header)
        ]
        sheet = SheetFile(self._file, self._header, [min(x, _WIDEST_COLUMN) for x in widths])
        for cells in self._held:
            sheet.append(cells, self._n_given)
        self._held.clear()
        self._sheet = sheet
        return sheet


class _ParquetWriter:
    """A table of typed columns: the input's as text, since any row may hold anything there."""

    def __init__(
        self, file: BinaryIO, columns: Sequence[str], ids: Sequence[str], _safe_cells: bool
    ):
        best = [str, float] * len(BEST)
        added = [*best, str, bool, str, str, *[float] * len(ids), str, str]
        names = [*columns, *added_columns(columns, ids, wide=True)]
        self._table = ParquetFile(file, names, [*[str] * len(columns), *added])

    def write(self, answer: Answer) -> str | None:
        self._table.append([*answer.row.cells, *added_cells(answer, wide=True)])
        return answer.error

    def finish(self) -> None:
        self._table.close()


_csv, _tsv = partial(DelimitedRows, ","), partial(DelimitedRows, "\t")

TEXT_WRITERS: dict[str, Callable[[BinaryIO, Sequence[str], Sequence[str], bool], TextWriter]] = {
    ".csv": partial(TextWriter, _csv, False),
    ".tsv": partial(TextWriter, _tsv, False),
    ".jsonl": partial(TextWriter, JsonRows, False),
    ".csv.gz": partial(TextWriter, _csv, True),
    ".tsv.gz": partial(TextWriter, _tsv, True),
    ".jsonl.gz": partial(TextWriter, JsonRows, True),
}
WRITERS: dict[str, Callable[[BinaryIO, Sequence[str], Sequence[str], bool], Writer]] = {
    **TEXT_WRITERS,
    ".xlsx": _WorkbookWriter,
    ".parquet": _ParquetWriter,
}
