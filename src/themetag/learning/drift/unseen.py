"""`Unseen`: what a model says of entries that it has not seen, or as if it had not.

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
from themetag.entry import Entry
from themetag.learning.answers import said_by
from themetag.learning.outoffold import KeptAnswers
from themetag.tagger import Tagger
from themetag.text import fingerprint

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


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
    tagger: Tagger, folder: str | Path, kept: KeptAnswers, entries: Sequence[Entry]
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
