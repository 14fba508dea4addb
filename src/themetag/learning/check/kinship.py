"""Entries that may be of one project: entered twice in a year, or again in a later one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from themetag.learning.check.findings import Finding
from themetag.learning.check.written import WrittenEntry, WrittenTable
from themetag.learning.ingest.draft import FEW_WORDS
from themetag.similarity import NEAR_DUPLICATE, SAME_PROJECT, shared_phrase, similar_pairs

# A longer phrase is shown by its beginning.
_SHOWN_WORDS = 12
_SHOWN_KIN = 5


class Kin(NamedTuple):
    """An entry of the table and another entry that it is like."""

    entry: WrittenEntry
    """The one of the table; of two of the table, the later one."""
    other: WrittenEntry
    """The other, of the table or known from elsewhere."""
    similarity: float
    """0 to 1, from `similarity.SAME_PROJECT` upwards."""


def kin_of(table: WrittenTable, known: Sequence[WrittenEntry]) -> list[Kin]:
    """Return the entries of a table that are like another one of it or of the known ones.

    Returns:
        Similarities falling. Of several copies of a text, each is set beside the first known one.
        An entry that is known by the same id is the same entry and no kin. A text of fewer than
        25 words is kin of near copies alone: a few words in common are much of it.
    """
    rows = [*known, *table.entries]  # known ones first, so that copies are set beside them
    pairs = similar_pairs([row.entry.text for row in rows], SAME_PROJECT)
    kin = (
        Kin(rows[second], rows[first], similarity)
        for first, second, similarity in pairs
        if second >= len(known)
        and not (first < len(known) and rows[first].entry.id == rows[second].entry.id)
    )
    return [pair for pair in kin if pair.similarity >= NEAR_DUPLICATE or _is_long(pair)]


def kinship(kin: Sequence[Kin]) -> Iterator[Finding]:
    """Yield each entry that is like others, with what it shares with the likest of them.

    Args:
        kin: what `kin_of` returns; the project suggested is that of the likest entry.
    """
    of_entry: dict[str, list[Kin]] = {}
    for pair in kin:
        of_entry.setdefault(pair.entry.place, []).append(pair)
    for (entry, other, similarity), *further in of_entry.values():
        theirs = other.project or other.entry.id
        is_stated = entry.project == theirs
        phrase = " ".join(shared_phrase(entry.entry.text, other.entry.text).split()[:_SHOWN_WORDS])
        says = (
            f"{_degree(similarity)} {other.entry.id!r} ({other.place}): both say {phrase!r}"
            + _also(further)
            + ("; already one project" if is_stated else "")
        )
        evidence = {
            "other": other.entry.id,
            "place": other.place,
            "similarity": similarity,
            "phrase": phrase,
            "already_one_project": is_stated,
            "also": [[pair.other.entry.id, pair.similarity] for pair in further[:_SHOWN_KIN]],
            "n_also": len(further),
        }
        suggested = {} if is_stated else {"project": theirs}
        line, id = entry.row.line, entry.entry.id
        yield Finding("duplicate", says, line, id, suggested, evidence)


def _also(further: Sequence[Kin]) -> str:
    if not further:
        return ""
    named = ", ".join(f"{pair.other.entry.id!r}" for pair in further[:_SHOWN_KIN])
    more = f" and {len(further) - _SHOWN_KIN} more" if len(further) > _SHOWN_KIN else ""
    return f"; also like {named}{more}"


def _is_long(kin: Kin) -> bool:
    """Say whether both texts are long enough for a weak likeness to mean anything."""
    texts = (kin.entry.entry.text, kin.other.entry.text)
    return min(len(text.split()) for text in texts) >= FEW_WORDS


def _degree(similarity: float) -> str:
    if similarity == 1:
        return "is word for word like"
    near = "is a near copy of" if similarity >= NEAR_DUPLICATE else "may be of one project with"
    return f"{near} ({similarity:.2f} alike)"
