"""Text of an entry that may not be the entrant's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from textwrap import shorten

from themetag.learning.check.findings import Finding
from themetag.learning.check.written import WrittenEntry, WrittenTable
from themetag.learning.ingest.draft import FEW_WORDS
from themetag.learning.ingest.furniture import furniture
from themetag.text import fingerprint, words

# No two of the 211 real entries that differ open with the same eight words.
_OPENING_WORDS = 8
_MANY = 3
_SHOWN = 60


def boilerplate(table: WrittenTable, known: Sequence[WrittenEntry]) -> Iterator[Finding]:
    """Yield lines as they stand round articles, very short texts, and openings of many texts."""
    for written in table.entries:
        for says in _own_signs(written):
            yield Finding("boilerplate", says, written.row.line, written.entry.id)
    yield from _shared_openings(table, known)


def _own_signs(written: WrittenEntry) -> Iterator[str]:
    body = written.entry.body
    for line in filter(None, map(str.strip, body.split("\n"))):
        if furniture(line):
            shown = shorten(line, _SHOWN, placeholder=" …")
            yield f"a line reads like the page's, not the entry's: {shown!r}"
    n_words = len(body.split())
    if written.entry.text and n_words < FEW_WORDS:
        yield f"text of {n_words} words"


def _shared_openings(table: WrittenTable, known: Sequence[WrittenEntry]) -> Iterator[Finding]:
    texts: defaultdict[str, set[str]] = defaultdict(set)
    for written in (*table.entries, *known):
        if opening := _opening(written):
            texts[opening].add(fingerprint(written.entry.body))
    for written in table.entries:
        opening = _opening(written)
        n = len(texts.get(opening, ()))  # copies of one text are told as duplicates
        if n >= _MANY:
            says = f"{n} different texts open with {opening!r}"
            evidence = {"opening": opening, "n": n}
            yield Finding(
                "boilerplate", says, written.row.line, written.entry.id, evidence=evidence
            )


def _opening(written: WrittenEntry) -> str:
    """Return the first words of a text that has more than those."""
    first = words(written.entry.body)[: _OPENING_WORDS + 1]
    return " ".join(first[:_OPENING_WORDS]) if len(first) > _OPENING_WORDS else ""
