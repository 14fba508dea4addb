"""An award page → draft entries, for a person to check and label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from themetag.codebook import Codebook
from themetag.errors import InputError
from themetag.learning.ingest.alphabet import without_lost_headings
from themetag.learning.ingest.blocks import Block, read_blocks
from themetag.learning.ingest.headings import Heading, HeadingReader
from themetag.learning.ingest.lengths import TOLERANCE, divided, word_limit
from themetag.learning.ingest.pages import Line, read_lines
from themetag.learning.ingest.sections import read_sections
from themetag.output import new_file
from themetag.tables.plain import csv_text

# Those of the tables of real entries, in their order, and what to look at.
COLUMNS = (
    "id", "year", "category", "council", "title", "text", "themes", "primary_theme",
    "plausible_themes", "covid", "project", "source", "first_line", "last_line",
    "category_printed", "category_evidence", "council_evidence", "title_evidence", "check",
)  # fmt: skip

# A text of fewer words is hardly the summary of an entry; the shortest real one has 37.
FEW_WORDS = 25
# Without a word limit to go by, a text so many times as long as half of the others is doubtful.
_MANY_TIMES = 1.8
# A line of few words that names the awards and their year is a headline of the page.
_HEADLINE = 20
_AWARD_YEAR = re.compile(
    r"\bawards?\b.{0,30}\b20\d\d\b|\b20\d\d\b.{0,30}\bawards?\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DraftTable:
    """The draft entries of one page."""

    source: str
    """The name of the page's file."""
    rows: tuple[Mapping[str, str], ...]
    """One an entry, in the order of the page; the keys are `COLUMNS`."""
    note: str = ""
    """What speaks against the year given, for a person to check; "" where nothing does."""

    @property
    def n_doubtful(self) -> int:
        """How many rows say where the program was unsure."""
        return sum(bool(row["check"]) for row in self.rows)

    def write(self, path: Path, *, overwrite: bool) -> None:
        """Write the rows as a .csv table like those of the real entries.

        Raises:
            InputError: when `path` exists and is not to be replaced, or cannot be written.
        """
        rows = ([row[name] for name in COLUMNS] for row in self.rows)
        with new_file(path, overwrite=overwrite) as file:
            file.write(csv_text(COLUMNS, rows).encode())


def read_draft(
    page: Path, year: int, codebook: Codebook, category: str | None = None
) -> DraftTable:
    """Return the draft entries of an award page.

    Args:
        page: the page as text, saved HTML, Word document or PDF.
        year: the award year.
        codebook: whose category names and aliases are known as headings.
        category: the category of entries over which no heading of the codebook stands.

    Raises:
        InputError: when the page cannot be read, no entry is found on it, or neither it nor
            `category` names a category.
        CodebookError: when `category` is not in the codebook.
    """
    given = codebook.category(category) if category else None
    lines = read_lines(page)
    sections = read_sections(lines, HeadingReader(codebook))
    blocks = read_blocks(sections)
    _refuse_other_award(blocks, given, page)
    limit = word_limit(blocks)
    if limit is not None:
        blocks = [part for block in blocks for part in divided(block, limit)]
    if not blocks:
        raise InputError(
            "no entries found: neither a category heading nor a council line; save the page "
            "that lists the entries, or put a heading over them",
            page,
        )
    blocks = without_lost_headings(blocks)
    longest = _longest(blocks, limit)
    rows = [
        _row(id, block, year, given, page.name)
        | {"check": "; ".join(_checks(block, longest, given))}
        for id, block in zip(_ids(blocks, year, codebook, given), blocks, strict=True)
    ]
    return DraftTable(page.name, tuple(rows), _said_of_year(lines, year))


def _said_of_year(lines: Iterable[Line], year: int) -> str:
    """Return what a page says whose headlines name other award years only, "" for others."""
    named = [line for line in lines if line.n_words <= _HEADLINE and _AWARD_YEAR.search(line.text)]
    if not named or any(str(year) in line.text for line in named):
        return ""
    first = named[0]
    return f"line {first.first} says {first.text!r}, and --year {year}; is that the page's year?"


def _refuse_other_award(blocks: Sequence[Block], given: str | None, page: Path) -> None:
    """Refuse a page whose category nothing tells: drafts of another award teach nothing."""
    if blocks and given is None and not any(block.heading for block in blocks):
        raise InputError(
            "no category heading of the codebook stands on it: if it shows one category, name "
            "that with --category; if it is of another award, give its --codebook",
            page,
        )


def _longest(blocks: Iterable[Block], limit: int | None) -> float:
    """Return how many words the text of one entry may have."""
    if limit is not None:
        return limit * TOLERANCE
    usual = median(block.n_words for block in blocks)
    return _MANY_TIMES * max(usual, FEW_WORDS)


def _ids(
    blocks: Iterable[Block], year: int, codebook: Codebook, given: str | None
) -> Iterator[str]:
    """Yield year, slug of the category and number of each entry."""
    labels = (*codebook.categories, *codebook.retired_categories)
    slugs = {label.name: label.id for label in labels}
    numbers: Counter[str] = Counter()
    for block in blocks:
        category = _category(block, given)
        slug = slugs[category] if category else "unlabelled"
        numbers[slug] += 1
        yield f"{year}-{slug}-{numbers[slug]:02}"


def _category(block: Block, given: str | None) -> str | None:
    return (block.heading and block.heading.category) or given


def _row(id: str, block: Block, year: int, given: str | None, source: str) -> dict[str, str]:
    category = _category(block, given)
    is_printed = bool(block.heading and block.heading.category)
    council = block.named_council()
    return dict.fromkeys(COLUMNS, "") | {
        "id": id,
        "year": str(year),
        "category": category or "",
        "council": council,
        "title": block.title,
        "text": block.text,
        "project": id,
        "source": source,
        "first_line": str(block.first_line),
        "last_line": str(block.last_line),
        "category_printed": "true" if is_printed else "false",
        "category_evidence": "printed heading" if is_printed else "given" if category else "",
        "council_evidence": "printed" if block.council else "text" if council else "unknown",
        "title_evidence": "printed" if block.title else "unknown",
    }


def _checks(block: Block, longest: float, given: str | None) -> Iterator[str]:
    """Yield where the program is unsure of an entry."""
    if not block.council:
        yield "no council line" + (", council taken from the text" if block.named_council() else "")
    if not block.title:
        yield "no title line"
    if block.n_words < FEW_WORDS:
        yield f"text of {block.n_words} words"
    if block.n_words > longest:
        yield f"text of {block.n_words} words, maybe several entries"
    if (n_councils := len(set(block.councils_in_turn()))) > 1:
        yield f"its paragraphs begin with {n_councils} councils, maybe several entries"
    yield from block.notes
    yield from _heading_checks(block.heading, given)


def _heading_checks(heading: Heading | None, given: str | None) -> Iterator[str]:
    if heading and heading.problem:
        yield heading.problem
    if heading and heading.category and given and heading.category != given:
        yield f"the heading on line {heading.line} is not the category given"
