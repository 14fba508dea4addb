"""Councils by the way award pages write them: a name and a style, like "Hackney LBC"."""

from __future__ import annotations

import re

_STYLES = (
    r"(?:Councils?|Authority|Corporation|LBCs?|RBCs?|MBCs?|MDCs?|CBCs?|BCs?|DCs?|CCs?|CAs?|UAs?)"
)
_STYLED_BEFORE = re.compile(
    r"(?:The )?(?:(?:London |Royal |Metropolitan )?Borough|Ministry|Department) (?:of|for) [A-Z]"
)
_ENDS_IN_STYLE = re.compile(rf"\S {_STYLES}$")
_NOT_IN_NAMES = re.compile(r" [-–—] |[:;.!?]|\B['\"‘“]\b")
_LIST_MARK = re.compile(r", | and ")
_AND = re.compile(r" (?:and|&) ")
_LOWER_CASE = frozenset({"and", "of", "the", "in", "on", "upon", "under", "by", "for", "le"})
_BETWEEN = r"(?:\s+[-–—|]\s+|:\s+)"
_DIVIDED_FIRST = re.compile(rf"(.+?){_BETWEEN}(.+)")
_DIVIDED_LAST = re.compile(rf"(.+){_BETWEEN}(.+?)")
_NAMED = re.compile(
    r"[A-Z][\w’'-]+(?:(?: | (?:&|and|of|upon|on|in|the) | of the )[A-Z][\w’'-]+)*"
    rf" {_STYLES}\b"
    r"|(?:(?:London|Royal|Metropolitan) )?Borough of [A-Z][\w’-]+"
)
# What may stand before a name at the beginning of a sentence, and a style that has no name.
_NO_NAME = re.compile(r"(?:(?:The|At|In|As|By|Our|For|From|With|When|Since|Of) )+")
_BARE_STYLE = re.compile(rf"(?:(?:City|County|District|Borough|Town|Local|Combined) )*{_STYLES}")
_LONGEST = 40


def is_council_line(text: str) -> bool:
    """Say whether a line names councils and nothing else but who was with them.

    >>> is_council_line("Hackney LBC with partners"), is_council_line("Hackney LBC Clean Streets")
    (True, False)
    """
    if len(text.split()) > _LONGEST or _NOT_IN_NAMES.search(text):
        return False
    name, _, _ = text.partition(" with ")
    words = re.split(r"[ /]+", name)
    if any(word[0].islower() and word not in _LOWER_CASE for word in words if word):
        return False
    if _STYLED_BEFORE.match(name):
        return True
    if _ENDS_IN_STYLE.search(_LIST_MARK.split(name)[0]):  # with a trust or college, maybe
        return True
    # "Market Square, Anytown Council" is a title: a list has an "and" in it.
    return bool(_ENDS_IN_STYLE.search(name)) and ("," not in name or bool(_AND.search(name)))


def council_and_title(text: str) -> tuple[str, str] | None:
    """Divide a line that holds a council and a title, with a dash or colon between them.

    Returns:
        The council and the title, whichever stands first; None for other lines.

    >>> council_and_title("Hackney LBC: Clean streets")
    ('Hackney LBC', 'Clean streets')
    >>> council_and_title("Clean streets – Hackney LBC")
    ('Hackney LBC', 'Clean streets')
    """
    first, last = _DIVIDED_FIRST.fullmatch(text), _DIVIDED_LAST.fullmatch(text)
    if first and is_council_line(first[1]):
        return first[1], first[2]
    if last and is_council_line(last[2]):
        return last[2], last[1]
    return None


def divided_line(text: str) -> tuple[str, str] | None:
    """Divide a line at its first dash or colon, whatever stands there; None where it has none."""
    match = _DIVIDED_FIRST.fullmatch(text)
    return (match[1], match[2]) if match else None


def council_before(text: str) -> str:
    """Return the council whose name running text begins with, or "".

    >>> council_before("Ashby BC We swept the streets."), council_before("At Ashby BC we swept.")
    ('Ashby BC', '')
    """
    match = _NAMED.match(text)
    if match is None or _NO_NAME.match(text) or _BARE_STYLE.fullmatch(match[0]):
        return ""
    return match[0]


def council_within(text: str) -> str:
    """Return the first council that running text names, or "" where it names none.

    >>> council_within("At Hull City Council, 40 nurses met Leeds City Council.")
    'Hull City Council'
    """
    for match in _NAMED.finditer(text):
        name = match[0]
        if before := _NO_NAME.match(name):
            name = name[before.end() :]
        if not _BARE_STYLE.fullmatch(name):
            return name
    return ""
