"""`Intake`: what was said of a whole batch, counted as it streams past.

Everything is counted; of the entries themselves so many are kept as one page has room for, so that
memory stays flat however many there are.
"""

from __future__ import annotations

from collections import Counter

from themetag.codebook import Codebook
from themetag.entered import Entered, TaggedEntry
from themetag.prediction import Prediction, Reason
from themetag.tables import Answer

# A page of more rows is slow to open and to sort, and nobody reads it.
MOST_ENTRIES = 5_000
# More of a kind than anybody looks into one by one.
MOST_LISTED = 200
# A summary and a statement, as they are held against one another; what comes after tells little.
LONGEST_COMPARED = 8_000

N_BINS = 10


class Intake:
    """An observer of a batch that keeps what a page about it says."""

    def __init__(self, codebook: Codebook, column: int | None) -> None:
        """Begin with nothing seen.

        Args:
            codebook: the labels of the model that tags.
            column: the position of the column with the category entered, if there is one.
        """
        self.entered = Entered(codebook, column)
        """What was entered."""
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
        self.entries: list[TaggedEntry] = []
        """The first entries."""
        self.texts: list[str] = []
        """Their texts, as far as they are held against one another."""
        self.unanswered: list[TaggedEntry] = []
        """The first entries without an answer."""
        self.errors: list[TaggedEntry] = []
        """The first rows that could not be tagged."""

    def see(self, answer: Answer) -> None:
        """Count one row, and keep it where there is room."""
        self.n_rows += 1
        tagged = self.entered.see(answer)
        if len(self.entries) < MOST_ENTRIES:
            self.entries.append(tagged)
            self.texts.append(answer.entry.text[:LONGEST_COMPARED])
        if tagged.error is not None:
            self.n_errors += 1
            _keep(self.errors, tagged)
        elif tagged.reason is not None:
            self.reasons[tagged.reason] += 1
            _keep(self.unanswered, tagged)
        else:
            self._count(answer.prediction)

    def finish(self) -> None:
        """Do nothing: all that is asked for can be asked for at any time."""

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


def _keep(listed: list[TaggedEntry], tagged: TaggedEntry) -> None:
    if len(listed) < MOST_LISTED:
        listed.append(tagged)
