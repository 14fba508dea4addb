from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import tagger as made
from learning.drafts import CATEGORIES, THEMES, draft_table, table

from themetag.codebook import Codebook
from themetag.errors import InputError
from themetag.labels import Alias, Label
from themetag.learning.check.written import read_written
from themetag.learning.exchange.proposals import Proposal, most_useful, propose
from themetag.prediction import ScoredLabel
from themetag.tagger import Tagger

BOOK = Codebook.of_names(CATEGORIES, THEMES)


def proposed(path: Path, tagger: Tagger, known: tuple[str, ...] = ()) -> list[Proposal]:
    return propose(read_written(path), tagger, BOOK, known)


@pytest.fixture
def tagger() -> Tagger:
    """A text of "flats" is Housing 0.6225 to Waste 0.3775, homelessness 0.8808, recycling 0.5."""
    return made(
        {"flats": [0.5, 0.0, 2.0, 0.0], "bins": [0.0, 3.0, -2.0, 2.0]},
        ["Housing", "Waste and Streets"],
        ["homelessness", "recycling"],
    )


def test_a_draft_without_labels_gets_those_of_the_model_with_their_probabilities(tmp_path, tagger):
    (row,) = proposed(draft_table(tmp_path / "d.csv", {"id": "a", "text": "New flats"}), tagger)
    assert (row.category, row.category_probability) == ("Housing", 0.6225)
    assert row.others == (ScoredLabel("Waste and Streets", 0.3775),)
    assert [(x.label, x.probability, x.sentence) for x in row.themes] == [
        ("homelessness", 0.8808, "New flats"),
        ("recycling", 0.5, "New flats"),
    ]
    # All is right with 0.6225 * 0.8808 * 0.5 = 0.27415.
    assert row.uncertainty == pytest.approx(1 - 0.27415, abs=0.0001)


def test_labels_that_the_draft_has_are_kept_and_its_category_is_no_doubt(tmp_path, tagger):
    given = {"id": "a", "text": "New flats", "category": "waste and streets", "themes": "digital"}
    (row,) = proposed(draft_table(tmp_path / "d.csv", given), tagger)
    assert (row.category, row.category_probability) == ("Waste and Streets", 0.3775)
    assert row.others == (ScoredLabel("Housing", 0.6225),)
    assert row.proposed_themes == ("digital",)
    # Neither homelessness nor recycling: (1 - 0.8808) * 0.5.
    assert row.uncertainty == pytest.approx(1 - 0.0596, abs=0.0001)


def test_labels_that_the_codebook_has_no_more_are_not_proposed(tmp_path, tagger):
    path = draft_table(tmp_path / "d.csv", {"id": "a", "text": "bins"})
    smaller = Codebook.of_names(["Housing"], ["homelessness"])
    (row,) = propose(read_written(path), tagger, smaller, [])
    assert (row.category, row.proposed_themes) == ("Housing", ())


@pytest.mark.parametrize("given", ["", "homelessness|recycling"])
def test_a_theme_that_was_renamed_keeps_what_the_model_gives_it(tmp_path, tagger, given):
    renamed = Label("rough-sleeping", "Rough sleeping", aliases=(Alias("homelessness"),))
    book = replace(BOOK, themes=(renamed, Label("recycling", "recycling")))
    path = draft_table(tmp_path / "d.csv", {"id": "a", "text": "New flats", "themes": given})
    (row,) = propose(read_written(path), tagger, book, [])
    assert [(x.label, x.probability) for x in row.themes] == [
        ("rough-sleeping", 0.8808),
        ("recycling", 0.5),
    ]
    # As under its old name: all is right with 0.6225 * 0.8808 * 0.5.
    assert row.uncertainty == pytest.approx(1 - 0.27415, abs=0.0001)


def test_a_theme_that_the_model_does_not_know_has_no_probability(tmp_path, tagger):
    path = draft_table(tmp_path / "d.csv", {"id": "a", "text": "New flats", "themes": "digital"})
    (row,) = proposed(path, tagger)
    assert [(x.label, x.probability) for x in row.themes] == [("digital", None)]


def test_a_theme_that_was_renamed_keeps_the_probability_that_the_model_gives(tmp_path, tagger):
    given = {"id": "a", "text": "New flats", "category": "Housing", "themes": "rough-sleeping"}
    path = draft_table(tmp_path / "d.csv", given)
    themes = (
        Label("rough-sleeping", "Rough sleeping", aliases=(Alias("homelessness"),)),
        *BOOK.themes,
    )
    book = Codebook("2", BOOK.categories, tuple(x for x in themes if x.id != "homelessness"))
    (row,) = propose(read_written(path), tagger, book, [])
    assert [(x.label, x.probability) for x in row.themes] == [("rough-sleeping", 0.8808)]
    # Rough sleeping and no recycling: 0.8808 * 0.5.
    assert row.uncertainty == pytest.approx(1 - 0.4404, abs=0.0001)


def test_a_text_without_a_known_word_gets_no_proposal_says_so_and_is_most_uncertain(
    tmp_path, tagger
):
    rows = [{"id": "a", "text": "flats"}, {"id": "b", "text": "Zyx", "check": "no title line"}]
    first, _ = proposed(draft_table(tmp_path / "d.csv", *rows), tagger)
    assert (first.written.entry.id, first.category, first.themes) == ("b", "", ())
    assert first.category_probability is None
    assert first.check == "no title line; nothing proposed: no-known-terms"


def test_the_uncertain_come_first():
    assert most_useful([0.2, 0.9, 0.5], ["new flats", "weekly bins", "old books"], []) == [1, 2, 0]


def test_what_is_like_known_texts_comes_later():
    assert most_useful([0.9, 0.6], ["new flats", "old books"], ["New flats", "poetry"]) == [1, 0]


def test_what_is_like_an_entry_already_put_first_comes_later():
    texts = ["new flats", "new flats", "old books"]
    assert most_useful([0.9, 0.9, 0.1], texts, []) == [0, 2, 1]


def test_equals_keep_the_order_of_the_draft():
    assert most_useful([0.5] * 3, ["new flats", "weekly bins", "old books"], []) == [0, 1, 2]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (("title", "text"), "has no column of ids, by which answers are put back"),
        (("id", "text"), "id 'a' stands on line 2 already; ids must differ"),
    ],
)
def test_a_draft_whose_entries_cannot_be_told_apart_is_refused(tmp_path, tagger, columns, message):
    rows = [{"id": "a", "title": "b", "text": "flats"}] * 2
    path = table(tmp_path / "d.csv", columns, [{k: row[k] for k in columns} for row in rows])
    with pytest.raises(InputError, match=message):
        proposed(path, tagger)


def test_a_draft_with_more_themes_than_can_be_corrected_is_refused_and_none_is_lost(
    tmp_path, tagger
):
    path = draft_table(tmp_path / "d.csv", {"id": "a", "text": "flats", "themes": "a|b|c|d|e"})
    with pytest.raises(InputError, match=r"d\.csv:2: entry 'a' has 5 themes; at most 4 can"):
        proposed(path, tagger)
