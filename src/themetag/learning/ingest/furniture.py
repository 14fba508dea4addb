"""What stands on an award page and is no part of an entry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum


class Furniture(Enum):
    """A kind of line that is left out, by what it means for the lines after it."""

    PASSING = "passing"
    """A notice, link, caption, sponsor or person; what follows may be an entry."""
    MARK = "mark"
    """"Winner" or the like; what follows is the beginning of an entry."""
    PRAISE = "praise"
    """What judges said; the paragraphs that follow are not the entrant's."""
    JUDGES = "judges"
    """A list of judges; what follows is people, up to a council or heading."""
    END = "end"
    """Comments, related articles, sign-in: what follows is left out up to a heading."""


# Longer lines are somebody's words, whatever they mention.
_LONGEST = 45
_LONGEST_PERSON = 20

_MARK = (
    r"(?:overall )?winners?(?: 20\d\d)?|(?:highly )?commended|runners?[- ]up|finalists?"
    r"|shortlist(?:ed)?"
)
_JUDGES = r"(?:judges?|judging panel|panel of judges)"
_LINES: dict[Furniture, tuple[str, ...]] = {
    Furniture.END: (
        r"have your say",
        r"(?:\d+ )?comments(?: \(\d+\)| on .*)?|\d+ comment",
        r"(?:leave|add|post|write) (?:a|your) (?:comment|reply)",
        r"(?:you must |please )?(?:sign|log) ?in (?:or|to) .*\b(?:comment|discussion|account)\b.*",
        r"(?:related|recommended|similar) (?:articles?|stories|content|posts|topics).*",
        r"most (?:read|popular|commented|recent)|(?:read|up) next|more from .*",
        r"you (?:may|might) also like.*",
        r"(?:copyright\b|©|\(c\) 20).*|all rights reserved.*",
    ),
    Furniture.PRAISE: (
        rf"(?:what )?(?:the |our )?{_JUDGES}[’']?s?[’']? "
        r"(?:comments?|said|verdict|feedback|views?):?",
    ),
    Furniture.JUDGES: (rf"(?:the |our |meet the )?{_JUDGES}(?: were)?:?",),
    Furniture.MARK: (rf"(?:{_MARK})\W*",),
    Furniture.PASSING: (
        r".*\bcookies\b.*|.*\byour browser\b.*|.*\banother browser\b.*",
        r"(?:sign|log) ?(?:in|out|up)|register|subscribe(?: now)?",
        r"(?:sign up|sign in|log in|register|subscribe) (?:for|to|now|or|here|today)\b.*",
        r"menu|search|home|news|close|print|email|share|facebook|twitter|linkedin|x|whatsapp",
        r"(?:share|tweet|like|follow|print)(?: us| this)\b.*",
        r"comment|learn more|read more|view all|show more|see (?:all|more)|click here.*",
        r"(?:back|skip) to .*",
        r"(?:privacy|cookie|terms)(?: (?:and|&) conditions| policy| of use)?|contact us|about us",
        r"advert(?:isement|ising)?",
        r"(?:sponsored|supported|presented) by\b.*|in association with\b.*",
        r"(?:headline |category )?sponsors?(?::.*)?",
        r"a (?:picture|photo|photograph) of .*",
        r"(?:picture|photo|photograph|image|figure|caption|source|pictured)(?: \d+)?(?: by)?:.*",
        r"(?:pictured|from left|left|right|above|below)(?: to right)?:.*",
        r"(?:published|posted|updated)(?: on)?:? .{0,30}20\d\d.*|\d{1,2} [a-z]+ 20\d\d",
    ),
}  # fmt: skip
_COMPILED = {kind: re.compile("|".join(lines), re.IGNORECASE) for kind, lines in _LINES.items()}
_ROLE = (
    r"(?:chief|deputy|assistant|interim|former|executive|corporate|strategic|managing|associate|"
    r"senior|independent|head|director|chair(?:man|woman)?|leader|president|editor|partner|"
    r"professor|consultant|commissioner|advis[eo]r|founder|trustee)"
)
_PERSON = re.compile(rf"[A-Z][\w’'-]+(?: [A-Z][\w’'.-]*)+(?:,| [–-]) (?i:{_ROLE})\b.*[^.]")
_PRAISED = re.compile(
    rf"(?:the |our )?{_JUDGES}\b.{{0,30}}\b(?:said|say|praised?|felt|were|was|liked|loved|noted|"
    r"thought|commented|commended|admired|described|agreed|found|recognised|highlighted)\b",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"(?:entry |project |award )?(?:name|title|category|summary|description|text|no\.?|id|ref)"
    r"|entrant|organisation|authority|council|award|entry|project|year|winner|shortlisted|statement"
    r"|\d+[ -]words? (?:summary|description|statement|text)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"[•●▪·*]\s*")
_MARK_BEFORE = re.compile(rf"(?:{_MARK})\s*[:–—-]\s*(?=\S)", re.IGNORECASE)


def furniture(text: str) -> Furniture | None:
    """Return what kind of furniture a line is, or None for a line that may be an entry's.

    >>> furniture("You must sign in to make a comment"), furniture("Clean streets")
    (<Furniture.END: 'end'>, None)
    """
    n_words = len(text.split())
    if _PRAISED.match(text) or (n_words <= _LONGEST_PERSON and _PERSON.fullmatch(text)):
        return Furniture.PASSING
    if n_words > _LONGEST:
        return None
    bare = _BULLET.sub("", text, count=1)
    return next((kind for kind, pattern in _COMPILED.items() if pattern.fullmatch(bare)), None)


def is_header(cells: Sequence[str]) -> bool:
    """Say whether the cells of one row are the header of a table of entries.

    >>> is_header(["Entrant", "Award", "100 word summary"]), is_header(["Award"])
    (True, False)
    """
    return len(cells) > 1 and all(_HEADER.fullmatch(cell) for cell in cells)


def without_mark(text: str) -> str:
    """Take "Winner:" or the like off the beginning of a line.

    >>> without_mark("Highly commended: Hull City Council")
    'Hull City Council'
    """
    return _MARK_BEFORE.sub("", text, count=1)
