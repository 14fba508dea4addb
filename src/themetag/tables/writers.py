"""Rows with their predictions into .csv, .tsv, .jsonl and .xlsx, one after another."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from themetag.prediction import DECIMALS, Prediction
from themetag.tables.readers import Row, as_text

BEST = ("category", "category_2", "category_3")
PREFIX = "themetag_"

# What one cell of a worksheet holds at most; Excel refuses a file with a longer one.
LONGEST_SHEET_CELL = 32_767
_WIDEST_COLUMN = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """A row and what the model says of it."""

    row: Row
    """The row as it was read."""
    prediction: Prediction
    """The answer; for a row in error, the answer for an empty text."""
    error: str | None
    """What is wrong with the row, if anything."""


class Writer(Protocol):
    """A table that is being written."""

    def write(self, answer: Answer) -> None:
        """Add one row."""

    def finish(self) -> None:
        """Write what is still to be written; without it the file is not complete."""


def open_writer(
    suffix: str, file: BinaryIO, columns: Sequence[str], theme_ids: Sequence[str]
) -> Writer:
    """Return the writer of a format.

    Args:
        suffix: one of `WRITERS`.
        file: where the bytes go; it stays open.
        columns: the columns of the input, which come first.
        theme_ids: the themes of the model, in codebook order.
    """
    return WRITERS[suffix](file, columns, theme_ids)


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
    return [PREFIX + name for name in names] if set(names) & set(columns) else names


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
    def __init__(self, separator: str, file: BinaryIO, columns: Sequence[str], ids: Sequence[str]):
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        self._csv = csv.writer(self._text, delimiter=separator, lineterminator="\n")
        self._csv.writerow([*columns, *added_columns(columns, ids, wide=False)])

    def write(self, answer: Answer) -> None:
        cells = map(_as_plain_text, added_cells(answer, wide=False))
        self._csv.writerow([*answer.row.texts(), *cells])

    def finish(self) -> None:
        self._text.flush()
        self._text.detach()


class _JsonLinesWriter:
    def __init__(self, file: BinaryIO, columns: Sequence[str], _ids: Sequence[str]):
        self._file = file
        self._columns = columns

    def write(self, answer: Answer) -> None:
        record = answer.prediction.as_json()
        record["input"] = {
            name: as_text(cell) if isinstance(cell, datetime.date | datetime.time) else cell
            for name, cell in zip(self._columns, answer.row.cells, strict=True)
        }
        if answer.error:
            record["error"] = answer.error
        self._file.write((json.dumps(record, ensure_ascii=False) + "\n").encode())

    def finish(self) -> None:
        self._file.flush()


class _WorkbookWriter:
    def __init__(self, file: BinaryIO, columns: Sequence[str], ids: Sequence[str]):
        from openpyxl import Workbook
        from openpyxl.utils import get_column_letter

        header = [*columns, *added_columns(columns, ids, wide=True)]
        self._file = file
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("tagged")
        self._sheet.freeze_panes = "A2"
        self._last_column = get_column_letter(len(header))
        for i, name in enumerate(header, start=1):
            width = min(max(len(name) + 4, 14), _WIDEST_COLUMN)
            self._sheet.column_dimensions[get_column_letter(i)].width = width
        self._n_rows = 1
        self._sheet.append([self._cell(name) for name in header])

    def write(self, answer: Answer) -> None:
        cells = [*answer.row.cells, *added_cells(answer, wide=True)]
        too_long = sum(len(as_text(cell)) > LONGEST_SHEET_CELL for cell in cells)
        if too_long:
            note = f"{too_long} cell(s) cut to the {LONGEST_SHEET_CELL:,} characters of a worksheet"
            cells[-1] = f"{cells[-1]}; {note}" if cells[-1] else note
        self._sheet.append([self._cell(cell) for cell in cells])
        self._n_rows += 1

    def finish(self) -> None:
        self._sheet.auto_filter.ref = f"A1:{self._last_column}{self._n_rows}"
        self._book.save(self._file)

    def _cell(self, value: Any) -> Any:
        """Return a cell that holds text as text: what looks like a formula is never one."""
        if value is None or isinstance(value, bool | int | float | datetime.date | datetime.time):
            return value
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", as_text(value))
        cell = WriteOnlyCell(self._sheet, value=text[:LONGEST_SHEET_CELL])
        cell.data_type = "s"
        return cell


def _as_plain_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"{cell:.{DECIMALS}f}" if isinstance(cell, float) else as_text(cell)


WRITERS: dict[str, Callable[[BinaryIO, Sequence[str], Sequence[str]], Writer]] = {
    ".csv": lambda file, columns, ids: _DelimitedWriter(",", file, columns, ids),
    ".tsv": lambda file, columns, ids: _DelimitedWriter("\t", file, columns, ids),
    ".jsonl": _JsonLinesWriter,
    ".xlsx": _WorkbookWriter,
}
