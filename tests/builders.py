"""Test data, all of it invented: small models made by hand, and a corpus small enough to train on.

A model made here knows single words and runs of words only. A text of one known word has the
value 1 there, so that the score of a label is the word's weight plus the label's intercept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from themetag.codebook import Codebook
from themetag.entry import Entry
from themetag.linear import Field, LinearModel, Vocabulary
from themetag.probability import Calibration
from themetag.tagger import Tagger

if TYPE_CHECKING:
    from themetag.learning.corpus import Corpus
    from themetag.learning.recipe import Recipe


def entry(text: str, id: str = "-") -> Entry:
    return Entry.from_text(id, text)


def codebook(
    categories: Sequence[str] = ("Housing", "Waste"),
    themes: Sequence[str] = ("homelessness", "recycling"),
) -> Codebook:
    return Codebook.of_names(categories, themes)


def vocabulary(*terms: str, idf: Sequence[float] | None = None) -> Vocabulary:
    """One field of words and of runs of words as long as the longest term."""
    longest = max((len(term.split()) for term in terms), default=1)
    frequencies = np.ones(len(terms)) if idf is None else np.array(idf, dtype=np.float64)
    return Vocabulary((Field("word", "words", 1, longest, 1.0),), (terms,), frequencies)


def linear_model(
    weights: Sequence[Sequence[float]], intercepts: Sequence[float] | None = None
) -> LinearModel:
    """A row a term, a column a label."""
    matrix = np.array(weights, dtype=np.float32)
    shift = np.zeros(matrix.shape[1]) if intercepts is None else np.array(intercepts, dtype=float)
    return LinearModel(matrix, shift)


def calibration(*thresholds: float, temperature: float = 1.0, floor: float = 0.0) -> Calibration:
    """Theme probabilities are the plain logistic function of the scores."""
    return Calibration(temperature, floor, 1.0, 0.0, np.array(thresholds, dtype=np.float64))


def tagger(
    weights: Mapping[str, Sequence[float]],
    categories: Sequence[str] = (),
    themes: Sequence[str] = (),
    *,
    intercepts: Sequence[float] | None = None,
    thresholds: Sequence[float] | None = None,
    temperature: float = 1.0,
    floor: float = 0.0,
) -> Tagger:
    """A model that knows some terms, each with a weight a category and then a weight a theme."""
    limits = [0.5] * len(themes) if thresholds is None else thresholds
    return Tagger(
        "test",
        codebook(categories, themes),
        vocabulary(*weights),
        linear_model(list(weights.values()), intercepts),
        calibration(*limits, temperature=temperature, floor=floor),
    )


_HOUSING, _WASTE, _LIBRARIES = "Housing", "Waste and Streets", "Libraries"
_HOMELESS, _RECYCLING, _DIGITAL = "homelessness", "recycling", "digital"

# Category, themes joined by |, text.
_ROWS = (
    (_HOUSING, _HOMELESS, "Nine rough sleepers moved into flats of their own before Christmas."),
    (_HOUSING, _HOMELESS, "A night shelter for rough sleepers became eleven council flats."),
    (_HOUSING, _HOMELESS, "Tenants facing eviction met an officer who kept them in their homes."),
    (_HOUSING, _HOMELESS, "Families in hostels were offered empty homes the council had mended."),
    (_HOUSING, "", "Four tower blocks have new boilers and tenants pay less for heating."),
    (_HOUSING, "", "Tenants chose the new kitchens for two hundred council homes."),
    (_HOUSING, _DIGITAL, "Sensors tell the council when damp spreads in the homes of tenants."),
    (_HOUSING, _DIGITAL, "Tenants book repairs online and see who will come and when."),
    (_HOUSING, "", "The council built sixty homes on garage sites nobody used."),
    (_HOUSING, f"{_HOMELESS}|{_DIGITAL}", "An online map shows beds free for rough sleepers."),
    (_WASTE, _RECYCLING, "Food waste caddies came to every kitchen and recycling rose by a third."),
    (_WASTE, _RECYCLING, "Crews check recycling bins and leave a card when glass is mixed in."),
    (_WASTE, _RECYCLING, "A swap shop at the tip keeps furniture out of the bins."),
    (_WASTE, _RECYCLING, "Schools weigh their recycling and the heaviest bin wins a tree."),
    (_WASTE, "", "Street sweepers start at four and the market square is clean by seven."),
    (_WASTE, "", "Fly-tipping fell by half after cameras went up beside the lanes."),
    (_WASTE, _DIGITAL, "Bins report online when they are full, so crews make fewer trips."),
    (_WASTE, f"{_RECYCLING}|{_DIGITAL}", "An app names the bin for each thing; recycling is up."),
    (_WASTE, "", "Volunteers picked litter on every street with bags the council gave."),
    (_WASTE, _RECYCLING, "Garden waste is composted and sold back to allotments by the bag."),
    (_LIBRARIES, "", "Forty libraries stayed open late as warm places to read and talk."),
    (_LIBRARIES, _DIGITAL, "Readers borrow tablets and learn to use them at library clubs."),
    (_LIBRARIES, "", "A library van reads stories to children in twelve villages."),
    (_LIBRARIES, _DIGITAL, "Library cards went online and six thousand young readers joined."),
    (_LIBRARIES, "", "Volunteers keep two village libraries open on Saturdays."),
    (_LIBRARIES, _HOMELESS, "Rough sleepers find a nurse, books and tea at the central library."),
    (_LIBRARIES, "", "The poetry prize brought nine hundred readers to our libraries."),
    (_LIBRARIES, _DIGITAL, "Coding clubs in libraries taught children to build an app."),
    (_LIBRARIES, _RECYCLING, "The library of things lends drills, so fewer are thrown away."),
    (_LIBRARIES, "", "Babies get a library card and a book with their first check."),
)


def tiny_corpus(categories: Sequence[str] = (), *, themes: bool = True) -> Corpus:
    """Thirty entries, or those of some categories, with themes or without.

    The first three words of each text are its title and the rest is its opening sentence.
    """
    from themetag.learning.corpus import Corpus, LabelledEntry

    kept = [row for row in _ROWS if row[0] in (categories or (_HOUSING, _WASTE, _LIBRARIES))]
    rows = [
        LabelledEntry(
            _titled(text, str(i)),
            category,
            frozenset(filter(None, joined.split("|"))) if themes else None,
            frozenset(),
            f"group {i}",
            "real",
            f"tiny.csv:{i + 1}",
        )
        for i, (category, joined, text) in enumerate(kept, start=1)
    ]
    names = tuple(dict.fromkeys(row[0] for row in kept))
    ids = (_HOMELESS, _RECYCLING, _DIGITAL) if themes else ()
    return Corpus("tiny.csv", codebook(names, ids), tuple(rows))


def _titled(text: str, id: str) -> Entry:
    title, body = " ".join(text.split()[:3]), " ".join(text.split()[3:])
    return Entry(id, title, body)


def tiny_recipe() -> Recipe:
    """Small enough that a folder takes a few kilobytes, with a field of every kind and part."""
    from themetag.learning.recipe import Recipe

    fields = (
        Field("word", "words", 1, 2, 1.0),
        Field("char", "characters", 3, 4, 0.5),
        Field("title", "words", 1, 1, 0.25, "title"),
        Field("opening", "words", 1, 2, 0.5, "opening"),
    )
    return Recipe(n_folds=3, fields=fields, min_entries=2)


# What people send, and what nobody would think of.
AWKWARD_TEXTS = (
    "ROUGH SLEEPERS MOVED INTO COUNCIL FLATS",
    "Café tenants at Ynys Môn’s library: 40% recycle!",
    "2022: 200 homes, £1.5m, 60 bins",
    "Recycling 🏠♻️ bins 🚮 and 👩🏽‍💻 libraries",
    "Rough sleepers\n\nTenants moved into flats. Rough sleepers recycle online.",
    "Tenants book repairs online. Bins too.\n \nThe council\nbuilt homes for tenants.",
    "The council and its tenants opened libraries online. " * 3 + "\n\nBins. Rough sleepers.",
    "the council’s homes and the council's homes and the council‘s homes",
    "bins bins bins bins recycling bins bins",
    "Zyx qwv xkcd",
    "!!! … —",
    "",
    " \n\t ",
    "a",
    "co\N{COMBINING ACUTE ACCENT}uncil \N{LATIN SMALL LIGATURE FI}nance ½ m² straße ΑΣ İ",
    "Rough\x00sleepers\u200bin\u00a0flats\ud800.",
    "Tenants book repairs online. " * 1250,
)
