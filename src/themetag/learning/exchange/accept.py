"""Decisions of a person → entries of the corpus, and a record of who decided what and when."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from themetag.codebook import Codebook
from themetag.errors import CodebookError, InputError
from themetag.learning.check.written import CHECK, WrittenEntry, WrittenTable
from themetag.learning.corpus import JOIN
from themetag.learning.exchange.decisions import Decision, shown_text
from themetag.learning.exchange.proposals import MOST_THEMES
from themetag.learning.ingest.draft import COLUMNS
from themetag.text import fingerprint

CORRECTIONS = "corrections.csv"
ENTRY_COLUMNS = tuple(name for name in COLUMNS if name != CHECK)
RECORD_COLUMNS = ("id", "label", "proposed", "decided", "by", "date", "model")

# Ruling C9 of training/codebook.toml: yes on any explicit mention. It gives the flag of 209 of the
# 211 real entries and marks none that is not flagged.
_COVID = re.compile(r"\b(?:covid|coronavirus|pandemic)", re.IGNORECASE)
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Accepted:
    """Entries as they will stand in the corpus, and the decisions behind them."""

    entries: tuple[Mapping[str, str], ...]
    """One an entry, sorted by id; the keys are `ENTRY_COLUMNS`."""
    record: tuple[Mapping[str, str], ...]
    """Two an entry, category and themes; the keys are `RECORD_COLUMNS`."""
    notes: tuple[str, ...] = ()
    """What was settled without asking, for a person to check."""

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
