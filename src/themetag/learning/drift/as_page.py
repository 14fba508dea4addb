"""A drift as one self-contained HTML page, with pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from themetag.learning.drift import as_text as said
from themetag.learning.drift.found import Drift
from themetag.learning.drift.unlikeness import Unlikeness
from themetag.measures import ALONE
from themetag.page import Column, bars, histogram, render

_NARROW = 0.2
_TENTHS = [i / 10 for i in range(11)]


def as_page(drift: Drift) -> bytes:
    """Return what was found as a page of HTML."""
    return render(
        "drift.html",
        drift=drift,
        lead=said.heading(drift),
        counted=said.counted(drift),
        verdict=said.verdict(drift),
        told_apart=said.told_apart(drift),
        lots=_lots(drift.unlikeness),
        words_said=said.new_words_said(drift),
        word_bars=bars([(word.found.word, word.found.n_new) for word in drift.words]),
        expected_said=said.expected_said(drift),
        figures=_figures(drift),
        confidence=_confidence(drift),
        unexplained_said=said.unexplained_said(drift),
    )


def _figures(drift: Drift) -> list[tuple[str, Any]]:
    figures = {**drift.expectation.category, **drift.expectation.themes}
    return [(ALONE[name], figure) for name, figure in figures.items()]


def _lots(found: Unlikeness) -> list[Column]:
    """Return how well lots can be told apart; in finer steps where they are all near to 0.5."""
    is_narrow = min(found.auc, *found.lots) >= _NARROW
    edges = [i / 20 for i in range(4, 21)] if is_narrow else _TENTHS
    return histogram(edges, _counts(found.lots, edges).tolist())


def _confidence(drift: Drift) -> list[list[Column]]:
    """Return what share of new and of known entries is how sure, on one scale; or nothing."""
    sides = drift.expectation.confidence_new, drift.expectation.confidence_known
    if not all(sides):
        return []
    shares = [100 * _counts(side, _TENTHS) / len(side) for side in sides]
    scale = max(share.max() for share in shares)
    return [
        [
            replace(column, height=round(float(100 * column.count / scale), 2))
            for column in histogram(_TENTHS, share.tolist())
        ]
        for share in shares
    ]


def _counts(values: Sequence[float], edges: Sequence[float]) -> npt.NDArray[np.int64]:
    return np.histogram(values, edges)[0]
