"""`Comparison`: what changes from one model to another, as data, as JSON and as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

from themetag.learning.measure import Figure, LabelCount
from themetag.measures import DECISIVE

# Measures of which less is better.
LESS_IS_BETTER = frozenset({"log_loss", "ece", "set_size"})

# With fewer shared entries that have such labels, one alone moves a rate by more than 0.05.
LEAST_SHARED = 20


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of two models on the same entries."""

    name: str
    """The measure."""
    gold: str
    """Whose labels it was measured against: old, new, or both where they agree."""
    old: Figure
    """The old model's figure."""
    new: Figure
    """The new model's figure."""
    difference: Figure
    """New less old, on the same resamples of groups."""

    @property
    def benefit(self) -> tuple[float, float] | None:
        """The 95 % interval of how much better the new model is; None where undefined.

        >>> half = Figure(0.5, 0.4, 0.6, 9)
        >>> Change("ece", "both", half, half, Figure(-0.1, -0.2, 0.05, 9)).benefit
        (-0.05, 0.2)
        """
        low, high = self.difference.low, self.difference.high
        if low is None or high is None:
            return None
        return (-high, -low) if self.name in LESS_IS_BETTER else (low, high)

    @property
    def shown(self) -> str:
        """The difference with its sign, interval and count."""
        gap = self.difference
        if gap.value is None:
            return f"not defined (n = {gap.n})"
        return f"{gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f}, n = {gap.n})"

    @property
    def is_worse(self) -> bool:
        """Whether the new model is worse beyond the interval."""
        return self.benefit is not None and self.benefit[1] < 0

    @property
    def is_better(self) -> bool:
        """Whether the new model is better beyond the interval."""
        return self.benefit is not None and self.benefit[0] > 0


@dataclass(frozen=True, slots=True)
class LabelChange:
    """How well two models give one label."""

    old: LabelCount
    """The old model's counts."""
    new: LabelCount
    """The new model's counts, on the same entries and labels."""
    f1: Change
    """F1 of the label; with its interval."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two models."""

    version: str
    """Its version."""
    folder: str
    """Its folder, as the user wrote it."""
    codebook: str
    """The edition of its codebook."""
    n_categories: int
    """How many categories it ranks."""
    n_themes: int
    """How many themes it knows."""
    n_entries: int
    """How many entries its folder keeps answers on."""
    n_terms: int
    """The size of its vocabulary."""
    n_bytes: int
    """The size of its files."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What changes in the labels of one kind, and in their thresholds."""

    added: tuple[str, ...]
    """Labels that only the new model has."""
    removed: tuple[str, ...]
    """Labels that only the old model has."""
    renamed: tuple[tuple[str, str], ...]
    """Labels that both have under different names: the old, the new."""
    thresholds: Mapping[str, tuple[float, float]]
    """By the new name, thresholds of the labels of both: the old, the new; none of categories."""


@dataclass(frozen=True, slots=True)
class TermChange:
    """The words that speak for a label more than before, and less."""

    task: str
    """Category or theme."""
    label: str
    """The label, by its new name."""
    gained: tuple[str, ...]
    """Words that gained most, most first; * after those that the old vocabulary lacks."""
    lost: tuple[str, ...]
    """Words that lost most, most first; * after those that the new vocabulary lacks."""


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry that the two models tag differently."""

    id: str
    """Its id in the new model's corpus."""
    gold: str | None
    """Its category there, where known."""
    old: str | None
    """The category the old model put first, if it gives any."""
    new: str | None
    """The category the new model puts first, if it gives any."""
    gold_themes: tuple[str, ...] | None
    """Its themes there, where it was coded."""
    gained: tuple[str, ...]
    """Themes that only the new model gives it."""
    lost: tuple[str, ...]
    """Themes that only the old model gave it."""

    @property
    def category_effect(self) -> str:
        """Whether its first guess is right now, wrong now, wrong as before, or the same."""
        if self.old == self.new:
            return "same"
        if self.gold is None:
            return "unknown"
        if self.gold == self.new:
            return "right now"
        return "wrong now" if self.gold == self.old else "wrong still"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that changes from one model to another."""

    old: Side
    """The model that is there."""
    new: Side
    """The one that may come after it."""
    n: int
    """How many entries both were measured on."""
    how: str
    """How the figures came about."""
    notes: tuple[str, ...]
    """What a reader must know to take the figures for what they are."""
    figures: Mapping[str, tuple[Change, ...]]
    """Changes of `category` and of `themes`; empty where not both models give such labels."""
    by_label: tuple[LabelChange, ...]
    """Changes of every label that a shared entry has or was given."""
    labels: Mapping[str, Labels]
    """Changes in the labels themselves: of `category` and of `themes`."""
    terms: tuple[TermChange, ...]
    """Changes in the strongest words of the labels of both."""
    entries: tuple[EntryChange, ...]
    """The entries tagged differently."""

    @property
    def decisive(self) -> tuple[Change, ...]:
        """The changes that decide on a release."""
        changes = chain.from_iterable(self.figures.values())
        return tuple(change for change in changes if change.name in DECISIVE)

    @property
    def objections(self) -> tuple[str, ...]:
        """Why the new model should not come after the old one; nothing where it may."""
        kinds = ("categories", "themes")
        before = (self.old.n_categories, self.old.n_themes)
        after = (self.new.n_categories, self.new.n_themes)
        lost = [
            f"it gives no {kind}, which {self.old.version} did"
            for kind, n_old, n_new in zip(kinds, before, after, strict=True)
            if n_old and not n_new
        ]
        n_least = min((row.difference.n for row in self.decisive), default=LEAST_SHARED)
        few = f"{n_least} shared entries are too few to judge by ({LEAST_SHARED} are needed)"
        blind = "no shared entry has a label of a kind that both give"
        return (
            *lost,
            *([few] if n_least < LEAST_SHARED else []),
            *([] if self.decisive or lost else [blind]),
            *(f"{DECISIVE[row.name]} {row.shown}" for row in self.decisive if row.is_worse),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as the JSON object that the command line prints."""
        return {
            "old": asdict(self.old),
            "new": asdict(self.new),
            "n": self.n,
            "how": self.how,
            "notes": list(self.notes),
            **{
                task: {change.name: _plain(change) for change in changes}
                for task, changes in self.figures.items()
            },
            "labels": [
                {"old": asdict(row.old), "new": asdict(row.new), "f1": _plain(row.f1)}
                for row in self.by_label
            ],
            "codebook": {task: asdict(labels) for task, labels in self.labels.items()},
            "terms": [asdict(row) for row in self.terms],
            "entries": [asdict(row) | {"effect": row.category_effect} for row in self.entries],
            "objections": list(self.objections),
        }


def _plain(change: Change) -> dict[str, Any]:
    row = asdict(change)
    del row["name"]
    return row
