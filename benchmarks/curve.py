"""What a quarter, half and all of the real and of the invented entries are worth.

    python benchmarks/curve.py [--repeats 3] > benchmarks/results/curve.txt

Grouped folds, vocabulary and weights from the training part alone; not nested, since neither first
guesses nor those within three depend on a calibration, and thresholds come from other folds. Whole
groups are drawn, anew in every repeat; all real entries are measured, whichever may train.
"""

from __future__ import annotations

import argparse

import numpy as np
import numpy.typing as npt
from protocol import CAVEAT, TRAINING, run

from themetag.learning.answers import Answers
from themetag.learning.folds import cross_validate
from themetag.learning.measure import (
    CATEGORY_MEASURES,
    THEME_MEASURES,
    coded_only,
    entered_only,
    measured,
)
from themetag.learning.prepared import Prepared
from themetag.learning.recipe import Recipe

_SHARES = ((1.0, 1.0), (1.0, 0.5), (1.0, 0.25), (0.5, 1.0), (0.25, 1.0))


def main() -> None:
    """Measure every share."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3)
    n_repeats = options.parse_args().repeats
    recipe = Recipe.of(TRAINING)
    prepared = run([recipe], 0).prepared
    print(
        f"Grouped folds over {len(prepared.real)} real entries, {n_repeats} repeats. "
        "Restated entries go with the real ones; the lexicon is always there.\n" + CAVEAT + "\n"
    )
    for real, invented in _SHARES:
        found: list[Answers] = []
        for repeat in range(n_repeats):
            trains = drawn(prepared, real, invented, repeat)
            found.append(cross_validate(prepared, recipe.seed + repeat, trains).answers)
        top = measured(entered_only(found), {k: CATEGORY_MEASURES[k] for k in ("top1", "top3")})
        themes = measured(coded_only(found), {"micro_f1": THEME_MEASURES["micro_f1"]})
        print(f"{real:.0%} of the real, {invented:.0%} of the invented ({int(trains.sum())} texts)")
        for name, figure in (top | themes).items():
            print(f"  {name:<10} {figure}", flush=True)


def drawn(prepared: Prepared, real: float, invented: float, seed: int) -> npt.NDArray[np.bool_]:
    """Draw the entries that may train, whole groups of them."""
    draw = np.random.default_rng(seed)
    is_invented = np.array([row.kind == "invented" for row in prepared.corpus.entries])
    chances = draw.random(int(prepared.groups.max()) + 1)[prepared.groups]
    return np.where(is_invented, chances < invented, chances < real)


if __name__ == "__main__":
    main()
