from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from themetag.codebook import Codebook
from themetag.errors import CodebookError, InputError
from themetag.labels import Legacy
from themetag.learning.lexicon import Cue, Lexicon, read_cues, single_words
from themetag.linear import Field, Vocabulary

BOOK = Codebook.of_names(["Housing", "Waste"], ["green"])
HEADER = "task,label,term,expert,weight\n"


def test_opinions_are_the_mean_over_all_experts_silence_included() -> None:
    cues = [
        Cue("category", "Waste", "bins", "a", 3),
        Cue("category", "Waste", "bins", "b", 1),
        Cue("theme", "green", "bins", "b", -1),
        Cue("category", "Housing", "rent", "a", 2),
    ]
    opinions = Lexicon.of(cues, BOOK).opinions
    assert {term: row.tolist() for term, row in opinions.items()} == {
        "bins": [0, 2, -0.5],
        "rent": [1, 0, 0],
    }


def test_a_number_in_a_cue_is_any_number() -> None:
    opinions = Lexicon.of([Cue("category", "Waste", "Saved £#m", "a", 1)], BOOK).opinions
    assert list(opinions) == ["saved 0000m", "saved 000m", "saved 00m", "saved 0m"]


def test_labels_that_are_left_out_of_the_codebook_are_passed_over() -> None:
    cues = [Cue("category", "Museums", "bins", "a", 1), Cue("theme", "green", "oak", "b", 2)]
    assert {k: v.tolist() for k, v in Lexicon.of(cues, BOOK).opinions.items()} == {"oak": [0, 0, 1]}


def test_opinions_stand_with_the_words_of_the_whole_text() -> None:
    fields = (
        Field("char", "characters", 3, 3, 1.0),
        Field("title", "words", 1, 1, 1.0, "title"),
        Field("word", "words", 1, 2, 1.0),
        Field("form", "words", 1, 1, 1.0),
    )
    known = Vocabulary(fields, (("bin",), ("bins",), ("bins", "oak"), ("bins",)), np.ones(5))
    found = Lexicon.of([Cue("theme", "green", "bins", "a", 2)], BOOK).weights(known)
    assert found.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 2], [0, 0, 0], [0, 0, 0]]


def test_an_empty_lexicon_says_nothing() -> None:
    known = Vocabulary((Field("word", "words", 1, 1, 1.0),), (("bins",),), np.ones(1))
    assert Lexicon.of([], BOOK).weights(known).shape == (1, 0)


def test_single_words_are_those_of_the_categories_asked_for() -> None:
    cues = [
        Cue("category", "Waste", "crew", "a", 1),
        Cue("category", "Waste", "the crew", "a", 1),
        Cue("category", "Housing", "rent", "a", 1),
        Cue("theme", "Waste", "oak", "a", 1),
    ]
    assert single_words(cues, frozenset({"Waste"})) == {"crew"}


def test_cues_are_read_with_labels_as_the_codebook_has_them(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.csv"
    path.write_text(HEADER + "category,waste,bins,a,3\ntheme,green,oak,b,-1.5\n", "utf-8")
    cues = (Cue("category", "Waste", "bins", "a", 3.0), Cue("theme", "green", "oak", "b", -1.5))
    assert read_cues(path, BOOK) == (cues, [])


def test_cues_of_a_legacy_label_are_passed_over_and_counted(tmp_path: Path) -> None:
    book = replace(BOOK, legacy=(Legacy("Technology", "split"), Legacy("old", "split")))
    rows = ["category,Technology,app,a,3", "category,technology,data,b,2", "theme,old,oak,b,1"]
    path = tmp_path / "lexicon.csv"
    path.write_text(HEADER + "\n".join([*rows, "theme,green,oak,b,-1.5\n"]), "utf-8")
    assert read_cues(path, book) == (
        (Cue("theme", "green", "oak", "b", -1.5),),
        [
            "2 cues of the legacy label 'Technology' passed over",
            "1 cues of the legacy label 'old' passed over",
        ],
    )


def test_an_unknown_label_of_a_cue_is_refused_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.csv"
    path.write_text(HEADER + 'category,Waste,"b\nins",a,3\ncategory,Museums,x,a,1\n', "utf-8")
    with pytest.raises(CodebookError, match=r"lexicon\.csv:4: unknown category 'Museums'"):
        read_cues(path, BOOK)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (HEADER + "category,Museums,bins,a,3\n", CodebookError),
        (HEADER + "kind,Waste,bins,a,3\n", InputError),
        (HEADER + "category,Waste,bins,a,much\n", InputError),
        (HEADER + "category,Waste,bins,a\n", InputError),
        ("task,label,term\ncategory,Waste,bins\n", InputError),
        ("", InputError),
    ],
)
def test_a_table_that_is_none_of_cues_is_refused_by_name(
    tmp_path: Path, content: str, error: type[Exception]
) -> None:
    path = tmp_path / "lexicon.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(error, match=r"lexicon\.csv"):
        read_cues(path, BOOK)
