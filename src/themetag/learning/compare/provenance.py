"""How the figures of a comparison came about, and what a reader must know to judge by them."""

from __future__ import annotations

import numpy as np

from themetag.learning.compare.paired import Pair


def how(pair: Pair) -> str:
    """Say on what the figures were measured."""
    n_groups = len(np.unique(pair.groups))
    return (
        f"out-of-fold answers of both models on the {len(pair)} entries that they share "
        f"({pair.old.tagger.version} keeps {len(pair.old.rows)}, {pair.new.tagger.version} "
        f"{len(pair.new.rows)}), in {n_groups} groups: every answer is of a fit that had not seen "
        "the entry. 95 % intervals over resampled groups, the same resamples for both. Themes and "
        "prediction sets by each model's own thresholds, which were found on these same answers; "
        "abstentions are not kept, so every entry counts as answered"
    )


def notes(pair: Pair) -> tuple[str, ...]:
    """Return what a reader must know to take the figures for what they are."""
    lines = [*_about_gold(pair), *_about_edited(pair), *_about_retired(pair)]
    sides = (pair.old, pair.new)
    if not any("group" in kept.rows[0] for kept in sides):
        lines.append(
            "neither model keeps which entries are of one project, so each counts for itself and "
            "intervals are a little too narrow"
        )
    for kept in sides:
        kinds = kept.manifest.get("corpus", {}).get("entries", {})
        helpers = [f"{kinds[kind]} {kind}" for kind in ("restated", "invented") if kinds.get(kind)]
        if helpers:
            lines.append(
                f"{kept.tagger.version}: {', '.join(helpers)} entries only ever trained; they are "
                "not among those measured"
            )
    caveats = [line for x in sides for line in x.manifest.get("recipe", {}).get("caveats", [])]
    return tuple(dict.fromkeys([*lines, *caveats]))


def _about_gold(pair: Pair) -> list[str]:
    """Say how many entries the two corpora label differently."""
    pairs = list(zip(pair.old_rows, pair.new_rows, strict=True))
    n_categories = sum(
        new["category"] != pair.categories.names.get(old["category"]) for old, new in pairs
    )
    n_themes = sum(
        {pair.themes.names[theme] for theme in old["themes"] or ()} != {*(new["themes"] or ())}
        for old, new in pairs
    )
    if not n_categories and not n_themes:
        return []
    return [
        f"the two corpora give {n_categories} of these entries another category and {n_themes} "
        "other themes: measured on the labels of each, and the view counts in which the new "
        "model looks worse"
    ]


def _about_edited(pair: Pair) -> list[str]:
    rest = [
        {row["id"] for row in kept.rows} - {row["id"] for row in shared}
        for kept, shared in ((pair.old, pair.old_rows), (pair.new, pair.new_rows))
    ]
    n = len(rest[0] & rest[1])
    return [f"{n} entries have another text under the same id and are left out"] if n else []


def _about_retired(pair: Pair) -> list[str]:
    retired = [*sorted(pair.categories.retired), *sorted(pair.themes.retired)]
    names = ", ".join(map(repr, retired))
    return [f"retired in the new codebook and not measured: {names}"] if retired else []
