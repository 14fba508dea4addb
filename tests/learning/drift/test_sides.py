from __future__ import annotations

import numpy as np
import pytest
from learning.corpora import corpus_of, labelled

from themetag.entry import Entry
from themetag.errors import LearningError
from themetag.learning.corpus import Corpus
from themetag.learning.drift.sides import MOST, N_LOTS, Lots, chance_of, set_beside


def text(i: int) -> str:
    """Six words that no other text has."""
    return " ".join(f"{name}{i}" for name in ("aba", "bcb", "cdc", "ded", "efe", "fgf"))


def new(*numbers: int) -> list[Entry]:
    return [Entry(f"n{i}", "", text(i)) for i in numbers]


def corpus(*numbers: int, kind: str = "real", group: str = "") -> Corpus:
    return corpus_of([labelled(text(i), id=f"k{i}", kind=kind, group=group) for i in numbers])  # type: ignore[arg-type]


def test_near_copies_within_the_table_count_once_and_are_counted() -> None:
    entries = [*new(1, 2, 3, 4, 5), Entry("copy", "", text(3).upper() + ".")]
    sides = set_beside(entries, corpus(*range(20, 30)))
    assert [entry.id for entry in sides.new] == ["n1", "n2", "n3", "n4", "n5"]
    assert (sides.n_repeated, sides.n_known_already) == (1, 0)
    assert len(sides.known) == 10


def test_what_stands_in_the_corpus_already_is_left_out_there() -> None:
    sides = set_beside(new(1, 2, 3, 4, 5), corpus(*range(4, 16)))
    assert len(sides.new) == 5
    assert sides.n_known_already == 2
    assert [entry.id for entry in sides.known] == [f"k{i}" for i in range(6, 16)]
    assert sides.texts == [text(i) for i in (*range(1, 6), *range(6, 16))]


def test_entries_of_one_project_count_once() -> None:
    rows = [*corpus(*range(20, 30)).entries, *corpus(40, 41, group="hub").entries]
    assert len(set_beside(new(1, 2, 3, 4, 5), corpus_of(rows)).known) == 11


def test_only_real_entries_are_set_beside() -> None:
    rows = [*corpus(*range(20, 30)).entries, *corpus(40, 41, kind="invented").entries]
    assert len(set_beside(new(1, 2, 3, 4, 5), corpus_of(rows)).known) == 10


def test_too_few_new_entries_are_one_line() -> None:
    with pytest.raises(LearningError) as caught:
        set_beside([*new(1, 2, 3, 4), Entry("copy", "", text(3))], corpus(*range(20, 30)))
    assert str(caught.value) == "too few different entries to be compared: 4 where it takes 5"


def test_a_table_that_is_the_corpus_is_one_line() -> None:
    with pytest.raises(LearningError) as caught:
        set_beside(new(*range(20, 30)), corpus(*range(20, 30)))
    assert str(caught.value) == (
        "made.csv: holds 0 real entries that are not in the table too; it takes 10. "
        "Name a corpus of earlier years with --corpus"
    )


def test_very_many_known_entries_are_thinned_the_same_way_every_time() -> None:
    many = corpus(*range(100, 100 + MOST + 5))
    sides = set_beside(new(1, 2, 3, 4, 5), many)
    assert len(sides.known) == MOST
    assert sides == set_beside(new(1, 2, 3, 4, 5), many)


def test_every_lot_has_as_many_new_entries_in_every_fold_as_there_are() -> None:
    lots = Lots.draw(12, 30)
    assert lots.labels.shape == (42, 1 + N_LOTS)
    assert lots.labels[:, 0].tolist() == [1.0] * 12 + [0.0] * 30
    for fold in range(10):
        own = lots.labels[lots.folds == fold].sum(axis=0)
        assert own[0] >= 1
        assert (own == own[0]).all()


def test_lots_differ_from_one_another_and_are_the_same_every_time() -> None:
    lots = Lots.draw(12, 30)
    assert len(np.unique(lots.labels, axis=1).T) > N_LOTS - 5
    np.testing.assert_array_equal(lots.labels, Lots.draw(12, 30).labels)


def test_a_p_value_counts_the_truth_among_the_lots() -> None:
    assert chance_of(np.array([3.0, 1.0, 2.0, 1.0])) == 0.25
