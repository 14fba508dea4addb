"""`ScoredLabel`, `Evidence`, `TaggedTheme`, `Prediction`: the answer for one entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

Reason = Literal["empty", "too-short", "no-known-terms", "out-of-scope", "torn"]
Term = tuple[str, float]

# The reasons as a reader of an answer is told them.
REASONS: Mapping[Reason, str] = {
    "empty": "there is no text",
    "no-known-terms": "the model knows none of its words",
    "too-short": "the text is too short",
    "out-of-scope": "the text is not like the entries the model was trained on",
    "torn": "no category stands out from the others",
}

# Enough to tell two labels of a thousand apart; more digits would claim more than is known.
DECIMALS = 4


class ScoredLabel(NamedTuple):
    """A label and its calibrated probability; a tuple, since a batch makes millions of them."""

    label: str
    """A category's name or a theme's id."""
    probability: float
    """0 to 1, rounded to four places."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why the first category and not its nearest rival."""

    rival: str | None
    """The second category; none in a model without one."""
    terms: tuple[Term, ...]
    """Words of the text and what each adds to the first category's score over the rival's."""


@dataclass(frozen=True, slots=True)
class TaggedTheme:
    """A theme given to an entry, with what earned it."""

    label: str
    """The theme's id."""
    probability: float
    """0 to 1, rounded to four places; not under the theme's threshold."""
    sentence: str
    """The sentence with the largest share of the score; empty where no evidence was asked for."""
    terms: tuple[Term, ...]
    """Words of the text and what each adds to the theme's score, falling."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model reads in one entry.

    >>> nothing = Evidence(None, ())
    >>> Prediction("-", "2026.11", None, "empty", (), (), nothing, (), {}, 0).is_abstention
    True
    """

    id: str
    """The entry's id."""
    model: str
    """The version of the model that answered."""
    category: str | None
    """The first category, or none where the model abstains or knows no categories."""
    reason: Reason | None
    """Why the model abstains, or none where it does not."""
    categories: Sequence[ScoredLabel]
    """Every category, probabilities falling, ties in codebook order."""
    category_set: tuple[str, ...]
    """Categories that together hold the true one 90 times in 100."""
    evidence: Evidence
    """What decided between the first category and the second."""
    themes: tuple[TaggedTheme, ...]
    """The themes at or above their thresholds, probabilities falling."""
    theme_probabilities: Mapping[str, float]
    """Every theme's probability, in codebook order."""
    known_terms: int
    """How many different words and runs of words of the text the model knows."""

    @property
    def is_abstention(self) -> bool:
        """Whether the model declines to name a category and themes."""
        return self.reason is not None

    def as_json(self) -> dict[str, Any]:
        """Return the answer as the JSON object that the command line prints."""
        return {
            "id": self.id,
            "model": self.model,
            "category": self.category,
            "abstained": self.is_abstention,
            "reason": self.reason,
            "categories": [scored._asdict() for scored in self.categories],
            "category_set": list(self.category_set),
            "evidence": _with_lists(asdict(self.evidence)),
            "themes": [_with_lists(asdict(theme)) for theme in self.themes],
            "theme_probabilities": dict(self.theme_probabilities),
            "known_terms": self.known_terms,
        }


def distinct_words(terms: Iterable[Term]) -> list[str]:
    """Return the words of some terms, without those that stand in a longer one beside them.

    >>> distinct_words([("rough sleepers", 1.2), ("sleepers", 0.7), ("flats", 0.3)])
    ['rough sleepers', 'flats']
    """
    names = [word for word, _ in terms]
    return [name for name in names if not any(f" {name} " in f" {x} " for x in names if x != name)]


def _with_lists(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"terms": [list(term) for term in row["terms"]]}
