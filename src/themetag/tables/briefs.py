"""`Brief`: a row with the texts that a text table adds to it, made of arrays and no objects.

Where nobody looks at the answers, half of the time of making objects and writing them is saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from themetag.prediction import DECIMALS
from themetag.tables.answers import BEST, PLACES, template
from themetag.tables.rows import Row, as_text

if TYPE_CHECKING:
    from themetag.tagged import Tagged

_N_BEST = len(BEST)


class Brief(NamedTuple):
    """A row and what a text table says of it."""

    row: Row
    """The row as it was read."""
    added: Sequence[str]
    """The cells of the added columns, as `added_cells` has them, as texts."""
    is_abstention: bool
    """Whether the model declines to answer."""
    error: str | None
    """What is wrong with the row, if anything."""


def briefs(rows: Sequence[Row], tagged: Tagged, errors: Sequence[str | None]) -> Iterator[Brief]:
    """Yield rows with what is said of them.

    Args:
        rows: the rows.
        tagged: the answers for their entries.
        errors: what is wrong with each of them, if anything.
    """
    ranking = tagged.ranking
    theme_ids, of_themes = tagged.codebook.theme_ids, template(tagged.codebook.theme_ids, "%s")
    nothing = [""] * (2 * _N_BEST + 1)
    for row, error, reason, answered, given, chances in zip(
        rows,
        errors,
        tagged.reasons(),
        _answered(tagged),
        ranking.given(),
        _texts(ranking.theme_chances),
        strict=True,
    ):
        cells = [
            *(nothing if reason else answered),
            as_text(reason is not None),
            reason or "",
            "" if reason else "|".join([theme_ids[i] for i in given]),
            of_themes % tuple(chances),
            tagged.version,
            error or "",
        ]
        yield Brief(row, cells, reason is not None, error)


def _answered(tagged: Tagged) -> Iterator[list[str]]:
    """Yield the best categories with their probabilities, and the set of each entry."""
    names = np.array(tagged.codebook.category_names, dtype=object)
    ranking = tagged.ranking
    labels = names[ranking.orders].tolist()
    chances = _texts(ranking.chances[:, :_N_BEST])
    for own, own_chances, n_set in zip(labels, chances, ranking.set_sizes.tolist(), strict=True):
        cells = [""] * (2 * _N_BEST + 1)
        cells[: 2 * len(own_chances) : 2] = own[:_N_BEST]
        cells[1 : 2 * len(own_chances) : 2] = own_chances
        cells[-1] = "|".join(own[:n_set])
        yield cells


def _texts(probabilities: npt.NDArray[np.float64]) -> list[list[str]]:
    """Return rounded probabilities as texts.

    >>> _texts(np.array([[0.25, 1.0]]))
    [['0.2500', '1.0000']]
    """
    at = np.rint(probabilities * 10**DECIMALS).astype(np.intp)
    return cast("list[list[str]]", _places()[at].tolist())


@cache
def _places() -> npt.NDArray[Any]:
    """Return all the texts that a rounded probability can have."""
    most = 10**DECIMALS
    return np.array([PLACES % (i / most) for i in range(most + 1)], dtype=object)
