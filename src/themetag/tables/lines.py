"""`TextWriter`: answers as .csv, .tsv or .jsonl, packed by gzip or not, a row after another."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, BinaryIO, Protocol

from themetag.tables.answers import PLACES, Answer, added_cells, added_columns
from themetag.tables.briefs import Brief
from themetag.tables.rows import as_text
from themetag.tables.sink import GzipSink, Sink

# Characters that are passed on at a time.
_BLOCK = 1 << 16

# Rows to a stream of a packed table: more of them would make it less than 1 % smaller, and what a
# run that is stopped loses is at most as many.
STRETCH = 500

# What makes a spreadsheet program take a text for a formula, or drop its first character and then
# take it for one.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

# What JSON holds as it is.
_JSON_KINDS = (str, int, float, bool, dict, list, type(None))


class _Lines:
    """Text that is passed on, encoded, in blocks."""

    def __init__(self, sink: Sink):
        self._sink = sink
        self._parts: list[str] = []
        self._n = 0

    def write(self, text: str) -> None:
        """Take a text."""
        self._parts.append(text)
        self._n += len(text)
        if self._n > _BLOCK:
            self.pass_on()

    def pass_on(self) -> None:
        """Write what has been taken."""
        self._sink.write("".join(self._parts).encode())
        self._parts.clear()
        self._n = 0


class _Rows(Protocol):
    """What makes lines of answers."""

    def head(self) -> None:
        """Write what stands above the rows."""

    def add(self, answer: Any) -> None:
        """Write one row."""


class TextWriter:
    """A table that can be continued after any row, or if packed after any stretch of rows."""

    def __init__(
        self,
        open_rows: Callable[[_Lines, Sequence[str], Sequence[str], bool], _Rows],
        is_packed: bool,
        file: BinaryIO,
        columns: Sequence[str],
        ids: Sequence[str],
        safe_cells: bool,
    ):
        self._file = file
        self._packed = GzipSink(file) if is_packed else None
        self._lines = _Lines(self._packed or file)
        self._rows = open_rows(self._lines, columns, ids, safe_cells)
        self._n_rows = self._n_ahead = 0
        self.takes_briefs = isinstance(self._rows, DelimitedRows)
        """Whether a row needs no objects to be written."""

    def begin(self) -> None:
        """Write what stands above the rows; not where a table is continued."""
        self._rows.head()

    def write(self, answer: Answer | Brief) -> str | None:
        """Add one row and return what its column `error` says, if anything.

        Args:
            answer: the row; a `Brief` only where the writer takes those.
        """
        self._rows.add(answer)
        self._n_rows += 1
        if self._packed and self._n_rows % STRETCH == 0:
            self._lines.pass_on()
            self._n_ahead = self._packed.cut()
        return answer.error

    def rest(self) -> int | None:
        """Return the bytes of the file after which another writer can go on, if it can now."""
        if self._packed and self._n_rows % STRETCH:
            return None
        self._lines.pass_on()
        return self._file.tell() - self._n_ahead

    def finish(self) -> None:
        """Write what is still to be written; without it the file is not complete."""
        self._lines.pass_on()
        if self._packed:
            self._packed.close()
        self._file.flush()


class DelimitedRows:
    """Rows as lines of cells with a separator between them."""

    def __init__(
        self,
        separator: str,
        lines: _Lines,
        columns: Sequence[str],
        ids: Sequence[str],
        safe_cells: bool,
    ):
        self._separator = separator
        self._lines = lines
        self._header = [*columns, *added_columns(columns, ids, wide=False)]
        self._text = guarded if safe_cells else as_text

    def head(self) -> None:
        """Write the names of the columns."""
        self._lines.write(f"{self._line(self._header)}\n")

    def add(self, answer: Answer | Brief) -> None:
        """Write one row."""
        given = self._line(answer.row.cells)
        added = self._line(answer.added if isinstance(answer, Brief) else _texts(answer))
        self._lines.write(f"{given}{self._separator}{added}\n")

    def _line(self, cells: Iterable[Any]) -> str:
        return _joined(list(map(self._text, cells)), self._separator)


def _texts(answer: Answer) -> list[Any]:
    """Return the cells of the added columns, numbers with all their places."""
    cells = added_cells(answer, wide=False)
    return [PLACES % cell if type(cell) is float else cell for cell in cells]


def _joined(texts: list[str], separator: str) -> str:
    """Join cells as csv.writer would, which takes three times as long (RFC 4180).

    >>> _joined(["a", "1,5", 'b "c" d'], ",")
    'a,"1,5","b ""c"" d"'
    """
    line = separator.join(texts)
    if line.count(separator) < len(texts) and not _needs_marks(line):
        return line
    return separator.join(
        [
            '"' + text.replace('"', '""') + '"' if separator in text or _needs_marks(text) else text
            for text in texts
        ]
    )


def _needs_marks(text: str) -> bool:
    return '"' in text or "\n" in text or "\r" in text


class JsonRows:
    """Rows as lines of JSON, the input's columns under `input`."""

    def __init__(
        self, lines: _Lines, columns: Sequence[str], _ids: Sequence[str], _safe_cells: bool
    ):
        self._lines = lines
        self._columns = columns

    def head(self) -> None:
        """Write nothing: every line names its columns."""

    def add(self, answer: Answer) -> None:
        """Write one row."""
        record = answer.prediction.as_json()
        record["input"] = {
            name: cell if _is_json(cell) else as_text(cell)
            for name, cell in zip(self._columns, answer.row.cells, strict=True)
        }
        if answer.error:
            record["error"] = answer.error
        self._lines.write(json.dumps(record, ensure_ascii=False) + "\n")


def _is_json(cell: Any) -> bool:
    is_infinite = isinstance(cell, float) and not math.isfinite(cell)
    return isinstance(cell, _JSON_KINDS) and not is_infinite


def guarded(cell: Any) -> str:
    """Return a cell as text, behind an apostrophe if it is one that looks like a formula.

    >>> guarded("=1+1"), guarded("a=1"), guarded(-1.5)
    ("'=1+1", 'a=1', '-1.5')
    """
    is_formula = isinstance(cell, str) and cell.startswith(_FORMULA_STARTS)
    return f"'{cell}" if is_formula else as_text(cell)


def unguarded(text: str) -> str:
    """Return what `guarded` was given, where an apostrophe may stand before it.

    >>> unguarded("'=1+1"), unguarded("'twas")
    ('=1+1', "'twas")
    """
    bare = text.removeprefix("'")
    return bare if bare.startswith(_FORMULA_STARTS) else text
