"""`Intake`: what was said of a whole batch, counted as it streams past.

Everything is counted; of the entries themselves so many are kept as one page has room for, so that
memory stays flat however many there are.
"""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from themetag.codebook import Codebook
from themetag.entry import Entry
from themetag.prediction import Prediction, Reason
from themetag.tables import Answer
from themetag.tables.rows import as_text

# A page of more rows is slow to open and to sort, and nobody reads it.
MOST_ENTRIES = 5_000
# More of a kind than anybody looks into one by one.
MOST_LISTED = 200
# Other spellings of categories than these are counted, not listed.
MOST_UNKNOWN = 1_000
# A summary and a statement, as they are held against one another; what comes after tells little.
LONGEST_COMPARED = 12_000
# A hundred entries of a megabyte each would be no flat memory.
LONGEST_KEPT = 200_000
_LONGEST_TITLE = 400
_LONGEST_LABEL = 200

N_BINS = 10

# How what was entered compares with the answer: nothing to compare; the same category; another
# one, that entered being in the prediction set or not; no category of the model.
Fit = Literal["", "same", "possible", "unlikely", "unknown"]
# Whether the category entered is unlikely, by how much it falls behind, and minus the row's number.
Rank = tuple[bool, float, int]


@dataclass(frozen=True, slots=True)
class Tagged:
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

    tagged: Tagged
    """The entry and its answer."""
    entry: Entry
    """Its text, to find the words that decided."""
    entered_probability: float
    """The probability of the category it was entered in."""


@dataclass(slots=True)
class Comparison:
    """How the categories that people entered compare with what the model said."""

    counts: Counter[str] = field(default_factory=Counter)
    """Entries by the category they were entered in."""
    unknown: Counter[str] = field(default_factory=Counter)
    """Entries by what they were entered in that is no category of the model."""
    n_unlisted: int = 0
    """Entries with still other unknown ones, for which there was no room."""
    n_blank: int = 0
    """Entries for which none was entered."""
    fits: Counter[Fit] = field(default_factory=Counter)
    """Entries by how what was entered compares with the answer."""
    strongest: list[tuple[Rank, Differing]] = field(default_factory=list)
    """A heap of the entries that differ most, at most `MOST_LISTED`."""


class Intake:
    """An observer of a batch that keeps what a page about it says."""

    def __init__(self, codebook: Codebook, entered: int | None) -> None:
        """Begin with nothing seen.

        Args:
            codebook: the labels of the model that tags.
            entered: the position of the column with the category entered, if there is one.
        """
        self._codebook = codebook
        self._at = entered
        self.comparison = None if entered is None else Comparison()
        """What was entered, or None where no column says."""
        self.n_rows = 0
        """Rows seen."""
        self.n_errors = 0
        """Rows that could not be tagged."""
        self.n_answered = 0
        """Rows for which the model has an answer."""
        self.categories: Counter[str] = Counter()
        """Entries by the category they read like."""
        self.themes: Counter[str] = Counter()
        """Entries by theme."""
        self.together: Counter[tuple[str, str]] = Counter()
        """Entries by category and theme."""
        self.sureness = [0] * N_BINS
        """Entries by the probability of their category, in tenths."""
        self.reasons: Counter[Reason] = Counter()
        """Entries without an answer by the reason."""
        self.entries: list[Tagged] = []
        """The first entries."""
        self.texts: list[str] = []
        """Their texts, as far as they are held against one another."""
        self.unanswered: list[Tagged] = []
        """The first entries without an answer."""
        self.errors: list[Tagged] = []
        """The first rows that could not be tagged."""
        self.differing: list[Differing] = []
        """The entries that differ most from the category entered, the clearest first."""

    def see(self, answer: Answer) -> None:
        """Count one row, and keep it where there is room."""
        self.n_rows += 1
        prediction = answer.prediction
        entered, known = self._entered(answer)
        tagged = _tagged(answer, entered, _fit(prediction, entered, known))
        if len(self.entries) < MOST_ENTRIES:
            self.entries.append(tagged)
            self.texts.append(answer.entry.text[:LONGEST_COMPARED])
        if answer.error is not None:
            self.n_errors += 1
            _keep(self.errors, tagged)
        elif prediction.reason is not None:
            self.reasons[prediction.reason] += 1
            _keep(self.unanswered, tagged)
        else:
            self._count(prediction)
        if self.comparison:
            self.comparison.fits[tagged.fit] += 1
            if tagged.fit in ("possible", "unlikely"):
                _keep_strongest(self.comparison.strongest, tagged, answer)

    def finish(self) -> None:
        """Put the entries that differ into order."""
        if self.comparison:
            ranked = sorted(self.comparison.strongest, key=lambda pair: pair[0], reverse=True)
            self.differing = [differing for _, differing in ranked]

    def _entered(self, answer: Answer) -> tuple[str, bool]:
        """Return what was entered, by its current name where it is known, and whether it is."""
        if self._at is None or self.comparison is None:
            return "", False
        written = " ".join(as_text(answer.row.cells[self._at])[:_LONGEST_LABEL].split())
        known = self._codebook.known_category(written)
        if not written:
            self.comparison.n_blank += 1
        elif known:
            self.comparison.counts[known] += 1
        elif written in self.comparison.unknown or len(self.comparison.unknown) < MOST_UNKNOWN:
            self.comparison.unknown[written] += 1
        else:
            self.comparison.n_unlisted += 1
        return known or written, known is not None

    def _count(self, prediction: Prediction) -> None:
        self.n_answered += 1
        category = prediction.category
        if category is not None:
            self.categories[category] += 1
            self.sureness[min(int(prediction.categories[0].probability * N_BINS), N_BINS - 1)] += 1
        for theme in prediction.themes:
            self.themes[theme.label] += 1
            if category is not None:
                self.together[category, theme.label] += 1


def _fit(prediction: Prediction, entered: str, is_known: bool) -> Fit:
    if not entered or prediction.category is None:
        return ""
    if not is_known:
        return "unknown"
    if entered == prediction.category:
        return "same"
    return "possible" if entered in prediction.category_set else "unlikely"


def _keep_strongest(heap: list[tuple[Rank, Differing]], tagged: Tagged, answer: Answer) -> None:
    """Keep an entry where it differs more than one of those that are kept."""
    entry, categories = answer.entry, answer.prediction.categories
    probability = dict(categories).get(tagged.entered, 0.0)
    gap = categories[0].probability - probability
    rank = (tagged.fit == "unlikely", gap, -tagged.number)
    if len(heap) == MOST_LISTED and rank < heap[0][0]:
        return
    kept = Entry(entry.id, entry.title, entry.body[:LONGEST_KEPT])
    heapq.heappush(heap, (rank, Differing(tagged, kept, probability)))
    if len(heap) > MOST_LISTED:
        heapq.heappop(heap)


def _keep(listed: list[Tagged], tagged: Tagged) -> None:
    if len(listed) < MOST_LISTED:
        listed.append(tagged)


def _tagged(answer: Answer, entered: str, fit: Fit) -> Tagged:
    entry, prediction = answer.entry, answer.prediction
    return Tagged(
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
