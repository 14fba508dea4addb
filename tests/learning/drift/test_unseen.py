from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from learning.corpora import RECIPE, labelled, separable

from themetag import artifact
from themetag.entry import Entry
from themetag.learning.drift.unseen import Unseen, read_unseen
from themetag.learning.outoffold import KeptAnswers
from themetag.learning.train import train

INVENTED = "invented bins and litter for a test"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "2026.1"
    corpus = separable(24)
    made = labelled(INVENTED, "Waste", ["waste"], id="made", kind="invented")
    train(replace(corpus, entries=(*corpus.entries, made)), RECIPE, folder)
    return folder


def ask(model: Path, *texts: str) -> tuple[KeptAnswers, Unseen]:
    tagger = artifact.load(model)
    kept = KeptAnswers.read(model, tagger.codebook)
    entries = [Entry(str(i), "", text) for i, text in enumerate(texts)]
    return kept, read_unseen(tagger, model, kept, entries)


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
