"""`Entered`: the categories that people entered beside those that their entries read like."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from themetag.codebook import Codebook
from themetag.entry import Entry
from themetag.prediction import Prediction, Reason
from themetag.tables import Answer
from themetag.tables.rows import as_text

# More than anybody looks into one by one.
MOST_DIFFERING = 200
# Other spellings of categories than these are counted, not listed.
MOST_UNKNOWN = 1_000
# Hundreds of entries of a megabyte each would be no flat memory.
LONGEST_KEPT = 200_000
_LONGEST_TITLE = 400
_LONGEST_LABEL = 200

# How what was entered compares with the answer: nothing to compare; the same category; another
# one, that entered being in the prediction set or not; no category of the model.
Fit = Literal["", "same", "possible", "unlikely", "unknown"]


@dataclass(frozen=True, slots=True)
class TaggedEntry:
    """What the page says of one entry."""

    number: int
    """The 1-based number of its row."""
    line: int
    """Where it stands in the file."""
    id: str
    """Its id."""
    title: str
    """Its title, or how its text begins where it has none."""
    entered: str
    """The category it was entered in: its current name where it is known, else as written."""
    fit: Fit
    """How that compares with the answer."""
    category: str | None
    """The category it reads like, if the model said."""
    probability: float | None
    """The probability of that category."""
    themes: tuple[str, ...]
    """The ids of its themes, probabilities falling."""
    reason: Reason | None
    """Why the model said nothing, if it did not."""
    error: str | None
    """Why the row could not be tagged, if it could not."""


@dataclass(frozen=True, slots=True)
class Differing:
    """An entry that reads like another category than the one it was entered in."""

    tagged: TaggedEntry
    """The entry and its answer."""
    entry: Entry
    """Its text, to find the words that decided."""
    entered_probability: float
    """The probability of the category it was entered in."""


class Entered:
    """What was entered in all entries of a batch, counted as they stream past."""

    def __init__(self, codebook: Codebook, column: int | None) -> None:
        """Begin with nothing seen.

        Args:
            codebook: the labels of the model that tags.
            column: the position of the column with the category entered; None where no column
                says.
        """
        self._codebook = codebook
        self._column = column
        self.counts: Counter[str] = Counter()
        """Entries by the category they were entered in."""
        self.unknown: Counter[str] = Counter()
        """Entries by what they were entered in that is no category of the model."""
        self.n_unlisted = 0
        """Entries with still other unknown ones, for which there was no room."""
        self.n_blank = 0
        """Entries for which none was entered."""
        self.fits: Counter[Fit] = Counter()
        """Entries by how what was entered compares with the answer."""
        # A heap by whether the category entered is unlikely, by how far it falls behind, and by
        # minus the row's number, which is never the same twice.
        self._strongest: list[tuple[bool, float, int, Differing]] = []

    @property
    def is_possible(self) -> bool:
        """Whether a column says what was entered."""
        return self._column is not None

    def see(self, answer: Answer) -> TaggedEntry:
        """Count one row, keep it if it differs more than others do, and return what is said of it.

        The rows must come in order.
        """
        entered, is_known = self._entered(answer)
        fit = _fit(answer.prediction, entered, is_known)
        tagged = _tagged(answer, entered, fit)
        self.fits[fit] += 1
        if fit in ("possible", "unlikely"):
            self._keep(tagged, answer)
        return tagged

    def differing(self) -> list[Differing]:
        """Return the entries that differ most, at most `MOST_DIFFERING`, the clearest first."""
        return [kept for *_, kept in sorted(self._strongest, key=_rank, reverse=True)]

    def _entered(self, answer: Answer) -> tuple[str, bool]:
        """Return what was entered, by its current name where it is known, and whether it is."""
        if self._column is None:
            return "", False
        written = " ".join(as_text(answer.row.cells[self._column])[:_LONGEST_LABEL].split())
        known = self._codebook.known_category(written)
        if not written:
            self.n_blank += 1
        elif known:
            self.counts[known] += 1
        elif written in self.unknown or len(self.unknown) < MOST_UNKNOWN:
            self.unknown[written] += 1
        else:
            self.n_unlisted += 1
        return known or written, known is not None

    def _keep(self, tagged: TaggedEntry, answer: Answer) -> None:
        entry, categories = answer.entry, answer.prediction.categories
        probability = dict(categories).get(tagged.entered, 0.0)
        rank = tagged.fit == "unlikely", categories[0].probability - probability, -tagged.number
        if len(self._strongest) == MOST_DIFFERING and rank < self._strongest[0][:3]:
            return
        kept = Entry(entry.id, entry.title, entry.body[:LONGEST_KEPT])
        heapq.heappush(self._strongest, (*rank, Differing(tagged, kept, probability)))
        if len(self._strongest) > MOST_DIFFERING:
            heapq.heappop(self._strongest)


def _rank(kept: tuple[bool, float, int, Differing]) -> tuple[bool, float, int]:
    return kept[:3]


def _fit(prediction: Prediction, entered: str, is_known: bool) -> Fit:
    if not entered or prediction.category is None:
        return ""
    if not is_known:
        return "unknown"
    if entered == prediction.category:
        return "same"
    return "possible" if entered in prediction.category_set else "unlikely"


def _tagged(answer: Answer, entered: str, fit: Fit) -> TaggedEntry:
    entry, prediction = answer.entry, answer.prediction
    return TaggedEntry(
        number=answer.row.number,
        line=answer.row.line,
        id=prediction.id,
        title=(entry.title or entry.body)[:_LONGEST_TITLE],
        entered=entered,
        fit=fit,
        category=prediction.category,
        probability=prediction.categories[0].probability if prediction.category else None,
        themes=tuple(theme.label for theme in prediction.themes),
        reason=None if answer.error else prediction.reason,
        error=answer.error,
    )
