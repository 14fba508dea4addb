"""Probabilities, thresholds and prediction sets from out-of-fold scores."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from themetag.learning.recipe import Recipe
from themetag.prediction import DECIMALS
from themetag.probability import Calibration, logistic, mixed

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Scores lie about 0 and 1: the best temperature and doubt are well inside the bounds.
_TEMPERATURES = (0.03, 0.3)
_BOUNDS = ((np.log(0.002), np.log(50.0)), (-7.0, 7.0))
_LEAST_CHANCE = 1e-12
_GRID = np.round(np.arange(0.05, 0.96, 0.01), 2)


def calibrate(
    category_scores: Floats,
    category: npt.NDArray[np.int64],
    theme_scores: Floats,
    themes: Flags,
    recipe: Recipe,
    scope_scores: Floats | None = None,
) -> Calibration:
    """Find the figures that make scores of unseen entries into probabilities.

    Args:
        category_scores: `(n, n_categories)`, each row by a model that had not seen the entry.
        category: `(n,)` the true category of each, -1 where unknown.
        theme_scores: `(m, n_themes)`, likewise, of entries whose themes were coded.
        themes: `(m, n_themes)` their true themes.
        recipe: the coverage of prediction sets, the prior of thresholds and the share of entries
            that may be refused.
        scope_scores: `(n,)`, likewise, of the entries; None where no other texts were learnt.

    Returns:
        The calibration; its defaults where there are no categories or no themes.
    """
    known = category >= 0
    scores, gold = category_scores[known], category[known]
    temperature, doubt = _sharpness(scores, gold) if scores.size else (1.0, 0.0)
    chances = mixed(scores, temperature, doubt)
    floor = _set_floor(chances, gold, recipe.coverage) if scores.size else 0.0
    slope, offset = _platt(theme_scores, themes)
    neutral = Calibration(temperature, floor, slope, offset, np.zeros(themes.shape[1]))
    thresholds = _thresholds(neutral.themes(theme_scores), themes, recipe.threshold_prior)
    scope_floor = None
    if scope_scores is not None:
        scope_floor = float(np.quantile(scope_scores, recipe.refused))
    return Calibration(temperature, floor, slope, offset, thresholds, scope_floor, doubt)


def _sharpness(scores: Floats, gold: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Return temperature and doubt with the least log-loss.

    To the log-loss of the whole distribution is added that of the first category being right: of
    two fits that rank the others alike, the one is better whose confidence can be acted on.
    """
    rows = np.arange(len(gold))
    first_is_right = scores.argmax(axis=1) == gold

    def loss(point: Floats) -> float:
        chances = mixed(scores, np.exp(point[0]), float(logistic(point[1:])[0]))
        first = np.where(first_is_right, chances.max(axis=1), 1 - chances.max(axis=1))
        likelihoods = np.maximum([chances[rows, gold], first], _LEAST_CHANCE)
        return float(-np.log(likelihoods).mean())

    starts = [(log, 0.0) for log in np.log(_TEMPERATURES)]
    found = min(
        (minimize(loss, start, method="Nelder-Mead", bounds=_BOUNDS) for start in starts),
        key=lambda result: float(result.fun),
    )
    return float(np.exp(found.x[0])), float(logistic(found.x[1:])[0])


def _set_floor(chances: Floats, gold: npt.NDArray[np.int64], coverage: float) -> float:
    """Return the least probability of a member of the prediction set (split conformal, pooled)."""
    true = np.sort(chances[np.arange(len(gold)), gold])
    spare = int(np.floor((len(true) + 1) * (1 - coverage) + 1e-9))
    floor = true[spare - 1] if spare else 0.0
    return float(np.floor(floor * 10**DECIMALS) / 10**DECIMALS)


def _platt(scores: Floats, themes: Flags) -> tuple[float, float]:
    """Return slope and offset of one logistic function for all themes: each alone has too few."""
    if themes.size == 0 or themes.all() or not themes.any():
        return 1.0, 0.0
    fitted = LogisticRegression(C=1e6).fit(scores.reshape(-1, 1), themes.ravel())
    return max(float(fitted.coef_[0, 0]), 1e-6), float(fitted.intercept_[0])


def _thresholds(chances: Floats, themes: Flags, prior: float) -> Floats:
    """Return a threshold a theme, drawn towards the pooled one where the theme is rare."""
    if themes.size == 0:
        return np.zeros(themes.shape[1])
    given = chances[None, :, :] >= _GRID[:, None, None]
    hits = (given & themes).sum(axis=1)
    given_n, true_n = given.sum(axis=1), themes.sum(axis=0)
    pooled = _GRID[np.argmax(_f1(hits.sum(axis=1), given_n.sum(axis=1), true_n.sum()))]
    own = np.array([_nearest_best(_f1(*column), float(pooled)) for column in zip(
        hits.T, given_n.T, true_n, strict=True)])  # fmt: skip
    thresholds: Floats = (true_n * own + prior * pooled) / (true_n + prior)
    return np.round(thresholds, DECIMALS)


def _f1(hits: npt.NDArray[np.int64], given: npt.NDArray[np.int64], true: int) -> Floats:
    return 2 * hits / np.maximum(given + true, 1)


def _nearest_best(scores: Floats, pooled: float) -> float:
    """Return the best point of the grid, of equals the one nearest the pooled threshold."""
    best = _GRID[scores >= scores.max() - 1e-12]
    return float(best[np.argmin(np.abs(best - pooled))])
