"""Category headings of an award page, by the names and aliases of the codebook."""

from __future__ import annotations

import re
from dataclasses import dataclass

from themetag.codebook import Codebook, fold_name

_SPONSOR = re.compile(
    r"\s*(?:[-–—|:,(]\s*)?\b(?:(?:sponsored|supported) by|in association with)\b.*", re.IGNORECASE
)
_AROUND = re.compile(
    r"^(?:the )?(?:category ?:|award ?:)?\s*|\s*(?:awards?|category)?(?: 20\d\d)?$"
)
_LONGEST = 10


@dataclass(frozen=True, slots=True)
class Heading:
    """A category heading as it stands on a page."""

    line: int
    """The number of its line."""
    printed: str
    """What it says, without its sponsor."""
    category: str | None
    """The category of the codebook that it names; None for one that cannot be mapped."""
    problem: str
    """Why it cannot be mapped, else ""."""


class HeadingReader:
    """Knows a heading when it meets one."""

    def __init__(self, codebook: Codebook):
        self._names = {
            _folded(name): label.name
            for label in (*codebook.categories, *codebook.retired_categories)
            for name in (label.name, *(alias.name for alias in label.aliases))
        }
        self._legacy = frozenset(_folded(row.name) for row in codebook.legacy)

    def read(self, text: str, line: int) -> Heading | None:
        """Return the heading that a line is, or None.

        A line of a name that the codebook does not know is a heading if it names its sponsor.

        >>> reader = HeadingReader(Codebook.of_names(["Public/Public Partnership"], []))
        >>> reader.read("Public-public partnership – sponsored by Zed", 7).category
        'Public/Public Partnership'
        """
        printed = _SPONSOR.sub("", text).strip()
        if not printed or len(printed.split()) > _LONGEST:
            return None
        folded, at = _folded(printed), f"line {line}"
        if folded in self._names:
            return Heading(line, printed, self._names[folded], "")
        if folded in self._legacy:
            return Heading(line, printed, None, f"legacy category {printed!r} is not mapped ({at})")
        if printed != text and text[0].isupper():
            return unknown_heading(line, printed)
        return None


def unknown_heading(line: int, printed: str) -> Heading:
    """Return a heading of a category that the codebook does not know."""
    return Heading(line, printed, None, f"no category {printed!r} in the codebook (line {line})")


def _folded(name: str) -> str:
    """Return what is equal for all the ways that pages print one category."""
    name = _AROUND.sub("", fold_name(name).replace("&", "and"))
    return " ".join(re.sub(r"[^\w']+", " ", name).split())
