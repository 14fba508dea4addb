from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from learning.corpora import RECIPE

from themetag.learning.calibrate import (
    _nearest_best,
    _platt,
    _set_floor,
    _sharpness,
    _thresholds,
    calibrate,
)
from themetag.probability import logistic, mixed, softmax

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

NO_THEMES = np.zeros((0, 0))
NO_FLAGS = np.zeros((0, 0), dtype=bool)


def simulated(n: int, temperature: float, seed: int = 0) -> tuple[Floats, Ids]:
    """Scores of five categories, the true one drawn with the softmax of scores / temperature."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, 5))
    noise = rng.gumbel(size=(n, 5))
    return scores, (scores / temperature + noise).argmax(axis=1)


@pytest.mark.parametrize("temperature", [0.2, 0.5, 1.0, 3.0])
def test_the_probabilities_that_made_the_labels_are_found(temperature: float) -> None:
    scores, gold = simulated(20_000, temperature)
    # All doubt at a quarter of the temperature is the same as no doubt.
    found = mixed(scores, *_sharpness(scores, gold))
    assert np.abs(found - mixed(scores, temperature, 0.0)).mean() < 0.01


def test_the_doubt_that_made_the_labels_is_found() -> None:
    # Of ten entries four were entered by somebody who looked four times less closely.
    scores, close = simulated(40_000, 0.1)
    _, loose = simulated(40_000, 0.4)
    gold = np.where(np.random.default_rng(1).random(40_000) < 0.4, loose, close)
    found = mixed(scores, *_sharpness(scores, gold))
    assert np.abs(found - mixed(scores, 0.1, 0.4)).mean() < 0.01


def _loss(scores: Floats, gold: Ids, temperature: float, doubt: float) -> float:
    chances = mixed(scores, temperature, doubt)
    first = chances.max(axis=1)
    right = np.where(chances.argmax(axis=1) == gold, first, 1 - first)
    return float(-np.log(chances[np.arange(len(gold)), gold]).mean() - np.log(right).mean())


def test_temperature_and_doubt_have_the_least_log_loss() -> None:
    scores, gold = simulated(300, 0.4)
    flipped = np.where(np.arange(300) % 4 == 0, (gold + 1) % 5, gold)
    best, doubt = _sharpness(scores, flipped)
    least = _loss(scores, flipped, best, doubt)
    near = [(best * 1.05, doubt), (best / 1.05, doubt), (best, doubt + 0.03), (best, doubt - 0.03)]
    assert all(_loss(scores, flipped, *point) > least for point in near)


def test_scores_that_are_always_right_give_a_temperature_all_the_same() -> None:
    chances = mixed(np.eye(3), *_sharpness(np.eye(3), np.arange(3)))
    assert np.isfinite(chances).all()
    assert (chances.max(axis=1) > 0.99).all()


def test_probabilities_of_unseen_scores_are_as_often_right_as_they_say() -> None:
    scores, gold = simulated(20_000, 0.5)
    found = calibrate(scores[:10_000], gold[:10_000], NO_THEMES, NO_FLAGS, RECIPE)
    chances, true = found.categories(scores[10_000:]), gold[10_000:]
    first = chances.argmax(axis=1)
    sure = (chances.max(axis=1) > 0.7) & (chances.max(axis=1) < 0.9)
    assert chances.max(axis=1)[sure].mean() == pytest.approx((first == true)[sure].mean(), abs=0.03)


@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_prediction_sets_hold_the_true_category_as_often_as_stated(coverage: float) -> None:
    held = []
    for seed in range(40):
        scores, gold = simulated(400, 0.7, seed)
        chances = softmax(scores / 0.7)
        floor = _set_floor(chances[:200], gold[:200], coverage)
        held.append((chances[np.arange(400), gold] >= floor)[200:].mean())
    assert coverage - 0.01 <= np.mean(held) <= coverage + 0.02


def test_the_set_floor_is_the_probability_that_spare_errors_fall_under() -> None:
    # Of 19 true probabilities 0.01 … 0.19, (19 + 1) * 0.1 = 2: the second least is the floor.
    chances = np.array([[i / 100, 1 - i / 100] for i in range(1, 20)])
    assert _set_floor(chances, np.zeros(19, dtype=np.int64), 0.9) == 0.02


def test_too_few_entries_to_know_put_every_category_in_the_set() -> None:
    # With 8 entries nine in ten cannot be promised by leaving any out: (8 + 1) * 0.1 < 1.
    assert _set_floor(np.full((8, 2), 0.5), np.zeros(8, dtype=np.int64), 0.9) == 0.0


def test_the_set_floor_is_cut_to_four_places_so_that_rounded_answers_reach_it() -> None:
    chances = np.array([[0.123456, 0.876544]] * 19)
    assert _set_floor(chances, np.zeros(19, dtype=np.int64), 0.9) == 0.1234


def test_the_logistic_function_that_made_the_themes_is_found() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(8000, 3))
    themes = rng.random((8000, 3)) < logistic(2.0 * scores - 1.0)
    slope, offset = _platt(scores, themes)
    assert slope == pytest.approx(2.0, abs=0.1)
    assert offset == pytest.approx(-1.0, abs=0.1)


@pytest.mark.parametrize("themes", [np.zeros((3, 2), bool), np.ones((3, 2), bool)])
def test_themes_that_never_or_always_hold_leave_scores_as_they_are(
    themes: npt.NDArray[np.bool_],
) -> None:
    assert _platt(np.zeros((3, 2)), themes) == (1.0, 0.0)


def test_scores_that_speak_against_their_themes_never_turn_the_order_round() -> None:
    scores = np.linspace(-1, 1, 40).reshape(-1, 1)
    slope, _ = _platt(scores, scores < 0)
    assert slope > 0


def test_perfectly_separated_themes_are_calibrated_without_a_warning() -> None:
    scores = np.linspace(-3, 3, 400).reshape(-1, 2)
    slope, offset = _platt(scores, scores > 0)
    assert np.isfinite([slope, offset]).all()


def test_without_a_prior_a_theme_has_the_threshold_of_its_best_f1() -> None:
    # 0.7 and 0.6 are true, 0.5 and 0.1 not: every threshold over 0.5 up to 0.6 is perfect, and so
    # is it for all themes together, whose lowest best point is 0.51.
    chances = np.array([[0.7], [0.6], [0.5], [0.1]])
    themes = np.array([[True], [True], [False], [False]])
    assert _thresholds(chances, themes, 0.0).tolist() == [0.51]


def test_a_rare_theme_is_drawn_towards_the_pooled_threshold() -> None:
    # Pooled, giving the two false answers at 0.6 as well (F1 82 / 84) costs nothing that a higher
    # threshold would not win: every point over 0.6 up to 0.9 is perfect, the first is 0.61. The
    # common theme is perfect from 0.31 on, so it stays at 0.61 of its own accord.
    common = np.r_[np.full(40, 0.9), np.full(40, 0.3)]
    rare = np.r_[0.9, 0.6, 0.6, np.full(77, 0.1)]
    themes = np.c_[np.arange(80) < 40, np.arange(80) < 1]
    assert _thresholds(np.c_[common, rare], themes, 20.0).tolist() == [0.61, 0.61]
    # Now the rare theme is true at 0.4 and false nowhere: its best points end at 0.4, while the
    # common one has 40 false answers at 0.5, so that pooled the best point is 0.51. One true entry
    # against a prior of 20 moves the rare threshold a 21st of the way from 0.51 to 0.4.
    common[40:], rare[:3] = 0.5, [0.4, 0.1, 0.1]
    found = _thresholds(np.c_[common, rare], themes, 20.0)
    assert found[0] == pytest.approx(0.51)
    assert found[1] == pytest.approx((1 * 0.4 + 20 * 0.51) / 21, abs=1e-4)


def test_of_equal_points_the_one_nearest_the_pooled_threshold_is_taken() -> None:
    scores = np.zeros(91)
    scores[[0, 20, 60]] = 1.0  # 0.05, 0.25, 0.65
    assert [_nearest_best(scores, pooled) for pooled in (0.1, 0.3, 0.9)] == [0.05, 0.25, 0.65]


def test_nothing_to_calibrate_leaves_the_neutral_figures() -> None:
    no_scores, unknown = np.zeros((2, 0)), np.array([-1, -1])
    found = calibrate(no_scores, unknown, np.zeros((0, 2)), np.zeros((0, 2), bool), RECIPE)
    assert (found.temperature, found.set_floor) == (1.0, 0.0)
    assert (found.theme_slope, found.theme_offset) == (1.0, 0.0)
    assert found.thresholds.tolist() == [0.0, 0.0]


def test_entries_without_a_category_do_not_calibrate_categories() -> None:
    scores, gold = simulated(500, 0.5)
    with_strangers = np.r_[scores, np.full((100, 5), 9.0)], np.r_[gold, np.full(100, -1)]
    alone = calibrate(scores, gold, NO_THEMES, NO_FLAGS, RECIPE)
    both = calibrate(*with_strangers, NO_THEMES, NO_FLAGS, RECIPE)
    assert (alone.temperature, alone.set_floor) == (both.temperature, both.set_floor)
