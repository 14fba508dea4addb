"""`Decision`: the labels that a person chose for one entry, as a tool gives them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from themetag.errors import InputError
from themetag.learning.corpus import JOIN
from themetag.learning.exchange.proposals import Proposal
from themetag.tables.rows import as_text
from themetag.tables.sheet import cut

# What every format carries there and back beside labels and text.
CARRIED = ("entry", "proposed_category", "proposed_themes", "model", "codebook")


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of one entry, unchecked."""

    id: str
    """The entry's id."""
    category: str
    """The category chosen, or an empty string."""
    themes: tuple[str, ...]
    """The themes chosen, the primary one first."""
    text: str
    """The entry's text as it went out, or as somebody changed it."""
    proposed_category: str
    """The category that was proposed."""
    proposed_themes: tuple[str, ...]
    """The themes that were proposed."""
    model: str
    """The version of the model that proposed them."""
    codebook: str
    """The edition of the codebook that was chosen from."""
    path: Path
    """The file."""
    line: int | None
    """The line where it starts, where the file has lines."""

    def refused(self, reason: str) -> InputError:
        """Return the error that says why this decision cannot be taken."""
        return InputError(f"entry {self.id!r} {reason}", self.path, line=self.line)


def carried(proposal: Proposal, edition: str) -> dict[str, str]:
    """Return what every format carries there and back beside labels and text."""
    return {
        "entry": proposal.written.entry.id,
        "proposed_category": proposal.category,
        "proposed_themes": JOIN.join(proposal.proposed_themes),
        "model": proposal.model,
        "codebook": edition,
    }


def decided(
    record: Mapping[str, Any],
    category: str,
    themes: Iterable[str],
    text: str,
    path: Path,
    line: int | None,
) -> Decision:
    """Make a decision of what was carried and what was chosen.

    Raises:
        InputError: when the record lacks what it went out with.
    """
    fields = {name: as_text(record.get(name)).strip() for name in CARRIED}
    if lacking := [name for name in CARRIED if name not in record]:
        raise InputError(f"has no {lacking[0]!r}, which it went out with", path, line=line)
    if not fields["entry"]:
        raise InputError("does not say which entry it is: 'entry' is missing", path, line=line)
    return Decision(
        fields["entry"],
        category.strip(),
        tuple(theme.strip() for theme in themes),
        text,
        fields["proposed_category"],
        tuple(filter(None, fields["proposed_themes"].split(JOIN))),
        fields["model"],
        fields["codebook"],
        path,
        line,
    )


def as_proposed(themes: Iterable[str], record: Mapping[str, Any]) -> list[str]:
    """Order themes of a tool that keeps no order: as proposed, and then those added, by name.

    >>> as_proposed(["waste", "housing", "equality"], {"proposed_themes": "housing|waste"})
    ['housing', 'waste', 'equality']
    """
    proposed: Sequence[str] = as_text(record.get("proposed_themes")).split(JOIN)
    rank = {theme: i for i, theme in enumerate(proposed)}
    return sorted(themes, key=lambda theme: (rank.get(theme, len(rank)), theme))


def shown_text(text: str) -> str:
    """Return as much of a text as goes out: what one cell of a worksheet holds."""
    return cut(text)
