"""Tables to tag, as long as wanted, of invented sentences."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from themetag.text import sentences

ROOT = Path(__file__).resolve().parent.parent


def write_table(path: Path, n_rows: int, seed: int = 0, n_sentences: int = 2) -> None:
    """Write a .csv of id, title and text; every text is of other sentences, or in another order.

    One row in a thousand has no text, one has a cell too many, one has the id of the row before.
    """
    with (ROOT / "training" / "invented.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    pool = [s for row in rows for s in sentences(row["text"]) if 5 < len(s.split()) < 40]
    draw = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["id", "title", "text"])
        for i in range(n_rows):
            text = " ".join(draw.choices(pool, k=n_sentences))
            odd = {500: ("", []), 600: (text, ["one too many"])}.get(i % 1000, (text, []))
            out.writerow([f"E-{i - (i % 1000 == 700)}", f"Entry {i}", odd[0], *odd[1]])
