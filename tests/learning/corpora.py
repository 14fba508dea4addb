"""Small labelled corpora and tables, all of them invented."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from themetag.codebook import Codebook
from themetag.entry import Entry
from themetag.learning.answers import Answers
from themetag.learning.corpus import Corpus, Kind, LabelledEntry
from themetag.learning.recipe import Recipe
from themetag.linear import Field

WORDS = Field("word", "words", 1, 2, 1.0)
RECIPE = Recipe(n_folds=3, fields=(WORDS,), min_entries=1)

# Words that tell one label each, and words that tell nothing.
_TELLING = {
    "Housing": "tenants flats rent landlord boiler damp repairs homes lettings keys",
    "Waste": "bins recycling litter compost crews tip glass lorry caddy sweeper",
    "Libraries": "books readers library poetry borrow shelves story author loans reading",
}
_PLAIN = ("the", "council", "gave", "every", "resident", "more", "help", "and", "it",
                        "last", "year", "was", "a", "success", "for", "all")  # fmt: skip


def labelled(
    text: str,
    category: str | None = None,
    themes: Iterable[str] | None = None,
    *,
    id: str = "1",
    group: str = "",
    kind: Kind = "real",
    plausible: Iterable[str] = (),
) -> LabelledEntry:
    return LabelledEntry(
        Entry(id, "", text),
        category,
        None if themes is None else frozenset(themes),
        frozenset(plausible),
        group or f"entry {id}",
        kind,
        f"made.csv:{id}",
    )


def corpus_of(rows: Sequence[LabelledEntry]) -> Corpus:
    """A corpus whose codebook knows the labels of its entries, in alphabetical order."""
    categories = sorted({row.category for row in rows if row.category})
    themes = sorted({theme for row in rows for theme in row.themes or ()})
    return Corpus("made.csv", Codebook.of_names(categories, themes), tuple(rows))


def sentence(label: str, rng: np.random.Generator, n_telling: int = 3) -> str:
    """A line of plain words with a few that tell the label; no two alike."""
    telling = rng.choice(_TELLING[label].split(), n_telling, replace=False)
    return " ".join(rng.permutation([*telling, *rng.choice(_PLAIN, 6), f"no{rng.integers(10**9)}"]))


def separable(n: int = 36, *, categories: bool = True, themes: bool = True) -> Corpus:
    """Entries whose label can be read off their words; the theme "books" is the library's."""
    rng = np.random.default_rng(7)
    rows = []
    for i in range(n):
        label = list(_TELLING)[i % 3]
        given = [label.lower()] + (["green"] if i % 4 == 0 else [])
        text = sentence(label, rng) + (" climate carbon" if i % 4 == 0 else "")
        rows.append(
            labelled(text, label if categories else None, given if themes else None, id=str(i + 1))
        )
    return corpus_of(rows)


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def write_corpus(path: Path, corpus: Corpus, header: Sequence[str] = ()) -> Path:
    """Write a corpus as the table that somebody might bring."""
    names = header or ("id", "text", "category", "themes")
    return write_table(
        path,
        names,
        (
            (row.entry.id, row.entry.body, row.category or "", "|".join(sorted(row.themes or ())))
            for row in corpus.entries
        ),
    )


def answers(
    category: Sequence[int] = (),
    chances: Sequence[Sequence[float]] = (),
    *,
    in_set: Sequence[Sequence[int]] | None = None,
    themes: Sequence[Sequence[int]] | None = None,
    given: Sequence[Sequence[int]] | None = None,
    plausible: Sequence[Sequence[int]] | None = None,
    group: Sequence[int] | None = None,
) -> Answers:
    """What a model said, written out: categories, or themes as rows of 0 and 1."""
    n = len(themes) if themes is not None else len(category)
    true = np.array(themes, dtype=bool) if themes is not None else np.zeros((n, 0), dtype=bool)
    said = np.array(given, dtype=bool) if given is not None else np.zeros_like(true)
    ranked = np.array(chances, dtype=np.float64).reshape(n, -1)
    sets = np.zeros(ranked.shape, dtype=bool) if in_set is None else np.array(in_set, dtype=bool)
    return Answers(
        np.array(category if len(category) else [-1] * n, dtype=np.int64),
        ranked,
        sets,
        np.full(n, themes is not None),
        true,
        None if plausible is None else np.array(plausible, dtype=bool),
        said,
        said.astype(np.float64),
        np.arange(n) if group is None else np.array(group),
        np.zeros(n, dtype=bool),
    )
