"""A model that has read texts of another kind declines them, and only such a model does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from learning.corpora import RECIPE, separable

from themetag import artifact
from themetag.entry import Entry
from themetag.learning.corpus import read_corpus
from themetag.learning.evaluate import evaluate_model, evaluate_recipe
from themetag.learning.train import train

RECIPES = [
    "Whisk the eggs with sugar, fold in the flour and bake for an hour in a hot oven.",
    "Melt the butter, add the onions and simmer the soup with salt and pepper.",
    "Knead the dough, let it rise and bake the loaf until the crust is brown.",
    "Grate the cheese over the pasta and bake it in the oven with butter.",
    "Boil the potatoes, mash them with butter and season with salt.",
]
UNSEEN = "Fry the onions in butter.\nAdd flour and salt, then bake the pie in the oven."


@pytest.fixture(scope="module")
def scoped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scope") / "scoped"
    outside = tuple(Entry(f"o{i}", "", text) for i, text in enumerate(RECIPES))
    train(replace(separable(), outside=outside), RECIPE, folder)
    return folder


def test_a_text_of_another_kind_gets_no_answer_and_the_reason(scoped: Path) -> None:
    answer = artifact.load(scoped).tag(UNSEEN)

    assert (answer.category, answer.reason) == (None, "out-of-scope")
    assert (answer.category_set, answer.themes, answer.evidence.terms) == ((), (), ())
    assert len(answer.categories) == 3
    assert len(answer.theme_probabilities) == 4


def test_a_submission_is_answered(scoped: Path) -> None:
    answer = artifact.load(scoped).tag("The crews empty bins.\nRecycling was a success for all.")

    assert (answer.category, answer.reason) == ("Waste", None)


def test_a_bare_title_is_always_answered(scoped: Path) -> None:
    """It has too few words to tell what kind of text it stands over."""
    tagger = artifact.load(scoped)

    assert tagger.tag("Bake onions with butter").reason is None
    assert tagger.tag("Bake onions with butter\n\nAdd flour and salt.").reason == "out-of-scope"


def test_the_answer_is_the_same_one_at_a_time_and_in_bulk(scoped: Path) -> None:
    tagger = artifact.load(scoped)
    entries = [Entry("1", "", UNSEEN), Entry("2", "", "bins and litter and recycling")]

    assert list(tagger.tag_all(entries)) == [tagger.tag(x, with_evidence=False) for x in entries]


def test_without_such_texts_nothing_is_out_of_scope(tmp_path: Path) -> None:
    train(separable(), RECIPE, tmp_path / "plain")
    tagger = artifact.load(tmp_path / "plain")

    assert tagger.calibration.scope_floor is None
    assert tagger.tag(UNSEEN).reason != "out-of-scope"


def test_the_report_says_how_many_entries_were_declined_by_mistake() -> None:
    outside = tuple(Entry(f"o{i}", "", text) for i, text in enumerate(RECIPES))
    corpus = separable()
    rows = tuple(
        replace(row, entry=Entry(row.entry.id, "", f"{row.entry.body}\nand so it was"))
        for row in corpus.entries
    )
    corpus = replace(corpus, entries=rows, outside=outside)
    report = evaluate_recipe(corpus, replace(RECIPE, refused=0.25))

    assert report.notes[-1].endswith("taken for texts of another kind and got no answer")
    share = float(report.notes[-1].split("%")[0])
    assert 10 < share < 45
    assert report.category["coverage"].value <= 1 - share / 100 + 0.001
    assert report.category["top1"].value > report.category["coverage"].value


def test_a_declined_entry_counts_as_not_covered(scoped: Path) -> None:
    row = replace(separable().entries[0], entry=Entry("x", "", UNSEEN))
    report = evaluate_model(scoped, replace(separable(), entries=(row,)))

    assert report.category["coverage"].value == 0.0
    assert report.notes == ("1 entries got no answer, which counts as not covered",)


def test_the_texts_are_read_from_scope_csv_and_are_no_entries() -> None:
    root = Path(__file__).resolve().parents[2]
    corpus = read_corpus(root / "training")

    assert len(corpus.outside) == 240
    assert {row.id for row in corpus.outside} & {row.entry.id for row in corpus.entries} == set()
    assert replace(corpus, outside=()).digest() != corpus.digest()
