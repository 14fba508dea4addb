"""`Finding`: one thing about a labelled table that a person should look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["row", "label", "id", "duplicate", "category", "theme", "few", "boilerplate"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, where, and what it rests on; nothing is changed by it.

    >>> Finding("few", "'Housing' has 3 real entries").as_json()["line"] is None
    True
    """

    kind: Kind
    """Which of the checks found it."""
    says: str
    """What was found, in one line."""
    line: int | None = None
    """The line where the row starts in the table; none where it is about the whole table."""
    id: str = ""
    """The id of the entry."""
    suggested: Mapping[str, str] = field(default_factory=dict)
    """What might stand there instead, by column."""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """The figures and words behind it, of plain types only."""

    def as_json(self) -> dict[str, Any]:
        """Return the finding as plain types."""
        return {
            "kind": self.kind,
            "line": self.line,
            "id": self.id,
            "says": self.says,
            "suggested": dict(self.suggested),
            "evidence": dict(self.evidence),
        }
