"""`Answer`: a row with what the model says of it, and the columns that a batch adds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from themetag.entry import Entry
from themetag.prediction import DECIMALS, Prediction
from themetag.tables.rows import Row

BEST = ("category", "category_2", "category_3")
PREFIX = "themetag_"

# How a probability is written.
PLACES = f"%.{DECIMALS}f"


class Answer(NamedTuple):
    """A row and what the model says of it; a tuple, since a batch makes millions of them."""

    row: Row
    """The row as it was read."""
    entry: Entry
    """What was read of it; without text where the row is in error."""
    prediction: Prediction
    """The answer; for a row in error, the answer for an empty text."""
    error: str | None
    """What is wrong with the row, if anything."""

    @property
    def is_abstention(self) -> bool:
        """Whether the model declines to answer."""
        return self.prediction.is_abstention


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
    chances = prediction.theme_probabilities
    return [
        *_best(prediction),
        "|".join(prediction.category_set),
        prediction.is_abstention,
        prediction.reason,
        "|".join([theme.label for theme in prediction.themes]),
        *(
            chances.values()
            if wide
            else [template(tuple(chances), PLACES) % tuple(chances.values())]
        ),
        prediction.model,
        answer.error,
    ]


def _best(prediction: Prediction) -> list[Any]:
    if prediction.is_abstention:
        return [None] * 2 * len(BEST)
    cells: list[Any] = [*chain.from_iterable(prediction.categories[: len(BEST)])]
    return cells + [None] * (2 * len(BEST) - len(cells))


@lru_cache(maxsize=2)
def template(theme_ids: tuple[str, ...], place: str) -> str:
    """Return what writes all themes at once: a batch writes the same ones for every row.

    >>> template(("housing", "100%"), "%.4f")
    'housing=%.4f|100%%=%.4f'
    """
    return "|".join(f"{id.replace('%', '%%')}={place}" for id in theme_ids)
