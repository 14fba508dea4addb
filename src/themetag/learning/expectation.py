"""`Expectation`: how often a model will be right by its own account, before labels exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from themetag.learning.unseen import OutOfFold, Unseen

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# A figure of what is given or ranked and of what is true. Where probabilities stand for the truth
# it is the figure to be expected; so one formula serves both.
Rate = Callable[[Floats, Floats], float | None]


@dataclass(frozen=True, slots=True)
class Expected:
    """A figure to be expected, with the error that such a figure had in the corpus.

    >>> str(Expected(0.64, 0.59, 0.69, 40))
    '0.64 (0.59 to 0.69, n = 40)'
    """

    value: float
    """What the probabilities promise, 0 to 1."""
    low: float
    """The value less the worst error of any fold, not under 0."""
    high: float
    """The value and the worst error of any fold, not over 1."""
    n: int
    """How many entries it was reckoned from."""

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f}, n = {self.n})"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a model promises of new entries."""

    category: Mapping[str, Expected]
    """`top1` and `top3`; nothing for a model without categories, or where it answers nothing."""
    themes: Mapping[str, Expected]
    """`precision` and `micro_f1`; nothing for a model without themes, or without answers."""
    confidence_new: tuple[float, ...]
    """The probability of the first category, for each new entry that counts."""
    confidence_known: tuple[float, ...]
    """The same for the real entries of the model's corpus, each unseen."""


@dataclass(frozen=True, slots=True, eq=False)
class _Fold:
    """The entries of one fold, answered while unseen."""

    shown: Floats
    chances: Floats
    truth: Floats


def expectation(new: Unseen, kept: OutOfFold, thresholds: Floats) -> Expectation:
    """Reckon what a model promises: the mean of its calibrated probabilities.

    That is as good as the calibration is, and blind to a year that has changed (confidence as an
    estimate of accuracy: S. Garg et al., "Leveraging unlabeled data to predict out-of-distribution
    performance", 2022). The band is the worst error that the same reckoning made in any fold of
    the corpus; it is wider by the square root where there are fewer new entries than in a fold.

    Args:
        new: the answers to new entries.
        kept: the model's out-of-fold answers.
        thresholds: `(n_themes,)` the model's thresholds.
    """
    chances = new.chances[new.counted]
    theme_chances = new.theme_chances[new.counted]
    given = new.given[new.counted].astype(np.float64)
    kept_given = (kept.theme_chances >= thresholds).astype(np.float64)
    entered = _folds(kept, kept.has_category, kept.chances, kept.chances, kept.category)
    coded = _folds(kept, kept.is_coded, kept_given, kept.theme_chances, kept.themes)
    return Expectation(
        _expected(_CATEGORY, chances, chances, entered),
        _expected(_THEMES, given, theme_chances, coded),
        _surest(chances),
        _surest(kept.chances),
    )


def _within(shown: Floats, truth: Floats, *, best: int) -> float:
    first = np.argsort(-shown, axis=1, kind="stable")[:, :best]
    return float(np.take_along_axis(truth, first, axis=1).sum(axis=1).mean())


def _precision(given: Floats, truth: Floats) -> float | None:
    return float((given * truth).sum() / given.sum()) if given.any() else None


def _micro_f1(given: Floats, truth: Floats) -> float | None:
    total = given.sum() + truth.sum()
    return float(2 * (given * truth).sum() / total) if total else None


_CATEGORY: Mapping[str, Rate] = {
    "top1": partial(_within, best=1),
    "top3": partial(_within, best=3),
}
_THEMES: Mapping[str, Rate] = {"precision": _precision, "micro_f1": _micro_f1}


def _folds(
    kept: OutOfFold, labelled: Flags, shown: Floats, chances: Floats, truth: Floats
) -> list[_Fold]:
    folds = (labelled & (kept.fold == fold) for fold in np.unique(kept.fold[labelled]))
    return [_Fold(shown[rows], chances[rows], truth[rows]) for rows in folds]


def _expected(
    rates: Mapping[str, Rate], shown: Floats, chances: Floats, folds: Sequence[_Fold]
) -> dict[str, Expected]:
    """Reckon every figure that is defined, and that some fold tells the error of."""
    found: dict[str, Expected] = {}
    if not shown.size:
        return found
    for name, rate in rates.items():
        value = rate(shown, chances)
        errors = [_error(rate, fold, len(shown)) for fold in folds]
        known = [error for error in errors if error is not None]
        if value is not None and known:
            low, high = max(value - max(known), 0.0), min(value + max(known), 1.0)
            found[name] = Expected(value, low, high, len(shown))
    return found


def _error(rate: Rate, fold: _Fold, n_new: int) -> float | None:
    """Return by how much a fold's figure missed what was promised, as of `n_new` entries."""
    promised, true = rate(fold.shown, fold.chances), rate(fold.shown, fold.truth)
    if promised is None or true is None:
        return None
    return abs(true - promised) * float(np.sqrt(max(len(fold.shown) / n_new, 1.0)))


def _surest(chances: Floats) -> tuple[float, ...]:
    return tuple(chances.max(axis=1).tolist()) if chances.size else ()
