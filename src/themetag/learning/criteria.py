"""Categories that are known by their criteria: a text to learn from, on a level with the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from themetag.entry import Entry
from themetag.labels import Label

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

# A category of fewer entries learns from its criteria too. Up to five entries that was measured
# (benchmarks/results/criteria.txt), and at five it still helped.
ENOUGH = 10

# What a category is not, and how it is told from others, is worded in the words of the others.
_PARTS = ("definition", "includes", "example")

# Of the 22 categories none needed more than 10 when its entries were taken away. Scores that are
# flatter have no word in common with the entries, and stretching them would blow up what is left.
_MOST_STRETCH = 100.0


def criteria_texts(label: Label) -> tuple[Entry, ...]:
    r"""Return what a label's criteria say of it, as entries that nobody submitted.

    Each part stands by itself under the label's name: entries are short, and one text of all parts
    measured worse.

    >>> [entry.text for entry in criteria_texts(Label("waste", "Waste", "Clean streets."))]
    ['Waste\n\nClean streets.']
    """
    parts = [(part, getattr(label, part)) for part in _PARTS]
    return tuple(
        Entry(f"criteria of {label.id}: {part}", label.name, text) for part, text in parts if text
    )


def levelled(
    weights: Floats,
    intercepts: Floats,
    scores: Floats,
    category: Ids,
    by_criteria: Sequence[int],
) -> tuple[Floats, Floats]:
    """Put categories that are known by their criteria on a level with the others.

    A few sentences score every entry low and nearly alike, so a category that has no other voice
    would never be ranked. Its scores are shifted and stretched until over the entries of other
    categories they have the mean and the deviation that scores of known categories have over
    entries that are not theirs. No label of the category itself is needed for that.

    Args:
        weights: `(n_terms, n_categories)` what was learnt.
        intercepts: `(n_categories,)`.
        scores: `(n, n_categories)` what they give for typical entries.
        category: `(n,)` the category of each of those.
        by_criteria: the columns to put on a level.

    Returns:
        Weights and intercepts, changed in those columns alone; as they were where the entries do
        not tell what usual scores are.
    """
    over_others = [scores[category != column, column] for column in range(scores.shape[1])]
    usual = [
        part
        for column, part in enumerate(over_others)
        if column not in by_criteria and part.size > 1
    ]
    if not usual:
        return weights, intercepts
    mean, deviation = np.mean([[part.mean(), part.std()] for part in usual], axis=0)
    weights, intercepts = weights.copy(), intercepts.copy()
    for column in by_criteria:
        own = over_others[column]
        if own.size > 1 and own.std() * _MOST_STRETCH > deviation:
            stretch = deviation / own.std()
            weights[:, column] *= stretch
            intercepts[column] = mean + stretch * (intercepts[column] - own.mean())
    return weights, intercepts
