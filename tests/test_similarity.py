from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themetag.learning.corpus import read_corpus
from themetag.similarity import (
    NEAR_DUPLICATE,
    SAME_PROJECT,
    Neighbour,
    Pair,
    nearest,
    shared_phrase,
    similar_pairs,
)


def test_copies_of_a_text_are_wholly_alike_whatever_their_case_and_marks():
    assert similar_pairs(["New flats", "Weekly bins", "NEW FLATS!"]) == [Pair(0, 2, 1.0)]


def test_texts_that_share_no_word_are_no_pair():
    assert similar_pairs(["new flats", "weekly bins"], least=0.000001) == []


def test_a_text_without_a_word_is_like_none_not_even_another_such():
    assert similar_pairs(["", "…", "", "new flats"], least=0.000001) == []


def test_no_texts_make_no_pairs():
    assert similar_pairs([]) == []
    assert nearest([], ["new flats"]) == []
    assert nearest(["new flats"], []) == [[]]


def test_the_likeness_of_two_texts_is_the_cosine_that_one_works_out_by_hand():
    # "new" stands in both texts, "flats" and "bins" and the two pairs of words in one each:
    # idf 1 and 1 + ln(3/2) = 1.405465, so the cosine is 1 / (1 + 2 * 1.405465 ** 2) = 0.201993.
    assert similar_pairs(["new flats", "new bins"], least=0.1) == [Pair(0, 1, 0.201993)]


def test_pairs_fall_in_likeness_and_equals_keep_their_order():
    texts = ["new flats", "new bins", "new flats for rent", "old books", "old books"]

    pairs = similar_pairs(texts, least=0.01)

    assert [pair[:2] for pair in pairs] == [(3, 4), (0, 2), (0, 1), (1, 2)]


def test_a_text_pasted_many_times_is_paired_with_its_first_place_alone():
    pairs = similar_pairs(["test entry"] * 3000 + ["test entry two"], least=0.2)

    assert pairs[:2999] == [Pair(0, i, 1.0) for i in range(1, 3000)]
    assert [pair[:2] for pair in pairs[2999:]] == [(0, 3000)]


def test_a_stock_phrase_in_very_many_texts_makes_none_of_them_alike():
    texts = [f"please describe your entry word{i}" for i in range(1100)]

    assert similar_pairs(texts, least=0.01) == []


def test_the_nearest_texts_of_another_list_come_first_and_strangers_not_at_all():
    known = ["weekly bins", "flats for rent", "new flats", "books"]

    assert nearest(["new flats", "poetry"], known, n=3) == [
        [Neighbour(2, 1.0), Neighbour(1, pytest.approx(0.16, abs=0.03))],
        [],
    ]


def test_what_is_shared_is_the_longest_run_of_words():
    one, other = "A New Start: homes for all in Hull", "New start; home, homes for all of us"

    assert shared_phrase(one, other) == "homes for all"
    assert shared_phrase(one, "books") == ""


@given(st.lists(st.text(alphabet="ab ", max_size=12), max_size=8))
def test_any_texts_give_pairs_in_order_and_within_bounds(texts: list[str]) -> None:
    for first, second, similarity in similar_pairs(texts, least=0.001):
        assert first < second < len(texts)
        assert 0.001 <= similarity <= 1


def test_the_two_limits_part_the_real_entries_as_their_comments_say():
    entries = read_corpus(Path(__file__).parent.parent / "training").real
    pairs = similar_pairs([row.entry.text for row in entries], least=0.1)

    of_one_project = [entries[pair.first].group == entries[pair.second].group for pair in pairs]
    alike = [pair.similarity for pair in pairs]
    apart = [x for x, same in zip(alike, of_one_project, strict=True) if not same]
    assert sum(of_one_project) == 11 - 2  # a copy is no pair with two others like its original
    assert max(apart) < 0.12 < SAME_PROJECT < 0.18
    assert all(x > SAME_PROJECT for x, same in zip(alike, of_one_project, strict=True) if same)
    assert NEAR_DUPLICATE == 0.4
