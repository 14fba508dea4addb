"""Rows out of .csv, .tsv, .jsonl and .xlsx, one after another, in flat memory."""

from __future__ import annotations

import csv
import datetime
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from themetag.documents import detect_encoding
from themetag.errors import InputError

# A cell longer than this is a file with an unclosed quotation mark, not a submission.
LONGEST_CELL = 10_000_000

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SAMPLE_LINES = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table as it stands there."""

    number: int
    """1-based, the header not counted."""
    line: int
    """The 1-based line, sheet row or record where it starts in the file."""
    cells: tuple[Any, ...]
    """One cell a column, as the format holds them; None or an empty text where there is nothing."""
    error: str | None = None
    """Why the row cannot be read as meant, if it cannot."""

    def texts(self) -> tuple[str, ...]:
        """Return the cells as text: dates as ISO, whole numbers without a decimal point."""
        return tuple(map(as_text, self.cells))


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is read once, from the first row to the last."""

    columns: tuple[str, ...]
    """The header; blank and repeated names are numbered."""
    rows: Iterator[Row]
    """The rows, read as they are asked for."""
    note: str
    """What was found out about the file, for a person to check; empty where nothing odd was."""
    n_rows: int | None = None
    """How many rows there are, where that is known beforehand."""


def open_table(path: Path) -> Table:
    """Open a table by its suffix.

    Raises:
        InputError: for an unknown suffix, a missing, empty or undecodable file, or no header.
    """
    read = READERS.get(path.suffix.lower())
    if read is None:
        raise InputError(
            f"cannot read {path.suffix or 'a name without a suffix'} as a table; "
            f"use {', '.join(READERS)}",
            path,
        )
    if path.is_dir():
        raise InputError("is a folder where a table is meant", path)
    if not path.exists():
        raise InputError("no such file", path)
    try:
        return read(path)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path) from error


def as_text(cell: Any) -> str:
    """Return one cell as text.

    >>> as_text(3.0), as_text(None), as_text(datetime.date(2025, 1, 10))
    ('3', '', '2025-01-10')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time(0):
        return cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False)
    return str(cell)


def _read_delimited(path: Path) -> Table:
    encoding = detect_encoding(path)
    separator = "\t" if path.suffix.lower() == ".tsv" else _separator(path, encoding)
    n_rows = _surveyed(path, encoding, separator)
    rows = _delimited_rows(path, encoding, separator)
    _, header = next(rows, (0, []))
    columns = _column_names(header, path)
    notes = [f"encoding {encoding}"] if not encoding.startswith("utf-8") else []
    if separator != ("\t" if path.suffix.lower() == ".tsv" else ","):
        notes.append(f"separator {_SEPARATORS[separator]}")
    return Table(columns, _fitted(rows, len(columns)), ", ".join(notes), n_rows)


def _delimited_rows(
    path: Path, encoding: str, separator: str, *, strict: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Yield the line where each row starts, and its cells; blank lines at the end are no rows."""
    csv.field_size_limit(LONGEST_CELL)
    with open(path, encoding=encoding, newline="") as file:
        reader = csv.reader(_without_nul(file), delimiter=separator, strict=strict)
        line = 1
        pending: list[tuple[int, list[str]]] = []
        try:
            for cells in reader:
                if any(cells):
                    yield from pending
                    yield line, cells
                    pending = []
                else:
                    pending.append((line, cells))
                line = reader.line_num + 1
        except csv.Error as error:
            raise InputError(f"cannot be read as a table: {error}", path, line=line) from error


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    return (line.replace("\0", "") for line in lines)


def _surveyed(path: Path, encoding: str, separator: str) -> int | None:
    """Count the rows under the header, where the quotation marks allow it.

    A table whose last quoted cell is never closed is refused: it would swallow every row after.

    Raises:
        InputError: naming the line where that cell's row starts.
    """
    try:
        return sum(1 for _ in _delimited_rows(path, encoding, separator, strict=True)) - 1
    except InputError as error:
        if "unexpected end of data" in str(error):
            raise InputError(
                'a cell opens with a quotation mark (") that is never closed; close it',
                path,
                line=error.line,
            ) from error
        if "field larger" in str(error):
            raise
        return None


def _separator(path: Path, encoding: str) -> str:
    """Return the separator that cuts the first lines into the most columns of one number."""
    with open(path, encoding=encoding, newline="") as file:
        sample = list(itertools.islice(_without_nul(file), _SAMPLE_LINES))

    def columns(separator: str) -> tuple[int, int]:
        counts = [len(cells) for cells in csv.reader(sample, delimiter=separator) if cells]
        like_header = sum(count == counts[0] for count in counts) if counts else 0
        return (like_header if counts and counts[0] > 1 else 0, counts[0] if counts else 0)

    return max(_SEPARATORS, key=columns)


def _fitted(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[Row]:
    for number, (line, cells) in enumerate(rows, start=1):
        error = None
        if len(cells) != width:
            error = f"row has {len(cells)} cells where the header has {width}" if cells else "empty"
        if len(cells) > width:
            surplus = " | ".join(cells[width:])
            error = f"{error}; left over: {surplus}"
        padded = (*cells[:width], *[""] * (width - len(cells)))
        yield Row(number, line, padded, error)


def _read_json_lines(path: Path) -> Table:
    encoding = detect_encoding(path)
    names: dict[str, None] = {}
    n_rows = 0
    for _, record in _json_records(path, encoding):
        n_rows += 1
        if isinstance(record, dict):
            names.update(dict.fromkeys(record))
    if not names:
        raise InputError("holds no JSON object; each line should be one, of columns", path)
    columns = tuple(names)

    def rows() -> Iterator[Row]:
        for number, (line, record) in enumerate(_json_records(path, encoding), start=1):
            if isinstance(record, dict):
                yield Row(number, line, tuple(record.get(name) for name in columns))
            else:
                yield Row(number, line, (None,) * len(columns), str(record))

    note = "" if encoding.startswith("utf-8") else f"encoding {encoding}"
    return Table(columns, rows(), note, n_rows)


def _json_records(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield each line's number with its object, or with what is wrong with it."""
    with open(path, encoding=encoding) as file:
        for line, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                record = json.loads(text)
            except (ValueError, RecursionError) as error:
                yield line, f"line {line} is not JSON: {error}"
            else:
                is_object = isinstance(record, dict)
                yield line, record if is_object else f"line {line} is not a JSON object"


def _read_workbook(path: Path) -> Table:
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        rows = sheet.iter_rows(values_only=True)
        found = enumerate(rows, start=1)
        header = next((cells for _, cells in found if _has_any(cells)), ())
    except OSError:
        raise
    except Exception as error:  # openpyxl raises whatever its zip and XML readers raise
        raise InputError(
            "is not a readable .xlsx workbook (damaged, password-protected or of another kind); "
            "save it again as .xlsx",
            path,
        ) from error
    columns = _column_names([as_text(cell) for cell in _trimmed(header)], path)
    sheets = workbook.sheetnames
    note = f"first of {len(sheets)} sheets, {sheets[0]!r}" if len(sheets) > 1 else ""
    return Table(columns, _workbook_rows(found, len(columns)), note)


def _workbook_rows(found: Iterator[tuple[int, tuple[Any, ...]]], width: int) -> Iterator[Row]:
    pending: list[Row] = []
    for number, (line, cells) in enumerate(found, start=1):
        filled = _trimmed(cells)
        error = None if filled else "empty"
        if len(filled) > width:
            surplus = " | ".join(map(as_text, filled[width:]))
            error = f"row has cells outside the header's columns: {surplus}"
        pending.append(Row(number, line, (*filled[:width], *[None] * (width - len(filled))), error))
        if filled:
            yield from pending
            pending = []


def _trimmed(cells: Iterable[Any]) -> tuple[Any, ...]:
    kept = list(cells)
    while kept and kept[-1] in (None, ""):
        kept.pop()
    return tuple(kept)


def _has_any(cells: Iterable[Any]) -> bool:
    return any(cell not in (None, "") for cell in cells)


def _column_names(header: Iterable[str], path: Path) -> tuple[str, ...]:
    """Number blank and repeated names, so that every column can be told from the others."""
    names = [name.strip() or f"column {i}" for i, name in enumerate(header, start=1)]
    if not names:
        raise InputError("is empty: the first row should name the columns", path)
    seen: Counter[str] = Counter()
    for i, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1:
            names[i] = f"{name} ({seen[name]})"
    return tuple(names)


READERS: dict[str, Callable[[Path], Table]] = {
    ".csv": _read_delimited,
    ".tsv": _read_delimited,
    ".jsonl": _read_json_lines,
    ".xlsx": _read_workbook,
}
