from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import pickle
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import AWKWARD_TEXTS, tagger, tiny_corpus, tiny_recipe

from themetag import artifact
from themetag.errors import ArtifactError, InputError
from themetag.linear import Field, Vocabulary
from themetag.tagger import Tagger
from themetag.text import fingerprint

DATA = Path(__file__).parent / "data"
PACKAGE = Path(artifact.__file__).parent
OLD_MODELS = sorted(path for path in DATA.glob("model-format-*") if path.is_dir())
EVERY_FILE = (artifact.MANIFEST, *artifact.FILES)

ALTERED = "was altered: it is not the file that manifest.json describes; restore the model folder"
DAMAGED = "damaged; restore the model folder or train again"


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that a test may damage."""
    return Path(shutil.copytree(tiny_model, tmp_path / "2026.1"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder and an environment that names no model."""
    monkeypatch.delenv("THEMETAG_MODEL", raising=False)
    monkeypatch.delenv("THEMETAG_ARTIFACTS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answers(model: Tagger) -> str:
    return "\n".join(json.dumps(model.tag(text).as_json()) for text in AWKWARD_TEXTS)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refusal(folder: Path) -> str:
    with pytest.raises(ArtifactError) as caught:
        artifact.load(folder)
    assert str(caught.value).isprintable()
    return str(caught.value)


def save_small(folder: Path, *, overwrite: bool = False, **changes: Any) -> None:
    given: dict[str, Any] = {"seen": frozenset(), "out_of_fold": "", "card": ""} | changes
    model = tagger({"bins": [1.0, -1.0], "homes": [-1.0, 1.0]}, ("Bins",), ("damp",))
    artifact.save(model, folder, {}, overwrite=overwrite, **given)


def reseal(folder: Path, name: str, data: bytes) -> None:
    """Put a file into a model together with its checksum."""
    (folder / name).write_bytes(data)
    change_manifest(
        folder, lambda manifest: manifest["files"].update({name: hashlib.sha256(data).hexdigest()})
    )


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / artifact.MANIFEST
    manifest = json.loads(path.read_bytes())
    change(manifest)
    manifest["seal"] = artifact.seal(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def changed_arrays(folder: Path, **arrays: np.ndarray) -> bytes:
    kept = dict(np.load(folder / artifact.WEIGHTS))
    stream = io.BytesIO()
    np.savez(stream, **(kept | arrays))
    return stream.getvalue()


def run(script: str, *arguments: object, cwd: Path | None = None, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)} | environment,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


# Saving and loading


def test_a_saved_model_gives_the_same_answers_to_the_byte(tmp_path: Path) -> None:
    half = np.array([[0.5, -1.5, 3.0], [1 / 3, 0.1, -2.0]]).astype(np.float16).astype(float)
    model = tagger(
        {"bins": half[0], "rough sleepers": half[1]},
        ("Bins", "Home’s"),
        ("damp",),
        intercepts=[0.1, 1 / 3, -0.7],
        thresholds=[0.123],
        temperature=0.7,
        floor=0.25,
    )
    artifact.save(model, tmp_path / "1", {}, seen=frozenset(), out_of_fold="", card="")
    loaded = artifact.load(tmp_path / "1")
    assert answers(loaded) == answers(model)
    assert loaded.scores(AWKWARD_TEXTS).tobytes() == model.scores(AWKWARD_TEXTS).tobytes()
    assert (loaded.version, loaded.codebook) == (model.version, model.codebook)


def test_a_field_of_a_part_of_the_text_is_saved_with_its_part(tmp_path: Path) -> None:
    fields = (
        Field("title", "words", 1, 1, 2.0, "title"),
        Field("opening", "characters", 2, 3, 0.5, "opening"),
    )
    model = dataclasses.replace(
        tagger({"bins": [1.5], "omes": [0.25]}, ("Bins",)),
        vocabulary=Vocabulary(fields, (("bins",), ("ome",)), np.array([1.0, 3.0])),
    )
    artifact.save(model, tmp_path / "1", {}, seen=frozenset(), out_of_fold="", card="")
    loaded = artifact.load(tmp_path / "1")
    assert (loaded.vocabulary.fields, loaded.vocabulary.terms) == (fields, (("bins",), ("ome",)))
    # 2 * 1.5 from the title, 0.5 * 0.25 from the opening.
    assert loaded.scores(["Bins\n\nHomes. Bins.", "Homes\n\nBins."]).tolist() == [[3.125], [0.0]]


def test_a_trained_model_saved_again_has_the_same_files(tiny_model: Path, tmp_path: Path) -> None:
    manifest = artifact.read_manifest(tiny_model)
    made_by_saving = ("format", "version", "codebook", "fields", "calibration", "files", "seal")
    artifact.save(
        artifact.load(tiny_model),
        tmp_path / "copy",
        {key: value for key, value in manifest.items() if key not in made_by_saving},
        seen=artifact.read_seen(tiny_model),
        out_of_fold=(tiny_model / artifact.OUT_OF_FOLD).read_text(encoding="utf-8"),
        card=(tiny_model / artifact.CARD).read_text(encoding="utf-8"),
    )
    assert bytes_of(tmp_path / "copy") == bytes_of(tiny_model)


def test_training_twice_gives_the_same_bytes_of_every_file(
    tiny_model: Path, tmp_path: Path
) -> None:
    from themetag.learning.train import train

    # This time with worker processes; the first time there were none.
    train(tiny_corpus(), tiny_recipe(), tmp_path / tiny_model.name)
    assert bytes_of(tmp_path / tiny_model.name) == bytes_of(tiny_model)


def test_a_model_folder_holds_its_files_and_nothing_else(tiny_model: Path) -> None:
    assert sorted(bytes_of(tiny_model)) == sorted(EVERY_FILE)


def test_the_manifest_says_what_loading_needs_and_what_was_done(tiny_model: Path) -> None:
    manifest = artifact.read_manifest(tiny_model)
    assert (manifest["format"], manifest["version"]) == (artifact.FORMAT, "2026.1")
    assert manifest["files"] == {
        name: hashlib.sha256((tiny_model / name).read_bytes()).hexdigest()
        for name in artifact.FILES
    }
    assert manifest["corpus"]["sha256"] == tiny_corpus().digest()
    assert manifest["recipe"] == tiny_recipe().as_mapping()


def test_the_texts_a_model_has_seen_are_known_by_their_fingerprints(tiny_model: Path) -> None:
    texts = [row.entry.text for row in tiny_corpus().entries]
    assert artifact.read_seen(tiny_model) == frozenset(map(fingerprint, texts))


def test_fingerprints_keep_their_leading_zeros(tmp_path: Path) -> None:
    seen = frozenset(["0000000000000001", "ffffffffffffffff"])
    save_small(tmp_path / "1", seen=seen)
    assert artifact.read_seen(tmp_path / "1") == seen


def test_answers_out_of_fold_stand_beside_the_true_labels(tiny_model: Path) -> None:
    rows = artifact.read_out_of_fold(tiny_model)
    corpus = tiny_corpus()
    assert [(row["id"], row["text"], row["category"], row["themes"]) for row in rows] == [
        (row.entry.id, fingerprint(row.entry.text), row.category, sorted(row.themes or ()))
        for row in corpus.entries
    ]
    assert {row["fold"] for row in rows} == {0, 1, 2}
    assert {len(row["category_probabilities"]) for row in rows} == {3}
    assert {len(row["theme_probabilities"]) for row in rows} == {3}


def test_weights_that_would_change_on_disk_are_refused(tmp_path: Path) -> None:
    model = tagger({"bins": [1 / 3]}, ("Bins",))
    with pytest.raises(ValueError, match=r"^the weights would change on disk; round them first$"):
        artifact.save(model, tmp_path / "1", {}, seen=frozenset(), out_of_fold="", card="")
    assert list(tmp_path.iterdir()) == []


def test_rounded_weights_survive_the_disk() -> None:
    once = artifact.rounded(np.array([1 / 3, -2.5, 1e-12]))
    assert artifact.rounded(once.astype(np.float64)).tobytes() == once.tobytes()
    assert once.astype(np.float64).tolist() == pytest.approx([1 / 3, -2.5, 0.0], abs=2e-4)


# Every format there ever was


def test_the_current_format_is_among_the_kept_ones() -> None:
    assert [path.name for path in OLD_MODELS] == [
        f"model-format-{n}" for n in range(1, artifact.FORMAT + 1)
    ]


@pytest.mark.parametrize("folder", OLD_MODELS, ids=lambda path: path.name)
def test_every_format_still_loads_and_answers_as_it_did(folder: Path) -> None:
    model = artifact.load(folder)
    lines = folder.with_suffix(".answers.jsonl").read_text(encoding="utf-8").splitlines()
    recorded = [json.loads(line) for line in lines]
    assert recorded
    assert [model.tag(row["text"]).as_json() for row in recorded] == [
        row["answer"] for row in recorded
    ]


# Damage


@pytest.mark.parametrize("name", artifact.FILES)
def test_a_missing_file_is_named(model: Path, name: str) -> None:
    (model / name).unlink()
    assert refusal(model) == (
        f"{model / name}: is missing (No such file or directory); "
        "restore the model folder or train again"
    )


@pytest.mark.parametrize("name", artifact.FILES)
def test_a_flipped_bit_is_noticed_in_every_file(model: Path, name: str) -> None:
    data = bytearray((model / name).read_bytes())
    data[len(data) // 2] ^= 1
    (model / name).write_bytes(data)
    assert refusal(model) == f"{model / name}: {ALTERED}"


@pytest.mark.parametrize("name", artifact.FILES)
def test_a_truncated_file_is_noticed(model: Path, name: str) -> None:
    data = (model / name).read_bytes()
    (model / name).write_bytes(data[:-1])
    assert refusal(model) == f"{model / name}: {ALTERED}"


def test_a_folder_without_a_manifest_is_no_model(model: Path) -> None:
    (model / artifact.MANIFEST).unlink()
    assert refusal(model) == f"{model}: no manifest.json here: this is not a model folder"


def test_a_folder_that_is_not_there_is_no_model(tmp_path: Path) -> None:
    folder = tmp_path / "2099.1"
    assert refusal(folder) == f"{folder}: there is no such model folder; see themetag models list"


def test_a_file_is_no_model_folder(model: Path) -> None:
    file = model / artifact.WEIGHTS
    assert refusal(file) == f"{file}: there is no such model folder; see themetag models list"


def test_a_newer_format_asks_for_a_newer_themetag(model: Path) -> None:
    change_manifest(model, lambda manifest: manifest.update(format=artifact.FORMAT + 1))
    assert refusal(model) == (
        f"{model / artifact.MANIFEST}: format {artifact.FORMAT + 1} is newer than the "
        f"{artifact.FORMAT} this themetag reads; update themetag"
    )


def test_a_newer_format_is_told_before_anything_else_is_read(model: Path) -> None:
    change_manifest(model, lambda manifest: manifest.update(format=99))
    for name in artifact.FILES:
        (model / name).unlink()
    assert "format 99 is newer" in refusal(model)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"not JSON", b"[]", b"5", b"null", b"{}", b'{"format": null}', b'{"format": "x"}',
     b"\xff\xfe\x00", b'{"format": []}'],
)  # fmt: skip
def test_a_manifest_that_is_none_is_damage(model: Path, data: bytes) -> None:
    (model / artifact.MANIFEST).write_bytes(data)
    assert refusal(model) == f"{model / artifact.MANIFEST}: {DAMAGED}"


@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
def test_a_truncated_manifest_is_damage(model: Path, share: float) -> None:
    data = (model / artifact.MANIFEST).read_bytes()
    (model / artifact.MANIFEST).write_bytes(data[: int(len(data) * share)])
    assert refusal(model) == f"{model / artifact.MANIFEST}: {DAMAGED}"


def test_a_folder_in_the_place_of_a_manifest_is_damage(model: Path) -> None:
    (model / artifact.MANIFEST).unlink()
    (model / artifact.MANIFEST).mkdir()
    assert refusal(model) == f"{model / artifact.MANIFEST}: {DAMAGED}"


def test_a_changed_calibration_is_noticed(model: Path, tiny_tagger: Tagger) -> None:
    """One digit on a bad disk must not change what a model answers."""
    floor = tiny_tagger.calibration.set_floor
    data = (model / artifact.MANIFEST).read_bytes()
    assert data.count(f'"set_floor": {floor}'.encode()) == 1
    changed = data.replace(f'"set_floor": {floor}'.encode(), b'"set_floor": 0.9999')
    (model / artifact.MANIFEST).write_bytes(changed)
    assert refusal(model).startswith(f"{model / artifact.MANIFEST}: ")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda m: m.pop("version"), "'version'"),
        (lambda m: m.pop("calibration"), "'calibration'"),
        (lambda m: m["calibration"].pop("thresholds"), "'thresholds'"),
        (lambda m: m["calibration"]["thresholds"].pop("digital"), "'digital'"),
        (lambda m: m["fields"].pop(), "623 terms where 577 are stated"),
        (lambda m: m["fields"][0].pop("n_terms"), "'n_terms'"),
    ],
)
def test_a_manifest_that_lacks_a_part_does_not_fit(
    model: Path, change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    change_manifest(model, change)
    assert refusal(model) == f"{model}: the model's files do not fit together: {reason}"


@pytest.mark.parametrize("files", [None, [], "x", {}])
def test_a_manifest_without_checksums_trusts_no_file(model: Path, files: object) -> None:
    change_manifest(model, lambda manifest: manifest.update(files=files))
    assert refusal(model) == f"{model / artifact.CODEBOOK}: {ALTERED}"


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"weights": np.zeros((623, 5), np.float16)}, "weights (623, 5), intercepts (6,)"),
        ({"weights": np.zeros((622, 6), np.float16)}, "623 terms, 6 labels, (622, 6)"),
        ({"weights": np.zeros((623, 5), np.float16), "intercepts": np.zeros(5)},
         "623 terms, 6 labels, (623, 5)"),
        ({"weights": np.zeros(623, np.float16)}, "weights (623,), intercepts (6,)"),
        ({"intercepts": np.zeros((6, 1))}, "weights (623, 6), intercepts (6, 1)"),
        ({"idf": np.ones(622)}, "623 terms but 622 frequencies"),
    ],
)  # fmt: skip
def test_arrays_of_the_wrong_shape_do_not_fit(
    model: Path, arrays: dict[str, np.ndarray], reason: str
) -> None:
    reseal(model, artifact.WEIGHTS, changed_arrays(model, **arrays))
    assert refusal(model) == f"{model}: the model's files do not fit together: {reason}"


def test_frequencies_of_the_wrong_shape_do_not_fit(model: Path) -> None:
    reseal(model, artifact.WEIGHTS, changed_arrays(model, idf=np.array(1.0)))
    assert refusal(model).startswith(f"{model}: the model's files do not fit together: ")


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 cut short", b"no arrays"], ids=["empty", "cut", "other"]
)
def test_weights_that_are_no_archive_do_not_fit(model: Path, data: bytes) -> None:
    reseal(model, artifact.WEIGHTS, data)
    assert refusal(model).startswith(f"{model}: the model's files do not fit together: ")


def test_terms_that_are_too_few_or_too_many_do_not_fit(model: Path) -> None:
    lines = (model / artifact.TERMS).read_bytes().splitlines(keepends=True)
    reseal(model, artifact.TERMS, b"".join(lines[:-1]))
    # The end of the file is then read as an empty term.
    assert refusal(model) == (
        f"{model}: the model's files do not fit together: 622 terms where 623 are stated"
    )
    reseal(model, artifact.TERMS, b"".join([*lines, b"bins\n"]))
    assert refusal(model) == (
        f"{model}: the model's files do not fit together: 624 terms where 623 are stated"
    )


def test_a_codebook_with_another_label_does_not_fit(model: Path) -> None:
    codebook = json.loads((model / artifact.CODEBOOK).read_bytes())
    codebook["theme"].append({"id": "parks", "name": "Parks"})
    reseal(model, artifact.CODEBOOK, json.dumps(codebook).encode())
    assert refusal(model) == (
        f"{model}: the model's files do not fit together: 623 terms, 7 labels, (623, 6)"
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{}", "the codebook lacks 'version'; every label needs it"),
        (b"[]", "the codebook has a part of the wrong kind: "
         "list indices must be integers or slices, not str"),
        (b"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ],
)  # fmt: skip
def test_a_codebook_that_is_none_does_not_fit(model: Path, data: bytes, reason: str) -> None:
    reseal(model, artifact.CODEBOOK, data)
    assert refusal(model) == f"{model}: the model's files do not fit together: {reason}"


class Trap:
    """An object that leaves a trace where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.trace,)


def test_the_trap_works(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Trap(tmp_path / "trace")))
    assert (tmp_path / "trace").exists()


def test_a_pickle_inside_the_weights_is_never_opened(model: Path, tmp_path: Path) -> None:
    trap = np.array([Trap(tmp_path / "trace")], dtype=object)
    reseal(model, artifact.WEIGHTS, changed_arrays(model, weights=trap))
    assert refusal(model) == (
        f"{model}: the model's files do not fit together: "
        "Object arrays cannot be loaded when allow_pickle=False"
    )
    assert not (tmp_path / "trace").exists()


def test_a_pickle_instead_of_the_weights_is_never_opened(model: Path, tmp_path: Path) -> None:
    reseal(model, artifact.WEIGHTS, pickle.dumps(Trap(tmp_path / "trace")))
    assert refusal(model).startswith(
        f"{model}: the model's files do not fit together: This file contains pickled (object) data."
    )
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("read", [artifact.read_seen, artifact.read_out_of_fold])
def test_nothing_is_read_from_an_altered_model(model: Path, read: Callable[[Path], object]) -> None:
    for name in (artifact.WEIGHTS, artifact.OUT_OF_FOLD):
        with (model / name).open("ab") as file:
            file.write(b"\n")
    with pytest.raises(ArtifactError) as caught:
        read(model)
    name = artifact.WEIGHTS if read is artifact.read_seen else artifact.OUT_OF_FOLD
    assert str(caught.value) == f"{model / name}: {ALTERED}"


# Which model


def release(folder: Path, current: str = "2026.1") -> Path:
    """A folder of released models, as far as finding one goes."""
    folder.mkdir(parents=True)
    (folder / "current").write_text(f"{current}\n", encoding="utf-8")
    return folder


def test_a_model_that_is_asked_for_comes_before_all_others(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(home / "artifacts")
    monkeypatch.setenv("THEMETAG_MODEL", "from-environment")
    monkeypatch.setenv("THEMETAG_ARTIFACTS", str(release(home / "others")))
    assert artifact.find("asked-for", release(home / "given")) == Path("asked-for")


def test_the_model_of_the_environment_comes_second(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(home / "artifacts")
    monkeypatch.setenv("THEMETAG_MODEL", "from-environment")
    monkeypatch.setenv("THEMETAG_ARTIFACTS", str(release(home / "others")))
    assert artifact.find(None, release(home / "given")) == Path("from-environment")


def test_the_current_model_of_given_artifacts_comes_third(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(home / "artifacts")
    monkeypatch.setenv("THEMETAG_ARTIFACTS", str(release(home / "others")))
    given = release(home / "given", "2025.3")
    assert artifact.find(None, given) == given / "2025.3"


def test_the_current_model_of_the_environments_artifacts_comes_fourth(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(home / "artifacts")
    monkeypatch.setenv("THEMETAG_ARTIFACTS", str(release(home / "others", "2025.2")))
    assert artifact.find() == home / "others" / "2025.2"


def test_the_current_model_of_the_working_folder_comes_fifth(home: Path) -> None:
    release(home / "artifacts", "2025.1")
    assert artifact.find() == Path("artifacts") / "2025.1"


@pytest.mark.parametrize("variable", ["THEMETAG_MODEL", "THEMETAG_ARTIFACTS"])
def test_an_empty_variable_names_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    release(home / "artifacts")
    monkeypatch.setenv(variable, "")
    assert artifact.find() == Path("artifacts") / "2026.1"


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """The package as it is installed, without a model."""
    site = tmp_path / "site"
    left_out = shutil.ignore_patterns("__pycache__", "default_model")
    shutil.copytree(PACKAGE, site / "themetag", ignore=left_out)
    return site


FIND = """
    from themetag import artifact, errors
    try:
        print(artifact.find())
    except errors.ArtifactError as error:
        print(f"refused: {error}")
"""


def test_the_model_of_the_installation_comes_last(
    home: Path, installation: Path, tiny_model: Path
) -> None:
    packed = Path(shutil.copytree(tiny_model, installation / "themetag" / "default_model"))
    assert run(FIND, cwd=home, PYTHONPATH=str(installation)) == f"{packed}\n"
    release(home / "artifacts")
    assert run(FIND, cwd=home, PYTHONPATH=str(installation)) == "artifacts/2026.1\n"


def test_an_installation_without_a_model_says_so(home: Path, installation: Path) -> None:
    assert run(FIND, cwd=home, PYTHONPATH=str(installation)) == (
        "refused: this installation holds no model; name one with --model\n"
    )


@pytest.mark.parametrize("by_environment", [True, False])
def test_artifacts_that_name_no_current_model_are_an_error(
    home: Path, monkeypatch: pytest.MonkeyPatch, by_environment: bool
) -> None:
    release(home / "artifacts")
    (home / "given").mkdir()
    if by_environment:
        monkeypatch.setenv("THEMETAG_ARTIFACTS", "given")
    with pytest.raises(ArtifactError) as caught:
        artifact.find(None, None if by_environment else "given")
    assert str(caught.value) == "given: no file 'current' names a model here; see --artifacts"


def test_a_current_model_that_is_not_there_is_an_error_and_no_other_answers(
    home: Path, tiny_model: Path
) -> None:
    release(home / "artifacts", "2099.1")
    shutil.copytree(tiny_model, home / "artifacts" / "2026.1")
    with pytest.raises(ArtifactError) as caught:
        artifact.load()
    assert (
        str(caught.value)
        == "artifacts/2099.1: there is no such model folder; see themetag models list"
    )


def test_a_model_of_the_environment_that_is_not_there_is_an_error_and_no_other_answers(
    home: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tiny_model, release(home / "artifacts") / "2026.1")
    monkeypatch.setenv("THEMETAG_MODEL", "gone")
    with pytest.raises(ArtifactError) as caught:
        artifact.load()
    assert str(caught.value) == "gone: there is no such model folder; see themetag models list"


@pytest.mark.parametrize("data", [b"\xff\xfe2\x000\x00", b""], ids=["UTF-16", "empty"])
def test_a_current_file_that_names_nothing_is_an_error(home: Path, data: bytes) -> None:
    release(home / "artifacts")
    (home / "artifacts" / "current").write_bytes(data)
    with pytest.raises(ArtifactError):
        artifact.load()


def test_loading_without_a_name_loads_what_is_found(home: Path, tiny_model: Path) -> None:
    shutil.copytree(tiny_model, release(home / "artifacts") / "2026.1")
    assert answers(artifact.load()) == answers(artifact.load(tiny_model))


def test_a_model_whose_replacement_was_cut_short_is_found_aside(model: Path) -> None:
    aside = model.parent / f".{model.name}.old.x1"
    aside.mkdir()
    model.rename(aside / model.name)
    assert refusal(model) == (
        f"{model}: its replacement was cut short; move {aside / model.name} back here"
    )


def test_a_released_model_is_known_by_its_version_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "artifacts" / "1").mkdir(parents=True)
    (home / "2").mkdir()
    assert artifact.named(Path("1")) == Path("artifacts/1")
    assert artifact.named(Path("2")) == Path("2")
    assert artifact.named(Path("./a/1")) == Path("a/1")
    monkeypatch.setenv("THEMETAG_ARTIFACTS", "others")
    assert artifact.named(Path("1")) == Path("others/1")
    assert artifact.named(Path("1"), "given") == Path("given/1")


# Saving over


def test_saving_over_a_folder_is_refused(model: Path) -> None:
    before = bytes_of(model)
    with pytest.raises(InputError) as caught:
        save_small(model)
    assert str(caught.value) == f"{model}: exists already; choose another name or add --overwrite"
    assert bytes_of(model) == before


def test_saving_over_a_folder_replaces_all_of_it_when_asked(model: Path) -> None:
    (model / "left over").touch()
    save_small(model, overwrite=True)
    assert sorted(bytes_of(model)) == sorted(EVERY_FILE)
    assert artifact.load(model).codebook.category_names == ("Bins",)
    assert [path.name for path in model.parent.iterdir()] == [model.name]


def test_saving_makes_the_folders_above(tmp_path: Path) -> None:
    save_small(tmp_path / "a" / "b" / "1")
    assert artifact.load(tmp_path / "a" / "b" / "1").version == "test"


def test_saving_where_a_file_stands_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"mine")
    with pytest.raises(InputError) as caught:
        save_small(tmp_path / "a" / "1")
    assert str(caught.value).startswith(f"{tmp_path / 'a' / '1'}: cannot be written: ")
    assert (tmp_path / "a").read_bytes() == b"mine"


def test_a_disk_that_fills_up_leaves_the_old_model_and_no_litter(model: Path) -> None:
    before = bytes_of(model)
    said = run(
        """
        import resource, sys
        from pathlib import Path
        from themetag import artifact, errors
        model = artifact.load(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        try:
            artifact.save(model, Path(sys.argv[1]), {}, seen=frozenset(), out_of_fold="",
                          card="", overwrite=True)
        except errors.InputError as error:
            print(error)
        """,
        model,
    )
    assert said == f"{model}: cannot be written: File too large\n"
    assert bytes_of(model) == before
    assert [path.name for path in model.parent.iterdir()] == [model.name]


def test_the_weights_of_a_term_stand_side_by_side(tiny_model: Path) -> None:
    """Column by column, looking up the terms of a text took thirty times as long."""
    assert artifact.load(tiny_model).model.weights.flags.c_contiguous
