"""`Proposal`: what the current model would label a draft entry with, and which to look at first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from themetag.codebook import Codebook
from themetag.errors import InputError
from themetag.learning.check.written import CHECK, WrittenEntry, WrittenTable
from themetag.prediction import Prediction, ScoredLabel
from themetag.similarity import nearest, similar_pairs
from themetag.tagger import Tagger

# Rule R3 of training/codebook.toml: one to three themes, four at most.
MOST_THEMES = 4
_OTHERS = 3
_LEAST_OTHER = 0.02
# What is less alike than this moves nothing in the order.
_HARDLY_ALIKE = 0.05


class ProposedTheme(NamedTuple):
    """One theme of a proposal."""

    label: str
    """Its id."""
    probability: float | None
    """0 to 1: what the model gives it; None for one that the model does not know."""
    sentence: str
    """What earned it; empty where the draft gives it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The labels proposed for one entry."""

    written: WrittenEntry
    """The entry of the draft."""
    council: str
    """Whose entry it is, where the draft says so."""
    check: str
    """What the draft is unsure of."""
    category: str
    """The draft's category, else the model's first; empty where there is neither."""
    category_probability: float | None
    """0 to 1: what the model gives that category; None where it declines to answer."""
    others: tuple[ScoredLabel, ...]
    """The next best categories."""
    themes: tuple[ProposedTheme, ...]
    """The draft's themes, else the model's, four at most, the likeliest first."""
    uncertainty: float
    """0 to 1: the chance that something in the proposal is wrong, by the model's own figures."""
    model: str
    """The version of the model."""

    @property
    def proposed_themes(self) -> tuple[str, ...]:
        """The ids of the themes."""
        return tuple(theme.label for theme in self.themes)


def propose(
    draft: WrittenTable, tagger: Tagger, codebook: Codebook, known: Sequence[str]
) -> list[Proposal]:
    """Propose labels for a draft, the entries most useful to check first.

    An entry is worth the more the likelier its proposal is wrong (uncertainty: D. D. Lewis and
    W. A. Gale, "A sequential algorithm for training text classifiers", 1994) and the less it is
    like what the model knows and like the entries already put before it (diversity: J. Carbonell
    and J. Goldstein, "The use of MMR, diversity-based reranking for reordering documents and
    producing summaries", 1998). The two are multiplied, as B. Settles and M. Craven do ("An
    analysis of active learning strategies for sequence labeling tasks", 2008), and entries are
    taken one after another.

    Args:
        draft: the entries; labels that stand in it already are kept.
        tagger: the current model.
        codebook: the labels that may be chosen; others are not proposed.
        known: the texts that the corpus holds.

    Raises:
        InputError: when the entries have no ids of their own, an id stands twice, or an entry has
            more than four themes.
    """
    _refuse_unfit(draft)
    proposals = [_proposal(draft, written, tagger, codebook) for written in draft.entries]
    order = most_useful(
        [proposal.uncertainty for proposal in proposals],
        [written.entry.text for written in draft.entries],
        known,
    )
    return [proposals[i] for i in order]


def most_useful(
    uncertainties: Sequence[float], texts: Sequence[str], known: Sequence[str]
) -> list[int]:
    """Return the positions of texts, the most useful to check first, ties by position.

    >>> most_useful([0.9, 0.8, 0.5], ["new flats", "New flats!", "weekly bins"], ["poetry"])
    [0, 2, 1]
    """
    alike = [max((x.similarity for x in near), default=0.0) for near in nearest(texts, known)]
    beside: dict[int, list[tuple[int, float]]] = {}
    for first, second, similarity in similar_pairs(texts, _HARDLY_ALIKE):
        beside.setdefault(first, []).append((second, similarity))
        beside.setdefault(second, []).append((first, similarity))
    left = dict.fromkeys(range(len(texts)))
    order = []
    while left:
        best = max(left, key=lambda i: uncertainties[i] * (1 - alike[i]))
        order.append(best)
        del left[best]
        for other, similarity in beside.get(best, ()):
            alike[other] = max(alike[other], similarity)
    return order


def _refuse_unfit(draft: WrittenTable) -> None:
    if not draft.has_ids:
        raise InputError(
            "has no column of ids, by which answers are put back; name it with --id", draft.path
        )
    first: dict[str, int] = {}
    for written in draft.entries:
        line = first.setdefault(written.entry.id, written.row.line)
        if line != written.row.line:
            raise InputError(
                f"id {written.entry.id!r} stands on line {line} already; ids must differ",
                draft.path,
                line=written.row.line,
            )
        if len(written.themes) > MOST_THEMES:
            raise InputError(
                f"entry {written.entry.id!r} has {len(written.themes)} themes; at most "
                f"{MOST_THEMES} can be corrected",
                draft.path,
                line=written.row.line,
            )


def _proposal(
    draft: WrittenTable, written: WrittenEntry, tagger: Tagger, codebook: Codebook
) -> Proposal:
    said = tagger.tag(written.entry)
    ranked = [] if said.is_abstention else _offered(said, codebook)
    given = codebook.find_category(written.category)
    category = given or written.category or (ranked[0].label if ranked else "")
    chances = _chances(said, codebook)
    themes = _given_themes(written, codebook, chances) or _said_themes(said, codebook, chances)
    chance = next((x.probability for x in ranked if x.label == category), None)
    notes = [draft.cell(written, CHECK)]
    if said.reason:
        notes.append(f"nothing proposed: {said.reason}")
    return Proposal(
        written,
        draft.cell(written, "council"),
        "; ".join(filter(None, notes)),
        category,
        chance,
        _others(ranked, category),
        themes,
        1.0 if said.is_abstention else _uncertainty(chance if not given else 1.0, themes, chances),
        said.model,
    )


def _offered(said: Prediction, codebook: Codebook) -> list[ScoredLabel]:
    """Return the model's categories under their current names, those given no more left out."""
    named = (x._replace(label=codebook.find_category(x.label) or "") for x in said.categories)
    return [scored for scored in named if scored.label in codebook.category_names]


def _others(ranked: Sequence[ScoredLabel], category: str) -> tuple[ScoredLabel, ...]:
    others = (x for x in ranked if x.label != category and x.probability >= _LEAST_OTHER)
    return tuple(others)[:_OTHERS]


def _chances(said: Prediction, codebook: Codebook) -> dict[str, float]:
    """Return the model's chances of themes under their current ids, those given no more left out.

    Of two themes that became one the likelier counts.
    """
    found: dict[str, float] = {}
    for id, chance in said.theme_probabilities.items():
        name = codebook.find_theme(id)
        if name in codebook.theme_ids:
            found[name] = max(chance, found.get(name, 0.0))
    return found


def _said_themes(
    said: Prediction, codebook: Codebook, chances: Mapping[str, float]
) -> tuple[ProposedTheme, ...]:
    sentences: dict[str, str] = {}
    for theme in said.themes:
        sentences.setdefault(codebook.find_theme(theme.label) or "", theme.sentence)
    found = (ProposedTheme(x, chances[x], sentences[x]) for x in sentences if x in chances)
    return tuple(found)[:MOST_THEMES]


def _given_themes(
    written: WrittenEntry, codebook: Codebook, chances: Mapping[str, float]
) -> tuple[ProposedTheme, ...]:
    named = [codebook.find_theme(theme) or theme for theme in written.themes]
    return tuple(ProposedTheme(theme, chances.get(theme), "") for theme in named)


def _uncertainty(
    chance: float | None, themes: Sequence[ProposedTheme], chances: Mapping[str, float]
) -> float:
    """Return the chance that a label proposed is wrong or one left out is right.

    Labels are taken for independent; a category that the draft gives is taken for right.
    """
    proposed = {theme.label for theme in themes}
    right = [p if id in proposed else 1 - p for id, p in chances.items()]
    return 1 - (1.0 if chance is None else chance) * prod(right)
