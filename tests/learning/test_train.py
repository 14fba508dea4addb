from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from learning.corpora import RECIPE, corpus_of, labelled, separable, write_corpus

from themetag import artifact
from themetag.errors import InputError, LearningError
from themetag.learning.corpus import LabelColumns, read_corpus
from themetag.learning.train import train

COLUMNS = LabelColumns(text=("text",), category="category", themes="themes")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "2026.1"
    train(separable(), RECIPE, folder)
    return folder


def test_a_model_folder_holds_what_it_should(model: Path) -> None:
    assert list(contents(model)) == [
        "README.md", "codebook.json", "manifest.json", "oof.jsonl", "terms.txt",
        "weights.npz"]  # fmt: skip


def test_the_manifest_says_what_the_model_was_made_of(model: Path) -> None:
    manifest = artifact.read_manifest(model)
    corpus = separable()
    assert manifest["version"] == "2026.1"
    assert manifest["corpus"] == {
        "sha256": corpus.digest(), "entries": {"real": 36}, "groups": 36, "outside": 0}  # fmt: skip
    assert manifest["recipe"] == json.loads(json.dumps(RECIPE.as_mapping()))
    assert manifest["metrics"]["category"]["top1"]["n"] == 36
    assert set(manifest["libraries"]) == {"python", "numpy", "scipy", "scikit-learn"}
    assert manifest["left_out"] == []


def test_the_model_tags_unseen_text(model: Path) -> None:
    answer = artifact.load(model).tag("bins and litter and recycling")
    assert (answer.category, [theme.label for theme in answer.themes]) == ("Waste", ["waste"])


def test_every_text_it_was_fitted_on_is_known_as_seen(model: Path) -> None:
    assert len(artifact.read_seen(model)) == 36


def test_out_of_fold_answers_stand_by_entry(model: Path) -> None:
    rows = artifact.read_out_of_fold(model)
    assert [row["id"] for row in rows] == [str(i + 1) for i in range(36)]
    first = rows[0]
    assert list(first) == [
        "id", "text", "fold", "group", "category", "themes", "category_probabilities",
        "theme_probabilities"]  # fmt: skip
    assert (first["category"], first["themes"]) == ("Housing", ["green", "housing"])
    assert sum(first["category_probabilities"]) == pytest.approx(1.0, abs=0.0002)
    assert len(first["theme_probabilities"]) == 4
    assert {row["fold"] for row in rows} == {0, 1, 2}


def test_out_of_fold_answers_of_a_large_corpus_stay_small(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = artifact.read_out_of_fold(model)
    monkeypatch.setattr("themetag.learning.train._OUT_OF_FOLD_BYTES", 2000)
    train(separable(), RECIPE, tmp_path / "2026.1")
    kept = artifact.read_out_of_fold(tmp_path / "2026.1")
    size = (tmp_path / "2026.1" / "oof.jsonl").stat().st_size
    assert 1500 < size <= 2000
    lowest = sorted(row["text"] for row in everything)[: len(kept)]
    assert kept == [row for row in everything if row["text"] in lowest]


def test_the_card_states_counts_intervals_and_labels_left_out(tmp_path: Path) -> None:
    corpus = separable()
    rows = [*corpus.entries, labelled("odd one out", "Odd", ["odd"], id="odd")]
    report, left_out = train(corpus_of(rows), RECIPE, tmp_path / "m")
    card = (tmp_path / "m" / "README.md").read_text(encoding="utf-8")
    assert left_out == [
        "category 'Odd' left out: 1 of the 2 entries it needs",
        "theme 'odd' left out: 1 of the 2 entries it needs",
    ]
    assert all(f"- {line}" in card for line in left_out)
    assert "| real entries: train and evaluate | 37 |" in card
    top1 = report.category["top1"]
    assert top1.n == 36
    assert f"| category | right first | {top1.value:.2f} | {top1.low:.2f} to" in card
    assert "| Waste | 12 |" in card
    assert "grouped 3-fold cross-validation over 37 " in card


def test_training_again_later_gives_the_same_bytes(tmp_path: Path, model: Path) -> None:
    time.sleep(1.1)  # a clock in a file would count in seconds
    train(separable(), RECIPE, tmp_path / "2026.1")
    assert contents(tmp_path / "2026.1") == contents(model)


def test_the_same_table_from_another_place_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = write_corpus(tmp_path / "table.csv", separable(24))
    (tmp_path / "elsewhere").mkdir()
    train(read_corpus(table, COLUMNS), RECIPE, tmp_path / "a" / "m")
    monkeypatch.chdir(tmp_path / "elsewhere")
    train(read_corpus(Path("../table.csv"), COLUMNS), RECIPE, Path("m"))
    assert contents(tmp_path / "a" / "m") == contents(tmp_path / "elsewhere" / "m")


def test_another_label_gives_another_model(tmp_path: Path, model: Path) -> None:
    corpus = separable()
    rows = (replace(corpus.entries[0], category="Waste"), *corpus.entries[1:])
    train(replace(corpus, entries=rows), RECIPE, tmp_path / "2026.1")
    assert contents(tmp_path / "2026.1")["weights.npz"] != contents(model)["weights.npz"]


@pytest.mark.parametrize(("categories", "themes"), [(True, False), (False, True)])
def test_one_task_alone_is_enough(tmp_path: Path, categories: bool, themes: bool) -> None:
    report, _ = train(separable(categories=categories, themes=themes), RECIPE, tmp_path / "m")
    assert bool(report.category) == categories
    assert bool(report.themes) == themes
    answer = artifact.load(tmp_path / "m").tag("bins and litter and recycling")
    assert answer.category == ("Waste" if categories else None)
    assert [theme.label for theme in answer.themes] == (["waste"] if themes else [])
    assert "| theme |" not in (tmp_path / "m" / "README.md").read_text() or themes


def test_two_labels_of_two_entries_are_enough(tmp_path: Path) -> None:
    rows = [labelled(f"{word} {i}", name, id=f"{name}{i}")
            for name, word in (("a", "bins"), ("b", "rent")) for i in range(2)]  # fmt: skip
    train(corpus_of(rows), RECIPE, tmp_path / "m")
    assert artifact.load(tmp_path / "m").tag("rent").category == "b"


def test_two_hundred_labels_are_not_too_many(tmp_path: Path) -> None:
    rows = [labelled(f"word{i} plain text number{i}x{j}", f"label {i:03}", id=f"{i}-{j}")
            for i in range(200) for j in range(2)]  # fmt: skip
    report, left_out = train(corpus_of(rows), replace(RECIPE, n_folds=2), tmp_path / "m")
    assert left_out == []
    assert report.category["top1"].value is not None and report.category["top1"].value > 0.95
    assert sum(map(len, contents(tmp_path / "m").values())) < 8_000_000
    assert artifact.load(tmp_path / "m").tag("word123").category == "label 123"


def test_labels_of_one_entry_are_learnt_where_asked_for(tmp_path: Path) -> None:
    rows = [*separable().entries, labelled("odd one out", "Odd", [], id="odd")]
    _, left_out = train(corpus_of(rows), RECIPE, tmp_path / "m", min_examples=1)
    assert left_out == []
    assert artifact.load(tmp_path / "m").tag("odd one out").category == "Odd"


def test_an_existing_folder_is_kept_unless_it_may_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "kept").write_text("here")
    with pytest.raises(InputError, match="exists already; choose another name or add --overwrite"):
        train(separable(), RECIPE, tmp_path / "m")
    assert list(contents(tmp_path / "m")) == ["kept"]
    train(separable(), RECIPE, tmp_path / "n")
    train(separable(themes=False), RECIPE, tmp_path / "n", overwrite=True)
    assert artifact.load(tmp_path / "n").codebook.theme_ids == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".releases.lock", "m", "n"]


def test_a_corpus_of_nothing_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(LearningError, match="nothing to learn"):
        train(corpus_of([labelled("bins", "a")]), RECIPE, tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


def test_unlabelled_entries_among_others_do_no_harm(tmp_path: Path) -> None:
    rows = [*separable(24).entries, labelled("bins and rent", None, None, id="none")]
    report, _ = train(corpus_of(rows), RECIPE, tmp_path / "m")
    assert report.category["top1"].n == 24


def test_probabilities_in_the_model_are_those_of_its_calibration(model: Path) -> None:
    tagger = artifact.load(model)
    assert 0 < tagger.calibration.temperature < 50
    assert tagger.calibration.thresholds.shape == (4,)
    assert ((tagger.calibration.thresholds >= 0.05) & (tagger.calibration.thresholds <= 0.95)).all()
    answer = tagger.tag("bins litter")
    assert np.sum([row.probability for row in answer.categories]) == pytest.approx(1.0, abs=0.0003)
