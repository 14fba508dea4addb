"""Rows out of .xlsx: one sheet, formulas by their stored values."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from themetag.documents.limits import limits
from themetag.documents.signatures import signature_of
from themetag.errors import InputError
from themetag.tables.heading import with_one_header
from themetag.tables.rows import RawRow, Table, shortened, table_of, trimmed
from themetag.tables.sheet import MOST_ROWS

if TYPE_CHECKING:
    from openpyxl import Workbook

Result = TypeVar("Result")
# A sheet that is streamed, of which the type stubs of openpyxl know little.
_Sheet = Any

_HEAD_BYTES = 1 << 16


def read_workbook(path: Path, sheet: str | None = None) -> Table:
    """Open a workbook; dates stay dates and numbers numbers.

    Args:
        path: the file.
        sheet: the name of the sheet, or its number counting from 1; without it the first one that
            is shown and has a filled cell.

    Raises:
        InputError: the file is no workbook, has no such sheet, or nothing is in it.
    """
    from openpyxl import load_workbook

    from themetag.tables.parts import check_parts, layout_of

    with _mapped(path), ExitStack() as closing_book:
        _refuse_other_kinds(path)
        check_parts(path)
        # Given a name, openpyxl refuses all that do not end in .xlsx.
        file = closing_book.enter_context(path.open("rb"))
        book = _quietly(lambda: load_workbook(file, read_only=True, data_only=True))
        closing_book.callback(book.close)
        n_claimed = _claimed_rows(book)
        found = _chosen(book, sheet, path)
        layout = layout_of(path, found._worksheet_path)
        held = closing_book.pop_all()
    hint = " (--sheet takes another)" if sheet is None else ""
    notes = [_which(book, found, hint), _unstored(layout.n_unstored)]
    rows = with_one_header(_raw_rows(held, found, path), layout.merged)
    table = table_of(rows, path, notes, is_rectangular=False)
    n_rows = n_claimed[found.title] - 1
    return replace(table, n_rows=n_rows if n_rows > 0 else None)


def _refuse_other_kinds(path: Path) -> None:
    """Refuse what can be seen to be something else.

    Raises:
        InputError: saying what the file is.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.startswith(b"PK") and (kind := signature_of(head)):
        raise InputError(f"looks like {kind.name}, not .xlsx: {kind.remedy}", path)


def _claimed_rows(book: Workbook) -> dict[str, int]:
    """Return the length that each sheet claims, and have the sheets forget it.

    Some programs write a wrong one, beyond which no cell would be read.
    """
    sheets: list[_Sheet] = book.worksheets
    n_claimed = {sheet.title: sheet.max_row or 0 for sheet in sheets}
    for sheet in sheets:
        sheet.reset_dimensions()
    return n_claimed


def _chosen(book: Workbook, name: str | None, path: Path) -> _Sheet:
    """Return the sheet that is named, or the first that is shown and has a filled cell."""
    sheets: list[_Sheet] = book.worksheets
    if name is None:
        shown = (sheet for sheet in sheets if sheet.sheet_state == "visible" and _has_cells(sheet))
        found = next(shown, None)
        if found is None:
            raise InputError("is empty: the first row should name the columns", path)
        return found
    numbers = {str(number): sheet for number, sheet in enumerate(sheets, start=1)}
    named = numbers | {str(sheet.title): sheet for sheet in sheets}
    if name not in named:
        listed = ", ".join(repr(str(sheet.title)) for sheet in sheets)
        raise InputError(f"has no sheet {name!r}; its sheets are: {listed}", path)
    return named[name]


def _has_cells(sheet: _Sheet) -> bool:
    return any(trimmed(cells) for cells in _each_quietly(sheet.iter_rows(values_only=True)))


def _which(book: Workbook, sheet: _Sheet, hint: str) -> str:
    """Return which of several sheets is read, in words."""
    names = [str(other.title) for other in book.worksheets]
    number = names.index(str(sheet.title)) + 1
    which = f"sheet {names[number - 1]!r}, {number} of {len(names)}{hint}"
    return which if len(names) > 1 else ""


def _unstored(n_formulas: int) -> str:
    """Return what is wrong with formulas that no program has computed, in words."""
    if not n_formulas:
        return ""
    what = "1 formula has" if n_formulas == 1 else f"{n_formulas:,} formulas have"
    return (
        f"{what} no stored value and {'is' if n_formulas == 1 else 'are'} read as empty: "
        "open the file in a spreadsheet program and save it"
    )


def _raw_rows(held: ExitStack, sheet: _Sheet, path: Path) -> Iterator[RawRow]:
    most = limits().cell_characters
    with _mapped(path), held, closing(sheet.iter_rows(values_only=True)) as rows:
        for line, cells in enumerate(_each_quietly(rows), start=1):
            # One row that claims a number beyond all worksheets has as many blank ones before it.
            if line > MOST_ROWS:
                raise InputError(f"has a row beyond {MOST_ROWS:,}: save it again as .xlsx", path)
            yield RawRow(line, *shortened(map(_unescaped, trimmed(cells)), most))


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
