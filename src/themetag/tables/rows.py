"""`Row` and `Table`: what every format of table is read into, and where its header is."""

from __future__ import annotations

import datetime
import itertools
import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from themetag.documents.limits import limits
from themetag.errors import InputError

# Above a header there is a title, a date, a note at most; further down there are rows.
_MOST_ROWS_ABOVE = 5
# A header that is told from a title above it has at least so many columns...
_FEWEST_UNDER_TITLE = 3
# ...and no name longer than a question on a form.
LONGEST_NAME = 200
# Of cells beyond the header, so that a row of a million does not fill the column of errors.
_LONGEST_SURPLUS = 10_000
# Whole numbers above this are not exact as decimals.
_EXACT = 2**53


class Row(NamedTuple):
    """One row of a table as it stands there; a tuple, since a batch makes millions of them."""

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
    """How many rows there are, as far as the file tells beforehand: for a progress bar."""


class RawRow(NamedTuple):
    """A row before it is known which one is the header."""

    line: int
    """Where it starts in the file."""
    cells: Sequence[Any]
    """As many cells as it happens to have."""
    error: str | None = None
    """Why it cannot be read as meant, if it cannot."""


def as_text(cell: Any) -> str:
    """Return one cell as text.

    >>> as_text(3.0), as_text(None), as_text(datetime.date(2025, 1, 10)), as_text(True)
    ('3', '', '2025-01-10', 'true')
    """
    if type(cell) is str:  # as nearly all are
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time(0):
        return cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


def shortened(cells: Iterable[Any], most: float) -> tuple[list[Any], str | None]:
    """Return cells of which none is longer than `most` characters, and what that has cost.

    >>> shortened(["a", "bcd"], 2)
    (['a', 'bc'], '1 cell(s) cut to 2 characters: raise THEMETAG_MAX_CELL_CHARACTERS')
    """
    whole = list(cells)
    long = [i for i, cell in enumerate(whole) if isinstance(cell, str) and len(cell) > most]
    if not long:
        return whole, None
    for i in long:
        whole[i] = whole[i][: int(most)]
    return whole, (
        f"{len(long):,} cell(s) cut to {int(most):,} characters: raise THEMETAG_MAX_CELL_CHARACTERS"
    )


def table_of(
    raw: Iterator[RawRow], path: Path, notes: Iterable[str], *, is_rectangular: bool
) -> Table:
    """Make a table of the rows of a file, the first of which are its header.

    Args:
        raw: the rows, blank ones among them.
        path: the file, for the error.
        notes: what was found out about the file so far.
        is_rectangular: whether the format writes as many cells for every row.

    Raises:
        InputError: when no row has a filled cell, or there are too many columns.
    """
    header, rest, note = _split_header(raw, path, is_rectangular=is_rectangular)
    refuse_width(len(header), path)
    columns = column_names(header)
    rows = _fitted(rest, len(columns), is_rectangular=is_rectangular)
    return Table(columns, rows, ", ".join(filter(None, [*notes, note])))


def refuse_width(n_columns: int, path: Path) -> None:
    """Refuse a table of more columns than `Limits.n_columns`.

    Raises:
        InputError: naming both figures.
    """
    most = limits().n_columns
    if n_columns > most:
        message = (
            f"has {n_columns:,} columns where {int(most):,} are read: is it separated and quoted "
            "as its name says? If it is, raise THEMETAG_MAX_COLUMNS"
        )
        raise InputError(message, path)


def column_names(header: Iterable[str]) -> tuple[str, ...]:
    """Number blank and repeated names, so that every column can be told from the others.

    >>> column_names(["Title", "", "Title", "Title (2)"])
    ('Title', 'column 2', 'Title (2)', 'Title (2) (2)')
    """
    names: dict[str, None] = {}
    for i, written in enumerate(header, start=1):
        name = first = written.strip() or f"column {i}"
        count = 1
        while name in names:
            count += 1
            name = f"{first} ({count})"
        names[name] = None
    return tuple(names)


def trimmed(cells: Sequence[Any], width: int = 0) -> Sequence[Any]:
    """Return the cells up to the last filled one, or up to `width` where that is more."""
    n = len(cells)
    while n > width and cells[n - 1] in (None, ""):
        n -= 1
    return cells[:n]


def _split_header(
    raw: Iterator[RawRow], path: Path, *, is_rectangular: bool
) -> tuple[list[str], Iterator[RawRow], str]:
    """Return the header, the rows under it, and a note if rows above it were passed over."""
    held: list[RawRow] = []
    for row in raw:
        if held or n_filled(row):
            held.append(row)
        if n_filled(row) > 1 or len(held) > _MOST_ROWS_ABOVE:
            break
    if not held:
        raise InputError("is empty: the first row should name the columns", path)
    first, last = held[0], held[-1]
    if _is_under_title(first, last, is_rectangular=is_rectangular):
        return _header(last), raw, f"header in row {last.line}"
    return _header(first), itertools.chain(held[1:], raw), ""


def _is_under_title(first: RawRow, row: RawRow, *, is_rectangular: bool) -> bool:
    """Say whether a row is a header and the first row, of one filled cell, a title above it."""
    cells = trimmed(row.cells)
    names = [cell for cell in cells if isinstance(cell, str) and 0 < len(cell) <= LONGEST_NAME]
    return (
        n_filled(first) == 1
        and len(names) >= _FEWEST_UNDER_TITLE
        and len(names) == len(set(names)) == len(cells)
        and (len(row.cells) == len(first.cells) or not is_rectangular)
    )


def _header(row: RawRow) -> list[str]:
    return [as_text(cell) for cell in row.cells]


def n_filled(row: RawRow) -> int:
    """Return how many cells of a row are not blank."""
    return sum(cell not in (None, "") for cell in row.cells)


def _fitted(raw: Iterator[RawRow], width: int, *, is_rectangular: bool) -> Iterator[Row]:
    """Yield rows as wide as the header; blank rows after the last filled one are no rows."""
    number = 0
    blank_lines = array("q")
    for line, cells, error in raw:
        if not any(cells) and all(cell in (None, "") for cell in cells):
            blank_lines.append(line)
            continue
        for blank_line in blank_lines:
            number += 1
            yield Row(number, blank_line, (None,) * width, "empty")
        if blank_lines:
            blank_lines = array("q")
        number += 1
        if len(cells) == width:  # as nearly all are
            yield Row(number, line, tuple(cells), error)
            continue
        found = trimmed(cells, width)
        padded = (*found[:width], *[None] * (width - len(found)))
        misfit = _misfit(found, width, is_rectangular=is_rectangular)
        yield Row(number, line, padded, error or misfit)


def _misfit(cells: Sequence[Any], width: int, *, is_rectangular: bool) -> str | None:
    if len(cells) > width:
        surplus = " | ".join(map(as_text, cells[width:]))
        if len(surplus) > _LONGEST_SURPLUS:
            surplus = f"{surplus[:_LONGEST_SURPLUS]} …"
        return f"row has {len(cells):,} cells where the header has {width:,}; left over: {surplus}"
    if len(cells) < width and is_rectangular:
        return f"row has {len(cells)} cells where the header has {width}"
    return None
