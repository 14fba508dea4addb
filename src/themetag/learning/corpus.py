"""`LabelledEntry` and `Corpus`: entries whose labels are known, checked against a codebook."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from themetag.codebook import Codebook, fold_name
from themetag.entry import Entry
from themetag.errors import CodebookError, InputError, LearningError
from themetag.learning.codebookfile import read_codebook
from themetag.learning.criteria import ENOUGH, criteria_texts
from themetag.learning.history import (
    said_of_early,
    said_of_legacy,
    without_legacy,
    without_retired,
)
from themetag.learning.lexicon import Cue, read_cues, read_records
from themetag.tables import Columns, Row, choose_columns, open_table
from themetag.tables.columns import find_column

Kind = Literal["real", "restated", "invented", "criteria"]

JOIN = "|"
NO_THEME = frozenset({"", "none", "-"})
SCOPE = "scope.csv"
LEXICON = "lexicon.csv"
READINGS = "readings.csv"


@dataclass(frozen=True, slots=True)
class LabelledEntry:
    """An entry and the labels that somebody gave it."""

    entry: Entry
    """The submission."""
    category: str | None
    """The category it was entered in, where known."""
    themes: frozenset[str] | None
    """The themes it was coded with, maybe none of them; None where nobody coded it."""
    plausible: frozenset[str]
    """Themes that a reasonable coder might add."""
    group: str
    """The project it belongs to; entries of one group are never parted."""
    kind: Kind
    """Real entries train and evaluate; restated and invented ones only train, and so do the texts
    of criteria, which nobody submitted."""
    place: str
    """The file and line where it stands."""
    year: int | None = None
    """The award year, where known."""


@dataclass(frozen=True, slots=True)
class LabelColumns:
    """The names of the columns of a labelled table; None where the caller does not know."""

    id: str | None = None
    title: str | None = None
    text: tuple[str, ...] = ()
    category: str | None = None
    themes: str | None = None
    plausible: str | None = None
    group: str | None = None
    year: str | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """Labelled entries and the codebook their labels come from."""

    name: str
    """Where it was read from, as the user wrote it."""
    codebook: Codebook
    """What the labels mean."""
    entries: tuple[LabelledEntry, ...]
    """The entries, in the order of their files."""
    notes: tuple[str, ...] = ()
    """What was left out or guessed on reading, for a person to check."""
    outside: tuple[Entry, ...] = ()
    """Texts that are no submissions at all, to learn what is out of scope; maybe none."""
    cues: tuple[Cue, ...] = ()
    """What experts said of words; maybe nothing."""
    readings: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By id of an invented entry: the categories that a reader took it for who was not told what
    it was written for, with the reader's probabilities."""
    criteria_only: tuple[str, ...] = ()
    """The categories that have too few entries and are ranked by their criteria."""

    @property
    def real(self) -> tuple[LabelledEntry, ...]:
        """The entries that may evaluate."""
        return tuple(row for row in self.entries if row.kind == "real")

    def support(self) -> pd.DataFrame:
        """Count the entries of every label by kind.

        Returns:
            One row a label, categories first, both in codebook order; the columns are `task`,
            `real`, `restated` and `invented`.
        """
        counts: Counter[tuple[str, str, Kind]] = Counter()
        for row in self.entries:
            if row.category is not None:
                counts["category", row.category, row.kind] += 1
            counts.update(("theme", theme, row.kind) for theme in row.themes or ())
        labels = [("category", name) for name in self.codebook.category_names]
        labels += [("theme", id) for id in self.codebook.theme_ids]
        kinds: tuple[Kind, ...] = ("real", "restated", "invented")
        rows = [[task] + [counts[task, label, kind] for kind in kinds] for task, label in labels]
        return pd.DataFrame(rows, [label for _, label in labels], ["task", *kinds])

    def without_rare(self, n_least: int) -> tuple[Corpus, list[str]]:
        """Leave out the labels that fewer than `n_least` entries have.

        A category that the codebook defines stays, ranked by its criteria and what entries it has,
        as long as two others have enough. Its criteria train beside its entries until there are
        `criteria.ENOUGH` of them.

        Returns:
            The corpus with the labels that are left, and a line for each rare label.

        Raises:
            LearningError: when fewer than two categories and no theme are left.
        """
        n_of = self._totals()
        frequent = [x for x in self.codebook.category_names if n_of["category", x] >= n_least]
        themes = [x for x in self.codebook.theme_ids if n_of["theme", x] >= n_least]
        few = self._few(n_of, max(n_least, ENOUGH)) if len(frequent) > 1 else []
        by_criteria = [name for name in few if name not in frequent]
        lines = _said_of_rare(n_of, n_least, frozenset(by_criteria))
        if len(frequent) == 1:
            lone = frequent.pop()
            lines.append(f"category {lone!r} left out: it is the only one, so nothing to choose")
        if not frequent and not themes:
            raise LearningError(
                f"nothing to learn: fewer than two categories and no theme have {n_least} entries; "
                "name the label columns with --category or --themes, or give more entries",
                self.name,
            )
        cut = self._with_labels(frozenset((*frequent, *by_criteria)), frozenset(themes))
        return cut._with_criteria(few, by_criteria), lines

    def _few(self, n_of: Mapping[tuple[str, str], int], enough: int) -> list[str]:
        """Return the categories that the codebook defines and that have fewer entries."""
        defined = [label.name for label in self.codebook.categories if label.definition]
        return [name for name in defined if n_of["category", name] < enough]

    def _totals(self) -> dict[tuple[str, str], int]:
        """Count the entries of every label, by task and label, in codebook order."""
        support = self.support()
        totals = support[["real", "restated", "invented"]].sum(axis=1).tolist()
        return dict(zip(zip(support["task"], support.index, strict=True), totals, strict=True))

    def _with_labels(self, categories: frozenset[str], themes: frozenset[str]) -> Corpus:
        """Cut the codebook, and what entries have, down to some labels."""
        entries = tuple(
            replace(
                row,
                category=row.category if row.category in categories else None,
                themes=row.themes & themes if row.themes is not None else None,
            )
            for row in self.entries
        )
        return replace(
            self, codebook=self.codebook.with_labels(categories, themes), entries=entries
        )

    def _with_criteria(self, names: Sequence[str], alone: Sequence[str]) -> Corpus:
        """Add the criteria of some categories as texts that only train, and mark some of those."""
        none: frozenset[str] = frozenset()
        texts = [
            LabelledEntry(text, label.name, None, none, text.id, "criteria", "the codebook")
            for label in self.codebook.categories
            if label.name in names
            for text in criteria_texts(label)
        ]
        return replace(self, entries=(*self.entries, *texts), criteria_only=tuple(alone))

    def digest(self) -> str:
        """Return a SHA-256 over ids, texts, labels, groups and kinds of all entries."""
        digest = hashlib.sha256()
        for row in self.entries:
            themes = None if row.themes is None else sorted(row.themes)
            labels = [row.category, themes, sorted(row.plausible), row.group, row.kind]
            digest.update(json.dumps([row.entry.id, row.entry.text, *labels]).encode() + b"\n")
        for entry in self.outside:
            digest.update(json.dumps([entry.id, entry.text]).encode() + b"\n")
        for cue in self.cues:
            digest.update(json.dumps(cue).encode() + b"\n")
        for id, reading in sorted(self.readings.items()):
            digest.update(json.dumps([id, *sorted(reading.items())]).encode() + b"\n")
        return digest.hexdigest()


def _said_of_rare(
    n_of: Mapping[tuple[str, str], int], n_least: int, by_criteria: frozenset[str]
) -> list[str]:
    """Return a line for every label of too few entries, those ranked by their criteria last."""
    lines: list[str] = []
    ranked: list[str] = []
    for (task, label), n in n_of.items():
        if n >= n_least:
            continue
        is_ranked = task == "category" and label in by_criteria
        how = "ranked by its criteria alone" if is_ranked else "left out"
        line = f"{task} {label!r} {how}: {n} of the {n_least} entries it needs"
        (ranked if is_ranked else lines).append(line)
    return lines + ranked


def read_corpus(
    path: Path, columns: LabelColumns | None = None, codebook: Path | None = None
) -> Corpus:
    """Read a folder like training/, or one labelled table of any supported format.

    Args:
        path: the folder or table.
        columns: what the table's columns are called; a folder's are fixed.
        codebook: a codebook.toml; without it a folder's own is used, or one made from the table.

    Raises:
        InputError: for a file that cannot be read, a ragged row or an id that stands twice.
        CodebookError: for a label that the codebook does not know.
        LearningError: when there is no labelled entry.
    """
    columns = columns or LabelColumns()
    outside: tuple[Entry, ...] = ()
    cues: tuple[Cue, ...] = ()
    readings: Mapping[str, Mapping[str, float]] = {}
    if path.is_dir():
        book = read_codebook(codebook or path / "codebook.toml")
        rows: list[LabelledEntry] = []
        notes: list[str] = []
        for table, kind in _tables_of(path):
            found = _read_rows(table, FOLDER_COLUMNS, kind)
            rows += found.entries
            notes += found.notes
        if (path / SCOPE).exists():
            found = _read_rows(path / SCOPE, LabelColumns(id="id", text=("text",)), "invented")
            outside = tuple(row.entry for row in found.entries)
        if (path / LEXICON).exists():
            cues, passed = read_cues(path / LEXICON, book)
            notes += [f"{path / LEXICON}: {line}" for line in passed]
        if (path / READINGS).exists():
            readings, passed = _readings(path / READINGS, book)
            notes += [f"{path / READINGS}: {line}" for line in passed]
    else:
        found = _read_rows(path, columns, "real")
        rows, notes = list(found.entries), list(found.notes)
        book = read_codebook(codebook) if codebook else _codebook_of(rows)
    if not rows:
        raise LearningError("holds no labelled entry", path)
    _refuse_repeated_ids(rows)
    written, legacy = without_legacy(rows, book)
    entries, retired = without_retired([_resolved(row, book) for row in written], book)
    notes += [f"{path}: {line}" for line in (*legacy, *retired, *said_of_early(entries, book))]
    return Corpus(str(path), book, entries, tuple(notes), outside, cues, readings)


def text_columns(names: Sequence[str], wanted: LabelColumns, path: Path) -> tuple[str, ...]:
    """Return the text columns asked for, or those found among the columns that hold no label.

    Raises:
        InputError: when a named column is not there, or no column reads like a text.
    """
    if wanted.text:
        return wanted.text
    labels = {getattr(wanted, part) for part in _BESIDE_TEXT}
    found = choose_columns(names, str(path), id=wanted.id, title=wanted.title).text
    return tuple(names[i] for i in found if names[i] not in labels)


@dataclass(frozen=True, slots=True)
class _Found:
    entries: tuple[LabelledEntry, ...]
    notes: tuple[str, ...]


FOLDER_COLUMNS = LabelColumns(
    id="id",
    title="title",
    text=("text",),
    category="category",
    themes="themes",
    plausible="plausible_themes",
    group="project",
    year="year",
)
_BESIDE_TEXT = ("category", "themes", "plausible", "group", "year")
# Restated and invented tables have fewer columns than those of real entries.
_OPTIONAL = ("plausible", "group", "year")


def _tables_of(folder: Path) -> Iterator[tuple[Path, Kind]]:
    real = sorted((folder / "entries").glob("*.csv"))
    if not real:
        raise InputError("has no tables in entries/; give a folder like training/", folder)
    yield from ((path, "real") for path in real)
    if (folder / "restated.csv").exists():
        yield folder / "restated.csv", "restated"
    if (folder / "invented.csv").exists():
        yield folder / "invented.csv", "invented"


def _read_rows(path: Path, wanted: LabelColumns, kind: Kind) -> _Found:
    table = open_table(path)
    names = table.columns
    if wanted is FOLDER_COLUMNS:
        absent: dict[str, Any] = {p: None for p in _OPTIONAL if getattr(wanted, p) not in names}
        wanted = replace(wanted, **absent)
    columns = choose_columns(
        names, str(path), id=wanted.id, title=wanted.title, text=text_columns(names, wanted, path)
    )
    at = {
        part: find_column(names, name, str(path)) if (name := getattr(wanted, part)) else None
        for part in _BESIDE_TEXT
    }
    notes = [f"{path}: {table.note}"] if table.note else []
    if wanted is not FOLDER_COLUMNS and kind == "real" and not wanted.text:
        notes.append(f"{path}: {columns.described(names)}")
    rows, empty = [], []
    for row in table.rows:
        if row.error and row.error != "empty":
            raise InputError(row.error, path, line=row.line)
        labelled = _labelled(row, columns, at, kind, f"{path}:{row.line}")
        if labelled.entry.text:
            rows.append(labelled)
        else:
            empty.append(row.line)
    if empty:
        lines = ", ".join(map(str, empty[:10])) + (" …" if len(empty) > 10 else "")
        notes.append(f"{path}: {len(empty)} rows without text left out (lines {lines})")
    return _Found(tuple(rows), tuple(notes))


def _labelled(
    row: Row, columns: Columns, at: dict[str, int | None], kind: Kind, place: str
) -> LabelledEntry:
    cells = row.texts()
    entry = columns.entry(row.number, cells)

    def cell(part: str) -> str | None:
        position = at[part]
        if position is None:
            return None
        found = row.cells[position]
        joined = JOIN.join(map(str, found)) if isinstance(found, list) else cells[position]
        return " ".join(joined.split())

    themes = cell("themes")
    return LabelledEntry(
        entry,
        cell("category") or None,
        None if themes is None else frozenset(split_themes(themes)),
        frozenset(split_themes(cell("plausible") or "")),
        cell("group") or f"entry {entry.id}",
        kind,
        place,
        _year(cell("year") or "", place),
    )


def _year(written: str, place: str) -> int | None:
    """Return the year of a cell that holds a year or a date, none of an empty one.

    Raises:
        InputError: when it holds anything else.
    """
    if not written:
        return None
    found = re.fullmatch(r"(\d{4})(?:-\d\d-\d\d.*)?", written)
    if found is None:
        raise InputError(f"{written!r} is no award year; write it as four digits, or none", place)
    return int(found[1])


def split_themes(joined: str) -> tuple[str, ...]:
    """Return the themes of a cell in their order; "none" (rule R3 of a codebook) and "-" are none.

    >>> split_themes("housing| none ||equality")
    ('housing', 'equality')
    """
    themes = (theme.strip() for theme in joined.split(JOIN))
    return tuple(theme for theme in themes if theme.casefold() not in NO_THEME)


def _codebook_of(rows: Iterable[LabelledEntry]) -> Codebook:
    """Make a codebook of the labels as they are spelled most often, in alphabetical order."""
    categories = Counter(row.category for row in rows if row.category)
    themes = Counter(theme for row in rows for theme in (row.themes or frozenset()) | row.plausible)
    return Codebook.of_names(_one_spelling(categories), _one_spelling(themes))


def _one_spelling(counts: Counter[str]) -> list[str]:
    chosen: dict[str, str] = {}
    for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        chosen.setdefault(fold_name(name), name)
    return sorted(chosen.values())


def _resolved(row: LabelledEntry, codebook: Codebook) -> LabelledEntry:
    """Replace labels as written by labels as the codebook has them."""
    try:
        return replace(
            row,
            category=codebook.category(row.category) if row.category else None,
            themes=None if row.themes is None else frozenset(map(codebook.theme, row.themes)),
            plausible=frozenset(map(codebook.theme, row.plausible)),
        )
    except CodebookError as error:
        raise CodebookError(error.message, row.place) from error


def _readings(
    path: Path, codebook: Codebook
) -> tuple[Mapping[str, Mapping[str, float]], list[str]]:
    """Read what a blind reader took entries for.

    Returns:
        The readings, and a line for each legacy category, which is passed over in them.

    Raises:
        InputError: when the table cannot be read or a probability is none.
        CodebookError: for a category that the codebook does not know.
    """
    found: dict[str, dict[str, float]] = {}
    passed: Counter[str] = Counter()
    for line, row in read_records(path):
        try:
            pairs = [pair.rsplit("=", 1) for pair in row["categories"].split(JOIN)]
            legacy = {name: codebook.find_legacy("category", name) for name, _ in pairs}
            found[row["id"]] = {
                codebook.category(name): float(chance) for name, chance in pairs if not legacy[name]
            }
            passed.update(filter(None, legacy.values()))
        except CodebookError as error:
            raise CodebookError(error.message, path, line=line) from error
        except (ValueError, KeyError) as error:
            raise InputError(f"the readings cannot be read: {error}", path, line=line) from error
    return found, said_of_legacy("readings", passed)


def _refuse_repeated_ids(rows: Sequence[LabelledEntry]) -> None:
    first: dict[str, str] = {}
    for row in rows:
        if row.entry.id in first:
            raise InputError(
                f"id {row.entry.id!r} stands at {first[row.entry.id]} already; ids must differ",
                row.place,
            )
        first[row.entry.id] = row.place
