from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themetag.entry import Entry
from themetag.text import words

TWENTY_WORDS = " ".join(["warm"] * 20)


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("Warm hubs\n\nForty opened.", "Warm hubs", "Forty opened."),
        ("\n\n Warm hubs \n \t \n\n\n Forty opened.\n\nBills fell.\n", "Warm hubs",
         "Forty opened.\n\nBills fell."),
        ("Warm hubs\r\n\r\nForty\r\nopened.", "Warm hubs", "Forty\nopened."),
        ("Warm hubs\r\rForty opened.", "Warm hubs", "Forty opened."),
        ("Warm hubs\nForty opened.", "", "Warm hubs\nForty opened."),
        ("Warm hubs\nof Ely\n\nForty opened.", "", "Warm hubs\nof Ely\n\nForty opened."),
        (f"{TWENTY_WORDS}\n\nForty.", TWENTY_WORDS, "Forty."),
        (f"{TWENTY_WORDS} hubs\n\nForty.", "", f"{TWENTY_WORDS} hubs\n\nForty."),
        ("Warm hubs", "", "Warm hubs"),
        ("Warm hubs\n\n", "", "Warm hubs"),
        ("", "", ""),
        (" \n\n \t", "", ""),
    ],
)  # fmt: skip
def test_a_first_paragraph_of_one_short_line_is_the_title(text: str, title: str, body: str) -> None:
    assert Entry.from_text("7", text) == Entry("7", title, body)


@pytest.mark.parametrize(
    ("title", "body", "text"),
    [
        ("Warm hubs", "Forty opened.", "Warm hubs\n\nForty opened."),
        (" Warm hubs\n", "\n Forty opened. ", "Warm hubs\n\nForty opened."),
        ("Warm hubs", "", "Warm hubs"),
        ("", "Forty opened.", "Forty opened."),
        (" ", "\n", ""),
    ],
)
def test_the_text_is_title_blank_line_body(title: str, body: str, text: str) -> None:
    assert Entry("7", title, body).text == text


@given(st.text(alphabet="ab \r\n\t\v\u2028é.") | st.text())
def test_finding_the_title_loses_no_word(text: str) -> None:
    assert words(Entry.from_text("-", text).text) == words(text)


@given(st.text(alphabet="ab \r\n\t") | st.text())
def test_the_text_of_an_entry_gives_the_entry_again(text: str) -> None:
    entry = Entry.from_text("-", text)
    assert Entry.from_text("-", entry.text).text == entry.text


def test_an_entry_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Entry("7", "Warm hubs", "").title = "Cold hubs"  # type: ignore[misc]
