"""`Ranked`: labels with their probabilities, made into objects when looked at.

A batch makes millions of answers, of which a table shows three categories: to make an object of
every label took half of the time of tagging.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from themetag.prediction import ScoredLabel


class Ranked(Sequence[ScoredLabel]):
    """Labels in an order, with their probabilities; equal to a tuple of the same.

    >>> ranked = Ranked(["Housing", "Waste"], [0.9, 0.1])
    >>> ranked[0]
    ScoredLabel(label='Housing', probability=0.9)
    >>> ranked == (ScoredLabel("Housing", 0.9), ScoredLabel("Waste", 0.1))
    True
    """

    __slots__ = ("_chances", "_labels")

    def __init__(self, labels: Sequence[str], chances: Sequence[float]):
        self._labels = labels
        self._chances = chances

    @overload
    def __getitem__(self, at: int) -> ScoredLabel: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[ScoredLabel, ...]: ...

    def __getitem__(self, at: int | slice) -> ScoredLabel | tuple[ScoredLabel, ...]:
        if isinstance(at, slice):
            return tuple(map(ScoredLabel, self._labels[at], self._chances[at]))
        return ScoredLabel(self._labels[at], self._chances[at])

    def __len__(self) -> int:
        return len(self._labels)

    def __iter__(self) -> Iterator[ScoredLabel]:
        return map(ScoredLabel, self._labels, self._chances)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranked | tuple) and tuple(self) == tuple(other)

    def __repr__(self) -> str:
        return repr(tuple(self))

    __hash__ = None  # type: ignore[assignment]  # a list of labels stands behind it
