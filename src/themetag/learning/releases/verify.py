"""Check that a model is what was written, and that its scores can be made again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from themetag import artifact
from themetag.errors import ArtifactError, LearningError
from themetag.learning.corpus import Corpus
from themetag.learning.evaluate import evaluate_recipe
from themetag.learning.recipe import Recipe
from themetag.learning.releases.log import check_seal
from themetag.learning.report import Report
from themetag.learning.train import libraries
from themetag.measures import LISTED

# Sums may run in another order on another machine; no entry answered otherwise moves less.
_TOLERANCE = 1e-6


def verify(model: Path) -> list[str]:
    """Check every file of a model against its manifest, and that against its release.

    Returns:
        What was checked, line by line.

    Raises:
        ArtifactError: when the model is missing, altered or not what was released.
    """
    artifact.load(model)
    lines = [f"{len(artifact.FILES)} files and the manifest are as they were written"]
    return [*lines, "it is the model that was released"] if check_seal(model) else lines


def verify_scores(model: Path, corpus: Corpus) -> Report:
    """Make the scores of a model again: cross-validate its corpus by its recipe.

    Returns:
        The scores, which are those of the manifest.

    Raises:
        LearningError: when the corpus is another one than the model was trained on.
        ArtifactError: when the scores come out otherwise.
    """
    manifest = artifact.read_manifest(model)
    recipe = _recipe(manifest, model)
    trained_on, _ = corpus.without_rare(manifest.get("min_examples", 2))
    stated, found = manifest["corpus"]["sha256"], trained_on.digest()
    if found != stated:
        raise LearningError(
            f"is another corpus than {manifest['version']} was trained on (SHA-256 {found[:12]}…, "
            f"the manifest has {stated[:12]}…), so its scores cannot be made again from it",
            corpus.name,
        )
    report = evaluate_recipe(trained_on, recipe)
    differing = list(_differing(manifest["metrics"], report))
    if differing:
        raise ArtifactError(
            f"the scores come out otherwise: {'; '.join(differing)}{_other_libraries(manifest)}",
            model,
        )
    return report


def _recipe(manifest: Mapping[str, Any], model: Path) -> Recipe:
    try:
        return Recipe.from_mapping(manifest["recipe"])
    except (KeyError, TypeError) as error:
        raise ArtifactError(
            f"its manifest holds no recipe that this themetag can follow: {error}", model
        ) from error


def _differing(stated: Mapping[str, Any], report: Report) -> Iterator[str]:
    for task, figures in (("category", report.category), ("themes", report.themes)):
        for name in {**stated[task], **figures}:
            then, now = stated[task].get(name, {}), {}
            if name in figures:
                now = asdict(figures[name])
            if not _is_near(then, now):
                yield f"{LISTED[name]} is {now.get('value')}, was {then.get('value')}"


def _is_near(then: Mapping[str, float | None], now: Mapping[str, float | None]) -> bool:
    return then.keys() == now.keys() and all(
        value == now[name] or (value is not None and abs(value - (now[name] or 0.0)) <= _TOLERANCE)
        for name, value in then.items()
    )


def _other_libraries(manifest: Mapping[str, Any]) -> str:
    """Say which libraries are others than those that the model was made with."""
    others = [
        f"{name} {version} (was {manifest['libraries'].get(name)})"
        for name, version in libraries().items()
        if manifest["libraries"].get(name) != version
    ]
    return f"; libraries differ: {', '.join(others)}" if others else ""
