"""`Calibration`: what turns the scores of a model into probabilities one can act on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# How much broader the second opinion is; from 3 to 6 it made no difference.
_BROADER = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Figures found on texts that the scoring model had not seen.

    >>> calibration = Calibration(0.5, 0.1, 2.0, 0.0, np.array([0.3]))
    >>> calibration.categories(np.array([1.0, 1.0])).tolist()
    [0.5, 0.5]
    >>> calibration.themes(np.array([0.0])).tolist()
    [0.5]
    """

    temperature: float
    """What category scores are divided by before the softmax (C. Guo et al., "On calibration of
    modern neural networks", 2017), over 0."""
    set_floor: float
    """The least probability of a category in the prediction set, 0 to 1 (M. Sadinle et al., "Least
    ambiguous set-valued classifiers with bounded error levels", 2019)."""
    theme_slope: float
    """What theme scores are multiplied by before the logistic function (J. Platt, 1999), over 0."""
    theme_offset: float
    """What is added to them after that."""
    thresholds: Floats
    """`(n_themes,)` the least probability at which each theme is given, 0 to 1."""
    scope_floor: float | None = None
    """The least scope score of a submission; None for a model that knows of nothing else."""
    doubt: float = 0.0
    """The share of a second, broader softmax in the probabilities of categories, 0 to 1: what the
    sharp one is too sure of where it is sure (J. Zhang, B. Kailkhura and T. Han, "Mix-n-Match:
    ensemble and compositional methods for uncertainty calibration in deep learning", 2020)."""

    def __post_init__(self) -> None:
        self.thresholds.flags.writeable = False

    def categories(self, scores: Floats) -> Floats:
        """Turn category scores into probabilities.

        Args:
            scores: `(..., n_categories)`, uncalibrated.

        Returns:
            The same shape; each row sums to 1 and falls as the scores do.
        """
        return mixed(scores, self.temperature, self.doubt)

    def themes(self, scores: Floats) -> Floats:
        """Turn theme scores into probabilities, each for itself.

        Args:
            scores: `(..., n_themes)`, uncalibrated.

        Returns:
            The same shape, each value in 0..1.
        """
        return logistic(self.theme_slope * scores + self.theme_offset)


def mixed(scores: Floats, temperature: float, doubt: float) -> Floats:
    """Return a softmax with its share of a broader one."""
    sharp = softmax(scores / temperature)
    if not doubt:
        return sharp
    return (1 - doubt) * sharp + doubt * softmax(scores / (_BROADER * temperature))


def softmax(logits: Floats) -> Floats:
    """Return exponentials that sum to 1 along the last axis."""
    if not logits.size:
        return logits
    powers: Floats = np.exp(logits - logits.max(axis=-1, keepdims=True))
    sums: Floats = powers.sum(axis=-1, keepdims=True)
    return powers / sums


def logistic(logits: Floats) -> Floats:
    """Return 1 / (1 + exp(-x)) of each value, without overflow."""
    return np.exp(-np.logaddexp(0.0, -logits))
