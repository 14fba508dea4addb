"""Headings that a page has lost, told by the alphabet.

Entries stand in alphabetical order of councils under each heading. Where the alphabet begins anew
within a section, the heading that stood there was lost, and the one above says nothing of what
follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from themetag.learning.ingest.blocks import Block
from themetag.learning.ingest.headings import Heading

# The order is believed where so many pairs of neighbours, and so large a share of them, keep it.
_LEAST_PAIRS = 20
_SHARE_IN_ORDER = 0.75
# A fall by fewer letters may be a name filed under another word.
_LETTERS_BACK = 8


def without_lost_headings(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks; where a heading seems lost, with one that names no category."""
    sections = [list(run) for _, run in groupby(blocks, key=lambda block: block.heading)]
    if not _is_alphabetical(sections):
        return list(blocks)
    return [block for section in sections for block in _checked(section)]


def _is_alphabetical(sections: Sequence[Sequence[Block]]) -> bool:
    initials = [list(filter(None, map(_initial, section))) for section in sections]
    pairs = [pair for section in initials for pair in pairwise(section)]
    n_in_order = sum(first <= second for first, second in pairs)
    return len(pairs) >= _LEAST_PAIRS and n_in_order >= _SHARE_IN_ORDER * len(pairs)


def _checked(section: Sequence[Block]) -> list[Block]:
    checked = []
    heading, previous = section[0].heading, ""
    for block in section:
        initial = _initial(block)
        if previous and initial and ord(previous) - ord(initial) >= _LETTERS_BACK:
            problem = f"a heading may be missing above line {block.first_line}"
            heading = Heading(block.first_line, "", None, problem)
        previous = initial or previous
        checked.append(replace(block, heading=heading))
    return checked


def _initial(block: Block) -> str:
    """Return the capital that the council of an entry is filed under, or ""."""
    return block.named_council().removeprefix("The ").removeprefix("City of ")[:1].upper()
