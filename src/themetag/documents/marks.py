"""`Marks`: what a document marks as a heading or a caption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Marks:
    """The lines of a document that its own markup says are no running text."""

    levels: Mapping[str, int] = field(default_factory=dict)
    """The level of each heading by its text, from 1 for the highest."""
    captions: frozenset[str] = frozenset()
    """What stands under pictures."""
