"""`Source`: submissions that are read once, in order; and those of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from themetag.documents import longer_than_read
from themetag.documents.limits import limits
from themetag.entry import Entry
from themetag.original import Original
from themetag.tables import Columns, Row, Table
from themetag.tables.rows import as_text

# Large enough that handing a chunk to a worker costs little beside tagging it, small enough that
# progress is seen and memory stays flat.
CHUNK = 500


class Submission(NamedTuple):
    """One row on its way to the tagger; a tuple, since a batch makes millions of them."""

    row: Row
    """The row as it was read."""
    entry: Entry
    """What is to be tagged; without text where the row is in error."""
    error: str | None
    """What is wrong with the row, if anything."""


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that are read once, in order, and what becomes of each."""

    columns: tuple[str, ...]
    """The columns that come before the added ones."""
    rows: Iterator[Row]
    """The rows, read as they are asked for."""
    n_rows: int | None
    """How many there are, as far as that is known beforehand."""
    own_id: Callable[[Row], str | None]
    """Gives the id of a row, or None where it goes by its number."""
    submission: Callable[[Row], Submission]
    """Makes a submission of a row; a document is read only now."""
    original: Original
    """What the rows come from, as it was when it was opened."""
    reading: str
    """Which columns are read as what, in words."""
    n_chunk: int
    """How many of them take about as long to read and tag as a person cares to wait."""


def from_table(table: Table, columns: Columns, original: Original) -> Source:
    """Make submissions of the rows of a table.

    Args:
        table: the table.
        columns: which of its columns make an entry.
        original: the file that the table was read from.
    """
    most = limits().text_characters

    def own_id(row: Row) -> str | None:
        return as_text(row.cells[columns.id]).strip() or None if columns.id is not None else None

    def submission(row: Row) -> Submission:
        entry = columns.entry(row.number, row.texts())
        text = entry.text
        error = row.error or _not_texts(row, table, columns) or _unfit(text, most)
        return Submission(row, Entry(entry.id, "", "") if error else entry, error)

    reading = columns.described(table.columns)
    return Source(
        table.columns, table.rows, table.n_rows, own_id, submission, original, reading, CHUNK
    )


def _unfit(text: str, most: float) -> str | None:
    """Return what is wrong with the text of a row, if anything."""
    if len(text) > most:
        return longer_than_read(len(text))
    return None if text else "no text"


def _not_texts(row: Row, table: Table, columns: Columns) -> str | None:
    """Return which cells hold no words but lists or records, as JSON and Parquet can."""
    read = columns.text if columns.title is None else (columns.title, *columns.text)
    wrong = [table.columns[i] for i in read if isinstance(row.cells[i], dict | list)]
    if not wrong:
        return None
    return f"{' + '.join(map(repr, wrong))}: not a text but a list or record"
