"""A small corpus folder and drafts beside it, all of them invented."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from builders import tiny_corpus

from themetag.learning.exchange.accept import ENTRY_COLUMNS
from themetag.learning.ingest.draft import COLUMNS

CATEGORIES = ("Housing", "Waste and Streets", "Libraries")
THEMES = ("homelessness", "recycling", "digital")


def table(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, tuple(columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def corpus_folder(parent: Path) -> Path:
    """The thirty entries that the tiny model was trained on, as the year 2025 of a corpus."""
    folder = parent / "corpus"
    (folder / "entries").mkdir(parents=True)
    labels = [f'[[category]]\nid = "c{i}"\nname = "{name}"\n' for i, name in enumerate(CATEGORIES)]
    labels += [f'[[theme]]\nid = "{id}"\nname = "{id}"\n' for id in THEMES]
    (folder / "codebook.toml").write_text('version = "1"\n' + "".join(labels), encoding="utf-8")
    rows = [
        {
            "id": f"2025-{row.entry.id:0>2}",
            "year": "2025",
            "category": row.category or "",
            "title": row.entry.title,
            "text": row.entry.body,
            "themes": "|".join(sorted(row.themes or ())),
            "project": row.group,
        }
        for row in tiny_corpus().entries
    ]
    table(folder / "entries" / "2025.csv", ENTRY_COLUMNS, rows)
    return folder


def draft_table(path: Path, *rows: Mapping[str, str]) -> Path:
    """A draft as ingest makes it, whose entries are of 2026 and each a project of its own."""
    whole = [
        {"year": "2026", "project": row["id"], "category_printed": "true",
         "category_evidence": "printed heading"} | dict(row)
        for row in rows
    ]  # fmt: skip
    return table(path, COLUMNS, whole)
