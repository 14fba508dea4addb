"""Blocks of an award page: the lines that open an entry and the paragraphs under them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, pairwise

from themetag.learning.ingest.councils import (
    council_and_title,
    council_before,
    council_within,
    divided_line,
    is_council_line,
)
from themetag.learning.ingest.furniture import Furniture
from themetag.learning.ingest.headings import Heading
from themetag.learning.ingest.pages import Line
from themetag.learning.ingest.sections import LeftOut, Section, Short

# An entry is opened by a council, a title and at most a line under it; more are a list.
_MOST_OPENING = 3
# A council line over so many entries is the rule of the page.
RULE_SHARE = 0.75
# A short line that stands so often on a page is a subheading ("The challenge").
_REPEATED = 3

# So many councils whose names begin paragraphs of one block are several entries, maybe.
_SEVERAL = 2

_BY_ORDER = "council and title told apart by their order"
_BESIDE = "boilerplate left out beside it"
_LEFT_OUT = {
    Furniture.MARK: "",
    Furniture.END: "what follows it is left out as comments or other articles",
}


@dataclass(frozen=True, slots=True)
class Block:
    """An entry as far as short lines tell where it begins."""

    heading: Heading | None
    """The category heading over it."""
    council: str
    """What its council line says, or ""."""
    title: str
    """What its title line says, or ""."""
    opening: tuple[Line, ...]
    """The lines that open it."""
    body: tuple[Line, ...]
    """Its paragraphs."""
    notes: tuple[str, ...] = ()
    """Where the program is unsure of it."""

    @property
    def n_words(self) -> int:
        """How many words its paragraphs have."""
        return sum(line.n_words for line in self.body)

    @property
    def text(self) -> str:
        """Its paragraphs, a line each."""
        return "\n".join(line.text for line in self.body)

    @property
    def first_line(self) -> int:
        """The number of the line it begins with."""
        return (*self.opening, *self.body)[0].first

    @property
    def last_line(self) -> int:
        """The number of the line it ends with."""
        return (*self.opening, *self.body)[-1].last

    def councils_in_turn(self) -> list[str]:
        """Return the councils that its paragraphs begin with."""
        return [name for line in self.body if (name := council_before(line.text))]

    def named_council(self) -> str:
        """Return the council printed over it, else the first that title or text name, else ""."""
        return self.council or council_within(self.title) or council_within(self.text)


@dataclass(frozen=True, slots=True)
class Layout:
    """How most entries of a page are opened."""

    on_one_line: bool
    """Whether council and title share a line."""
    council_first: bool
    """Whether the council stands over the title."""
    council_always: bool
    """Whether nearly every entry has a council line."""
    subheadings: frozenset[str]
    """Short lines that open no entry since they return again and again."""

    @classmethod
    def of(cls, sections: Iterable[Section]) -> Layout:
        """Find out how most entries of a page are opened."""
        groups = [item.lines for x in sections for item in x.items if isinstance(item, Short)]
        seen = Counter(line.text for lines in groups for line in lines)
        repeated = frozenset(
            text for text, n in seen.items() if n >= _REPEATED and not is_council_line(text)
        )
        groups = [x for x in groups if any(line.text not in repeated for line in x)]
        texts = [[line.text for line in lines] for lines in groups]
        n_lines = sum(is_council_line(text) for lines in texts for text in lines)
        n_shared = sum(council_and_title(text) is not None for lines in texts for text in lines)
        on_one_line = n_shared > n_lines
        several = [list(map(is_council_line, lines)) for lines in texts if len(lines) > 1]
        return cls(
            on_one_line,
            sum(x[0] and not x[-1] for x in several) >= sum(x[-1] and not x[0] for x in several),
            max(n_lines, n_shared) >= RULE_SHARE * len(groups),
            repeated,
        )

    def has_council(self, text: str) -> bool:
        """Say whether a short line names the council of an entry."""
        return is_council_line(text) or (self.on_one_line and council_and_title(text) is not None)

    def opens_nothing(self, text: str) -> bool:
        """Say whether a lone short line without a council is a subheading on such a page."""
        is_shared = self.on_one_line and divided_line(text) is not None
        return text in self.subheadings or (self.council_always and not is_shared)


def read_blocks(sections: Sequence[Section]) -> list[Block]:
    """Return the blocks of a page.

    On a page without headings, the first block is the first that has a council.
    """
    layout = Layout.of(sections)
    blocks = [block for section in sections for block in _blocks_of(section, layout)]
    if not any(block.opening for block in blocks):
        blocks = [part for block in blocks for part in _by_first_words(block)]
    if any(section.heading for section in sections):
        return blocks
    return list(dropwhile(lambda block: not _is_entry(block, layout), blocks))


def _is_entry(block: Block, layout: Layout) -> bool:
    """Say whether a block has a council, by its opening or by the first words of its text."""
    if not block.opening:
        return bool(block.council)
    return any(layout.has_council(line.text) for line in block.opening)


def _blocks_of(section: Section, layout: Layout) -> Iterator[Block]:
    """Yield the blocks of a section; those that are not opened by a short line have no opening."""
    blocks: list[Block] = []
    skipping: Furniture | None = None
    for item in section.items:
        if isinstance(item, LeftOut):
            skipping = item.kind if item.kind in (Furniture.PRAISE, Furniture.JUDGES) else skipping
            _note(blocks, _LEFT_OUT.get(item.kind, _BESIDE))
        elif isinstance(item, Short):
            has_council = any(layout.has_council(line.text) for line in item.lines)
            if skipping is Furniture.JUDGES and not has_council:
                continue
            skipping = None
            blocks += _opened(section, item.lines, layout, blocks)
        elif skipping is None:
            if not blocks:
                blocks.append(Block(section.heading, "", "", (), ()))
            blocks[-1] = replace(blocks[-1], body=(*blocks[-1].body, item.line))
    yield from blocks


def _by_first_words(block: Block) -> Iterator[Block]:
    """Divide a block that nothing opens where paragraphs begin with the names of councils."""
    if len(set(block.councils_in_turn())) < _SEVERAL:
        yield block
        return
    parts: list[Block] = []
    for line in block.body:
        if council := council_before(line.text):
            parts.append(replace(block, council=council, body=(line,)))
        elif parts:
            parts[-1] = replace(parts[-1], body=(*parts[-1].body, line))
        else:
            parts.append(replace(block, body=(line,)))
    yield from parts


def _note(blocks: list[Block], note: str) -> None:
    if blocks and note and note not in blocks[-1].notes:
        blocks[-1] = replace(blocks[-1], notes=(*blocks[-1].notes, note))


def _opened(
    section: Section, lines: tuple[Line, ...], layout: Layout, blocks: list[Block]
) -> list[Block]:
    """Return the blocks that short lines open, after putting into the last what opens none."""
    councils = [i for i, line in enumerate(lines) if layout.has_council(line.text)]
    is_list = not councils and len(lines) > _MOST_OPENING
    is_subheading = len(lines) == 1 and not councils and layout.opens_nothing(lines[0].text)
    cuts = [len(lines)] if is_list or is_subheading else _cuts(lines, councils, layout)
    if blocks and (strays := lines[: cuts[0]]):
        blocks[-1] = replace(blocks[-1], body=(*blocks[-1].body, *strays))
        if not is_list and strays[0].text not in layout.subheadings:
            _note(blocks, f"line {strays[0].first} may begin another entry")
    opened = [_block(section, lines[a:b], layout) for a, b in pairwise(cuts)]
    if blocks and opened and cuts[0] == 1:  # one line between a text and the next council
        note = f"line {lines[0].first} above it may be a heading"
        opened[0] = replace(opened[0], notes=(*opened[0].notes, note))
    return opened


def _cuts(lines: tuple[Line, ...], councils: list[int], layout: Layout) -> list[int]:
    """Return where openings begin among short lines, and where the last ends.

    More than two lines may be several entries without a text, or begin with a line that is left
    from something else.
    """
    if len(councils) == len(lines):  # a shortlist of councils alone
        return [*councils, len(lines)]
    if not councils or (len(lines) == 2 and not layout.on_one_line):
        return [0, len(lines)]
    titles_before = 0 if layout.on_one_line or layout.council_first else 1
    return [*dict.fromkeys(max(i - titles_before, 0) for i in councils), len(lines)]


def _block(section: Section, lines: tuple[Line, ...], layout: Layout) -> Block:
    """Tell council and title of an opening apart."""
    first, *rest = (line.text for line in lines)
    if layout.on_one_line and (parts := council_and_title(first)):
        return Block(section.heading, *parts, lines[:1], lines[1:])
    if layout.on_one_line and (parts := divided_line(first)):
        return Block(section.heading, *parts, lines[:1], lines[1:], (_BY_ORDER,))
    if not rest:
        parts = (first, "") if is_council_line(first) else ("", first)
        return Block(section.heading, *parts, lines, ())
    upper, lower, *extra = first, *rest
    is_first = layout.council_first
    notes = ["more than one title line"] if extra else []
    if is_council_line(upper) != is_council_line(lower):
        is_first = is_council_line(upper)
    elif not is_council_line(upper):
        notes.append(_BY_ORDER)
    parts = (upper, lower) if is_first else (lower, upper)
    return Block(section.heading, *parts, lines[:2], lines[2:], tuple(notes))
