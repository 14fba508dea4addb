"""What the history of labels says of entries: labels given no more, or not yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from themetag.codebook import Codebook

if TYPE_CHECKING:
    from themetag.learning.corpus import LabelledEntry


def without_retired(
    entries: Iterable[LabelledEntry], codebook: Codebook
) -> tuple[tuple[LabelledEntry, ...], list[str]]:
    """Take retired labels off entries, which keep their other labels.

    Args:
        entries: labelled as the codebook has it.
        codebook: what is given and what is retired.

    Returns:
        The entries, and a line for each retired label that any of them had.
    """
    kept = []
    n_of: Counter[str] = Counter()
    categories = {label.name: label for label in codebook.retired_categories}
    themes = {label.id: label for label in codebook.retired_themes}
    for row in entries:
        n_of.update((row.themes or frozenset()) & themes.keys())
        if row.category in categories:
            n_of[row.category] += 1
            row = replace(row, category=None)
        kept.append(
            replace(
                row,
                themes=None if row.themes is None else row.themes - themes.keys(),
                plausible=row.plausible - themes.keys(),
            )
        )
    lines = [
        f"retired category {name!r} (last given in {label.last_year}): {n_of[name]} entries have "
        "it and count for their themes alone"
        for name, label in categories.items()
        if n_of[name]
    ]
    lines += [
        f"retired theme {id!r} (last given in {label.last_year}): left out of {n_of[id]} entries"
        for id, label in themes.items()
        if n_of[id]
    ]
    return tuple(kept), lines


def said_of_early(entries: Iterable[LabelledEntry], codebook: Codebook) -> list[str]:
    """Return a line for each label that entries have of years before there was such a label."""
    began = {("category", label.name): label.first_year for label in codebook.categories}
    began |= {("theme", label.id): label.first_year for label in codebook.themes}
    early: dict[tuple[str, str], list[str]] = {}
    for row in entries:
        labels = {("theme", id) for id in row.themes or ()} | {("category", row.category or "")}
        for label in labels:
            first = began.get(label)
            if first is not None and row.year is not None and row.year < first:
                early.setdefault(label, []).append(row.place)
    return [
        f"{task} {name!r} was first given in {began[task, name]}: {len(places)} entries of earlier "
        f"years have it, such as that at {places[0]}; look at their year and label"
        for (task, name), places in sorted(early.items())
    ]
