"""Nested folds: models chosen, fitted and calibrated without the entries they are measured on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from themetag.entry import Entry
from themetag.learning.answers import Answers, Said, said_by
from themetag.learning.fit import fit, score
from themetag.learning.folds import beside_truth, calibrated, fitted_on
from themetag.learning.prepared import Prepared
from themetag.probability import Calibration
from themetag.tagger import Tagger

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]

_LEAST_CHANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """A model that some of the real entries had no part in, to be measured on those."""

    unseen: Ids
    """Which those are, as positions among the real entries."""
    choice: int
    """Which of the candidate recipes did best on the others."""
    tagger: Tagger
    """Fitted and calibrated on the others by that recipe."""


def nested_folds(
    candidates: Sequence[Prepared], seed: int, trains: Flags | None = None
) -> list[Fold]:
    """Make a model for every outer fold, with all that it takes found inside the others.

    The others are cut into inner folds. Every candidate is scored on those; the one with the
    least log-loss is calibrated on the same scores, which are of entries that its inner models
    had not seen, and fitted on all the others (S. Varma and R. Simon, "Bias in error estimation
    when using cross-validation for model selection", 2006).

    Args:
        candidates: one corpus, prepared by one recipe or by several that compete.
        seed: deals the outer folds and, with the number of the fold, the inner ones.
        trains: `(n_entries,)` which entries may be fitted on, for a learning curve; all where not
            given. Real entries choose, calibrate and are measured in any case.

    Raises:
        LearningError: when there are too few groups to part.
    """
    folds = candidates[0].folds(seed)
    jobs = [(folds == k, seed + k) for k in range(int(folds.max()) + 1)]
    found: list[Any] = Parallel(n_jobs=-1)(
        delayed(_fold)(candidates, outer, inner_seed, trains) for outer, inner_seed in jobs
    )
    return found


def losses(candidates: Sequence[Prepared], seed: int) -> list[float]:
    """Return the log-loss of each candidate by which a recipe is chosen, over all real entries.

    It is what decides inside the outer folds too. It has seen every real entry, so it serves to
    choose what is released and never to say how good that is.

    Args:
        candidates: one corpus, prepared by recipes that compete.
        seed: deals the folds.
    """
    inner = candidates[0].folds(seed)
    everybody = np.ones(len(inner), dtype=bool)

    def one(prepared: Prepared) -> float:
        scores = _inner_scores(prepared, inner, None)
        return _loss(prepared, scores, calibrated(prepared, scores, everybody))

    found: list[Any] = Parallel(n_jobs=-1)(delayed(one)(prepared) for prepared in candidates)
    return found


def answered(
    prepared: Prepared, folds: Sequence[Fold], rewritten: Callable[[Entry], Entry] | None = None
) -> Answers:
    """Answer every real entry by the model that had no part of it.

    Args:
        prepared: the corpus of the folds.
        folds: the models, their unseen entries together all real ones.
        rewritten: what is asked in place of an entry, such as its title alone.
    """
    entries = [row.entry for row in prepared.corpus.real]
    entries = list(map(rewritten, entries)) if rewritten else entries
    parts = [said_by(fold.tagger, [entries[i] for i in fold.unseen.tolist()]) for fold in folds]
    order = np.argsort(np.concatenate([fold.unseen for fold in folds]), kind="stable")
    said = Said(*(np.concatenate(columns)[order] for columns in zip(*parts, strict=True)))
    return beside_truth(prepared, said)


def _fold(candidates: Sequence[Prepared], outer: Flags, seed: int, trains: Flags | None) -> Fold:
    """Choose, calibrate and fit without one outer fold."""
    inner = candidates[0].folds(seed, ~outer)
    scores = [_inner_scores(prepared, inner, trains) for prepared in candidates]
    calibrations = [
        calibrated(prepared, found, ~outer)
        for prepared, found in zip(candidates, scores, strict=True)
    ]
    losses = list(map(_loss, candidates, scores, calibrations))
    choice = int(np.argmin(losses))
    prepared = candidates[choice]
    unseen = np.flatnonzero(outer)
    training = prepared.training_part(prepared.real[unseen], trains)
    tagger = fitted_on(prepared, training, calibrations[choice], f"fold-{seed}")
    return Fold(unseen, choice, tagger)


def _inner_scores(prepared: Prepared, inner: Ids, trains: Flags | None) -> Floats:
    """Score the real entries of all inner folds, each by a model without it and the outer fold.

    Returns:
        `(n_real, n_columns)`, nan for the outer fold.
    """
    numbers = range(int(inner.max()) + 1)  # the outer fold has -1
    unseen = [np.flatnonzero(inner == k) for k in numbers]
    found = []
    for k in numbers:
        hidden = np.flatnonzero((inner == k) | (inner < 0))
        training = prepared.training_part(prepared.real[hidden], trains)
        found.append(score(*fit(prepared, training), prepared.real[unseen[k]]))
    scores = np.full((len(inner), found[0].shape[1]), np.nan)
    scores[np.concatenate(unseen)] = np.concatenate(found)
    return scores


def _loss(prepared: Prepared, scores: Floats, calibration: Calibration) -> float:
    """Return the log-loss of an entry's category and themes, over the entries that were scored."""
    targets, real, split = prepared.targets, prepared.real, prepared.n_categories
    scored = ~np.isnan(scores[:, 0])
    entered = scored & (targets.category[real] >= 0)
    coded = scored & targets.coded[real]
    chances = calibration.categories(scores[entered, :split])
    of_true = chances[np.arange(len(chances)), targets.category[real][entered]]
    n_labels = split + targets.themes.shape[1]
    themes = calibration.themes(scores[coded, split:n_labels])
    of_themes = np.where(targets.themes[real][coded], themes, 1 - themes)
    # An entry without a category, or a table without themes, adds nothing.
    return float(
        -np.log(np.maximum(of_true, _LEAST_CHANCE)).sum() / max(len(of_true), 1)
        - np.log(np.maximum(of_themes, _LEAST_CHANCE)).sum() / max(len(of_themes), 1)
    )
