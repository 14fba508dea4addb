"""What a council line looks like, and what only names a council."""

from __future__ import annotations

import pytest

from themetag.learning.ingest.councils import council_and_title, council_within, is_council_line


@pytest.mark.parametrize(
    "line",
    [
        "Averley BC",
        "Averley & Tarrow RBC",
        "Colnebridge City Council",
        "The City of Colnebridge Council",
        "London Borough of Averley",
        "Ministry of Bridges, Ferries and Fords",
        "Averley, Dunmere & Tarrow DCs",
        "Averley BC, Dunmere DC and Tarrow Vale CC",
        "Averley BC, Tarrow Vale CC and Colne Valley NHS Foundation Trust",
        "Averley BC with Dunmere Police, the Tarrow Trust and people of the town",
        "Averley & Dunmere Combined Authority",
    ],
)
def test_a_council_line(line):
    assert is_council_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Averley BC Clean Streets",
        "Averley BC's Innovation Unit",
        "Averley BC: Clean Streets",
        "Averley BC – Clean Streets",
        "Market Square, Averley Borough Council",
        "How the town met its Council",
        "Averley BC and 'Everyone Home'",
        "Clean Streets",
        "Averley BC has swept its streets.",
    ],
)
def test_no_council_line(line):
    assert not is_council_line(line)


def test_a_shared_line_is_divided_beside_the_council():
    assert council_and_title("Averley BC: Clean streets - for all") == (
        "Averley BC", "Clean streets - for all",
    )  # fmt: skip
    assert council_and_title("Clean streets - for all: Averley BC") == (
        "Averley BC", "Clean streets - for all",
    )  # fmt: skip
    assert council_and_title("Clean streets: how we swept") is None


@pytest.mark.parametrize(
    ("text", "council"),
    [
        ("In Averley, the City Council met Dunmere DC.", "Dunmere DC"),
        ("Market Square, Averley Borough Council", "Averley Borough Council"),
        ("At Averley & Tarrow Council’s depot", "Averley & Tarrow Council"),
        ("the London Borough of Averley swept", "London Borough of Averley"),
        ("our council swept", ""),
    ],
)
def test_running_text_names_a_council(text, council):
    assert council_within(text) == council
