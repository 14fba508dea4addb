"""`Judge`: what a model says of texts, never from a fit that had seen them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from themetag import artifact
from themetag.entry import Entry
from themetag.learning.outoffold import KeptAnswers
from themetag.tagger import Tagger
from themetag.text import fingerprint


@dataclass(frozen=True, slots=True)
class Judgement:
    """The probabilities of all labels for one text."""

    how: Literal["unseen", "out-of-fold"]
    """Whether the model answered, which never saw the text, or a fit without the text's fold."""
    categories: Mapping[str, float]
    """0 to 1, in codebook order; empty in a model without categories."""
    themes: Mapping[str, float]
    """0 to 1, in codebook order; empty in a model without themes."""


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """A model, what it was fitted on, and its answers on that from fits without it."""

    tagger: Tagger
    """The model."""
    seen: frozenset[str]
    """The fingerprints of all texts it was fitted on."""
    out_of_fold: KeptAnswers
    """The stored answers."""
    row_of: Mapping[str, int]
    """Where each of them stands, by fingerprint."""

    @classmethod
    def of(cls, folder: Path) -> Judge:
        """Read a model folder.

        Raises:
            ArtifactError: when it is missing, altered or of a newer format.
        """
        tagger = artifact.load(folder)
        kept = KeptAnswers.read(folder, tagger.codebook)
        rows = {text: i for i, text in enumerate(kept.texts)}
        return cls(tagger, artifact.read_seen(folder), kept, rows)

    def has_seen(self, text: str) -> bool:
        """Say whether the model was fitted on a text of these words."""
        return fingerprint(text) in self.seen

    def judge(self, entries: Sequence[Entry]) -> list[Judgement | None]:
        """Judge entries.

        Returns:
            One an entry; None for one that the model was fitted on without an answer kept from a
            fit that had not seen it, and for one of which the model knows no word.
        """
        unseen = [entry for entry in entries if not self.has_seen(entry.text)]
        answers = self._direct(unseen)
        return [
            self._stored(entry) if self.has_seen(entry.text) else next(answers) for entry in entries
        ]

    def _direct(self, entries: Sequence[Entry]) -> Iterator[Judgement | None]:
        names = self.tagger.codebook.category_names
        for said in self.tagger.tag_all(entries):
            chances = {scored.label: scored.probability for scored in said.categories}
            in_order = {name: chances[name] for name in names}
            themes = said.theme_probabilities
            yield Judgement("unseen", in_order, themes) if said.known_terms else None

    def _stored(self, entry: Entry) -> Judgement | None:
        row = self.row_of.get(fingerprint(entry.text))
        if row is None:
            return None
        book, kept = self.tagger.codebook, self.out_of_fold
        return Judgement(
            "out-of-fold",
            dict(zip(book.category_names, kept.chances[row].tolist(), strict=True)),
            dict(zip(book.theme_ids, kept.theme_chances[row].tolist(), strict=True)),
        )
