"""How the figures of a comparison came about, and what a reader must know to judge by them."""

from __future__ import annotations

import numpy as np

from themetag.learning.compare.paired import Pair
from themetag.quality import provenance

_STATED = (
    "Themes, prediction sets and abstentions by thresholds found without the entry; an entry that "
    "a model declines counts as not right"
)
_RECKONED = (
    "Themes and prediction sets by each model's own thresholds, which were found on these same "
    "answers; not both models keep abstentions, so every entry counts as answered"
)


def how(pair: Pair) -> str:
    """Say on what the figures were measured."""
    n_groups = len(np.unique(pair.groups))
    return (
        f"out-of-fold answers of both models on the {len(pair)} entries that they share "
        f"({pair.old.tagger.version} keeps {len(pair.old.rows)}, {pair.new.tagger.version} "
        f"{len(pair.new.rows)}), in {n_groups} groups: every answer is of a fit that had not seen "
        "the entry. 95 % intervals over resampled groups, the same resamples for both. "
        + (_STATED if pair.is_stated else _RECKONED)
    )


def notes(pair: Pair) -> tuple[str, ...]:
    """Return what a reader must know to take the figures for what they are."""
    lines = [*_about_gold(pair), *_about_edited(pair), *_about_retired(pair), *_about_silent(pair)]
    sides = (pair.old, pair.new)
    if all(kept.rows.group is None for kept in sides):
        lines.append(
            "neither model keeps which entries are of one project, so each counts for itself and "
            "intervals are a little too narrow"
        )
    lines += [line for kept in sides for line in provenance(kept.manifest)]
    return tuple(dict.fromkeys(lines))


def _about_gold(pair: Pair) -> list[str]:
    """Say how many entries the two corpora label differently."""
    old, new = pair.old_rows, pair.new_rows
    n_categories = sum(
        after != (before and pair.categories.names.get(before))
        for before, after in zip(old.category, new.category, strict=True)
    )
    n_themes = sum(
        {pair.themes.names[theme] for theme in before or ()} != {*(after or ())}
        for before, after in zip(old.themes, new.themes, strict=True)
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
        {*kept.rows.ids} - {*shared.ids}
        for kept, shared in ((pair.old, pair.old_rows), (pair.new, pair.new_rows))
    ]
    n = len(rest[0] & rest[1])
    return [f"{n} entries have another text under the same id and are left out"] if n else []


def _about_silent(pair: Pair) -> list[str]:
    if not pair.is_stated:
        return []
    sides = (pair.old, pair.old_rows), (pair.new, pair.new_rows)
    counted = ((kept, rows.stated.silent.sum()) for kept, rows in sides if rows.stated is not None)
    return [
        f"{kept.tagger.version}: declines {n} of these {len(pair)} entries; its card ranks them "
        "all the same"
        for kept, n in counted
        if n
    ]


def _about_retired(pair: Pair) -> list[str]:
    retired = [*sorted(pair.categories.retired), *sorted(pair.themes.retired)]
    names = ", ".join(map(repr, retired))
    return [f"retired in the new codebook and not measured: {names}"] if retired else []
