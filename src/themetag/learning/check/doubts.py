"""Labels that the current model finds unlikely, and the words that speak against them.

A label's own probability, from a model that did not learn from the entry, is the plainest sign of
a label error ("self-confidence": C. G. Northcutt, L. Jiang and I. L. Chuang, "Confident Learning:
Estimating Uncertainty in Dataset Labels", Journal of Artificial Intelligence Research 70, 2021).
It is a reason to look, not a verdict: see the shares of right labels below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from themetag.codebook import Codebook
from themetag.evidence import Attribution
from themetag.learning.check.faults import current_category, current_theme
from themetag.learning.check.findings import Finding, Kind
from themetag.learning.check.judge import Judge, Judgement
from themetag.learning.check.kinship import Kin
from themetag.learning.check.written import WrittenEntry, WrittenTable
from themetag.learning.corpus import JOIN
from themetag.passages import read
from themetag.shown import percent
from themetag.tagger import Tagger

# Of the 211 real entries, as they are coded now, a tenth of the categories lie outside the
# prediction set of the out-of-fold answers (which is what such a set promises), 7 % of the themes
# are given less than this...
_UNLIKELY = 0.05
# ...and in 3 % of the entries a theme that nobody gave is given more than this.
_MISSED = 0.9
_SHOWN_TERMS = 5


@dataclass(frozen=True, slots=True)
class Doubts:
    """What a model makes of the labels of a table."""

    findings: tuple[Finding, ...]
    """Categories first, the least likely label first in each kind."""
    n_judged: Counter[str]
    """How many labelled entries were judged, by how: `unseen`, `out-of-fold`."""
    unjudged: tuple[str, ...]
    """The ids of labelled entries that could not be judged honestly."""


def doubts(
    table: WrittenTable,
    judge: Judge,
    kin: Sequence[Kin],
    plausible: str | None = None,
) -> Doubts:
    """Find the labels of a table that a model doubts.

    An entry that the model was fitted on is judged by the answer of a fit without it, which the
    model folder keeps; one that it was not, by the model, unless it is like a text that the model
    was fitted on (`similarity.SAME_PROJECT`).

    Args:
        table: the entries and their labels; labels that the model does not know are passed over.
        judge: the model.
        kin: which entries are like which.
        plausible: the column of themes that a coder might add, which are not said to be missing.
    """
    near = _like_what_was_seen(kin, judge)
    labelled = [x for x in table.entries if x.entry.text and _knows(judge.tagger.codebook, x)]
    fit_to_judge = [x for x in labelled if judge.has_seen(x.entry.text) or x.place not in near]
    judged, n_judged = [], Counter[str]()
    judgements = judge.judge([written.entry for written in fit_to_judge])
    for written, judgement in zip(fit_to_judge, judgements, strict=True):
        if judgement is not None:
            judged.append((written, judgement))
            n_judged[judgement.how] += 1
    names = {written.place for written, _ in judged}
    found: list[tuple[float, Finding]] = []
    for written, judgement in judged:
        beside = set(table.cell(written, plausible).split(JOIN)) if plausible else set()
        reader = _Reader(judge.tagger, written, judgement)
        found += [*reader.category(), *reader.themes(beside)]
    found.sort(key=lambda pair: (pair[1].kind, pair[0]))
    return Doubts(
        tuple(finding for _, finding in found),
        n_judged,
        tuple(written.entry.id for written in labelled if written.place not in names),
    )


def _knows(codebook: Codebook, written: WrittenEntry) -> bool:
    """Say whether an entry has a label that a model can judge."""
    return bool(
        current_category(codebook, written.category)
        or any(current_theme(codebook, theme) for theme in written.themes)
    )


def _like_what_was_seen(kin: Sequence[Kin], judge: Judge) -> frozenset[str]:
    """Return the places of entries that are like a text that the model was fitted on."""
    places = set()
    for entry, other, _ in kin:
        for one, beside in ((entry, other), (other, entry)):
            if judge.has_seen(beside.entry.text):
                places.add(one.place)
    return frozenset(places)


class _Reader:
    """One entry and what the model says of it; the words are looked up only where they count."""

    def __init__(self, tagger: Tagger, written: WrittenEntry, judgement: Judgement):
        self._tagger = tagger
        self._written = written
        self._judgement = judgement

    def category(self) -> Iterator[tuple[float, Finding]]:
        """Yield its category, if that lies outside the prediction set."""
        chances, book = self._judgement.categories, self._tagger.codebook
        given = current_category(book, self._written.category)
        if given is None or given not in chances:
            return
        best = max(chances, key=lambda name: chances[name])
        chance = chances[given]
        if given == best or chance >= self._tagger.calibration.set_floor:
            return
        names = book.category_names
        terms = self._attribution().terms(names.index(best), names.index(given))
        says = (
            f"is in {given!r} ({percent(chance)}) and reads like {best!r} "
            f"({percent(chances[best])}){_for(terms)}"
        )
        evidence = {"category": given, "probability": chance, "best": best,
                    "best_probability": chances[best]}  # fmt: skip
        yield chance, self._finding("category", says, {"category": best}, evidence, terms)

    def themes(self, plausible: Collection[str]) -> Iterator[tuple[float, Finding]]:
        """Yield the themes given that are unlikely, and likely ones that are not given.

        An entry without a theme may not have been coded yet: nothing is missed there.
        """
        if not self._written.themes:
            return
        book = self._tagger.codebook
        known = [current_theme(book, theme) for theme in self._written.themes]
        given = [
            theme or written for theme, written in zip(known, self._written.themes, strict=True)
        ]
        beside = {*given, *plausible}
        for theme, chance in self._judgement.themes.items():
            if theme in given and chance < _UNLIKELY:
                yield chance, self._unlikely(theme, chance, given)
            # A label that is not known may be a misspelt one, so none is missed beside it.
            elif theme not in beside and chance > _MISSED and None not in known:
                yield 1 - chance, self._missed(theme, chance, given)

    def _unlikely(self, theme: str, chance: float, given: Sequence[str]) -> Finding:
        terms = [(word, -share) for word, share in reversed(self._terms_of(theme))]
        says = f"has the theme {theme!r} ({percent(chance)}){_for(terms, 'against it')}"
        suggested = {"themes": JOIN.join(x for x in given if x != theme)}
        evidence = {"theme": theme, "probability": chance, "given": True}
        return self._finding("theme", says, suggested, evidence, terms)

    def _missed(self, theme: str, chance: float, given: Sequence[str]) -> Finding:
        terms = self._terms_of(theme)
        says = f"lacks the theme {theme!r} ({percent(chance)}){_for(terms)}"
        suggested = {"themes": JOIN.join([*given, theme])}
        evidence = {"theme": theme, "probability": chance, "given": False}
        return self._finding("theme", says, suggested, evidence, terms)

    def _terms_of(self, theme: str) -> list[tuple[str, float]]:
        book = self._tagger.codebook
        return self._attribution().terms(len(book.categories) + book.theme_ids.index(theme))

    def _attribution(self) -> Attribution:
        tagger, text = self._tagger, self._written.entry.text
        kinds = len(tagger.codebook.categories), len(tagger.codebook.themes)
        readings = read([text], tagger.vocabulary, tagger.model, kinds, tagger.lengths)
        return Attribution(tagger.vocabulary, tagger.model, text, readings)

    def _finding(
        self,
        kind: Kind,
        says: str,
        suggested: dict[str, str],
        evidence: dict[str, Any],
        terms: Sequence[tuple[str, float]],
    ) -> Finding:
        evidence |= {"how": self._judgement.how, "terms": [list(term) for term in _strong(terms)]}
        line, id = self._written.row.line, self._written.entry.id
        return Finding(kind, says, line, id, suggested, evidence)


def _strong(terms: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    return [(word, round(share, 4)) for word, share in terms[:_SHOWN_TERMS] if share > 0]


def _for(terms: Sequence[tuple[str, float]], how: str = "for") -> str:
    words = ", ".join(word for word, _ in _strong(terms))
    return f" {how}: {words}" if words else ""
