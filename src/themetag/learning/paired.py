"""`Pair`: the out-of-fold answers of two models on the entries that both were measured on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from themetag import artifact
from themetag.errors import ArtifactError
from themetag.learning.answers import Answers, prediction_sets
from themetag.learning.measure import coded_only, entered_only
from themetag.learning.wording import Wording
from themetag.tagger import Tagger

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
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
class View:
    """Both models' answers beside the labels that one of their corpora gives the entries."""

    gold: str
    """Whose labels: old, new, or both where they agree."""
    labels: tuple[str, ...]
    """The categories or themes that are measured, in the order of their columns."""
    old: Answers
    """What the old model said."""
    new: Answers
    """What the new model said."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Two models on the entries they share, all labels in words of the new one's codebook."""

    old: Kept
    """The model that is there."""
    new: Kept
    """The one that may come after it."""
    shared: tuple[tuple[Row, Row], ...]
    """What each of them keeps of every shared entry, in the order of the new one."""

    @classmethod
    def of(cls, old: Kept, new: Kept) -> Pair:
        """Find the entries that two models share: those of the same text.

        Where a text stands more than once, the ids decide which of them is which. An id alone
        joins nothing, for rows of two tables may both be called 1.

        Raises:
            ArtifactError: when there is no such entry.
        """
        by_text: dict[str, list[Row]] = {}
        for row in old.rows:
            by_text.setdefault(row["text"], []).append(row)
        pairs = []
        for row in new.rows:
            alike = by_text.get(row["text"], [])
            if alike:
                other = next((x for x in alike if x["id"] == row["id"]), alike[0])
                alike.remove(other)
                pairs.append((other, row))
        if not pairs:
            raise ArtifactError(
                f"shares no entry with {old.folder}: none of its {len(new.rows)} texts is there, "
                "so nothing can be compared",
                new.folder,
            )
        return cls(old, new, tuple(pairs))

    @cached_property
    def categories(self) -> Wording:
        """The old categories in the new codebook's words."""
        return Wording.of_categories(self.old.tagger.codebook, self.new.tagger.codebook)

    @cached_property
    def themes(self) -> Wording:
        """The old themes in the new codebook's words."""
        return Wording.of_themes(self.old.tagger.codebook, self.new.tagger.codebook)

    @cached_property
    def groups(self) -> Ids:
        """`(n,)` what either model's corpus says belongs together; each entry alone if neither."""
        sides = ([old for old, _ in self.shared], [new for _, new in self.shared])
        stated = [[row["group"] for row in side] for side in sides if "group" in side[0]]
        return _united([*stated, [row["text"] for row in sides[0]]])

    def views(self, task: str) -> list[View]:
        """Return the answers beside the labels of each corpus; one view where the two agree.

        Each view measures the labels that its gold could have. What the new codebook retired is
        not measured; what it merely lacks is, against the new model.

        Args:
            task: category or themes.

        Returns:
            Views of the entries that have such labels; none where a model gives none of them.
        """
        wording = self.categories if task == "category" else self.themes
        if not (wording.names and wording.known):
            return []
        old, new = self._view(task, "old"), self._view(task, "new")
        agree = all(map(np.array_equal, _truth(task, old.old), _truth(task, new.old)))
        views = [replace(new, gold="both")] if agree and old.labels == new.labels else [old, new]
        known = entered_only if task == "category" else coded_only
        parts = [View(v.gold, v.labels, *known([v.old, v.new])) for v in views]
        return [view for view in parts if view.old.group.size]

    def _view(self, task: str, gold: str) -> View:
        is_old = gold == "old"
        rows = [old if is_old else new for old, new in self.shared]
        themes, categories = self.themes.own(is_old), self.categories.own(is_old)
        measured = [
            themes[name] for name in themes if not is_old or name not in self.themes.retired
        ]
        columns = np.isin(self.themes.all, measured)
        true = _Gold(
            np.array([self._category(row, categories, is_old) for row in rows], dtype=np.int64),
            np.array([row["themes"] is not None for row in rows], dtype=bool),
            self._themes(rows, themes)[:, columns],
        )
        labels = self.categories.all if task == "category" else tuple(measured)
        return View(gold, labels, *(self._answers(said, true, columns) for said in self.said))

    def _category(self, row: Row, names: Mapping[str, str], is_old: bool) -> int:
        given = row["category"]
        if given is None or (is_old and given in self.categories.retired):
            return -1
        return self.categories.all.index(names[given])

    def _themes(self, rows: Sequence[Row], names: Mapping[str, str]) -> Flags:
        given = [{names[theme] for theme in row["themes"] or ()} for row in rows]
        flags = [[theme in themes for theme in self.themes.all] for themes in given]
        return np.array(flags, dtype=bool).reshape(len(rows), len(self.themes.all))

    def _answers(self, said: Said, gold: _Gold, columns: Flags) -> Answers:
        return Answers(
            gold.category, said.chances, said.in_set,
            gold.coded, gold.themes, None, said.given[:, columns], said.theme_chances[:, columns],
            self.groups, np.zeros(len(self.shared), dtype=bool),
        )  # fmt: skip

    @cached_property
    def said(self) -> tuple[Said, Said]:
        """What the old and the new model said, a column for each label of either."""
        sides = zip((self.old, self.new), zip(*self.shared, strict=True), strict=True)
        old, new = (
            self._said(
                kept, rows, self.categories.own(kept is self.old), self.themes.own(kept is self.old)
            )
            for kept, rows in sides
        )
        return old, new

    def _said(
        self, kept: Kept, rows: Sequence[Row],
        categories: Mapping[str, str], themes: Mapping[str, str],
    ) -> Said:  # fmt: skip
        book, calibration = kept.tagger.codebook, kept.tagger.calibration
        to_category = _columns(book.category_names, categories, self.categories.all)
        to_theme = _columns(book.theme_ids, themes, self.themes.all)
        chances = _probabilities(rows, "category_probabilities", to_category, kept)
        theme_chances = _probabilities(rows, "theme_probabilities", to_theme, kept)
        return Said(
            chances @ to_category,
            (prediction_sets(chances, calibration) @ to_category) > 0,
            ((theme_chances >= calibration.thresholds) @ to_theme) > 0,
            np.max(theme_chances[:, :, None] * to_theme, axis=1, initial=0.0),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Gold:
    category: Ids
    coded: Flags
    themes: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What one model said of the shared entries, a column for each label of either model."""

    chances: Floats
    """`(n, n_categories)` probabilities; those of merged categories are added up."""
    in_set: Flags
    """`(n, n_categories)` the prediction sets."""
    given: Flags
    """`(n, n_themes)` the themes given, by the model's thresholds."""
    theme_chances: Floats
    """`(n, n_themes)` probabilities; of merged themes the greater."""


def _truth(task: str, answers: Answers) -> list[npt.NDArray[Any]]:
    return [answers.category] if task == "category" else [answers.coded, answers.themes]


def _columns(own: Sequence[str], names: Mapping[str, str], all: Sequence[str]) -> Floats:
    """Return `(n_own, n_all)`, 1 where an own label is one of all; merged ones share a column."""
    return np.array([[float(names[name] == other) for other in all] for name in own]).reshape(
        len(own), len(all)
    )


def _probabilities(rows: Sequence[Row], key: str, columns: Floats, kept: Kept) -> Floats:
    try:
        return np.array([row[key] for row in rows], dtype=np.float64).reshape(
            len(rows), len(columns)
        )
    except (KeyError, ValueError) as error:
        raise ArtifactError(f"the out-of-fold answers do not fit: {error}", kept.folder) from error


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
