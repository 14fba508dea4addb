"""Draft entries out of award pages of many layouts; the pages here are invented."""

from __future__ import annotations

import csv
import runpy
from pathlib import Path

import pytest
from learning.pages import BOOK, blurb, save

from themetag.errors import CodebookError, InputError
from themetag.learning.ingest.draft import COLUMNS, DraftTable, read_draft

ROOT = Path(__file__).resolve().parents[3]
SCORES = runpy.run_path(str(ROOT / "scripts" / "score_ingest.py"))

BRAMLEY = blurb("The Bramley scheme")
WARM = blurb("The warm hub")
DOORS = blurb("The open door")


def told(draft: DraftTable) -> list[tuple[str, str, str]]:
    return [(row["council"], row["title"], row["text"]) for row in draft.rows]


def places(draft: DraftTable) -> list[tuple[int, int]]:
    return [(int(row["first_line"]), int(row["last_line"])) for row in draft.rows]


def test_council_title_and_text_stand_on_lines_of_their_own(tmp_path):
    page = save(
        tmp_path, "Housing – sponsored by Acorn Homes", "",
        "Averley BC", "", "Bramley Court", "", BRAMLEY, "",
        "Colnebridge City Council with partners", "", "Warm hubs", "", WARM,
    )  # fmt: skip

    draft = read_draft(page, 2025, BOOK)

    assert told(draft) == [
        ("Averley BC", "Bramley Court", BRAMLEY),
        ("Colnebridge City Council with partners", "Warm hubs", WARM),
    ]
    assert places(draft) == [(3, 7), (9, 13)]
    assert tuple(draft.rows[0]) == COLUMNS
    assert {key: value for key, value in draft.rows[0].items() if key not in ("text", "title")} == {
        "id": "2025-housing-01", "year": "2025", "category": "Housing", "council": "Averley BC",
        "themes": "", "primary_theme": "", "plausible_themes": "", "covid": "",
        "project": "2025-housing-01", "source": "page.txt", "first_line": "3", "last_line": "7",
        "category_printed": "true", "category_evidence": "printed heading",
        "council_evidence": "printed", "title_evidence": "printed", "check": "",
    }  # fmt: skip


def test_councils_alone_under_a_heading_are_an_entry_each(tmp_path):
    page = save(tmp_path, "Housing", "Averley BC", "Dunmere DC", "Innovation", "Hull City Council",
                "Children’s Services", "Ealing LBC", "Oldham MBC")  # fmt: skip
    draft = read_draft(page, 2025, BOOK)
    assert [(row["category"], row["council"], row["title"]) for row in draft.rows] == [
        ("Housing", "Averley BC", ""),
        ("Housing", "Dunmere DC", ""),
        ("Innovation", "Hull City Council", ""),
        ("Children’s Services", "Ealing LBC", ""),
        ("Children’s Services", "Oldham MBC", ""),
    ]


def test_a_row_of_a_table_may_name_its_category_after_the_council(tmp_path):
    rows = [
        ("Averley BC", "Housing", "Bramley Court", BRAMLEY),
        ("Dunmere DC", "Innovation", "Warm hubs", WARM),
        ("Hull City Council", "Housing", "Open doors", DOORS),
    ]
    header = "Entrant\tAward\tEntry name\t100 word summary"
    page = save(tmp_path, header, *map("\t".join, rows))
    draft = read_draft(page, 2025, BOOK)
    assert [(row["council"], row["category"], row["title"], row["text"]) for row in draft.rows] == (
        rows
    )


def test_paragraphs_that_begin_with_councils_are_an_entry_each_where_nothing_else_opens_one(
    tmp_path,
):
    texts = [f"{name} {WARM}" for name in ("Ashby BC", "Dunmere DC", "Ealing LBC")]
    page = save(tmp_path, "Housing", *texts, DOORS)
    assert told(read_draft(page, 2025, BOOK)) == [
        ("Ashby BC", "", texts[0]),
        ("Dunmere DC", "", texts[1]),
        ("Ealing LBC", "", f"{texts[2]}\n{DOORS}"),
    ]


def test_paragraphs_that_begin_with_councils_are_told_where_entries_are_opened_otherwise(tmp_path):
    page = save(tmp_path, "Housing", "Averley BC", "Bramley Court", f"Ashby BC {WARM}",
                f"Dunmere DC {WARM}", "Hull City Council", "Open doors", DOORS)  # fmt: skip
    checks = [row["check"] for row in read_draft(page, 2025, BOOK).rows]
    assert "its paragraphs begin with 2 councils, maybe several entries" in checks[0]
    assert checks[1] == ""


@pytest.mark.parametrize(
    ("year", "lines", "note"),
    [
        (2026, ["LGC Awards 2022", "Housing"],
         "line 1 says 'LGC Awards 2022', and --year 2026; is that the page's year?"),
        (2022, ["LGC Awards 2022", "Housing"], ""),
        (2026, ["2025 awards: the winners", "Shortlist of the 2026 awards", "Housing"], ""),
        (2026, ["Housing"], ""),
    ],
)  # fmt: skip
def test_a_page_of_another_year_is_noted(tmp_path, year, lines, note):
    page = save(tmp_path, *lines, "Averley BC", "Bramley Court", BRAMLEY)
    assert read_draft(page, year, BOOK).note == note


def test_the_title_may_stand_over_the_council(tmp_path):
    page = save(
        tmp_path, "Housing",
        "Bramley Court", "Averley BC", BRAMLEY, "Warm hubs", "Dunmere DC", WARM,
    )  # fmt: skip

    assert told(read_draft(page, 2025, BOOK)) == [
        ("Averley BC", "Bramley Court", BRAMLEY),
        ("Dunmere DC", "Warm hubs", WARM),
    ]


def test_a_body_without_a_style_is_the_council_where_the_councils_of_the_page_stand(tmp_path):
    page = save(
        tmp_path, "Housing",
        "Bramley Court", "Averley BC", BRAMLEY, "Warm hubs", "Dunmere Homes", WARM,
    )  # fmt: skip

    second = read_draft(page, 2025, BOOK).rows[1]

    assert (second["council"], second["title"]) == ("Dunmere Homes", "Warm hubs")
    assert second["check"] == "council and title told apart by their order"


@pytest.mark.parametrize("between", [" – ", " - ", ": ", " | "])
@pytest.mark.parametrize("council_first", [True, False])
def test_council_and_title_may_share_a_line(tmp_path, between, council_first):
    openings = [("Averley BC", "Bramley Court"), ("Dunmere DC", "Warm hubs")]
    first, second = (between.join(x if council_first else x[::-1]) for x in openings)
    page = save(tmp_path, "Housing", first, BRAMLEY, second, WARM)

    assert told(read_draft(page, 2025, BOOK)) == [
        ("Averley BC", "Bramley Court", BRAMLEY),
        ("Dunmere DC", "Warm hubs", WARM),
    ]


def test_on_such_a_page_a_body_without_a_style_is_divided_from_the_title_too(tmp_path):
    page = save(
        tmp_path,
        "Housing",
        "Averley BC – Bramley Court",
        BRAMLEY,
        "Dunmere Homes – Warm hubs",
        WARM,
    )

    second = read_draft(page, 2025, BOOK).rows[1]

    assert (second["council"], second["title"]) == ("Dunmere Homes", "Warm hubs")
    assert second["check"] == "council and title told apart by their order"


def test_where_councils_have_lines_of_their_own_a_shared_line_is_a_title(tmp_path):
    page = save(
        tmp_path, "Housing",
        "Averley BC", "Bramley Court", BRAMLEY,
        "Colnebridge CC", "Open doors", DOORS,
        "Dunmere DC: Warm hubs", WARM,
    )  # fmt: skip

    last = read_draft(page, 2025, BOOK).rows[-1]

    assert (last["council"], last["title"]) == ("Dunmere DC", "Dunmere DC: Warm hubs")
    assert last["council_evidence"] == "text"


def test_a_winners_page_gives_the_entries_without_marks_and_praise(tmp_path):
    page = save(
        tmp_path, "Housing",
        "Winner", "Averley BC", "Bramley Court", BRAMLEY,
        "The judges said: “A scheme that every council should copy.”",
        "Highly commended: Dunmere DC", "Warm hubs", WARM,
        "Judges’ comments", "A strong field, and this one moved us.",
        "Shortlisted", "Tarrow Vale CC", "Open doors", DOORS,
        "Judges", "Ann Smith", "Bo Jones, chief executive, Averley BC",
    )  # fmt: skip

    draft = read_draft(page, 2025, BOOK)

    assert told(draft) == [
        ("Averley BC", "Bramley Court", BRAMLEY),
        ("Dunmere DC", "Warm hubs", WARM),
        ("Tarrow Vale CC", "Open doors", DOORS),
    ]
    assert draft.rows[0]["check"] == "boilerplate left out beside it"


def test_furniture_before_between_and_after_stays_out(tmp_path):
    page = save(
        tmp_path,
        "Home", "Sign in", "We use cookies to improve your experience on this site.",
        "The awards are back, and here is what you need to know about them this year.",
        "Housing", "Sponsored by Acorn Homes", "• Comment",
        "Averley BC", "Bramley Court", "Picture 1: Bramley Court at dusk", BRAMLEY,
        "3 comments", "Well done all! This is what it is about.", "Dunmere DC",
        "Related articles", "Why the budget matters", "© 2025 Awards Ltd",
    )  # fmt: skip

    draft = read_draft(page, 2025, BOOK)

    assert told(draft) == [("Averley BC", "Bramley Court", BRAMLEY)]
    assert draft.rows[0]["check"] == (
        "boilerplate left out beside it; what follows it is left out as comments or other articles"
    )


def test_a_sign_in_line_over_the_entries_ends_nothing(tmp_path):
    page = save(
        tmp_path,
        "Housing",
        "Sign in to join the discussion",
        "Averley BC",
        "Bramley Court",
        BRAMLEY,
    )

    assert told(read_draft(page, 2025, BOOK)) == [("Averley BC", "Bramley Court", BRAMLEY)]


def test_a_menu_of_categories_is_no_heading(tmp_path):
    page = save(
        tmp_path, "Children’s Services", "Innovation", "Housing",
        "Public-public partnership", "Innovation",
        "Averley BC", "Bramley Court", BRAMLEY,
        "Housing", "Innovation", "Children’s Services",
    )  # fmt: skip

    draft = read_draft(page, 2025, BOOK)

    assert [row["category"] for row in draft.rows] == ["Innovation"]
    assert told(draft) == [("Averley BC", "Bramley Court", BRAMLEY)]


@pytest.mark.parametrize(
    ("heading", "category"),
    [
        ("HOUSING", "Housing"),
        ("Housing initiative", "Housing"),
        ("Category: Housing", "Housing"),
        ("Housing award 2025", "Housing"),
        ("Children's services - in association with Zed", "Children’s Services"),
        ("Public-public partnership (sponsored by Zed)", "Public/Public Partnership"),
        ("Public / Public Partnership", "Public/Public Partnership"),
    ],
)
def test_headings_are_known_by_name_and_alias(tmp_path, heading, category):
    page = save(tmp_path, heading, "Averley BC", "Bramley Court", BRAMLEY)

    row = read_draft(page, 2025, BOOK).rows[0]

    assert (row["category"], row["category_printed"]) == (category, "true")


def test_the_page_of_an_old_year_may_have_a_category_that_is_retired_now(tmp_path):
    page = save(tmp_path, "Efficiency", "Averley BC", "Bramley Court", BRAMLEY)

    row = read_draft(page, 2018, BOOK).rows[0]

    assert (row["id"], row["category"]) == ("2018-efficiency-01", "Efficiency")


@pytest.mark.parametrize(
    ("heading", "check"),
    [
        ("Team of the Year", "legacy category 'Team of the Year' is not mapped (line 1)"),
        ("Best Bins – sponsored by Zed", "no category 'Best Bins' in the codebook (line 1)"),
    ],
)
def test_a_heading_that_names_no_category_leaves_it_empty(tmp_path, heading, check):
    page = save(tmp_path, heading, "Averley BC", "Bramley Court", BRAMLEY)

    row = read_draft(page, 2025, BOOK).rows[0]

    assert (row["id"], row["category"], row["category_printed"]) == (
        "2025-unlabelled-01", "", "false",
    )  # fmt: skip
    assert row["check"] == check


def test_the_category_given_stands_where_no_known_heading_does(tmp_path):
    page = save(tmp_path, "Shortlist 2025", "Averley BC", "Bramley Court", BRAMLEY)

    row = read_draft(page, 2025, BOOK, "children's services").rows[0]

    assert (row["id"], row["category"]) == ("2025-childrens-services-01", "Children’s Services")
    assert (row["category_printed"], row["category_evidence"]) == ("false", "given")
    assert row["check"] == ""


def test_a_heading_goes_before_the_category_given_and_says_so(tmp_path):
    page = save(tmp_path, "Housing", "Averley BC", "Bramley Court", BRAMLEY)

    row = read_draft(page, 2025, BOOK, "Innovation").rows[0]

    assert (row["category"], row["check"]) == (
        "Housing", "the heading on line 1 is not the category given",
    )  # fmt: skip


def test_an_unknown_category_is_refused_with_the_nearest(tmp_path):
    page = save(tmp_path, "Averley BC", "Bramley Court", BRAMLEY)

    with pytest.raises(CodebookError, match="unknown category 'Huosing'; did you mean 'Housing'"):
        read_draft(page, 2025, BOOK, "Huosing")


def test_without_a_heading_the_entries_begin_with_the_first_council(tmp_path):
    page = save(
        tmp_path, "News of the week", BRAMLEY, "Averley BC", "Warm hubs", WARM, "Dunmere DC", DOORS
    )

    draft = read_draft(page, 2025, BOOK, "Housing")

    assert told(draft) == [("Averley BC", "Warm hubs", WARM), ("Dunmere DC", "", DOORS)]
    assert [row["check"] for row in draft.rows] == ["", "no title line"]


def test_a_page_whose_category_nothing_tells_is_refused_with_both_remedies(tmp_path):
    page = save(tmp_path, "Best Council Team", "Averley BC", BRAMLEY)

    with pytest.raises(InputError) as caught:
        read_draft(page, 2025, BOOK)

    assert str(caught.value) == (
        f"{page}: no category heading of the codebook stands on it: if it shows one category, "
        "name that with --category; if it is of another award, give its --codebook"
    )


def test_several_paragraphs_are_one_text_of_as_many_lines(tmp_path):
    page = save(
        tmp_path, "Housing", "Averley BC", "Bramley Court", BRAMLEY, "• twelve homes", "", DOORS
    )

    draft = read_draft(page, 2025, BOOK)

    assert told(draft) == [("Averley BC", "Bramley Court", f"{BRAMLEY}\n• twelve homes\n{DOORS}")]
    assert places(draft) == [(2, 7)]


def test_subheadings_are_part_of_the_text(tmp_path):
    page = save(
        tmp_path, "Housing",
        *(line for name in ("Averley BC", "Dunmere DC", "Tarrow Vale CC")
          for line in (name, f"{name} hubs", "The challenge", BRAMLEY, "The outcome", WARM)),
    )  # fmt: skip

    draft = read_draft(page, 2025, BOOK)

    assert [row["council"] for row in draft.rows] == ["Averley BC", "Dunmere DC", "Tarrow Vale CC"]
    assert [row["text"].count("\n") for row in draft.rows] == [3, 3, 3]


def test_a_lone_short_line_among_councils_may_begin_an_entry_and_is_told(tmp_path):
    page = save(
        tmp_path, "Housing",
        "Averley BC", "Bramley Court", BRAMLEY, "What came of it", DOORS,
        "Dunmere DC", "Warm hubs", WARM, "Tarrow Vale CC", "Open doors", DOORS,
    )  # fmt: skip

    first, *_ = read_draft(page, 2025, BOOK).rows

    assert first["text"] == f"{BRAMLEY}\nWhat came of it\n{DOORS}"
    assert "line 5 may begin another entry" in first["check"]


def test_a_lone_short_line_over_a_council_may_be_a_heading_and_is_told_on_both_sides(tmp_path):
    page = save(
        tmp_path, "Housing",
        "Averley BC", "Bramley Court", BRAMLEY, "Machines that learn",
        "Dunmere DC", "Warm hubs", WARM, "Tarrow Vale CC", "Open doors", DOORS,
    )  # fmt: skip

    before, after, _ = read_draft(page, 2025, BOOK).rows

    assert "line 5 may begin another entry" in before["check"]
    assert after["check"] == "line 5 above it may be a heading"


def test_an_unknown_heading_of_the_level_of_the_known_ones_ends_their_category(tmp_path):
    page = save(
        tmp_path,
        f"<h1>Shortlist</h1><h2>Housing</h2><h3>Averley BC</h3><p>Bramley Court</p><p>{BRAMLEY}</p>"
        "<figure><figcaption>The new court</figcaption></figure>"
        f"<h2>Machines</h2><h3>Dunmere DC</h3><p>Warm hubs</p><p>{WARM}</p>"
        f"<h2>Comments</h2><p>Well done Averley BC!</p>",
        name="page.html",
    )

    first, second = read_draft(page, 2025, BOOK).rows

    assert (first["category"], first["text"], first["check"]) == ("Housing", BRAMLEY, "")
    assert (second["category"], second["council"], second["text"]) == ("", "Dunmere DC", WARM)
    assert "no category 'Machines' in the codebook" in second["check"]


def test_numbered_councils_of_a_list_are_entries(tmp_path):
    page = save(tmp_path, "Housing", "1. Averley BC: Bramley Court", "2. Dunmere DC: Warm hubs")

    draft = read_draft(page, 2025, BOOK)

    assert told(draft) == [("Averley BC", "Bramley Court", ""), ("Dunmere DC", "Warm hubs", "")]


def test_short_and_overlong_texts_are_told(tmp_path):
    long = blurb("The long story", 200)
    page = save(
        tmp_path, "Housing",
        "Averley BC", "Bramley Court", "Twelve homes were built.",
        "Dunmere DC", "Warm hubs", WARM, "Tarrow Vale CC", "Open doors", long,
    )  # fmt: skip

    assert [row["check"] for row in read_draft(page, 2025, BOOK).rows] == [
        "text of 4 words", "", "text of 200 words, maybe several entries",
    ]  # fmt: skip


def test_a_list_of_councils_and_titles_gives_entries_without_text(tmp_path):
    page = save(
        tmp_path, "Housing", "Averley BC", "Bramley Court", "Dunmere DC", "Warm hubs",
        "Innovation", "Tarrow Vale CC", "Open doors",
    )  # fmt: skip

    draft = read_draft(page, 2025, BOOK)

    assert told(draft) == [
        ("Averley BC", "Bramley Court", ""),
        ("Dunmere DC", "Warm hubs", ""),
        ("Tarrow Vale CC", "Open doors", ""),
    ]
    assert {row["check"] for row in draft.rows} == {"text of 0 words"}


def lost_lines(n_entries: int) -> list[str]:
    """Return a page of entries of 100 words, every third of which lost what opened it."""
    lines = ["Housing"]
    for number in range(n_entries):
        if number % 3 == 2:
            lines += [blurb(f"Project {number}", 60), blurb("With partners", 38)]
        else:
            lines += [f"Project {number} for all", blurb(f"Project {number}", 98)]
    return lines


def test_where_lines_were_lost_the_word_limit_tells_entries_apart(tmp_path):
    page = save(tmp_path, *lost_lines(45))

    draft = read_draft(page, 2025, BOOK)

    assert len(draft.rows) == 45
    assert draft.rows[2]["text"].startswith("Project 2 brought")
    assert draft.rows[2]["check"] == (
        "no council line; no title line; begins where the words before reach the limit of the page"
    )


def test_a_page_that_prints_its_councils_is_not_cut_by_length(tmp_path):
    lines = [line.replace("for all", "BC") for line in lost_lines(45)]
    lines = [f"Averley {line}" if line.endswith("BC") else line for line in lines]

    assert len(read_draft(save(tmp_path, *lines), 2025, BOOK).rows) == 30


def test_no_limit_is_believed_on_a_page_of_few_entries(tmp_path):
    page = save(tmp_path, *lost_lines(6))

    assert len(read_draft(page, 2025, BOOK).rows) == 4


def test_a_fall_of_the_alphabet_on_a_long_page_empties_the_category(tmp_path):
    names = [f"{letter}verley BC" for letter in "ABCDEFGHIJKLMNOPQRSTUVW"]
    entries = [line for name in [*names, "Ashby DC"] for line in (name, "Open doors", DOORS)]
    page = save(tmp_path, "Housing", *entries)

    *_, before, last = read_draft(page, 2025, BOOK).rows

    assert (before["category"], before["check"]) == ("Housing", "")
    assert (last["id"], last["category"]) == ("2025-unlabelled-01", "")
    assert last["check"] == "a heading may be missing above line 71"


def test_a_short_page_in_another_order_keeps_its_category(tmp_path):
    page = save(
        tmp_path, "Housing", "Yarrow BC", "Open doors", DOORS, "Averley BC", "Warm hubs", WARM
    )

    assert [row["category"] for row in read_draft(page, 2025, BOOK).rows] == ["Housing"] * 2


def test_a_page_without_entries_is_refused_with_a_remedy(tmp_path):
    page = save(tmp_path, "News of the week", BRAMLEY, "More to come", WARM)

    with pytest.raises(InputError) as caught:
        read_draft(page, 2025, BOOK)

    assert str(caught.value) == (
        f"{page}: no entries found: neither a category heading nor a council line; save the page "
        "that lists the entries, or put a heading over them"
    )


def test_a_heading_with_nothing_under_it_is_no_page_of_entries(tmp_path):
    with pytest.raises(InputError, match="no entries found"):
        read_draft(save(tmp_path, "Housing", "Sign in"), 2025, BOOK)


def test_an_empty_page_is_refused(tmp_path):
    with pytest.raises(InputError, match="is empty"):
        read_draft(save(tmp_path, "", "  "), 2025, BOOK)


def test_a_draft_is_written_as_the_tables_of_real_entries_are(tmp_path):
    page = save(tmp_path, "Housing", "Averley BC", "Homes, hubs", BRAMLEY, DOORS)

    read_draft(page, 2025, BOOK).write(tmp_path / "draft.csv", overwrite=False)

    data = (tmp_path / "draft.csv").read_bytes()
    assert b"\r" not in data
    assert b'Averley BC,"Homes, hubs","' in data
    with (tmp_path / "draft.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [dict(row) for row in read_draft(page, 2025, BOOK).rows]
    with (ROOT / "training" / "entries" / "2025.csv").open(encoding="utf-8") as file:
        assert tuple(next(csv.reader(file))) == COLUMNS[:-1]


@pytest.mark.parametrize("year", [2018, 2024, 2025])
@pytest.mark.parametrize("measure", ["boundaries", "councils", "titles", "headings"])
def test_the_partnership_pages_are_read_as_they_were_cut_by_hand(year, measure):
    assert SCORES["score_year"](year)[measure].f1 >= 0.98


def test_the_page_that_lost_its_short_lines_is_nearly_read_as_it_was_cut_by_hand():
    scores = SCORES["score_year"](2022)

    assert scores["boundaries"].f1 >= 0.98
    assert scores["headings"].f1 == 1.0


def test_the_scores_that_are_kept_are_those_of_this_program(capsys):
    SCORES["main"]()

    kept = (ROOT / "benchmarks" / "results" / "ingest.txt").read_text(encoding="utf-8")
    assert capsys.readouterr().out == kept
