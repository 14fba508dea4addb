"""Rows out of .xlsx: the first sheet that shows anything, formulas by their stored values."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zipfile import BadZipFile, ZipFile

from themetag.documents.signatures import signature_of
from themetag.errors import InputError
from themetag.tables.rows import RawRow, Table, table_of, trimmed

if TYPE_CHECKING:
    from openpyxl import Workbook

Result = TypeVar("Result")

_HEAD_BYTES = 1 << 16


def read_workbook(path: Path) -> Table:
    """Open a workbook; dates stay dates and numbers numbers."""
    from openpyxl import load_workbook

    with _mapped(path):
        _refuse_other_kinds(path)
        book = _quietly(lambda: load_workbook(path, read_only=True, data_only=True))
        found = _first_with_cells(book)
    if found is None:
        raise InputError("is empty: the first row should name the columns", path)
    sheet, n_claimed = found
    n_sheets = len(book.sheetnames)
    notes = [f"sheet {sheet!r} of {n_sheets}"] if n_sheets > 1 else []
    table = table_of(_raw_rows(book, sheet, path), path, notes, is_rectangular=False)
    return replace(table, n_rows=n_claimed - 1 if n_claimed > 1 else None)


def _refuse_other_kinds(path: Path) -> None:
    """Refuse what is no workbook and what is damaged, before a row of it is read.

    Raises:
        InputError: saying what the file is, where that can be seen.
        BadZipFile: where it cannot.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.startswith(b"PK") and (kind := signature_of(head)):
        raise InputError(f"looks like {kind.name}, not .xlsx: {kind.remedy}", path)
    with ZipFile(path) as package:
        if broken := package.testzip():
            raise BadZipFile(broken)


def _first_with_cells(book: Workbook) -> tuple[str, int] | None:
    """Return the first sheet that is shown and has a filled cell, and how long it says it is."""
    for sheet in book.worksheets:
        n_claimed = sheet.max_row or 0
        # Some programs write a wrong size, beyond which no cell would be read.
        sheet.reset_dimensions()
        if sheet.sheet_state == "visible" and any(
            trimmed(cells) for cells in _each_quietly(sheet.iter_rows(values_only=True))
        ):
            return str(sheet.title), n_claimed
    return None


def _raw_rows(book: Workbook, sheet: str, path: Path) -> Iterator[RawRow]:
    with _mapped(path):
        rows = book[sheet].iter_rows(values_only=True)
        for line, cells in enumerate(_each_quietly(rows), start=1):
            yield RawRow(line, [_unescaped(cell) for cell in trimmed(cells)])
    book.close()


def _unescaped(cell: Any) -> Any:
    """Return a text with the line ends that some programs write as `_x000D_`."""
    return cell.replace("_x000D_", "\r") if isinstance(cell, str) else cell


@contextmanager
def _mapped(path: Path) -> Iterator[None]:
    """Turn whatever the zip and XML readers raise into one error."""
    try:
        yield
    except (InputError, OSError):
        raise
    except Exception as error:
        raise InputError(
            "is not a readable .xlsx workbook: damaged or of another kind; save it again as .xlsx",
            path,
        ) from error


def _quietly(call: Callable[[], Result]) -> Result:
    """Call without openpyxl's warnings, which are about styles and menus that are not read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()


def _each_quietly(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    while (row := _quietly(lambda: next(rows, None))) is not None:
        yield row
