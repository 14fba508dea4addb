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
from themetag.learning.outoffold import KeptAnswers
from themetag.tagger import Tagger

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A model and the answers that its folder keeps."""

    folder: Path
    """Where it stands."""
    tagger: Tagger
    """The model."""
    manifest: Mapping[str, Any]
    """What its folder says of it."""
    rows: KeptAnswers
    """The answers, a row a real entry."""

    @classmethod
    def read(cls, folder: Path) -> Kept:
        """Read a model folder.

        Raises:
            ArtifactError: when it is missing, altered, too new or keeps no answers.
        """
        tagger, manifest = artifact.load(folder), artifact.read_manifest(folder)
        rows = KeptAnswers.read(folder, tagger.codebook)
        if not len(rows):
            raise ArtifactError("keeps no out-of-fold answers to compare; train it again", folder)
        return cls(folder, tagger, manifest, rows)


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two models on the entries they share, with the old labels in words of the new codebook."""

    old: Kept
    """The model that is there."""
    new: Kept
    """The one that may come after it."""
    old_rows: KeptAnswers
    """What the old model keeps of the shared entries, in the order of the new one."""
    new_rows: KeptAnswers
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
        if not shared:
            raise ArtifactError(
                f"shares no entry with {old.folder}: none of its {len(new.rows)} texts is there, "
                "so nothing can be compared",
                new.folder,
            )
        old_at, new_at = np.array(shared, dtype=np.int64).T
        old_rows, new_rows = old.rows.at(old_at), new.rows.at(new_at)
        books = old.tagger.codebook, new.tagger.codebook
        groups = [x.group.tolist() for x in (old_rows, new_rows) if x.group is not None]
        return cls(
            old, new, old_rows, new_rows, _united([*groups, new_rows.texts]),
            Wording.of_categories(*books), Wording.of_themes(*books),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.new_rows)

    @property
    def is_stated(self) -> bool:
        """Whether both keep what they would have said, abstentions included."""
        return self.old.rows.stated is not None and self.new.rows.stated is not None


def _matched(old: KeptAnswers, new: KeptAnswers) -> list[tuple[int, int]]:
    """Return the rows of one text and id, and of one text what is left over, in new order."""
    found: dict[int, int] = {}
    left = dict.fromkeys(range(len(old)))
    for ours, theirs in (
        (list(zip(old.texts, old.ids, strict=True)), list(zip(new.texts, new.ids, strict=True))),
        (old.texts, new.texts),
    ):
        alike: dict[object, list[int]] = {}
        for i in left:
            alike.setdefault(ours[i], []).append(i)
        for j, key in enumerate(theirs):
            if j not in found and (rows := alike.get(key)):
                found[j] = rows.pop(0)
                del left[found[j]]
    return [(found[j], j) for j in sorted(found)]


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
