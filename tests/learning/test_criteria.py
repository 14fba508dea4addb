from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from learning.corpora import RECIPE, corpus_of, labelled, separable

from themetag import artifact
from themetag.codebook import Codebook
from themetag.labels import Label
from themetag.learning.corpus import Corpus
from themetag.learning.criteria import criteria_texts, levelled
from themetag.learning.evaluate import evaluate_recipe
from themetag.learning.prepared import Prepared
from themetag.learning.train import train

ALLOTMENTS = Label(
    "allotments",
    "Allotments",
    definition="Plots that residents dig and plant.",
    includes="Sheds, seeds and orchards.",
    excludes="Parks that the council mows.",
    tie_break="Who holds the spade?",
    example="Sixty gardeners planted pears.",
)
DIGGING = "gardeners dig plots and plant an orchard with pears and seeds beside their sheds"


def with_category(corpus: Corpus, label: Label = ALLOTMENTS, n: int = 0) -> Corpus:
    """Add a category to a codebook, and some entries of it."""
    rows = tuple(labelled(f"{DIGGING} no{i}", label.name, [], id=f"new{i}") for i in range(n))
    book = replace(corpus.codebook, categories=(*corpus.codebook.categories, label))
    return replace(corpus, codebook=book, entries=(*corpus.entries, *rows))


def test_criteria_become_texts_under_the_label_name_but_for_what_is_said_of_others() -> None:
    assert [(entry.id, entry.title, entry.body) for entry in criteria_texts(ALLOTMENTS)] == [
        ("criteria of allotments: definition", "Allotments", "Plots that residents dig and plant."),
        ("criteria of allotments: includes", "Allotments", "Sheds, seeds and orchards."),
        ("criteria of allotments: example", "Allotments", "Sixty gardeners planted pears."),
    ]


def test_a_category_of_too_few_entries_stays_by_its_criteria() -> None:
    corpus, lines = with_category(separable(), n=1).without_rare(2)
    assert corpus.criteria_only == ("Allotments",)
    assert corpus.codebook.category_names == ("Housing", "Libraries", "Waste", "Allotments")
    assert [(row.category, row.kind, row.themes) for row in corpus.entries[36:]] == [
        ("Allotments", "real", frozenset()),
        *[("Allotments", "criteria", None)] * 3,
    ]
    assert lines == [
        "category 'Allotments' ranked by its criteria alone: 1 of the 2 entries it needs"
    ]


def test_criteria_teach_beside_a_few_entries() -> None:
    corpus, lines = with_category(separable(), n=2).without_rare(2)
    assert (corpus.criteria_only, lines) == ((), [])
    assert [row.kind for row in corpus.entries[36:]] == ["real"] * 2 + ["criteria"] * 3


def test_a_category_of_ten_entries_is_learnt_from_them_alone() -> None:
    corpus, lines = with_category(separable(), n=10).without_rare(2)
    assert (corpus.criteria_only, lines) == ((), [])
    assert {row.kind for row in corpus.entries} == {"real"}


def test_criteria_teach_as_long_as_entries_are_too_few_however_many_that_is() -> None:
    corpus, _ = with_category(separable(), n=11).without_rare(12)
    assert corpus.criteria_only == ("Allotments",)
    assert len(corpus.entries) == 36 + 11 + 3


def test_a_category_without_a_definition_is_left_out_as_before() -> None:
    corpus, lines = with_category(separable(), Label("a", "Allotments"), n=1).without_rare(2)
    assert corpus.criteria_only == ()
    assert "Allotments" not in corpus.codebook.category_names
    assert lines == ["category 'Allotments' left out: 1 of the 2 entries it needs"]


def test_criteria_are_no_texts_of_the_length_that_a_model_is_used_to() -> None:
    rows = [labelled(f"{'bins ' * 60}no{i}", label, id=str(i))
            for i, label in enumerate(["Waste", "Waste", "Housing", "Housing"])]  # fmt: skip
    corpus, _ = with_category(corpus_of(rows)).without_rare(2)
    assert [row.kind for row in corpus.entries] == ["real"] * 4 + ["criteria"] * 3
    prepared = Prepared.of(replace(corpus, entries=corpus.entries[2:]), RECIPE)
    # Of entries of 61 words and criteria of a few: the median of all five would be under 40.
    assert prepared.lengths(np.arange(5)).usual == 61


def test_criteria_rank_nothing_beside_a_single_category() -> None:
    lone = corpus_of([labelled(f"bins {i}", "Waste", ["bins"], id=str(i)) for i in range(4)])
    corpus, lines = with_category(lone).without_rare(2)
    assert (corpus.codebook.category_names, corpus.criteria_only) == ((), ())
    assert lines == [
        "category 'Allotments' left out: 0 of the 2 entries it needs",
        "category 'Waste' left out: it is the only one, so nothing to choose",
    ]


def test_a_theme_of_the_same_name_is_still_left_out() -> None:
    corpus = with_category(separable())
    themes = (*corpus.codebook.themes, Label("Allotments", "Allotments"))
    _, lines = replace(corpus, codebook=replace(corpus.codebook, themes=themes)).without_rare(2)
    assert lines == [
        "theme 'Allotments' left out: 0 of the 2 entries it needs",
        "category 'Allotments' ranked by its criteria alone: 0 of the 2 entries it needs",
    ]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "m"
    _, lines = train(with_category(separable()), RECIPE, folder)
    assert lines == [
        "category 'Allotments' ranked by its criteria alone: 0 of the 2 entries it needs"
    ]
    return folder


def test_what_reads_like_the_criteria_comes_first_and_is_marked(model: Path) -> None:
    answer = artifact.load(model).tag(DIGGING).as_json()
    assert answer["category"] == "Allotments"
    marked = [row["label"] for row in answer["categories"] if row.get("criteria_only")]
    assert marked == ["Allotments"]
    assert [set(row) for row in answer["categories"]] == [
        {"label", "probability", "criteria_only"},
        *[{"label", "probability"}] * 3,
    ]


def test_what_reads_like_another_category_still_does(model: Path) -> None:
    tagger = artifact.load(model)
    right = [tagger.tag(row.entry).category == row.category for row in separable().entries]
    assert all(right)


def test_the_manifest_and_the_card_say_which_categories_have_no_entries(model: Path) -> None:
    manifest = artifact.read_manifest(model)
    assert manifest["criteria_only"] == ["Allotments"]
    assert manifest["corpus"]["entries"] == {"real": 36, "criteria": 3}
    card = (model / artifact.CARD).read_text(encoding="utf-8")
    assert "category 'Allotments' ranked by its criteria alone" in card
    assert json.loads((model / artifact.CODEBOOK).read_bytes())["category"][3]["id"] == "allotments"


def test_the_mark_goes_when_entries_come(tmp_path: Path) -> None:
    train(with_category(separable(), n=2), RECIPE, tmp_path / "m")
    answer = artifact.load(tmp_path / "m").tag(DIGGING).as_json()
    assert answer["category"] == "Allotments"
    assert not any("criteria_only" in row for row in answer["categories"])


def test_a_report_names_the_categories_without_entries_and_counts_them() -> None:
    corpus, _ = with_category(separable()).without_rare(2)
    report = evaluate_recipe(corpus, RECIPE)
    assert report.notes == ("ranked by their criteria alone: Allotments",)
    assert report.n == 36
    counts = {row.label: (row.n, row.tp, row.fp) for row in report.labels}
    assert counts["Allotments"] == (0, 0.0, 0.0)


# Two known categories and a new one; the entries are two of the first, two of the second and, at
# the end, two of the new one. Over those not theirs the known ones score 1 and 3, and 2 and 6, the
# new ones' included: means 2 and 4, deviations 1 and 2. The new one scores 10, 10, 14 and 14: mean
# 12, deviation 2. To have mean 3 and deviation 1.5 it is stretched by 0.75.
SCORES = np.array(
    [[9, 2, 10], [9, 6, 10], [1, 9, 14], [3, 9, 14], [1, 2, 99], [3, 6, -50]], dtype=float
)
CATEGORY = np.array([0, 0, 1, 1, 2, 2])


@pytest.mark.parametrize("n", [4, 6])
def test_scores_of_a_new_category_get_the_level_of_the_others(n: int) -> None:
    weights, intercepts = np.array([[1.0, 1.0, 4.0]]), np.array([0.0, 0.0, 8.0])
    found, starts = levelled(weights, intercepts, SCORES[:n], CATEGORY[:n], [2])
    np.testing.assert_allclose(found, [[1.0, 1.0, 3.0]])
    np.testing.assert_allclose(starts, [0.0, 0.0, 3.0 + 0.75 * (8.0 - 12.0)])


@pytest.mark.parametrize(
    ("scores", "category", "by_criteria"),
    [
        ([[1, 5], [3, 7], [9, 9]], [1, 1, 1], [1]),  # all entries are of the new category
        ([[1, 5], [3, 5], [9, 5]], [0, 0, 1], [1]),  # it scores all of them alike
        ([[1, 5], [3, 7], [9, 9]], [0, 0, 0], [1]),  # none is of another than the known one
    ],
)
def test_levels_stay_where_the_entries_do_not_tell_them(
    scores: list[list[float]], category: list[int], by_criteria: list[int]
) -> None:
    found = levelled(
        np.ones((1, 2)), np.zeros(2), np.array(scores, float), np.array(category), by_criteria
    )
    assert [part.tolist() for part in found] == [[[1.0, 1.0]], [0.0, 0.0]]


def test_a_codebook_without_definitions_changes_nothing() -> None:
    corpus = separable()
    assert corpus.without_rare(2)[0].digest() == corpus.digest()
    assert isinstance(corpus.codebook, Codebook)
