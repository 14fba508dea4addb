"""What the history of labels says of entries: labels given no more, or not yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
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


def without_legacy(
    entries: Iterable[LabelledEntry], codebook: Codebook
) -> tuple[tuple[LabelledEntry, ...], list[str]]:
    """Take legacy labels off invented entries; those of real and restated ones stay, to be mended.

    An invented entry of a legacy category keeps its themes. One of a legacy theme counts as not
    coded, since it may be about a theme that the legacy one was split into.

    Args:
        entries: labelled as somebody wrote it.
        codebook: what is given and what is legacy.

    Returns:
        The entries, and a line for each legacy label that any invented one had.
    """
    kept = []
    n_of: dict[str, Counter[str]] = {"category": Counter(), "theme": Counter()}
    for row in entries:
        if row.kind == "invented":
            row = _without_legacy(row, codebook, n_of)
        kept.append(row)
    lines = [
        f"{n} invented entries of the legacy {task} {name!r} count for their {others} alone"
        for task, others in (("category", "themes"), ("theme", "category"))
        for name, n in sorted(n_of[task].items())
    ]
    return tuple(kept), lines


def _without_legacy(
    row: LabelledEntry, codebook: Codebook, n_of: Mapping[str, Counter[str]]
) -> LabelledEntry:
    if row.category and (name := codebook.find_legacy("category", row.category)):
        n_of["category"][name] += 1
        row = replace(row, category=None)
    plausible = frozenset(x for x in row.plausible if not codebook.find_legacy("theme", x))
    named = (codebook.find_legacy("theme", x) for x in row.themes or ())
    if legacy := {name for name in named if name}:
        n_of["theme"].update(legacy)
        row = replace(row, themes=None)
    return replace(row, plausible=plausible)


def said_of_legacy(what: str, n_of: Mapping[str, int]) -> list[str]:
    """Return a line for each legacy label of which something was passed over.

    >>> said_of_legacy("cues", {"Technology": 2})
    ["2 cues of the legacy label 'Technology' passed over"]
    """
    return [f"{n} {what} of the legacy label {name!r} passed over" for name, n in n_of.items()]


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
