from __future__ import annotations

import numpy as np

from themetag.learning.drift.novelty import Candidate, candidates

KNOWN = [f"our{i} council helps {a} and {b}" for i, (a, b) in enumerate(
    (a, b) for a in ("tenants", "carers", "readers", "drivers", "nurses") for b in
    ("bins", "books", "buses", "bridges", "budgets", "benches")
)]  # fmt: skip
ALIKE = [
    "Stray dogs sleep in heated kennels at the quay",
    "New kennels took in stray dogs all winter",
    "Wardens bring stray dogs to our kennels",
]
APART = ["Poets painted murals", "Divers cleared wrecks", "Bakers taught sourdough"]


def found(new: list[str], *without: int) -> tuple[Candidate, ...]:
    flags = np.isin(np.arange(len(new)), without)
    return candidates(new + KNOWN, len(new), flags)


def test_three_alike_entries_without_a_theme_are_a_candidate() -> None:
    (group,) = found([APART[0], *ALIKE, *APART[1:]], 0, 1, 2, 3, 4, 5)
    assert group.rows == (1, 2, 3)
    assert set(group.words) >= {"stray", "dogs", "kennels"}


def test_entries_with_a_theme_are_no_candidate() -> None:
    assert found(ALIKE) == ()


def test_two_are_too_few() -> None:
    assert found(ALIKE, 0, 1) == ()


def test_entries_that_are_not_alike_are_no_candidate() -> None:
    assert found(APART, 0, 1, 2) == ()


def test_the_largest_group_comes_first() -> None:
    graves = [f"Graves{i} and headstones: burials in the cemetery" for i in range(4)]
    groups = found([*ALIKE, *graves], *range(7))
    assert [group.rows for group in groups] == [(3, 4, 5, 6), (0, 1, 2)]


def test_a_word_of_one_entry_describes_no_group() -> None:
    (group,) = found(ALIKE, 0, 1, 2)
    assert "winter" not in group.words
