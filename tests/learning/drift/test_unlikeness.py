from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import Ridge

from themetag.learning.corpus import read_corpus
from themetag.learning.drift.sides import ALARM, Lots
from themetag.learning.drift.unlikeness import areas, centred_inverse, held_out, unlikeness
from themetag.learning.grouping import group_entries

ROOT = Path(__file__).resolve().parents[3]


def made_of(words: str, n: int, seed: int) -> list[str]:
    draws = np.random.default_rng(seed)
    return [" ".join(draws.choice(words.split(), 12)) for _ in range(n)]


PLAIN = "council residents homes parks roads schools carers budget online partner plan vote"


def test_what_is_held_out_equals_a_fit_without_its_fold() -> None:
    lots = Lots.draw(8, 22)
    matrix = sparse.csr_matrix(np.random.default_rng(0).random((30, 9)))
    scores = held_out(centred_inverse(matrix), lots)
    for column in (0, 1, 500):
        for fold in range(8):
            own, rest = lots.folds == fold, lots.folds != fold
            refit = Ridge(alpha=1.0).fit(matrix.toarray()[rest], lots.labels[rest, column])
            expected = refit.predict(matrix.toarray()[own])
            np.testing.assert_allclose(scores[own, column], expected, atol=1e-9)


def test_the_area_counts_pairs_in_order_and_half_the_ties() -> None:
    # New 2 and 1 beside known 1 and 0: in order three times, once a tie, of four pairs.
    scores = np.array([[2.0], [1.0], [1.0], [0.0]])
    assert areas(scores, np.array([[1.0], [1.0], [0.0], [0.0]])).tolist() == [0.875]


def test_entries_of_another_kind_raise_an_alarm_and_name_their_words() -> None:
    german = {"und", "der", "die", "das", "rat", "stadt"}
    texts = made_of(" ".join(sorted(german)), 10, 1) + made_of(PLAIN, 40, 2)
    found = unlikeness(texts, Lots.draw(10, 40))
    assert found.is_alarm
    assert (found.auc, found.p) == (1.0, 0.001)
    assert found.by_chance < 0.8
    assert {word.word for word in found.words_new} == german
    assert all(word.n_known == 0 for word in found.words_new)
    assert all(word.n_new == 0 for word in found.words_known)


def test_entries_of_the_same_kind_raise_none_and_name_no_words() -> None:
    texts = made_of(PLAIN, 50, 3)
    found = unlikeness(texts, Lots.draw(10, 40))
    assert not found.is_alarm
    assert (found.words_new, found.words_known) == ((), ())


def test_a_year_is_told_by_more_than_its_number() -> None:
    texts = [f"{text} 2025" for text in made_of(PLAIN, 10, 4)]
    texts += [f"{text} 2022" for text in made_of(PLAIN, 40, 5)]
    assert not unlikeness(texts, Lots.draw(10, 40)).is_alarm


def test_the_same_texts_give_the_same_figures() -> None:
    texts = made_of(PLAIN, 50, 6)
    assert unlikeness(texts, Lots.draw(10, 40)) == unlikeness(texts, Lots.draw(10, 40))


def test_forty_entries_of_one_year_beside_the_rest_cry_wolf_no_more_often_than_stated() -> None:
    rows = [row for row in read_corpus(ROOT / "training").real if row.place.count("2022.csv")]
    texts = [row.entry.text for row in rows]
    groups = group_entries(texts, [row.group for row in rows])
    texts = [texts[i] for i in np.unique(groups, return_index=True)[1]]
    draws = np.random.default_rng(0)
    lots = Lots.draw(40, len(texts) - 40)
    n_draws = 20
    alarms = sum(
        unlikeness([texts[i] for i in draws.permutation(len(texts))], lots).is_alarm
        for _ in range(n_draws)
    )
    # One is due at one in twenty; more than four would come about once in 400 times.
    assert ALARM == 0.05
    assert alarms <= 4
