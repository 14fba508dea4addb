"""Rows out of .parquet, a few at a time whatever the size of its groups."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from themetag.documents.limits import limits
from themetag.documents.signatures import signature_of
from themetag.errors import InputError
from themetag.tables.parquet_file import module
from themetag.tables.rows import Row, Table, as_text, column_names, refuse_width, shortened

_HEAD_BYTES = 1 << 16
_ENCRYPTED = b"PARE"
# Rows held at a time when reading: few, since each cell may be a whole statement.
_ROWS_READ = 128

_DAMAGED = "is not a readable .parquet file: damaged or of another kind; save it again as .parquet"


def read_parquet(path: Path) -> Table:
    """Open a .parquet; numbers, dates and truth values stay what they are.

    Raises:
        InputError: pyarrow is not installed, or the file is something else, encrypted or damaged.
    """
    pyarrow = module("pyarrow", path)
    parquet = module("pyarrow.parquet", path)
    _refuse_other_kinds(path)
    with _mapped(path):
        # In small steps: by itself, pyarrow would hold a group of rows, which may be the file.
        file = parquet.ParquetFile(path, buffer_size=_HEAD_BYTES, pre_buffer=False)
        names, n_rows = file.schema_arrow.names, file.metadata.num_rows
    if not names:
        raise InputError("is empty: it has no columns", path)
    refuse_width(len(names), path)
    return Table(column_names(names), _rows(file, pyarrow, path), "", n_rows)


def _refuse_other_kinds(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if kind := signature_of(head):
        raise InputError(f"looks like {kind.name}, not .parquet: {kind.remedy}", path)
    if head.startswith(_ENCRYPTED):
        raise InputError("is encrypted: save a copy without encryption", path)


@contextmanager
def _mapped(path: Path) -> Iterator[None]:
    """Turn whatever pyarrow raises over a damaged file into one error."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        raise InputError(_DAMAGED, path) from error


def _rows(file: Any, pyarrow: ModuleType, path: Path) -> Iterator[Row]:
    most = limits().cell_characters
    number = 0
    with _mapped(path), file:
        for batch in file.iter_batches(_ROWS_READ, use_threads=False):
            columns = [_values(column, pyarrow) for column in batch.columns]
            for values in zip(*columns, strict=True):
                number += 1
                cells, error = shortened(map(_cell, values), most)
                if _UNREADABLE in values:
                    error = "a cell holds what cannot be shown as text"
                yield Row(number, number, tuple(cells), error)


class _Unreadable:
    """Stands where a cell has a value that Python has no means to hold."""


_UNREADABLE = _Unreadable()


def _values(column: Any, pyarrow: ModuleType) -> list[Any]:
    """Return the values of a column, each by itself where they cannot be had together."""
    column = _in_microseconds(column, pyarrow)
    try:
        return list(column.to_pylist())
    except Exception:  # a date beyond the year 9999, letters that are no UTF-8
        return [_value(scalar) for scalar in column]


def _in_microseconds(column: Any, pyarrow: ModuleType) -> Any:
    """Return times as fine as Python's: of nanoseconds, pyarrow would make what pandas has."""
    types, kind = pyarrow.types, column.type
    if types.is_timestamp(kind):
        return column.cast(pyarrow.timestamp("us", kind.tz and "UTC"), safe=False)
    if types.is_duration(kind):
        return column.cast(pyarrow.duration("us"), safe=False)
    return column.cast(pyarrow.time64("us"), safe=False) if types.is_time64(kind) else column


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except Exception:
        return _UNREADABLE


def _cell(value: Any) -> Any:
    """Return a value as the other formats give it; what is nested, as of JSON."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, dict | list | tuple):
        written = json.dumps(value, default=_plain)
        return json.loads(written, parse_constant=lambda name: None if name == "NaN" else name)
    return None if value is _UNREADABLE else value


def _plain(value: Any) -> str:
    return as_text(_cell(value))
