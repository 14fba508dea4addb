from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from themetag.learning.drift.newwords import log_odds, new_words, surprises
from themetag.learning.drift.sides import Lots

N_NEW, N_KNOWN = 10, 30
LOTS = Lots.draw(N_NEW, N_KNOWN)


def texts(*added: tuple[str, int, int]) -> list[str]:
    """Ten new and thirty known texts; each added word stands in so many of either."""
    lines = [f"{own(i)} residents parks" for i in range(N_NEW + N_KNOWN)]
    for word, n_new, n_known in added:
        for i in (*range(n_new), *range(N_NEW, N_NEW + n_known)):
            lines[i] += f" {own(i)}{word[0]} {word} {own(i)}{word[0]}"
    return lines


def with_noise(lines: list[str], n_words: int) -> list[str]:
    """Add words of three texts each, of which lots put some into new ones alone."""
    draws = np.random.default_rng(4)
    noisy = list(lines)
    for i in range(n_words):
        # One of the three is a known text, so that none of these is new.
        for row in (draws.integers(N_NEW, len(lines)), *draws.choice(len(lines), 2, False)):
            noisy[row] += f" {own(i)}s {own(row)}"
    return noisy


def own(i: int) -> str:
    """A word of one text alone; figures in it would be read as noughts."""
    return "xyz" + chr(97 + i // 26) + chr(97 + i % 26)


def test_an_unseen_word_is_listed_with_its_counts() -> None:
    (found,) = new_words(texts(("drones", 6, 0)), LOTS)
    assert (found.word, found.n_new, found.n_known) == ("drones", 6, 0)
    assert found.rows == (0, 1, 2, 3, 4, 5)
    assert found.p <= 0.05
    # A prior of ten entries, of which 10 * (6 + 0.5) / (40 + 1) have the word.
    prior = 65 / 41
    expected = np.log((6 + prior) / (14 - prior)) - np.log(prior / (40 - prior))
    assert found.log_odds == pytest.approx(expected)


def test_a_word_of_two_entries_is_not_listed() -> None:
    assert new_words(texts(("drones", 2, 0)), LOTS) == ()


def test_a_word_said_often_in_one_entry_counts_once() -> None:
    lines = texts()
    lines[0] += " drones" * 40
    assert new_words(lines, LOTS) == ()


def test_a_word_as_common_as_before_is_not_listed() -> None:
    assert new_words(texts(("drones", 5, 15)), LOTS) == ()


def test_a_rarer_word_is_listed_only_beyond_chance() -> None:
    assert [word.word for word in new_words(texts(("drones", 9, 3)), LOTS)] == ["drones"]
    assert new_words(texts(("drones", 3, 4)), LOTS) == ()


def test_what_is_beyond_chance_comes_first_then_the_higher_odds() -> None:
    lines = texts(("drones", 3, 0), ("kennels", 9, 1), ("levy", 8, 0))
    found = new_words(with_noise(lines, 20), LOTS)
    assert [word.word for word in found] == ["levy", "kennels", "drones"]
    assert [word.p <= 0.05 for word in found] == [True, True, False]


def test_an_unseen_word_that_chance_would_make_is_not_listed() -> None:
    lines = texts(("drones", 3, 0))
    assert [word.word for word in new_words(lines, LOTS)] == ["drones"]
    assert new_words(with_noise(lines, 500), LOTS) == ()


def test_words_of_grammar_and_numbers_are_not_new() -> None:
    assert new_words(texts(("whereas", 8, 0), ("2031", 8, 0)), LOTS) == ()


def test_a_pair_and_its_words_in_the_same_entries_are_listed_once() -> None:
    found = new_words(texts(("levelling up", 6, 0), ("mayoral levy", 5, 0)), LOTS)
    assert [word.word for word in found] == ["levelling", "mayoral levy"]


def test_no_text_with_a_word_in_three_entries_gives_nothing() -> None:
    assert new_words([own(i) for i in range(N_NEW + N_KNOWN)], LOTS) == ()


def test_surprise_is_the_likelihood_ratio_of_the_table() -> None:
    table = [[7, 3], [4, 26]]
    expected = chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
    found = surprises(np.array([7]), np.array([11]), N_NEW, N_NEW + N_KNOWN)
    np.testing.assert_allclose(found, [expected], atol=1e-8)


def test_surprise_grows_with_the_new_entries_that_have_a_word() -> None:
    for has in (1, 5, 12, 40):
        counts = np.arange(max(has - N_KNOWN, 0), min(has, N_NEW) + 1)
        found = surprises(counts, np.full(len(counts), has), N_NEW, N_NEW + N_KNOWN)
        assert (np.diff(found) > 0).all()
        assert found[0] <= 0 <= found[-1]


def test_the_chance_of_a_word_is_that_of_the_most_surprising_one_of_a_lot() -> None:
    (found,) = new_words(texts(("drones", 3, 0)), LOTS)
    # Beside it stand two words of all texts, so only lots with the same three new are as far.
    as_far = LOTS.labels[:3].sum(axis=0) == 3
    assert found.p == pytest.approx(as_far.mean())


def test_log_odds_of_equal_shares_are_nought() -> None:
    assert log_odds(np.array([5]), np.array([15]), N_NEW, N_KNOWN).tolist() == [0.0]
