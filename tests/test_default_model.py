"""The released model is the one that training/ makes, and it is packed into the wheel."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import themetag
from themetag import artifact
from themetag.learning.corpus import read_corpus
from themetag.learning.grouping import near_identical
from themetag.learning.recipe import Recipe
from themetag.page import TEMPLATES

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "artifacts" / (ROOT / "artifacts" / "current").read_text(encoding="utf-8").strip()


@pytest.fixture(scope="module")
def manifest() -> dict:
    return artifact.read_manifest(FOLDER)


@pytest.fixture(scope="module")
def corpus():
    return read_corpus(ROOT / "training")


def test_the_released_model_was_trained_on_the_corpus_as_it_stands(manifest, corpus):
    kept, _ = corpus.without_rare(2)

    assert manifest["corpus"]["sha256"] == kept.digest()


def test_the_released_model_was_fitted_by_the_recipe_as_it_stands(manifest):
    recipe = Recipe.read(ROOT / "training" / "recipe.toml")

    assert manifest["recipe"] == json.loads(json.dumps(recipe.as_mapping()))


def test_the_released_model_knows_all_labels_that_two_entries_have(manifest, corpus):
    tagger = artifact.load(FOLDER)

    assert tagger.codebook.category_names == corpus.codebook.category_names
    assert len(tagger.codebook.themes) == 24
    assert manifest["left_out"] == []


def test_out_of_fold_answers_cover_every_real_entry_once(corpus):
    rows = artifact.read_out_of_fold(FOLDER)

    assert [row["id"] for row in rows] == [row.entry.id for row in corpus.real]
    assert all(len(row["category_probabilities"]) == 22 for row in rows)
    assert all(len(row["theme_probabilities"]) == 24 for row in rows)


def test_the_headline_scores_follow_from_the_out_of_fold_answers(manifest, corpus):
    """Counted anew, by hand as it were: the share of entries whose category ranks first."""
    names = corpus.codebook.category_names
    rows = [row for row in artifact.read_out_of_fold(FOLDER) if row["category"]]

    def first(row):
        chances = row["category_probabilities"]
        return names[chances.index(max(chances))]

    right = sum(first(row) == row["category"] for row in rows) / len(rows)

    assert len(rows) == manifest["metrics"]["category"]["top1"]["n"] == 208
    # Probabilities are kept to four places, so a tie may fall the other way for an entry.
    assert right == pytest.approx(manifest["metrics"]["category"]["top1"]["value"], abs=1.5 / 208)


def test_the_released_model_is_better_than_words_alone(manifest):
    """The floor: a plain TF-IDF model of the same corpus gets 0.57 and 0.73 micro-F1."""
    assert manifest["metrics"]["category"]["top1"]["low"] > 0.40
    assert manifest["metrics"]["category"]["top3"]["value"] > 0.83
    assert manifest["metrics"]["themes"]["micro_f1"]["value"] > 0.73


def test_the_card_says_what_a_reader_must_know():
    card = (FOLDER / "README.md").read_text(encoding="utf-8")

    for words in ("invented", "language model", "No person has checked", "95 % interval",
                  "predicting winners", "grouped 5-fold"):  # fmt: skip
        assert words in card, words


def test_the_model_folder_is_within_eight_megabytes():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 8_000_000


def test_the_wheel_holds_the_current_model_and_templates_and_no_award_text(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        packed = {
            name: archive.read(f"themetag/default_model/{name}")
            for name in (*artifact.FILES, artifact.MANIFEST)
        }

    assert packed == {name: (FOLDER / name).read_bytes() for name in packed}
    assert {name.split("/")[0] for name in names} == {
        "themetag",
        f"themetag-{themetag.__version__}.dist-info",
    }
    assert not [name for name in names if name.endswith((".csv", ".toml"))]
    templates = {f"themetag/templates/{path.name}" for path in TEMPLATES.iterdir()}
    assert {name for name in names if "/templates/" in name} == templates


def test_no_project_and_no_near_identical_text_straddles_a_fold_of_the_released_model(corpus):
    fold = {row["id"]: row["fold"] for row in artifact.read_out_of_fold(FOLDER)}
    real = corpus.real
    pairs = near_identical([row.entry.text for row in real]).tocoo()
    projects = {row.group for row in real}

    assert len(projects) == 203
    assert len({(row.group, fold[row.entry.id]) for row in real}) == len(projects)
    straddling = [
        (real[i].entry.id, real[j].entry.id)
        for i, j in zip(pairs.row, pairs.col, strict=True)
        if fold[real[i].entry.id] != fold[real[j].entry.id]
    ]
    assert (pairs.row != pairs.col).any()
    assert straddling == []
