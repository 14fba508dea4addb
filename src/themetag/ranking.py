"""`Ranking`: what the scores of some entries say, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from themetag.prediction import DECIMALS
from themetag.probability import Calibration

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The categories of some entries in order, and their themes.

    >>> calibration = Calibration(1.0, 0.3, 1.0, 0.0, np.array([0.4]))
    >>> ranking = Ranking.of(np.log([[1.0, 3.0, 1.0]]), calibration, 2)
    >>> ranking.orders.tolist(), ranking.chances.tolist(), ranking.set_sizes.tolist()
    ([[1, 0]], [[0.75, 0.25]], [1])
    >>> ranking.in_set().tolist()
    [[False, True]]
    >>> ranking.theme_chances.tolist(), ranking.given()
    ([[0.5]], [[0]])
    """

    orders: Ids
    """`(n, n_categories)` the categories, probabilities falling, ties in codebook order."""
    chances: Floats
    """`(n, n_categories)` their probabilities in that order, rounded."""
    set_sizes: Ids
    """`(n,)` how many of the first make the prediction set."""
    theme_chances: Floats
    """`(n, n_themes)` the probabilities of the themes in codebook order, rounded."""
    is_given: Flags
    """`(n, n_themes)` whether each is at or above its threshold."""
    is_outside: Flags
    """`(n,)` whether an entry reads like no submission."""

    @classmethod
    def of(cls, scores: Floats, calibration: Calibration, n_categories: int) -> Ranking:
        """Rank what a model scored.

        Args:
            scores: `(n, n_columns)` uncalibrated: categories, themes, and scope where the
                calibration has a floor.
            calibration: what makes probabilities of them.
            n_categories: how many of the columns are categories.
        """
        n_labels = n_categories + len(calibration.thresholds)
        chances = np.round(calibration.categories(scores[:, :n_categories]), DECIMALS)
        themes = np.round(calibration.themes(scores[:, n_categories:n_labels]), DECIMALS)
        orders = np.argsort(-chances, axis=1, kind="stable")
        ranked = np.take_along_axis(chances, orders, axis=1)
        floor = calibration.scope_floor
        return cls(
            orders,
            ranked,
            np.maximum((ranked >= calibration.set_floor).sum(axis=1), 1),
            themes,
            themes >= calibration.thresholds,
            np.zeros(len(scores), bool) if floor is None else scores[:, -1] < floor,
        )

    def in_set(self) -> Flags:
        """Return the `(n, n_categories)` prediction sets in codebook order."""
        flags = np.zeros(self.orders.shape, dtype=bool)
        ranks = np.arange(self.orders.shape[1])
        np.put_along_axis(flags, self.orders, ranks < self.set_sizes[:, None], axis=1)
        return flags

    def given(self) -> list[list[int]]:
        """Return the themes given to each entry, falling, ties in codebook order."""
        rows, themes = np.nonzero(self.is_given)
        falling = np.lexsort((themes, -self.theme_chances[rows, themes], rows))
        ends = np.searchsorted(rows, np.arange(len(self.is_given) + 1)).tolist()
        ordered = themes[falling].tolist()
        return [ordered[low:high] for low, high in pairwise(ends)]
