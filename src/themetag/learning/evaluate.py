"""Measure a model on entries it has not seen, or a recipe by grouped cross-validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from themetag import artifact
from themetag.codebook import Codebook
from themetag.errors import CodebookError, LearningError
from themetag.learning.answers import Answers, answer
from themetag.learning.calibrate import calibrate
from themetag.learning.corpus import Corpus, LabelledEntry
from themetag.learning.features import Counts, count
from themetag.learning.fit import Targets, score_unseen
from themetag.learning.grouping import deal_folds, group_entries
from themetag.learning.measure import (
    CATEGORY_MEASURES,
    LENIENT_MEASURES,
    THEME_MEASURES,
    coded_only,
    entered_only,
    label_counts,
    measured,
)
from themetag.learning.recipe import Recipe
from themetag.learning.report import Report
from themetag.probability import Calibration
from themetag.tagger import Tagger
from themetag.text import fingerprint, is_bare_title

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A corpus as arrays: counted, labelled and grouped once for all folds."""

    corpus: Corpus
    """The entries and their codebook."""
    counts: Counts
    """Their terms."""
    targets: Targets
    """Their labels."""
    groups: Ids
    """`(n,)` projects and near-identical texts, over entries of every kind."""
    recipe: Recipe
    """How to fit."""

    @classmethod
    def of(cls, corpus: Corpus, recipe: Recipe) -> Prepared:
        """Count, label and group a corpus."""
        texts = [row.entry.text for row in corpus.entries]
        groups = group_entries(texts, [row.group for row in corpus.entries])
        return cls(
            corpus,
            count(texts + [entry.text for entry in corpus.outside], recipe.fields),
            Targets.of(corpus, recipe),
            groups,
            recipe,
        )

    @property
    def n_categories(self) -> int:
        """How many categories the codebook has."""
        return len(self.corpus.codebook.categories)

    @property
    def real(self) -> Ids:
        """Positions of the entries that may evaluate."""
        return np.flatnonzero(self.targets.real)

    @property
    def n_folds(self) -> int:
        """How many folds there are: as many as the recipe says, but no more than groups."""
        return min(self.recipe.n_folds, len(np.unique(self.groups[self.real])))

    def folds(self, seed: int) -> Ids:
        """Deal the real entries out to folds; entries of one group stay together.

        Raises:
            LearningError: when there are fewer than two groups.
        """
        if self.n_folds < 2:
            raise LearningError(
                "all entries belong to one group, so none can be unseen; give more entries",
                self.corpus.name,
            )
        rows = self.corpus.real
        labels = [
            frozenset([f"category {row.category}"] if row.category else [])
            | frozenset(f"theme {theme}" for theme in row.themes or ())
            for row in rows
        ]
        return deal_folds(self.groups[self.real], labels, self.n_folds, seed)

    def training_part(self, unseen: Ids) -> Ids:
        """Return all positions but those of entries that share a group with an unseen one."""
        return np.flatnonzero(~np.isin(self.groups, self.groups[unseen]))


@dataclass(frozen=True, slots=True, eq=False)
class OutOfFold:
    """Every real entry scored and answered by models that had not seen it."""

    folds: Ids
    """`(n_real,)` the fold of each."""
    scores: Floats
    """`(n_real, n_labels)` uncalibrated."""
    answers: Answers
    """What would have been said, each fold calibrated on the other folds' scores."""


def cross_validate(prepared: Prepared, seed: int) -> OutOfFold:
    """Fit on all folds but one, answer that one, and so on round.

    Vocabulary, frequencies and weights are learnt in the training part alone. Calibration and
    thresholds of a fold are found on the scores of the other folds.
    """
    real, folds = prepared.real, prepared.folds(seed)
    unseen = [real[folds == k] for k in range(int(folds.max()) + 1)]
    parts = [(prepared.training_part(rows), rows) for rows in unseen]
    found = score_unseen(
        prepared.counts, prepared.targets, parts, prepared.recipe, prepared.n_categories
    )
    scores = np.zeros((len(real), found[0].shape[1]))
    for k, fold_scores in enumerate(found):
        scores[folds == k] = fold_scores
    return OutOfFold(folds, scores, _answered(prepared, scores, folds))


def evaluate_recipe(corpus: Corpus, recipe: Recipe, n_repeats: int = 1) -> Report:
    """Cross-validate a recipe on a corpus.

    Args:
        corpus: real entries evaluate; restated and invented ones only train.
        recipe: how to fit.
        n_repeats: how many times to deal the folds anew; figures are means over repeats.
    """
    prepared = Prepared.of(corpus, recipe)
    repeats = [cross_validate(prepared, recipe.seed + i).answers for i in range(n_repeats)]
    return cross_validated_report(prepared, repeats)


def cross_validated_report(prepared: Prepared, repeats: Sequence[Answers]) -> Report:
    """Make the report of cross-validated answers, saying how they were split."""
    recipe, corpus = prepared.recipe, prepared.corpus
    n_groups = len(np.unique(prepared.groups[prepared.real]))
    kinds = [row.kind for row in corpus.entries]
    helpers = ", ".join(
        f"{kinds.count(kind)} {kind}" for kind in ("restated", "invented") if kind in kinds
    )
    how = (
        f"grouped {prepared.n_folds}-fold cross-validation over {len(prepared.real)} "
        f"{'real ' if helpers else ''}entries in {n_groups} groups "
        "(projects and near-identical texts are never parted), "
        f"{len(repeats)} repeat(s), seed {recipe.seed}; calibration and thresholds from the other "
        "folds' unseen scores"
    )
    if helpers:
        how += f"; {helpers} entries only ever train"
    notes = list(recipe.caveats)
    if corpus.outside:
        share = np.mean([answers.silent.mean() for answers in repeats])
        notes.append(
            f"{share:.1%} of these entries were taken for texts of another kind and got no answer"
        )
    return _report(repeats, corpus.codebook, how, tuple(notes))


def evaluate_model(folder: Path, corpus: Corpus, *, allow_seen: bool = False) -> Report:
    """Measure a model on a labelled corpus that it has not seen.

    Args:
        folder: the model folder.
        corpus: the entries; only real ones are measured.
        allow_seen: whether to measure on texts that the model was fitted on; the report then
            says so.

    Returns:
        A report over the labels of the model and of the corpus: a label that only one of them
        has is counted too, against the model.

    Raises:
        LearningError: when the model has seen a text and that is not allowed.
    """
    tagger, fingerprints = artifact.load(folder), artifact.read_seen(folder)
    caveats = artifact.read_manifest(folder).get("recipe", {}).get("caveats", [])
    seen = [row for row in corpus.real if fingerprint(row.entry.text) in fingerprints]
    if seen and not allow_seen:
        raise LearningError(
            f"model {tagger.version} was trained on {len(seen)} of these {len(corpus.real)} texts, "
            f"such as {seen[0].entry.id!r}; measure other entries, use --cross-validate, or add "
            "--allow-seen",
            seen[0].place,
        )
    unfair = [f"NOT A FAIR SCORE: the model was trained on {len(seen)} of these texts"]
    return _evaluated(tagger, corpus, [*(unfair if seen else []), *caveats])


def _evaluated(tagger: Tagger, corpus: Corpus, notes: list[str]) -> Report:
    whole, unknown = _in_words_of(tagger.codebook, corpus)
    book = whole.codebook
    targets = Targets.of(whole, Recipe())
    scores = tagger.scores([row.entry.text for row in whole.entries])
    n_known = len(tagger.codebook.categories)
    n_labels = n_known + len(tagger.codebook.themes)
    parts = answer(tagger.calibration, scores[:, :n_known], scores[:, n_known:n_labels])
    silent = np.array(
        [tagger.tag(row.entry, with_evidence=False).is_abstention for row in whole.real]
    )
    chances, in_set, given, theme_chances = parts
    category = targets.category if n_known else np.full_like(targets.category, -1)
    coded = targets.coded & bool(tagger.codebook.themes)
    if not (category >= 0).any() and not coded.any():
        raise LearningError(
            "no entry has a label of a kind that the model gives; name the column with --category "
            "or --themes",
            corpus.name,
        )
    in_set, given = in_set & ~silent[:, None], given & ~silent[:, None]
    new_categories = len(book.categories) - n_known
    new_themes = len(book.themes) - len(tagger.codebook.themes)
    plausible = any(row.plausible for row in whole.entries)
    answers = Answers(
        category,
        np.pad(chances, ((0, 0), (0, new_categories))),
        np.pad(in_set, ((0, 0), (0, new_categories))),
        coded,
        targets.themes,
        targets.plausible if plausible else None,
        np.pad(given, ((0, 0), (0, new_themes))),
        np.pad(theme_chances, ((0, 0), (0, new_themes))),
        group_entries([r.entry.text for r in whole.entries], [r.group for r in whole.entries]),
        silent,
    )
    how = f"model {tagger.version} on {len(whole.entries)} entries of {corpus.name}"
    notes += unknown
    if silent.any():
        notes.append(f"{int(silent.sum())} entries got no answer, which counts as not covered")
    return _report([answers], book, how, tuple(notes))


def calibrated(prepared: Prepared, scores: Floats, rows: Flags) -> Calibration:
    """Calibrate on the unseen scores of some real entries.

    Args:
        prepared: the corpus.
        scores: `(n_real, n_columns)` out-of-fold scores of all real entries.
        rows: `(n_real,)` the entries to calibrate on.
    """
    targets, real, split = prepared.targets, prepared.real, prepared.n_categories
    n_labels = split + targets.themes.shape[1]
    coded = rows & targets.coded[real]
    return calibrate(
        scores[rows, :split],
        targets.category[real][rows],
        scores[coded, split:n_labels],
        targets.themes[real][coded],
        prepared.recipe,
        scores[rows, n_labels] if scores.shape[1] > n_labels else None,
    )


def _answered(prepared: Prepared, scores: Floats, folds: Ids) -> Answers:
    """Calibrate each fold on the others and answer it."""
    targets, real, split = prepared.targets, prepared.real, prepared.n_categories
    n_labels = split + targets.themes.shape[1]
    is_title = np.array([is_bare_title(row.entry.text) for row in prepared.corpus.real])
    chances, theme_chances = (
        np.zeros_like(scores[:, :split]),
        np.zeros_like(scores[:, split:n_labels]),
    )
    in_set, given = chances.astype(bool), theme_chances.astype(bool)
    silent = np.zeros(len(real), dtype=bool)
    for k in range(int(folds.max()) + 1):
        fold = folds == k
        calibration = calibrated(prepared, scores, ~fold)
        chances[fold], in_set[fold], given[fold], theme_chances[fold] = answer(
            calibration, scores[fold, :split], scores[fold, split:n_labels]
        )
        if calibration.scope_floor is not None:
            silent[fold] = (scores[fold, n_labels] < calibration.scope_floor) & ~is_title[fold]
    plausible = any(row.plausible for row in prepared.corpus.real)
    return Answers(
        targets.category[real],
        chances,
        in_set & ~silent[:, None],
        targets.coded[real],
        targets.themes[real],
        targets.plausible[real] if plausible else None,
        given & ~silent[:, None],
        theme_chances,
        prepared.groups[real],
        silent,
    )


def _report(
    repeats: Sequence[Answers], codebook: Codebook, how: str, notes: tuple[str, ...]
) -> Report:
    entered, coded = entered_only(repeats), coded_only(repeats)
    has_category = bool(entered[0].category.size and entered[0].chances.size)
    has_themes = bool(coded[0].themes.size)
    themes = measured(coded, THEME_MEASURES) if has_themes else {}
    if has_themes and coded[0].plausible is not None:
        themes |= measured(coded, LENIENT_MEASURES)
    return Report(
        how,
        len(repeats[0].group),
        measured(entered, CATEGORY_MEASURES) if has_category else {},
        themes,
        label_counts(repeats, codebook.category_names, codebook.theme_ids),
        notes,
    )


def _in_words_of(known: Codebook, corpus: Corpus) -> tuple[Corpus, list[str]]:
    """Put the real entries of a corpus into the words of a model's codebook.

    Returns:
        The corpus, its codebook the model's with the labels that only the corpus has after them,
        and a line for each of those, or for all of a kind that the model does not give.

    Raises:
        CodebookError: for a legacy label that the model's codebook refuses.
    """
    legacy = frozenset(row.name.casefold() for row in known.legacy)

    def resolved(look_up: Callable[[str], str], written: str) -> str:
        try:
            return look_up(written)
        except CodebookError:
            if written.casefold() in legacy:
                raise
            return written

    def in_words(row: LabelledEntry) -> LabelledEntry:
        try:
            return replace(
                row,
                category=row.category and resolved(known.category, row.category),
                themes=row.themes and frozenset(resolved(known.theme, x) for x in row.themes),
                plausible=frozenset(resolved(known.theme, x) for x in row.plausible),
            )
        except CodebookError as error:
            raise CodebookError(error.message, row.place) from error

    entries = tuple(map(in_words, corpus.real))
    categories = {row.category for row in entries if row.category} - {*known.category_names}
    themes = {theme for row in entries for theme in row.themes or ()} - {*known.theme_ids}
    extra = Codebook.of_names(sorted(categories), sorted(themes))
    book = Codebook(
        known.version, (*known.categories, *extra.categories), (*known.themes, *extra.themes)
    )
    lines = _said_of_unknown("categories", known.category_names, extra.category_names)
    lines += _said_of_unknown("themes", known.theme_ids, extra.theme_ids)
    return Corpus(corpus.name, book, entries), lines


def _said_of_unknown(kind: str, given: Sequence[str], unknown: Sequence[str]) -> list[str]:
    if unknown and not given:
        return [f"the model gives no {kind}; those of the table are not measured"]
    return [
        f"{label!r} is unknown to the model: every entry that has it counts as missed"
        for label in unknown
    ]
