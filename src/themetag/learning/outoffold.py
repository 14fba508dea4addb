"""`KeptAnswers`: what a model folder keeps of its real entries, each answered while unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from themetag import artifact
from themetag.codebook import Codebook
from themetag.errors import ArtifactError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """What a model would have said, by thresholds found without the entry's fold."""

    in_set: Flags
    """`(n, n_categories)` the prediction sets; nothing where it abstains."""
    given: Flags
    """`(n, n_themes)` the themes given; none where it abstains."""
    silent: Flags
    """`(n,)` whether it abstains."""

    def at(self, rows: Ids) -> Stated:
        """Return some of the rows, by their positions."""
        return Stated(self.in_set[rows], self.given[rows], self.silent[rows])


@dataclass(frozen=True, slots=True, eq=False)
class KeptAnswers:
    """One row a real entry; columns in codebook order."""

    ids: tuple[str, ...]
    """The id of each in the corpus."""
    texts: tuple[str, ...]
    """The fingerprint of each text."""
    fold: Ids
    """`(n,)` the fold in which each was unseen."""
    group: Ids | None
    """`(n,)` what belongs together; None in models that do not keep it."""
    category: tuple[str | None, ...]
    """The true category of each, where known."""
    themes: tuple[tuple[str, ...] | None, ...]
    """The true themes of each, where it was coded."""
    chances: Floats
    """`(n, n_categories)` calibrated probabilities."""
    theme_chances: Floats
    """`(n, n_themes)` calibrated probabilities."""
    stated: Stated | None
    """What would have been said; None in models that do not keep it."""

    @classmethod
    def read(cls, folder: str | Path, codebook: Codebook) -> KeptAnswers:
        """Read them out of a model folder, whose codebook it is.

        Raises:
            ArtifactError: when the folder is damaged, or its answers do not fit its labels.
        """
        rows = artifact.read_out_of_fold(folder)
        try:
            return cls._of(rows, codebook)
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(f"the out-of-fold answers do not fit: {error}", folder) from error

    @classmethod
    def _of(cls, rows: Sequence[Mapping[str, Any]], codebook: Codebook) -> KeptAnswers:
        names, ids = codebook.category_names, codebook.theme_ids
        return cls(
            tuple(str(row["id"]) for row in rows),
            tuple(str(row["text"]) for row in rows),
            np.array([row["fold"] for row in rows], dtype=np.int64),
            np.array([row["group"] for row in rows], dtype=np.int64) if _is_kept("group", rows)
            else None,
            tuple(row["category"] for row in rows),
            tuple(None if row["themes"] is None else tuple(row["themes"]) for row in rows),
            _matrix([row["category_probabilities"] for row in rows], len(names)),
            _matrix([row["theme_probabilities"] for row in rows], len(ids)),
            _stated(rows, codebook) if _is_kept("silent", rows) else None,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def has_category(self) -> Flags:
        """`(n,)` whether the true category is known."""
        return np.array([category is not None for category in self.category], dtype=bool)

    @property
    def is_coded(self) -> Flags:
        """`(n,)` whether the true themes are known."""
        return np.array([themes is not None for themes in self.themes], dtype=bool)

    def true_categories(self, codebook: Codebook) -> Floats:
        """Return `(n, n_categories)`, 1 for the true category."""
        rows = [[name == own for name in codebook.category_names] for own in self.category]
        return _matrix(rows, len(codebook.category_names))

    def true_themes(self, codebook: Codebook) -> Floats:
        """Return `(n, n_themes)`, 1 for each true theme."""
        rows = [[id in (own or ()) for id in codebook.theme_ids] for own in self.themes]
        return _matrix(rows, len(codebook.theme_ids))

    def at(self, rows: Ids) -> KeptAnswers:
        """Return some of the rows, by their positions."""
        return KeptAnswers(
            tuple(self.ids[i] for i in rows.tolist()),
            tuple(self.texts[i] for i in rows.tolist()),
            self.fold[rows],
            None if self.group is None else self.group[rows],
            tuple(self.category[i] for i in rows.tolist()),
            tuple(self.themes[i] for i in rows.tolist()),
            self.chances[rows],
            self.theme_chances[rows],
            None if self.stated is None else self.stated.at(rows),
        )


def _is_kept(key: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the model keeps what older ones do not."""
    return any(key in row for row in rows)


def _stated(rows: Sequence[Mapping[str, Any]], codebook: Codebook) -> Stated:
    return Stated(
        _flags([row["category_set"] for row in rows], codebook.category_names),
        _flags([row["given"] for row in rows], codebook.theme_ids),
        np.array([row["silent"] for row in rows], dtype=bool),
    )


def _flags(rows: Sequence[Sequence[str]], labels: Sequence[str]) -> Flags:
    at = {label: i for i, label in enumerate(labels)}
    flags = np.zeros((len(rows), len(labels)), dtype=bool)
    for i, row in enumerate(rows):
        flags[i, [at[label] for label in row]] = True
    return flags


def _matrix(rows: Sequence[Sequence[float]], width: int) -> Floats:
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)
