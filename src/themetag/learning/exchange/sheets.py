"""Proposals as a spreadsheet that a person edits (.xlsx with drop-down lists, .csv), and back.

The cells to edit are `category` and `theme_1` to `theme_4`, the primary theme first. Probabilities
and the sentence that earned a theme stand beside them; what the file carries for reading it back
stands last, hidden in .xlsx.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from themetag.codebook import Codebook
from themetag.errors import InputError
from themetag.learning.corpus import split_themes
from themetag.learning.exchange.decisions import CARRIED, Decision, carried, decided, shown_text
from themetag.learning.exchange.dropdowns import Column, workbook_bytes
from themetag.learning.exchange.proposals import MOST_THEMES, Proposal
from themetag.tables import open_table
from themetag.tables.lines import guarded, unguarded
from themetag.tables.plain import csv_text

_THEME = "theme_{}"


def write_workbook(proposals: Sequence[Proposal], codebook: Codebook) -> bytes:
    """Return a workbook whose label cells have drop-down lists."""
    lists = {"category": codebook.category_names, "theme": codebook.theme_ids}
    return workbook_bytes(_columns(), [_cells(x, codebook.edition) for x in proposals], lists)


def write_csv(proposals: Sequence[Proposal], codebook: Codebook) -> bytes:
    """Return a .csv; an apostrophe stands before what a spreadsheet would run as a formula."""
    rows = ([guarded(cell) for cell in _cells(x, codebook.edition)] for x in proposals)
    # The mark at the beginning tells Excel that the rest is UTF-8.
    return csv_text([column.name for column in _columns()], rows).encode("utf-8-sig")


def read_sheet(path: Path) -> list[Decision]:
    """Read a corrected sheet, .xlsx or .csv.

    Raises:
        InputError: when it cannot be read or lacks a column that it went out with.
    """
    table = open_table(path)
    rows = list(table.rows)  # a workbook is closed when its rows have been read
    _refuse_lacking(table.columns, path)
    themes = [name for name in table.columns if name in _theme_columns()]
    decisions = []
    for row in rows:
        if row.error == "empty":
            continue
        if row.error:
            raise InputError(row.error, path, line=row.line)
        record = dict(zip(table.columns, map(unguarded, row.texts()), strict=True))
        chosen = [theme for name in themes for theme in split_themes(record[name])]
        text = "\n\n".join(filter(None, (record["title"], record["text"])))
        decisions.append(decided(record, record["category"], chosen, text, path, row.line))
    return decisions


def _refuse_lacking(columns: Sequence[str], path: Path) -> None:
    """Refuse a sheet without a column that matters: what it held would be lost without a word."""
    needed = ("entry", "title", "text", "category", *_theme_columns(), *CARRIED)
    if lacking := [name for name in needed if name not in columns]:
        raise InputError(
            f"has no column {lacking[0]!r}; it is no sheet of themetag suggest, or the column was "
            "deleted",
            path,
        )


def _theme_columns() -> list[str]:
    return [_THEME.format(i) for i in range(1, MOST_THEMES + 1)]


def _columns() -> list[Column]:
    columns = [
        Column("entry", 22),
        Column("council", 22),
        Column("title", 28),
        Column("text", 80),
        Column("check", 28),
        Column("category", 28, "category"),
        Column("category_probability", 12),
        Column("other_categories", 34),
    ]
    for name in _theme_columns():
        columns += [Column(name, 28, "theme"), Column(f"{name}_probability", 12)]
        columns += [Column(f"{name}_sentence", 44)]
    return [*columns, *(Column(name, 12, is_hidden=True) for name in CARRIED if name != "entry")]


def _cells(proposal: Proposal, edition: str) -> list[Any]:
    entry = proposal.written.entry
    others = " | ".join(f"{name} {chance:.2f}" for name, chance in proposal.others)
    cells: dict[str, Any] = {
        **carried(proposal, edition),
        "council": proposal.council,
        "title": entry.title,
        "text": shown_text(entry.body),
        "check": proposal.check,
        "category": proposal.category,
        "category_probability": proposal.category_probability,
        "other_categories": others,
    }
    for name, theme in zip(_theme_columns(), proposal.themes, strict=False):
        cells |= {
            name: theme.label,
            f"{name}_probability": theme.probability,
            f"{name}_sentence": theme.sentence,
        }
    return [cells.get(column.name) for column in _columns()]
