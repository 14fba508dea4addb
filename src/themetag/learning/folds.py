"""Folds: every real entry scored by models that had not seen it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from themetag.learning.answers import Answers, Said, answer
from themetag.learning.calibrate import calibrate
from themetag.learning.fit import fit, score_unseen
from themetag.learning.prepared import Prepared
from themetag.probability import Calibration
from themetag.tagger import Tagger
from themetag.text import is_bare_title

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class OutOfFold:
    """Every real entry scored and answered by models that had not seen it."""

    folds: Ids
    """`(n_real,)` the fold of each."""
    scores: Floats
    """`(n_real, n_labels)` uncalibrated."""
    answers: Answers
    """What would have been said, each fold calibrated on the other folds' scores."""


def cross_validate(prepared: Prepared, seed: int, trains: Flags | None = None) -> OutOfFold:
    """Fit on all folds but one, answer that one, and so on round.

    Vocabulary, frequencies and weights are learnt in the training part alone. Calibration and
    thresholds of a fold are found on the scores of the other folds.

    Args:
        prepared: the corpus.
        seed: deals the folds.
        trains: `(n_entries,)` which entries may be fitted on, for a learning curve; all where not
            given. Every real entry is answered in any case.
    """
    real, folds = prepared.real, prepared.folds(seed)
    unseen = [real[folds == k] for k in range(int(folds.max()) + 1)]
    parts = [(prepared.training_part(rows, trains), rows) for rows in unseen]
    found = score_unseen(prepared, parts)
    scores = np.zeros((len(real), found[0].shape[1]))
    for k, fold_scores in enumerate(found):
        scores[folds == k] = fold_scores
    return OutOfFold(folds, scores, _answered(prepared, scores, folds))


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


def fitted(prepared: Prepared, unseen: OutOfFold, version: str) -> Tagger:
    """Fit on every entry; calibrate on scores of entries that the scoring models had not seen."""
    calibration = calibrated(prepared, unseen.scores, np.ones(len(prepared.real), dtype=bool))
    return fitted_on(prepared, np.arange(len(prepared.corpus.entries)), calibration, version)


def fitted_on(prepared: Prepared, training: Ids, calibration: Calibration, version: str) -> Tagger:
    """Fit on part of a corpus, with a calibration found before."""
    weighing, model = fit(prepared, training)
    return Tagger(
        version,
        prepared.corpus.codebook,
        weighing.vocabulary,
        model,
        calibration,
        prepared.lengths(training),
        frozenset(prepared.corpus.criteria_only),
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
    return beside_truth(prepared, Said(chances, in_set, given, theme_chances, silent))


def beside_truth(prepared: Prepared, said: Said) -> Answers:
    """Set what was said of all real entries, in their order, beside what is true of them."""
    targets, real = prepared.targets, prepared.real
    speaks = ~said.silent[:, None]
    plausible = any(row.plausible for row in prepared.corpus.real)
    return Answers(
        targets.category[real],
        said.chances,
        said.in_set & speaks,
        targets.coded[real],
        targets.themes[real],
        targets.plausible[real] if plausible else None,
        said.given & speaks,
        said.theme_chances,
        prepared.groups[real],
        said.silent,
    )
