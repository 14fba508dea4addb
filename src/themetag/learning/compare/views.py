"""`View`: what two models said of the entries they share, beside what one corpus says is true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any

import numpy as np
import numpy.typing as npt

from themetag.learning.answers import Answers, prediction_sets
from themetag.learning.compare.paired import Kept, Pair
from themetag.learning.compare.wording import Wording
from themetag.learning.measure import coded_only, entered_only
from themetag.learning.outoffold import KeptAnswers, Stated
from themetag.probability import Calibration

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What one model said of the shared entries, a column for each label of either model."""

    chances: Floats
    """`(n, n_categories)` probabilities; those of merged categories are added up."""
    in_set: Flags
    """`(n, n_categories)` the prediction sets."""
    given: Flags
    """`(n, n_themes)` the themes given."""
    theme_chances: Floats
    """`(n, n_themes)` probabilities; of merged themes the greatest."""
    silent: Flags
    """`(n,)` whether the model abstains; nobody does where not both models keep that."""


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


def said(pair: Pair) -> tuple[Said, Said]:
    """Return what the old and the new model said, labels in the order of `Wording.all`."""
    return _said(pair, pair.old, pair.old_rows), _said(pair, pair.new, pair.new_rows)


def views(pair: Pair, task: str) -> list[View]:
    """Set the answers beside the labels of each corpus; one view where the two agree.

    Each view measures the labels that its gold could have. What the new codebook retired is not
    measured; what it merely lacks is, and counts against the new model.

    Args:
        pair: the models and the entries they share.
        task: category or themes.

    Returns:
        Views of the entries that have such labels; none where a model gives none of them.
    """
    wording = pair.categories if task == "category" else pair.themes
    if not (wording.names and wording.known):
        return []
    both = said(pair)
    old, new = (_view(pair, task, both, is_old=is_old) for is_old in (True, False))
    agree = all(map(np.array_equal, _truth(task, old.old), _truth(task, new.old)))
    found = [replace(new, gold="both")] if agree and old.labels == new.labels else [old, new]
    known = entered_only if task == "category" else coded_only
    parts = [View(view.gold, view.labels, *known([view.old, view.new])) for view in found]
    return [view for view in parts if view.old.group.size]


def _view(pair: Pair, task: str, both: Sequence[Said], *, is_old: bool) -> View:
    rows = pair.old_rows if is_old else pair.new_rows
    measured = pair.themes.measured(is_old=is_old)
    columns = np.array([theme in measured for theme in pair.themes.all], dtype=bool)
    category = _true_categories(rows, pair.categories, is_old=is_old)
    themes = _true_themes(rows, pair.themes, is_old=is_old)[:, columns]
    answers = [
        Answers(category, said.chances, said.in_set, rows.is_coded, themes, None,
                said.given[:, columns], said.theme_chances[:, columns], pair.groups, said.silent)
        for said in both
    ]  # fmt: skip
    labels = (
        pair.categories.all if task == "category" else tuple(compress(pair.themes.all, columns))
    )
    return View("old" if is_old else "new", labels, *answers)


def _true_categories(rows: KeptAnswers, wording: Wording, *, is_old: bool) -> npt.NDArray[np.int64]:
    names, measured = wording.own(is_old=is_old), wording.measured(is_old=is_old)
    at = {label: wording.all.index(names[label]) for label in names if names[label] in measured}
    return np.array(
        [-1 if name is None else at.get(name, -1) for name in rows.category], dtype=np.int64
    )


def _true_themes(rows: KeptAnswers, wording: Wording, *, is_old: bool) -> Flags:
    names = wording.own(is_old=is_old)
    given = [{names[theme] for theme in themes or ()} for themes in rows.themes]
    flags = [[theme in themes for theme in wording.all] for themes in given]
    return np.array(flags, dtype=bool).reshape(len(rows), len(wording.all))


def _said(pair: Pair, kept: Kept, rows: KeptAnswers) -> Said:
    is_old = kept is pair.old
    to_category = _columns(pair.categories.own(is_old=is_old), pair.categories.all)
    to_theme = _columns(pair.themes.own(is_old=is_old), pair.themes.all)
    stated = rows.stated if pair.is_stated else None
    if stated is None:
        stated = _reckoned(rows, kept.tagger.calibration)
    return Said(
        rows.chances @ to_category,
        (stated.in_set @ to_category) > 0,
        (stated.given @ to_theme) > 0,
        np.max(rows.theme_chances[:, :, None] * to_theme, axis=1, initial=0.0),
        stated.silent,
    )


def _reckoned(rows: KeptAnswers, calibration: Calibration) -> Stated:
    """Say what older models do not keep by the thresholds that were found on these answers."""
    return Stated(
        prediction_sets(rows.chances, calibration),
        rows.theme_chances >= calibration.thresholds,
        np.zeros(len(rows), dtype=bool),
    )


def _columns(own: Mapping[str, str], all: Sequence[str]) -> Floats:
    """Return `(n_own, n_all)`, 1 where an own label is one of all; merged ones share a column."""
    flags = [[float(name == other) for other in all] for name in own.values()]
    return np.array(flags).reshape(len(own), len(all))


def _truth(task: str, answers: Answers) -> list[npt.NDArray[Any]]:
    return [answers.category] if task == "category" else [answers.coded, answers.themes]
