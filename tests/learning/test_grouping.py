from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from learning.corpora import RECIPE, corpus_of, labelled

from themetag.errors import LearningError
from themetag.learning.grouping import deal_folds, group_entries, near_identical
from themetag.learning.prepared import Prepared

LONG = "forty libraries stayed open late as warm places to read and to talk all winter"


def test_entries_of_one_project_are_one_group() -> None:
    assert group_entries(["bins", "homes", "roads"], ["a", "b", "a"]).tolist() == [0, 1, 0]


def test_a_revised_copy_is_of_the_group_of_its_original() -> None:
    revised = LONG.replace("forty", "fifty")  # 11 of 14 runs of three words are left, of 13 each
    assert group_entries([LONG, "bins", revised], ["a", "b", "c"]).tolist() == [0, 1, 0]


def test_likeness_is_the_share_of_runs_of_three_words() -> None:
    # "a b c d" and "b c d e" have 2 runs each and share one: 1 of 3, under a half.
    found = near_identical(["a b c d e f", "a b c d e g", "b c d e", "d e f g"])
    # Rows 0 and 1 share 3 of 5; row 2 has 2 runs, both in row 0 (2 of 4) and row 1 (2 of 4).
    expected = [[1, 0.6, 0.5, 0], [0.6, 1, 0.5, 0], [0.5, 0.5, 1, 0], [0, 0, 0, 0]]
    off_diagonal = ~np.eye(4, dtype=bool)
    np.testing.assert_allclose(found.toarray()[off_diagonal], np.array(expected)[off_diagonal])


def test_links_join_groups_through_a_third_entry() -> None:
    # 0 and 1 are one project; 1 and 2 are copies: all three belong together.
    assert group_entries(["x", LONG, LONG, "y"], ["p", "p", "q", "r"]).tolist() == [0, 0, 0, 1]


def test_many_copies_of_one_text_are_one_group() -> None:
    # More copies than a stock phrase may have: runs of words alone do not find them.
    texts = [LONG] * 60 + [f"number {i} of its kind stands alone here" for i in range(40)]
    groups = group_entries(texts, [str(i) for i in range(100)])
    assert set(groups[:60].tolist()) == {0}


def test_texts_that_share_a_stock_phrase_alone_are_not_copies() -> None:
    texts = [f"our council is proud to enter this {i}{i} {i}x {i}y {i}z {i}v" for i in range(9)]
    assert len(set(group_entries(texts, [str(i) for i in range(9)]).tolist())) == 9


def test_no_entries_have_no_groups() -> None:
    assert group_entries([], []).tolist() == []


def test_texts_without_a_word_are_copies_of_nothing_else() -> None:
    assert group_entries(["bins", "?!", "homes"], ["a", "b", "c"]).tolist() == [0, 1, 2]


TEXTS = st.sampled_from([LONG, LONG.upper(), LONG + " again", "bins bins", "rent", "!", "new keys"])
ROWS = st.lists(
    st.tuples(TEXTS, st.sampled_from("abcdefg"), st.frozensets(st.sampled_from("xyz"))),
    min_size=2,
    max_size=30,
)


@given(ROWS, st.integers(2, 5), st.integers(0, 3))
def test_no_project_and_no_copy_ever_straddles_a_fold(
    rows: list[tuple[str, str, frozenset[str]]], n_folds: int, seed: int
) -> None:
    texts, projects, labels = zip(*rows, strict=True)
    groups = group_entries(texts, projects)
    folds = deal_folds(groups, labels, n_folds, seed)
    for i in range(len(rows)):
        for j in range(i):
            alike = texts[i].casefold() == texts[j].casefold() or projects[i] == projects[j]
            assert not alike or folds[i] == folds[j]
    assert set(folds.tolist()) <= set(range(n_folds))


@given(st.integers(4, 40), st.integers(2, 4))
def test_every_label_is_spread_over_all_folds_as_evenly_as_can_be(n: int, n_folds: int) -> None:
    labels = [frozenset("ab"[i % 2]) for i in range(n)]
    folds = deal_folds(np.arange(n), labels, n_folds, 0)
    for label in "ab":
        held = np.bincount(folds[[label in row for row in labels]], minlength=n_folds)
        assert held.max() - held.min() <= 1


def test_a_rare_label_is_dealt_before_a_common_one() -> None:
    labels = [frozenset(["common"])] * 8 + [frozenset(["common", "rare"])] * 2
    folds = deal_folds(np.arange(10), labels, 2, 0)
    assert folds[8] != folds[9]


def test_dealing_again_gives_the_same_folds_and_another_seed_other_ones() -> None:
    labels = [frozenset("abc"[i % 3]) for i in range(30)]
    first, again, other = (deal_folds(np.arange(30), labels, 3, seed) for seed in (1, 1, 2))
    assert first.tolist() == again.tolist() != other.tolist()


def test_one_group_alone_cannot_be_split() -> None:
    rows = [labelled(f"bins {i}", "ab"[i], id=str(i), group="one") for i in range(2)]
    with pytest.raises(LearningError, match=r"made.csv: all entries belong to one group"):
        Prepared.of(corpus_of(rows), RECIPE).folds(0)


def test_there_are_no_more_folds_than_groups() -> None:
    rows = [labelled(f"bins {i}", "ab"[i % 2], id=str(i), group="pq"[i % 2]) for i in range(8)]
    prepared = Prepared.of(corpus_of(rows), RECIPE)
    assert prepared.n_folds == 2
    assert set(prepared.folds(0).tolist()) == {0, 1}


def test_a_training_part_leaves_out_helpers_that_tell_an_unseen_entry_again() -> None:
    rows = [
        labelled("bins", "a", id="1", group="p"),
        labelled("rent", "b", id="2", group="q"),
        labelled("bins retold", "a", id="3", group="p", kind="restated"),
    ]
    prepared = Prepared.of(corpus_of(rows), RECIPE)
    assert prepared.training_part(np.array([0])).tolist() == [1]
    assert prepared.training_part(np.array([1])).tolist() == [0, 2]
