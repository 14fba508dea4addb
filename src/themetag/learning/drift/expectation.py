"""`Expectation`: how often a model will be right by its own account, before labels exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from themetag.codebook import Codebook
from themetag.learning.drift.unseen import Unseen
from themetag.learning.outoffold import KeptAnswers

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

_SEED = 2026
_N_DRAWS = 400

# A figure of what is given or ranked and of what is true. Where probabilities stand for the truth
# it is the figure to be expected; so one formula serves both.
Rate = Callable[[Floats, Floats], float | None]


@dataclass(frozen=True, slots=True)
class Expected:
    """A figure to be expected, with the errors that such figures had in the corpus.

    >>> str(Expected(0.64, 0.59, 0.69, 40))
    '0.64 (0.59 to 0.69, n = 40)'
    """

    value: float
    """What the probabilities promise, 0 to 1."""
    low: float
    """The least that it would come to with any error seen in the corpus, not under 0."""
    high: float
    """The most, not over 1."""
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
class _Answered:
    """Entries of the corpus, answered while unseen."""

    shown: Floats
    chances: Floats
    truth: Floats
    fold: Ids
    group: Ids

    def of(self, rows: npt.NDArray[np.bool_]) -> _Answered:
        """Return some of the entries."""
        return _Answered(
            self.shown[rows], self.chances[rows], self.truth[rows], self.fold[rows],
            self.group[rows],
        )  # fmt: skip

    def error(self, rate: Rate, rows: Ids) -> float:
        """Return by how much a figure of some entries was better than promised."""
        shown = self.shown[rows]
        promised, true = rate(shown, self.chances[rows]), rate(shown, self.truth[rows])
        return np.nan if promised is None or true is None else true - promised


def expectation(
    new: Unseen, kept: KeptAnswers, codebook: Codebook, thresholds: Floats
) -> Expectation:
    """Reckon what a model promises: the mean of its calibrated probabilities.

    That is as good as the calibration is, and blind to a year that has changed (confidence as an
    estimate of accuracy: S. Garg et al., "Leveraging unlabeled data to predict out-of-distribution
    performance", 2022). The band holds the errors that the same reckoning made in each fold of the
    corpus, and those of 95 in 100 draws of as many entries from its out-of-fold answers, whole
    groups at a time where the model keeps them: entries of one project are wrong together.

    Args:
        new: the answers to new entries.
        kept: the model's out-of-fold answers.
        codebook: the model's labels.
        thresholds: `(n_themes,)` the model's thresholds.
    """
    chances = new.chances[new.counted]
    theme_chances = new.theme_chances[new.counted]
    given = new.given[new.counted].astype(np.float64)
    kept_given = (kept.theme_chances >= thresholds).astype(np.float64)
    group = np.arange(len(kept)) if kept.group is None else kept.group
    category, themes = kept.true_categories(codebook), kept.true_themes(codebook)
    of_category = _Answered(kept.chances, kept.chances, category, kept.fold, group).of(
        kept.has_category
    )
    of_themes = _Answered(kept_given, kept.theme_chances, themes, kept.fold, group).of(
        kept.is_coded
    )
    return Expectation(
        _expected(_CATEGORY, chances, chances, of_category),
        _expected(_THEMES, given, theme_chances, of_themes),
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


def _expected(
    rates: Mapping[str, Rate], shown: Floats, chances: Floats, corpus: _Answered
) -> dict[str, Expected]:
    """Reckon every figure that is defined, here and in the corpus."""
    found: dict[str, Expected] = {}
    if not shown.size or not corpus.shown.size:
        return found
    for name, rate in rates.items():
        value, errors = rate(shown, chances), _errors(rate, corpus, len(shown))
        if value is not None and errors.size:
            low, high = value + min(errors.min(), 0.0), value + max(errors.max(), 0.0)
            found[name] = Expected(value, max(low, 0.0), min(high, 1.0), len(shown))
    return found


def _errors(rate: Rate, corpus: _Answered, n_new: int) -> Floats:
    """Return the error of every fold, and between which 95 in 100 draws of `n_new` entries lie."""
    folds = [np.flatnonzero(corpus.fold == fold) for fold in np.unique(corpus.fold)]
    of_folds = np.array([corpus.error(rate, rows) for rows in folds])
    drawn = np.array([corpus.error(rate, rows) for rows in _lots(corpus.group, n_new)])
    drawn = drawn[~np.isnan(drawn)]
    middle = np.percentile(drawn, [2.5, 97.5]) if drawn.size else drawn
    return np.concatenate([of_folds[~np.isnan(of_folds)], middle])


def _lots(group: Ids, n_new: int) -> Iterator[Ids]:
    """Draw `n_new` entries many times over, group by group; the last group may be cut short."""
    _, position, sizes = np.unique(group, return_inverse=True, return_counts=True)
    members = np.argsort(position, kind="stable")
    starts = np.cumsum(sizes) - sizes
    for drawn in np.random.default_rng(_SEED).integers(len(sizes), size=(_N_DRAWS, n_new)):
        n_each = sizes[drawn]
        first = np.repeat(starts[drawn] - np.cumsum(n_each) + n_each, n_each)
        yield members[(first + np.arange(len(first)))[:n_new]]


def _surest(chances: Floats) -> tuple[float, ...]:
    return tuple(chances.max(axis=1).tolist()) if chances.size else ()
