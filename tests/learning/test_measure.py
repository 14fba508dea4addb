from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from learning.corpora import answers

from themetag.learning.answers import Answers, answer
from themetag.learning.measure import (
    CATEGORY_MEASURES,
    LENIENT_MEASURES,
    THEME_MEASURES,
    Figure,
    LabelCount,
    coded_only,
    differences,
    ece_of_the_calibrated,
    entered_only,
    label_counts,
    measured,
)
from themetag.probability import Calibration


def figure(name: str, *repeats: Answers) -> Figure:
    return measured(repeats, CATEGORY_MEASURES)[name]


# True categories 0, 1, 2, 0; ranked first 0, 0, 2, 1; the second entry's true one comes third.
RANKED = answers(
    [0, 1, 2, 0],
    [[0.7, 0.2, 0.1], [0.5, 0.2, 0.3], [0.1, 0.3, 0.6], [0.4, 0.5, 0.1]],
    in_set=[[1, 0, 0], [1, 0, 1], [0, 1, 1], [1, 1, 0]],
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("top1", 2 / 4),
        ("top3", 1.0),
        # F1 of 0: one hit, two true, two given: 2/4. Of 1: none. Of 2: 1. Their mean:
        ("macro_f1", (0.5 + 0 + 1) / 3),
        ("log_loss", -np.log(0.7 * 0.2 * 0.6 * 0.4) / 4),
        ("coverage", 3 / 4),
        ("set_size", 7 / 4),
    ],
)
def test_category_figures_by_hand(name: str, expected: float) -> None:
    found = figure(name, RANKED)
    assert found.value == pytest.approx(expected)
    assert found.n == 4


def test_top_three_leaves_out_the_fourth() -> None:
    ranked = answers([3, 2], [[0.4, 0.3, 0.2, 0.1], [0.4, 0.3, 0.2, 0.1]])
    assert figure("top3", ranked).value == 0.5


def test_equal_probabilities_are_ranked_in_codebook_order() -> None:
    assert figure("top1", answers([0, 1], [[0.5, 0.5], [0.5, 0.5]])).value == 0.5


def test_a_category_of_no_probability_costs_a_great_but_finite_loss() -> None:
    assert figure("log_loss", answers([1], [[1.0, 0.0]])).value == pytest.approx(-np.log(1e-15))


def test_calibration_error_is_the_mean_gap_of_ten_bins_of_equal_mass() -> None:
    # Twenty entries, two a bin by rising confidence 0.50, 0.52 … 0.88; the first eight are wrong.
    confidence = 0.5 + 0.02 * np.arange(20)
    ranked = answers([1] * 8 + [0] * 12, np.c_[confidence, 1 - confidence].tolist())
    # Four bins of wrong answers are off by their mean confidence, the six others by what it lacks.
    pairs = confidence.reshape(10, 2).mean(axis=1)
    expected = np.r_[pairs[:4], 1 - pairs[4:]].mean()
    assert figure("ece", ranked).value == pytest.approx(expected)


def test_a_bin_that_is_right_as_often_as_it_says_has_no_gap() -> None:
    # Fifty entries at 0.6 in ten bins of five. In each, the first two are wrong and three right:
    # 60 % right, as was said.
    ranked = answers([1, 1, 0, 0, 0] * 10, [[0.6, 0.4]] * 50)
    assert figure("ece", ranked).value == pytest.approx(0.0)


# Three entries, themes a b c. True: ab, -, c. Given: a, b, ac.
CODED = answers(
    themes=[[1, 1, 0], [0, 0, 0], [0, 0, 1]],
    given=[[1, 0, 0], [0, 1, 0], [1, 0, 1]],
    plausible=[[1, 1, 0], [0, 1, 0], [0, 0, 1]],
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("precision", 2 / 4),
        ("recall", 2 / 3),
        ("micro_f1", 2 * 2 / (4 + 3)),
        # a: one hit, one true, two given: 2/3. b: none. c: 1.
        ("macro_f1", (2 / 3 + 0 + 1) / 3),
        # b of the second entry is plausible and given: 3 of 4 right.
        ("lenient_precision", 3 / 4),
        # Recall stays strict: 2 * (3/4) * (2/3) / (3/4 + 2/3).
        ("lenient_micro_f1", 12 / 17),
    ],
)
def test_theme_figures_by_hand(name: str, expected: float) -> None:
    measures = THEME_MEASURES | LENIENT_MEASURES
    assert measured([CODED], measures)[name].value == pytest.approx(expected)


def test_a_label_that_is_given_but_never_true_counts_against_the_macro_f1() -> None:
    right = answers([0, 0], [[0.9, 0.1], [0.9, 0.1]])
    wrong = answers([0, 0], [[0.9, 0.1], [0.1, 0.9]])
    assert figure("macro_f1", right).value == 1.0  # the second category is nowhere
    assert figure("macro_f1", wrong).value == pytest.approx((2 / 3 + 0) / 2)


def test_nothing_given_has_no_precision_and_no_recall_but_nought() -> None:
    silent = answers(themes=[[1], [0]], given=[[0], [0]])
    found = measured([silent], THEME_MEASURES)
    assert found["precision"] == Figure(None, None, None, 2)
    assert found["recall"] == Figure(0.0, 0.0, 0.0, 2)
    assert str(found["precision"]) == "– (n = 2)"


@pytest.mark.parametrize("given", [[[0], [0]], [[0], [1]]])
def test_a_model_that_finds_no_theme_has_a_micro_f1_of_nought(given: list[list[int]]) -> None:
    """Undefined, it looked no worse than any other."""
    found = measured([answers(themes=[[1], [0]], given=given, plausible=[[1], [0]])],
                     THEME_MEASURES | LENIENT_MEASURES)  # fmt: skip
    assert (found["micro_f1"].value, found["lenient_micro_f1"].value) == (0.0, 0.0)


def test_no_true_theme_has_no_recall() -> None:
    found = measured([answers(themes=[[0], [0]], given=[[1], [0]])], THEME_MEASURES)
    assert found["recall"].value is None
    assert found["precision"].value == 0.0


def test_an_interval_holds_the_figure_and_what_it_was_drawn_from() -> None:
    held = 0
    for seed in range(60):
        right = np.random.default_rng(seed).random(150) < 0.7
        ranked = answers([0] * 150, [[0.9, 0.1] if hit else [0.1, 0.9] for hit in right])
        found = figure("top1", ranked)
        assert found.low is not None and found.high is not None and found.value is not None
        assert found.low <= found.value <= found.high
        held += found.low <= 0.7 <= found.high
    assert 53 <= held <= 60  # 57 of 60 are 95 %; under 53 or an interval too wide is not chance
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.sqrt(0.7 * 0.3 / 150), rel=0.2)


def test_intervals_resample_whole_groups() -> None:
    ranked = answers([0] * 40, [[0.9, 0.1]] * 20 + [[0.1, 0.9]] * 20)
    alone = figure("top1", ranked)
    in_two = figure("top1", replace(ranked, group=np.repeat([0, 1], 20)))
    assert alone.value == in_two.value == 0.5
    assert (in_two.low, in_two.high) == (0.0, 1.0)
    assert alone.low is not None and alone.low > 0.3


def test_intervals_are_the_same_every_time() -> None:
    assert figure("top1", RANKED) == figure("top1", RANKED)


def test_figures_of_repeats_are_averaged() -> None:
    better = answers([0, 1], [[0.9, 0.1], [0.1, 0.9]])
    worse = answers([0, 1], [[0.9, 0.1], [0.9, 0.1]])
    assert figure("top1", better, worse).value == pytest.approx((1.0 + 0.5) / 2)


def test_counts_of_every_label_stand_in_codebook_order() -> None:
    assert label_counts([RANKED], ["a", "b", "c"], []) == (
        LabelCount("category", "a", 2, 1.0, 1.0, 1.0),
        LabelCount("category", "b", 1, 0.0, 1.0, 1.0),
        LabelCount("category", "c", 1, 1.0, 0.0, 0.0),
    )
    assert label_counts([CODED], [], ["x", "y", "z"]) == (
        LabelCount("theme", "x", 1, 1.0, 1.0, 0.0),
        LabelCount("theme", "y", 1, 0.0, 1.0, 1.0),
        LabelCount("theme", "z", 1, 1.0, 0.0, 0.0),
    )


def test_counts_of_repeats_are_averaged() -> None:
    other = replace(CODED, given=CODED.themes)
    x = label_counts([CODED, other], [], ["x", "y", "z"])[0]
    assert (x.n, x.tp, x.fp, x.fn) == (1, 1.0, 0.5, 0.0)


def test_rates_of_a_label_are_undefined_without_a_case() -> None:
    nothing = LabelCount("theme", "x", 0, 0.0, 0.0, 0.0)
    assert (nothing.precision, nothing.recall) == (None, None)
    some = LabelCount("theme", "x", 4, 3.0, 1.0, 1.0)
    assert (some.precision, some.recall) == (0.75, 0.75)


def test_entries_without_a_known_label_are_left_out_of_its_figures() -> None:
    mixed = replace(RANKED, category=np.array([0, -1, 2, -1]))
    assert entered_only([mixed])[0].category.tolist() == [0, 2]
    half = replace(CODED, coded=np.array([True, False, True]))
    assert coded_only([half])[0].themes.tolist() == [[True, True, False], [False, False, True]]


def test_the_first_category_is_in_its_set_even_under_the_floor() -> None:
    calibration = Calibration(1.0, 0.9, 1.0, 0.0, np.array([0.5, 0.5]))
    chances, in_set, given, theme_chances = answer(
        calibration, np.log([[0.6, 0.3, 0.1]]), np.array([[0.0, -1e-9]])
    )
    np.testing.assert_allclose(chances, [[0.6, 0.3, 0.1]])
    assert in_set.tolist() == [[True, False, False]]
    assert given.tolist() == [[True, False]]
    np.testing.assert_allclose(theme_chances, [[0.5, 0.5]])


def test_the_interval_of_the_calibration_error_holds_its_value() -> None:
    """Resampling repeats entries, which makes the gaps of the bins larger than they are."""
    rng = np.random.default_rng(3)
    chances = rng.dirichlet([1, 1, 1], 200)
    category = [int(rng.choice(3, p=row)) for row in chances]
    figure = measured([answers(category, chances.tolist())], CATEGORY_MEASURES)["ece"]

    assert figure.low <= figure.value <= figure.high


def test_a_difference_is_measured_on_the_same_entries_and_resamples() -> None:
    # Ours is right on the first three of four, theirs on the first two: a quarter ahead.
    ours = answers([0, 0, 0, 0], [[0.9, 0.1]] * 3 + [[0.1, 0.9]])
    theirs = answers([0, 0, 0, 0], [[0.9, 0.1]] * 2 + [[0.1, 0.9]] * 2)
    found = differences([ours], [theirs], {"top1": CATEGORY_MEASURES["top1"]})["top1"]
    assert found.value == pytest.approx(0.25)
    assert found.low == 0.0  # a resample without the third entry sees no difference
    assert found.high == pytest.approx(0.75)
    back = differences([theirs], [ours], {"top1": CATEGORY_MEASURES["top1"]})["top1"]
    assert (back.value, back.high) == (pytest.approx(-0.25), 0.0)


def test_what_both_have_in_common_adds_no_uncertainty_to_a_difference() -> None:
    both = answers([0, 1, 0, 1], [[0.9, 0.1]] * 4)
    found = differences([both], [both], CATEGORY_MEASURES)
    assert {(f.value, f.low, f.high) for f in found.values()} == {(0.0, 0.0, 0.0)}


def test_a_model_that_is_always_sure_and_calibrated_has_no_calibration_error() -> None:
    assert ece_of_the_calibrated([answers([0] * 20, [[1.0, 0.0]] * 20)]) == 0.0


def test_the_error_of_the_calibrated_is_what_chance_makes_of_so_few() -> None:
    # One bin of ten entries at 0.5: |right - 5| / 10 with right drawn from 10 coins. At most 7
    # right or 3 wrong has a chance of 0.89, at most 8 or 2 one of 0.98: so 0.3 at 95 in 100.
    tied = [answers([0] * 100, [[0.5, 0.5]] * 100)]
    found = ece_of_the_calibrated(tied)
    # Ten such bins: their mean gap is 0.123 with a deviation of 0.031.
    assert found == pytest.approx(0.123 + 1.64 * 0.031, abs=0.02)
