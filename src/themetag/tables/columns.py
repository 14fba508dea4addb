"""`Columns`: which columns of somebody's table hold id, title and text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from themetag.entry import Entry
from themetag.errors import InputError

_IDS = ("id", "submission id", "entry id", "application id", "record id", "submission ref",
        "entry ref", "reference", "submission reference", "entry reference", "ref", "unique id",
        "submission number", "entry number", "application number")  # fmt: skip
_TITLES = ("title", "entry title", "submission title", "project title", "title of entry",
           "title of submission", "name of entry", "entry name", "project name", "name of project",
           "initiative name", "headline")  # fmt: skip
# The order in which text columns are joined: a summary comes before the statement it sums up.
_SUMMARIES = ("summary", "abstract", "synopsis", "overview")
_STATEMENTS = ("statement", "text", "body", "description", "narrative", "submission", "entry text",
               "content", "case study")  # fmt: skip
# A column with one of these words is about the entry, whatever else its name says.
_NOT_TEXT = frozenset(
    ("id", "ref", "reference", "number", "no", "date", "time", "status", "category", "categories",
     "theme", "themes", "name", "title", "organisation", "council", "authority", "url", "link",
     "email", "count", "score", "file", "type", "year", "source", "length")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """The positions of the columns that make an entry."""

    id: int | None
    """The id column; without one, rows are numbered."""
    title: int | None
    """The title column, if any."""
    text: tuple[int, ...]
    """The text columns in the order they are joined; at least one, or none where a title is
    all there is."""

    def entry(self, number: int, cells: Sequence[str]) -> Entry:
        """Make an entry of a row.

        Args:
            number: the row's 1-based number, the id of a row without one.
            cells: the row's cells as text.
        """
        id = cells[self.id].strip() if self.id is not None else ""
        title = cells[self.title].strip() if self.title is not None else ""
        parts = (cells[i].strip() for i in self.text)
        return Entry(id or str(number), title, "\n\n".join(part for part in parts if part))

    def described(self, names: Sequence[str]) -> str:
        """Return the choice in words, for a person to check."""
        id = repr(names[self.id]) if self.id is not None else "row number"
        title = repr(names[self.title]) if self.title is not None else "none"
        text = " + ".join(repr(names[i]) for i in self.text) or "none"
        return f"id: {id}, title: {title}, text: {text}"


def choose_columns(
    names: Sequence[str],
    source: str,
    *,
    id: str | None = None,
    title: str | None = None,
    text: Sequence[str] = (),
) -> Columns:
    """Find the columns, by name where the caller gives one and by meaning where not.

    Args:
        names: the header of the table.
        source: the table's name, for the error.
        id: the id column's name, if the caller knows it.
        title: the title column's name, if the caller knows it.
        text: the text columns' names in order, if the caller knows them.

    Raises:
        InputError: when a named column is not there, or no column reads like a text.

    >>> choose_columns(["Submission ID", "Entry title", "100 word summary"], "a.csv")
    Columns(id=0, title=1, text=(2,))
    """
    id_at = find_column(names, id, source) if id else _first(names, _IDS)
    title_at = find_column(names, title, source) if title else _first(names, _TITLES)
    if text:
        return Columns(id_at, title_at, tuple(find_column(names, name, source) for name in text))
    taken = {id_at, title_at}
    found = tuple(i for i in _text_columns(names) if i not in taken)
    if not found and title_at is None:
        raise InputError(
            f"no column reads like a text; name it with --text. {listed(names)}", source
        )
    return Columns(id_at, title_at, found)


def find_column(names: Sequence[str], name: str, source: str) -> int:
    """Return the position of a column, capitals and outer spaces aside.

    Raises:
        InputError: when there is no such column.
    """
    folded = [column.strip().casefold() for column in names]
    if name in names:
        return list(names).index(name)
    if name.strip().casefold() in folded:
        return folded.index(name.strip().casefold())
    nearest = difflib.get_close_matches(name, names, n=1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else "."
    raise InputError(f"no column {name!r}{hint} {listed(names)}", source)


def listed(names: Sequence[str]) -> str:
    """Return the columns of a table in words."""
    return f"The columns are: {', '.join(repr(name) for name in names[:40])}" + (
        f" and {len(names) - 40} more" if len(names) > 40 else ""
    )


def _first(names: Sequence[str], known: Sequence[str]) -> int | None:
    folded = [_words(name) for name in names]
    return next((folded.index(name) for name in known if name in folded), None)


def _text_columns(names: Sequence[str]) -> list[int]:
    """Return the columns that read like a summary, then those that read like a statement."""
    found: list[int] = []
    for kinds in (_SUMMARIES, _STATEMENTS):
        for i, name in enumerate(names):
            folded = f" {_words(name)} "
            exact = folded.strip() in kinds
            part = any(f" {kind} " in folded for kind in kinds)
            if exact or (part and not _NOT_TEXT & frozenset(folded.split())):
                found.append(i)
    return list(dict.fromkeys(found))


def _words(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))
