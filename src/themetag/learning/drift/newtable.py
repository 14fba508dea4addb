"""`NewTable`: the entries of a table that has no labels yet."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from themetag.entry import Entry
from themetag.errors import InputError
from themetag.tables import Columns, Row, choose_columns, open_table

_SEED = 2026


@dataclass(frozen=True, slots=True)
class NewTable:
    """What can be read of a table."""

    name: str
    """The table, as the user wrote it."""
    entries: tuple[Entry, ...]
    """Its entries in order; as many as were asked for, drawn by lot, where there are more."""
    n_rows: int
    """How many rows it has."""
    faulty_lines: tuple[int, ...]
    """Where rows stand that have no text, or cannot be read as meant."""
    note: str
    """What was found out about the file and its columns, for a person to check."""

    @property
    def n_not_drawn(self) -> int:
        """How many entries were left out by lot."""
        return self.n_rows - len(self.faulty_lines) - len(self.entries)


def read_new_table(
    path: Path,
    most: int,
    *,
    id: str | None = None,
    title: str | None = None,
    text: Sequence[str] = (),
) -> NewTable:
    """Read the entries of a table.

    Args:
        path: the table, of any supported format.
        most: of how many entries an even draw is made, if there are more.
        id: the id column's name, if the caller knows it.
        title: the title column's name, if the caller knows it.
        text: the text columns' names in order, if the caller knows them.

    Raises:
        InputError: when the table cannot be read, no column reads like a text, or no row has one.
    """
    table = open_table(path)
    columns = choose_columns(table.columns, str(path), id=id, title=title, text=text)
    note = f"{columns.described(table.columns)}{', ' if table.note else ''}{table.note}"
    faulty: list[int] = []
    entries, n_good = _drawn(table.rows, columns, most, faulty)
    if not entries:
        raise InputError("no row has a text that can be read", path)
    return NewTable(str(path), entries, n_good + len(faulty), tuple(faulty), note)


def _drawn(
    rows: Iterable[Row], columns: Columns, most: int, faulty: list[int]
) -> tuple[tuple[Entry, ...], int]:
    """Keep an even draw in bounded memory (J. Vitter, "Random sampling with a reservoir", 1985).

    Returns:
        What was drawn, in order, and how many there were to draw from.
    """
    lots = random.Random(_SEED)
    kept: list[tuple[int, Entry]] = []
    n = 0
    for row in rows:
        entry = columns.entry(row.number, row.texts())
        if row.error or not entry.text:
            faulty.append(row.line)
            continue
        place = n if n < most else lots.randrange(n + 1)
        if place < most:
            kept[place : place + 1] = [(n, entry)]
        n += 1
    return tuple(entry for _, entry in sorted(kept, key=lambda item: item[0])), n
