"""Pages as people save them: text of all kinds, web pages, Word documents."""

from __future__ import annotations

import textwrap
from pathlib import Path

import docx
import pytest
from learning.pages import BOOK, blurb, save

from themetag.learning.ingest.draft import read_draft
from themetag.learning.ingest.pages import Line, read_lines

BRAMLEY, WARM = blurb("The Bramley scheme", 60), blurb("The warm hub", 60)
PAGE = ("Housing", "Averley BC", "Bramley Court", BRAMLEY, "Dunmere DC", "Warm hubs", WARM)
ENTRIES = [("Averley BC", "Bramley Court", BRAMLEY), ("Dunmere DC", "Warm hubs", WARM)]


def entries_of(page: Path) -> list[tuple[str, str, str]]:
    rows = read_draft(page, 2025, BOOK).rows
    return [(row["council"], row["title"], row["text"]) for row in rows]


def test_lines_keep_their_numbers_in_the_file(tmp_path):
    page = save(tmp_path, "", "Housing  ", "", "\tAverley   BC")

    assert read_lines(page) == [Line(2, 2, "Housing"), Line(4, 4, "Averley BC")]


def test_text_pasted_from_a_browser_may_have_hard_spaces_and_other_line_ends(tmp_path):
    page = tmp_path / "page.txt"
    text = "\r\n\r\n".join(PAGE).replace(" ", "\u00a0")
    page.write_bytes(f"\ufeff{text}\r\n".encode())

    assert entries_of(page) == ENTRIES


def test_lines_that_a_program_broke_are_joined(tmp_path):
    broken = [line for paragraph in PAGE for line in (*textwrap.wrap(paragraph, 72), "")]
    page = save(tmp_path, *broken)

    assert entries_of(page) == ENTRIES
    first, last = (
        int(read_draft(page, 2025, BOOK).rows[0][x]) for x in ("first_line", "last_line")
    )
    assert broken[first - 1] == "Averley BC"
    assert last - first > 6


def test_a_word_broken_after_its_hyphen_is_one_word_again(tmp_path):
    text = (
        "A well-known scheme of long- and short-term lets for people who sleep rough in the town."
    )
    page = save(tmp_path, *textwrap.wrap(" ".join([text] * 4), 60))

    assert [line.text for line in read_lines(page)] == [" ".join([text] * 4)]


def test_broken_lines_need_no_blank_lines_between_paragraphs(tmp_path):
    page = save(tmp_path, *(line for text in PAGE for line in textwrap.wrap(text, 72)))

    assert entries_of(page) == ENTRIES


def test_a_list_of_titles_is_not_taken_for_broken_lines(tmp_path):
    titles = (
        "Bramley Court: homes for thirty-four families at the heart of the old town",
        "Warm hubs in the libraries of every market town from Colne to Dunmere Bay",
    )
    page = save(tmp_path, "Housing", "Averley BC", titles[0], "Dunmere DC", titles[1])

    assert entries_of(page) == [("Averley BC", titles[0], ""), ("Dunmere DC", titles[1], "")]


def test_a_saved_web_page_is_read_without_scripts_and_menus(tmp_path):
    shown = "".join(f"<p>{paragraph}</p>" for paragraph in PAGE)
    page = save(
        tmp_path,
        "<html><head><title>Shortlist</title><script>var x = 'Averley BC';</script></head><body>",
        "<nav><ul><li>Housing</li><li>Innovation</li></ul></nav><style>p {color: red}</style>",
        f"{shown}<noscript>Dunmere DC</noscript><footer>Innovation</footer></body></html>",
        name="page.html",
    )  # fmt: skip

    assert entries_of(page) == ENTRIES


def test_the_cells_of_a_table_are_lines(tmp_path):
    rows = [("Category", "Council", "Project", "Summary"), PAGE[:4], (PAGE[0], *PAGE[4:])]
    cells = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows)
    page = save(tmp_path, f"<h1>Shortlist</h1><table>{cells}</table>", name="page.html")

    assert entries_of(page) == ENTRIES


def test_a_word_document_is_read_paragraph_by_paragraph(tmp_path):
    document = docx.Document()
    for paragraph in PAGE:
        document.add_paragraph(paragraph)
    document.save(str(tmp_path / "page.docx"))

    assert entries_of(tmp_path / "page.docx") == ENTRIES


def test_the_styles_of_a_word_document_tell_headings_and_captions(tmp_path):
    document = docx.Document()
    for paragraph, style in (
        ("Housing", "Heading 2"), *((line, None) for line in PAGE[1:4]),
        ("The mayor in Bramley Court", "Caption"), ("Machines that learn", "Heading 2"),
    ):  # fmt: skip
        document.add_paragraph(paragraph, style)
    document.save(str(tmp_path / "page.docx"))

    lines = read_lines(tmp_path / "page.docx")

    assert [(line.text, line.level) for line in lines if line.level] == [
        ("Housing", 2), ("Machines that learn", 2),
    ]  # fmt: skip
    assert "The mayor in Bramley Court" not in [line.text for line in lines]


@pytest.mark.parametrize("mark", ["", "Winner: ", "HIGHLY COMMENDED – "])
def test_an_outcome_before_the_council_does_not_matter(tmp_path, mark):
    page = save(tmp_path, *PAGE[:1], f"{mark}{PAGE[1]}", *PAGE[2:])

    assert entries_of(page) == ENTRIES
