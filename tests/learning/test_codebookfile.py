from __future__ import annotations

import json
from pathlib import Path

import pytest

from themetag.codebook import Codebook
from themetag.errors import CodebookError
from themetag.learning.codebookfile import read_codebook

BOOK = """version = "2"
[[category]]
id = "waste"
name = "Waste"
aliases = [{ name = "Refuse", last_year = 2019 }]
[[theme]]
id = "green"
name = "Green things"
[theme.crosswalk]
anything = "= 1"
[[legacy]]
name = "Oddments"
reason = "split"
into = ["Waste"]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("[[legacy]]", "[[legcy]]",
         "the codebook has the key 'legcy', which means nothing; did you mean 'legacy'?"),
        ("[[theme]]", "last_yer = 2025\n[[theme]]",
         "category 'Waste' has the key 'last_yer', which means nothing; did you mean 'last_year'?"),
        ("[theme.crosswalk]", "tiebreak = 'x'\n[theme.crosswalk]", "theme 'Green things' has the "
         "key 'tiebreak', which means nothing; did you mean 'tie_break'?"),
        ("last_year = 2019", "lastyear = 2019", "an alias of category 'Waste' has the key "
         "'lastyear', which means nothing; did you mean 'last_year'?"),
        ("into =", "xyz =", "legacy 'Oddments' has the key 'xyz', which means nothing; it may have "
         "name, reason, into, first_year, last_year"),
    ],
)  # fmt: skip
def test_a_key_that_means_nothing_is_refused_by_name(
    tmp_path: Path, right: str, wrong: str, message: str
) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text(BOOK.replace(right, wrong), encoding="utf-8")
    with pytest.raises(CodebookError) as caught:
        read_codebook(path)
    assert str(caught.value) == f"{path}: {message}"


def test_rules_and_the_crosswalk_are_free(tmp_path: Path) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text('rules = ["R1"]\n' + BOOK, encoding="utf-8")
    assert read_codebook(path).theme_ids == ("green",)


@pytest.mark.parametrize("part", ['aliases = "Refuse"', "aliases = [1]"])
def test_a_part_of_the_wrong_kind_is_refused(tmp_path: Path, part: str) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text(f'version = "1"\n[[category]]\nid = "a"\nname = "A"\n{part}\n')
    with pytest.raises(CodebookError, match="a part of the wrong kind"):
        read_codebook(path)


def test_the_codebook_of_a_newer_model_is_read_without_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text(BOOK, encoding="utf-8")
    old = read_codebook(path)
    new = json.loads(json.dumps(old.as_mapping())) | {"colours": []}
    for row in (new["category"][0], new["category"][0]["aliases"][0], new["legacy"][0]):
        row["colour"] = "red"
    assert Codebook.from_mapping(new) == old
