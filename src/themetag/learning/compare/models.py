"""Set two models side by side by the out-of-fold answers that their folders keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from pathlib import Path

import numpy as np

from themetag import artifact
from themetag.errors import ArtifactError
from themetag.learning.answers import Answers
from themetag.learning.compare.comparison import (
    Change,
    Comparison,
    EntryChange,
    LabelChange,
    Labels,
    Side,
)
from themetag.learning.compare.paired import Kept, Pair
from themetag.learning.compare.provenance import how, notes
from themetag.learning.compare.strengths import term_changes
from themetag.learning.compare.views import Said, View, said, views
from themetag.learning.compare.wording import Wording
from themetag.learning.measure import (
    ANSWERED_MEASURES,
    THEME_MEASURES,
    LabelCount,
    Measure,
    differences,
    f1_of_label,
    label_counts,
    measured,
)

MEASURES: Mapping[str, Mapping[str, Measure]] = {
    "category": ANSWERED_MEASURES,
    "themes": THEME_MEASURES,
}


def compare(old: Path, new: Path) -> Comparison:
    """Compare two models on the entries that both keep out-of-fold answers on.

    Args:
        old: the folder of the model that is there.
        new: the folder of the one that may come after it.

    Raises:
        ArtifactError: when one is missing, altered or too new, both are one model, or they share
            no entry.
    """
    pair = Pair.of(Kept.read(old), Kept.read(new))
    if pair.old.manifest["seal"] == pair.new.manifest["seal"]:
        raise ArtifactError(f"is the same model as {old}; name two different ones", new)
    seen = {task: views(pair, task) for task in MEASURES}
    return Comparison(
        _side(pair.old),
        _side(pair.new),
        len(pair),
        how(pair),
        notes(pair),
        {task: _changes(seen[task], measures) for task, measures in MEASURES.items()},
        tuple(row for task in MEASURES for row in _by_label(task, seen[task])),
        {
            "category": _labels(pair.categories, {}),
            "themes": _labels(pair.themes, _thresholds(pair)),
        },
        term_changes(pair),
        tuple(_entries(pair)),
    )


def _changes(views: Sequence[View], measures: Mapping[str, Measure]) -> tuple[Change, ...]:
    """Measure each view; of each measure, keep the view in which the new model looks worse."""
    found: dict[str, list[Change]] = {name: [] for name in measures}
    for view in views:
        old, new = measured([view.old], measures), measured([view.new], measures)
        gaps = differences([view.new], [view.old], measures)
        for name, gap in gaps.items():
            found[name].append(Change(name, view.gold, old[name], new[name], gap))
    return tuple(min(rows, key=_at_best) for rows in found.values() if rows)


def _at_best(change: Change) -> float:
    return np.inf if change.benefit is None else change.benefit[1]


def _by_label(task: str, views: Sequence[View]) -> list[LabelChange]:
    """Count and measure each label that an entry has or was given."""
    changes: dict[str, list[Change]] = {}
    counts: dict[tuple[str, str], tuple[LabelCount, LabelCount]] = {}
    for view in views:
        measures = {label: f1_of_label(task, i) for i, label in enumerate(view.labels)}
        for change in _changes([view], measures):
            changes.setdefault(change.name, []).append(change)
        for pair in zip(_counts(task, view, view.old), _counts(task, view, view.new), strict=True):
            counts[pair[0].label, view.gold] = pair
    rows = [min(found, key=_at_best) for found in changes.values()]
    return [LabelChange(*counts[row.name, row.gold], row) for row in rows if _is_met(row)]


def _counts(task: str, view: View, answers: Answers) -> tuple[LabelCount, ...]:
    labels = (view.labels, ()) if task == "category" else ((), view.labels)
    return label_counts([answers], *labels)


def _is_met(change: Change) -> bool:
    return change.old.value is not None or change.new.value is not None


def _labels(wording: Wording, thresholds: Mapping[str, tuple[float, float]]) -> Labels:
    return Labels(wording.added, wording.removed, wording.renamed, thresholds)


def _thresholds(pair: Pair) -> dict[str, tuple[float, float]]:
    old, new = (
        dict(zip(kept.tagger.codebook.theme_ids, kept.tagger.calibration.thresholds.tolist(),
                 strict=True))
        for kept in (pair.old, pair.new)
    )  # fmt: skip
    names = {before: after for before, after in pair.themes.names.items() if after in new}
    return {after: (old[before], new[after]) for before, after in names.items()}


def _entries(pair: Pair) -> list[EntryChange]:
    """Find the entries whose first guess or themes change."""
    old, new = (_tags(pair, answers) for answers in said(pair))
    rows = []
    kept = pair.new_rows
    for id, category, themes, (first_old, given_old), (first_new, given_new) in zip(
        kept.ids, kept.category, kept.themes, old, new, strict=True
    ):
        if (first_old, given_old) != (first_new, given_new):
            gained = tuple(theme for theme in given_new if theme not in given_old)
            lost = tuple(theme for theme in given_old if theme not in given_new)
            rows.append(EntryChange(id, category, first_old, first_new, themes, gained, lost))
    return rows


def _tags(pair: Pair, answers: Said) -> list[tuple[str | None, tuple[str, ...]]]:
    """Return the first guess and the themes of every shared entry."""
    firsts: list[str | None] = [None] * len(pair)
    if answers.chances.any():
        firsts = [
            None if is_silent else pair.categories.all[i]
            for i, is_silent in zip(answers.chances.argmax(axis=1), answers.silent, strict=True)
        ]
    given = [tuple(compress(pair.themes.all, flags)) for flags in answers.given]
    return list(zip(firsts, given, strict=True))


def _side(kept: Kept) -> Side:
    book = kept.tagger.codebook
    return Side(
        kept.tagger.version,
        str(kept.folder),
        book.version,
        len(book.categories),
        len(book.themes),
        len(kept.rows),
        len(kept.tagger.vocabulary),
        sum((kept.folder / name).stat().st_size for name in (artifact.MANIFEST, *artifact.FILES)),
    )
