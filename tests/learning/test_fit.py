from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from learning.corpora import RECIPE, corpus_of, labelled, separable
from scipy import sparse

import themetag
from themetag.artifact import rounded
from themetag.learning.corpus import Corpus
from themetag.learning.features import Weighing
from themetag.learning.fit import balanced, fit, score, score_unseen
from themetag.learning.lexicon import Cue
from themetag.learning.prepared import Prepared, Targets
from themetag.learning.recipe import Recipe
from themetag.linear import LinearModel


def fitted(
    corpus: Corpus, recipe: Recipe = RECIPE, training: list[int] | None = None
) -> tuple[Weighing, LinearModel, Targets]:
    prepared = Prepared.of(corpus, recipe)
    rows = np.arange(len(corpus.entries)) if training is None else np.array(training)
    return *fit(prepared, rows), prepared.targets


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


def test_every_category_weighs_the_same_in_sum_and_an_entry_one_on_average() -> None:
    # Of four entries two categories have half each, 2: the lone entry 2, the three others 2 / 3.
    found = balanced(np.array([0, 1, 1, 1]), np.ones(4))
    np.testing.assert_allclose(found, [2, 2 / 3, 2 / 3, 2 / 3])


def test_weights_of_kinds_stay_in_proportion_within_a_category() -> None:
    # 3 + 1 of the first category become 1.5 + 0.5; 1 + 1 of the second become 1 + 1.
    found = balanced(np.array([0, 0, 1, 1]), np.array([3.0, 1.0, 1.0, 1.0]))
    np.testing.assert_allclose(found, [1.5, 0.5, 1.0, 1.0])


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


def test_themes_are_the_ridge_regression_of_their_labels() -> None:
    corpus = separable(categories=False)
    weighing, model, targets = fitted(corpus, replace(RECIPE, theme_penalty=0.5))
    texts = weighing.matrix.toarray()
    labels = np.where(targets.themes, 1.0, -1.0)
    # The normal equations of centred texts and labels.
    centred = texts - texts.mean(axis=0)
    weights = np.linalg.solve(
        centred.T @ centred + 0.5 * np.eye(texts.shape[1]), centred.T @ labels
    )
    np.testing.assert_allclose(model.weights, weights, atol=0.001)
    expected = labels.mean(axis=0) - texts.mean(axis=0) @ weights
    np.testing.assert_allclose(model.intercepts, expected, atol=0.001)


def test_scores_of_all_categories_add_up_to_the_same_in_every_text() -> None:
    # Each entry is +1 once and -1 twice, and the fit is linear in that.
    weighing, model, _ = fitted(separable(themes=False))
    sums = score(weighing, model, np.arange(36)).sum(axis=1)
    np.testing.assert_allclose(sums, -1.0, atol=0.001)


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
    # Nor could it: the others add up to more than -1 each, and it is -1 everywhere.
    assert model.intercepts[2] == pytest.approx(-1.0)
    assert (scores[:, :2].mean(axis=1) > -0.5).all()


def test_a_theme_absent_from_the_training_part_is_scored_as_far_from_given() -> None:
    rows = [labelled(f"bins {i}", None, ["green"] * (i == 3) + ["cash"] * (i < 2), id=str(i))
            for i in range(4)]  # fmt: skip
    weighing, model, _ = fitted(corpus_of(rows), training=[0, 1, 2])
    assert score(weighing, model, np.array([3]))[0, 1] == pytest.approx(-1.0)


def test_a_theme_of_every_training_entry_is_always_given() -> None:
    rows = [labelled(f"bins {i}", None, ["green"], id=str(i)) for i in range(4)]
    weighing, model, _ = fitted(corpus_of(rows))
    np.testing.assert_allclose(score(weighing, model, np.arange(4)), [[1.0]] * 4)


def test_half_precision_moves_no_score_of_the_corpus_by_a_thousandth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corpus, rows = separable(60), np.arange(60)
    kept = score(*fitted(corpus)[:2], rows)
    monkeypatch.setattr("themetag.learning.fit.rounded", lambda weights: weights)
    exact = score(*fitted(corpus)[:2], rows)
    assert 0 < np.abs(kept - exact).max() < 0.001


def test_rounding_large_weights_moves_scores_by_less_than_their_share() -> None:
    # Half precision keeps 11 binary digits: at most one part in 2,048 of each weight.
    rng = np.random.default_rng(0)
    weights = rng.normal(scale=5.0, size=1000)
    assert (np.abs(rounded(weights) - weights) <= np.abs(weights) / 2048 + 1e-7).all()


def test_parts_are_scored_by_models_that_have_not_seen_them() -> None:
    corpus = separable(12, themes=False)
    prepared = Prepared.of(corpus, RECIPE)
    parts = [(np.arange(6, 12), np.arange(6)), (np.arange(6), np.arange(6, 12))]
    found = score_unseen(prepared, parts)
    for (training, unseen), scores in zip(parts, found, strict=True):
        weighing, model = fit(prepared, training)
        assert scores.tolist() == score(weighing, model, unseen).tolist()


def test_scores_are_products_of_texts_and_weights_plus_intercepts() -> None:
    corpus = separable(6, themes=False)
    weighing, model, _ = fitted(corpus)
    assert sparse.issparse(weighing.matrix)
    by_hand = weighing.matrix.toarray()[[4, 1]] @ model.weights + model.intercepts
    np.testing.assert_allclose(score(weighing, model, np.array([4, 1])), by_hand)


def test_an_invented_entry_is_taken_for_what_a_blind_reader_took_it_for() -> None:
    rows = [
        labelled("bins", "Waste", id="1", kind="invented"),
        labelled("rent", "Housing", id="2", kind="restated"),
        labelled("keys", None, id="3", kind="invented"),
        labelled("tips", "Waste", id="4", kind="invented"),
    ]
    readings = {"1": {"Housing": 0.3, "Waste": 0.5}, "2": {"Waste": 1.0}, "3": {"Waste": 1.0}}
    corpus = replace(corpus_of(rows), readings=readings)
    wholly = Targets.of(corpus, replace(RECIPE, reader_share=1.0)).category_share
    # What is restated really was entered there; what has no category is fitted to none.
    np.testing.assert_allclose(wholly, [[0.3, 0.5], [1, 0], [0, 0], [0, 1]])
    half = Targets.of(corpus, replace(RECIPE, reader_share=0.5)).category_share
    np.testing.assert_allclose(half[0], [0.15, 0.75])
    assert Targets.of(corpus, RECIPE).category_share[0].tolist() == [0, 1]


def with_cues(corpus: Corpus, *cues: tuple[str, str, str, float]) -> Corpus:
    made = tuple(Cue(task, label, term, "one expert", weight) for task, label, term, weight in cues)
    return replace(corpus, cues=made)


def test_cues_add_to_what_was_learnt_as_far_as_the_recipe_says() -> None:
    corpus, recipe = separable(12), replace(RECIPE, category_cues=0.25, theme_cues=0.5)
    said = with_cues(corpus, ("category", "Waste", "council", 2), ("theme", "green", "every", -3))
    rows = np.arange(12)
    plain, moved = (score(*fitted(c, recipe)[:2], rows) for c in (corpus, said))
    added = moved - plain
    waste, green = 2, 3 + sorted({"green", "housing", "waste", "libraries"}).index("green")
    assert added[:, waste].std() == pytest.approx(0.25, rel=0.01)
    assert added[:, green].std() == pytest.approx(0.5, rel=0.01)
    # They shift nobody on average, and only the entries that have the words differ from the rest.
    np.testing.assert_allclose(added.mean(axis=0), 0, atol=0.001)
    has_word = np.array(["council" in row.entry.text.split() for row in corpus.entries])
    assert added[has_word, waste].min() > added[~has_word, waste].max()
    others = [i for i in range(added.shape[1]) if i not in (waste, green)]
    np.testing.assert_allclose(added[:, others], 0, atol=1e-6)


def test_a_cue_is_known_though_no_entry_has_it() -> None:
    said = with_cues(separable(12), ("category", "Waste", "landfill site", 1))
    vocabulary = fitted(said)[0].vocabulary
    assert "landfill site" in vocabulary.terms[0]


def test_a_cue_that_no_real_entry_has_moves_nothing() -> None:
    corpus, recipe = separable(12), replace(RECIPE, category_cues=0.25)
    said = with_cues(corpus, ("category", "Waste", "landfill", 1))
    weighing, model, _ = fitted(said, recipe)
    row = weighing.vocabulary.terms[0].index("landfill")
    assert not model.weights[row].any()


def test_a_set_that_counts_nothing_teaches_themes_and_no_category() -> None:
    corpus = separable(12)
    extra = [
        labelled("zebra", "Waste", ["green"], id="x1-001", kind="invented"),
        labelled("zebra", "Waste", ["green"], id="x1-002", kind="invented"),
    ]
    whole = replace(corpus, entries=(*corpus.entries, *extra))
    weighing, model, targets = fitted(whole, replace(RECIPE, category_weights={"x1": 0.0}))
    row = weighing.vocabulary.terms[0].index("zebra")
    green = 3 + corpus.codebook.theme_ids.index("green")
    assert not model.weights[row, :3].any()
    assert model.weights[row, green] > 0
    assert targets.category_weights.tolist() == [1.0] * 12 + [0.0] * 2


FULL = """
import resource, sys
import numpy as np
sys.path.insert(0, {tests!r})
from learning.corpora import corpus_of, labelled
from themetag.learning.fit import score_unseen
from themetag.learning.prepared import Prepared
from themetag.learning.recipe import Recipe
from themetag.linear import Field

rng = np.random.default_rng(0)
texts = [" ".join(map("w{{}}".format, rng.integers(10**4, size=600))) for _ in range(300)]
rows = [labelled(text, "ab"[i % 2], id=str(i)) for i, text in enumerate(texts)]
prepared = Prepared.of(corpus_of(rows), Recipe(fields=(Field("word", "words", 1, 1, 1.0),)))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
half = np.arange(150)
print([scores.shape for scores in score_unseen(prepared, [(half, half + 150)])])
"""


def test_what_is_sent_to_worker_processes_needs_no_room_on_a_disk() -> None:
    """Large arrays went through temporary files, and a full disk ended in a traceback."""
    script = FULL.format(tests=str(Path(__file__).parent.parent))
    done = subprocess.run(
        [sys.executable, "-B", "-c", script], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(Path(themetag.__file__).parent.parent)}, timeout=120,
    )  # fmt: skip
    assert done.stdout == "[(150, 2)]\n", done.stderr
