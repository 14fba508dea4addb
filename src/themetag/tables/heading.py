"""Headers of two rows: groups of columns in merged cells, and the names of the columns below."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from themetag.tables.parts import Merged
from themetag.tables.rows import LONGEST_NAME, RawRow, n_filled


def with_one_header(rows: Iterator[RawRow], merged: Iterable[Merged]) -> Iterator[RawRow]:
    """Yield the rows of a sheet, the two of a header made one where merged cells say so.

    Only the first row with more than one filled cell can be the upper half. What stands under a
    group has to be two names or more, and every other column its name in one of the halves.

    Args:
        rows: the rows of a sheet from its top, blank ones among them.
        merged: the merged areas of the sheet.
    """
    for row in rows:
        if n_filled(row) < 2:
            yield row
            continue
        groups = [area for area in merged if _is_group(area, row.line)]
        if not groups:
            yield from itertools.chain([row], rows)
            return
        lower = next(rows, None)
        if lower is None:
            yield row
        elif _is_lower_half(row.cells, lower.cells, groups):
            yield RawRow(row.line, _joined(row.cells, lower.cells, groups))
        else:
            yield from (row, lower)
        yield from rows


def _is_group(area: Merged, line: int) -> bool:
    return area.first_row == area.last_row == line and area.first_column < area.last_column


def _is_lower_half(upper: Sequence[Any], lower: Sequence[Any], groups: list[Merged]) -> bool:
    grouped = {i for area in groups for i in _columns(area)}
    alone = (i for i in range(max(len(upper), len(lower))) if i not in grouped)
    return (
        all(_is_blank(cell) or _is_name(cell) for cell in lower)
        and all(sum(_is_name(_at(lower, i)) for i in _columns(area)) > 1 for area in groups)
        and all(_is_blank(_at(upper, i)) or _is_blank(_at(lower, i)) for i in alone)
    )


def _joined(upper: Sequence[Any], lower: Sequence[Any], groups: list[Merged]) -> list[Any]:
    """Return the names below; one that stands there twice has its group before it."""
    group_of = {i: _at(upper, area.first_column - 1) for area in groups for i in _columns(area)}
    count = Counter(cell for cell in lower if not _is_blank(cell))

    def name(i: int) -> Any:
        above, below = group_of.get(i, _at(upper, i)), _at(lower, i)
        if _is_blank(below):
            return above
        return f"{above}: {below}" if count[below] > 1 and i in group_of else below

    return [name(i) for i in range(max(len(upper), len(lower)))]


def _columns(area: Merged) -> range:
    """Return the positions of the columns of an area."""
    return range(area.first_column - 1, area.last_column)


def _is_blank(cell: Any) -> bool:
    return cell in (None, "")


def _is_name(cell: Any) -> bool:
    return isinstance(cell, str) and 0 < len(cell.strip()) <= LONGEST_NAME


def _at(cells: Sequence[Any], i: int) -> Any:
    return cells[i] if i < len(cells) else None
