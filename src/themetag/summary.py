"""The intake at a glance: one HTML page about a batch, made once its last row is tagged."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from themetag.codebook import Codebook
from themetag.entered import Differing, Entered, Fit, TaggedEntry
from themetag.errors import CodebookError
from themetag.intake import LONGEST_COMPARED, N_BINS, Intake
from themetag.page import bars, histogram, render, shades
from themetag.prediction import REASONS, distinct_words
from themetag.quality import often_wrong, quality
from themetag.similarity import NEAR_DUPLICATE, each_similar_pair
from themetag.tagger import Tagger

# More labels than these make no picture; a codebook of our own has half as many.
MOST_LABELS = 60
# As many as are looked through; the rest is counted.
MOST_PAIRS = 200
# Holding more characters than these against one another would take over 200 MB.
MOST_CHARACTERS = 8_000_000
MOST_UNKNOWN_SHOWN = 50

_NOTES: Mapping[Fit, str] = {
    "": "",
    "same": "",
    "possible": "reads a little more like another category",
    "unlikely": "reads like another category",
    "unknown": "entered in something the model does not know",
}


class CategoryCount(NamedTuple):
    """A category and how many entries have it."""

    name: str
    """Its current name."""
    read: int
    """Entries that read like it."""
    entered: int
    """Entries that were entered in it."""


class Unknown(NamedTuple):
    """Something entered that is no category of the model."""

    written: str
    """What was entered."""
    n: int
    """How often."""
    problem: str
    """What is the matter with it."""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """How many entries have a category and a theme."""

    categories: tuple[str, ...]
    """The rows, the fullest first."""
    themes: tuple[str, ...]
    """The columns, the fullest first."""
    values: list[list[int]]
    """`(n_categories, n_themes)` entries."""
    shades: list[list[int]]
    """How dark each cell is."""


class Misread(NamedTuple):
    """An entry that reads like another category, with the words that speak for it."""

    differing: Differing
    """The entry and both probabilities."""
    words: list[str]
    """Words that speak for the category it reads like rather than the one it was entered in."""


class Twins(NamedTuple):
    """Two entries that are alike."""

    first: TaggedEntry
    """The one further up."""
    second: TaggedEntry
    """The other."""
    similarity: float
    """0 to 1."""
    is_across: bool
    """Whether their categories differ: those entered, or those they read like."""


class Duplicates(NamedTuple):
    """Entries that are alike."""

    shown: list[Twins]
    """Pairs, those across categories first, then the most alike; at most `MOST_PAIRS`."""
    n: int
    """How many pairs there are."""
    n_across: int
    """How many of them are across categories."""
    n_characters: int
    """How many characters of each text were held against the others, from its beginning."""


def summary_page(intake: Intake, tagger: Tagger, manifest: Mapping[str, Any], source: str) -> bytes:
    """Return the page about a batch that has been tagged.

    Args:
        intake: what was seen of it.
        tagger: the model that tagged it.
        manifest: the manifest of that model, which says how good it is.
        source: what the batch is called.
    """
    book = tagger.codebook
    names = {label.id: label.name for label in book.themes}
    counts = category_counts(intake, book)
    return render(
        "summary.html",
        source=source,
        model=tagger.version,
        intake=intake,
        entered=intake.entered if intake.entered.is_possible else None,
        has_categories=bool(book.categories),
        has_themes=bool(book.themes),
        categories=counts[:MOST_LABELS],
        most_in_category=max((max(row.read, row.entered) for row in counts), default=0),
        n_categories_left_out=len(counts[MOST_LABELS:]),
        themes=bars([(names[id], n) for id, n in _fullest(intake.themes)]),
        sureness=histogram([i / N_BINS for i in range(N_BINS + 1)], intake.sureness),
        heat_map=heat_map(intake, book),
        misread=[_misread(differing, tagger) for differing in intake.entered.differing()],
        unknown=unknown_labels(intake.entered, book),
        duplicates=near_duplicates(intake),
        least_similarity=NEAR_DUPLICATE,
        reasons=REASONS,
        theme_names=names,
        notes=_NOTES,
        quality=quality(manifest),
        often_wrong=often_wrong(manifest),
        how=manifest.get("metrics", {}).get("how", ""),
        entries=manifest.get("corpus", {}).get("entries", {}),
        caveats=manifest.get("recipe", {}).get("caveats", []),
    )


def category_counts(intake: Intake, codebook: Codebook) -> list[CategoryCount]:
    """Return every category with its entries, the fullest first, ties in codebook order."""
    counts = [
        CategoryCount(name, intake.categories[name], intake.entered.counts[name])
        for name in codebook.category_names
    ]
    return sorted(counts, key=lambda row: (-row.read, -row.entered))


def unknown_labels(entered: Entered, codebook: Codebook) -> list[Unknown]:
    """Return what was entered most often that is no category of the model, and why it is none."""
    most = entered.unknown.most_common(MOST_UNKNOWN_SHOWN)
    return [Unknown(written, n, _problem(written, codebook)) for written, n in most]


def near_duplicates(intake: Intake) -> Duplicates:
    """Return the entries that are alike, those across categories first, then the most alike."""
    counts = Counter[bool]()
    n_characters = min(LONGEST_COMPARED, MOST_CHARACTERS // max(len(intake.texts), 1))
    texts = [text[:n_characters] for text in intake.texts]

    def counted() -> Iterator[Twins]:
        for pair in each_similar_pair(texts):
            first, second = intake.entries[pair.first], intake.entries[pair.second]
            is_across = _home(first) != _home(second)
            counts[is_across] += 1
            yield Twins(first, second, pair.similarity, is_across)

    shown = heapq.nsmallest(MOST_PAIRS, counted(), key=_place)
    return Duplicates(shown, counts.total(), counts[True], n_characters)


def heat_map(intake: Intake, codebook: Codebook) -> HeatMap:
    """Return how often each category and theme meet, without those that no entry has."""
    categories = [name for name, _ in _fullest(intake.categories)]
    themes = [id for id, _ in _fullest(intake.themes)]
    names = {label.id: label.name for label in codebook.themes}
    values = [[intake.together[category, theme] for theme in themes] for category in categories]
    shown = tuple(names[theme] for theme in themes)
    return HeatMap(tuple(categories), shown, values, shades(values))


def _misread(differing: Differing, tagger: Tagger) -> Misread:
    category = differing.tagged.category or ""
    evidence = tagger.evidence(differing.entry, category, differing.tagged.entered)
    return Misread(differing, distinct_words(evidence.terms))


def _problem(written: str, codebook: Codebook) -> str:
    try:
        return f"the model gives {codebook.category(written)!r} no more"
    except CodebookError as error:
        return error.message


def _home(tagged: TaggedEntry) -> str | None:
    """Return the category an entry was entered in, or else the one it reads like."""
    return tagged.entered or tagged.category


def _place(twins: Twins) -> tuple[bool, float, int, int]:
    return not twins.is_across, -twins.similarity, twins.first.number, twins.second.number


def _fullest(counts: Counter[str]) -> list[tuple[str, int]]:
    """Return the labels of most entries, ties by name, as many as a picture has room for."""
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ranked[:MOST_LABELS]
