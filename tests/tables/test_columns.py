"""Which columns are taken for id, title and text, on headers as organisers export them."""

from __future__ import annotations

import pytest

from themetag.entry import Entry
from themetag.errors import InputError
from themetag.tables import Columns, choose_columns, choose_entered

# The header, with | between names; the id, the title and the texts that should be found.
HEADERS = [
    (
        "Submission ID|Organisation|Entry title|100 word summary (max)|Supporting statement|"
        "Category entered",
        ("Submission ID", "Entry title", ["100 word summary (max)", "Supporting statement"]),
    ),
    (
        "Entry No.|Council|Category|Project title|Statement (1,000 words)|Summary (100 words)",
        ("Entry No.", "Project title", ["Summary (100 words)", "Statement (1,000 words)"]),
    ),
    (
        "Ref|Local authority|Award category|Title of entry|Synopsis|Full entry text",
        ("Ref", "Title of entry", ["Synopsis", "Full entry text"]),
    ),
    (
        "ID|Title|First name|Surname|Email|Project name|Brief description of project",
        ("ID", "Project name", ["Brief description of project"]),
    ),
    ("Title|First name|Surname|Summary|Job title", (None, None, ["Summary"])),
    (
        "Response ID|Date submitted|Q1. Name of council|Q2. Project title (max 10 words)|"
        "Q3. Summary of your project (100 words max)|Q4. What was the impact? (300 words)",
        (
            "Response ID",
            "Q2. Project title (max 10 words)",
            [
                "Q3. Summary of your project (100 words max)",
                "Q4. What was the impact? (300 words)",
            ],
        ),
    ),
    (
        "Timestamp|Email address|Name of your council|Title of your project|"
        "Please provide a summary of your project (maximum 100 words)|"
        "Please provide your supporting statement, up to 1000 words",
        (
            None,
            "Title of your project",
            [
                "Please provide a summary of your project (maximum 100 words)",
                "Please provide your supporting statement, up to 1000 words",
            ],
        ),
    ),
    (
        "SubmissionID|EntryTitle|EntrySummary|SupportingStatement|SubmittedOn",
        ("SubmissionID", "EntryTitle", ["EntrySummary", "SupportingStatement"]),
    ),
    (
        "Case study ID|Case study title|Overview|Description|Theme|URL",
        ("Case study ID", "Case study title", ["Overview", "Description"]),
    ),
    (
        "Application reference|Name of initiative|Executive summary|Main submission|Document URL",
        ("Application reference", "Name of initiative", ["Executive summary", "Main submission"]),
    ),
    (
        "Nomination ID|Nominee|Supporting statement (max. 5,000 characters)|Summary of costs|"
        "Summary approved",
        ("Nomination ID", None, ["Supporting statement (max. 5,000 characters)"]),
    ),
    (
        "Reference number|Organisation name|Job title|Entry description|Word count|Text colour",
        ("Reference number", None, ["Entry description"]),
    ),
    (
        "Judge's comments|Score|Entry title|Summary|Statement",
        (None, "Entry title", ["Summary", "Statement"]),
    ),
    (
        "100 word summary\n(max)|Entry\u00a0title|Awarding body|Organisation profile (50 words)",
        (None, "Entry\u00a0title", ["100 word summary\n(max)"]),
    ),
    ("Title|Body", (None, "Title", ["Body"])),
    ("headline|body|url|date", (None, "headline", ["body"])),
    ("id|text|label", ("id", None, ["text"])),
    ("comment_id|comment|sentiment", ("comment_id", None, ["comment"])),
    ("query|category", (None, None, ["query"])),
    ("charity_number|name|activities", (None, None, ["activities"])),
    ("Case reference|Complaint|Outcome", ("Case reference", None, ["Complaint"])),
    ("Title|Council|Year", (None, "Title", [])),
    ("Short title (10 words)|Body text", (None, "Short title (10 words)", ["Body text"])),
    # As award platforms and form services export them.
    (
        "Entry ID|Entry local ID|Entry name|Entry status|Category|Chapter|Entrant first "
        "name|Entrant last name|Entrant email|Organisation|100 word summary|Supporting "
        "statement|Submitted date|Created",
        ("Entry ID", "Entry name", ["100 word summary", "Supporting statement"]),
    ),
    (
        "Entry Ref|Award|Entry Title|Entrant|Synopsis of entry for publication (max 100 "
        "words)|Why should this entry win? (max 1,000 words)|Upload 1",
        (
            "Entry Ref",
            "Entry Title",
            [
                "Synopsis of entry for publication (max 100 words)",
                "Why should this entry win? (max 1,000 words)",
            ],
        ),
    ),
    (
        "Nomination Id|Award Name|Category Name|Nomination Title|Council / "
        "Organisation|Entry summary (100 words maximum)|Main entry (1000 "
        "words)|Supporting documents",
        (
            "Nomination Id",
            "Nomination Title",
            ["Entry summary (100 words maximum)", "Main entry (1000 words)"],
        ),
    ),
    (
        "Entry ID|Entry Title|Award Category|Entry Description|Participant "
        "Name|Participant Email|Organisation|Average Score|Judge Comments",
        ("Entry ID", "Entry Title", ["Entry Description"]),
    ),
    (
        "Submission ID|Submission Title|Submitter Name|Submitter Email|Date "
        "Submitted|Status|Project Title|Project Summary|Tell us about your project|Labels",
        ("Submission ID", "Submission Title", ["Project Summary", "Tell us about your project"]),
    ),
    (
        "Submission Number|Submitted On|Applicant|Name of project|Short "
        "description|Statement|Attachments",
        ("Submission Number", "Name of project", ["Short description", "Statement"]),
    ),
    (
        "ID|Start time|Completion time|Email|Name|Name of your organisation|What is the "
        "title of your submission?|Please summarise your submission in no more than 100 "
        "words|Please provide your full supporting statement",
        (
            "ID",
            "What is the title of your submission?",
            [
                "Please summarise your submission in no more than 100 words",
                "Please provide your full supporting statement",
            ],
        ),
    ),
    (
        "Timestamp|Username|Organisation|Title of your project/initiative|Describe your "
        "project in 100 words|Describe the impact (maximum 500 words)",
        (
            None,
            "Title of your project/initiative",
            ["Describe your project in 100 words", "Describe the impact (maximum 500 words)"],
        ),
    ),
    (
        "Submission Date|Submission ID|Full Name - First Name|Full Name - Last "
        "Name|E-mail|Organisation|Entry Title|Entry Summary (100 words)|Supporting "
        "Statement|IP",
        ("Submission ID", "Entry Title", ["Entry Summary (100 words)", "Supporting Statement"]),
    ),
    (
        "Respondent ID|Collector ID|Start Date|IP Address|Name of local authority|Project"
        " title|Summary (no more than 100 words)|Background|Outcomes|Open-Ended Response",
        ("Respondent ID", "Project title", ["Summary (no more than 100 words)"]),
    ),
    (
        "Application ID|Application Title|Category|Primary Contact|Synopsis|Entry Narrative|Score",
        ("Application ID", "Application Title", ["Synopsis", "Entry Narrative"]),
    ),
    (
        "Abstract ID|Abstract Title|Abstract Text|Author|Affiliation",
        ("Abstract ID", "Abstract Title", ["Abstract Text"]),
    ),
    (
        "Ref No|Title of Submission|Summary text (100 words)|Body of submission|Council name",
        ("Ref No", "Title of Submission", ["Summary text (100 words)", "Body of submission"]),
    ),
    (
        "Application No|Project|Project overview|Project description|Budget",
        ("Application No", "Project", ["Project overview", "Project description"]),
    ),
    (
        "Entry title|Summary (100 words)|Summary (100 words) - word count|Statement",
        (None, "Entry title", ["Summary (100 words)", "Statement"]),
    ),
    (
        "Entry ID|Entry title|Entry summary|Section 1: Innovation (250 words)|Section 2: "
        "Outcomes (250 words)|Section 3: Partnership working (250 words)",
        (
            "Entry ID",
            "Entry title",
            [
                "Entry summary",
                "Section 1: Innovation (250 words)",
                "Section 2: Outcomes (250 words)",
                "Section 3: Partnership working (250 words)",
            ],
        ),
    ),
    (
        "No.|Name of entry|Write-up|Category",
        (None, "Name of entry", ["Write-up"]),
    ),
    (
        "Nomination reference|Award nominated for|Citation|Nominee name",
        ("Nomination reference", None, ["Citation"]),
    ),
    (
        "submission_id|entry_title|summary_100_words|supporting_statement|organisation_name",
        ("submission_id", "entry_title", ["summary_100_words", "supporting_statement"]),
    ),
]

# Nothing here is surely the text of an entry; a guess would go unseen.
UNCERTAIN = [
    "Awarding body|Description of organisation|Contact name",
    "Award title|Council|Statement of accuracy agreed|Submission type",
    "Feedback ID|Trust|Feedback|Comments",
    "Entrant|Entry|Notes",
    "Quote (20 words)|Biography (50 words)",
]


@pytest.mark.parametrize(("header", "expected"), HEADERS)
def test_columns_are_recognised_by_what_they_are_called(header, expected):
    names = header.split("|")
    found = choose_columns(names, "a.csv")

    def name(at):
        return None if at is None else names[at]

    assert (name(found.id), name(found.title), [name(at) for at in found.text]) == expected


@pytest.mark.parametrize("header", UNCERTAIN)
def test_a_doubtful_header_is_refused_and_its_columns_listed(header):
    names = header.split("|")
    with pytest.raises(InputError) as caught:
        choose_columns(names, "a.csv")
    assert str(caught.value) == (
        "a.csv: no column reads like a text; name it with --text. "
        f"The columns are: {', '.join(repr(name) for name in names)}"
    )


def test_named_columns_win_and_are_joined_in_the_order_given():
    names = ["Ref", "What", "Why", "Summary"]
    chosen = choose_columns(names, "a.csv", id="why", title="REF", text=["Summary", " what "])
    assert chosen == Columns(2, 0, (3, 1))


def test_a_name_with_a_line_end_can_be_given_with_a_space():
    assert choose_columns(["Summary\n(max)"], "a.csv", text=["summary (max)"]).text == (0,)


def test_a_misspelt_name_is_answered_with_the_nearest_and_all_others():
    with pytest.raises(InputError) as caught:
        choose_columns(["Ref", "Statement"], "a.csv", text=["statment"])
    assert str(caught.value) == (
        "a.csv: no column 'statment'; did you mean 'Statement'? The columns are: 'Ref', 'Statement'"
    )


def test_a_very_wide_table_is_not_listed_whole():
    names = [f"c{i}" for i in range(45)]
    with pytest.raises(InputError, match=r"'c39' and 5 more$"):
        choose_columns(names, "a.csv")


def test_an_entry_has_the_line_ends_of_a_document():
    entry = Columns(None, 0, (1, 2)).entry(7, [" Warm\rhubs ", "One.\r\nTwo.", " \t"])
    assert entry == Entry("7", "Warm\nhubs", "One.\nTwo.")


def test_the_choice_is_told_in_words():
    names = ["Ref", "Title", "Summary", "Statement"]
    assert Columns(0, 1, (2, 3)).described(names) == (
        "id: 'Ref', title: 'Title', text: 'Summary' + 'Statement'"
    )
    assert Columns(None, 1, ()).described(names) == (
        "id: row number, title: 'Title', text: none, so titles alone are read"
    )


@pytest.mark.parametrize(
    ("header", "entered"),
    [
        ("Ref|Category entered|Entry title", "Category entered"),
        ("Category|Award category|Entry category", "Award category"),
        ("Title|Category|Summary", "Category"),
        ("Title|Category name", "Category name"),
        ("Title|Which category are you entering?", "Which category are you entering?"),
        ("EntryTitle|AwardCategory", "AwardCategory"),
        ("Q1. Title|Q2. Category you are entering", "Q2. Category you are entering"),
        ("Category|Category entered", "Category entered"),
        ("Title|Sub-category|Category code|Price category|Second choice category", None),
        ("text|category|category_probability|category_2|category_2_probability", None),
        ("Category entered|category|category_probability", "Category entered"),
        ("Title|Summary", None),
        ("", None),
    ],
)
def test_the_column_of_entered_categories_is_found_by_its_name(header, entered):
    names = header.split("|")
    found = choose_entered(names, "a.csv")

    assert (None if found is None else names[found]) == entered


def test_a_named_column_of_entered_categories_is_taken_whatever_it_is_called():
    assert choose_entered(["Strand", "Category"], "a.csv", "strand") == 0


def test_a_named_column_of_entered_categories_that_is_not_there_is_refused():
    with pytest.raises(InputError, match=r"^a.csv: no column 'Categry'; did you mean 'Category'\?"):
        choose_entered(["Category"], "a.csv", "Categry")
