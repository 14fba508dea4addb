"""Rows out of .jsonl: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from themetag.documents import detect_encoding
from themetag.errors import InputError
from themetag.tables.rows import Row, Table


def read_records(path: Path) -> Table:
    """Open a .jsonl; it is read through once to learn all keys, which become the columns."""
    encoding = detect_encoding(path)
    names: dict[str, None] = {}
    n_rows = 0
    for _, record in _records(path, encoding):
        n_rows += 1
        if isinstance(record, dict):
            names.update(dict.fromkeys(record))
    if not names:
        raise InputError("holds no JSON object; each line should be one, of columns", path)
    note = "" if encoding.startswith("utf-8") else f"encoding {encoding}"
    return Table(tuple(names), _rows(path, encoding, tuple(names)), note, n_rows)


def _rows(path: Path, encoding: str, columns: tuple[str, ...]) -> Iterator[Row]:
    for number, (line, record) in enumerate(_records(path, encoding), start=1):
        if isinstance(record, dict):
            yield Row(number, line, tuple(record.get(name) for name in columns))
        else:
            yield Row(number, line, (None,) * len(columns), record)


def _records(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield each line's number with its object, or with what is wrong with it."""
    with open(path, encoding=encoding) as file:
        for line, text in enumerate(file, start=1):
            text = text.strip("\x1a \t\n")
            if not text:
                continue
            try:
                record = _parsed(text)
            except (ValueError, RecursionError) as error:
                yield line, f"line {line} is not JSON: {error}"
            else:
                is_object = isinstance(record, dict)
                yield line, record if is_object else f"line {line} is not a JSON object"


def _parsed(text: str) -> Any:
    """Parse JSON; a missing number becomes null, half a character the sign for an unknown one."""
    if "\\ud" in text.lower():
        whole = json.dumps(json.loads(text), ensure_ascii=False)
        text = whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.loads(text, parse_constant=lambda name: None if name == "NaN" else name)
