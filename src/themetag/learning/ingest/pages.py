"""The lines of an award page, however it was saved."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from themetag.documents import read_marks, read_text
from themetag.learning.ingest.furniture import is_header

# Programs that break lines break them at some 60 to 80 characters; an unbroken paragraph is longer.
_NARROWEST, _WIDEST = 50, 100
# In a list of titles few lines come near the longest; in broken paragraphs most do.
_BROKEN_SHARE = 0.5
# A line may be broken after the hyphen of "well-known", but "long- and short-term" has a space.
_AFTER_HYPHEN = re.compile(r"(?!(?:and|or|to)\b)[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words, or a paragraph that a program broke into lines."""

    first: int
    """The number of its first line in the text of the page, counted from 1."""
    last: int
    """The number of its last line."""
    text: str
    """Its words, each run of white space one space."""
    level: int | None = None
    """Its level as a heading, from 1, where the page marks it as one."""

    @property
    def n_words(self) -> int:
        """How many words it has."""
        return len(self.text.split())


def read_lines(path: Path) -> list[Line]:
    """Return the lines of a page that hold words; blank ones count in the numbers alone.

    What a saved web page or Word document marks as the caption of a picture is left out.

    The numbers are those of a text file's own lines. A saved web page or a Word document has
    none: there they are lines of the text that is read out of it.

    Raises:
        InputError: as for `read_text`.
    """
    rows = [line.split("\t") for line in read_text(path).split("\n")]
    raw = [" ".join(" ".join(cells).split()) for cells in rows]
    lines: list[Line] = []
    for number, (cells, goes_on) in enumerate(zip(rows, _going_on(raw), strict=True), 1):
        if goes_on:
            lines[-1] = Line(lines[-1].first, number, _together(lines[-1].text, raw[number - 1]))
        else:  # what stands side by side in a table says as much as one thing under the other
            texts = [text for cell in cells if (text := " ".join(cell.split()))]
            lines += [Line(number, number, text) for text in texts if not is_header(texts)]
    marks = read_marks(path)
    levels = {" ".join(text.split()): level for text, level in marks.levels.items()}
    captions = frozenset(" ".join(text.split()) for text in marks.captions)
    return [
        replace(line, level=levels.get(line.text)) for line in lines if line.text not in captions
    ]


def _going_on(raw: list[str]) -> list[bool]:
    """Say of each line whether it goes on with the one before, on a page of broken lines.

    A line was broken where the first word of the next did not fit in the width of the page.
    """
    width = max(map(len, raw))
    going_on = [
        bool(before and text) and len(before) + 1 + len(text.split()[0]) > width
        for before, text in pairwise(["", *raw])
    ]
    is_usual = sum(going_on) >= _BROKEN_SHARE * sum(map(bool, raw))
    is_broken = _NARROWEST <= width <= _WIDEST and is_usual
    return going_on if is_broken else [False] * len(raw)


def _together(before: str, after: str) -> str:
    hyphenated = before.endswith("-") and before[-2:-1].isalpha() and _AFTER_HYPHEN.match(after)
    return f"{before}{after}" if hyphenated else f"{before} {after}"
