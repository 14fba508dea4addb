"""Rows of plain cells into a .csv or .xlsx file, whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from themetag.output import new_file
from themetag.tables.rows import as_text
from themetag.tables.sheet import SheetFile

SUFFIXES = (".csv", ".xlsx")
_WIDTH = 24


def write_table(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, overwrite: bool
) -> None:
    """Write rows under their header.

    Raises:
        InputError: when `path` exists and is not to be replaced, or cannot be written.
    """
    with new_file(path, overwrite=overwrite) as file:
        if path.suffix.lower() == ".xlsx":
            sheet = SheetFile(file, columns, [_WIDTH] * len(columns))
            for row in rows:
                sheet.append(row, len(columns))
            sheet.close()
        else:
            file.write(csv_text(columns, rows).encode())


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as .csv, quoted only where that is needed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([as_text(cell) for cell in row] for row in rows)
    return text.getvalue()
