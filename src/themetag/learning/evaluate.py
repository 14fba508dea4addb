"""Measure a model on entries it has not seen, or a recipe by grouped cross-validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from themetag import artifact
from themetag.codebook import Codebook
from themetag.errors import CodebookError, LearningError
from themetag.learning.answers import Answers, said_by
from themetag.learning.corpus import Corpus, LabelledEntry
from themetag.learning.folds import cross_validate
from themetag.learning.grouping import group_entries
from themetag.learning.history import without_retired
from themetag.learning.measure import (
    CATEGORY_MEASURES,
    LENIENT_MEASURES,
    THEME_MEASURES,
    coded_only,
    entered_only,
    label_counts,
    measured,
)
from themetag.learning.prepared import Prepared, Targets
from themetag.learning.recipe import Recipe
from themetag.learning.report import Report
from themetag.tagger import Tagger
from themetag.text import fingerprint


def evaluate_recipe(corpus: Corpus, recipe: Recipe, n_repeats: int = 1) -> Report:
    """Cross-validate a recipe on a corpus.

    Args:
        corpus: real entries evaluate; restated and invented ones only train.
        recipe: how to fit.
        n_repeats: how many times to deal the folds anew; figures are means over repeats.
    """
    return cross_validated(corpus, recipe, n_repeats)[0]


def cross_validated(corpus: Corpus, recipe: Recipe, n_repeats: int) -> tuple[Report, list[Answers]]:
    """Cross-validate a recipe as `evaluate_recipe` does; return the answers of each repeat too."""
    prepared = Prepared.of(corpus, recipe)
    repeats = [cross_validate(prepared, recipe.seed + i).answers for i in range(n_repeats)]
    return cross_validated_report(prepared, repeats), repeats


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
    if corpus.criteria_only:
        notes.append(f"ranked by their criteria alone: {', '.join(corpus.criteria_only)}")
    if corpus.outside:
        share = np.mean([answers.silent.mean() for answers in repeats])
        notes.append(
            f"{share:.1%} of these entries were taken for texts of another kind and got no answer"
        )
    return report_of(repeats, corpus.codebook, how, tuple(notes))


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
    return tagger_report(tagger, corpus, [*(unfair if seen else []), *caveats])


def tagger_report(tagger: Tagger, corpus: Corpus, notes: Sequence[str]) -> Report:
    """Measure a tagger on the real entries of a corpus that it had no part in.

    Args:
        tagger: what answers.
        corpus: the entries.
        notes: what a reader of the report must know beforehand.

    Raises:
        LearningError: when no entry has a label of a kind that the tagger gives.
    """
    whole, unknown = _in_words_of(tagger.codebook, corpus)
    book = whole.codebook
    targets = Targets.of(whole, Recipe())
    n_known = len(tagger.codebook.categories)
    chances, in_set, given, theme_chances, silent = said_by(
        tagger, [row.entry for row in whole.entries]
    )
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
    said = [*notes, *unknown]
    if silent.any():
        said.append(f"{int(silent.sum())} entries got no answer, which counts as not covered")
    return report_of([answers], book, how, tuple(said))


def report_of(
    repeats: Sequence[Answers], codebook: Codebook, how: str, notes: tuple[str, ...]
) -> Report:
    """Measure answers to the same entries, one for each split, by everything that can be.

    Args:
        repeats: the answers.
        codebook: the labels, in the order of the answers' columns.
        how: what was measured and how it was split.
        notes: what a reader must know.
    """
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
        and a line for each of those, or for all of a kind that the model does not give, and for
        each label that is retired in the model's codebook.

    Raises:
        CodebookError: for a legacy label that the model's codebook refuses.
    """

    def resolved(look_up: Callable[[str], str], written: str) -> str:
        try:
            return look_up(written)
        except CodebookError:
            if known.legacy_of(written):
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

    entries, lines = without_retired(map(in_words, corpus.real), known)
    categories = {row.category for row in entries if row.category} - {*known.category_names}
    themes = {theme for row in entries for theme in row.themes or ()} - {*known.theme_ids}
    extra = Codebook.of_names(sorted(categories), sorted(themes))
    book = Codebook(
        known.version, (*known.categories, *extra.categories), (*known.themes, *extra.themes)
    )
    lines += _said_of_unknown("categories", known.category_names, extra.category_names)
    lines += _said_of_unknown("themes", known.theme_ids, extra.theme_ids)
    return Corpus(corpus.name, book, entries), lines


def _said_of_unknown(kind: str, given: Sequence[str], unknown: Sequence[str]) -> list[str]:
    if unknown and not given:
        return [f"the model gives no {kind}; those of the table are not measured"]
    return [
        f"{label!r} is unknown to the model: every entry that has it counts as missed"
        for label in unknown
    ]
