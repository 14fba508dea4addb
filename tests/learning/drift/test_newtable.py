from __future__ import annotations

from pathlib import Path

import pytest
from learning.corpora import write_table

from themetag.errors import InputError
from themetag.learning.drift.newtable import read_new_table


def table(path: Path, *texts: str) -> Path:
    return write_table(path / "new.csv", ("Entry ID", "Entry title", "Summary"),
                       [(f"e{i}", "", text) for i, text in enumerate(texts)])  # fmt: skip


def test_rows_without_text_are_left_out_and_named(tmp_path: Path) -> None:
    found = read_new_table(table(tmp_path, "bins", "", "homes", "  "), 10)
    assert [entry.id for entry in found.entries] == ["e0", "e2"]
    assert (found.n_rows, found.faulty_lines, found.n_not_drawn) == (4, (3, 5), 0)
    assert found.note == "id: 'Entry ID', title: 'Entry title', text: 'Summary'"


def test_more_entries_than_asked_for_are_drawn_by_lot_in_order(tmp_path: Path) -> None:
    path = table(tmp_path, *(f"text {i}" for i in range(200)))
    found = read_new_table(path, 50)
    numbers = [int(entry.id[1:]) for entry in found.entries]
    assert len(set(numbers)) == 50
    assert numbers == sorted(numbers)
    assert found.n_not_drawn == 150
    # An even draw: of each half of the table 25 are due, and 15 to 35 all but once in 100,000.
    assert 15 <= sum(number < 100 for number in numbers) <= 35
    assert read_new_table(path, 50) == found


def test_a_table_without_a_text_that_can_be_read_is_one_line(tmp_path: Path) -> None:
    path = table(tmp_path, "", " ")
    with pytest.raises(InputError) as caught:
        read_new_table(path, 10)
    assert str(caught.value) == f"{path}: no row has a text that can be read"


def test_named_columns_are_used(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", ("nr", "words"), [("7", "bins")])
    (entry,) = read_new_table(path, 10, id="nr", text=("words",)).entries
    assert (entry.id, entry.text) == ("7", "bins")
