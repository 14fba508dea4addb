"""`Answer`: a row with what the model says of it, and the columns that a batch adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from themetag.entry import Entry
from themetag.prediction import DECIMALS, Prediction
from themetag.tables.rows import Row

BEST = ("category", "category_2", "category_3")
PREFIX = "themetag_"


@dataclass(frozen=True, slots=True)
class Answer:
    """A row and what the model says of it."""

    row: Row
    """The row as it was read."""
    entry: Entry
    """What was read of it; without text where the row is in error."""
    prediction: Prediction
    """The answer; for a row in error, the answer for an empty text."""
    error: str | None
    """What is wrong with the row, if anything."""


def added_columns(columns: Sequence[str], theme_ids: Sequence[str], *, wide: bool) -> list[str]:
    """Return the names of the columns that a batch adds.

    Args:
        columns: the columns of the input; where one has an added name, all added names get
            the prefix `themetag_`.
        theme_ids: the themes, each a column of its own where `wide`.
        wide: whether the format has room for one column a theme.

    >>> added_columns(["id", "category"], [], wide=True)[:2]
    ['themetag_category', 'themetag_category_probability']
    """
    names = [name for best in BEST for name in (best, f"{best}_probability")]
    names += ["category_set", "abstained", "reason", "themes"]
    names += [*theme_ids] if wide else ["theme_probabilities"]
    names += ["model", "error"]
    while set(names) & set(columns):
        names = [PREFIX + name for name in names]
    return names


def added_cells(answer: Answer, *, wide: bool) -> list[Any]:
    """Return the cells of the added columns; None where there is nothing to say."""
    prediction = answer.prediction
    cells: list[Any] = []
    for i in range(len(BEST)):
        known = i < len(prediction.categories) and not prediction.is_abstention
        best = prediction.categories[i] if known else None
        cells += [best.label, best.probability] if best else [None, None]
    cells += ["|".join(prediction.category_set), prediction.is_abstention, prediction.reason]
    cells += ["|".join(theme.label for theme in prediction.themes)]
    chances = prediction.theme_probabilities
    if wide:
        cells += chances.values()
    else:
        cells += ["|".join(f"{id}={chance:.{DECIMALS}f}" for id, chance in chances.items())]
    return [*cells, prediction.model, answer.error]
