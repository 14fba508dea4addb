"""A workbook for people to edit: drop-down lists, header frozen, long texts wrapped."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from themetag.tables.lines import guarded
from themetag.tables.sheet import cut

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

_LISTS = "labels"
_CLOCK = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet."""

    name: str
    """Its heading."""
    width: int
    """Its width in characters."""
    options: str = ""
    """The list its cells are chosen from; empty for a column that is not to be edited."""
    is_hidden: bool = False
    """Whether it is only carried along."""


def workbook_bytes(
    columns: Sequence[Column], rows: Sequence[Sequence[Any]], lists: Mapping[str, Sequence[str]]
) -> bytes:
    """Return a workbook; equal cells give equal bytes.

    Args:
        columns: the header.
        rows: the cells under it; a text stays text even where it looks like a formula.
        lists: the labels that the columns named in `Column.options` are chosen from.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "entries"
    _fill(sheet, columns, rows)
    _offer(book, columns, len(rows), lists)
    packed = io.BytesIO()
    book.save(packed)
    return _without_clock(packed)


def _fill(sheet: Worksheet, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    wrapped = Alignment(wrap_text=True, vertical="top")
    bold, tinted = Font(bold=True), PatternFill("solid", fgColor="FFF3D6")
    for i, column in enumerate(columns, start=1):
        _set(sheet.cell(1, i), column.name)
        sheet.cell(1, i).font = bold
        sheet.cell(1, i).alignment = wrapped
        dimension = sheet.column_dimensions[get_column_letter(i)]
        dimension.width, dimension.hidden = column.width, column.is_hidden
        for j, row in enumerate(rows, start=2):
            cell = sheet.cell(j, i)
            _set(cell, row[i - 1])
            cell.alignment = wrapped
            if column.options:
                cell.fill = tinted
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"


def _set(cell: Cell | MergedCell, value: Any) -> None:
    """Fill a cell; a text that looks like a formula is marked as text for when it is edited."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if not isinstance(value, str):
        cell.value = value
        if isinstance(value, float):
            cell.number_format = "0.00"
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", cut(value)) or None
    if guarded(value) != value:
        cell.data_type = "s"
        cell.quotePrefix = True


def _offer(
    book: Workbook, columns: Sequence[Column], n_rows: int, lists: Mapping[str, Sequence[str]]
) -> None:
    """Put each list on a sheet of its own and let the cells of its columns choose from it."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    hidden = book.create_sheet(_LISTS)
    hidden.sheet_state = "hidden"
    for i, (name, labels) in enumerate(lists.items(), start=1):
        for j, label in enumerate((name, *labels), start=1):
            _set(hidden.cell(j, i), label)
        if not labels:
            continue
        letters = get_column_letter(i)
        choice = DataValidation(
            "list",
            formula1=f"{_LISTS}!${letters}$2:${letters}${len(labels) + 1}",
            allow_blank=True,
            showErrorMessage=True,
            errorTitle=f"Not a {name}",
            error=f"Choose a {name} from the list, or leave the cell empty.",
        )
        for at, column in enumerate(columns, start=1):
            if column.options == name:
                area = get_column_letter(at)
                choice.add(f"{area}2:{area}{n_rows + 1}")
        book.worksheets[0].add_data_validation(choice)


def _without_clock(packed: io.BytesIO) -> bytes:
    """Return the same package without the time of day in it."""
    still = io.BytesIO()
    with ZipFile(packed) as old, ZipFile(still, "w") as new:
        for name in old.namelist():
            member = ZipInfo(name)
            member.compress_type = ZIP_DEFLATED
            new.writestr(member, _CLOCK.sub(b"", old.read(name)))
    return still.getvalue()
