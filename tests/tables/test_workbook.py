"""Workbooks as people make them, and as somebody would who means harm."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from themetag.errors import InputError
from themetag.tables import Row, open_table
from themetag.tables import workbook as workbook_module
from themetag.tables.parts import Merged, layout_of

SHEET = "xl/worksheets/sheet1.xml"


def workbook(folder: Path, *rows: list, merged: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def rewritten(path: Path, member: str, old: str, new: str) -> Path:
    """The workbook with a part of one of its files replaced."""
    with zipfile.ZipFile(path) as package:
        files = {name: package.read(name) for name in package.namelist()}
    changed = re.sub(old, lambda _: new, files[member].decode(), count=1, flags=re.DOTALL)
    assert changed != files[member].decode()
    files[member] = changed.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return path


def complaint(path: Path, sheet: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        list(open_table(path, sheet=sheet).rows)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path.parent}/")


DAMAGED = (
    "a.xlsx: is not a readable .xlsx workbook: damaged or of another kind; save it again as .xlsx"
)


# --- which sheet ----------------------------------------------------------------------------


@pytest.fixture
def three_sheets(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Guidance"
    book.active.append(["Read me"])
    book.create_sheet("Entries").append(["Ref", "Text"])
    book["Entries"].append([1, "x"])
    book.create_sheet("2")
    book["2"].append(["third"])
    book["2"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


@pytest.mark.parametrize(
    ("sheet", "columns", "note"),
    [
        (None, ("Read me",), "sheet 'Guidance', 1 of 3 (--sheet takes another)"),
        ("Entries", ("Ref", "Text"), "sheet 'Entries', 2 of 3"),
        ("1", ("Read me",), "sheet 'Guidance', 1 of 3"),
        ("3", ("third",), "sheet '2', 3 of 3"),
        ("2", ("third",), "sheet '2', 3 of 3"),  # a name before a number
    ],
)
def test_a_sheet_is_chosen_by_name_or_number(three_sheets, sheet, columns, note):
    table = open_table(three_sheets, sheet=sheet)
    assert (table.columns, table.note) == (columns, note)


def test_a_sheet_that_is_not_there_is_answered_with_those_that_are(three_sheets):
    assert complaint(three_sheets, "entries") == (
        "a.xlsx: has no sheet 'entries'; its sheets are: 'Guidance', 'Entries', '2'"
    )


def test_a_sheet_of_a_text_table_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n")
    assert complaint(path, "1") == "a.csv: has no sheets, being .csv: leave out --sheet"


# --- headers of two rows --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("upper", "lower", "merged", "columns"),
    [
        (
            ["Ref", "Entry details", None, None, "Category"],
            [None, "Title", "Summary", "Statement"],
            ("A1:A2", "B1:D1", "E1:E2"),
            ("Ref", "Title", "Summary", "Statement", "Category"),
        ),
        (
            [None, "Lead", None, "Partner", None],
            ["Ref", "Name", "Email", "Name", "Email"],
            ("B1:C1", "D1:E1"),
            ("Ref", "Lead: Name", "Lead: Email", "Partner: Name", "Partner: Email"),
        ),
        (
            ["Ref", "Entry", None, None],
            [None, "Title", None, "Summary"],
            ("B1:D1",),
            ("Ref", "Title", "Entry", "Summary"),
        ),
    ],
)
def test_a_header_of_two_rows_is_one(tmp_path, upper, lower, merged, columns):
    table = open_table(workbook(tmp_path, upper, lower, list("vwxyz"), merged=merged))
    assert table.columns == columns
    assert [(row.number, row.line) for row in table.rows] == [(1, 3)]


def test_a_title_above_a_header_of_two_rows_is_passed_over(tmp_path):
    path = workbook(
        tmp_path,
        ["Entries 2026"],
        ["Ref", "Entry", None],
        [None, "Title", "Summary"],
        [1, "x", "y"],
        merged=("A1:C1", "B2:C2"),
    )
    table = open_table(path)
    assert (table.columns, table.note) == (("Ref", "Title", "Summary"), "header in row 2")
    assert list(table.rows) == [Row(1, 4, (1, "x", "y"))]


@pytest.mark.parametrize(
    "first",
    [
        ["7", "Nine homes", "Rough sleepers moved."],  # a cell under a name that stands alone
        [None, "Nine homes", None],  # one name under a group is none
        [None, "Nine homes", 7],
        [None, "Nine homes", "Rough sleepers moved. " * 20],
    ],
)
def test_a_row_under_a_merged_name_is_a_row(tmp_path, first):
    path = workbook(tmp_path, ["Ref", "Entry", None], first, merged=("B1:C1",))
    table = open_table(path)
    assert table.columns == ("Ref", "Entry")
    assert [row.line for row in table.rows] == [2]


def test_merged_cells_under_the_header_change_nothing(tmp_path):
    path = workbook(tmp_path, ["a", "b", "c"], ["x", "y", None], ["", "u", "v"], merged=("B2:C2",))
    assert [row.cells[0] for row in open_table(path).rows] == ["x", None]


# --- formulas -------------------------------------------------------------------------------


def test_formulas_saved_without_a_value_are_told(tmp_path):
    path = workbook(tmp_path, ["a", "b"], ["x", "=1+1"], ["y", "=A1"], ["z", '=""'], ["z", "=1"])
    rewritten(path, SHEET, r"<c r=.B4.><f>.*?</c>", '<c r="B4" t="str"><f>""</f><v></v></c>')
    rewritten(path, SHEET, r"<c r=.B5.><f>.*?</c>", '<c r="B5"><f>1</f><v>1</v></c>')
    table = open_table(path)
    assert table.note == (
        "2 formulas have no stored value and are read as empty: "
        "open the file in a spreadsheet program and save it"
    )
    assert [row.cells[1] for row in table.rows] == [None, None, None, 1]


def test_a_formula_across_blocks_is_counted_once(tmp_path):
    path = workbook(
        tmp_path, ["a"], *(["x" * 1000] for _ in range(1200)), ["=1+1"], merged=("A1:B1",)
    )
    with zipfile.ZipFile(path) as package:
        at = package.read(SHEET).index(b"<f>")
    pad = (1 << 20) - at % (1 << 20) - 1
    rewritten(path, SHEET, "<sheetData>", f"<sheetData><!--{' ' * (pad - 7)}-->")
    layout = layout_of(path, SHEET)
    assert (layout.n_unstored, layout.merged) == (1, {Merged(1, 1, 1, 2)})


# --- meant to do harm -----------------------------------------------------------------------


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_TABLE_MB", "3")
    path = workbook(tmp_path, ["a"], ["x"])
    rewritten(path, SHEET, "<sheetData>", "<sheetData>" + " " * 4_000_000)
    assert path.stat().st_size < 20_000
    assert complaint(path) == (
        "a.xlsx: unpacks to more than 3 MB: save it as .csv, or raise THEMETAG_MAX_TABLE_MB"
    )


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))


@pytest.mark.parametrize("entities", [LAUGHS, '<!ENTITY l9 SYSTEM "file:///etc/hostname">'])
@pytest.mark.parametrize("member", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_a_workbook_that_defines_entities_is_refused(tmp_path, member, entities):
    path = rewritten(workbook(tmp_path, ["a"], ["x"]), member, "^", f"<!DOCTYPE x [{entities}]>")
    assert complaint(path) == DAMAGED


def test_a_row_number_beyond_all_worksheets_ends_the_reading(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_module, "MOST_ROWS", 1000)
    path = rewritten(
        workbook(tmp_path, ["a"], ["x"]), SHEET, '<row r="2">', '<row r="99999999999">'
    )
    assert complaint(path) == "a.xlsx: has a row beyond 1,000: save it again as .xlsx"


def test_a_cell_that_is_too_long_is_cut_and_the_row_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_CELL_CHARACTERS", "10")
    path = workbook(tmp_path, ["a", "b"], ["x" * 11, "y"])
    assert list(open_table(path).rows) == [
        Row(1, 2, ("x" * 10, "y"),
            "1 cell(s) cut to 10 characters: raise THEMETAG_MAX_CELL_CHARACTERS")
    ]  # fmt: skip


def test_macros_in_a_workbook_are_not_looked_at(tmp_path):
    path = workbook(tmp_path, ["a"], ["x"])
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 Auto_Open")
    assert [row.cells for row in open_table(path).rows] == [("x",)]
