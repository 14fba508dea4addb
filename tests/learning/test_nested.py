from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from learning.corpora import RECIPE, labelled, separable
from numpy.testing import assert_allclose

from themetag.entry import Entry
from themetag.learning.corpus import Corpus
from themetag.learning.fit import fit
from themetag.learning.folds import calibrated
from themetag.learning.nested import Fold, answered, nested_folds
from themetag.learning.prepared import Prepared
from themetag.learning.recipe import Recipe


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return Prepared.of(separable(), RECIPE)


@pytest.fixture(scope="module")
def folds(prepared: Prepared) -> list[Fold]:
    return nested_folds([prepared], 5)


def test_every_real_entry_is_unseen_by_one_model(prepared: Prepared, folds: list[Fold]) -> None:
    unseen = np.concatenate([fold.unseen for fold in folds])
    assert sorted(unseen.tolist()) == list(range(36))
    assert len(folds) == RECIPE.n_folds


def test_a_model_is_fitted_on_all_but_its_unseen_entries(
    prepared: Prepared, folds: list[Fold]
) -> None:
    for fold in folds:
        training = np.setdiff1d(np.arange(36), fold.unseen)
        weighing, model = fit(prepared, training)
        assert fold.tagger.vocabulary.terms == weighing.vocabulary.terms
        assert fold.tagger.model.weights.tolist() == model.weights.tolist()


def test_what_the_unseen_entries_say_changes_nothing_of_their_model(
    prepared: Prepared, folds: list[Fold]
) -> None:
    """Vocabulary, weights, calibration and thresholds stay, whatever the unseen entries are."""
    for fold in folds[:1]:
        rows = list(prepared.corpus.entries)
        for i in fold.unseen.tolist():
            shifted = rows[i].entry.body.replace("the", "unheard of")
            rows[i] = replace(rows[i], entry=Entry(rows[i].entry.id, "", f"{shifted} twice over"))
        other = Prepared.of(replace(prepared.corpus, entries=tuple(rows)), RECIPE)
        again = nested_folds([other], 5)[0]
        assert again.unseen.tolist() == fold.unseen.tolist()
        assert again.tagger.vocabulary.terms == fold.tagger.vocabulary.terms
        assert again.tagger.model.weights.tolist() == fold.tagger.model.weights.tolist()
        assert again.tagger.calibration.temperature == fold.tagger.calibration.temperature
        thresholds = [f.tagger.calibration.thresholds.tolist() for f in (again, fold)]
        assert thresholds[0] == thresholds[1]


def test_a_model_is_calibrated_on_inner_folds_of_the_others(
    prepared: Prepared, folds: list[Fold]
) -> None:
    outer = np.isin(np.arange(36), folds[1].unseen)
    inner = prepared.folds(5 + 1, ~outer)
    scores = np.full((36, 7), np.nan)
    for k in range(3):
        weighing, model = fit(prepared, np.flatnonzero(~outer & (inner != k)))
        scores[inner == k] = weighing.matrix[inner == k] @ model.weights.astype(float)
        scores[inner == k] += model.intercepts
    expected = calibrated(prepared, scores, ~outer)
    assert folds[1].tagger.calibration.temperature == pytest.approx(expected.temperature)
    assert folds[1].tagger.calibration.doubt == pytest.approx(expected.doubt)
    assert_allclose(folds[1].tagger.calibration.thresholds, expected.thresholds)


def test_the_recipe_that_does_best_inside_is_chosen(prepared: Prepared) -> None:
    useless = Prepared.of(prepared.corpus, replace(RECIPE, category_penalty=1e6, theme_penalty=1e6))
    assert {fold.choice for fold in nested_folds([useless, prepared], 5)} == {1}
    assert {fold.choice for fold in nested_folds([prepared, useless], 5)} == {0}


def test_entries_that_may_not_train_are_measured_all_the_same(prepared: Prepared) -> None:
    trains = np.arange(36) % 2 == 0
    found = nested_folds([prepared], 5, trains)
    _, model = fit(prepared, np.setdiff1d(np.flatnonzero(trains), found[0].unseen))
    assert found[0].tagger.model.weights.tolist() == model.weights.tolist()
    assert len(answered(prepared, found).category) == 36


def test_answers_are_those_of_the_tagger_in_the_order_of_the_corpus(
    prepared: Prepared, folds: list[Fold]
) -> None:
    answers, ids = answered(prepared, folds), prepared.corpus.codebook.theme_ids
    for fold in folds:
        for i in fold.unseen.tolist():
            told = fold.tagger.tag(prepared.corpus.entries[i].entry)
            given = {ids[j] for j in np.flatnonzero(answers.given[i])}
            assert given == {theme.label for theme in told.themes}
            assert round(answers.chances[i].max(), 4) == told.categories[0].probability
    assert answers.category.tolist() == prepared.targets.category.tolist()


def test_an_entry_may_be_asked_in_other_words(prepared: Prepared, folds: list[Fold]) -> None:
    silent = answered(prepared, folds, lambda entry: Entry(entry.id, "", ""))
    assert silent.silent.all() and not silent.in_set.any() and not silent.given.any()
    assert not answered(prepared, folds).silent.any()


def test_invented_entries_of_an_unseen_group_do_not_train() -> None:
    corpus = separable(18)
    twin = labelled("tenants flats", "Housing", [], id="twin", group="entry 1", kind="invented")
    whole: Corpus = replace(corpus, entries=(*corpus.entries, twin))
    prepared = Prepared.of(whole, Recipe(n_folds=3, fields=RECIPE.fields))
    holder = next(fold for fold in nested_folds([prepared], 0) if 0 in fold.unseen)
    training = np.setdiff1d(np.arange(18), holder.unseen)
    assert holder.tagger.model.weights.tolist() == fit(prepared, training)[1].weights.tolist()
