from __future__ import annotations

import math

import numpy as np
import pytest
from builders import calibration
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from themetag.probability import Calibration, logistic, softmax

SCORES = st.floats(-1e6, 1e6)


def test_softmax_of_logarithms_gives_their_shares_back() -> None:
    rows = np.log([[5.0, 3.0, 2.0], [1.0, 1.0, 2.0]])
    assert softmax(rows).tolist() == [
        pytest.approx([0.5, 0.3, 0.2]),
        pytest.approx([0.25, 0.25, 0.5]),
    ]


def test_softmax_of_huge_scores_does_not_overflow() -> None:
    assert softmax(np.array([1e300, -1e300, 0.0])).tolist() == [1.0, 0.0, 0.0]
    assert softmax(np.array([-1e5, -1e5])).tolist() == [0.5, 0.5]


@given(arrays(np.float64, array_shapes(min_dims=1, max_dims=2, max_side=6), elements=SCORES))
def test_softmax_sums_to_one_and_keeps_the_order(scores: np.ndarray) -> None:
    chances = softmax(scores)
    assert np.allclose(chances.sum(axis=-1), 1.0, rtol=0, atol=1e-12)
    best = np.take_along_axis(chances, scores.argmax(axis=-1)[..., None], axis=-1)
    assert (chances <= best).all()


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 0)])
def test_nothing_to_choose_from_gives_no_probability(shape: tuple[int, ...]) -> None:
    assert softmax(np.zeros(shape)).shape == shape
    assert calibration().categories(np.zeros(shape)).shape == shape


def test_logistic_of_log_odds_gives_the_chance_back() -> None:
    odds = np.array([1 / 3, 1.0, 4.0])
    assert logistic(np.log(odds)).tolist() == pytest.approx([0.25, 0.5, 0.8])


def test_logistic_of_huge_scores_does_not_overflow() -> None:
    assert logistic(np.array([-1e300, 1e300])).tolist() == [0.0, 1.0]


@given(st.floats(-700, 700))
def test_logistic_of_a_score_and_of_its_opposite_sum_to_one(score: float) -> None:
    assert logistic(np.array([score, -score])).sum() == pytest.approx(1.0)


def test_categories_are_divided_by_the_temperature() -> None:
    # At half the temperature each share is squared: 9 : 1 of 3 : 1.
    scores = np.log([3.0, 1.0])
    assert calibration(temperature=0.5).categories(scores).tolist() == pytest.approx([0.9, 0.1])


def test_doubt_mixes_in_a_softmax_four_times_as_broad() -> None:
    # 16 : 1 at the temperature is 2 : 1 at four times that: half of 16/17 and half of 2/3.
    fitted = Calibration(1.0, 0.0, 1.0, 0.0, np.zeros(0), doubt=0.5)
    expected = [(16 / 17 + 2 / 3) / 2, (1 / 17 + 1 / 3) / 2]
    assert fitted.categories(np.log([16.0, 1.0])).tolist() == pytest.approx(expected)


def test_themes_are_scaled_and_shifted_each_for_itself() -> None:
    fitted = Calibration(1.0, 0.0, 2.0, math.log(4.0), np.zeros(2))
    # Odds 4 at a score of 0; at ln 1/2, odds 4 times a quarter.
    assert fitted.themes(np.array([0.0, math.log(0.5)])).tolist() == pytest.approx([0.8, 0.5])


def test_thresholds_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        calibration(0.5).thresholds[0] = 0.1
