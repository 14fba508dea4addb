"""Rows with answers, as they come out of every format."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import gzip
import io
import json
import zipfile

import openpyxl
import pytest

from themetag.entry import Entry
from themetag.errors import InputError
from themetag.prediction import Evidence, Prediction, ScoredLabel, TaggedTheme
from themetag.tables import STRETCH, TEXT_WRITERS, Answer, Row, open_writer
from themetag.tables import sheet as sheet_module
from themetag.tables.answers import added_columns
from themetag.tables.sheet import LONGEST_CELL

THEMES = ("homelessness", "recycling")
PREDICTION = Prediction(
    id="7",
    model="2026.1",
    category="Housing",
    reason=None,
    categories=(ScoredLabel("Housing", 0.9), ScoredLabel("Waste", 0.1)),
    category_set=("Housing", "Waste"),
    evidence=Evidence(None, ()),
    themes=(TaggedTheme("homelessness", 0.8, "", ()), TaggedTheme("recycling", 0.7, "", ())),
    theme_probabilities={"homelessness": 0.8, "recycling": 0.7},
    known_terms=3,
)
NOTHING = Prediction(
    id="8",
    model="2026.1",
    category=None,
    reason="empty",
    categories=(ScoredLabel("Housing", 0.5), ScoredLabel("Waste", 0.5)),
    category_set=(),
    evidence=Evidence(None, ()),
    themes=(),
    theme_probabilities={"homelessness": 0.01, "recycling": 0.02},
    known_terms=0,
)


def written(suffix: str, columns: list[str], *answers: Answer, safe_cells: bool = False) -> bytes:
    file = io.BytesIO()
    writer = open_writer(suffix, file, columns, THEMES, safe_cells=safe_cells)
    for answer in answers:
        writer.write(answer)
    writer.finish()
    return file.getvalue()


def answer(*cells, error: str | None = None) -> Answer:
    return Answer(
        Row(1, 2, cells, error), Entry("-", "", ""), NOTHING if error else PREDICTION, error
    )


def sheet_of(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data)).active


def test_a_csv_has_the_cells_of_the_input_and_then_the_answer():
    data = written(".csv", ["id", "a,b"], answer(7, 'say "x"'), answer("8", None, error="no text"))
    assert data.decode() == (
        'id,"a,b",category,category_probability,category_2,category_2_probability,category_3,'
        "category_3_probability,category_set,abstained,reason,themes,theme_probabilities,model,"
        "error\n"
        '7,"say ""x""",Housing,0.9000,Waste,0.1000,,,Housing|Waste,false,,homelessness|recycling,'
        "homelessness=0.8000|recycling=0.7000,2026.1,\n"
        "8,,,,,,,,,true,empty,,homelessness=0.0100|recycling=0.0200,2026.1,no text\n"
    )


def test_a_tsv_differs_from_a_csv_in_its_separator_only():
    assert written(".tsv", ["id"], answer(7)).decode().splitlines()[1] == "\t".join(
        ["7", "Housing", "0.9000", "Waste", "0.1000", "", "", "Housing|Waste", "false", "",
         "homelessness|recycling", "homelessness=0.8000|recycling=0.7000", "2026.1", ""]
    )  # fmt: skip


@pytest.mark.parametrize("cell", ["a\rb", "a\r\nb", "a\nb", '"', "=SUM(A1)", "\N{GRINNING FACE}"])
def test_any_cell_comes_back_from_a_csv_as_it_was(cell):
    data = written(".csv", ["id", "text"], answer("7", cell))
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    assert [row[:2] for row in rows] == [["id", "text"], ["7", cell]]


RISKY = ["=1+1", "+44 20", "-5", "@SUM(A1)", "\t=1", "\r=1"]


def test_cells_are_written_as_they_are_unless_safe_ones_are_asked_for():
    cells = [*RISKY, " =1", "a=1", "'=1", "", None, "\n=1"]
    names = ["=id", *map(str, range(1, len(cells)))]
    for suffix, separator in ((".csv", ","), (".tsv", "\t")):
        plain, safe = (
            list(
                csv.reader(
                    io.StringIO(
                        written(suffix, names, answer(*cells), safe_cells=way).decode(), newline=""
                    ),
                    delimiter=separator,
                )
            )
            for way in (False, True)
        )
        kept = [*RISKY, " =1", "a=1", "'=1", "", "", "\n=1"]
        assert plain[1][: len(cells)] == kept
        assert safe[1][: len(cells)] == [f"'{cell}" for cell in RISKY] + kept[len(RISKY) :]
        assert (plain[0][0], safe[0][0]) == ("=id", "'=id")
        assert safe[1][len(cells) :] == plain[1][len(cells) :]


def test_numbers_are_no_formulas_in_safe_cells():
    data = written(".csv", ["a", "b", "c"], answer(-5, -1.5, "-5"), safe_cells=True)
    assert data.decode().splitlines()[1].startswith("-5,-1.5,'-5,Housing,0.9000,")


def test_labels_that_look_like_formulas_are_made_safe_too():
    risky = dataclasses.replace(PREDICTION, category_set=("=Housing",), model="@1")
    row = Answer(Row(1, 2, ("7",)), Entry("-", "", ""), risky, "-error")
    file = io.BytesIO()
    writer = open_writer(".csv", file, ["id"], THEMES, safe_cells=True)
    writer.write(row)
    writer.finish()
    (found,) = csv.DictReader(io.StringIO(file.getvalue().decode()))
    assert [found[name] for name in ("category_set", "model", "error")] == [
        "'=Housing", "'@1", "'-error",
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", [".jsonl", ".xlsx"])
def test_safe_cells_change_nothing_where_text_cannot_be_a_formula(suffix):
    rows = (answer("=1+1"), answer("@x"))
    assert written(suffix, ["=a"], *rows) == written(suffix, ["=a"], *rows, safe_cells=True)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl"])
def test_a_compressed_table_unpacks_to_the_plain_one_and_has_no_name_or_time(suffix):
    rows = [answer(i, "=SUM(A1)") for i in range(500)]
    packed = written(f"{suffix}.gz", ["id", "text"], *rows, safe_cells=True)
    assert gzip.decompress(packed) == written(suffix, ["id", "text"], *rows, safe_cells=True)
    assert packed[:8] == b"\x1f\x8b\x08\0\0\0\0\0"  # no flag, so no name; time 0
    assert packed == written(f"{suffix}.gz", ["id", "text"], *rows, safe_cells=True)
    assert len(packed) < 10_000


def test_a_compressed_table_that_is_given_up_never_looks_whole():
    file = io.BytesIO()
    writer = open_writer(".csv.gz", file, ["id"], THEMES)
    for i in range(5000):
        writer.write(answer(i * i))
    del writer
    assert len(file.getvalue()) > 1000
    with pytest.raises(EOFError):
        gzip.decompress(file.getvalue())


def test_a_json_line_is_the_answer_and_the_input():
    day = datetime.date(2026, 1, 5)
    cells = (7, "é", {"n": [1]}, None, day, datetime.timedelta(hours=30), float("inf"))
    data = written(".jsonl", list("abcdefg"), answer(*cells), answer(*cells, error="no text"))
    first, second = map(json.loads, data.decode().splitlines())
    assert first == PREDICTION.as_json() | {
        "input": {"a": 7, "b": "é", "c": {"n": [1]}, "d": None, "e": "2026-01-05",
                  "f": "1 day, 6:00:00", "g": "inf"}
    }  # fmt: skip
    assert second == NOTHING.as_json() | {"input": first["input"], "error": "no text"}
    assert "é" in data.decode()


def test_a_workbook_has_numbers_a_frozen_header_a_filter_and_readable_widths():
    long = "A statement. " * 40
    sheet = sheet_of(written(".xlsx", ["Ref", "Text"], answer(7, long), answer(8, "b")))
    assert [cell.value for cell in sheet[1]] == [
        "Ref", "Text", "category", "category_probability", "category_2", "category_2_probability",
        "category_3", "category_3_probability", "category_set", "abstained", "reason", "themes",
        "homelessness", "recycling", "model", "error",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[2]] == [
        7, long, "Housing", 0.9, "Waste", 0.1, None, None, "Housing|Waste", False, None,
        "homelessness|recycling", 0.8, 0.7, "2026.1", None,
    ]  # fmt: skip
    assert [sheet[f"{column}2"].number_format for column in "ADMN"] == [
        "General", "0.00", "0.00", "0.00",
    ]  # fmt: skip
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:P3")
    assert all(cell.font.bold for cell in sheet[1])
    widths = [sheet.column_dimensions[column].width for column in "ABCL"]
    # The name and the arrow of the filter, at most 60, the longest name of a category...
    assert widths == [7, 60, 12, 23]


def test_what_looks_like_a_formula_stays_text_in_a_workbook():
    cells = [*RISKY, '=HYPERLINK("http://x")', " =1", "{=1}"]
    data = written(".xlsx", [*cells[:3], *"defghi"], answer(*cells))
    sheet = sheet_of(data)
    found = [(cell.value, cell.data_type) for cell in sheet[2]][: len(cells)]
    assert found == [(cell, "s") for cell in cells]
    assert [(sheet[at].value, sheet[at].data_type) for at in ("A1", "B1", "C1")] == [
        (cell, "s") for cell in cells[:3]
    ]
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert b"<f" not in package.read("xl/worksheets/sheet1.xml")


def test_a_workbook_keeps_dates_as_dates_and_long_numbers_as_text():
    day, noon = datetime.datetime(2026, 1, 5), datetime.datetime(2026, 1, 5, 12)
    cells = (day, noon, True, 10**20, 1e300, float("inf"), {"n": 1})
    sheet = sheet_of(written(".xlsx", list("abcdefg"), answer(*cells)))
    assert [cell.value for cell in sheet[2]][:7] == [
        day, noon, True, "100000000000000000000", 1e300, "inf", '{"n": 1}',
    ]  # fmt: skip
    assert (sheet["A2"].number_format, sheet["B2"].number_format) == (
        "yyyy\\-mm\\-dd", "yyyy\\-mm\\-dd\\ hh:mm:ss",
    )  # fmt: skip


def test_characters_that_a_workbook_cannot_hold_are_replaced():
    sheet = sheet_of(written(".xlsx", ["a"], answer("x\x01\x0b\ufffe\uffff\ud800y\tz\n")))
    assert sheet["A2"].value == "x" + "\N{REPLACEMENT CHARACTER}" * 5 + "y\tz\n"


@pytest.mark.parametrize(
    ("text", "kept", "note"),
    [
        ("x" * 32_767, 32_767, None),
        ("x" * 32_768, 32_767, "1 cell(s) cut to the 32,767 characters of a worksheet"),
        # A character beyond U+FFFF counts as two, and is never cut in half.
        ("\N{GRINNING FACE}" * 16_383, 16_383, None),
        ("\N{GRINNING FACE}" * 16_384, 16_383,
         "1 cell(s) cut to the 32,767 characters of a worksheet"),
    ],
)  # fmt: skip
def test_a_cell_too_long_for_a_worksheet_is_cut_and_said_so(text, kept, note):
    file = io.BytesIO()
    writer = open_writer(".xlsx", file, ["a"], THEMES)
    assert writer.write(answer(text)) == note
    writer.finish()
    sheet = sheet_of(file.getvalue())
    assert (sheet["A2"].value, sheet["O2"].value) == (text[:kept], note)


def test_a_cut_is_told_beside_another_error():
    file = io.BytesIO()
    writer = open_writer(".xlsx", file, ["a"], THEMES)
    assert writer.write(answer("x" * (LONGEST_CELL + 1), error="ragged")) == (
        "ragged; 1 cell(s) cut to the 32,767 characters of a worksheet"
    )


def test_more_rows_than_are_measured_are_all_written():
    sheet = sheet_of(written(".xlsx", ["a"], *(answer(i) for i in range(250))))
    assert [cell.value for cell in sheet["A"]] == ["a", *range(250)]
    assert sheet.auto_filter.ref == "A1:O251"


def test_a_header_without_rows_is_written():
    assert written(".csv", ["a"]).decode().count("\n") == 1
    assert sheet_of(written(".xlsx", ["a"])).auto_filter.ref == "A1:O1"


def test_more_columns_than_a_worksheet_has_are_refused():
    with pytest.raises(InputError) as caught:
        open_writer(".xlsx", io.BytesIO(), [f"c{i}" for i in range(16_384)], THEMES)
    assert str(caught.value) == (
        "a worksheet has 16,384 columns and 16,398 are needed; write .csv or .jsonl"
    )


def test_added_names_that_the_input_has_are_all_prefixed():
    short = ["category", "error"]
    assert [x for x in added_columns(["Ref", "category"], (), wide=True) if x[9:] in short] == [
        "themetag_category", "themetag_error",
    ]  # fmt: skip
    # A theme's own column, and a table that themetag tagged before.
    assert "themetag_housing" in added_columns(["housing"], ["housing"], wide=True)
    again = added_columns(["category", "themetag_category"], (), wide=False)
    assert again[0] == "themetag_themetag_category"


def test_more_rows_than_a_worksheet_has_are_refused(monkeypatch):
    monkeypatch.setattr(sheet_module, "MOST_ROWS", 3)
    rows = [answer(i) for i in range(200)]
    assert [cell.value for cell in sheet_of(written(".xlsx", ["a"], *rows[:2]))["A"]] == ["a", 0, 1]
    with pytest.raises(InputError) as caught:
        written(".xlsx", ["a"], *rows)
    assert str(caught.value) == "a worksheet is full at row 3; write .csv or .jsonl"


def test_times_and_durations_are_shown_as_such_in_a_workbook():
    half, long = datetime.time(10, 30), datetime.timedelta(hours=30)
    sheet = sheet_of(written(".xlsx", ["a", "b"], answer(half, long)))
    assert (sheet["A2"].value, sheet["B2"].value) == (half, long)
    assert (sheet["A2"].number_format, sheet["B2"].number_format) == ("h:mm:ss", "[h]:mm:ss")


def test_line_ends_and_white_space_survive_a_workbook():
    sheet = sheet_of(written(".xlsx", ["a", "b"], answer(" a\r\nb\rc\n ", "<&>\"'")))
    assert (sheet["A2"].value, sheet["B2"].value) == (" a\r\nb\rc\n ", "<&>\"'")


@pytest.mark.parametrize("suffix", list(TEXT_WRITERS))
@pytest.mark.parametrize("n_first", [STRETCH, 2 * STRETCH])
def test_a_text_table_that_is_continued_has_the_bytes_of_one_written_at_once(suffix, n_first):
    rows = [answer(i, f"text {i * i}") for i in range(2 * STRETCH + (n_first == STRETCH))]
    begun = io.BytesIO()
    writer = open_writer(suffix, begun, ["id", "text"], THEMES)
    for row in rows[:n_first]:
        writer.write(row)
    n_bytes = writer.rest()
    begun.truncate(n_bytes)
    begun.seek(n_bytes)
    writer = open_writer(suffix, begun, ["id", "text"], THEMES, is_begun=True)
    for row in rows[n_first:]:
        writer.write(row)
    writer.finish()
    assert begun.getvalue() == written(suffix, ["id", "text"], *rows)


def test_a_packed_table_can_be_continued_after_whole_stretches_only():
    writer = open_writer(".csv.gz", io.BytesIO(), ["id"], THEMES)
    rests = []
    for i in range(STRETCH + 1):
        writer.write(answer(i))
        rests.append(writer.rest() is not None)
    assert rests == [False] * (STRETCH - 1) + [True, False]
