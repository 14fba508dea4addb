"""`Tagged`: the answers for some entries as arrays, and as `Prediction`s for who wants those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from themetag.codebook import Codebook
from themetag.entry import Entry
from themetag.prediction import Evidence, Prediction, Reason, TaggedTheme
from themetag.ranked import Ranked
from themetag.ranking import Ranking
from themetag.text import is_bare_title

Ids = npt.NDArray[np.int64]

NO_EVIDENCE = Evidence(None, ())


@dataclass(frozen=True, slots=True, eq=False)
class Tagged:
    """The answers of a model for some entries, without evidence.

    Who needs a few columns and no objects takes them from here.
    """

    version: str
    """The version of the model."""
    codebook: Codebook
    """The labels it knows."""
    entries: Sequence[Entry]
    """The entries."""
    ranking: Ranking
    """What their scores say."""
    n_known: Ids
    """`(n,)` how many different words and runs of words of each are known."""
    criteria_only: frozenset[str] = frozenset()
    """The categories that it ranks by their criteria text for want of entries."""

    def reasons(self) -> list[Reason | None]:
        """Return why the model abstains from each entry, if it does."""
        return list(
            map(_reason, self.entries, self.n_known.tolist(), self.ranking.is_outside.tolist())
        )

    def categories(self) -> list[str | None]:
        """Return the category of each entry, if it has one."""
        if not self.codebook.category_names:
            return [None] * len(self.entries)
        names = np.array(self.codebook.category_names, dtype=object)[self.ranking.orders[:, 0]]
        return [
            None if reason else name
            for name, reason in zip(names.tolist(), self.reasons(), strict=True)
        ]

    def themes(self) -> list[list[str]]:
        """Return the themes of each entry, their probabilities falling."""
        ids = self.codebook.theme_ids
        return [
            [] if reason else [ids[i] for i in given]
            for given, reason in zip(self.ranking.given(), self.reasons(), strict=True)
        ]

    def predictions(self) -> list[Prediction]:
        """Return the answer for each entry as an object."""
        names, ids = self.codebook.category_names, self.codebook.theme_ids
        return [
            Prediction(
                entry.id,
                self.version,
                labels[0] if labels and not reason else None,
                reason,
                Ranked(labels, chances),
                () if reason else tuple(labels[:n_set]),
                NO_EVIDENCE,
                () if reason else tuple([TaggedTheme(ids[i], themes[i], "", ()) for i in given]),
                dict(zip(ids, themes, strict=True)),
                n_known,
                self.criteria_only,
            )
            for entry, reason, labels, chances, n_set, themes, given, n_known in zip(
                self.entries,
                self.reasons(),
                np.array(names, dtype=object)[self.ranking.orders].tolist(),
                self.ranking.chances.tolist(),
                self.ranking.set_sizes.tolist(),
                self.ranking.theme_chances.tolist(),
                self.ranking.given(),
                self.n_known.tolist(),
                strict=True,
            )
        ]


def _reason(entry: Entry, n_known: int, is_outside: bool) -> Reason | None:
    if n_known == 0:
        return "no-known-terms" if entry.text else "empty"
    if is_outside and not is_bare_title(entry.text):  # a title has too few words to tell
        return "out-of-scope"
    return None
