"""`Columns`: which columns of somebody's table hold id, title and text.

A column is recognised only when every word of its name is understood: "Project summary (max 100
words)" is a text, "Summary of costs" and "Awarding body" are not. A wrong guess would go unseen;
a refusal lists the columns.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from themetag.entry import Entry
from themetag.errors import InputError


def _words_of(line: str) -> frozenset[str]:
    return frozenset(line.split())


_FILLERS = _words_of(
    "a about an and enter for full give in is main of our please provide the this to us what your"
)
# What people who collect submissions call one of them.
_NOUNS = _words_of("application case entry initiative nomination project proposal study submission")
_ID_WORDS = _words_of("id ref reference uid urn")
_ID_NOUNS = (_NOUNS - {"initiative", "project"}) | _words_of(
    "abstract award record respondent response row"
)
_TITLE_WORDS = frozenset(("title", "headline"))
_SUMMARY_WORDS = _words_of("abstract brief overview short summarise summarize summary synopsis")
_STATEMENT_WORDS = _words_of("describe description narrative statement story tell text")
# These say so only of a submission: an award has a body too.
_BODY_WORDS = _words_of("body content contents")
_TEXT_WITH = (
    _SUMMARY_WORDS
    | _STATEMENT_WORDS
    | _NOUNS
    | _FILLERS
    | _words_of("award body content detailed executive long supporting work written")
)
_LONE_TEXTS = frozenset(
    (
        "case study",
        "citation",
        "full entry",
        "full submission",
        "main submission",
        "write up",
    )
)
# What else a table of short texts calls them; taken where it is the only such column.
_OTHER_TEXTS = _words_of(
    "activities answer comment comments complaint feedback message query question response review "
    "submission utterance"
) | {"charitable activities"}
_ID_WITH = _ID_WORDS | _ID_NOUNS | _OTHER_TEXTS | _words_of("code no number num unique")
# What says of a column of categories that they are the ones people entered.
_ENTERED_WORDS = _words_of("choice chosen entered entering selected")
_CATEGORY_WITH = (
    _ENTERED_WORDS
    | _NOUNS
    | _FILLERS
    | _words_of("are award awards category for in name you which")
)
# A column with one of these words is about something else, even if it has a limit of words.
_NOT_TEXT = _words_of(
    "authority bio biography category contact council count date name organisation organization "
    "quote status theme themes title"
)
_PERSON = frozenset(("first name", "forename", "given name", "last name", "surname"))

_QUESTION = re.compile(r"\s*(?:q(?:uestion)?\s*\d+[a-z]?[.:)]?|\d+[a-z]?[.)])\s+", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")
_LIMIT = re.compile(
    r"\b(?:max(?:imum)?(?: of)?|up to|no more than|limit(?: of)?)? ?"
    r"\d+(?: \d{3})* ?(?:words?|chars?|characters?)\b(?: (?:max(?:imum)?|limit|or (?:less|fewer)))?"
)
_WORD_LIMIT = re.compile(r"\d ?words?\b")


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
        r"""Make an entry of a row, with `\n` for every line end as in a document.

        Args:
            number: the row's 1-based number, the id of a row without one.
            cells: the row's cells as text.
        """
        id = cells[self.id].strip() if self.id is not None else ""
        title = _one_line_end(cells[self.title]) if self.title is not None else ""
        parts = (_one_line_end(cells[i]) for i in self.text)
        return Entry(id or str(number), title, "\n\n".join(part for part in parts if part))

    def described(self, names: Sequence[str]) -> str:
        """Return the choice in words, for a person to check."""
        id = repr(names[self.id]) if self.id is not None else "row number"
        title = repr(names[self.title]) if self.title is not None else "none"
        text = " + ".join(repr(names[i]) for i in self.text)
        return f"id: {id}, title: {title}, text: {text or 'none, so titles alone are read'}"


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
    read = [_words(name) for name in names]
    id_at = find_column(names, id, source) if id else _likeliest(read, _likeness_to_id)
    title_at = find_column(names, title, source) if title else _title_column(read)
    if text:
        return Columns(id_at, title_at, tuple(find_column(names, name, source) for name in text))
    found = tuple(i for i in _text_columns(read) if i not in (id_at, title_at))
    if not found and title_at is None:
        raise InputError(
            f"no column reads like a text; name it with --text. {listed(names)}", source
        )
    return Columns(id_at, title_at, found)


def choose_entered(names: Sequence[str], source: str, name: str | None = None) -> int | None:
    """Find the column of the categories that people entered, if there is one.

    A column `category` beside one of its probability is what a model said, not what was entered.

    Args:
        names: the header of the table.
        source: the table's name, for the error.
        name: the column's name, if the caller knows it.

    Raises:
        InputError: when a named column is not there.

    >>> choose_entered(["id", "Category", "Category entered"], "a.csv")
    2
    """
    if name:
        return find_column(names, name, source)
    read = [_words(column) for column in names]
    is_said = {column for column in read if f"{column} probability" in read}
    return _likeliest(
        ["" if column in is_said else column for column in read], _likeness_to_entered
    )


def find_column(names: Sequence[str], name: str, source: str) -> int:
    """Return the position of a column, capitals and white space aside.

    Raises:
        InputError: when there is no such column.
    """
    folded = [_folded(column) for column in names]
    if name in names:
        return list(names).index(name)
    if _folded(name) in folded:
        return folded.index(_folded(name))
    nearest = difflib.get_close_matches(_folded(name), folded, n=1)
    hint = f"; did you mean {names[folded.index(nearest[0])]!r}?" if nearest else "."
    raise InputError(f"no column {name!r}{hint} {listed(names)}", source)


def listed(names: Sequence[str]) -> str:
    """Return the columns of a table in words."""
    return f"The columns are: {', '.join(repr(name) for name in names[:40])}" + (
        f" and {len(names) - 40} more" if len(names) > 40 else ""
    )


def _likeliest(read: Sequence[str], likeness: Callable[[str], int]) -> int | None:
    """Return the first of the columns that are most alike, if any is alike at all."""
    best = max(read, key=likeness, default="")
    return list(read).index(best) if likeness(best) else None


def _likeness_to_id(name: str) -> int:
    words = frozenset(_LIMIT.sub(" ", name).split())
    if name == "id":
        return 3
    if not words or not words <= _ID_WITH:
        return 0
    numbered = words & {"no", "number", "num", "code"} and words & (_ID_NOUNS - {"award"})
    return 2 if words & _ID_WORDS else int(bool(numbered))


def _likeness_to_entered(name: str) -> int:
    words = frozenset(name.split())
    if "category" not in words or not words <= _CATEGORY_WITH:
        return 0
    if words & _ENTERED_WORDS:
        return 3
    return 2 if words & {"award", "awards"} else 1


def _title_column(read: Sequence[str]) -> int | None:
    """Return the title's column; beside a person's names, a bare "title" is Ms or Mr."""
    found = _likeliest(read, _likeness_to_title)
    is_form_of_address = found is not None and read[found] == "title" and _PERSON & frozenset(read)
    return None if is_form_of_address else found


def _likeness_to_title(name: str) -> int:
    words = frozenset(_LIMIT.sub(" ", name).split()) - _FILLERS - {"short"}
    if not words or not words <= _TITLE_WORDS | _NOUNS | {"abstract", "award", "name", "working"}:
        return 0
    if words <= _TITLE_WORDS:
        return 2
    if words & _TITLE_WORDS and words & (_NOUNS | {"abstract"}):
        return 4
    if words in ({"entry", "name"}, {"project", "name"}, {"initiative", "name"}):
        return 3
    return int(words in ({"project"}, {"initiative"}))


def _text_columns(read: Sequence[str]) -> list[int]:
    """Return the columns that read like a summary, then those that read like a statement."""
    summaries = [i for i, name in enumerate(read) if _is_text(name, _SUMMARY_WORDS)]
    statements = [i for i, name in enumerate(read) if _is_text(name, _STATEMENT_WORDS)]
    found = list(dict.fromkeys(summaries + statements))
    others = [i for i, name in enumerate(read) if name in _OTHER_TEXTS]
    return found or (others if len(others) == 1 else [])


def _is_text(name: str, kind: frozenset[str]) -> bool:
    """Say whether a name is of a kind; a limit of words makes a statement of any question."""
    unlimited = " ".join(_LIMIT.sub(" ", name).split())
    words = frozenset(unlimited.split())
    if words & kind and words <= _TEXT_WITH | {"max", "maximum"}:
        return True
    if (
        kind is _STATEMENT_WORDS
        and words & _BODY_WORDS
        and words <= _BODY_WORDS | _FILLERS | _NOUNS
    ):
        return True
    asks_for_words = bool(_WORD_LIMIT.search(name)) and not words & _NOT_TEXT
    return kind is _STATEMENT_WORDS and (asks_for_words or unlimited in _LONE_TEXTS)


def _words(name: str) -> str:
    """Return a name as words: "Q2. Title (1,000 words)" becomes "title 1 000 words"."""
    unnumbered = _QUESTION.sub("", name, count=1) if _QUESTION.match(name) else name
    return " ".join(_WORD.findall(_CAMEL.sub(" ", unnumbered).casefold()))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _one_line_end(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()
