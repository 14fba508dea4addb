"""Tables as spreadsheet programs, databases and people save them."""

from __future__ import annotations

import datetime
import gzip
import json
import re
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest

from themetag.errors import InputError
from themetag.tables import Row, open_table

KINDS = ".csv, .tsv, .jsonl, .xlsx, .parquet, .csv.gz, .tsv.gz, .jsonl.gz"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)


def saved(folder: Path, name: str, data: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def rows_of(path: Path) -> list[Row]:
    return list(open_table(path).rows)


def cells_of(path: Path) -> list[tuple]:
    return [row.cells for row in open_table(path).rows]


def complaint(path: Path) -> str:
    """What is said about a table that is refused when opened, without its folder."""
    with pytest.raises(InputError) as caught:
        open_table(path)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path.parent}/")


def workbook(folder: Path, *sheets: list[list], name: str = "a.xlsx") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for i, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"sheet {i}")
        for row in rows:
            sheet.append(row)
    book.save(folder / name)
    return folder / name


def rewritten(path: Path, member: str, old: str, new: str) -> Path:
    """The workbook with a part of one of its files replaced, as another program writes it."""
    with zipfile.ZipFile(path) as package:
        files = {name: package.read(name) for name in package.namelist()}
    changed = re.sub(old, new, files[member].decode(), flags=re.DOTALL)
    assert changed != files[member].decode()
    files[member] = changed.encode()
    with zipfile.ZipFile(path, "w") as package:
        for name, data in files.items():
            package.writestr(name, data)
    return path


# --- .csv and .tsv --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "note"),
    [
        ("a.csv", "Ref,Title\n1,Café – “open”\n".encode(), ""),
        ("a.csv", "Ref,Title\r\n1,Café – “open”\r\n".encode("utf-8-sig"), ""),
        ("a.csv", "Ref;Title\r\n1;Café – “open”\r\n".encode("cp1252"),
         "encoding cp1252, separator semicolon"),
        ("a.tsv", "Ref\tTitle\r\n1\tCafé – “open”\r\n".encode("utf-16"), "encoding utf-16"),
        ("a.csv", "Ref\tTitle\r\n1\tCafé – “open”".encode("utf-16"),
         "encoding utf-16, separator tab"),
        ("a.csv", "Ref,Title\r1,Café – “open”\r".encode(), ""),
        ("a.csv", 'sep=;\r\n"Ref";"Title"\r\n1;Café – “open”\r\n'.encode(), "separator semicolon"),
        ("a.csv", "Ref|Title\n1|Café – “open”\n\x1a".encode(), "separator bar"),
        ("A.CSV", '"Ref","Title"\n"1","Café – “open”"'.encode(), ""),
    ],
)  # fmt: skip
def test_text_tables_of_every_make_read_the_same(tmp_path, name, data, note):
    table = open_table(saved(tmp_path, name, data))
    assert (table.columns, table.note, table.n_rows) == (("Ref", "Title"), note, 1)
    assert [row.cells for row in table.rows] == [("1", "Café – “open”")]


def test_a_quoted_cell_keeps_its_lines_and_the_row_the_line_where_it_starts(tmp_path):
    path = saved(tmp_path, "a.csv", 'id,text\r\n1,"One.\r\nTwo ""2"".\rThree."\r\n2,x\r\n')
    assert rows_of(path) == [
        Row(1, 2, ("1", 'One.\r\nTwo "2".\rThree.')),
        Row(2, 5, ("2", "x")),
    ]


def test_blank_and_repeated_names_are_numbered_and_never_collide(tmp_path):
    path = saved(tmp_path, "a.csv", "Title,,Title,Title (2),\n1,2,3,4,5\n")
    names = ("Title", "column 2", "Title (2)", "Title (2) (2)", "column 5")
    assert open_table(path).columns == names


def test_ragged_rows_stay_in_place_and_say_what_is_amiss(tmp_path):
    path = saved(tmp_path, "a.csv", "a,b\n1\n1,2,3,4\n1,2,,\n1,2\n")
    assert rows_of(path) == [
        Row(1, 2, ("1", None), "row has 1 cells where the header has 2"),
        Row(2, 3, ("1", "2"), "row has 4 cells where the header has 2; left over: 3 | 4"),
        Row(3, 4, ("1", "2")),
        Row(4, 5, ("1", "2")),
    ]


def test_an_empty_row_between_others_counts_and_those_at_the_end_do_not(tmp_path):
    path = saved(tmp_path, "a.csv", "\n,\na,b\n1,2\n,\n\n3,4\n,\n\n\n")
    table = open_table(path)
    assert (table.columns, table.n_rows) == (("a", "b"), 4)
    assert list(table.rows) == [
        Row(1, 4, ("1", "2")),
        Row(2, 5, (None, None), "empty"),
        Row(3, 6, (None, None), "empty"),
        Row(4, 7, ("3", "4")),
    ]


def test_a_title_above_the_header_is_passed_over_and_told(tmp_path):
    path = saved(tmp_path, "a.csv", "Export of entries,,\n,,\nRef,Title,Text\n1,2,3\n")
    table = open_table(path)
    assert (table.columns, table.note) == (("Ref", "Title", "Text"), "header in row 3")
    assert list(table.rows) == [Row(1, 4, ("1", "2", "3"))]


def test_a_table_of_one_column_has_no_title_above_it(tmp_path):
    path = saved(tmp_path, "a.csv", "text\nHubs, clubs, vans\nBins\n")
    table = open_table(path)
    assert table.columns == ("text",)
    assert list(table.rows) == [
        Row(1, 2, ("Hubs",), "row has 3 cells where the header has 1; left over:  clubs |  vans"),
        Row(2, 3, ("Bins",)),
    ]


def test_a_header_without_rows_is_a_table(tmp_path):
    table = open_table(saved(tmp_path, "a.csv", "Ref,Text\n"))
    assert (table.columns, table.n_rows, list(table.rows)) == (("Ref", "Text"), 0, [])


def test_a_stray_quotation_mark_within_one_line_does_no_harm(tmp_path):
    path = saved(tmp_path, "a.csv", 'id,text\n1,"Warm" hubs\n2,a 5" pipe\n3,x\n')
    assert rows_of(path) == [
        Row(1, 2, ("1", "Warm hubs")),
        Row(2, 3, ("2", 'a 5" pipe')),
        Row(3, 4, ("3", "x")),
    ]


def test_rows_run_together_by_a_quotation_mark_are_told_with_their_lines(tmp_path):
    path = saved(tmp_path, "a.csv", 'id,text\n1,"not closed\n2,"a club" here\n3,x\n')
    message = (
        'a quotation mark (") within a cell in lines 2 to 3: '
        "it should be doubled, or the cell before it closed"
    )
    assert rows_of(path) == [
        Row(1, 2, ("1", 'not closed\n2,a club" here'), message),
        Row(2, 4, ("3", "x")),
    ]


def test_a_quotation_mark_never_closed_is_refused_even_after_a_stray_one(tmp_path):
    path = saved(tmp_path, "a.csv", 'id,text\n1,"Warm" hubs\n2,"never closed\n3,x\n')
    assert complaint(path) == (
        'a.csv:3: a cell opens with a quotation mark (") that is never closed; close it'
    )


def test_a_long_cell_is_read_and_an_endless_one_refused(tmp_path, monkeypatch):
    long = saved(tmp_path, "long.csv", f"id,text\n1,{'word ' * 200_000}\n")
    assert [len(text) for _, text in cells_of(long)] == [1_000_000]
    monkeypatch.setenv("THEMETAG_MAX_CELL_CHARACTERS", "100000")
    endless = saved(tmp_path, "endless.csv", 'id,text\n1,"' + "a line\n" * 20_000 + '"\n')
    assert complaint(endless) == (
        "endless.csv:2: a cell has over 100,000 characters; is a quotation mark never closed? "
        "If it is, raise THEMETAG_MAX_CELL_CHARACTERS"
    )


@pytest.mark.parametrize(
    ("name", "head", "line", "n_megabytes"),
    [("a.csv", b"id,text\n1,", 2, 200), ("a.tsv", b"", 1, 20), ("a.jsonl", b'{"text": "', 1, 20)],
)
def test_a_line_without_end_is_never_held_whole(tmp_path, name, head, line, n_megabytes):
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(head)
        for _ in range(n_megabytes):
            file.write(b"word " * 200_000)
    tracemalloc.start()
    try:
        said = complaint(path)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    path.unlink()
    assert said == (
        f"{name}:{line}: has over 10,000,000 characters in one line: is it a table? "
        "Break the line, or raise THEMETAG_MAX_CELL_CHARACTERS"
    )
    assert peak_bytes < 50_000_000


@pytest.mark.parametrize(("name", "n"), [("a.csv", 1_000_000), ("a.jsonl", 100_000)])
def test_a_million_columns_are_refused(tmp_path, name, n):
    names = [f"c{i}" for i in range(n)]
    data = ",".join(names) if name == "a.csv" else json.dumps(dict.fromkeys(names))
    assert complaint(saved(tmp_path, name, data)) == (
        f"{name}: has {n:,} columns where 16,384 are read: is it separated and quoted as its "
        "name says? If it is, raise THEMETAG_MAX_COLUMNS"
    )


def test_a_row_of_a_million_cells_is_told_in_a_few_words(tmp_path):
    path = saved(tmp_path, "a.csv", "id,text\n1,2" + ",x" * 1_000_000 + "\n2,y\n")
    wide, whole = rows_of(path)
    assert (wide.cells, whole) == (("1", "2"), Row(2, 3, ("2", "y")))
    assert wide.error.startswith("row has 1,000,002 cells where the header has 2; left over: x | x")
    assert len(wide.error) < 10_100


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "a.csv: is empty: the first row should name the columns"),
        ("a.csv", b"\n,,\n", "a.csv: is empty: the first row should name the columns"),
        ("a.csv", b"a,b\n1,\x81\n",
         "a.csv: byte 0x81 in line 2, at offset 6, counting from 0, "
         "is neither UTF-8 nor Windows-1252: save the file again as UTF-8"),
        ("a.txt", b"a,b\n", "a.txt: is a document, not a table: use themetag predict, "
                            "or name the folder it is in"),
        ("a.xls", b"a,b\n", f"a.xls: cannot read .xls as a table; save it as {KINDS}"),
        ("a", b"a,b\n", f"a: cannot read a name without a suffix as a table; save it as {KINDS}"),
    ],
)  # fmt: skip
def test_what_is_no_text_table_is_refused_in_one_line(tmp_path, name, data, message):
    assert complaint(saved(tmp_path, name, data)) == message


def test_a_missing_table_and_a_folder_are_told_apart(tmp_path):
    assert complaint(tmp_path / "a.csv") == "a.csv: no such file: check its name and folder"
    (tmp_path / "b.csv").mkdir()
    assert complaint(tmp_path / "b.csv") == "b.csv: is a folder where a table is meant"


def test_a_suffix_can_be_given_for_a_file_that_lacks_it(tmp_path):
    path = saved(tmp_path, "unicode text.txt", "Ref\tText\r\n1\tx\r\n".encode("utf-16"))
    assert [row.cells for row in open_table(path, ".tsv").rows] == [("1", "x")]


# --- compressed -----------------------------------------------------------------------------

PACKED_ROWS = [Row(1, 2, ("1", "Café"))]


@pytest.mark.parametrize(
    ("name", "data", "note"),
    [
        ("a.csv.gz", "Ref,Text\n1,Café\n".encode(), ""),
        ("a.CSV.GZ", "Ref;Text\r\n1;Café\r\n".encode("cp1252"),
         "encoding cp1252, separator semicolon"),
        ("a.b.tsv.gz", "Ref\tText\n1\tCafé\n".encode("utf-16"), "encoding utf-16"),
    ],
)  # fmt: skip
def test_compressed_tables_read_as_they_do_unpacked(tmp_path, name, data, note):
    table = open_table(saved(tmp_path, name, gzip.compress(data)))
    assert (table.columns, table.note, table.n_rows) == (("Ref", "Text"), note, 1)
    assert list(table.rows) == PACKED_ROWS


def test_a_bomb_of_gzip_is_refused_and_text_that_packs_well_is_not(tmp_path, monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_TABLE_MB", "1")
    rows = [f"{i},{i * i}\n" for i in range(100_000)]  # 1.6 MB in 0.4
    honest = saved(tmp_path, "a.csv.gz", gzip.compress("".join(["id,text\n", *rows]).encode()))
    assert open_table(honest).n_rows == 100_000
    bomb = saved(tmp_path, "b.csv.gz", gzip.compress(b"id,text\n" + b"1,2\n" * 5_000_000))
    assert complaint(bomb) == (
        f"b.csv.gz: unpacks to more than {bomb.stat().st_size / 10_000:,.0f} MB, over 100 "
        "times its size: unpack it yourself if that is meant, or raise THEMETAG_MAX_TABLE_MB"
    )


def test_compressed_json_lines_read_as_they_do_unpacked(tmp_path):
    data = '{"Ref": 1}\n{"Text": "Café"}\nno\n'.encode()
    packed = open_table(saved(tmp_path, "a.jsonl.gz", gzip.compress(data)))
    plain = open_table(saved(tmp_path, "a.jsonl", data))
    assert (packed.columns, packed.n_rows) == (plain.columns, plain.n_rows) == (("Ref", "Text"), 3)
    assert list(packed.rows) == list(plain.rows)


def test_a_table_compressed_in_parts_is_read_to_its_end(tmp_path):
    data = gzip.compress(b"Ref,Text\n") + gzip.compress("1,Café\n".encode())
    assert rows_of(saved(tmp_path, "a.csv.gz", data)) == PACKED_ROWS


def test_a_format_can_be_given_for_a_compressed_file(tmp_path):
    path = saved(tmp_path, "copied", gzip.compress("Ref,Text\n1,Café\n".encode()))
    assert list(open_table(path, ".csv.gz").rows) == PACKED_ROWS


LONG = gzip.compress(b"Ref,Text\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(50_000)))
DAMAGED = "a.csv.gz: is damaged or cut short: compress it or download it again"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (LONG[:-1], DAMAGED),
        (LONG[: len(LONG) // 2], DAMAGED),
        (LONG[:5], DAMAGED),
        (LONG[:-8] + bytes(4) + LONG[-4:], DAMAGED),
        (LONG[:-4] + bytes(4), DAMAGED),
        (LONG[:1000] + b"\xff" * 8 + LONG[1008:], DAMAGED),
        (LONG + b"more", DAMAGED),
        (b"Ref,Text\n", "a.csv.gz: is not compressed by gzip: give it a name without .gz"),
        (b"", "a.csv.gz: is empty: the first row should name the columns"),
        (gzip.compress(b""), "a.csv.gz: is empty: the first row should name the columns"),
        (gzip.compress(b"a,b\n\0"), "a.csv.gz: is not text "
         "(byte 0x00 in line 2, at offset 4, counting from 0): save it again as plain text"),
        (gzip.compress(b'a,b\n1,"2\n'), 'a.csv.gz:2: a cell opens with a quotation mark (") '
         "that is never closed; close it"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_compressed_table_is_told_before_a_row_is_read(
    tmp_path, data, message
):
    assert complaint(saved(tmp_path, "a.csv.gz", data)) == message


def test_a_compressed_table_under_a_plain_name_is_told_what_it_is(tmp_path):
    assert complaint(saved(tmp_path, "a.csv", LONG)) == (
        "a.csv: looks like a gzip file, not text: unpack it, or name a packed table .csv.gz"
    )


def test_a_compressed_table_is_never_unpacked_at_once(tmp_path):
    n_rows = 60_000  # 6.6 MB, unpacked from 20 KB
    path = saved(
        tmp_path, "a.csv.gz", gzip.compress(b"id,text\n" + b"7,%s\n" % (b"x" * 107) * n_rows)
    )
    tracemalloc.start()
    try:
        table = open_table(path)
        assert sum(len(row.cells[1]) for row in table.rows) == n_rows * 107
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 2_000_000


# --- .jsonl ---------------------------------------------------------------------------------


def test_each_broken_line_of_json_is_a_row_in_error(tmp_path):
    path = saved(
        tmp_path,
        "a.jsonl",
        '{"id": 1, "text": "a"}\n\n{"id": 2,\n["x"]\n7\n{"text": "b", "more": {"n": [1]}}\n\x1a',
    )
    table = open_table(path)
    assert (table.columns, table.n_rows) == (("id", "text", "more"), 5)
    assert list(table.rows) == [
        Row(1, 1, (1, "a", None)),
        Row(
            2,
            3,
            (None, None, None),
            "line 3 is not JSON: Expecting property name enclosed in double quotes: "
            "line 1 column 10 (char 9)",
        ),
        Row(3, 4, (None, None, None), "line 4 is not a JSON object"),
        Row(4, 5, (None, None, None), "line 5 is not a JSON object"),
        Row(5, 6, (None, "b", {"n": [1]})),
    ]


def test_half_a_character_and_no_number_are_read_as_what_can_be_written_again(tmp_path):
    path = saved(tmp_path, "a.jsonl", '{"a": "x\\ud83d", "b": "\\ud83d\\ude00", "c": NaN}\n')
    assert cells_of(path) == [("x\N{REPLACEMENT CHARACTER}", "\N{GRINNING FACE}", None)]


def test_a_number_too_large_is_kept_by_its_digits(tmp_path):
    path = saved(tmp_path, "a.jsonl", '{"a": 1e999, "b": {"c": [-1e999, 2.5]}}\n')
    assert cells_of(path) == [("1e999", {"c": ["-1e999", 2.5]})]


def test_json_over_many_lines_is_refused(tmp_path):
    path = saved(tmp_path, "a.jsonl", '[\n {"id": 1}\n]\n'.replace(' {"id": 1}', " 1"))
    assert complaint(path) == ("a.jsonl: holds no JSON object; each line should be one, of columns")


# --- .xlsx ----------------------------------------------------------------------------------


def test_a_workbook_keeps_dates_numbers_and_truth_values(tmp_path):
    noon = datetime.datetime(2026, 1, 5, 12)
    path = workbook(tmp_path, [["a", "b", "c", "d"], [1, 2.5, noon, True], [None, "x"]])
    rows = rows_of(path)
    assert rows == [Row(1, 2, (1, 2.5, noon, True)), Row(2, 3, (None, "x", None, None))]
    assert rows[0].texts() == ("1", "2.5", "2026-01-05T12:00:00", "true")


def test_a_formula_counts_by_its_stored_value(tmp_path):
    path = workbook(tmp_path, [["a", "b"], ["=1+1", "x"]])
    stored = '<c r="A2"><f>1+1</f><v>2</v></c>'
    rewritten(path, "xl/worksheets/sheet1.xml", r'<c r="A2">.*?</c>', stored)
    assert cells_of(path) == [(2, "x")]


def test_blank_rows_and_rows_beyond_the_header_in_a_workbook(tmp_path):
    path = workbook(tmp_path, [[], ["a", "b"], [1, 2], [], [3, 4, None, 5], [None, ""], []])
    assert rows_of(path) == [
        Row(1, 3, (1, 2)),
        Row(2, 4, (None, None), "empty"),
        Row(3, 5, (3, 4), "row has 4 cells where the header has 2; left over:  | 5"),
    ]


def test_the_first_sheet_with_cells_that_is_shown_is_read_and_named(tmp_path):
    path = workbook(tmp_path, [], [["secret"]], [["a", "b"], [1, 2]], [["c"]])
    book = openpyxl.load_workbook(path)
    book.worksheets[1].sheet_state = "hidden"
    book.save(path)
    table = open_table(path)
    assert (table.columns, table.note) == (
        ("a", "b"),
        "sheet 'sheet 3', 3 of 4 (--sheet takes another)",
    )
    assert [row.cells for row in table.rows] == [(1, 2)]


def test_a_merged_title_above_the_header_of_a_sheet_is_passed_over(tmp_path):
    path = workbook(tmp_path, [["Entries 2026"], [], ["Ref", "Title", "Text"], [1, "x", "y"]])
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:C1")
    book.save(path)
    table = open_table(path)
    assert (table.columns, table.note) == (("Ref", "Title", "Text"), "header in row 3")
    assert list(table.rows) == [Row(1, 4, (1, "x", "y"))]


def test_cells_beyond_the_size_a_workbook_claims_are_read(tmp_path):
    path = workbook(tmp_path, [["a", "b"], [1, 2], [3, 4]])
    rewritten(path, "xl/worksheets/sheet1.xml", 'dimension ref="[^"]*"', 'dimension ref="A1"')
    assert cells_of(path) == [(1, 2), (3, 4)]
    assert open_table(path).n_rows is None


def test_a_workbook_tells_how_long_it_is(tmp_path):
    assert open_table(workbook(tmp_path, [["a", "b"], [1, 2], [3, 4]])).n_rows == 2


def test_line_ends_that_another_program_escaped_are_line_ends(tmp_path):
    path = workbook(tmp_path, [["a"], ["One._x000D_\nTwo."]])
    assert cells_of(path) == [("One.\r\nTwo.",)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty: the first row should name the columns"),
        (b"a,b\n1,2\n",
         "is not a readable .xlsx workbook: damaged or of another kind; save it again as .xlsx"),
        (b"PK\x03\x04 and no more",
         "is not a readable .xlsx workbook: damaged or of another kind; save it again as .xlsx"),
        (OLE + "Workbook".encode("utf-16-le"),
         "looks like an old Excel workbook (.xls), not .xlsx: save it as .xlsx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"),
         "looks like an Office file with a password, not .xlsx: "
         "open it with its password and save a copy without one"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_in_one_line(tmp_path, data, message):
    assert complaint(saved(tmp_path, "a.xlsx", data)) == f"a.xlsx: {message}"


def test_a_workbook_without_a_cell_is_empty(tmp_path):
    message = "a.xlsx: is empty: the first row should name the columns"
    assert complaint(workbook(tmp_path, [], [])) == message


def test_a_workbook_with_a_damaged_byte_is_refused_before_a_row_is_read(tmp_path):
    path = workbook(tmp_path, [["a"], *[[f"text {i}"] for i in range(2000)]])
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as package:
        sheet = package.getinfo("xl/worksheets/sheet1.xml")
    data[sheet.header_offset + sheet.compress_size // 2] ^= 0xFF
    path.write_bytes(data)
    assert complaint(path) == (
        "a.xlsx: is not a readable .xlsx workbook: damaged or of another kind; "
        "save it again as .xlsx"
    )


def test_a_workbook_cut_off_inside_its_rows_is_one_error(tmp_path):
    path = workbook(tmp_path, [["a"], ["x"], ["y"]])
    rewritten(path, "xl/worksheets/sheet1.xml", '<row r="3".*', '<row r="3"><c')
    with pytest.raises(InputError, match=r"is not a readable \.xlsx workbook: damaged"):
        rows_of(path)


def test_menus_that_are_not_read_cause_no_warning(tmp_path):
    path = workbook(tmp_path, [["a"], ["x"]])
    extension = '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    rewritten(path, "xl/worksheets/sheet1.xml", "</worksheet>", extension)
    assert cells_of(path) == [("x",)]
