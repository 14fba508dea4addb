"""Proposals as doccano's JSONL for text classification, and its export back.

One object a line: `text`, `label` (a list) and keys of our own, which doccano keeps and exports
beside the labels. Its own `id` is another number, so ours is `entry`. Labels are plain names
there, so each says its kind: `category: Housing`, `theme: housing`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from themetag.codebook import Codebook
from themetag.errors import InputError
from themetag.learning.exchange.decisions import Decision, as_proposed, carried, decided, shown_text
from themetag.learning.exchange.proposals import Proposal
from themetag.tables import open_table

_CATEGORY, _THEME = "category: ", "theme: "
_COLOURS = {_CATEGORY: "#1f5fa8", _THEME: "#2e7d32"}


def write_doccano(proposals: Sequence[Proposal], codebook: Codebook) -> bytes:
    """Return a line an entry, its labels the ones proposed."""
    return "".join(_line(proposal, codebook.edition) for proposal in proposals).encode()


def doccano_labels(codebook: Codebook) -> bytes:
    """Return the labels of a codebook for doccano's import of labels."""
    rows = [
        {"text": kind + name, "background_color": _COLOURS[kind], "text_color": "#ffffff"}
        for kind, names in ((_CATEGORY, codebook.category_names), (_THEME, codebook.theme_ids))
        for name in names
    ]
    return (json.dumps(rows, indent=1, ensure_ascii=False) + "\n").encode()


def read_doccano(path: Path) -> list[Decision]:
    """Read an export in JSONL.

    Raises:
        InputError: for a line that is no such object or has a label of no kind.
    """
    table = open_table(path, ".jsonl")
    decisions = []
    for row in table.rows:
        if row.error:
            raise InputError(row.error, path, line=row.line)
        record = dict(zip(table.columns, row.cells, strict=True))
        labels = record.get("label")
        if not isinstance(labels, list):
            raise InputError(
                "has no list of labels under 'label'; export the project as JSONL",
                path,
                line=row.line,
            )
        category, themes = _parted(map(str, labels), path, row.line)
        themes = as_proposed(themes, record)
        text = str(record.get("text") or "")
        decisions.append(decided(record, category, themes, text, path, row.line))
    return decisions


def _line(proposal: Proposal, edition: str) -> str:
    labels = [_CATEGORY + proposal.category] if proposal.category else []
    record: dict[str, Any] = {
        "text": shown_text(proposal.written.entry.text),
        "label": labels + [_THEME + theme for theme in proposal.proposed_themes],
        **carried(proposal, edition),
        "council": proposal.council,
        "check": proposal.check,
        "category_probability": proposal.category_probability,
        "theme_probabilities": {theme.label: theme.probability for theme in proposal.themes},
    }
    return json.dumps(record, ensure_ascii=False) + "\n"


def _parted(labels: Iterable[str], path: Path, line: int) -> tuple[str, list[str]]:
    """Part labels into the category, if any, and the themes."""
    categories, themes = [], []
    for label in labels:
        if label.startswith(_CATEGORY):
            categories.append(label.removeprefix(_CATEGORY))
        elif label.startswith(_THEME):
            themes.append(label.removeprefix(_THEME))
        else:
            raise InputError(
                f"label {label!r} is of no kind; labels begin with {_CATEGORY!r} or {_THEME!r}",
                path,
                line=line,
            )
    if len(categories) > 1:
        raise InputError(f"has {len(categories)} categories; keep one", path, line=line)
    return "".join(categories), themes
