"""Labels that become objects when they are looked at."""

from __future__ import annotations

import pickle

from themetag.prediction import ScoredLabel
from themetag.ranked import Ranked

LABELS = (ScoredLabel("Housing", 0.75), ScoredLabel("Waste", 0.25))
RANKED = Ranked(["Housing", "Waste"], [0.75, 0.25])


def test_it_is_a_tuple_to_whoever_looks() -> None:
    assert (len(RANKED), RANKED[1], RANKED[-1], RANKED[:1], list(RANKED)) == (
        2, LABELS[1], LABELS[1], LABELS[:1], list(LABELS),
    )  # fmt: skip
    assert LABELS[0] in RANKED
    assert repr(RANKED) == repr(LABELS)


def test_it_equals_the_tuple_and_its_like_from_either_side() -> None:
    assert RANKED == LABELS
    assert LABELS == RANKED
    assert Ranked(["Housing", "Waste"], [0.75, 0.25]) == RANKED
    assert Ranked(["Housing", "Waste"], [0.75, 0.5]) != RANKED
    assert list(LABELS) != RANKED


def test_it_goes_to_another_process_and_back() -> None:
    assert pickle.loads(pickle.dumps(RANKED)) == RANKED
