"""`Prepared`: a corpus as arrays, counted, labelled and grouped once for all folds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from themetag.errors import LearningError
from themetag.learning.corpus import Corpus
from themetag.learning.features import Counts, Terms, count
from themetag.learning.grouping import deal_folds, group_entries
from themetag.learning.lexicon import Lexicon, single_words
from themetag.learning.recipe import Recipe
from themetag.passages import Lengths
from themetag.text import words

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """The labels of a corpus as arrays, one row an entry."""

    category: Ids
    """`(n,)` the position of the category in the codebook, -1 where unknown."""
    category_share: Floats
    """`(n, n_categories)` how far an entry is taken for one of each category, 0 to 1: its own
    wholly, or as a reader spread it who did not know its own."""
    themes: Flags
    """`(n, n_themes)` the themes of each entry."""
    coded: Flags
    """`(n,)` whether somebody coded the themes of the entry."""
    plausible: Flags
    """`(n, n_themes)` themes that a reasonable coder might add or did give."""
    real: Flags
    """`(n,)` whether the entry may evaluate."""
    category_weights: Floats
    """`(n,)` what the entry counts in fitting the categories."""

    @classmethod
    def of(cls, corpus: Corpus, recipe: Recipe) -> Targets:
        """Read them off a corpus whose labels are all in its codebook."""
        rows = corpus.entries
        names = {name: i for i, name in enumerate(corpus.codebook.category_names)}
        ids = corpus.codebook.theme_ids
        themes = np.array([[id in (row.themes or ()) for id in ids] for row in rows], dtype=bool)
        plausible = np.array([[id in row.plausible for id in ids] for row in rows], dtype=bool)
        themes, plausible = themes.reshape(len(rows), -1), plausible.reshape(len(rows), -1)
        category = np.array([-1 if row.category is None else names[row.category] for row in rows])
        share = (category[:, None] == np.arange(len(names))).astype(np.float64)
        for i, row in enumerate(rows):
            reading = corpus.readings.get(row.entry.id)
            if reading and category[i] >= 0 and row.kind == "invented":
                spread = np.array([reading.get(name, 0.0) for name in names])
                share[i] += recipe.reader_share * (spread - share[i])
        return cls(
            category,
            share,
            themes,
            np.array([row.themes is not None for row in rows]),
            plausible | themes,
            np.array([row.kind == "real" for row in rows]),
            np.array([recipe.category_weight(row.entry.id, row.kind) for row in rows]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A corpus ready to be fitted on any part of it."""

    corpus: Corpus
    """The entries and their codebook."""
    counts: Counts
    """Their terms; after the entries, those of texts from outside."""
    targets: Targets
    """Their labels."""
    lexicon: Lexicon
    """What experts said of the terms; maybe nothing."""
    groups: Ids
    """`(n,)` projects and near-identical texts, over entries of every kind."""
    n_words: Ids
    """`(n,)` the length of each entry's text."""
    recipe: Recipe
    """How to fit."""

    @classmethod
    def of(cls, corpus: Corpus, recipe: Recipe) -> Prepared:
        """Count, label and group a corpus."""
        texts = [row.entry.text for row in corpus.entries]
        lexicon = Lexicon.of(corpus.cues, corpus.codebook)
        form = frozenset(
            label.name for label in corpus.codebook.categories if label.facet == "form"
        )
        wanted = Terms(tuple(lexicon.opinions), single_words(corpus.cues, form))
        return cls(
            corpus,
            count(texts + [entry.text for entry in corpus.outside], recipe.fields, wanted),
            Targets.of(corpus, recipe),
            lexicon,
            group_entries(texts, [row.group for row in corpus.entries]),
            np.array([len(words(text)) for text in texts]),
            recipe,
        )

    @property
    def n_categories(self) -> int:
        """How many categories the codebook has."""
        return len(self.corpus.codebook.categories)

    @property
    def by_criteria(self) -> list[int]:
        """Columns of the categories that learn from their criteria for want of entries."""
        known = {row.category for row in self.corpus.entries if row.kind == "criteria"}
        names = self.corpus.codebook.category_names
        return [column for column, name in enumerate(names) if name in known]

    @property
    def real(self) -> Ids:
        """Positions of the entries that may evaluate."""
        return np.flatnonzero(self.targets.real)

    @property
    def n_folds(self) -> int:
        """How many folds there are: as many as the recipe says, but no more than groups."""
        return min(self.recipe.n_folds, len(np.unique(self.groups[self.real])))

    def folds(self, seed: int, among: Flags | None = None) -> Ids:
        """Deal real entries out to folds; entries of one group stay together.

        Args:
            seed: decides between equals.
            among: `(n_real,)` the entries to deal out; all where not given.

        Returns:
            `(n_real,)` the fold of each, -1 for those left out.

        Raises:
            LearningError: when there are fewer than two groups.
        """
        if self.n_folds < 2:
            raise LearningError(
                "all entries belong to one group, so none can be unseen; give more entries",
                self.corpus.name,
            )
        dealt = np.ones(len(self.real), dtype=bool) if among is None else among
        labels = [
            frozenset([f"category {row.category}"] if row.category else [])
            | frozenset(f"theme {theme}" for theme in row.themes or ())
            for row in compress(self.corpus.real, dealt)
        ]
        folds = np.full(len(self.real), -1)
        folds[dealt] = deal_folds(self.groups[self.real][dealt], labels, self.n_folds, seed)
        return folds

    def training_part(self, unseen: Ids, trains: Flags | None = None) -> Ids:
        """Return all positions but those of entries that share a group with an unseen one.

        Args:
            unseen: positions of entries.
            trains: `(n,)` which entries may train at all, for a learning curve.
        """
        may = ~np.isin(self.groups, self.groups[unseen])
        return np.flatnonzero(may if trains is None else may & trains)

    def lengths(self, training: Ids) -> Lengths:
        """Return the lengths that a model of these entries is used to; criteria are sentences."""
        is_text = np.array([row.kind != "criteria" for row in self.corpus.entries], dtype=bool)
        return Lengths.of(self.n_words[training][is_text[training]].tolist())
