"""`WrittenTable`: a table of entries and labels as somebody wrote it, faults and all.

What a corpus refuses at the first fault is held here as it stands, so that all faults can be told.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from themetag.entry import Entry
from themetag.errors import InputError, one_line
from themetag.learning.corpus import (
    FOLDER_COLUMNS,
    JOIN,
    LabelColumns,
    split_themes,
    text_columns,
)
from themetag.tables import Row, choose_columns, open_table
from themetag.tables.columns import find_column
from themetag.tables.rows import as_text

CHECK = "check"
# Tables whose rows are lines, or several lines each.
_OF_LINES = (".csv", ".tsv")
RESTATED = "restated.csv"
# Those that are looked for under the names that training/entries/ has for them.
_LABELS = ("category", "themes", "group")


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """One row of a labelled table."""

    row: Row
    """The row as it stands there."""
    entry: Entry
    """The submission; its text may be empty."""
    category: str
    """The category as written, or an empty string."""
    themes: tuple[str, ...]
    """The themes as written, in their order."""
    project: str
    """The project that it is stated to belong to, or an empty string."""
    place: str
    """The file and line where it stands."""


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """The rows of a labelled table in their order."""

    path: Path
    """The file."""
    columns: tuple[str, ...]
    """Its header."""
    entries: tuple[WrittenEntry, ...]
    """One a row."""
    has_ids: bool
    """Whether the ids stand in the table; else they are row numbers."""
    note: str
    """What was found out or chosen on reading, for a person to check."""

    @property
    def is_restated(self) -> bool:
        """Whether its entries are told in other words, so that they only ever train."""
        return self.path.name == RESTATED

    def sheet_row(self, line: int) -> int:
        """Return the row that a spreadsheet shows an entry as.

        Args:
            line: where the entry starts; the two differ in a .csv whose cells have line breaks.
        """
        if self.path.suffix.lower() not in _OF_LINES:
            return line
        first = self.entries[0].row
        at = bisect_left(self.entries, line, key=lambda written: written.row.line)
        return first.line + self.entries[at].row.number - first.number

    def cell(self, written: WrittenEntry, column: str) -> str:
        """Return a cell as text; an empty string where there is no such column."""
        if column not in self.columns:
            return ""
        return as_text(written.row.cells[self.columns.index(column)]).strip()


def read_written(path: Path, columns: LabelColumns | None = None) -> WrittenTable:
    """Read a labelled table of any supported format.

    Args:
        path: the table.
        columns: what its columns are called; those of label and project are looked for under the
            names that training/entries/ has for them where they are not given.

    Raises:
        InputError: when it cannot be read, a named column is not there or it has no row.
    """
    wanted = columns or LabelColumns()
    table = open_table(path)
    names = table.columns
    at = {part: _position(names, wanted, part, path) for part in _LABELS}
    chosen = choose_columns(
        names, str(path), id=wanted.id, title=wanted.title, text=text_columns(names, wanted, path)
    )

    def written(row: Row) -> WrittenEntry:
        cells = row.texts()
        label = {part: cells[i].strip() if i is not None else "" for part, i in at.items()}
        themes = label["themes"]
        if at["themes"] is not None and isinstance(found := row.cells[at["themes"]], list):
            themes = JOIN.join(map(str, found))
        return WrittenEntry(
            row,
            chosen.entry(row.number, cells),
            " ".join(label["category"].split()),
            split_themes(themes),
            label["group"],
            f"{one_line(str(path))}:{row.line}",
        )

    entries = tuple(map(written, table.rows))
    if not entries:
        raise InputError("has a header and no row under it", path)
    note = (
        f"{one_line(str(path))}: {', '.join(filter(None, [table.note, chosen.described(names)]))}"
    )
    return WrittenTable(path, names, entries, chosen.id is not None, note)


def read_known(corpus: Path, *, but: Path) -> Iterator[WrittenTable]:
    """Yield the tables of the real and restated entries of a corpus, but for one table of it.

    Args:
        corpus: a folder like training/, or one table.
        but: the table that is compared with them.

    Raises:
        InputError: when the corpus is not there or a table of it cannot be read.
    """
    for path in tables_of(corpus):
        if path.resolve() != but.resolve():
            yield read_written(path)


def tables_of(corpus: Path) -> list[Path]:
    """Return the tables of the real and restated entries of a corpus, or the one that it is."""
    if not corpus.is_dir():
        return [corpus]
    paths = [*sorted((corpus / "entries").glob("*.csv")), corpus / RESTATED]
    return [path for path in paths if path.exists()]


def _position(names: tuple[str, ...], wanted: LabelColumns, part: str, path: Path) -> int | None:
    if name := getattr(wanted, part):
        return find_column(names, name, str(path))
    usual = getattr(FOLDER_COLUMNS, part)
    return names.index(usual) if usual in names else None
