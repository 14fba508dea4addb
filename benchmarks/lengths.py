"""How answers hold up from a bare title to a full statement.

    python benchmarks/lengths.py [--repeats 2] > benchmarks/results/lengths.txt

By the protocol of benchmarks/protocol.py, with the shipped recipe. A long statement is a real
entry set among passages about process that could stand in any (data/neutral_prose.csv). How
sharply passages are told apart was settled on such texts: take these figures for the size of the
effect.
"""

from __future__ import annotations

import argparse
import csv
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
from protocol import CAVEAT, TRAINING, Protocol, only, row, run

from themetag.entry import Entry
from themetag.learning.recipe import Recipe

_PROSE = Path(__file__).parent / "data" / "neutral_prose.csv"


def main() -> None:
    """Ask for every entry in several lengths, whole and passage by passage."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=2)
    n_repeats = options.parse_args().repeats
    found = run([Recipe.of(TRAINING)], n_repeats)
    print(
        f"Nested grouped folds over {len(found.prepared.real)} real entries, {n_repeats} repeats.\n"
        + CAVEAT
        + "\n"
    )
    has_title = np.array([bool(entry.entry.title) for entry in found.corpus.real])
    print(row("as entered", found.answers))
    print(row("entries with a title, as entered", only(found.answers, has_title)))
    titles = found.rewritten(lambda entry: Entry(entry.id, "", entry.title))
    print(row("the same, title alone", only(titles, has_title)))
    statements = diluted(found)
    n_words = np.median([len(text.text.split()) for text in statements.values()])
    _whole_and_in_passages(f"among process prose, {n_words:.0f} words", found, statements)


def diluted(found: Protocol) -> dict[str, Entry]:
    """Set every real entry among seven passages about process, three before it."""
    with _PROSE.open(encoding="utf-8") as file:
        prose = [line["text"] for line in csv.DictReader(file)]
    draw = random.Random(0)

    def among(entry: Entry) -> Entry:
        drawn = draw.sample(prose, 7)
        return replace(entry, body="\n\n".join([*drawn[:3], entry.body, *drawn[3:]]))

    return {labelled.entry.id: among(labelled.entry) for labelled in found.corpus.real}


def _whole_and_in_passages(name: str, found: Protocol, statements: dict[str, Entry]) -> None:
    print(row(f"{name}, as shipped", found.rewritten(lambda entry: statements[entry.id])))
    whole = [
        [replace(fold, tagger=replace(fold.tagger, lengths=None)) for fold in folds]
        for folds in found.repeats
    ]
    answers = replace(found, repeats=whole).rewritten(lambda entry: statements[entry.id])
    print(row(f"{name}, read whole", answers))


if __name__ == "__main__":
    main()
