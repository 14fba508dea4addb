"""Rows of a table as submissions."""

from __future__ import annotations

import datetime

from themetag.entry import Entry
from themetag.original import OriginalFolder
from themetag.sources import Source, from_table
from themetag.tables import Columns, Row, Table


def source(*rows: Row) -> Source:
    table = Table(("id", "text"), iter(rows), "", len(rows))
    return from_table(table, Columns(0, None, (1,)), OriginalFolder(()))


def test_rows_become_entries_and_rows_in_error_empty_ones():
    found = source(
        Row(1, 2, ("7", " a text ")),
        Row(2, 3, (None, "x")),
        Row(3, 4, ("9", " \t")),
        Row(4, 5, ("10", "x"), "ragged"),
    )
    assert [(part.entry, part.error) for part in map(found.submission, found.rows)] == [
        (Entry("7", "", "a text"), None),
        (Entry("2", "", "x"), None),
        (Entry("9", "", ""), "no text"),
        (Entry("10", "", ""), "ragged"),
    ]


def test_lists_and_records_are_not_read_as_text_but_numbers_and_dates_are():
    table = Table(("id", "title", "text"), iter(()), "", 0)
    found = from_table(table, Columns(0, 1, (2,)), OriginalFolder(()))
    for title, text, error in (
        ("A title", {"a": 1}, "'text': not a text but a list or record"),
        (["A"], "x", "'title': not a text but a list or record"),
        ([], {}, "'title' + 'text': not a text but a list or record"),
        ("A title", 2026.0, None),
        (None, datetime.date(2026, 11, 29), None),
    ):
        row = Row(1, 2, ("7", title, text))
        assert found.submission(row).error == error
        assert bool(found.submission(row).entry.text) == (error is None)


def test_a_row_without_an_id_goes_by_its_number():
    found = source(Row(1, 2, (" 7 ", "x")), Row(2, 3, (" ", "x")), Row(3, 4, (None, "x")))
    assert [found.own_id(row) for row in found.rows] == ["7", None, None]
