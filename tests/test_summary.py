"""What the page about a batch says; how it behaves in a browser is in test_summary_in_browser."""

from __future__ import annotations

import html
import re

import builders
import pytest

from themetag.codebook import Codebook, Label, Legacy
from themetag.entered import Entered
from themetag.entry import Entry
from themetag.intake import Intake
from themetag.quality import OftenWrong, Quality, often_wrong, quality
from themetag.summary import (
    Duplicates,
    category_counts,
    heat_map,
    near_duplicates,
    summary_page,
    unknown_labels,
)
from themetag.tables import Answer
from themetag.tables.rows import Row
from themetag.tagger import Tagger

# A text of one word has the value 1 there: its score is the word's weight.
WEIGHTS = {"flats": (4, 0, 0, 3), "bins": (0, 4, 0, -3), "books": (0, 0, 4, -3)}
CATEGORIES = ("Housing", "Waste", "Libraries")
MANIFEST = {
    "metrics": {
        "how": "five folds",
        "category": {
            "top1": {"value": 0.62, "low": 0.55, "high": 0.69, "n": 208},
            "coverage": {"value": 0.894, "low": 0.85, "high": 0.93, "n": 208},
        },
        "themes": {"micro_f1": {"value": None, "low": None, "high": None, "n": 0}},
    },
    "corpus": {"entries": {"real": 211, "restated": 66, "invented": 5889}},
    "recipe": {"caveats": ["Most of the training text is invented."]},
}


def tagger() -> Tagger:
    return builders.tagger(WEIGHTS, CATEGORIES, ("homes",), floor=0.1)


def intake_of(
    *rows: tuple[str, str, str], model: Tagger | None = None, at: int | None = 0
) -> Intake:
    """An intake of rows of a category entered, a title and a body."""
    model = model or tagger()
    intake = Intake(model.codebook, at)
    for number, (entered, title, body) in enumerate(rows, start=1):
        entry = Entry(f"id-{number}", title, body)
        row = Row(number, number + 1, (entered,))
        error = None if entry.text else "no text"
        intake.see(Answer(row, entry, model.tag(entry, with_evidence=False), error))
    intake.finish()
    return intake


def words_of(page: bytes) -> str:
    """The text of a page, white space made even."""
    body = re.sub(r"(?s)<(style|script|title)>.*?</\1>", "", page.decode())
    spaced = re.sub("</t[dh]>|<br>", " ", body)
    return " ".join(html.unescape(re.sub("<[^>]*>", "", spaced)).split())


def page_of(*rows: tuple[str, str, str], at: int | None = 0) -> str:
    return words_of(summary_page(intake_of(*rows, at=at), tagger(), MANIFEST, "entries.csv"))


def test_an_entry_that_reads_like_another_category_is_told_with_its_words():
    text = page_of(("Waste", "Forty flats", "flats"), ("Waste", "", "bins"), ("Waste", "", "bins"))

    # A softmax of the scores 4, 0 and 0.
    assert "entered in Waste, reads like Housing 0.96 unlikely 0.02 flats" in text
    assert "2 read like the category entered; 0 read a little more like another one" in text
    assert "1 read like another one, and the one entered is unlikely." in text


def test_the_page_says_what_it_is_which_model_and_how_good():
    text = page_of(("Waste", "", "bins"))

    assert "entries.csv: 1 entry, read by themetag model test" in text
    assert "They do not judge the quality of an entry, rank entries or predict winners" in text
    assert "category right at the first guess 0.62 0.55 to 0.69 208" in text
    assert "Measured by five folds." in text
    assert "unlikely for 11 in 100, and read 38 in 100 as another first" in text
    assert "trained on 211 real, 66 restated and 5,889 invented entries" in text
    assert "Most of the training text is invented." in text


def test_without_a_column_of_entered_categories_the_page_says_how_to_get_it():
    text = page_of(("Waste", "", "bins"), at=None)

    assert "Run the batch again with --entered and the name of that column." in text
    assert "Entered in" not in text


def test_where_no_entered_category_is_known_nothing_is_said_to_be_compared():
    text = page_of(("Best use of AI", "", "bins"), ("", "", "bins"))

    assert "No entry with an answer was entered in a category that the model knows." in text
    assert "read like the category entered" not in text
    assert "1 entry entered in something that is no category of model test" in text
    assert "1 entry has no category entered." in text


def test_entries_without_an_answer_and_in_error_are_told_in_words():
    text = page_of(("Waste", "Lasagne", "eggs"), ("Waste", "", ""))

    assert "1 entry: the model knows none of its words." in text
    assert "Lasagne id-1 Waste the model knows none of its words" in text
    assert "id-2 3 no text" in text


def test_an_empty_batch_has_a_page_too():
    text = page_of()

    for line in ("No two texts are alike", "Every row could be read.", "There are no entries."):
        assert line in text


def test_models_of_one_task_have_a_page_of_that_task():
    themes = builders.tagger({"flats": (3,), "bins": (-3,)}, (), ("homes",))
    categories = builders.tagger({"flats": (3, 0), "bins": (0, 3)}, ("Housing", "Waste"))
    pages = [
        words_of(summary_page(intake_of(("", "", "flats"), model=model), model, {}, "a.csv"))
        for model in (themes, categories)
    ]

    for page, has, lacks in ((pages[0], "Theme", "Reads like"), (pages[1], "Reads like", "Theme")):
        assert has in page
        assert lacks not in page
        assert "The model’s folder holds no figures" in page


def test_what_was_entered_and_is_unknown_is_listed_with_what_is_the_matter():
    book = Codebook("1", (Label("h", "Housing"),), (), (Legacy("Old", "it was two categories"),))
    entered = Entered(book, 0)
    entered.unknown.update({"Huosing": 2, "Old": 3})

    assert unknown_labels(entered, book) == [
        ("Old", 3, "legacy category 'Old' is not mapped: it was two categories"),
        ("Huosing", 2, "unknown category 'Huosing'; did you mean 'Housing'?"),
    ]


def test_every_category_is_counted_as_entered_and_as_read_the_fullest_first():
    intake = intake_of(("Housing", "", "bins"), ("Housing", "", "bins"), ("Waste", "", "flats"))

    assert category_counts(intake, tagger().codebook) == [
        ("Waste", 2, 1),
        ("Housing", 1, 2),
        ("Libraries", 0, 0),
    ]


def test_the_heat_map_shows_what_meets_and_leaves_out_what_nothing_has():
    intake = intake_of(("", "", "flats"), ("", "", "flats"), ("", "", "bins"))
    found = heat_map(intake, tagger().codebook)

    assert (found.categories, found.themes) == (("Housing", "Waste"), ("homes",))
    assert (found.values, found.shades) == ([[2], [0]], [[6], [0]])


def test_near_duplicates_across_categories_come_first():
    same = "Weekly bins and books for every street"
    other = "Forty flats for people who slept rough"
    found = near_duplicates(
        intake_of(
            ("Waste", "", same), ("Waste", "", same), ("Housing", "", other), ("Waste", "", other)
        )
    )

    assert (found.n, found.n_across) == (2, 1)
    assert [(pair.first.number, pair.second.number) for pair in found.shown] == [(3, 4), (1, 2)]
    assert [(pair.similarity, pair.is_across) for pair in found.shown] == [(1, True), (1, False)]


def test_without_entered_categories_twins_are_across_by_what_they_read_like():
    rows = ("", "", "flats and words to share"), ("", "", "bins and words to share")
    found = near_duplicates(intake_of(*rows, at=None))

    assert (found.n, found.n_across) == (1, 1)


def test_rows_without_a_text_are_no_duplicates_of_one_another():
    assert near_duplicates(intake_of(("", "", ""), ("", "", ""))) == Duplicates([], 0, 0, 8_000)


def test_the_more_texts_there_are_the_less_of_each_is_held_against_the_others():
    intake = intake_of(*[("", "", "flats")] * 4_000)

    assert near_duplicates(intake).n_characters == 2_000  # eight million in all


def test_figures_that_were_not_measured_are_left_out():
    assert quality(MANIFEST) == [
        Quality("category right at the first guess", 0.62, 0.55, 0.69, 208),
        Quality("true category among the likely ones", 0.894, 0.85, 0.93, 208),
    ]
    assert often_wrong(MANIFEST) == OftenWrong(11, 38)
    assert (quality({}), often_wrong({})) == ([], None)


@pytest.mark.parametrize("typed", ["<b>Bold</b>", "'\"><img src=x onerror=alert(1)>", "\u202egnp"])
def test_what_people_typed_is_text_wherever_it_stands(typed):
    intake = intake_of((typed, typed, "flats"), (typed, typed, ""), ("Waste", typed, "bins flats"))
    page = summary_page(intake, tagger(), MANIFEST, typed).decode()

    assert "<b>" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert page.count("<script>") == 1


def test_long_titles_are_cut():
    intake = intake_of(("y" * 10_000, "x" * 10_000, "flats"))
    page = summary_page(intake, tagger(), {}, "a.csv").decode()

    assert max(map(len, re.findall("x+|y+", page))) < 250


def test_the_same_batch_gives_the_same_bytes():
    rows = (("Waste", "a", "flats"), ("Nonsense", "b", "bins"), ("", "c", "books"))
    pages = {summary_page(intake_of(*rows), tagger(), MANIFEST, "a.csv") for _ in range(2)}

    assert len(pages) == 1
