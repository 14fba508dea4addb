"""Rows out of .jsonl: one JSON object a line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from themetag.errors import InputError
from themetag.tables.rows import Row, Table, refuse_width
from themetag.tables.textfile import TextFile


def read_records(text: TextFile) -> Table:
    """Open a .jsonl; it is read through once to learn all keys, which become the columns."""
    encoding = text.encoding()
    names: dict[str, None] = {}
    n_rows = 0
    for _, record in _records(text, encoding):
        n_rows += 1
        if isinstance(record, dict):
            names.update(dict.fromkeys(record))
            refuse_width(len(names), text.path)
    if not names:
        raise InputError("holds no JSON object; each line should be one, of columns", text.path)
    note = "" if encoding.startswith("utf-8") else f"encoding {encoding}"
    return Table(tuple(names), _rows(text, encoding, tuple(names)), note, n_rows)


def _rows(text: TextFile, encoding: str, columns: tuple[str, ...]) -> Iterator[Row]:
    for number, (line, record) in enumerate(_records(text, encoding), start=1):
        if isinstance(record, dict):
            yield Row(number, line, tuple(record.get(name) for name in columns))
        else:
            yield Row(number, line, (None,) * len(columns), record)


def _records(text: TextFile, encoding: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield each line's number with its object, or with what is wrong with it."""
    with text.lines(encoding) as file:
        for line, written in enumerate(file, start=1):
            json_text = written.strip("\x1a \t\n")
            if not json_text:
                continue
            try:
                record = _parsed(json_text)
            except (ValueError, RecursionError) as error:
                yield line, f"line {line} is not JSON: {error}"
            else:
                is_object = isinstance(record, dict)
                yield line, record if is_object else f"line {line} is not a JSON object"


def _parsed(text: str) -> Any:
    """Parse JSON to what can be written as JSON again.

    No number becomes null, one too large its digits, half a character the sign for an unknown one.
    """
    if "\\ud" in text.lower():
        whole = json.dumps(json.loads(text), ensure_ascii=False)
        text = whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.loads(
        text,
        parse_constant=lambda name: None if name == "NaN" else name,
        parse_float=lambda digits: digits if math.isinf(float(digits)) else float(digits),
    )
