"""`Drift`: what is different about a table of new entries, before anybody has labelled them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from themetag import artifact
from themetag.entry import Entry
from themetag.learning.corpus import Corpus
from themetag.learning.drift.expectation import Expectation, expectation
from themetag.learning.drift.newtable import NewTable
from themetag.learning.drift.newwords import NewWord, new_words
from themetag.learning.drift.novelty import candidates
from themetag.learning.drift.sides import ALARM, Lots, Sides, set_beside
from themetag.learning.drift.unlikeness import Unlikeness, unlikeness
from themetag.learning.drift.unseen import Unseen, read_unseen
from themetag.learning.outoffold import KeptAnswers
from themetag.linear import Vocabulary
from themetag.quality import provenance

Floats = npt.NDArray[np.float64]

_EXAMPLES = 3
_TITLE_WORDS = 10


@dataclass(frozen=True, slots=True)
class Word:
    """A new word, and what the model makes of the entries that have it."""

    found: NewWord
    """The word and how it was found."""
    is_in_model: bool
    """Whether the model has it among its terms."""
    n_without_theme: int
    """How many of its new entries get no theme."""
    theme: str | None
    """The theme that more than half of them get, if there is one."""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that no theme explains, with what a person needs to think of one."""

    words: tuple[str, ...]
    """What sets them apart."""
    ids: tuple[str, ...]
    """Their ids, three or more."""
    titles: tuple[str, ...]
    """The titles, or first words, of the first few."""
    nearest: str
    """The theme with the highest mean probability."""
    probability: float
    """That probability, 0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Drift:
    """What is different about a new table."""

    table: NewTable
    """The table."""
    corpus: str
    """The corpus it is set beside, as the user wrote it."""
    model: str
    """The version of the model that was asked."""
    sides: Sides
    """The entries that were compared."""
    unlikeness: Unlikeness
    """How well the two sides can be told apart."""
    words: tuple[Word, ...]
    """What is new or was much rarer, the most remarkable first."""
    said: Unseen
    """What the model says of the new side."""
    expectation: Expectation
    """What it promises."""
    groups: tuple[Group, ...]
    """Entries without a theme that are alike, the largest group first."""
    share_known: float | None
    """The share of the model's own real entries that got no theme while unseen."""
    notes: tuple[str, ...]
    """What a reader must know of what the model was made of."""

    @property
    def n_striking(self) -> int:
        """How many words are new beyond what chance would make."""
        return sum(word.found.p <= ALARM for word in self.words)

    def median_words(self) -> tuple[int, int]:
        """Return how many words a text has in the middle of either side."""
        sides = (self.sides.new, self.sides.known)
        new, known = (np.median([len(e.text.split()) for e in side]) for side in sides)
        return int(new), int(known)


def find_drift(table: NewTable, corpus: Corpus, folder: str | Path) -> Drift:
    """Say what is different about a table of new entries.

    The same table, corpus and model give the same answer, to the last bit on one machine.

    Args:
        table: the table.
        corpus: what it is set beside: its real entries.
        folder: the model folder.

    Raises:
        LearningError: when there are too few entries on either side.
        ArtifactError: when the model cannot be loaded.
    """
    tagger = artifact.load(folder)
    sides = set_beside(table.entries, corpus)
    lots = Lots.draw(len(sides.new), len(sides.known))
    kept = KeptAnswers.read(folder, tagger.codebook)
    said = read_unseen(tagger, folder, kept, sides.new)
    thresholds = tagger.calibration.thresholds
    found = new_words(sides.texts, lots)
    return Drift(
        table,
        corpus.name,
        tagger.version,
        sides,
        unlikeness(sides.texts, lots),
        _explained(found, said, tagger.codebook.theme_ids, tagger.vocabulary),
        said,
        expectation(said, kept, tagger.codebook, thresholds),
        _groups(sides, said, tagger.codebook.theme_ids),
        _share_without_theme(kept, thresholds),
        tuple(provenance(artifact.read_manifest(folder))),
    )


def _explained(
    found: Sequence[NewWord], said: Unseen, theme_ids: Sequence[str], vocabulary: Vocabulary
) -> tuple[Word, ...]:
    """Say of each new word which theme the model gives to the entries that have it."""
    fields = zip(vocabulary.fields, vocabulary.terms, strict=True)
    in_model = frozenset(
        chain.from_iterable(terms for field, terms in fields if field.kind == "words")
    )
    words = []
    for word in found:
        given = said.given[list(word.rows)]
        times = given.sum(axis=0)
        theme = theme_ids[int(times.argmax())] if 2 * times.max(initial=0) > len(given) else None
        n_without = int((~given.any(axis=1)).sum())
        words.append(Word(word, word.word in in_model, n_without, theme))
    return tuple(words)


def _groups(sides: Sides, said: Unseen, theme_ids: Sequence[str]) -> tuple[Group, ...]:
    """Find alike entries without a theme, where the model gives themes at all."""
    if not theme_ids:
        return ()
    groups = []
    for found in candidates(sides.texts, len(sides.new), said.without_theme):
        entries = [sides.new[row] for row in found.rows]
        chances = said.theme_chances[list(found.rows)].mean(axis=0)
        groups.append(
            Group(
                found.words,
                tuple(entry.id for entry in entries),
                tuple(map(_title, entries[:_EXAMPLES])),
                theme_ids[int(chances.argmax())],
                float(chances.max()),
            )
        )
    return tuple(groups)


def _title(entry: Entry) -> str:
    """Return the title of an entry, or its first words."""
    if entry.title:
        return " ".join(entry.title.split())
    words = entry.text.split()
    return " ".join(words[:_TITLE_WORDS]) + (" …" if len(words) > _TITLE_WORDS else "")


def _share_without_theme(kept: KeptAnswers, thresholds: Floats) -> float | None:
    if not kept.theme_chances.size:
        return None
    return float((kept.theme_chances < thresholds).all(axis=1).mean())
