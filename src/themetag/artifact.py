"""Save, verify, find and load a model folder.

The format number stands in `FORMAT`. To change what a folder holds: raise it by one, keep reading
the old formats (one function each), put a small model of the old format into tests/data, and let
tests/test_artifact.py load it for ever after.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from themetag.codebook import Codebook
from themetag.errors import ArtifactError, CodebookError, InputError
from themetag.linear import Field, LinearModel, Vocabulary, Weights
from themetag.output import new_folder, refuse_existing, set_aside
from themetag.passages import Lengths
from themetag.probability import Calibration
from themetag.tagger import Tagger

FORMAT = 3

MANIFEST = "manifest.json"
CODEBOOK = "codebook.json"
WEIGHTS = "weights.npz"
TERMS = "terms.txt"
OUT_OF_FOLD = "oof.jsonl"
CARD = "README.md"
FILES = (CODEBOOK, WEIGHTS, TERMS, OUT_OF_FOLD, CARD)

CURRENT = "current"
PACKED = Path(__file__).parent / "default_model"

# Weights are kept at half precision: it halves the folder and moves no score by more than the
# learner's own tolerance (tests/learning/test_fit.py measures it).
STORED = np.float16


def find(model: str | Path | None = None, artifacts: str | Path | None = None) -> Path:
    """Return the folder of the model to use.

    It is `model` where given; else the environment's THEMETAG_MODEL; else what the file `current`
    names in `artifacts`, in the environment's THEMETAG_ARTIFACTS or in ./artifacts, where there is
    such a file; else the model packed into this installation.

    Raises:
        ArtifactError: when what was asked for is not there. No other model answers instead.
    """
    named = model or os.environ.get("THEMETAG_MODEL")
    if named:
        return Path(named)
    asked = artifacts or os.environ.get("THEMETAG_ARTIFACTS")
    if asked:
        return current_model(asked)
    if version := current(releases()):
        return releases() / version
    if (PACKED / MANIFEST).is_file():
        return PACKED
    # An editable installation packs nothing: its model stands in the checkout that it runs from.
    checkout = Path(__file__).resolve().parents[2] / "artifacts"
    if version := current(checkout):
        return checkout / version
    raise ArtifactError("this installation holds no model; name one with --model")


def releases(artifacts: str | Path | None = None) -> Path:
    """Return the folder of released models: the one given, the environment's or ./artifacts."""
    return Path(artifacts or os.environ.get("THEMETAG_ARTIFACTS") or "artifacts")


def named(model: Path, artifacts: str | Path | None = None) -> Path:
    """Return the folder that a path, or the version of a released model, stands for."""
    return model if model.exists() or model.name != str(model) else releases(artifacts) / model


def current(folder: str | Path) -> str | None:
    """Return the version that is current among released models; None where no file names one.

    Raises:
        ArtifactError: when the file cannot be read, or what it names is no version.
    """
    pointer = Path(folder) / CURRENT
    try:
        version = pointer.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise ArtifactError("names no model that can be read; see --artifacts", pointer) from error
    if not is_version(version):
        raise ArtifactError(
            f"{version!r} is no version; write the name of a folder that stands here", pointer
        )
    return version


def current_model(folder: str | Path) -> Path:
    """Return the folder of the model that is current among released ones.

    Raises:
        ArtifactError: when none is.
    """
    version = current(folder)
    if version is None:
        raise ArtifactError("no file 'current' names a model here; see --artifacts", folder)
    return Path(folder) / version


def is_version(name: str) -> bool:
    r"""Whether a name is that of a folder beside others, and no path that leads elsewhere.

    >>> [is_version(name) for name in ("2026.1", "../2026.1", "..", "", "1 ", "a\\1")]
    [True, False, False, False, False, False]
    """
    is_name = name not in ("", "..") and Path(name).name == name and "\\" not in name
    return is_name and name == name.strip() and name.isprintable()


def load(folder: str | Path | None = None) -> Tagger:
    """Load a model after checking its format and the checksum of every file.

    Args:
        folder: a model folder; without it, the one that `find` finds.

    Raises:
        ArtifactError: when the folder is missing, incomplete, altered or of a newer format.
    """
    folder = find() if folder is None else Path(folder)
    manifest = read_manifest(folder)
    contents = {name: _verified(folder, name, manifest) for name in FILES}
    try:
        return _assemble(manifest, contents)
    except (KeyError, TypeError, ValueError, CodebookError) as error:
        raise ArtifactError(f"the model's files do not fit together: {error}", folder) from error


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """Return the manifest of a model folder.

    Raises:
        ArtifactError: when there is none, or none that this version can read.
    """
    path = Path(folder) / MANIFEST
    if not Path(folder).is_dir():
        for old in set_aside(Path(folder)):
            raise ArtifactError(f"its replacement was cut short; move {old} back here", folder)
        raise ArtifactError("there is no such model folder; see themetag models list", folder)
    try:
        manifest: dict[str, Any] = json.loads(path.read_bytes())
        written_as = int(manifest["format"])
    except FileNotFoundError as error:
        raise ArtifactError(f"no {MANIFEST} here: this is not a model folder", folder) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtifactError("damaged; restore the model folder or train again", path) from error
    if written_as > FORMAT:
        raise ArtifactError(
            f"format {written_as} is newer than the {FORMAT} this themetag reads; update themetag",
            path,
        )
    if manifest.get("seal") != seal(manifest):
        raise ArtifactError("was altered since it was written; restore the model folder", path)
    return manifest


def read_seen(folder: str | Path) -> frozenset[str]:
    """Return the fingerprints (`text.fingerprint`) of all texts a model was fitted on."""
    manifest = read_manifest(folder)
    arrays = _arrays(_verified(Path(folder), WEIGHTS, manifest))
    return frozenset(f"{number:016x}" for number in arrays["seen"].tolist())


def read_out_of_fold(folder: str | Path) -> list[dict[str, Any]]:
    """Return a model's answers on its real entries, each from a fit that had not seen it."""
    manifest = read_manifest(folder)
    lines = _verified(Path(folder), OUT_OF_FOLD, manifest).decode().splitlines()
    return [json.loads(line) for line in lines]


def save(
    tagger: Tagger,
    folder: str | Path,
    facts: Mapping[str, Any],
    *,
    seen: frozenset[str],
    out_of_fold: str,
    card: str,
    overwrite: bool = False,
) -> None:
    """Write a model folder, whole or not at all.

    Args:
        tagger: the model; its weights must survive half precision unchanged (see `rounded`).
        folder: where it goes; its last part should be the version.
        facts: what the manifest says beyond what loading needs.
        seen: fingerprints of all texts it was fitted on.
        out_of_fold: the text of oof.jsonl.
        card: the model card.
        overwrite: whether to replace a folder that exists.

    Raises:
        InputError: when the folder exists, or cannot be written.
    """
    refuse_target(folder, overwrite=overwrite)
    contents = _disassemble(tagger, seen) | {OUT_OF_FOLD: out_of_fold.encode()}
    contents[CARD] = card.encode()
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "version": tagger.version,
        "codebook": tagger.codebook.version,
        "fields": [
            {**asdict(field), "n_terms": len(terms)}
            for field, terms in zip(tagger.vocabulary.fields, tagger.vocabulary.terms, strict=True)
        ],
        "criteria_only": [x for x in tagger.codebook.category_names if x in tagger.criteria_only],
        "calibration": _calibration_row(tagger),
        "lengths": None if tagger.lengths is None else asdict(tagger.lengths),
        **facts,
        "files": {name: hashlib.sha256(contents[name]).hexdigest() for name in FILES},
    }
    manifest["seal"] = seal(manifest)
    contents[MANIFEST] = (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()
    with new_folder(Path(folder), overwrite=overwrite) as building:
        for name, data in contents.items():
            with open(building / name, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())


def refuse_target(folder: str | Path, *, overwrite: bool) -> None:
    """Refuse a place where no model may be written.

    Raises:
        InputError: when something is there and is not to be replaced, or is not a model folder.
    """
    refuse_existing(Path(folder), overwrite=overwrite)
    if Path(folder).is_dir() and not (Path(folder) / MANIFEST).is_file():
        raise InputError("is not a model folder; --overwrite replaces nothing else", folder)


def seal(manifest: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all that a manifest says, but for the seal itself."""
    rest = {key: value for key, value in manifest.items() if key != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def rounded(weights: npt.NDArray[np.float64]) -> Weights:
    """Round weights to what a model folder keeps of them, the weights of a term side by side."""
    return weights.astype(STORED, order="C")


def _verified(folder: Path, name: str, manifest: Mapping[str, Any]) -> bytes:
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        raise ArtifactError(
            f"is missing ({error.strerror}); restore the model folder or train again", folder / name
        ) from error
    files = manifest.get("files")
    if not isinstance(files, dict) or files.get(name) != hashlib.sha256(data).hexdigest():
        raise ArtifactError(
            f"was altered: it is not the file that {MANIFEST} describes; restore the model folder",
            folder / name,
        )
    return data


def _arrays(data: bytes) -> Mapping[str, npt.NDArray[Any]]:
    from zipfile import BadZipFile

    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (AttributeError, EOFError, TypeError, BadZipFile) as error:
        raise ValueError(f"{WEIGHTS} is no archive of arrays") from error


def _assemble(manifest: Mapping[str, Any], contents: Mapping[str, bytes]) -> Tagger:
    arrays = _arrays(contents[WEIGHTS])
    codebook = Codebook.from_mapping(json.loads(contents[CODEBOOK]))
    model = LinearModel(arrays["weights"], arrays["intercepts"])
    vocabulary = _vocabulary(manifest["fields"], contents[TERMS].decode(), arrays["idf"])
    calibration = dict(manifest["calibration"])
    thresholds = calibration.pop("thresholds")
    has_scope = calibration["scope_floor"] is not None
    n_labels = len(codebook.categories) + len(codebook.themes) + has_scope
    if model.weights.shape != (len(vocabulary), n_labels):
        raise ValueError(f"{len(vocabulary)} terms, {n_labels} labels, {model.weights.shape}")
    return Tagger(
        str(manifest["version"]),
        codebook,
        vocabulary,
        model,
        Calibration(
            **calibration, thresholds=np.array([thresholds[id] for id in codebook.theme_ids])
        ),
        # Models of format 1 know of no lengths.
        Lengths(**lengths) if (lengths := manifest.get("lengths")) else None,
        # Before format 3 every category had entries.
        frozenset(manifest.get("criteria_only", ())),
    )


def _vocabulary(rows: list[dict[str, Any]], lines: str, idf: npt.NDArray[np.float64]) -> Vocabulary:
    terms = lines.split("\n")
    blocks, start = [], 0
    for row in rows:
        blocks.append(tuple(terms[start : start + row["n_terms"]]))
        start += row["n_terms"]
    if terms[start:] != [""]:
        raise ValueError(f"{len(terms) - 1} terms where {start} are stated")
    fields = (Field(**{key: row[key] for key in row if key != "n_terms"}) for row in rows)
    return Vocabulary(tuple(fields), tuple(blocks), idf)


def _disassemble(tagger: Tagger, seen: frozenset[str]) -> dict[str, bytes]:
    kept = tagger.model.weights.astype(STORED)
    if not np.array_equal(kept, tagger.model.weights):
        raise ValueError("the weights would change on disk; round them first")
    arrays = io.BytesIO()
    np.savez(  # half the numbers are noise to a compressor, and unpacking costs start-up time
        arrays,
        weights=kept,
        intercepts=tagger.model.intercepts,
        idf=tagger.vocabulary.idf,
        seen=np.array(sorted(int(fingerprint, 16) for fingerprint in seen), dtype=np.uint64),
    )
    lines = [f"{term}\n" for terms in tagger.vocabulary.terms for term in terms]
    codebook = json.dumps(tagger.codebook.as_mapping(), indent=1, ensure_ascii=False) + "\n"
    return {
        CODEBOOK: codebook.encode(),
        WEIGHTS: arrays.getvalue(),
        TERMS: "".join(lines).encode(),
    }


def _calibration_row(tagger: Tagger) -> dict[str, Any]:
    calibration = tagger.calibration
    thresholds = calibration.thresholds.tolist()
    return {
        "temperature": calibration.temperature,
        "set_floor": calibration.set_floor,
        "theme_slope": calibration.theme_slope,
        "theme_offset": calibration.theme_offset,
        "scope_floor": calibration.scope_floor,
        "doubt": calibration.doubt,
        "thresholds": dict(zip(tagger.codebook.theme_ids, thresholds, strict=True)),
    }
