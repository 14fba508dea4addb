"""Model folders with out-of-fold answers that are written out by hand."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from builders import tagger

from themetag import artifact
from themetag.codebook import Codebook


def row(
    id: str,
    category: str | None = None,
    chances: Sequence[float] = (),
    themes: Sequence[str] | None = None,
    theme_chances: Sequence[float] = (),
    *,
    text: str = "",
    group: int | None = None,
    stated: tuple[Sequence[str], Sequence[str]] | None = None,
    silent: bool = False,
) -> dict[str, Any]:
    """What a model keeps of one entry; its text is told from others by its id unless given.

    Stated are the prediction set and the themes given, which older models do not keep.
    """
    kept = {
        "id": id,
        "text": text or f"text of {id}",
        "fold": 0,
        "category": category,
        "themes": None if themes is None else list(themes),
        "category_probabilities": list(chances),
        "theme_probabilities": list(theme_chances),
    }
    kept |= {} if group is None else {"group": group}
    if stated is None:
        return kept
    return kept | {"category_set": [*stated[0]], "given": [*stated[1]], "silent": silent}


def save(
    folder: Path,
    rows: Sequence[Mapping[str, Any]],
    categories: Sequence[str] = ("Housing", "Waste"),
    themes: Sequence[str] = (),
    *,
    thresholds: Sequence[float] | None = None,
    floor: float = 0.0,
    codebook: Codebook | None = None,
    weights: Mapping[str, Sequence[float]] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Path:
    """Write a model folder; its weights matter to the words that `compare` names alone."""
    n_labels = len(categories) + len(themes)
    model = tagger(
        weights or {"bins": [0.5] * n_labels}, categories, themes,
        thresholds=thresholds, floor=floor,
    )  # fmt: skip
    model = dataclasses.replace(model, version=folder.name, codebook=codebook or model.codebook)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    artifact.save(model, folder, facts or {}, seen=frozenset(), out_of_fold=lines, card="")
    return folder


def ranked(n_right: int, n: int = 40, *, groups: bool = True) -> list[dict[str, Any]]:
    """Entries of Housing, the first of which are ranked right and the others wrong."""
    return [
        row(str(i), "Housing", [0.75, 0.25] if i < n_right else [0.25, 0.75],
            group=i if groups else None)
        for i in range(n)
    ]  # fmt: skip
