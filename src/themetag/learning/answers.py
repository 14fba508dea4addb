"""`Answers`: what a model said of labelled entries, beside what is true of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from themetag.entry import Entry
from themetag.probability import Calibration
from themetag.ranking import Ranking
from themetag.tagged import Tagged
from themetag.tagger import Tagger

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One row an entry; columns in the order of the labels."""

    category: Ids
    """`(n,)` the true category, -1 where the entry has none."""
    chances: Floats
    """`(n, n_categories)` calibrated probabilities."""
    in_set: Flags
    """`(n, n_categories)` the prediction set; nothing where the model abstained."""
    coded: Flags
    """`(n,)` whether the themes of the entry are known."""
    themes: Flags
    """`(n, n_themes)` the true themes."""
    plausible: Flags | None
    """`(n, n_themes)` the themes that a reasonable coder might give, where that was recorded."""
    given: Flags
    """`(n, n_themes)` the themes that the model gave."""
    theme_chances: Floats
    """`(n, n_themes)` calibrated probabilities."""
    group: Ids
    """`(n,)` what belongs together, for intervals."""
    silent: Flags
    """`(n,)` whether the model abstained."""


class Said(NamedTuple):
    """What a model says of some entries; columns in the order of its labels."""

    chances: Floats
    """`(n, n_categories)` calibrated probabilities."""
    in_set: Flags
    """`(n, n_categories)` the prediction set."""
    given: Flags
    """`(n, n_themes)` the themes given."""
    theme_chances: Floats
    """`(n, n_themes)` calibrated probabilities."""
    silent: Flags
    """`(n,)` whether the model abstains; what else is said stands as if it did not."""


def said_by(tagger: Tagger, entries: Sequence[Entry]) -> Said:
    """Tag entries by the rule of every answer; the probabilities alone are left unrounded.

    A true category of one in a million would cost without end what it is rounded to: nothing.
    """
    book, calibration = tagger.codebook, tagger.calibration
    split, n_labels = len(book.categories), len(book.categories) + len(book.themes)
    scores, n_known = tagger.in_bulk().scored([entry.text for entry in entries])
    ranking = Ranking.of(scores, calibration, split)
    reasons = Tagged(tagger.version, book, entries, ranking, n_known).reasons()
    return Said(
        calibration.categories(scores[:, :split]),
        ranking.in_set(),
        ranking.is_given,
        calibration.themes(scores[:, split:n_labels]),
        np.array([reason is not None for reason in reasons], dtype=bool),
    )


def answer(
    calibration: Calibration, category_scores: Floats, theme_scores: Floats
) -> tuple[Floats, Flags, Flags, Floats]:
    """Turn scores into what a tagger would say.

    Returns:
        Category probabilities, prediction sets, given themes and theme probabilities.
    """
    chances = calibration.categories(category_scores)
    in_set = prediction_sets(chances, calibration)
    theme_chances = calibration.themes(theme_scores)
    return chances, in_set, theme_chances >= calibration.thresholds, theme_chances


def prediction_sets(chances: Floats, calibration: Calibration) -> Flags:
    """Return the `(n, n_categories)` prediction sets of category probabilities."""
    in_set = chances >= calibration.set_floor
    if chances.size:
        in_set[np.arange(len(chances)), chances.argmax(axis=1)] = True
    return in_set
