"""`Tagger`: text in, `Prediction` out; one at a time and in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, repeat
from typing import NamedTuple

import numpy as np

from themetag.codebook import Codebook
from themetag.entry import Entry
from themetag.evidence import Attribution
from themetag.linear import Floats, Ids, LinearModel, Vocabulary
from themetag.passages import Lengths, Readings, read
from themetag.prediction import (
    DECIMALS,
    Evidence,
    Prediction,
    Reason,
    ScoredLabel,
    TaggedTheme,
    Term,
)
from themetag.probability import Calibration
from themetag.text import is_bare_title

# As many as a reader takes in at a glance.
SHOWN_TERMS = 5

# Texts tagged at once: enough to make the overhead of one small beside its words, few enough that
# the arrays of long texts stay in tens of megabytes.
BLOCK = 64


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
        attribution = None
        if with_evidence:
            attribution = Attribution(self.vocabulary, self.model, entry.text, readings)
        return self._answers([entry], readings, attribution)[0]

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
        return self._answers(entries, self._read([entry.text for entry in entries]), None)

    def scored(self, texts: Sequence[str]) -> Scored:
        """Score texts, some at a time; `answers` makes the answers of `tag_block` of it.

        It takes a tenth of the room of the answers on the way from one process to another.
        """
        blocks = (texts[at : at + BLOCK] for at in range(0, len(texts), BLOCK))
        readings = [self._read(block) for block in blocks] or [self._read([])]
        return Scored(
            np.concatenate([reading.scores for reading in readings]),
            np.concatenate([reading.n_known for reading in readings]),
        )

    def answers(self, entries: Sequence[Entry], scored: Scored) -> list[Prediction]:
        """Answer entries whose texts have been scored, by this model or its like elsewhere."""
        return self._answers(entries, scored, None)

    def in_bulk(self) -> Tagger:
        """Return the same tagger made ready for many texts; once a process is enough.

        It gives the same answers to the last bit, sooner, and takes more memory.
        """
        return replace(self, model=self.model.widened())

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return `(n_texts, n_columns)` float64: uncalibrated, in the order of the model."""
        return self._read(texts).scores

    def _read(self, texts: Sequence[str]) -> Readings:
        kinds = len(self.codebook.categories), len(self.codebook.themes)
        return read(texts, self.vocabulary, self.model, kinds, self.lengths)

    def _answers(
        self,
        entries: Sequence[Entry],
        readings: Readings | Scored,
        attribution: Attribution | None,
    ) -> list[Prediction]:
        """Answer entries, all at once up to the objects that are handed out."""
        split = len(self.codebook.categories)
        n_labels = split + len(self.codebook.themes)
        scores = readings.scores
        floor = self.calibration.scope_floor
        outside = scores[:, -1] < floor if floor is not None else np.zeros(len(scores), bool)
        chances = np.round(self.calibration.categories(scores[:, :split]), DECIMALS)
        theme_chances = np.round(self.calibration.themes(scores[:, split:n_labels]), DECIMALS)
        orders = np.argsort(-chances, axis=1, kind="stable")
        ranked = np.take_along_axis(chances, orders, axis=1)
        return list(
            map(
                self._answer,
                entries,
                orders.tolist(),
                ranked.tolist(),
                theme_chances.tolist(),
                readings.n_known.tolist(),
                outside.tolist(),
                repeat(attribution),
            )
        )

    def _answer(
        self,
        entry: Entry,
        order: list[int],
        chances: list[float],
        theme_chances: list[float],
        n_known: int,
        is_outside: bool,
        attribution: Attribution | None,
    ) -> Prediction:
        reason: Reason | None = None
        if n_known == 0:
            reason = "no-known-terms" if entry.text else "empty"
        elif is_outside and not is_bare_title(entry.text):  # a title has too few words to tell
            reason = "out-of-scope"
        if reason:
            attribution = None
        names, theme_ids = self.codebook.category_names, self.codebook.theme_ids
        ranked = tuple(map(ScoredLabel, [names[i] for i in order], chances))
        given = [] if reason else self._given(theme_chances)
        return Prediction(
            id=entry.id,
            model=self.version,
            category=ranked[0].label if ranked and not reason else None,
            reason=reason,
            categories=ranked,
            category_set=() if reason else self._set(ranked),
            evidence=self._decider(order, attribution),
            themes=tuple(self._theme(i, theme_chances[i], attribution) for i in given),
            theme_probabilities=dict(zip(theme_ids, theme_chances, strict=True)),
            known_terms=n_known,
        )

    def _given(self, chances: Sequence[float]) -> list[int]:
        """Return the themes at or above their thresholds, falling, ties in codebook order."""
        thresholds = self.calibration.thresholds.tolist()
        given = [i for i, chance in enumerate(chances) if chance >= thresholds[i]]
        return sorted(given, key=lambda i: -chances[i])

    def _set(self, ranked: Sequence[ScoredLabel]) -> tuple[str, ...]:
        floor = self.calibration.set_floor
        return tuple(
            scored.label for i, scored in enumerate(ranked) if i == 0 or scored.probability >= floor
        )

    def _theme(self, i: int, probability: float, attribution: Attribution | None) -> TaggedTheme:
        label = self.codebook.theme_ids[i]
        if attribution is None:
            return TaggedTheme(label, probability, "", ())
        column = len(self.codebook.categories) + i
        sentence = attribution.sentence(column)
        return TaggedTheme(label, probability, sentence, _strongest(attribution.terms(column)))

    def _decider(self, order: Sequence[int], attribution: Attribution | None) -> Evidence:
        rival = self.codebook.category_names[order[1]] if len(order) > 1 else None
        if attribution is None or rival is None:
            return Evidence(rival if attribution else None, ())
        return Evidence(rival, _strongest(attribution.terms(order[0], order[1])))


def _strongest(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Return the few words that add most, each with a positive contribution."""
    few = ((word, round(share, DECIMALS)) for word, share in terms[:SHOWN_TERMS])
    return tuple((word, share) for word, share in few if share > 0)
