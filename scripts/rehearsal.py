"""Set up the rehearsal of docs/new-year.md: the corpus as it stood before an award year.

    python scripts/rehearsal.py FOLDER [--year 2025] [--every 12]
    python scripts/rehearsal.py --person proposals.xlsx [--year 2025]

FOLDER gets `training/`, which knows nothing of the year, and `page.txt`, the page of that year as
it was saved. So that the rehearsal takes minutes, only every twelfth invented entry is kept; the
models it makes are smaller and weaker than the released one. With --person, the labels in a file
of `themetag suggest` become those that the year's entries have in the corpus: what a person would
choose there by hand.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

ROOT = Path(__file__).resolve().parent.parent


def set_up(folder: Path, year: int, every: int) -> None:
    """Copy the corpus without one year's entries and codings, and the page they were cut from.

    Args:
        folder: where the rehearsal takes place; made anew.
        year: the award year that is still to come.
        every: one invented entry of so many is kept.
    """
    training = folder / "training"
    shutil.copytree(ROOT / "training", training)
    gone = training / "entries" / f"{year}.csv"
    entries = _read(gone)
    gone.unlink()
    (source,) = entries["source"].unique()
    shutil.copy(ROOT / "seeds" / source, folder / "page.txt")
    codings = _read(training / "codings.csv")
    _write(codings[~codings["id"].isin(entries["id"])], training / "codings.csv")
    restated = _read(training / "restated.csv")
    _write(restated[restated["year"] < str(year)], training / "restated.csv")
    _write(_read(training / "invented.csv").iloc[::every], training / "invented.csv")


def decide(proposals: Path, year: int) -> None:
    """Put into a sheet of proposals the labels that the entries of a year have in the corpus."""
    known = _read(ROOT / "training" / "entries" / f"{year}.csv").set_index("text")
    book = load_workbook(proposals)
    sheet = book.worksheets[0]
    at = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        entry = known.loc[sheet.cell(row, at["text"]).value]
        primary, themes = entry["primary_theme"], entry["themes"].split("|")
        ordered = sorted(themes, key=lambda theme: theme != primary)
        sheet.cell(row, at["category"]).value = entry["category"]
        for number in range(1, 5):
            theme = ordered[number - 1] if number <= len(ordered) else None
            sheet.cell(row, at[f"theme_{number}"]).value = theme
    book.save(proposals)


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def _write(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def main() -> None:
    """Set up the folder that is named, or decide what is proposed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("folder", type=Path, nargs="?")
    what.add_argument("--person", type=Path, metavar="FILE")
    parser.add_argument("--year", type=int, default=2025)
    parser.add_argument("--every", type=int, default=12)
    given = parser.parse_args()
    if given.person:
        decide(given.person, given.year)
        return
    set_up(given.folder, given.year, given.every)
    print(f"{given.folder}: training/ as before {given.year}, and page.txt")


if __name__ == "__main__":
    main()
