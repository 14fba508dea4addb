"""Score the drafts that `themetag ingest` makes of the seed pages against the hand-cut entries.

    python scripts/score_ingest.py > benchmarks/results/ingest.txt

A boundary is right when first and last line are; a council or title when it is the one printed
and belongs to an entry of that first line; a heading when its category is among those found.
Councils that are not printed over their entry (the page of 2022) are in the last column.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from themetag.learning.codebookfile import read_codebook
from themetag.learning.ingest.draft import read_draft

ROOT = Path(__file__).resolve().parents[1]
CODEBOOK = ROOT / "training" / "codebook.toml"
ENTRIES = ROOT / "training" / "entries"
MEASURES = ("boundaries", "councils", "titles", "headings", "all councils")


class Score(NamedTuple):
    """How many of the things to be found were found."""

    n_gold: int
    n_found: int
    n_right: int

    @property
    def f1(self) -> float | None:
        """Return the F1, or None where there was nothing to find and nothing found."""
        n = self.n_gold + self.n_found
        return 2 * self.n_right / n if n else None

    def __str__(self) -> str:
        f1 = "-" if self.f1 is None else f"{self.f1:.3f}"
        return f"{f1} ({self.n_right} right of {self.n_found} found, {self.n_gold} to find)"


def score_year(year: int) -> dict[str, Score]:
    """Return the scores of one year's page by measure."""
    with (ENTRIES / f"{year}.csv").open(encoding="utf-8", newline="") as file:
        gold = list(csv.DictReader(file))
    page = ROOT / "seeds" / gold[0]["source"]
    draft = read_draft(page, year, read_codebook(CODEBOOK)).rows
    return {
        measure: _score(things(gold), things(draft))
        for measure, things in zip(
            MEASURES, (_boundaries, _councils, _titles, _headings, _all_councils), strict=True
        )
    }


def _score(gold: set[object], found: set[object]) -> Score:
    return Score(len(gold), len(found), len(gold & found))


def _boundaries(rows: Iterable[Mapping[str, str]]) -> set[object]:
    return {(row["first_line"], row["last_line"]) for row in rows}


def _councils(rows: Iterable[Mapping[str, str]]) -> set[object]:
    printed = (row for row in rows if row["council_evidence"] == "printed")
    return {(row["first_line"], row["council"]) for row in printed}


def _titles(rows: Iterable[Mapping[str, str]]) -> set[object]:
    printed = (row for row in rows if row["title_evidence"] == "printed")
    return {(row["first_line"], row["title"]) for row in printed}


def _headings(rows: Iterable[Mapping[str, str]]) -> set[object]:
    return {row["category"] for row in rows if row["category_printed"] == "true"}


def _all_councils(rows: Iterable[Mapping[str, str]]) -> set[object]:
    return {(row["first_line"], row["council"]) for row in rows if row["council"]}


def main() -> None:
    """Print the scores of every page."""
    for year in (2018, 2022, 2024, 2025):
        print(year)
        for measure, score in score_year(year).items():
            print(f"  {measure:<13} {score}")


if __name__ == "__main__":
    main()
