"""The one protocol that every decision about the model is taken by.

Repeated, grouped, stratified outer folds over the real entries. Inside each: the choice among the
candidate recipes, calibration, thresholds and prediction sets, found on inner folds. Invented and
restated entries only ever train.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from themetag.entry import Entry
from themetag.learning.answers import Answers
from themetag.learning.corpus import Corpus, read_corpus
from themetag.learning.measure import (
    CATEGORY_MEASURES,
    LENIENT_MEASURES,
    THEME_MEASURES,
    Figure,
    Measure,
    coded_only,
    entered_only,
    measured,
)
from themetag.learning.nested import Fold, answered, nested_folds
from themetag.learning.prepared import Prepared, Targets
from themetag.learning.recipe import Recipe

TRAINING = Path(__file__).parent.parent / "training"
CAVEAT = (
    "Themes are coded by language models, which no person has checked; most training text is "
    "invented by one, trains and is never measured on."
)
_MAIN = {name: CATEGORY_MEASURES[name] for name in ("top1", "top3", "macro_f1", "coverage")}
# Below this many examples a theme's F1 is one entry's luck.
LEAST_SUPPORT = 5


@dataclass(frozen=True, eq=False)
class Protocol:
    """The corpus, and the folds of every repeat."""

    corpus: Corpus
    prepared: Prepared
    repeats: list[list[Fold]]

    @property
    def answers(self) -> list[Answers]:
        """What was said of the real entries, a repeat each."""
        return [answered(self.prepared, folds) for folds in self.repeats]

    def rewritten(self, change: Callable[[Entry], Entry]) -> list[Answers]:
        """What was said of the real entries as changed."""
        return [answered(self.prepared, folds, change) for folds in self.repeats]


def candidates() -> Mapping[str, Recipe]:
    """Return the recipes that compete inside every fold, by name."""
    shipped = Recipe.of(TRAINING)
    later_sets = {name: 0.5 for name in shipped.category_weights if name.startswith("x")}
    return {
        "as shipped": shipped,
        "half the penalties": replace(
            shipped,
            category_penalty=shipped.category_penalty / 2,
            theme_penalty=shipped.theme_penalty / 2,
        ),
        "the later invented sets teach categories too": replace(
            shipped, category_weights={**shipped.category_weights, **later_sets}
        ),
    }


def run(
    recipes: Sequence[Recipe], n_repeats: int, trains: npt.NDArray[np.bool_] | None = None
) -> Protocol:
    """Make the models of every outer fold of every repeat."""
    corpus, _ = read_corpus(TRAINING).without_rare(2)
    first = Prepared.of(corpus, recipes[0])
    prepared = [first, *(_prepared(first, recipe) for recipe in recipes[1:])]
    repeats = [
        nested_folds(prepared, recipes[0].seed + repeat, trains) for repeat in range(n_repeats)
    ]
    return Protocol(corpus, first, repeats)


def _prepared(first: Prepared, recipe: Recipe) -> Prepared:
    """Prepare a corpus by another recipe, counting anew only where its fields are others."""
    if recipe.fields == first.recipe.fields:
        return replace(first, recipe=recipe, targets=Targets.of(first.corpus, recipe))
    return Prepared.of(first.corpus, recipe)


def supported_only(repeats: Sequence[Answers]) -> list[Answers]:
    """Keep the themes of at least five entries."""
    kept = repeats[0].themes.sum(axis=0) >= LEAST_SUPPORT
    return [
        replace(
            answers,
            themes=answers.themes[:, kept],
            given=answers.given[:, kept],
            theme_chances=answers.theme_chances[:, kept],
            plausible=None,
        )
        for answers in repeats
    ]


def figures(
    repeats: Sequence[Answers], names: Mapping[str, Measure] = CATEGORY_MEASURES
) -> dict[str, Figure]:
    """Measure categories and themes, strictly and leniently."""
    found = {f"category {k}": v for k, v in measured(entered_only(repeats), names).items()}
    coded = coded_only(repeats)
    found |= {f"themes {k}": v for k, v in measured(coded, THEME_MEASURES).items()}
    frequent = measured(supported_only(coded), {"macro_f1": THEME_MEASURES["macro_f1"]})
    found[f"themes macro_f1 of those with {LEAST_SUPPORT} or more"] = frequent["macro_f1"]
    return found | {f"themes {k}": v for k, v in measured(coded, LENIENT_MEASURES).items()}


def only(repeats: Sequence[Answers], rows: npt.NDArray[np.bool_]) -> list[Answers]:
    """Keep some of the entries."""
    return [
        replace(
            answers,
            **{
                name: value[rows]
                for name in answers.__slots__
                if (value := getattr(answers, name)) is not None
            },
        )
        for answers in repeats
    ]


def row(name: str, repeats: Sequence[Answers]) -> str:
    """Return the main figures of some entries in one line."""
    entered, coded = entered_only(repeats), coded_only(repeats)
    parts = [f"{key} {value}" for key, value in measured(entered, _MAIN).items()]
    themes = measured(coded, {"micro_f1": THEME_MEASURES["micro_f1"]})
    return f"  {name:<40} " + "; ".join([*parts, f"themes micro_f1 {themes['micro_f1']}"])
