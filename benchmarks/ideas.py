"""What each part of the recipe is worth: the shipped recipe beside the same without that part.

    python benchmarks/ideas.py [--repeats 3] > benchmarks/results/ideas.txt

By the protocol of benchmarks/protocol.py, on the same folds, with paired intervals. About four
minutes an idea for three repeats on two cores.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from protocol import CAVEAT, TRAINING, run

from themetag.learning.answers import Answers
from themetag.learning.measure import (
    CATEGORY_MEASURES,
    THEME_MEASURES,
    coded_only,
    differences,
    entered_only,
    measured,
)
from themetag.learning.recipe import Recipe

_CATEGORY = {name: CATEGORY_MEASURES[name] for name in ("top1", "top3", "macro_f1", "log_loss")}
_THEMES = {"micro_f1": THEME_MEASURES["micro_f1"]}


def main() -> None:
    """Measure the shipped recipe and every change of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3)
    n_repeats = options.parse_args().repeats
    shipped = Recipe.of(TRAINING)
    found = run([shipped], n_repeats)
    ours = found.answers
    print(
        f"Nested grouped folds over {len(found.prepared.real)} real entries, {n_repeats} repeats; "
        "figures of the shipped recipe, then how far it is ahead of itself with one change.\n"
        + CAVEAT
        + "\n"
    )
    figures = measured(entered_only(ours), _CATEGORY) | measured(coded_only(ours), _THEMES)
    _print("as shipped", {name: str(figure) for name, figure in figures.items()})
    for name, recipe in changes(shipped).items():
        _print(name, _ahead(ours, run([recipe], n_repeats).answers))
    for name, kept in _sets(np.array([row.entry.id for row in found.corpus.entries])).items():
        _print(name, _ahead(ours, run([shipped], n_repeats, kept).answers))


def changes(shipped: Recipe) -> Mapping[str, Recipe]:
    """Return the shipped recipe with one part taken away or changed at a time."""

    def without(*names: str) -> Recipe:
        return replace(shipped, fields=tuple(f for f in shipped.fields if f.name not in names))

    kept = tuple(replace(field, numbers="kept") for field in shipped.fields)
    single = tuple(
        replace(field, longest=1) if field.name == "word" else field for field in shipped.fields
    )
    equal = dict.fromkeys(shipped.category_weights, 1.0)
    return {
        "without the lexicon": replace(shipped, category_cues=0.0, theme_cues=0.0),
        "without the blind reader's shares": replace(shipped, reader_share=0.0),
        "with numbers as they are": replace(shipped, fields=kept),
        "without the field of form words": without("form"),
        "without title and opening": without("title", "opening"),
        "without characters": without("char"),
        "without pairs of words": replace(shipped, fields=single),
        "with real entries counting once": replace(shipped, category_weights=equal),
        "with a third of the penalty": replace(
            shipped,
            category_penalty=shipped.category_penalty / 3,
            theme_penalty=shipped.theme_penalty / 3,
        ),
    }


def _sets(ids: np.ndarray) -> Mapping[str, np.ndarray]:
    """Return which entries may train without the sets that were written later."""
    return {
        "without invented sets x1 to x7": ~np.char.startswith(ids.astype(str), "x"),
        "without invented set w9": ~np.char.startswith(ids.astype(str), "w9"),
    }


def _ahead(ours: Sequence[Answers], theirs: Sequence[Answers]) -> dict[str, str]:
    entered = differences(entered_only(ours), entered_only(theirs), _CATEGORY)
    coded = differences(coded_only(ours), coded_only(theirs), _THEMES)
    return {
        name: f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]"
        for name, gap in (entered | coded).items()
    }


def _print(name: str, cells: Mapping[str, str]) -> None:
    print(name, *(f"  {measure:<10} {cell}" for measure, cell in cells.items()), sep="\n")


if __name__ == "__main__":
    main()
