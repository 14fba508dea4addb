"""`Tagger`: text in, `Prediction` out; one at a time and in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import NamedTuple

import numpy as np

from themetag.bulk import PLAIN_TEXTS, BulkReader
from themetag.codebook import Codebook
from themetag.entry import Entry
from themetag.evidence import Attribution
from themetag.linear import Floats, Ids, LinearModel, Vocabulary
from themetag.passages import Lengths, Readings, read
from themetag.prediction import DECIMALS, Evidence, Prediction, ScoredLabel, TaggedTheme, Term
from themetag.probability import Calibration
from themetag.ranking import Ranking
from themetag.tagged import NO_EVIDENCE, Tagged

# As many as a reader takes in at a glance.
SHOWN_TERMS = 5

# Texts tagged at once: enough to make the overhead of one small beside its words, few enough that
# the arrays of long texts stay in tens of megabytes.
BLOCK = 96


class Scored(NamedTuple):
    """What a model makes of some texts: all that an answer without evidence is made of."""

    scores: Floats
    """`(n_texts, n_columns)` uncalibrated, in the order of the model."""
    n_known: Ids
    """`(n_texts,)` how many different words and runs of words of a text are known."""


@dataclass(frozen=True, slots=True, eq=False)
class Tagger:
    """A codebook and two linear models over one vocabulary, ready to tag.

    >>> import themetag
    >>> tagger = themetag.load()
    >>> tagger.tag("We housed rough sleepers in forty new flats.").themes[0].label
    'homelessness'
    """

    version: str
    """The version of the model, the name of its folder."""
    codebook: Codebook
    """The labels the model knows, in the order of its columns."""
    vocabulary: Vocabulary
    """The terms the model knows."""
    model: LinearModel
    """One column a category, one a theme, and one for scope where the calibration has a floor."""
    calibration: Calibration
    """What makes probabilities of scores."""
    lengths: Lengths | None = None
    """What the model is used to; None reads every text whole."""
    criteria_only: frozenset[str] = frozenset()
    """The categories that it ranks by their criteria text for want of entries."""
    bulk: BulkReader | None = None
    """What reads blocks of texts; None reads them as it does a single one."""

    def tag(self, entry: Entry | str, *, with_evidence: bool = True) -> Prediction:
        """Say which category an entry reads like and which themes it is about.

        Args:
            entry: an entry, or a plain text, whose id becomes `-` and whose first paragraph may
                be its title.
            with_evidence: whether to find the words and sentences too, which takes longer than
                all the rest.
        """
        if isinstance(entry, str):
            entry = Entry.from_text("-", entry)
        readings = self._read([entry.text])
        (answer,) = self._tagged([entry], readings.scores, readings.n_known).predictions()
        if answer.is_abstention or not with_evidence:
            return answer
        return self._explained(
            answer, Attribution(self.vocabulary, self.model, entry.text, readings)
        )

    def evidence(self, entry: Entry, category: str, rival: str) -> Evidence:
        """Say which words of an entry speak for one category rather than any other.

        Args:
            entry: the entry.
            category: the category that its words may speak for.
            rival: the category that it is held against.
        """
        names = self.codebook.category_names
        readings = self._read([entry.text])
        attribution = Attribution(self.vocabulary, self.model, entry.text, readings)
        terms = attribution.terms(names.index(category), names.index(rival))
        return Evidence(rival, _strongest(terms))

    def tag_all(
        self, entries: Iterable[Entry], *, with_evidence: bool = False
    ) -> Iterator[Prediction]:
        """Tag many entries, each as `tag` would, in order and in bounded memory."""
        bulk = self.in_bulk()
        if with_evidence:
            return map(bulk.tag, entries)
        stream = iter(entries)
        blocks = iter(lambda: list(islice(stream, BLOCK)), [])
        return chain.from_iterable(map(bulk.tag_block, blocks))

    def tag_block(self, entries: Sequence[Entry]) -> list[Prediction]:
        """Tag some entries at once, each as `tag` would without evidence.

        Args:
            entries: any number, all of whose words stand in memory together; `BLOCK` of them are
                enough for full speed.
        """
        return self.tagged(entries).predictions()

    def tagged(self, entries: Sequence[Entry], scored: Scored | None = None) -> Tagged:
        """Tag some entries at once and return the answers as arrays.

        Args:
            entries: as for `tag_block`.
            scored: what their texts score, where this model or its like elsewhere has said so.
        """
        if scored is None:
            return self._tagged(entries, *self._scored([entry.text for entry in entries]))
        return self._tagged(entries, *scored)

    def scored(self, texts: Sequence[str]) -> Scored:
        """Score texts, some at a time; `tagged` makes the answers of `tag_block` of it.

        It takes a tenth of the room of the answers on the way from one process to another.
        """
        blocks = [texts[at : at + BLOCK] for at in range(0, len(texts), BLOCK)] or [texts]
        scores, n_known = zip(*map(self._scored, blocks), strict=True)
        return Scored(np.concatenate(scores), np.concatenate(n_known))

    def in_bulk(self, n_plain: int | None = PLAIN_TEXTS) -> Tagger:
        """Return the same tagger made ready for many texts; once a process is enough.

        It gives the same answers to the last bit, sooner, and takes more memory.

        Args:
            n_plain: how many texts are read before machine code is, where there is any; None for
                all of them.
        """
        if self.bulk is not None:
            return self
        model = self.model.widened()
        reader = BulkReader(self.vocabulary, model, self._kinds, self.lengths, n_plain)
        return replace(self, model=model, bulk=reader)

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return `(n_texts, n_columns)` float64: uncalibrated, in the order of the model."""
        return self._read(texts).scores

    def _read(self, texts: Sequence[str]) -> Readings:
        return read(texts, self.vocabulary, self.model, self._kinds, self.lengths)

    def _scored(self, texts: Sequence[str]) -> tuple[Floats, Ids]:
        if self.bulk is not None:
            return self.bulk.read(texts)
        readings = self._read(texts)
        return readings.scores, readings.n_known

    @property
    def _kinds(self) -> tuple[int, int]:
        """How many columns are categories, and how many after those are themes."""
        return len(self.codebook.categories), len(self.codebook.themes)

    def _tagged(self, entries: Sequence[Entry], scores: Floats, n_known: Ids) -> Tagged:
        ranking = Ranking.of(scores, self.calibration, len(self.codebook.categories))
        return Tagged(self.version, self.codebook, entries, ranking, n_known, self.criteria_only)

    def _explained(self, answer: Prediction, attribution: Attribution) -> Prediction:
        """Add the words and sentences that earned an answer."""
        return replace(
            answer,
            evidence=self._decider(answer.categories, attribution),
            themes=tuple(self._theme(theme, attribution) for theme in answer.themes),
        )

    def _theme(self, theme: TaggedTheme, attribution: Attribution) -> TaggedTheme:
        column = len(self.codebook.categories) + self.codebook.theme_ids.index(theme.label)
        return replace(
            theme,
            sentence=attribution.sentence(column),
            terms=_strongest(attribution.terms(column)),
        )

    def _decider(self, ranked: Sequence[ScoredLabel], attribution: Attribution) -> Evidence:
        if len(ranked) < 2:
            return NO_EVIDENCE
        first, rival = (self.codebook.category_names.index(each.label) for each in ranked[:2])
        return Evidence(ranked[1].label, _strongest(attribution.terms(first, rival)))


def _strongest(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Return the few words that add most, each with a positive contribution."""
    few = ((word, round(share, DECIMALS)) for word, share in terms[:SHOWN_TERMS])
    return tuple((word, share) for word, share in few if share > 0)
