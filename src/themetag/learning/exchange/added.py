"""Entries of a second page beside those that a table of the corpus holds already."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from themetag.errors import InputError
from themetag.text import fingerprint

_NUMBERED = re.compile(r"(.*?)(\d+)")
# A run made again has these otherwise where it gave a new id the first time.
_OF_THE_ID = {"id": "", "project": ""}


def ids_beside(
    rows: Sequence[Mapping[str, str]], old: Sequence[Mapping[str, str]], path: Path
) -> dict[str, str]:
    """Return the id that each entry takes in a table, by the id it came with.

    Ingest numbers the entries of every page from 01 on: one whose id is another's takes the next
    free number. One that stands there already, the same in every cell, keeps the id it has there,
    so that a run that was stopped can be made again.

    Args:
        rows: the entries that come.
        old: the entries of the table.
        path: the table.

    Raises:
        InputError: when a text stands there already and other cells differ, or an id is another
            entry's and ends in no number.
    """
    by_text = {_text(row): row for row in old}
    taken = {row["id"] for row in (*old, *rows)}
    held = {row["id"] for row in old}
    ids: dict[str, str] = {}
    for row in rows:
        there = by_text.get(_text(row))
        if there is not None:
            _refuse_other_cells(row, there, path)
            ids[row["id"]] = there["id"]
        else:
            ids[row["id"]] = _next_free(row["id"], taken, path) if row["id"] in held else row["id"]
        taken.add(ids[row["id"]])
    return ids


def renamed(row: Mapping[str, str], ids: Mapping[str, str]) -> dict[str, str]:
    """Return a row of entries or of the record with its new id; its project follows."""
    new = {name: ids.get(row[name], row[name]) for name in ("id", "project") if name in row}
    return {**row, **new}


def said_of_ids(ids: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> str:
    """Return which ids were another entry's, "" for none."""
    new = [f"{row['id']} is {ids[row['id']]}" for row in rows if ids[row["id"]] != row["id"]]
    return f"ids of other entries, given the next free number: {', '.join(new)}" if new else ""


def _text(row: Mapping[str, str]) -> str:
    return fingerprint(f"{row['title']}\n\n{row['text']}".strip())


def _refuse_other_cells(row: Mapping[str, str], there: Mapping[str, str], path: Path) -> None:
    if {**row, **_OF_THE_ID} != {**there, **_OF_THE_ID}:
        raise InputError(
            f"the text of entry {row['id']!r} stands there already, as {there['id']!r}, with other "
            "labels or facts; correct it there and take it out of the draft",
            path,
        )


def _next_free(id: str, taken: set[str], path: Path) -> str:
    match = _NUMBERED.fullmatch(id)
    if match is None:
        raise InputError(f"id {id!r} is another entry's there; give it another", path)
    stem, digits = match.groups()
    number = int(digits) + 1
    while (new := f"{stem}{number:0{len(digits)}}") in taken:
        number += 1
    return new
