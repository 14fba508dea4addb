"""`Pair`: two models and the entries whose out-of-fold answers both of them keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from themetag import artifact
from themetag.errors import ArtifactError
from themetag.learning.compare.wording import Wording
from themetag.tagger import Tagger

Ids = npt.NDArray[np.int64]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A model and the answers that its folder keeps."""

    folder: Path
    """Where it stands."""
    tagger: Tagger
    """The model."""
    manifest: Mapping[str, Any]
    """What its folder says of it."""
    rows: tuple[Row, ...]
    """A mapping for each real entry: its text's fingerprint, its labels, their probabilities."""

    @classmethod
    def read(cls, folder: Path) -> Kept:
        """Read a model folder.

        Raises:
            ArtifactError: when it is missing, altered, too new or keeps no answers.
        """
        tagger, manifest = artifact.load(folder), artifact.read_manifest(folder)
        rows = tuple(artifact.read_out_of_fold(folder))
        if not rows:
            raise ArtifactError("keeps no out-of-fold answers to compare; train it again", folder)
        return cls(folder, tagger, manifest, rows)


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two models on the entries they share, with the old labels in words of the new codebook."""

    old: Kept
    """The model that is there."""
    new: Kept
    """The one that may come after it."""
    old_rows: tuple[Row, ...]
    """What the old model keeps of the shared entries, in the order of the new one."""
    new_rows: tuple[Row, ...]
    """What the new model keeps of them."""
    groups: Ids
    """`(n,)` what belongs together by either model's corpus; each entry alone if neither says."""
    categories: Wording
    """The old categories in the new codebook's words."""
    themes: Wording
    """The old themes in the new codebook's words."""

    @classmethod
    def of(cls, old: Kept, new: Kept) -> Pair:
        """Find the entries that two models share: those of the same text.

        Where a text stands more than once, the ids decide which of them is which. An id alone
        joins nothing, for rows of two tables may both be called 1.

        Raises:
            ArtifactError: when there is no such entry.
        """
        shared = _matched(old.rows, new.rows)
        old_rows, new_rows = [row for row, _ in shared], [row for _, row in shared]
        if not shared:
            raise ArtifactError(
                f"shares no entry with {old.folder}: none of its {len(new.rows)} texts is there, "
                "so nothing can be compared",
                new.folder,
            )
        books = old.tagger.codebook, new.tagger.codebook
        stated = [[x["group"] for x in side] for side in (old_rows, new_rows) if "group" in side[0]]
        return cls(
            old, new, tuple(old_rows), tuple(new_rows),
            _united([*stated, [row["text"] for row in new_rows]]),
            Wording.of_categories(*books), Wording.of_themes(*books),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.new_rows)


def _matched(old: Sequence[Row], new: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Return the rows of one text and id, and of one text what is left over, in new order."""
    found: dict[int, Row] = {}
    left = dict(enumerate(old))
    for parts in (("text", "id"), ("text",)):
        alike: dict[tuple[str, ...], list[int]] = {}
        for i, row in left.items():
            alike.setdefault(tuple(row[part] for part in parts), []).append(i)
        for j, row in enumerate(new):
            if j not in found and (rows := alike.get(tuple(row[part] for part in parts))):
                found[j] = left.pop(rows.pop(0))
    return [(found[j], row) for j, row in enumerate(new) if j in found]


def _united(partitions: Sequence[Sequence[object]]) -> Ids:
    """Join what any of some partitions joins.

    >>> _united([["a", "a", "b", "c"], [1, 2, 2, 3]]).tolist()
    [0, 0, 0, 3]
    """
    parts = [np.unique(list(map(str, part)), return_inverse=True)[1] for part in partitions]
    group = np.arange(len(partitions[0]))
    while True:
        before = group
        for part in parts:
            least = np.full(len(group), len(group))
            np.minimum.at(least, part, group)
            group = least[part]
        if np.array_equal(group, before):
            return group
