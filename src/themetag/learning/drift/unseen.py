"""`OutOfFold` and `Unseen`: what a model says of entries that it has not seen, or as if it had not.

A model is surer of what it learnt from. Its folder keeps what it said of each real entry in a fit
without that entry; such answers stand for its own where a new table holds entries of the corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from themetag import artifact
from themetag.codebook import Codebook
from themetag.entry import Entry
from themetag.learning.answers import said_by
from themetag.tagger import Tagger
from themetag.text import fingerprint

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class OutOfFold:
    """The answers a model folder keeps, one row a real entry, columns in codebook order."""

    texts: tuple[str, ...]
    """The fingerprint of each text."""
    fold: Ids
    """`(n,)` the fold in which each was unseen."""
    has_category: Flags
    """`(n,)` whether the true category is known."""
    category: Floats
    """`(n, n_categories)` 1 for the true category."""
    is_coded: Flags
    """`(n,)` whether the true themes are known."""
    themes: Floats
    """`(n, n_themes)` 1 for each true theme."""
    chances: Floats
    """`(n, n_categories)` calibrated probabilities."""
    theme_chances: Floats
    """`(n, n_themes)` calibrated probabilities."""

    @classmethod
    def of(cls, folder: str | Path, codebook: Codebook) -> OutOfFold:
        """Read them out of a model folder, whose codebook it is.

        Raises:
            ArtifactError: when the folder is damaged.
        """
        rows = artifact.read_out_of_fold(folder)
        names, ids = codebook.category_names, codebook.theme_ids
        category = [[name == row["category"] for name in names] for row in rows]
        themes = [[id in (row["themes"] or ()) for id in ids] for row in rows]
        return cls(
            tuple(row["text"] for row in rows),
            np.array([row["fold"] for row in rows], dtype=np.int64),
            np.array([row["category"] is not None for row in rows], dtype=bool),
            _matrix(category, len(names)),
            np.array([row["themes"] is not None for row in rows], dtype=bool),
            _matrix(themes, len(ids)),
            _matrix([row["category_probabilities"] for row in rows], len(names)),
            _matrix([row["theme_probabilities"] for row in rows], len(ids)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Unseen:
    """What a model says of new entries, one row an entry, columns in codebook order."""

    chances: Floats
    """`(n, n_categories)` calibrated probabilities."""
    theme_chances: Floats
    """`(n, n_themes)` calibrated probabilities."""
    given: Flags
    """`(n, n_themes)` the themes at or above their thresholds; none where there is no answer."""
    declined: Flags
    """`(n,)` whether the model gives no answer."""
    fair: Flags
    """`(n,)` whether the answer is from a fit without the entry."""

    @property
    def counted(self) -> Flags:
        """Which answers may be counted on: fair ones that were given."""
        return self.fair & ~self.declined

    @property
    def without_theme(self) -> Flags:
        """Which entries get no theme, be it for want of an answer."""
        return np.asarray(~self.given.any(axis=1))


def read_unseen(
    tagger: Tagger, folder: str | Path, kept: OutOfFold, entries: Sequence[Entry]
) -> Unseen:
    """Ask a model about entries, as if it had seen none of them.

    Args:
        tagger: the model.
        folder: where it was loaded from.
        kept: the answers in that folder.
        entries: what it is asked about.

    Raises:
        ArtifactError: when the folder is damaged.
    """
    said = said_by(tagger, entries)
    chances, theme_chances = said.chances.copy(), said.theme_chances.copy()
    seen, at = artifact.read_seen(folder), {text: i for i, text in enumerate(kept.texts)}
    fair = np.ones(len(entries), dtype=bool)
    for i, entry in enumerate(entries):
        text = fingerprint(entry.text)
        if text in at:
            chances[i], theme_chances[i] = kept.chances[at[text]], kept.theme_chances[at[text]]
        else:
            fair[i] = text not in seen
    given = (theme_chances >= tagger.calibration.thresholds) & ~said.silent[:, None]
    return Unseen(chances, theme_chances, given, said.silent, fair)


def _matrix(rows: Sequence[Sequence[float]], width: int) -> Floats:
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)
