"""How answers hold up from a bare title to a full statement.

    python benchmarks/lengths.py [--repeats 2] > benchmarks/results/lengths.txt

By the protocol of benchmarks/protocol.py, with the shipped recipe. A diluted statement is a real
entry set among passages about process that could stand in any (data/neutral_prose.csv). How
sharply passages are told apart was settled on such texts: take these figures for the size of the
effect. A joined statement is a real entry with up to four others behind it that were entered in the
same category and that the model has not seen either; its themes are those of all of them.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from protocol import CAVEAT, TRAINING, Protocol, only, row, run

from themetag.entry import Entry
from themetag.learning.answers import Answers
from themetag.learning.corpus import LabelledEntry
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
    name = f"among process prose, {n_words:.0f} words"
    print(row(f"{name}, as shipped", found.rewritten(lambda entry: statements[entry.id])))
    whole = _read_whole(found)
    print(row(f"{name}, read whole", whole.rewritten(lambda entry: statements[entry.id])))
    print(row("joined with others of its category, as shipped", joined(found)))
    print(row("joined with others of its category, read whole", joined(whole)))


def diluted(found: Protocol) -> dict[str, Entry]:
    """Set every real entry among seven passages about process, three before it."""
    with _PROSE.open(encoding="utf-8") as file:
        prose = [line["text"] for line in csv.DictReader(file)]
    draw = random.Random(0)

    def among(entry: Entry) -> Entry:
        drawn = draw.sample(prose, 7)
        return replace(entry, body="\n\n".join([*drawn[:3], entry.body, *drawn[3:]]))

    return {labelled.entry.id: among(labelled.entry) for labelled in found.corpus.real}


def joined(found: Protocol) -> list[Answers]:
    """Answer entries with others of their category behind them, those that have any."""
    real = found.corpus.real
    answers = []
    for folds in found.repeats:
        behind = {i: _others(i, fold.unseen.tolist(), real) for fold in folds for i in fold.unseen}
        statements = {
            real[i].entry.id: replace(
                real[i].entry,
                body="\n\n".join([real[i].entry.body, *(real[j].entry.text for j in others)]),
            )
            for i, others in behind.items()
        }
        one = replace(found, repeats=[folds])
        (said,) = one.rewritten(lambda entry, known=statements: known[entry.id])
        themes = said.themes.copy()
        for i, others in behind.items():
            themes[i] |= said.themes[others].any(axis=0)
        has_others = np.array([bool(behind[i]) for i in range(len(real))])
        answers += only([replace(said, themes=themes, plausible=None)], has_others)
    return answers


def _others(i: int, unseen: Sequence[int], real: Sequence[LabelledEntry]) -> list[int]:
    """Return up to four other entries of a fold that have the category of one of them."""
    category = real[i].category
    return [j for j in unseen if j != i and category and real[j].category == category][:4]


def _read_whole(found: Protocol) -> Protocol:
    """Return the same models, but that they read every text whole."""
    repeats = [
        [replace(fold, tagger=replace(fold.tagger, lengths=None)) for fold in folds]
        for folds in found.repeats
    ]
    return replace(found, repeats=repeats)


if __name__ == "__main__":
    main()
