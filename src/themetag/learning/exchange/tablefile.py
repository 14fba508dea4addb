"""Rows of plain cells into a .csv or .xlsx file, whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from themetag.errors import InputError
from themetag.output import new_file, refuse_existing
from themetag.tables.rows import as_text
from themetag.tables.sheet import SheetFile

_WIDTH = 24


def refuse_table(path: Path, *, overwrite: bool) -> None:
    """Refuse, before any work, an output that no table can go into.

    Raises:
        InputError: when it is neither .csv nor .xlsx, or exists and is not to be replaced.
    """
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise InputError("give the table a name that ends in .csv or .xlsx", path)
    refuse_existing(path, overwrite=overwrite)


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
