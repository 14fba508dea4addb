"""`Tagger`: text in, `Prediction` out; one at a time and in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from themetag.codebook import Codebook
from themetag.entry import Entry
from themetag.evidence import Attribution
from themetag.linear import Floats, LinearModel, Vector, Vocabulary
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
from themetag.text import sentences, words

# As many as a reader takes in at a glance.
SHOWN_TERMS = 5


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
    """One column a category, then one column a theme."""
    calibration: Calibration
    """What makes probabilities of scores."""

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
        text = entry.text
        if not with_evidence:
            return self._answer(entry.id, self.vocabulary.vector(words(text)), bool(text), None)
        attribution = Attribution(self.vocabulary, self.model, sentences(text))
        return self._answer(entry.id, attribution.vector, bool(text), attribution)

    def tag_all(
        self, entries: Iterable[Entry], *, with_evidence: bool = False
    ) -> Iterator[Prediction]:
        """Tag many entries, one after another, each as `tag` would."""
        bulk = replace(self, model=self.model.widened())
        return (bulk.tag(entry, with_evidence=with_evidence) for entry in entries)

    def scores(self, text: str) -> Floats:
        """Return `(n_categories + n_themes,)` float64: the uncalibrated scores of a text."""
        return self.model.scores(self.vocabulary.vector(words(text)))

    def _answer(
        self, id: str, vector: Vector, has_text: bool, attribution: Attribution | None
    ) -> Prediction:
        n_known = self.vocabulary.n_known(vector)
        reason: Reason | None = None
        if n_known == 0:
            reason = "no-known-terms" if has_text else "empty"
        n_categories = len(self.codebook.categories)
        scores = self.model.scores(vector)
        chances = self.calibration.categories(scores[:n_categories])
        ranked, order = _ranked(self.codebook.category_names, chances)
        theme_chances = np.round(self.calibration.themes(scores[n_categories:]), DECIMALS)
        theme_ids = self.codebook.theme_ids
        given = [] if reason else self._given(theme_chances)
        return Prediction(
            id=id,
            model=self.version,
            category=ranked[0].label if ranked and not reason else None,
            reason=reason,
            categories=ranked,
            category_set=() if reason else self._set(ranked),
            evidence=self._decider(order, attribution if not reason else None),
            themes=tuple(self._theme(i, float(theme_chances[i]), attribution) for i in given),
            theme_probabilities=dict(zip(theme_ids, theme_chances.tolist(), strict=True)),
            known_terms=n_known,
        )

    def _given(self, chances: Floats) -> list[int]:
        """Return the themes at or above their thresholds, falling, ties in codebook order."""
        order = np.argsort(-chances, kind="stable")
        return [int(i) for i in order if chances[i] >= self.calibration.thresholds[i]]

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


def _ranked(
    labels: Sequence[str], chances: Floats
) -> tuple[tuple[ScoredLabel, ...], tuple[int, ...]]:
    """Order labels by falling probability, ties in codebook order, with their positions."""
    rounded = np.round(chances, DECIMALS)
    order = tuple(np.argsort(-rounded, kind="stable").tolist())
    return tuple(ScoredLabel(labels[i], float(rounded[i])) for i in order), order


def _strongest(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Return the few words that add most, each with a positive contribution."""
    few = terms[:SHOWN_TERMS]
    return tuple((word, round(share, DECIMALS)) for word, share in few if share > 0)
