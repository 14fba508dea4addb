from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from learning.corpora import RECIPE, separable
from learning.kept import row, save

from themetag import artifact
from themetag.errors import ArtifactError
from themetag.learning.check.judge import Judge
from themetag.learning.folds import cross_validate
from themetag.learning.outoffold import KeptAnswers
from themetag.learning.prepared import Prepared
from themetag.learning.train import train

GOOD = row("a", "Housing", [0.75, 0.25], group=1)


def kept(folder: Path) -> KeptAnswers:
    return KeptAnswers.read(folder, artifact.load(folder).codebook)


def test_what_training_keeps_comes_back_in_codebook_order(tmp_path: Path) -> None:
    corpus = separable(24)
    train(corpus, RECIPE, tmp_path / "1")
    found, book = kept(tmp_path / "1"), artifact.load(tmp_path / "1").codebook
    assert found.ids == tuple(str(i) for i in range(1, 25))
    assert found.category == tuple(row.category for row in corpus.real)
    assert [frozenset(x or ()) for x in found.themes] == [row.themes for row in corpus.real]
    assert found.chances.shape == found.stated.in_set.shape == (24, 3)
    assert found.theme_chances.shape == found.stated.given.shape == (24, len(book.theme_ids))
    said = cross_validate(Prepared.of(corpus, RECIPE), RECIPE.seed).answers
    np.testing.assert_array_equal(found.group, said.group)
    np.testing.assert_array_equal(found.stated.in_set, said.in_set)
    np.testing.assert_array_equal(found.stated.given, said.given)
    np.testing.assert_array_equal(found.stated.silent, said.silent)


def test_older_models_say_neither_groups_nor_abstentions(tmp_path: Path) -> None:
    found = kept(save(tmp_path / "1", [row("a", "Housing", [0.75, 0.25])]))
    assert (found.group, found.stated) == (None, None)


def test_what_is_stated_and_silent_is_read(tmp_path: Path) -> None:
    rows = [row("a", "Housing", [0.6, 0.4], ["x"], [0.7], stated=(["Waste"], ["x"])),
            row("b", None, [0.6, 0.4], None, [0.7], stated=([], []), silent=True)]  # fmt: skip
    stated = kept(save(tmp_path / "1", rows, themes=["x"])).stated
    assert stated.in_set.tolist() == [[False, True], [False, False]]
    assert (stated.given.tolist(), stated.silent.tolist()) == ([[True], [False]], [False, True])


@pytest.mark.parametrize(
    "bad",
    [
        {key: value for key, value in GOOD.items() if key != "fold"},
        GOOD | {"category_probabilities": [1.0]},
        GOOD | {"category_set": ["Parks"], "given": [], "silent": False},
        GOOD | {"themes": 3},
    ],
)
@pytest.mark.parametrize("read", [kept, Judge.of])
def test_answers_that_do_not_fit_are_one_line_to_whoever_reads_them(
    tmp_path: Path, bad: dict[str, Any], read: Any
) -> None:
    with pytest.raises(ArtifactError, match="the out-of-fold answers do not fit"):
        read(save(tmp_path / "1", [GOOD, bad]))
