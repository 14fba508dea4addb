"""How good the model is, measured by the one protocol.

    python benchmarks/quality.py [--repeats 5] > benchmarks/results/quality.txt

Nested: see benchmarks/protocol.py. About half an hour for five repeats on two cores.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from protocol import CAVEAT, Protocol, candidates, figures, only, row, run

from themetag.learning.answers import Answers
from themetag.learning.measure import (
    CATEGORY_MEASURES,
    THEME_MEASURES,
    coded_only,
    ece_of_the_calibrated,
    entered_only,
    measured,
)

# How councils are styled on the pages; where the name does not tell, that is said.
_STYLES = {
    "London borough": ("LBC", "RBC"),
    "county": ("CC",),
    "metropolitan borough": ("MBC", "MDC", "Metropolitan Council"),
    "city": ("City Council",),
    "district or borough": ("DC", "BC"),
}


def main() -> None:
    """Run the protocol and print what it finds."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=5)
    repeats = options.parse_args().repeats
    recipes = candidates()
    found = run(list(recipes.values()), repeats)
    n = len(found.prepared.real)
    print(
        f"Nested grouped {found.prepared.n_folds}-fold cross-validation over {n} real entries in "
        f"{len(np.unique(found.prepared.groups[found.prepared.real]))} groups, {repeats} repeats, "
        "intervals over resampled groups.\n"
        "Recipe, calibration, thresholds and sets are found inside each fold.\n" + CAVEAT + "\n"
    )
    answers = found.answers
    for name, figure in figures(answers).items():
        print(f"{name:<48} {figure}")
    _choices(found, list(recipes))
    _confidence(entered_only(answers))
    _theme_probabilities(coded_only(answers))
    _coverage(found, answers)
    _abstained(answers)
    _styles(found, answers)
    _years(found, answers)


def _choices(found: Protocol, names: Sequence[str]) -> None:
    chosen = Counter(names[fold.choice] for folds in found.repeats for fold in folds)
    print("\nRecipes chosen inside the folds")
    for name in names:
        print(f"  {name:<46} {chosen[name]}")


def _confidence(entered: Sequence[Answers]) -> None:
    error = measured(entered, {"ece": CATEGORY_MEASURES["ece"]})["ece"]
    limit = ece_of_the_calibrated(entered)
    print(
        f"\nExpected calibration error {error.value:.3f}; of perfectly calibrated models with the "
        f"same confidences 95 in 100 stay under {limit:.3f}"
    )
    confidence = np.mean([part.chances.max(axis=1) for part in entered], axis=0)
    right = np.mean([part.chances.argmax(axis=1) == part.category for part in entered], axis=0)
    print("  mean confidence and share right, tenths of the entries by confidence:")
    tenths = np.array_split(np.argsort(confidence, kind="stable"), 10)
    print("  " + "  ".join(f"{confidence[t].mean():.2f}/{right[t].mean():.2f}" for t in tenths))


def _theme_probabilities(coded: Sequence[Answers]) -> None:
    print("\nThemes: probability said and share true, all pairs of entry and theme, by probability")
    said = np.concatenate([part.theme_chances.ravel() for part in coded])
    true = np.concatenate([part.themes.ravel() for part in coded])
    edges = [0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.01]
    for low, high in pairwise(edges):
        rows = (said >= low) & (said < high)
        print(
            f"  {low:.2f} to {min(high, 1):.2f}: said {said[rows].mean():.3f}, true "
            f"{true[rows].mean():.3f} of {int(rows.sum() / len(coded))}"
        )


def _coverage(found: Protocol, answers: Sequence[Answers]) -> None:
    print("\nCoverage of the 90 % sets by fold (entries with a category)")
    for repeat, (folds, said) in enumerate(zip(found.repeats, answers, strict=True), 1):
        shares = []
        for fold in folds:
            rows = fold.unseen[said.category[fold.unseen] >= 0]
            shares.append(said.in_set[rows, said.category[rows]].mean())
        print(f"  repeat {repeat}: " + "  ".join(f"{share:.3f}" for share in shares))


def _abstained(answers: Sequence[Answers]) -> None:
    share = np.mean([part.silent.mean() for part in answers])
    print(f"\nReal entries declined as texts of another kind: {share:.3f}")


def _styles(found: Protocol, answers: Sequence[Answers]) -> None:
    print("\nBy the style of the council's printed name")
    councils = _councils()
    styles = np.array([_style(councils.get(row.entry.id, "")) for row in found.corpus.real])
    for style in [*_STYLES, "told by no style", "no council printed"]:
        print(row(style, only(answers, styles == style)))


def _councils() -> dict[str, str]:
    import pandas as pd
    from protocol import TRAINING

    tables = [pd.read_csv(p, dtype=str, keep_default_na=False)
              for p in sorted((TRAINING / "entries").glob("*.csv"))]  # fmt: skip
    return dict(zip(*(pd.concat(tables)[name] for name in ("id", "council")), strict=True))


def _style(council: str) -> str:
    if not council:
        return "no council printed"
    first = council.split(" with ")[0].split(",")[0].strip()
    ends = (name for name, endings in _STYLES.items() if first.endswith(endings))
    return next(ends, "told by no style")


def _years(found: Protocol, answers: Sequence[Answers]) -> None:
    print("\nBy year: themes, and of the years with one category how often that one was found")
    years = np.array([row.entry.id.split("-")[0] for row in found.corpus.real])
    for year in np.unique(years):
        rows = only(answers, years == year)
        themes = measured(coded_only(rows), {"micro_f1": THEME_MEASURES["micro_f1"]})["micro_f1"]
        line = f"  {year:<10} themes micro-F1 {themes}"
        held = {part for part in rows[0].category.tolist() if part >= 0}
        if len(held) == 1:
            recall = measured(entered_only(rows), {"top1": CATEGORY_MEASURES["top1"]})["top1"]
            name = found.corpus.codebook.category_names[held.pop()]
            line += f"; recall of {name} {recall}"
        print(line)


if __name__ == "__main__":
    main()
