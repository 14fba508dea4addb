from __future__ import annotations

import numpy as np
from builders import entry, tagger

from themetag.learning.answers import said_by


def test_what_is_measured_is_what_the_tagger_says_at_a_threshold() -> None:
    # The theme has a probability of 0.499975, which is stated as 0.5 and reaches the threshold;
    # the second category has one of 0.24998, stated as 0.25, and reaches the floor.
    weights = {"bins": [0.0, float(np.log(0.24998 / 0.75002)), -0.0001]}
    model = tagger(weights, ["Waste", "Housing"], ["recycling"], floor=0.25)
    answer, said = model.tag("bins"), said_by(model, [entry("bins")])
    assert [theme.label for theme in answer.themes] == ["recycling"]
    assert answer.category_set == ("Waste", "Housing")
    assert said.given.tolist() == [[True]]
    assert said.in_set.tolist() == [[True, True]]


def test_probabilities_are_left_unrounded_for_the_loss_they_cost() -> None:
    model = tagger({"bins": [14.0, 0.0]}, ["Waste", "Housing"])
    said = said_by(model, [entry("bins"), entry("no word of it")])
    assert 8e-7 < said.chances[0, 1] < 9e-7
    assert said.silent.tolist() == [False, True]
