"""`ParquetFile`: one .parquet written group by group; pyarrow is imported when met."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

from themetag.errors import InputError
from themetag.tables.rows import as_text

# Rows of a group, which is held in memory, here and by whoever reads it.
ROWS_IN_GROUP = 5_000


def module(name: str, path: Path | None = None) -> ModuleType:
    """Import a module of pyarrow, which is an extra.

    Raises:
        InputError: it is not installed; with the command that installs it.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        message = ".parquet needs pyarrow, which is not installed: pip install 'themetag[parquet]'"
        raise InputError(message, path) from error


class ParquetFile:
    """A .parquet that is being written, in groups of a fixed number of rows.

    Nothing in it depends on the clock or on how many rows come at a time.
    """

    def __init__(self, file: BinaryIO, names: Sequence[str], kinds: Sequence[type]):
        """Prepare the columns.

        Args:
            file: where the bytes go; it stays open.
            names: the columns, no two of them alike.
            kinds: for each column what its cells are: `str`, `float` or `bool`.

        Raises:
            InputError: pyarrow is not installed.
        """
        pyarrow, parquet = module("pyarrow"), module("pyarrow.parquet")
        types = {str: pyarrow.string(), float: pyarrow.float64(), bool: pyarrow.bool_()}
        self._kinds = kinds
        self._schema = pyarrow.schema(
            [pyarrow.field(name, types[kind]) for name, kind in zip(names, kinds, strict=True)]
        )
        self._held: list[Sequence[Any]] = []
        self._table = pyarrow.table
        self._array = pyarrow.array
        self._sink = _Forward(file)
        self._writer = parquet.ParquetWriter(
            self._sink, self._schema, compression="zstd", use_dictionary=False
        )

    def append(self, cells: Sequence[Any]) -> None:
        """Add a row, one cell a column, None where there is nothing."""
        self._held.append(cells)
        if len(self._held) == ROWS_IN_GROUP:
            self._write()

    def close(self) -> None:
        """Write the last group and the end of the file."""
        if self._held:
            self._write()
        self._writer.close()
        self._sink.flush()

    def __del__(self) -> None:
        """Leave a table that was given up without an end, which pyarrow would now write."""
        with suppress(AttributeError):  # where pyarrow is not installed
            self._sink.is_done = True

    def _write(self) -> None:
        columns = zip(*self._held, strict=True)
        arrays = [
            self._array([_of_kind(cell, kind) for cell in column], field.type)
            for column, kind, field in zip(columns, self._kinds, self._schema, strict=True)
        ]
        self._writer.write_table(self._table(arrays, schema=self._schema), ROWS_IN_GROUP)
        self._held.clear()


class _Forward:
    """What pyarrow writes to: a pipe has no position, and must not be closed with the table."""

    closed = False

    def __init__(self, file: BinaryIO):
        self.is_done = False
        self._file = file
        self._n_bytes = 0

    def write(self, data: Any) -> int:
        if not self.is_done:
            self._file.write(data)
        self._n_bytes += len(data)
        return len(data)

    def tell(self) -> int:
        return self._n_bytes

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        """Leave the file open."""


def _of_kind(cell: Any, kind: type) -> Any:
    if cell is None or kind is not str:
        return cell
    return as_text(cell).encode("utf-8", "replace").decode()
