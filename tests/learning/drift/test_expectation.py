from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from themetag.codebook import Codebook
from themetag.learning.drift.expectation import expectation
from themetag.learning.drift.unseen import Unseen
from themetag.learning.outoffold import KeptAnswers

HALF = np.array([0.5])
BOOK = Codebook.of_names(["first", "second"], ["theme"])


def new(
    chances: Sequence[Sequence[float]],
    theme_chances: Sequence[float],
    *,
    declined: Sequence[int] = (),
    unfair: Sequence[int] = (),
) -> Unseen:
    n = len(theme_chances)
    themes = np.array(theme_chances).reshape(n, -1)
    silent, unknown = (np.isin(np.arange(n), rows) for rows in (declined, unfair))
    return Unseen(np.array(chances).reshape(n, -1), themes, themes >= 0.5, silent, ~unknown)


def kept(
    *rows: tuple[int, float, bool, float, bool], group: Sequence[int] | None = None
) -> KeptAnswers:
    """A row an entry: its fold, what is promised and true of category and of theme."""
    fold, first, is_first, theme, has_theme = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    names = tuple(str(i) for i in range(len(rows)))
    return KeptAnswers(
        names,
        names,
        fold,
        None if group is None else np.array(group),
        tuple("first" if flag else "second" for flag in is_first),
        tuple(("theme",) if flag else () for flag in has_theme),
        np.column_stack([first, 1 - first]),
        theme[:, None],
        None,
    )


CORPUS = kept((0, 0.9, True, 0.9, True), (0, 0.7, True, 0.6, False),
              (1, 0.8, True, 0.8, True), (1, 0.6, False, 0.3, False))  # fmt: skip


def test_what_is_expected_is_the_mean_of_the_probabilities() -> None:
    found = expectation(new([[0.7, 0.3], [0.4, 0.6]], [0.9, 0.1]), CORPUS, BOOK, HALF)
    assert found.category["top1"].value == pytest.approx(0.65)
    assert found.category["top3"].value == pytest.approx(1.0)
    assert found.themes["precision"].value == pytest.approx(0.9)
    # Of 1 theme given and 1 theme to be expected in all, 0.9 is right.
    assert found.themes["micro_f1"].value == pytest.approx(2 * 0.9 / (1 + 1.0))
    assert found.confidence_new == (0.7, 0.6)
    assert found.confidence_known == (0.9, 0.7, 0.8, 0.6)
    assert found.category["top1"].n == 2


def test_the_band_holds_the_error_of_every_fold() -> None:
    # Promised 0.8 and was 1.0 in the first fold, promised 0.7 and was 0.5 in the second.
    figure = expectation(new([[0.7, 0.3]] * 50, [0.9] * 50), CORPUS, BOOK, HALF).category["top1"]
    assert figure.low <= 0.7 - 0.2 + 1e-9
    assert figure.high >= 0.7 + 0.2 - 1e-9


def test_a_table_of_few_entries_has_a_wider_band() -> None:
    few, many = (
        expectation(new([[0.6, 0.4]] * n, [0.9] * n), CORPUS, BOOK, HALF).category["top1"]
        for n in (2, 500)
    )
    assert few.high - few.low > many.high - many.low
    assert 0 <= few.low <= many.low <= 0.6 <= many.high <= few.high <= 1


def test_answers_that_cannot_be_counted_on_are_not_counted() -> None:
    chances = [[0.7, 0.3], [0.9, 0.1], [1.0, 0.0]]
    found = expectation(new(chances, [0.9] * 3, declined=[1], unfair=[2]), CORPUS, BOOK, HALF)
    assert (found.category["top1"].value, found.category["top1"].n) == (0.7, 1)


def test_nothing_is_expected_where_nothing_counts() -> None:
    found = expectation(new([[0.7, 0.3]], [0.9], declined=[0]), CORPUS, BOOK, HALF)
    assert (found.category, found.themes, found.confidence_new) == ({}, {}, ())


def test_no_precision_is_expected_where_no_theme_is_given() -> None:
    found = expectation(new([[0.7, 0.3]], [0.1]), CORPUS, BOOK, HALF)
    assert list(found.themes) == ["micro_f1"]
    assert found.themes["micro_f1"].value == 0.0


def test_entries_of_one_project_are_drawn_together() -> None:
    # Ten projects of ten entries, promised 0.5 each: five are right throughout, five wrong.
    rows = [(0, 0.5, i < 50, 0.9, True) for i in range(100)]
    table = new([[0.5, 0.5]] * 100, [0.9] * 100)
    alone, together = (
        expectation(table, kept(*rows, group=group), BOOK, HALF).category["top1"]
        for group in (None, [i // 10 for i in range(100)])
    )
    # Two standard errors of 100 entries are 0.1, of ten projects 0.32.
    assert 0.08 < alone.high - 0.5 < 0.12
    assert 0.22 < together.high - 0.5 < 0.42
