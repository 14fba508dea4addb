"""Ids that an earlier row has."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from themetag import repeats as module
from themetag.repeats import SHOWN, Ids, Repeats


def repeats(ids: Iterable[str]) -> Repeats:
    taken = Ids()
    for line, id in enumerate(ids, start=2):
        taken.add(id, line)
    return taken.repeats()


def test_no_row_has_no_repeat() -> None:
    assert repeats([]) == Repeats(0, ())


def test_the_first_of_several_is_no_repeat() -> None:
    assert repeats(["b", "a", "b", "c", "b", "a"]) == Repeats(3, (4, 6, 7))


def test_ids_that_wait_in_a_file_are_compared_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows 3, 10 and 11 have the ids of rows 0, 9 and 1; four are held at a time."""
    monkeypatch.setattr(module, "_HELD", 4)
    ids = ["a", "b", "c", "a", "d", "e", "f", "g", "h", "i", "i", "b"]
    assert repeats(ids) == Repeats(3, (5, 12, 13))


def test_all_are_counted_and_the_first_few_in_the_file_are_shown() -> None:
    """Lines 2 to 1,001 have the ids 0 to 999, and so do the thousand after them."""
    found = repeats(str(i % 1000) for i in range(2000))
    assert found == Repeats(1000, tuple(range(1002, 1002 + SHOWN)))
