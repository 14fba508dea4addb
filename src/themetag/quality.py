"""How good a model is, out of its manifest, for those who read its answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from themetag.measures import ALONE

_FIGURES = {
    "category": ("top1", "top3", "coverage"),
    "themes": ("micro_f1", "lenient_precision"),
}


class OftenWrong(NamedTuple):
    """How many of 100 entries of a known category the model misreads."""

    unlikely: int
    """Those whose category is not in the prediction set."""
    other: int
    """Those whose category does not come first."""


class Quality(NamedTuple):
    """One figure of how good the model is."""

    name: str
    """What was measured."""
    value: float
    """The figure."""
    low: float
    """Where its 95 % interval begins."""
    high: float
    """Where it ends."""
    n: int
    """How many entries it rests on."""


def quality(manifest: Mapping[str, Any]) -> list[Quality]:
    """Return the figures of a model that a reader of its answers should know."""
    metrics = manifest.get("metrics", {})
    found = [
        (ALONE[key], metrics.get(task, {}).get(key)) for task in _FIGURES for key in _FIGURES[task]
    ]
    return [
        Quality(name, figure["value"], figure["low"], figure["high"], figure["n"])
        for name, figure in found
        if figure and None not in (figure["value"], figure["low"], figure["high"])
    ]


def often_wrong(manifest: Mapping[str, Any]) -> OftenWrong | None:
    """Return how often the model misreads an entry of a known category, if that was measured."""
    figures = manifest.get("metrics", {}).get("category", {})
    rates = [figures.get(key, {}).get("value") for key in ("coverage", "top1")]
    if None in rates:
        return None
    unlikely, other = (round(100 * (1 - rate)) for rate in rates)
    return OftenWrong(unlikely, other)


def provenance(manifest: Mapping[str, Any]) -> list[str]:
    """Return what a reader of a model's figures must know: what only trained, and the caveats.

    >>> provenance({"version": "1", "corpus": {"entries": {"real": 40, "invented": 7}}})
    ['1: 7 invented entries only ever trained; they are not among those measured']
    """
    kinds = manifest.get("corpus", {}).get("entries", {})
    helpers = [f"{kinds[kind]} {kind}" for kind in ("restated", "invented") if kinds.get(kind)]
    trained = (
        f"{manifest.get('version')}: {', '.join(helpers)} entries only ever trained; they are not "
        "among those measured"
    )
    return [*([trained] if helpers else []), *manifest.get("recipe", {}).get("caveats", [])]
