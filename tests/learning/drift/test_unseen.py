from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from learning.corpora import RECIPE, labelled, separable

from themetag import artifact
from themetag.entry import Entry
from themetag.learning.drift.unseen import OutOfFold, Unseen, read_unseen
from themetag.learning.train import train

INVENTED = "invented bins and litter for a test"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "2026.1"
    corpus = separable(24)
    made = labelled(INVENTED, "Waste", ["waste"], id="made", kind="invented")
    train(replace(corpus, entries=(*corpus.entries, made)), RECIPE, folder)
    return folder


def ask(model: Path, *texts: str) -> tuple[OutOfFold, Unseen]:
    tagger = artifact.load(model)
    kept = OutOfFold.of(model, tagger.codebook)
    entries = [Entry(str(i), "", text) for i, text in enumerate(texts)]
    return kept, read_unseen(tagger, model, kept, entries)


def test_the_kept_answers_are_arrays_in_codebook_order(model: Path) -> None:
    tagger = artifact.load(model)
    kept = OutOfFold.of(model, tagger.codebook)
    first = separable(24).entries[0]
    names, ids = tagger.codebook.category_names, tagger.codebook.theme_ids
    assert kept.chances.shape == kept.category.shape == (24, 3)
    assert kept.theme_chances.shape == kept.themes.shape == (24, len(ids))
    assert kept.category[0].tolist() == [float(name == first.category) for name in names]
    assert kept.themes[0].tolist() == [float(id in (first.themes or ())) for id in ids]


def test_an_entry_of_the_corpus_is_answered_by_a_fit_without_it(model: Path) -> None:
    kept, said = ask(model, separable(24).entries[5].entry.text.upper())
    np.testing.assert_array_equal(said.chances[0], kept.chances[5])
    np.testing.assert_array_equal(said.theme_chances[0], kept.theme_chances[5])
    assert said.fair.tolist() == [True]


def test_a_text_learnt_from_without_such_a_fit_does_not_count(model: Path) -> None:
    _, said = ask(model, INVENTED, "rent and keys for tenants")
    assert said.fair.tolist() == [False, True]
    assert said.counted.tolist() == [False, True]


def test_a_new_text_gets_the_answer_of_the_model(model: Path) -> None:
    _, said = ask(model, "tenants pay rent for homes with damp and boiler repairs")
    answer = artifact.load(model).tag("tenants pay rent for homes with damp and boiler repairs")
    assert round(float(said.chances[0].max()), 4) == answer.categories[0].probability
    assert not said.declined[0]


def test_a_declined_entry_gets_no_theme(model: Path) -> None:
    _, said = ask(model, "zzz qqq", "tenants pay rent for homes with damp and boiler repairs")
    assert said.declined.tolist() == [True, False]
    assert said.without_theme.tolist() == [True, False]
    assert said.counted.tolist() == [False, True]
