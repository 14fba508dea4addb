"""Rows with their predictions into .csv, .tsv, .jsonl and .xlsx, one after another.

The text formats may be compressed by gzip. Equal rows give equal bytes in every format.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, Protocol, cast

from themetag.entry import Entry
from themetag.errors import InputError
from themetag.prediction import DECIMALS, Prediction
from themetag.tables.rows import Row, as_text
from themetag.tables.sheet import LONGEST_CELL, MOST_COLUMNS, SheetFile, is_too_long
from themetag.tables.sink import GzipSink, Sink

BEST = ("category", "category_2", "category_3")
PREFIX = "themetag_"

# What makes a spreadsheet program take a text for a formula, or drop its first character and then
# take it for one.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_WIDEST_COLUMN = 60
# Rows that the widths of columns are measured on.
_MEASURED_ROWS = 100

# What JSON holds as it is.
_JSON_KINDS = (str, int, float, bool, dict, list, type(None))


@dataclass(frozen=True, slots=True)
class Answer:
    """A row and what the model says of it."""

    row: Row
    """The row as it was read."""
    entry: Entry
    """What was read of it; without text where the row is in error."""
    prediction: Prediction
    """The answer; for a row in error, the answer for an empty text."""
    error: str | None
    """What is wrong with the row, if anything."""


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
) -> Writer:
    """Return the writer of a format.

    Args:
        suffix: one of `WRITERS`.
        file: where the bytes go; it stays open.
        columns: the columns of the input, which come first.
        theme_ids: the themes of the model, in codebook order.
        safe_cells: whether a .csv or .tsv gets an apostrophe before each text that a spreadsheet
            program would take for a formula.
    """
    return WRITERS[suffix](file, columns, theme_ids, safe_cells)


def added_columns(columns: Sequence[str], theme_ids: Sequence[str], *, wide: bool) -> list[str]:
    """Return the names of the columns that a batch adds.

    Args:
        columns: the columns of the input; where one has an added name, all added names get
            the prefix `themetag_`.
        theme_ids: the themes, each a column of its own where `wide`.
        wide: whether the format has room for one column a theme.

    >>> added_columns(["id", "category"], [], wide=True)[:2]
    ['themetag_category', 'themetag_category_probability']
    """
    names = [name for best in BEST for name in (best, f"{best}_probability")]
    names += ["category_set", "abstained", "reason", "themes"]
    names += [*theme_ids] if wide else ["theme_probabilities"]
    names += ["model", "error"]
    while set(names) & set(columns):
        names = [PREFIX + name for name in names]
    return names


def added_cells(answer: Answer, *, wide: bool) -> list[Any]:
    """Return the cells of the added columns; None where there is nothing to say."""
    prediction = answer.prediction
    cells: list[Any] = []
    for i in range(len(BEST)):
        known = i < len(prediction.categories) and not prediction.is_abstention
        best = prediction.categories[i] if known else None
        cells += [best.label, best.probability] if best else [None, None]
    cells += ["|".join(prediction.category_set), prediction.is_abstention, prediction.reason]
    cells += ["|".join(theme.label for theme in prediction.themes)]
    chances = prediction.theme_probabilities
    if wide:
        cells += chances.values()
    else:
        cells += ["|".join(f"{id}={chance:.{DECIMALS}f}" for id, chance in chances.items())]
    return [*cells, prediction.model, answer.error]


class _DelimitedWriter:
    def __init__(
        self,
        separator: str,
        file: Sink,
        columns: Sequence[str],
        ids: Sequence[str],
        safe_cells: bool,
    ):
        self._file = file
        self._safe_cells = safe_cells
        text = _Encoded(file)
        self._plain = csv.writer(text, delimiter=separator, lineterminator="\n")
        # A lone carriage return ends a row for every reader, but the writer does not quote it.
        self._quoted = csv.writer(
            text, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL
        )
        self._write([*columns, *added_columns(columns, ids, wide=False)])

    def write(self, answer: Answer) -> str | None:
        added = (_with_places(cell) for cell in added_cells(answer, wide=False))
        self._write([*answer.row.cells, *added])
        return answer.error

    def finish(self) -> None:
        self._file.flush()

    def _write(self, cells: Sequence[Any]) -> None:
        texts = [_guarded(cell) if self._safe_cells else as_text(cell) for cell in cells]
        writer = self._quoted if any("\r" in text for text in texts) else self._plain
        writer.writerow(texts)


class _Encoded:
    """What a csv writer writes to: unlike a text stream, it never closes the file under it."""

    def __init__(self, file: Sink):
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())


class _JsonLinesWriter:
    def __init__(self, file: Sink, columns: Sequence[str], _ids: Sequence[str], _safe_cells: bool):
        self._file = file
        self._columns = columns

    def write(self, answer: Answer) -> str | None:
        record = answer.prediction.as_json()
        record["input"] = {
            name: cell if _is_json(cell) else as_text(cell)
            for name, cell in zip(self._columns, answer.row.cells, strict=True)
        }
        if answer.error:
            record["error"] = answer.error
        self._file.write((json.dumps(record, ensure_ascii=False) + "\n").encode())
        return answer.error

    def finish(self) -> None:
        self._file.flush()


class _CompressedWriter:
    """A text table that is packed by gzip."""

    def __init__(
        self,
        open_inner: Callable[[Sink, Sequence[str], Sequence[str], bool], Writer],
        file: Sink,
        columns: Sequence[str],
        ids: Sequence[str],
        safe_cells: bool,
    ):
        self._packed = GzipSink(file)
        self._inner = open_inner(self._packed, columns, ids, safe_cells)

    def write(self, answer: Answer) -> str | None:
        return self._inner.write(answer)

    def finish(self) -> None:
        self._inner.finish()
        self._packed.close()


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
        if n_cut := sum(_is_cut(cell) for cell in cells):
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


def _is_json(cell: Any) -> bool:
    is_infinite = isinstance(cell, float) and not math.isfinite(cell)
    return isinstance(cell, _JSON_KINDS) and not is_infinite


def _is_cut(cell: Any) -> bool:
    return isinstance(cell, str | dict | list) and is_too_long(as_text(cell))


def _with_places(cell: Any) -> Any:
    return f"{cell:.{DECIMALS}f}" if isinstance(cell, float) else cell


def _guarded(cell: Any) -> str:
    """Return a cell as text, behind an apostrophe if it is one that looks like a formula.

    >>> _guarded("=1+1"), _guarded("a=1"), _guarded(-1.5)
    ("'=1+1", 'a=1', '-1.5')
    """
    is_formula = isinstance(cell, str) and cell.startswith(_FORMULA_STARTS)
    return f"'{cell}" if is_formula else as_text(cell)


_open_csv = partial(_DelimitedWriter, ",")
_open_tsv = partial(_DelimitedWriter, "\t")

WRITERS: dict[str, Callable[[BinaryIO, Sequence[str], Sequence[str], bool], Writer]] = {
    ".csv": _open_csv,
    ".tsv": _open_tsv,
    ".jsonl": _JsonLinesWriter,
    ".xlsx": _WorkbookWriter,
    ".csv.gz": partial(_CompressedWriter, _open_csv),
    ".tsv.gz": partial(_CompressedWriter, _open_tsv),
    ".jsonl.gz": partial(_CompressedWriter, _JsonLinesWriter),
}
