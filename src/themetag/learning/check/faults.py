"""Rows, ids and labels that a corpus would refuse, and categories that have too few entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from themetag.codebook import Codebook, fold_name
from themetag.errors import CodebookError, InputError, one_line
from themetag.learning.check.findings import Finding, Kind
from themetag.learning.check.written import WrittenEntry, WrittenTable
from themetag.learning.corpus import JOIN

# Five folds hold one entry of a category each; with fewer it is not measured in every fold.
_FEWEST = 5


def row_faults(table: WrittenTable) -> Iterator[Finding]:
    """Yield the rows that cannot be read as meant and those without text."""
    for written in table.entries:
        if written.row.error:
            yield _at(written, "row", one_line(written.row.error))
        elif not written.entry.text:
            yield _at(written, "row", "has neither title nor text")


def id_faults(table: WrittenTable, known: Sequence[WrittenEntry]) -> Iterator[Finding]:
    """Yield the ids that stand twice, in the table or in another one of the corpus.

    Where all of them stand in others, it is the same year again, which is said once.
    """
    if not table.has_ids:
        return
    first = {written.entry.id: written.place for written in known}
    if all(written.entry.id in first for written in table.entries):
        place = first[table.entries[0].entry.id]
        n = len(table.entries)
        yield Finding("id", f"all {n} ids are in the corpus already (the first at {place}): "
                      "the same year twice?", evidence={"n": n, "first": place})  # fmt: skip
        return
    for written in table.entries:
        place = first.setdefault(written.entry.id, written.place)
        if place != written.place:
            yield _at(written, "id", f"id {written.entry.id!r} stands at {place} already")


def label_faults(table: WrittenTable, codebook: Codebook) -> Iterator[Finding]:
    """Yield every label that the codebook does not know, with the nearest that it knows.

    Raises:
        InputError: when there are several labels and the codebook knows none of them, nor one
            that is spelled like it.
    """
    found = [fault for written in table.entries for fault in _faults(written, codebook)]
    categories = {written.category for written in table.entries if written.category}
    themes = {theme for written in table.entries for theme in written.themes}
    faulty = {finding.says for finding in found if not finding.suggested}
    if 1 < len(faulty) == len(categories) + len(themes):
        raise InputError(
            f"none of its {len(faulty)} labels is in codebook version {codebook.version}; if they "
            "are of another codebook or version, name its codebook.toml with --codebook",
            table.path,
        )
    yield from found


def few_entries(
    table: WrittenTable, known: Sequence[WrittenTable], codebook: Codebook
) -> Iterator[Finding]:
    """Yield the categories that fewer than five real entries have, known ones counted in."""
    here = _counts([table], codebook)
    there = _counts([other for other in known if not other.is_restated], codebook)
    for name in codebook.category_names:
        n = here[name] + there[name]
        if 0 < n < _FEWEST:
            says = f"{name!r} has {n} of the {_FEWEST} entries it needs, {here[name]} of them here"
            yield Finding("few", says, evidence={"category": name, "n": n, "here": here[name]})


def _counts(tables: Sequence[WrittenTable], codebook: Codebook) -> Counter[str | None]:
    return Counter(
        codebook.find_category(written.category) for table in tables for written in table.entries
    )


def _faults(written: WrittenEntry, codebook: Codebook) -> Iterator[Finding]:
    if written.category and (fault := _fault(codebook.category, written.category)):
        nearest = _nearest(written.category, codebook.category_names)
        suggested = {"category": nearest} if nearest else {}
        yield _at(written, "label", fault, suggested, {"category": written.category})
    for theme in written.themes:
        if fault := _fault(codebook.theme, theme):
            nearest = _nearest(theme, codebook.theme_ids)
            mended = (nearest or "" if x == theme else x for x in written.themes)
            suggested = {"themes": JOIN.join(filter(None, mended))} if nearest else {}
            yield _at(written, "label", fault, suggested, {"theme": theme})


def _fault(look_up: Callable[[str], str], written: str) -> str | None:
    try:
        look_up(written)
    except CodebookError as error:
        return error.message
    return None


def _nearest(written: str, names: Sequence[str]) -> str | None:
    by_fold = {fold_name(name): name for name in names}
    found = get_close_matches(fold_name(written), by_fold, n=1)
    return by_fold[found[0]] if found else None


def _at(
    written: WrittenEntry,
    kind: Kind,
    says: str,
    suggested: Mapping[str, str] | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> Finding:
    return Finding(kind, says, written.row.line, written.entry.id, suggested or {}, evidence or {})
