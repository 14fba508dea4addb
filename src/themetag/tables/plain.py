"""Rows of plain cells into a .csv or .xlsx file, whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from themetag.output import new_file
from themetag.tables.rows import as_text
from themetag.tables.sheet import SheetFile, is_cut

SUFFIXES = (".csv", ".xlsx")
_WIDTH = 24


def write_table(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]], name: str, *, overwrite: bool
) -> int:
    """Write rows under their header.

    Args:
        path: the file; its suffix, one of `SUFFIXES`, chooses the format.
        columns: the header.
        rows: one cell a column.
        name: what the sheet of an .xlsx is called.
        overwrite: whether a file that exists may be replaced.

    Returns:
        How many cells are cut, being longer than a worksheet holds; none in a .csv.

    Raises:
        InputError: when `path` exists and is not to be replaced, or cannot be written.
    """
    n_cut = 0
    with new_file(path, overwrite=overwrite) as file:
        if path.suffix.lower() == ".xlsx":
            sheet = SheetFile(file, columns, [_WIDTH] * len(columns), name)
            for row in rows:
                sheet.append(row, len(columns))
                n_cut += sum(map(is_cut, row))
            sheet.close()
        else:
            file.write(csv_text(columns, rows).encode())
    return n_cut


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as .csv, quoted only where that is needed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([as_text(cell) for cell in row] for row in rows)
    return text.getvalue()
