from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from learning.corpora import RECIPE, corpus_of, labelled, separable

from themetag import artifact
from themetag.errors import ArtifactError, LearningError
from themetag.learning.corpus import Corpus
from themetag.learning.releases.log import Log, Promotion
from themetag.learning.releases.verify import verify, verify_scores
from themetag.learning.train import train


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Twenty-four entries, and one of a category too rare to learn."""
    return corpus_of([*separable(24).entries, labelled("odd one out", "Odd", [], id="odd")])


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, corpus: Corpus) -> Path:
    folder = tmp_path_factory.mktemp("models") / "1"
    train(corpus, RECIPE, folder, min_examples=3)
    return folder


@pytest.fixture
def model(tmp_path: Path, trained: Path) -> Path:
    """A copy of the model that a test may damage."""
    return Path(shutil.copytree(trained, tmp_path / "1"))


def change_manifest(model: Path, **changes: object) -> None:
    path = model / artifact.MANIFEST
    manifest = json.loads(path.read_bytes()) | changes
    manifest["seal"] = artifact.seal(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def release(model: Path) -> None:
    seal = artifact.read_manifest(model)["seal"]
    Log(model.parent).promote(Promotion("use", model.name, None, "2026-11-29T00:00:00+00:00", seal))


def test_a_model_as_it_was_written_is_verified(model: Path) -> None:
    assert verify(model) == ["5 files and the manifest are as they were written"]
    release(model)
    assert verify(model)[1] == "it is the model that was released"


@pytest.mark.parametrize("name", artifact.FILES)
def test_any_altered_file_is_found(model: Path, name: str) -> None:
    with (model / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(ArtifactError, match=rf"{name}: was altered"):
        verify(model)


def test_a_released_model_that_was_sealed_anew_is_found(model: Path) -> None:
    """Every checksum is right; the record alone knows what was released."""
    release(model)
    change_manifest(model, corpus={"sha256": "another"})
    with pytest.raises(ArtifactError, match="is another model than the one that was released"):
        verify(model)


def test_scores_are_made_again_from_the_corpus(model: Path, corpus: Corpus) -> None:
    report = verify_scores(model, corpus)
    stated = artifact.read_manifest(model)["metrics"]
    assert report.category["top1"].value == stated["category"]["top1"]["value"]
    assert report.how == stated["how"]


def test_another_corpus_is_said_to_be_another(model: Path, corpus: Corpus) -> None:
    first, *others = corpus.entries
    other = replace(corpus, entries=(replace(first, category="Waste"), *others))
    with pytest.raises(LearningError) as caught:
        verify_scores(model, other)
    assert str(caught.value).startswith(
        "made.csv: is another corpus than 1 was trained on (SHA-256 "
    )


def test_scores_that_come_out_otherwise_are_named_with_both_values(
    model: Path, corpus: Corpus
) -> None:
    manifest = artifact.read_manifest(model)
    metrics = manifest["metrics"]
    metrics["category"]["top1"]["value"] = 0.123
    metrics["themes"]["recall"]["high"] = None
    libraries = manifest["libraries"] | {"numpy": "1.0"}
    change_manifest(model, metrics=metrics, libraries=libraries)
    with pytest.raises(ArtifactError) as caught:
        verify_scores(model, corpus)
    said = str(caught.value)
    assert said.startswith(f"{model}: the scores come out otherwise: right first is ")
    assert ", was 0.123; recall is " in said
    assert "; libraries differ: numpy " in said
    assert "macro-F1" not in said


def test_a_figure_that_the_manifest_does_not_have_is_a_difference(
    model: Path, corpus: Corpus
) -> None:
    metrics = artifact.read_manifest(model)["metrics"]
    del metrics["themes"]["recall"]
    change_manifest(model, metrics=metrics)
    with pytest.raises(ArtifactError, match=r"otherwise: recall is 0\.\d+, was None"):
        verify_scores(model, corpus)


@pytest.mark.parametrize("recipe", [None, {"of another": "version"}])
def test_a_manifest_without_a_recipe_to_follow_is_an_error(
    model: Path, corpus: Corpus, recipe: object
) -> None:
    change_manifest(model, recipe=recipe)
    with pytest.raises(ArtifactError, match="holds no recipe that this themetag can follow"):
        verify_scores(model, corpus)
