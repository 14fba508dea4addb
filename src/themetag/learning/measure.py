"""Figures with intervals out of answers: counts first, rates later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from themetag.learning.answers import Answers

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

N_RESAMPLES = 1000
_BINS = 10
_LEAST_CHANCE = 1e-15


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure with its 95 % interval.

    >>> str(Figure(0.5, 0.4, 0.6, 208))
    '0.500 (0.400 to 0.600, n = 208)'
    """

    value: float | None
    """The figure; None where it is not defined, such as a precision without a prediction."""
    low: float | None
    """The 2.5th percentile over resampled groups."""
    high: float | None
    """The 97.5th percentile."""
    n: int
    """How many entries it was measured on."""

    def __str__(self) -> str:
        if self.value is None or self.low is None or self.high is None:
            return f"– (n = {self.n})"
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f}, n = {self.n})"


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How often one label was true, given, or both; means over repeats."""

    task: str
    """Category or theme."""
    label: str
    """The label as tables have it."""
    n: int
    """Entries that have it."""
    tp: float
    """Entries that have it and were given it."""
    fp: float
    """Entries that were given it and do not have it."""
    fn: float
    """Entries that have it and were not given it."""

    @property
    def precision(self) -> float | None:
        """Right among given; None where nothing was given."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else None

    @property
    def recall(self) -> float | None:
        """Found among true; None where no entry has the label."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else None


# A measure takes answers and `(n_resamples, n)` weights and gives `(n_resamples,)` figures.
Measure = Callable[[Answers, Floats], Floats]


def _rate(hits: Floats | Flags, weights: Floats) -> Floats:
    return _divided(weights @ hits.astype(np.float64), weights.sum(axis=1))


def _divided(top: Floats, bottom: Floats) -> Floats:
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom > 0)


def _rank(answers: Answers) -> npt.NDArray[np.int64]:
    """Return how many categories stand before the true one; equals in codebook order."""
    true = answers.chances[np.arange(len(answers.category)), answers.category][:, None]
    position = np.arange(answers.chances.shape[1])[None, :]
    ahead = (answers.chances > true) | (
        (answers.chances == true) & (position < answers.category[:, None])
    )
    return np.asarray(ahead.sum(axis=1), dtype=np.int64)


def _within(answers: Answers, weights: Floats, *, best: int) -> Floats:
    return _rate(_rank(answers) < best, weights)


def _answered_within(answers: Answers, weights: Floats, *, best: int) -> Floats:
    return _rate((_rank(answers) < best) & ~answers.silent, weights)


def _category_flags(answers: Answers) -> tuple[Flags, Flags]:
    """Return true and first-ranked categories as `(n, n_categories)` flags."""
    columns = np.arange(answers.chances.shape[1])
    first = answers.chances.argmax(axis=1)
    return answers.category[:, None] == columns, first[:, None] == columns


def _macro_f1(true: Flags, given: Flags, weights: Floats) -> Floats:
    """Average F1 over the labels that are true or given anywhere."""
    hits = weights @ (true & given).astype(np.float64)
    total = weights @ true.astype(np.float64) + weights @ given.astype(np.float64)
    scores = _divided(2 * hits, total)
    defined = ~np.isnan(scores)
    return _divided(np.where(defined, scores, 0.0).sum(axis=1), defined.sum(axis=1).astype(float))


def _category_macro_f1(answers: Answers, weights: Floats) -> Floats:
    return _macro_f1(*_category_flags(answers), weights)


def _log_loss(answers: Answers, weights: Floats) -> Floats:
    true = answers.chances[np.arange(len(answers.category)), answers.category]
    return _rate(-np.log(np.maximum(true, _LEAST_CHANCE)), weights)


def _ece(answers: Answers, weights: Floats) -> Floats:
    """Mean gap between confidence and accuracy over ten bins of equal mass."""
    return _gap(answers.chances.max(axis=1), _rank(answers) == 0, weights)


def _gap(confidence: Floats, is_right: Flags, weights: Floats) -> Floats:
    order = np.argsort(confidence, kind="stable")
    gap = (confidence - is_right)[order]
    sorted_weights = weights[:, order]
    total = sorted_weights.sum(axis=1, keepdims=True)
    middle = np.cumsum(sorted_weights, axis=1) - sorted_weights / 2
    bins = np.minimum((_BINS * middle / total).astype(np.int64), _BINS - 1)
    gaps = [np.abs(np.where(bins == b, sorted_weights * gap, 0).sum(axis=1)) for b in range(_BINS)]
    return np.asarray(np.sum(gaps, axis=0) / total[:, 0], dtype=np.float64)


def _coverage(answers: Answers, weights: Floats) -> Floats:
    return _rate(answers.in_set[np.arange(len(answers.category)), answers.category], weights)


def _set_size(answers: Answers, weights: Floats) -> Floats:
    return _rate(answers.in_set.sum(axis=1).astype(np.float64), weights)


def _theme_rates(answers: Answers, weights: Floats, *, over: str, lenient: bool = False) -> Floats:
    """Count theme decisions over all entries and divide.

    A theme that is only plausible is no mistake in a lenient count, and no find either.
    """
    true, given = answers.themes, answers.given
    right = given & answers.plausible if lenient and answers.plausible is not None else given & true
    good, found, n_given, n_true = (
        weights @ flags.sum(axis=1).astype(np.float64)
        for flags in (right, given & true, given, true)
    )
    if over == "precision":
        return _divided(good, n_given)
    if over == "recall":
        return _divided(found, n_true)
    # The harmonic mean of the two; 0 and not undefined where nothing is right.
    means = _divided(2 * good * found, good * n_true + found * n_given)
    return np.where((good == 0) & (n_given + n_true > 0), 0.0, means)


def _theme_macro_f1(answers: Answers, weights: Floats) -> Floats:
    return _macro_f1(answers.themes, answers.given, weights)


def _label_f1(answers: Answers, weights: Floats, *, task: str, column: int) -> Floats:
    flags = _category_flags(answers) if task == "category" else (answers.themes, answers.given)
    true, given = (part[:, [column]] for part in flags)
    return _macro_f1(true, given, weights)


def f1_of_label(task: str, column: int) -> Measure:
    """Return the measure that is the F1 of one category or theme, by its column."""
    return partial(_label_f1, task=task, column=column)


CATEGORY_MEASURES: dict[str, Measure] = {
    "top1": partial(_within, best=1),
    "top3": partial(_within, best=3),
    "macro_f1": _category_macro_f1,
    "log_loss": _log_loss,
    "ece": _ece,
    "coverage": _coverage,
    "set_size": _set_size,
}
# Who declines an entry is not right about it: for a choice between models.
ANSWERED_MEASURES: Mapping[str, Measure] = CATEGORY_MEASURES | {
    "top1": partial(_answered_within, best=1),
    "top3": partial(_answered_within, best=3),
}
THEME_MEASURES: Mapping[str, Measure] = {
    "micro_f1": partial(_theme_rates, over="f1"),
    "macro_f1": _theme_macro_f1,
    "precision": partial(_theme_rates, over="precision"),
    "recall": partial(_theme_rates, over="recall"),
}
LENIENT_MEASURES: Mapping[str, Measure] = {
    "lenient_precision": partial(_theme_rates, over="precision", lenient=True),
    "lenient_micro_f1": partial(_theme_rates, over="f1", lenient=True),
}


def measured(repeats: Sequence[Answers], measures: Mapping[str, Measure]) -> dict[str, Figure]:
    """Measure answers on the same entries, averaged over repeats, with intervals over groups.

    Args:
        repeats: answers to the same entries in the same order, one for each split.
        measures: what to measure, by name.

    Returns:
        A figure a measure; its interval is the middle 95 % over resamples of whole groups.
    """
    weights = _resamples(repeats[0].group)
    figures = {}
    for name, measure in measures.items():
        values = np.mean([measure(answers, weights) for answers in repeats], axis=0)
        if name == "ece":
            values = _recentred(values)
        figures[name] = _figure(values, len(repeats[0].group))
    return figures


def differences(
    ours: Sequence[Answers], theirs: Sequence[Answers], measures: Mapping[str, Measure]
) -> dict[str, Figure]:
    """Measure by how much one set of answers is ahead of another on the same entries.

    Args:
        ours: answers to the same entries in the same order, one for each split.
        theirs: others' answers, on the same splits.
        measures: what to measure, by name.

    Returns:
        A figure a measure: ours less theirs, both on the same resamples of whole groups.
    """
    weights = _resamples(ours[0].group)
    found = {}
    for name, measure in measures.items():
        gaps = [
            measure(a, weights) - measure(b, weights) for a, b in zip(ours, theirs, strict=True)
        ]
        found[name] = _figure(np.mean(gaps, axis=0), len(ours[0].group))
    return found


def ece_of_the_calibrated(repeats: Sequence[Answers], share: float = 0.95) -> float:
    """Return how large the expected calibration error of a perfectly calibrated model may get.

    It has the same confidences, and is right as often as each of them says. An entry that is
    answered in several repeats is right or wrong in all by the same draw.

    Args:
        repeats: answers to the same entries, one for each split.
        share: how many of such models have a smaller error.
    """
    draws = np.random.default_rng(0).random((N_RESAMPLES, len(repeats[0].group)))
    confidences = [answers.chances.max(axis=1) for answers in repeats]
    errors = [[_gap(c, draw < c, np.ones((1, c.size)))[0] for draw in draws] for c in confidences]
    return float(np.quantile(np.mean(errors, axis=0), share))


def label_counts(
    repeats: Sequence[Answers], categories: Sequence[str], themes: Sequence[str]
) -> tuple[LabelCount, ...]:
    """Count right, wrong and missed answers of every label, in codebook order."""
    rows = []
    entered, coded = entered_only(repeats), coded_only(repeats)
    for task, labels, flags in (
        ("category", categories, [_category_flags(part) for part in entered if part.chances.size]),
        ("theme", themes, [(part.themes, part.given) for part in coded if part.themes.size]),
    ):
        if not flags:
            continue
        hits = np.mean([(true & given).sum(axis=0) for true, given in flags], axis=0)
        extra = np.mean([(given & ~true).sum(axis=0) for true, given in flags], axis=0)
        n = flags[0][0].sum(axis=0)
        rows += [
            LabelCount(
                task, label, int(n[i]), float(hits[i]), float(extra[i]), float(n[i] - hits[i])
            )
            for i, label in enumerate(labels)
        ]
    return tuple(rows)


def entered_only(repeats: Sequence[Answers]) -> list[Answers]:
    """Keep the entries whose category is known."""
    return [only(answers, answers.category >= 0) for answers in repeats]


def coded_only(repeats: Sequence[Answers]) -> list[Answers]:
    """Keep the entries whose themes are known."""
    return [only(answers, answers.coded) for answers in repeats]


def only(answers: Answers, rows: Flags) -> Answers:
    """Keep some of the entries, those flagged in `(n,)` rows."""
    plausible = answers.plausible
    return Answers(
        answers.category[rows],
        answers.chances[rows],
        answers.in_set[rows],
        answers.coded[rows],
        answers.themes[rows],
        None if plausible is None else plausible[rows],
        answers.given[rows],
        answers.theme_chances[rows],
        answers.group[rows],
        answers.silent[rows],
    )


def _resamples(group: npt.NDArray[np.int64]) -> Floats:
    """Return `(1 + N_RESAMPLES, n)` weights: first every entry once, then groups drawn anew."""
    _, position = np.unique(group, return_inverse=True)
    n_groups = int(position.max()) + 1 if position.size else 0
    draws = np.random.default_rng(0).multinomial(
        n_groups, np.full(n_groups, 1 / n_groups), size=N_RESAMPLES
    )
    return np.vstack([np.ones(len(group)), draws[:, position]]).astype(np.float64)


def _recentred(values: Floats) -> Floats:
    """Take off what resampling adds: repeated entries make the gaps of the bins noisier."""
    shifted = values - (np.nanmedian(values[1:]) - values[0])
    return np.append(values[:1], np.maximum(shifted[1:], 0.0))


def _figure(values: Floats, n: int) -> Figure:
    if np.isnan(values[0]):
        return Figure(None, None, None, n)
    low, high = np.nanpercentile(values[1:], [2.5, 97.5])
    return Figure(float(values[0]), float(low), float(high), n)
