"""`SheetFile`: one worksheet written row by row, straight into its file.

openpyxl keeps a second copy of a growing sheet in the system's temporary folder and stamps the
clock into the workbook; here nothing but the output is written and equal rows give equal bytes.
What is written is the least that ECMA-376 (Office Open XML) asks of a workbook.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from typing import Any, BinaryIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from themetag.errors import InputError
from themetag.tables.rows import as_text

# What one cell holds at most, counted in UTF-16; Excel refuses a file with a longer one.
LONGEST_CELL = 32_767
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
# Beyond it the package would need a form of ZIP that not every reader knows.
_MOST_BYTES = 2**31 - 2**24
# A worksheet keeps 15 digits of a number; a longer one is kept as text.
_INEXACT = 10**15
# Day 0, counted so that every day from March 1900 on is right.
_EPOCH = datetime.datetime(1899, 12, 30)
_DAY = datetime.timedelta(days=1)

# What XML cannot hold.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {"\r": "&#13;"}

# The positions of the formats in `_STYLES`.
_PLAIN, _BOLD, _TWO_PLACES, _DATE, _DATE_TIME, _TIME, _DURATION = range(7)

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN = "http://schemas.openxmlformats.org"
_MAIN = f'xmlns="{_OPEN}/spreadsheetml/2006/main"'
_RELATION = f"{_OPEN}/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NAME = "NAME OF THE SHEET"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_OPEN}/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_OPEN}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_RELATION}">'
    f'<sheets><sheet name="{_NAME}" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_OPEN}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATION}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet {_MAIN}><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="7">'
    + "".join(
        f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="0" xfId="0" '
        'applyNumberFormat="1" applyFont="1"/>'
        for number, font in ((0, 0), (0, 1), (2, 0), (164, 0), (165, 0), (21, 0), (46, 0))
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>",
}


class _Package(ZipFile):
    def __del__(self) -> None:
        """Leave a package that was given up as it is."""


class SheetFile:
    """A workbook of one sheet that is being written."""

    def __init__(
        self, file: BinaryIO, header: Sequence[str], widths: Sequence[int], name: str = "tagged"
    ):
        """Write everything down to the header, which is frozen.

        Args:
            file: where the bytes go.
            header: the names of the columns.
            widths: their widths in characters.
            name: what the sheet is called, in plain letters.

        Raises:
            InputError: when a worksheet has not so many columns.
        """
        self._letters = [_letters(i) for i in range(len(header))]
        self._n_rows = self._n_bytes = 0
        self._package = _Package(file, "w", ZIP_DEFLATED)
        for part, text in _PARTS.items():
            self._package.writestr(_member(part), _XML + text.replace(_NAME, name))
        self._sheet = self._package.open(_member("xl/worksheets/sheet1.xml"), "w")
        columns = "".join(
            f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>'
            for i, width in enumerate(widths, start=1)
        )
        self._write(
            f"{_XML}<worksheet {_MAIN}>"
            '<sheetViews><sheetView tabSelected="1" workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            f"</sheetView></sheetViews><cols>{columns}</cols><sheetData>"
        )
        self._append("".join(map(self._heading, self._letters, header)))

    def append(self, cells: Sequence[Any], n_given: int) -> None:
        """Add a row.

        Args:
            cells: one cell a column.
            n_given: how many of them are the user's; decimals after them show two places.

        Raises:
            InputError: when the sheet is full.
        """
        if self._n_rows == MOST_ROWS or self._n_bytes > _MOST_BYTES:
            raise InputError(f"a worksheet is full at row {self._n_rows:,}; write .csv or .jsonl")
        self._append("".join(self._cells(cells, n_given)))

    def close(self) -> None:
        """Write what follows the rows: the filter over all of them."""
        area = f"A1:{self._letters[-1]}{self._n_rows}"
        self._write(f'</sheetData><autoFilter ref="{area}"/></worksheet>')
        self._sheet.close()
        self._package.close()

    def _heading(self, letters: str, name: str) -> str:
        return _text_cell(f"{letters}1", name, _BOLD)

    def _cells(self, cells: Sequence[Any], n_given: int) -> list[str]:
        row = self._n_rows + 1
        return [
            _cell(f"{letters}{row}", cell, _PLAIN if i < n_given else _TWO_PLACES)
            for i, (letters, cell) in enumerate(zip(self._letters, cells, strict=True))
        ]

    def _append(self, cells: str) -> None:
        self._n_rows += 1
        self._write(f'<row r="{self._n_rows}">{cells}</row>')

    def _write(self, text: str) -> None:
        self._n_bytes += self._sheet.write(text.encode())


def refuse_rows(n_rows: int | None, path: str) -> None:
    """Refuse, before any of them is tagged, rows that a worksheet has no room for.

    Args:
        n_rows: how many there are below the header, as far as that is known.
        path: the workbook, for the error.

    Raises:
        InputError: when there are too many.
    """
    if n_rows is not None and n_rows >= MOST_ROWS:
        message = f"a worksheet has {MOST_ROWS:,} rows and {n_rows + 1:,} are needed"
        raise InputError(f"{message}; write .csv, .jsonl or .parquet", path)


def cut(text: str) -> str:
    """Return as much of a text as a cell holds, without half a character at its end."""
    if len(text) * 2 <= LONGEST_CELL:
        return text
    whole = text.encode("utf-16-le", "surrogatepass")
    return whole[: LONGEST_CELL * 2].decode("utf-16-le", "ignore") if is_too_long(text) else text


def is_too_long(text: str) -> bool:
    """Say whether a text is longer than a cell."""
    if len(text) * 2 <= LONGEST_CELL:
        return False
    return len(text.encode("utf-16-le", "surrogatepass")) > LONGEST_CELL * 2


def is_cut(cell: Any) -> bool:
    """Say whether a cell is a text that a worksheet does not hold whole."""
    return isinstance(cell, str | dict | list) and is_too_long(as_text(cell))


def _cell(at: str, value: Any, decimal_style: int) -> str:
    """Return a cell; what is text stays text, even where it looks like a formula."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, float) and math.isfinite(value):
        return f'<c r="{at}" s="{decimal_style}"><v>{value!r}</v></c>'
    if isinstance(value, int) and abs(value) < _INEXACT:
        return f'<c r="{at}"><v>{value}</v></c>'
    if (dated := _in_days(value)) is not None:
        days, style = dated
        return f'<c r="{at}" s="{style}"><v>{days!r}</v></c>'
    return _text_cell(at, as_text(value), _PLAIN)


def _text_cell(at: str, text: str, style: int) -> str:
    legal = _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", cut(text))
    shown = escape(legal, _ESCAPES)
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _in_days(value: Any) -> tuple[float, int] | None:
    """Return a date, time or duration as the days that a worksheet counts, and its format."""
    if isinstance(value, datetime.datetime):
        days = (value.replace(tzinfo=None) - _EPOCH) / _DAY
        return days, _DATE if days.is_integer() else _DATE_TIME
    if isinstance(value, datetime.date):
        return float((value - _EPOCH.date()).days), _DATE
    if isinstance(value, datetime.time):
        moment = datetime.datetime.combine(_EPOCH.date(), value.replace(tzinfo=None))
        return (moment - _EPOCH) / _DAY, _TIME
    return (value / _DAY, _DURATION) if isinstance(value, datetime.timedelta) else None


def _letters(i: int) -> str:
    """Return what a worksheet calls the column at position `i`.

    >>> [_letters(i) for i in (0, 25, 26, 16383)]
    ['A', 'Z', 'AA', 'XFD']
    """
    first, last = divmod(i, 26)
    return (_letters(first - 1) if first else "") + chr(ord("A") + last)


def _member(name: str) -> ZipInfo:
    """Return a part of the package without the time of day."""
    member = ZipInfo(name)
    member.compress_type = ZIP_DEFLATED
    return member
