from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from learning.corpora import RECIPE, labelled, sentence, separable, write_table

from themetag.learning.corpus import Corpus
from themetag.learning.drift.as_json import as_json
from themetag.learning.drift.as_page import as_page
from themetag.learning.drift.as_text import as_text
from themetag.learning.drift.found import Drift, find_drift
from themetag.learning.drift.newtable import read_new_table
from themetag.learning.train import train

CORPUS = separable(36)
NAMES = ("Housing", "Waste", "Libraries")
# Of these the model knows no word, so it gives them no theme.
DOGS = [
    "Stray dogs sleep inside heated kennels beside our quay",
    "Kennels took stray dogs nobody wanted",
    "Volunteers walk stray dogs from kennels",
    "Fewer stray dogs reach kennels unchipped",
    "Kennels rehome stray dogs quickly now",
    "Farmers built kennels where stray dogs rest",
]
GERMAN = ("Der Rat baut Wohnungen", "Die Tonnen werden geleert", "Kinder lesen in der Bibliothek",
          "Busse fahren mit Strom", "Pfleger besuchen alte Menschen",
          "Firmen finden hier Räume")  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "2026.1"
    train(CORPUS, RECIPE, folder)
    return folder


def alike(n: int = 18) -> list[str]:
    draws = np.random.default_rng(11)
    return [sentence(NAMES[i % 3], draws) for i in range(n)]


def of(texts: list[str] | tuple[str, ...], model: Path, folder: Path, corpus: Corpus = CORPUS,
       title: str = "") -> Drift:  # fmt: skip
    path = folder / "new.csv"
    rows = [(f"n{i}", title, text) for i, text in enumerate(texts)]
    write_table(path, ("id", "title", "text"), rows)
    return find_drift(read_new_table(path, 100), corpus, model)


def test_entries_of_the_same_kind_raise_no_alarm(model: Path, tmp_path: Path) -> None:
    row = as_json(of(alike(), model, tmp_path))
    assert row["entries"] == {
        "rows": 18, "faulty": 0, "not_drawn": 0, "repeated": 0, "in_corpus": 0, "new": 18,
        "known": 36, "median_words_new": 10, "median_words_known": 10}  # fmt: skip
    assert not row["unlikeness"]["alarm"]
    assert row["unlikeness"]["p"] > 0.05
    assert row["unexplained"]["groups"] == []
    assert row["expected"]["n"] == 18
    assert set(row["expected"]["category"]) == {"top1", "top3"}
    assert set(row["expected"]["themes"]) == {"precision", "micro_f1"}


def test_a_subject_without_a_theme_is_found_with_its_words(model: Path, tmp_path: Path) -> None:
    drift = of([*alike(), *DOGS], model, tmp_path, title="Paws beside Mill Quay")
    assert "stray dogs" in [word.found.word for word in drift.words]
    (group,) = drift.groups
    assert group.ids == ("n18", "n19", "n20", "n21", "n22", "n23")
    assert set(group.words) >= {"stray", "dogs", "kennels"}
    assert group.titles == ("Paws beside Mill Quay",) * 3
    stray = next(word for word in drift.words if word.found.word == "stray dogs")
    assert (stray.is_in_model, stray.n_without_theme, stray.theme) == (False, 6, None)
    text = as_text(drift)
    assert "- 6 entries: " in text
    assert "n18: Paws beside Mill Quay" in text


def test_another_language_is_very_unlike(model: Path, tmp_path: Path) -> None:
    drift = of(GERMAN, model, tmp_path)
    assert drift.unlikeness.auc > 0.9
    text = as_text(drift)
    assert "How unlike: very; a new entry can nearly always be told from a known one" in text
    assert "Entries without an answer, being unlike any submission: " in text


def test_entries_of_the_corpus_itself_are_counted_and_answered_unseen(
    model: Path, tmp_path: Path
) -> None:
    drift = of([row.entry.text for row in CORPUS.entries[:12]], model, tmp_path)
    assert (drift.sides.n_known_already, len(drift.sides.known)) == (12, 24)
    assert drift.said.fair.all()
    assert "entries that stand in the corpus already, left out there: 12" in as_text(drift)


def test_a_model_without_themes_says_so(tmp_path: Path) -> None:
    corpus = separable(36, themes=False)
    train(corpus, RECIPE, tmp_path / "model")
    drift = of(alike(), tmp_path / "model", tmp_path, corpus)
    assert drift.groups == ()
    assert "The model gives no themes." in as_text(drift)
    assert as_json(drift)["unexplained"]["share_known"] is None
    assert b"The model gives no themes." in as_page(drift)


def test_a_model_without_categories_expects_none(tmp_path: Path) -> None:
    corpus = separable(36, categories=False)
    train(corpus, RECIPE, tmp_path / "model")
    drift = of(alike(), tmp_path / "model", tmp_path, corpus)
    assert as_json(drift)["expected"]["category"] == {}
    assert b"How sure the model is" not in as_page(drift)


def test_the_same_input_gives_the_same_bytes(model: Path, tmp_path: Path) -> None:
    one, other = (of([*alike(), *DOGS], model, tmp_path) for _ in range(2))
    assert json.dumps(as_json(one)) == json.dumps(as_json(other))
    assert as_text(one) == as_text(other)
    assert as_page(one) == as_page(other)


def test_what_people_typed_is_escaped_in_the_page(model: Path, tmp_path: Path) -> None:
    title = "<script>alert(1)</script>"
    page = as_page(of([*alike(), *DOGS], model, tmp_path, title=title)).decode()
    assert title not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3


def test_the_page_says_what_the_text_says(model: Path, tmp_path: Path) -> None:
    drift = of([*alike(), *DOGS], model, tmp_path)
    page = as_page(drift).decode()
    for word in ("stray dogs", f"this table {drift.unlikeness.auc:.2f}", "2026.1",
                 "It is blind to a change of year", "category right at the first guess",
                 "6 entries: <bdi>"):  # fmt: skip
        assert word in page, word
    assert page.count('<svg viewBox="0 0 640 230" role="img"') == 2


def test_an_id_that_breaks_lines_does_not_break_the_text(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    rows = [(f"a\n\u202e{i}", "", text) for i, text in enumerate([*alike(), *DOGS])]
    write_table(path, ("id", "title", "text"), rows)
    text = as_text(find_drift(read_new_table(path, 100), CORPUS, model))
    assert "\u202e" not in text
    assert "  a 18: Stray dogs sleep" in text


def test_very_unlike_categories_are_alarmed_by_their_words(model: Path, tmp_path: Path) -> None:
    corpus = Corpus(CORPUS.name, CORPUS.codebook, CORPUS.entries[1::3] + CORPUS.entries[2::3])
    housing = [row.entry.text for row in CORPUS.entries[::3]]
    drift = of(housing, model, tmp_path, corpus)
    assert drift.unlikeness.is_alarm
    assert "tenants" in [word.word for word in drift.unlikeness.words_new]
    assert "Words that speak for new entries (new:known): " in as_text(drift)


def test_a_labelled_row_is_not_needed(model: Path, tmp_path: Path) -> None:
    rows = [labelled(text, id=f"k{i}") for i, text in enumerate(alike(12))]
    corpus = Corpus("plain.csv", CORPUS.codebook, tuple(rows))
    assert len(of(GERMAN, model, tmp_path, corpus).sides.known) == 12


def test_what_is_expected_is_told_with_what_the_model_was_made_of(tmp_path: Path) -> None:
    made = labelled("invented bins and litter", "Waste", ["waste"], id="made", kind="invented")
    corpus = replace(CORPUS, entries=(*CORPUS.entries, made))
    caveat = "no person checked the labels"
    train(corpus, replace(RECIPE, caveats=(caveat,)), tmp_path / "2026.1")
    found = of(alike(), tmp_path / "2026.1", tmp_path)
    trained = "2026.1: 1 invented entries only ever trained; they are not among those measured"
    assert as_json(found)["expected"]["notes"] == [trained, caveat]
    for told in (as_text(found), as_page(found).decode()):
        assert f"{caveat}." in told
