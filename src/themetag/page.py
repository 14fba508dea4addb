"""One self-contained HTML page out of a template, with its pictures.

A page needs no network and no other file: its style and its one script (which sorts tables) stand
in it, and its content security policy allows these two by their hashes and nothing else. Whatever
people typed into a form is escaped, and characters that would hide or reorder text are taken out.

To make another page: add a template to `templates/` that extends `base.html`, and call `render`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from themetag.shown import cut, legible

TEMPLATES = Path(__file__).parent / "templates"

# Shades of a heat map beside none at all: as many as an eye tells apart.
SHADES = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart."""

    label: str
    """What is counted."""
    value: float
    """The figure, not negative."""
    width: float
    """0 to 100, in hundredths of the longest bar."""


@dataclass(frozen=True, slots=True)
class Column:
    """One bin of a histogram."""

    start: float
    """Where the bin begins."""
    end: float
    """Where it ends; the next one begins there."""
    count: float
    """What falls into it."""
    height: float
    """0 to 100, in hundredths of the highest column."""


def render(template: str, **values: Any) -> bytes:
    """Return a page as UTF-8; the same values give the same bytes.

    Args:
        template: the name of a file in `templates/`.
        values: what the template names; one that is missing is an error.
    """
    return _environment().get_template(template).render(**values).encode()


def bars(figures: Sequence[tuple[str, float]]) -> list[Bar]:
    """Return the rows of a bar chart, for the macro `bars` of charts.html.

    >>> bars([("Housing", 4), ("Waste", 1)])
    [Bar(label='Housing', value=4, width=100.0), Bar(label='Waste', value=1, width=25.0)]
    """
    longest = max((value for _, value in figures), default=0)
    return [Bar(label, value, _share(value, longest)) for label, value in figures]


def histogram(edges: Sequence[float], counts: Sequence[float]) -> list[Column]:
    """Return the columns of a histogram, for the macro `histogram` of charts.html.

    Args:
        edges: `(n_bins + 1,)`, rising.
        counts: `(n_bins,)`, not negative.

    >>> [column.height for column in histogram([0, 0.5, 1], [1, 2])]
    [50.0, 100.0]
    """
    highest = max(counts, default=0)
    ends = zip(edges[:-1], edges[1:], counts, strict=True)
    return [Column(start, end, count, _share(count, highest)) for start, end, count in ends]


def shades(rows: Sequence[Sequence[float]]) -> list[list[int]]:
    """Return how dark each cell of a heat map is: 0 for nothing, `SHADES` for the most.

    >>> shades([[0, 1], [3, 12]])
    [[0, 1], [2, 6]]
    """
    most = max((value for row in rows for value in row), default=0)
    return [[-int(-SHADES * value // most) if value else 0 for value in row] for row in rows]


def _share(value: float, most: float) -> float:
    return round(100 * value / most, 2) if most else 0.0


def _finished(value: Any) -> Any:
    """Clean whatever a template prints, so that no place in one can forget to."""
    return legible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cut"] = cut
    for name, file in (("style", "page.css"), ("script", "page.js")):
        source = (TEMPLATES / file).read_text(encoding="utf-8")
        environment.globals[name] = Markup(source)
        environment.globals[f"{name}_hash"] = _hash(source)
    return environment


def _hash(source: str) -> str:
    """Return how a content security policy names an inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
