"""Rows out of .csv and .tsv, whatever program wrote them."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from themetag.documents.limits import limits
from themetag.errors import InputError
from themetag.tables.rows import RawRow, Table, table_of
from themetag.tables.textfile import TextFile

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SAMPLE_LINES = 30
# Excel's own way to say what separates the cells, on a line above the header.
_SEPARATOR_LINE = re.compile(r'"?sep=([,;|\t])"?\s*')


def read_delimited(text: TextFile, suffix: str) -> Table:
    """Open a .csv or .tsv; it is read through once, to refuse early what cannot be read."""
    encoding = text.encoding()
    usual = "\t" if suffix == ".tsv" else ","
    separator = usual if suffix == ".tsv" else _separator(text, encoding)
    notes = [f"encoding {encoding}"] if not encoding.startswith("utf-8") else []
    notes += [f"separator {_SEPARATORS[separator]}"] if separator != usual else []

    def table() -> Table:
        raw = _raw_rows(text, encoding, separator)
        return table_of(raw, text.path, notes, is_rectangular=True)

    return replace(table(), n_rows=sum(1 for _ in table().rows))


def _raw_rows(text: TextFile, encoding: str, separator: str) -> Iterator[RawRow]:
    """Yield every row, each read by the strict rules and only if that fails by lax ones.

    Raises:
        InputError: naming the line where a quoted cell opens that is never closed: it would
            swallow every row after it.
    """
    csv.field_size_limit(int(limits().cell_characters))
    with text.lines(encoding, newline="") as file:
        lines: list[str] = []  # of the row that is being read
        reader = csv.reader(_recorded(file, lines), delimiter=separator, strict=True)
        end = 0
        while True:
            start = end + 1
            lines.clear()
            error = None
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as fault:
                _refuse_unclosed(fault, text.path, start)
                cells, error = _read_laxly(lines, separator, start)
            end += len(lines)
            if not (start == 1 and _SEPARATOR_LINE.fullmatch(lines[0])):
                yield RawRow(start, cells, error)


def _recorded(file: Iterable[str], lines: list[str]) -> Iterator[str]:
    for line in file:
        lines.append(line)
        yield line.replace("\x1a", "")  # ^Z once marked the end of a file


def _refuse_unclosed(error: csv.Error, path: Path, line: int) -> None:
    if "unexpected end of data" in str(error):
        message = 'a cell opens with a quotation mark (") that is never closed; close it'
        raise InputError(message, path, line=line) from error
    if "field larger" in str(error):
        raise InputError(
            f"a cell has over {csv.field_size_limit():,} characters; is a quotation mark never "
            "closed? If it is, raise THEMETAG_MAX_CELL_CHARACTERS",
            path,
            line=line,
        ) from error


def _read_laxly(lines: list[str], separator: str, start: int) -> tuple[list[str], str | None]:
    r"""Return the cells of a row with a stray quotation mark, and whether that may be amiss.

    >>> _read_laxly(['7,"Warm" hubs\n'], ",", 2)
    (['7', 'Warm hubs'], None)
    """
    cells = next(csv.reader(lines, delimiter=separator))
    if len(lines) == 1:
        return cells, None
    return cells, (
        f'a quotation mark (") within a cell in lines {start} to {start + len(lines) - 1}: '
        "it should be doubled, or the cell before it closed"
    )


def _separator(text: TextFile, encoding: str) -> str:
    """Return the separator that cuts the first lines into the most columns of one number."""
    csv.field_size_limit(int(limits().cell_characters))
    with text.lines(encoding, newline="") as file:
        sample = list(itertools.islice(file, _SAMPLE_LINES))
    if sample and (named := _SEPARATOR_LINE.fullmatch(sample[0])):
        return named[1]

    def evenness(separator: str) -> tuple[int, int]:
        try:
            counts = [len(cells) for cells in csv.reader(sample, delimiter=separator) if cells]
        except csv.Error:  # told with its line when the rows are read
            return 0, 0
        like_header = sum(count == counts[0] for count in counts) if counts else 0
        return (like_header if counts and counts[0] > 1 else 0, counts[0] if counts else 0)

    return max(_SEPARATORS, key=evenness)
