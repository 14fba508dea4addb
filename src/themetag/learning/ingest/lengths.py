"""Where entries end that no council or title line divides, told by the word limit of the page.

Awards limit the summary of an entry, commonly to 100 words, and entrants write up to the limit.
Where a page has lost lines, paragraphs that add up to the limit are one entry, and the next
paragraph is another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from themetag.learning.ingest.blocks import RULE_SHARE, Block
from themetag.learning.ingest.pages import Line

# A limit is believed when so many paragraphs end shortly below it, and so many times as many as
# end in the stretch of the same length before that.
_LEAST_NEAR = 12
_TIMES_MORE = 2.0
_NEAR = 0.85
_QUANTILE = 0.95
# Counted as a word processor counts, an entry may be a little longer than here.
TOLERANCE = 1.07

# What speaks against a cut, in shares of the limit; the proportions matter, not the numbers.
_TOO_LONG = 2.0
_TOO_SHORT = 0.6
_UNOPENED = 0.3
_RUNS_ON = 0.4
_RUNNING_ON = re.compile(
    r"(?:It|Its|This|That|These|Those|They|Their|He|She|His|Her|The|And|But|However|Also|Since|To "
    r"date|As a result|At the same time|Now|Today|So|Such|All|Both)(?:’s|'s)?\b"
)
# A sentence may be the title of the entry, where a council stands alone over it.
_TITLE_WORDS = 35


def word_limit(blocks: Sequence[Block]) -> int | None:
    """Return the number of words that entries of the page are limited to, where it shows.

    On a page that prints a council over nearly every entry no line was lost, and a text that is
    too long is just that: there it is None.
    """
    if sum(bool(block.council) for block in blocks) >= RULE_SHARE * len(blocks):
        return None
    lengths = sorted(line.n_words for block in blocks for line in block.body)
    if not lengths:
        return None
    limit = lengths[int(_QUANTILE * len(lengths))]

    def between(low: float, high: float) -> int:
        return sum(low * limit <= n < high * limit for n in lengths)

    n_near = between(_NEAR, TOLERANCE)
    n_before = between(2 * _NEAR - TOLERANCE, _NEAR)
    return limit if n_near >= max(_LEAST_NEAR, _TIMES_MORE * n_before) else None


def divided(block: Block, limit: int) -> list[Block]:
    """Cut a block that is too long for one entry where its parts come nearest to the limit."""
    if block.n_words <= limit * TOLERANCE or len(block.body) < 2:
        return [block]
    if block.council and not block.title and block.body[0].n_words <= _TITLE_WORDS:
        first, *rest = block.body
        titled = replace(block, title=first.text, opening=(*block.opening, first), body=tuple(rest))
        if _cost(rest, limit) < _cost(block.body, limit):
            return divided(titled, limit)
    parts = _parts(block.body, limit)
    unopened = Block(block.heading, "", "", (), ())
    note = "begins where the words before reach the limit of the page"
    return [
        replace(block, body=parts[0]),
        *(replace(unopened, body=part, notes=(note,)) for part in parts[1:]),
    ]


def _cost(lines: Sequence[Line], limit: int) -> float:
    return _best(lines, limit)[0]


def _parts(lines: Sequence[Line], limit: int) -> list[tuple[Line, ...]]:
    cuts = _best(lines, limit)[1]
    return [tuple(lines[a:b]) for a, b in pairwise(cuts)]


def _best(lines: Sequence[Line], limit: int) -> tuple[float, tuple[int, ...]]:
    """Return the least cost of cutting paragraphs into entries, and where to cut them."""
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, (0,))]
    for end in range(1, len(lines) + 1):
        choices: list[tuple[float, tuple[int, ...]]] = []
        n_words = 0
        for start in range(end - 1, -1, -1):
            n_words += lines[start].n_words
            if choices and n_words > TOLERANCE * limit:
                break
            cost, cuts = best[start]
            cost += _misfit(n_words / limit) + (_beginning(lines[start]) if start else 0.0)
            choices.append((cost, (*cuts, end)))
        best.append(min(choices))
    return best[-1]


def _misfit(share: float) -> float:
    """Return how unlike an entry a text is that has this share of the words allowed."""
    if share > TOLERANCE:
        return _TOO_LONG
    return 0.0 if share >= _NEAR else _TOO_SHORT + (_NEAR - share)


def _beginning(line: Line) -> float:
    """Return how unlike the beginning of an entry a paragraph is."""
    return _UNOPENED + (_RUNS_ON if _RUNNING_ON.match(line.text) else 0.0)
