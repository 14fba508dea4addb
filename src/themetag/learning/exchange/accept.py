"""Decisions of a person → entries of the corpus, and a record of who decided what and when."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from themetag.codebook import Codebook
from themetag.errors import CodebookError, InputError
from themetag.learning.check.written import CHECK, WrittenEntry, WrittenTable
from themetag.learning.corpus import JOIN
from themetag.learning.exchange.added import ids_beside, renamed, said_of_ids
from themetag.learning.exchange.decisions import Decision, shown_text
from themetag.learning.exchange.proposals import MOST_THEMES
from themetag.learning.ingest.draft import COLUMNS
from themetag.output import new_file, one_at_a_time
from themetag.tables.plain import csv_text
from themetag.text import fingerprint

CORRECTIONS = "corrections.csv"
ENTRY_COLUMNS = tuple(name for name in COLUMNS if name != CHECK)
RECORD_COLUMNS = ("id", "label", "proposed", "decided", "by", "date", "model")

# Ruling C9 of training/codebook.toml: yes on any explicit mention. It gives the flag of 209 of the
# 211 real entries and marks none that is not flagged.
_COVID = re.compile(r"\b(?:covid|coronavirus|pandemic)", re.IGNORECASE)
_NAMED = 5
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Accepted:
    """Entries as they will stand in the corpus, and the decisions behind them."""

    entries: tuple[Mapping[str, str], ...]
    """One an entry, sorted by id; the keys are `ENTRY_COLUMNS`."""
    record: tuple[Mapping[str, str], ...]
    """Two an entry, category and themes; the keys are `RECORD_COLUMNS`."""
    notes: tuple[str, ...] = ()
    """What was settled without asking, for a person to check."""

    def added_to(self, path: Path) -> Accepted:
        """Return the same with the entries that stand in a table already.

        Raises:
            InputError: when the table cannot be read or has one of the texts with other cells.
        """
        old = _read_rows(path, ENTRY_COLUMNS)
        ids = ids_beside(self.entries, old, path)
        merged = {row["id"]: row for row in (*(renamed(x, ids) for x in self.entries), *old)}
        return Accepted(
            tuple(sorted(merged.values(), key=lambda row: row["id"])),
            tuple(renamed(row, ids) for row in self.record),
            (*self.notes, *filter(None, [said_of_ids(ids, self.entries)])),
        )

    @property
    def n_corrected(self) -> int:
        """How many decisions differ from what was proposed."""
        return sum(row["proposed"] != row["decided"] for row in self.record)


def accept(
    draft: WrittenTable,
    decisions: Sequence[Decision],
    codebook: Codebook,
    *,
    by: str,
    on: datetime.date,
) -> Accepted:
    """Put decisions into the entries they are about.

    Args:
        draft: the entries that labels were proposed for; all but the labels is taken from it.
        decisions: one an entry.
        codebook: what the labels must be in.
        by: who decided.
        on: when.

    Raises:
        InputError: for an id that is unknown, missing or there twice, a text that is not the
            draft's, a label that the codebook does not know, an entry without a category or with
            too many themes, decisions made by another version of the codebook, or an empty `by`.
    """
    by = by.strip()
    if not by:
        raise InputError("nobody is named who decided; name them with --by")
    rows = {written.entry.id: written for written in draft.entries}
    _refuse_other_entries(decisions, rows, draft)
    entries, record = [], []
    for decision in sorted(decisions, key=lambda decision: decision.id):
        category, themes = _labels(decision, codebook)
        entries.append(_entry(draft, rows[decision.id], category, themes, by))
        common = {"by": by, "date": on.isoformat(), "model": decision.model}
        for label, proposed, chosen in (
            ("category", _today(codebook.find_category, decision.proposed_category), category),
            ("themes", _themes_today(decision.proposed_themes, codebook), JOIN.join(themes)),
        ):
            row = {"id": decision.id, "label": label, "proposed": proposed, "decided": chosen}
            record.append(row | common)
    return Accepted(tuple(entries), tuple(record), _said_of_edition(decisions, codebook))


def refuse_known(accepted: Accepted, output: Path, known: Sequence[WrittenTable]) -> None:
    """Refuse entries that the corpus holds already.

    Raises:
        InputError: when an id or a year stands in another table of the corpus.
    """
    years = {row["year"] for row in accepted.entries if row["year"]}
    ids = {row["id"] for row in accepted.entries}
    for table in known:
        own = {table.cell(written, "year") for written in table.entries}
        is_beside = table.path.resolve().parent == output.resolve().parent
        if is_beside and (twice := years & own):
            raise InputError(
                f"holds the year {min(twice)} already; put the entries there with --add, or mend "
                "the year of the draft",
                table.path,
            )
        for written in table.entries:
            if written.entry.id in ids:
                raise InputError(f"id {written.entry.id!r} stands there already", written.place)


def refuse_year(accepted: Accepted, output: Path) -> None:
    """Refuse entries of a year that is not the table's, or of none.

    A table whose name is no year, such as undated.csv, may hold entries of any year and of none.

    Raises:
        InputError: for such an entry.
    """
    if not _YEAR.fullmatch(output.stem):
        return
    for row in accepted.entries:
        if not row["year"]:
            raise InputError(
                f"entry {row['id']!r} of the draft has no year; write {output.stem} into its "
                "column 'year', or make the draft with ingest --year",
                output,
            )
        if row["year"][:4] != output.stem:
            raise InputError(
                f"entry {row['id']!r} is of {row['year']}; name the table of that year, "
                f"{row['year'][:4]}.csv, or mend the year in the draft",
                output,
            )


def refuse_replacing(output: Path) -> None:
    """Refuse to replace a table that is there, saying which years it holds.

    Raises:
        InputError: when it exists.
    """
    if output.exists():
        rows = _read_rows(output, ENTRY_COLUMNS)
        years = " and ".join(sorted({row["year"] or "no year" for row in rows})) or "no year"
        raise InputError(
            f"holds {len(rows)} entries of {years} already; add those of another page with --add, "
            "or replace them with --overwrite",
            output,
        )


def write_accepted(
    accepted: Accepted, output: Path, record: Path, *, add: bool = False, overwrite: bool = False
) -> Accepted:
    """Write the entries and add the decisions to the record, one run at a time.

    What stands in the record stays there; a decision that is the last one about its label already
    is not repeated. The entries take their place first: a run that was stopped between the two
    can be made again, on any day, and no decision is ever about an entry that is not there.

    Args:
        accepted: the entries and decisions.
        output: the table of entries.
        record: the table of all decisions.
        add: whether to keep the entries that stand in `output` already.
        overwrite: whether to replace them.

    Returns:
        What was written, with the entries that stay.

    Raises:
        InputError: when an output exists and is not to be replaced, or cannot be written.
    """
    with one_at_a_time(record):
        whole = accepted.added_to(output) if add else accepted
        old = _read_rows(record, RECORD_COLUMNS)
        with new_file(record, overwrite=True) as decisions:
            decisions.write(_csv(RECORD_COLUMNS, [*old, *_undecided(whole.record, old)]))
            decisions.flush()  # a full disk is met before the entries are touched
            with new_file(output, overwrite=add or overwrite) as entries:
                entries.write(_csv(ENTRY_COLUMNS, whole.entries))
    return whole


def _undecided(
    rows: Sequence[Mapping[str, str]], old: Sequence[Mapping[str, str]]
) -> list[Mapping[str, str]]:
    """Return the decisions that are not the last ones about their labels, whatever the day."""
    last = {(row["id"], row["label"]): _but_day(row) for row in old}
    return [row for row in rows if last.get((row["id"], row["label"])) != _but_day(row)]


def _but_day(row: Mapping[str, str]) -> dict[str, str]:
    return {**row, "date": ""}


def _read_rows(path: Path, columns: Sequence[str]) -> list[Mapping[str, str]]:
    """Return the rows of a table of the corpus as they stand, none where there is no table."""
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows: list[Mapping[str, str]] = list(reader)
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"cannot be added to, since it cannot be read: {error}", path) from error
    if tuple(reader.fieldnames or ()) != tuple(columns):
        raise InputError(f"cannot be added to: its columns are not {', '.join(columns)}", path)
    return rows


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    return csv_text(columns, ([row[name] for name in columns] for row in rows)).encode()


def _refuse_other_entries(
    decisions: Sequence[Decision], rows: Mapping[str, WrittenEntry], draft: WrittenTable
) -> None:
    seen: set[str] = set()
    for decision in decisions:
        id = decision.id
        if id not in rows:
            raise decision.refused(f"is not in the draft {draft.path}")
        if id in seen:
            raise decision.refused("is there twice; keep one")
        seen.add(id)
        # A format may cut title and text apart or together; their beginning is the same.
        sent, back = shown_text(rows[id].entry.text), shown_text(decision.text)
        if fingerprint(back) != fingerprint(sent):
            raise decision.refused(
                f"has another text than in the draft; change texts in {draft.path} and suggest "
                "again"
            )
    if missing := [id for id in rows if id not in seen]:
        some = ", ".join(map(repr, missing[:_NAMED])) + (" …" if len(missing) > _NAMED else "")
        raise InputError(
            f"{len(missing)} of its {len(rows)} entries are not in the corrected file: {some}",
            draft.path,
        )


def _version(edition: str) -> str:
    return re.sub(r" \([0-9a-f]{8}\)$", "", edition)


def _said_of_edition(decisions: Sequence[Decision], codebook: Codebook) -> tuple[str, ...]:
    """Return a line where labels of the codebook changed and its version did not."""
    n = sum(x.codebook not in ("", codebook.version, codebook.edition) for x in decisions)
    if not n:
        return ()
    return (
        f"the labels of codebook {codebook.version} changed after {n} of these entries went out: "
        "former names are taken for today's, and labels that are new could not be chosen",
    )


def _today(find: Callable[[str], str | None], written: str) -> str:
    """Return a label that was proposed by its present name, so that a new name is no correction."""
    return find(written) or written


def _themes_today(themes: Sequence[str], codebook: Codebook) -> str:
    return JOIN.join(_today(codebook.find_theme, theme) for theme in themes)


def _labels(decision: Decision, codebook: Codebook) -> tuple[str, list[str]]:
    """Return the category and themes as the codebook has them."""
    if (version := _version(decision.codebook)) not in ("", codebook.version):
        raise decision.refused(
            f"has labels of codebook {version}, not {codebook.version}; suggest again"
        )
    try:
        category = codebook.category(decision.category) if decision.category else ""
        themes = [codebook.theme(theme) for theme in decision.themes]
    except CodebookError as error:
        raise decision.refused(f"cannot be taken: {error.message}") from error
    if codebook.categories and not category:
        raise decision.refused("has no category; choose one")
    if len(set(themes)) < len(themes) or len(themes) > MOST_THEMES:
        raise decision.refused(
            f"has the themes {', '.join(themes)}; give each once and at most {MOST_THEMES}"
        )
    return category, themes


def _entry(
    draft: WrittenTable, written: WrittenEntry, category: str, themes: Sequence[str], by: str
) -> dict[str, str]:
    cells = {name: draft.cell(written, name) for name in ENTRY_COLUMNS}
    plausible = [x for x in cells["plausible_themes"].split(JOIN) if x and x not in themes]
    entry = written.entry
    cells |= {
        "id": entry.id,
        "title": entry.title,
        "text": entry.body,
        "category": category,
        "themes": JOIN.join(themes),
        "primary_theme": themes[0] if themes else "",
        "plausible_themes": JOIN.join(plausible),
        "covid": cells["covid"] or ("true" if _COVID.search(entry.text) else "false"),
        "project": written.project or entry.id,
    }
    if category != written.category:
        cells |= {"category_printed": "false", "category_evidence": f"chosen by {by}"}
    return cells
