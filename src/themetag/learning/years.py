"""Scores by year: a model of what was there before, measured on the entries of a later year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from themetag.errors import LearningError
from themetag.learning.answers import Answers
from themetag.learning.corpus import Corpus, LabelledEntry
from themetag.learning.evaluate import cross_validated, report_of, tagger_report
from themetag.learning.folds import cross_validate, fitted, fitted_on
from themetag.learning.grouping import group_entries
from themetag.learning.measure import (
    CATEGORY_MEASURES,
    LENIENT_MEASURES,
    THEME_MEASURES,
    Figure,
    only,
)
from themetag.learning.prepared import Prepared
from themetag.learning.recipe import Recipe
from themetag.learning.report import Report, YearScores
from themetag.probability import Calibration
from themetag.tagger import Tagger

# A year of fewer categories cannot tell how well they are told apart.
LEAST_CATEGORIES = 5
# Under this many entries a temperature, and a threshold a theme, is one entry's luck. They must be
# of half of the categories: those of one award say nothing of the others' probabilities.
LEAST_TO_CALIBRATE = 30
_LEAST_OF_CATEGORIES = 0.5

_EVERY_CATEGORY_FIGURE = frozenset(CATEGORY_MEASURES)
_RANKS = frozenset({"top1", "top3"})
_EVERY_THEME_FIGURE = frozenset(THEME_MEASURES) | frozenset(LENIENT_MEASURES)


def evaluate_by_year(corpus: Corpus, kept: Corpus, recipe: Recipe, n_repeats: int = 1) -> Report:
    """Cross-validate a recipe, and measure it on every year by a model of the years before.

    To test a year, real and restated entries of earlier years train, and invented entries, which
    have no year. Entries without a year, and those that share a group with one that is tested,
    take no part. Calibration and thresholds come from inner folds over earlier entries.

    Args:
        corpus: real entries with a year are tested.
        kept: the same without rare labels, which is cross-validated.
        recipe: how to fit.
        n_repeats: how many times to deal the folds of the cross-validation anew.

    Returns:
        The cross-validated report with the scores of every year.

    Raises:
        LearningError: when no real entry has a year.
    """
    years = sorted({row.year for row in corpus.real if row.year is not None})
    if not years:
        raise LearningError("no entry has a year; name its column with --year", corpus.name)
    report, repeats = cross_validated(kept, recipe, n_repeats)
    groups = group_entries(
        [r.entry.text for r in corpus.entries], [r.group for r in corpus.entries]
    )
    scores = [_scores(corpus, recipe, groups.tolist(), year) for year in years]
    beside = [_beside(kept, repeats, year) for year in years]
    return replace(
        report,
        notes=(*report.notes, *_said_of_all_years(corpus)),
        years=tuple(
            YearScores(year, found, _with_figures_of(other, found))
            for year, found, other in zip(years, scores, beside, strict=True)
        ),
    )


def _scores(corpus: Corpus, recipe: Recipe, groups: Sequence[int], year: int) -> Report:
    """Measure a model of what was there before a year on the entries of that year."""
    tested = replace(corpus, entries=tuple(row for row in corpus.real if row.year == year))
    before, notes = _before(corpus, groups, year)
    how = f"{len(tested.entries)} entries, by a model of {_described(before.entries)}"
    try:
        before, lines = before.without_rare(2)
        before, helped = _with_stand_ins(before)
        tagger, said = _tagger(before, recipe, f"before-{year}")
        report = tagger_report(tagger, tested, [*notes, *lines, *helped, *said])
    except LearningError as error:
        reason = f"not measured: {error.message.partition(';')[0]}"
        return Report(how, len(tested.entries), {}, {}, (), (*notes, reason))
    return _what_can_be_said(replace(report, how=how), tested, is_calibrated=not said)


def _before(corpus: Corpus, groups: Sequence[int], year: int) -> tuple[Corpus, list[str]]:
    """Return what could be learnt from before a year, and a line for what is odd about it."""
    tested = {
        group
        for row, group in zip(corpus.entries, groups, strict=True)
        if row.kind == "real" and row.year == year
    }
    rows = [
        (row, group)
        for row, group in zip(corpus.entries, groups, strict=True)
        if row.kind == "invented" or (row.year is not None and row.year < year)
    ]
    kept = tuple(row for row, group in rows if group not in tested)
    notes = []
    if len(kept) < len(rows):
        notes.append(
            f"{len(rows) - len(kept)} earlier entries are of the same project or text as one of "
            f"{year} and do not train"
        )
    return replace(corpus, entries=kept), notes


def _said_of_all_years(corpus: Corpus) -> list[str]:
    """Say what holds for every year, and what is made of entries without one."""
    undated = [row.kind for row in corpus.entries if row.year is None]
    n = len(undated) - undated.count("invented")
    notes = ["by year: the recipe is the same for every year, whenever it was chosen"]
    if n:
        notes.append(f"by year: {n} entries without a year take no part")
    if "invented" in undated or corpus.cues:
        notes.append(
            "by year: invented entries and the lexicon have no year and train for every one; they "
            "were written for the categories and themes of this codebook"
        )
    return notes


def _with_stand_ins(before: Corpus) -> tuple[Corpus, list[str]]:
    """Let restated entries count as real ones where that is what it takes to calibrate."""
    n = sum(row.kind == "restated" for row in before.entries)
    rows = (replace(r, kind="real") if r.kind == "restated" else r for r in before.entries)
    helped = replace(before, entries=tuple(rows))
    if _can_calibrate(before) or not _can_calibrate(helped):
        return before, []
    return helped, [
        f"the {len(before.real)} real entries of earlier years are too few to calibrate on; the "
        f"{n} restated ones of those years count as real ones beside them"
    ]


def _can_calibrate(corpus: Corpus) -> bool:
    """Whether there are enough real entries, and of enough categories, to calibrate on."""
    held = {row.category for row in corpus.real if row.category}
    wanted = _LEAST_OF_CATEGORIES * len(corpus.codebook.categories)
    return len(corpus.real) >= LEAST_TO_CALIBRATE and len(held) >= wanted


def _tagger(before: Corpus, recipe: Recipe, version: str) -> tuple[Tagger, list[str]]:
    """Fit on what was there before, and calibrate on it where that can be done."""
    prepared = Prepared.of(before, recipe)
    if _can_calibrate(before):
        return fitted(prepared, cross_validate(prepared, recipe.seed), version), []
    plain = Calibration(1.0, 0.0, 1.0, 0.0, np.full(len(before.codebook.themes), 0.5))
    tagger = fitted_on(prepared, np.arange(len(before.entries)), plain, version)
    return tagger, [
        f"not calibrated: earlier years have {len(before.real)} real entries, and "
        f"{LEAST_TO_CALIBRATE} of half of the categories are needed; a theme counts as given where "
        "its score is nearer yes than no, no text is declined, and figures that need "
        "probabilities are left out"
    ]


def _what_can_be_said(report: Report, tested: Corpus, *, is_calibrated: bool) -> Report:
    """Leave out the figures that few categories do not give, or scores without probabilities."""
    n_held = len({row.category for row in tested.entries if row.category})
    if n_held >= LEAST_CATEGORIES or not tested.codebook.categories:
        ranked = _EVERY_CATEGORY_FIGURE if is_calibrated else _RANKS | {"macro_f1"}
        return _only_figures(report, ranked, _EVERY_THEME_FIGURE)
    note = (
        f"entries of {n_held} of {len(tested.codebook.categories)} categories, where scores in "
        f"full need {LEAST_CATEGORIES}: they say how often these categories and the themes are "
        "found, not how well categories are told apart; where all or none are right, the interval "
        "has no width and says too much"
    )
    few = _only_figures(report, _RANKS, _EVERY_THEME_FIGURE - {"macro_f1"})
    return replace(few, notes=(note, *few.notes))


def _beside(whole: Corpus, repeats: Sequence[Answers], year: int) -> Report:
    """Return what cross-validation says of the entries of one year."""
    rows = np.array([row.year == year for row in whole.real])
    return report_of([only(answers, rows) for answers in repeats], whole.codebook, "", ())


def _with_figures_of(report: Report, other: Report) -> Report:
    return _only_figures(report, other.category, other.themes)


def _only_figures(report: Report, category: Iterable[str], themes: Iterable[str]) -> Report:
    return replace(
        report, category=_named(report.category, category), themes=_named(report.themes, themes)
    )


def _named(figures: Mapping[str, Figure], names: Iterable[str]) -> dict[str, Figure]:
    wanted = frozenset(names)
    return {name: figure for name, figure in figures.items() if name in wanted}


def _described(entries: Sequence[LabelledEntry]) -> str:
    """Say what a model was made of: how many entries of each kind, and of which years."""
    parts = []
    for kind in ("real", "restated", "invented"):
        rows = [row for row in entries if row.kind == kind]
        years = [row.year for row in rows if row.year is not None]
        span = f" ({_span(years)})" if years else ""
        parts += [f"{len(rows)} {kind} entries{span}"] if rows else []
    return ", ".join(parts) or "nothing"


def _span(years: Sequence[int]) -> str:
    return str(min(years)) if min(years) == max(years) else f"{min(years)} to {max(years)}"
