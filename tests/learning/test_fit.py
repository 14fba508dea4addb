from __future__ import annotations

from dataclasses import replace

import numpy as np
from learning.corpora import RECIPE, corpus_of, labelled, separable
from scipy import sparse
from sklearn.svm import LinearSVC

from themetag.artifact import rounded
from themetag.learning.corpus import Corpus
from themetag.learning.features import Weighing, count
from themetag.learning.fit import Targets, _balanced, fit, score, score_unseen
from themetag.learning.recipe import Recipe
from themetag.linear import LinearModel


def fitted(
    corpus: Corpus, recipe: Recipe = RECIPE, training: list[int] | None = None
) -> tuple[Weighing, LinearModel, Targets]:
    targets = Targets.of(corpus, recipe)
    rows = np.arange(len(corpus.entries)) if training is None else np.array(training)
    counts = count([row.entry.text for row in corpus.entries], recipe.fields)
    return *fit(counts, targets, rows, recipe, len(corpus.codebook.categories)), targets


def test_targets_are_the_labels_in_codebook_order() -> None:
    rows = [
        labelled("bins", "Waste", ["green"], id="1", plausible=["cash"]),
        labelled("rent", "Housing", None, id="2"),
        labelled("keys", None, ["cash", "green"], id="3", kind="invented"),
    ]
    targets = Targets.of(corpus_of(rows), replace(RECIPE, category_weights={"invented": 0.5}))
    assert targets.category.tolist() == [1, 0, -1]
    assert targets.themes.tolist() == [[False, True], [False, False], [True, True]]
    assert targets.coded.tolist() == [True, False, True]
    assert targets.plausible.tolist() == [[True, True], [False, False], [True, True]]
    assert targets.real.tolist() == [True, True, False]
    assert targets.category_weights.tolist() == [1.0, 1.0, 0.5]


def test_entries_with_and_without_a_label_weigh_the_same_in_sum() -> None:
    # One of four has it: it weighs 4 / (2 * 1) = 2, the others 4 / (2 * 3) each.
    flags = np.array([True, False, False, False])
    np.testing.assert_allclose(_balanced(flags, np.ones(4)), [2, 2 / 3, 2 / 3, 2 / 3])


def test_weights_of_kinds_stay_in_proportion_on_each_side() -> None:
    # 6 in all, 4 with the label: those are scaled by 6 / 8, the other two by 6 / 4.
    flags = np.array([True, True, False, False])
    found = _balanced(flags, np.array([3.0, 1.0, 1.0, 1.0]))
    np.testing.assert_allclose(found, [2.25, 0.75, 1.5, 1.5])


def test_every_label_has_a_column_even_of_two_categories() -> None:
    rows = [labelled(text, category, id=str(i)) for i, (text, category) in enumerate(
        [("bins", "Waste"), ("bins tip", "Waste"), ("rent", "Housing"), ("rent keys", "Housing")]
    )]  # fmt: skip
    weighing, model, targets = fitted(corpus_of(rows))
    assert model.weights.shape == (len(weighing.vocabulary), 2)
    scores = score(weighing, model, np.arange(4))
    assert scores.argmax(axis=1).tolist() == targets.category.tolist()
    np.testing.assert_allclose(scores[:, 0], -scores[:, 1], atol=0.002)


def test_categories_come_first_and_themes_after() -> None:
    corpus = separable()
    weighing, model, targets = fitted(corpus)
    scores = score(weighing, model, np.arange(len(corpus.entries)))
    assert scores.shape == (36, 3 + 4)
    assert (scores[:, :3].argmax(axis=1) == targets.category).all()
    assert ((scores[:, 3:] > 0) == targets.themes).all()


def test_a_column_is_the_support_vector_machine_of_its_label() -> None:
    corpus = separable(themes=False)
    weighing, model, targets = fitted(corpus, replace(RECIPE, category_penalty=0.5))
    machine = LinearSVC(C=0.5, class_weight="balanced", tol=1e-6, max_iter=100_000, random_state=1)
    machine.fit(weighing.matrix, targets.category == 1)
    np.testing.assert_allclose(model.weights[:, 1], machine.coef_[0], atol=0.002)
    np.testing.assert_allclose(model.intercepts[1], machine.intercept_[0], atol=0.002)


def test_themes_learn_from_coded_entries_alone() -> None:
    rows = [
        labelled("bins", None, ["green"], id="1"),
        labelled("rent", None, [], id="2"),
        labelled("bins", "Waste", None, id="3"),  # nobody looked for themes here
        labelled("rent", "Housing", None, id="4"),
    ]
    corpus = corpus_of(rows)
    with_uncoded = fitted(corpus)[1].weights[:, 2]
    alone = fitted(corpus_of(rows[:2]))[1].weights[:, 0]
    assert with_uncoded.tolist() == alone.tolist()


def test_a_label_absent_from_the_training_part_never_wins() -> None:
    corpus = separable(60, themes=False)
    absent = Targets.of(corpus, RECIPE).category == 2
    training = np.flatnonzero(~absent).tolist()
    weighing, model, _ = fitted(corpus, training=training)
    scores = score(weighing, model, np.arange(60))
    assert not model.weights[:, 2].any()
    assert (scores.argmax(axis=1) != 2).all()
    # Not even of a text without a known word.
    assert model.intercepts.argmax() != 2


def test_a_theme_absent_from_the_training_part_is_scored_as_far_from_given() -> None:
    rows = [labelled(f"bins {i}", None, ["green"] * (i == 3) + ["cash"] * (i < 2), id=str(i))
            for i in range(4)]  # fmt: skip
    weighing, model, _ = fitted(corpus_of(rows), training=[0, 1, 2])
    assert score(weighing, model, np.array([3]))[0, 1] == -1.0


def test_a_theme_of_every_training_entry_is_always_given() -> None:
    rows = [labelled(f"bins {i}", None, ["green"], id=str(i)) for i in range(4)]
    weighing, model, _ = fitted(corpus_of(rows))
    assert score(weighing, model, np.arange(4)).tolist() == [[1.0]] * 4


def test_half_precision_moves_no_score_of_the_corpus_by_a_thousandth() -> None:
    corpus = separable(60)
    weighing, model, targets = fitted(corpus)
    machine = LinearSVC(C=1.0, class_weight="balanced", tol=1e-3, random_state=0, max_iter=20_000)
    exact = machine.fit(weighing.matrix, targets.category == 0).coef_[0]
    moved = weighing.matrix @ (rounded(exact) - exact)
    assert np.abs(moved).max() < 0.001
    assert (model.weights == rounded(model.weights.astype(np.float64))).all()


def test_rounding_large_weights_moves_scores_by_less_than_their_share() -> None:
    # Half precision keeps 11 binary digits: at most one part in 2,048 of each weight.
    rng = np.random.default_rng(0)
    weights = rng.normal(scale=5.0, size=1000)
    assert (np.abs(rounded(weights) - weights) <= np.abs(weights) / 2048 + 1e-7).all()


def test_parts_are_scored_by_models_that_have_not_seen_them() -> None:
    corpus = separable(12, themes=False)
    targets = Targets.of(corpus, RECIPE)
    counts = count([row.entry.text for row in corpus.entries], RECIPE.fields)
    parts = [(np.arange(6, 12), np.arange(6)), (np.arange(6), np.arange(6, 12))]
    found = score_unseen(counts, targets, parts, RECIPE, 3)
    for (training, unseen), scores in zip(parts, found, strict=True):
        weighing, model = fit(counts, targets, training, RECIPE, 3)
        assert scores.tolist() == score(weighing, model, unseen).tolist()


def test_scores_are_products_of_texts_and_weights_plus_intercepts() -> None:
    corpus = separable(6, themes=False)
    weighing, model, _ = fitted(corpus)
    assert sparse.issparse(weighing.matrix)
    by_hand = weighing.matrix.toarray()[[4, 1]] @ model.weights + model.intercepts
    np.testing.assert_allclose(score(weighing, model, np.array([4, 1])), by_hand)
