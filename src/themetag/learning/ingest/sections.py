"""The sections of an award page: its headings, and under each the lines that may be entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from themetag.learning.ingest.councils import council_and_title, is_council_line
from themetag.learning.ingest.furniture import Furniture, furniture, without_mark
from themetag.learning.ingest.headings import Heading, HeadingReader, unknown_heading
from themetag.learning.ingest.pages import Line

# So many headings in a row, with nothing between them, are a menu.
_MENU = 3
# Some awards have titles that are sentences; a longer line is a paragraph.
_TITLE_WORDS = 32
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]* +[A-Z“‘\"]")
_SENTENCE = re.compile(r"\b(?:is|are|was|were|has|have|had|will|can|we|our|it)\b", re.IGNORECASE)
_LIST_ITEM = re.compile(r"[•●▪·*–-]\s+|\d{1,2}[.)]\s+")
_CLOSING_QUOTES = "\"'”’)"
_CAPITALISED_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Short:
    """Short lines in a row: a council, a title, or both; maybe something else."""

    lines: tuple[Line, ...]
    """The lines, any "Winner:" taken off."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of running text."""

    line: Line


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is no part of an entry."""

    kind: Furniture


Item = Short | Paragraph | LeftOut


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, or on a page without headings."""

    heading: Heading | None
    """The heading; None on a page without headings."""
    items: tuple[Item, ...]
    """Its lines, in order."""


def read_sections(lines: Sequence[Line], reader: HeadingReader) -> list[Section]:
    """Cut a page into sections.

    On a page with headings, what stands before the first is its introduction and left out. What
    follows comments or related articles is left out up to the next heading.
    """
    read = list(_headings_first((line, reader.read(line.text, line.first)) for line in lines))
    kept = list(_without_menus(_with_unknown(read)))
    starts = [at for at, (_, heading) in enumerate(kept) if heading]
    if not starts:
        return [Section(None, tuple(_items([line for line, _ in kept])))]
    sections = []
    for start, end in zip(starts, [*starts[1:], len(kept)], strict=True):
        stretch = [line for line, _ in kept[start + 1 : end]]
        sections.append(Section(kept[start][1], tuple(_items(stretch))))
    return sections


def _headings_first(
    read: Iterable[tuple[Line, Heading | None]],
) -> Iterator[tuple[Line, Heading | None]]:
    """Yield the lines with the heading of each row of a table before its other cells."""
    for _, row in groupby(read, key=lambda pair: pair[0].first):
        yield from sorted(row, key=lambda pair: pair[1] is None)


def _with_unknown(
    read: Sequence[tuple[Line, Heading | None]],
) -> Iterator[tuple[Line, Heading | None]]:
    """Yield the lines with every heading of the level that the known ones have as one too.

    Each year names a category anew: what stands under its heading is none of the one above.
    """
    levels = {line.level for line, heading in read if heading and line.level}
    for line, heading in read:
        if heading is None and line.level in levels and furniture(line.text) is None:
            yield line, unknown_heading(line.first, line.text)
        else:
            yield line, heading


def _without_menus(
    read: Iterable[tuple[Line, Heading | None]],
) -> Iterator[tuple[Line, Heading | None]]:
    """Drop headings that stand in a menu, but not a heading that follows it and repeats one."""
    for is_heading, run in groupby(read, key=lambda pair: pair[1] is not None):
        stretch = list(run)
        if is_heading and len(names := [h.printed for _, h in stretch if h]) >= _MENU:
            yield from stretch[-1:] if names[-1] in names[:-1] else []
        else:
            yield from stretch


def _items(lines: Sequence[Line]) -> Iterator[Item]:
    """Yield the lines of a section up to its end, short lines in a row together."""
    for kind, run in groupby(_single_items(lines), key=type):
        items = list(run)
        if kind is Short:
            yield Short(tuple(x for item in items if isinstance(item, Short) for x in item.lines))
        else:
            yield from items


def _single_items(lines: Sequence[Line]) -> Iterator[Item]:
    is_begun = False
    for line in lines:
        kind = furniture(line.text)
        if kind is Furniture.END and is_begun:
            yield LeftOut(kind)
            return
        if kind is not None:
            yield LeftOut(Furniture.PASSING if kind is Furniture.END else kind)
            continue
        is_begun = True
        bare = without_mark(line.text)
        if bare != line.text:
            yield LeftOut(Furniture.MARK)
        bare = _unlisted(bare)
        yield Short((replace(line, text=bare),)) if is_short(bare) else Paragraph(line)


def _unlisted(text: str) -> str:
    """Take the bullet or number off an item of a list that names a council, which is an entry.

    >>> _unlisted("3. Hull City Council: Warm hubs"), _unlisted("3. Fewer bins")
    ('Hull City Council: Warm hubs', '3. Fewer bins')
    """
    bare = _LIST_ITEM.sub("", text, count=1) if _LIST_ITEM.match(text) else text
    return bare if is_council_line(bare) or council_and_title(bare) else text


def is_short(text: str) -> bool:
    """Say whether a line looks like a council or a title rather than like running text.

    >>> is_short("Clean streets for all"), is_short("We swept 40 miles of street.")
    (True, False)
    """
    if is_council_line(text):
        return True
    if len(text.split()) > _TITLE_WORDS or _LIST_ITEM.match(text) or _SENTENCE_END.search(text):
        return False
    bare = text.rstrip(_CLOSING_QUOTES)
    if bare.endswith((".", "…", ";", ":", ",", "!")):
        return bare.endswith(".") and _is_capitalised(bare) and not _SENTENCE.search(bare)
    return not text[0].islower()


def _is_capitalised(text: str) -> bool:
    """Say whether the words of a line begin with capitals, as those of a title may."""
    words = [word for word in re.findall(r"[\w’']+", text) if len(word) > 3]
    n_capitals = sum(word[0].isupper() for word in words)
    return bool(words) and n_capitals >= _CAPITALISED_SHARE * len(words)
