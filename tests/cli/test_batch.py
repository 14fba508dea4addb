"""`themetag batch` as an organiser with a spreadsheet export meets it."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from themetag.cli import main
from themetag.cli.streams import FORMATS
from themetag.draft import left_over
from themetag.tables import sheet

HEADER = [
    "Submission ID",
    "Organisation",
    "Entry title",
    "100 word summary (max)",
    "Supporting statement",
    "Category entered",
]
CHOICE = (
    "id: 'Submission ID', title: 'Entry title', "
    "text: '100 word summary (max)' + 'Supporting statement'\n"
)
KINDS = ".csv, .tsv, .jsonl, .xlsx, .parquet, .csv.gz, .tsv.gz, .jsonl.gz"
ROWS = [
    ["LG-1", "Anytown", "Nine homes", "Rough sleepers moved into flats.", "£1 – well spent.", "H"],
    ["LG-2", "Borough", "Bins, bins", "Recycling rose.\nCrews check bins.", "=SUM(A1)", "W"],
    ["LG-3", "County", "", "Zyx qwv.", "", "L"],
    ["LG-2", "District", "Late libraries", "", "Forty libraries stayed open.", "L"],
]
ADDED = [
    "category",
    "category_probability",
    "category_2",
    "category_2_probability",
    "category_3",
    "category_3_probability",
    "category_set",
    "abstained",
    "reason",
    "themes",
]


pytestmark = pytest.mark.usefixtures("here")


def batch(*arguments: str, input: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["batch", *arguments], input=input)


def outcome(result: Result) -> tuple[int, str, str]:
    return result.exit_code, result.stdout, result.stderr


def started(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """The command in a process of its own, as a terminal starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "themetag", "batch", *arguments],
        stdout=options.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        start_new_session=True,
        # A shell that runs the tests in the background has this signal ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **options,
    )


def csv_bytes(rows: list[list[str]], separator: str = ",", line_end: str = "\n") -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator, lineterminator=line_end).writerows(rows)
    return file.getvalue().encode()


def export(here: Path, name: str = "entries.csv") -> str:
    (here / name).write_bytes(csv_bytes([HEADER, *ROWS]))
    return name


def many(here: Path, n_rows: int) -> str:
    """A table of different rows, large enough to be at work on for some seconds."""
    name = f"many-{n_rows}.csv"
    with (here / name).open("w") as file:
        file.write("id,text\n")
        for i in range(n_rows):
            file.write(f"{i},Rough sleepers number {i} moved into flats {i * 7}\n")
    return name


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def records(path: Path) -> list[dict[str, Any]]:
    return list(map(json.loads, path.read_text(encoding="utf-8").splitlines()))


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def summary(rows: str, output: str, model: Path, *more: str) -> str:
    return "; ".join([f"{rows} tagged by model 2026.1 ({model}) into {output}", *more]) + "\n"


# --- what comes out -------------------------------------------------------------------------


def test_an_export_is_tagged_with_its_columns_kept_and_the_choice_told(here, tiny_model):
    code, out, err = outcome(batch(export(here), "tagged.csv"))
    assert (code, out) == (0, "")
    assert err == f"entries.csv: {CHOICE}" + summary(
        "4 rows", "tagged.csv", tiny_model, "1 without an answer (column reason)",
        "1 with the id of an earlier row (line 6)",
    )  # fmt: skip
    rows = read_csv((here / "tagged.csv").read_bytes())
    assert list(rows[0]) == [*HEADER, *ADDED, "theme_probabilities", "model", "error"]
    assert [[row[name] for name in HEADER] for row in rows] == ROWS
    assert [row["category"] for row in rows] == ["Housing", "Waste and Streets", "", "Libraries"]
    assert [row["reason"] for row in rows] == ["", "", "no-known-terms", ""]
    assert [row["error"] for row in rows] == ["", "", "", ""]
    assert names(here) == ["entries.csv", "tagged.csv"]


def test_json_lines_are_what_predict_says_of_the_same_texts(here):
    batch(export(here), "tagged.jsonl")
    lines = (here / "tagged.jsonl").read_text(encoding="utf-8").splitlines()
    for row, line in zip(ROWS, lines, strict=True):
        text = "\n\n".join(part for part in row[2:5] if part)
        said = CliRunner().invoke(main, ["predict", "--json"], input=text.encode())
        record = json.loads(line)
        assert record.pop("input") == dict(zip(HEADER, row, strict=True))
        assert record == json.loads(said.stdout) | {"id": row[0]}


def test_windows_line_ends_in_a_cell_change_no_answer(here):
    windows = [[cell.replace("\n", "\r\n") for cell in row] for row in ROWS]
    (here / "windows.csv").write_bytes(csv_bytes([HEADER, *windows], ";", "\r\n"))
    batch(export(here), "a.jsonl")
    batch("windows.csv", "b.jsonl")
    answers = [
        [{k: v for k, v in record.items() if k != "input"} for record in records(here / name)]
        for name in ("a.jsonl", "b.jsonl")
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx", "parquet"])
def test_neither_chunk_nor_jobs_change_a_byte(here, suffix):
    rows = [[str(i), "", f"Title {i}", text, "", ""] for i in range(5) for *_, text, _, _ in ROWS]
    (here / "a.csv").write_bytes(csv_bytes([HEADER, *rows]))
    assert len(rows) == 20
    ways = [["--chunk", "1"], ["--chunk", "7"], ["--chunk", "3", "--jobs", "2"], []]
    outputs = []
    for i, way in enumerate(ways):
        assert batch("a.csv", f"{i}.{suffix}", *way).exit_code == 0
        outputs.append((here / f"{i}.{suffix}").read_bytes())
    assert len(set(outputs)) == 1


def test_a_workbook_has_one_column_of_numbers_a_theme(here, tiny_model):
    book = openpyxl.Workbook()
    for row in [HEADER, *ROWS]:
        book.active.append(row)
    book.active["E3"].data_type = "s"
    book.save("entries.xlsx")
    assert outcome(batch("entries.xlsx", "tagged.xlsx")) == (
        0,
        "",
        f"entries.xlsx: {CHOICE}" + summary(
            "4 rows", "tagged.xlsx", tiny_model, "1 without an answer (column reason)",
            "1 with the id of an earlier row (line 5)",
        ),
    )  # fmt: skip
    batch("entries.xlsx", "tagged.jsonl")
    sheet = openpyxl.load_workbook("tagged.xlsx").active
    header = [cell.value for cell in sheet[1]]
    themes = ["homelessness", "recycling", "digital"]
    assert header == [*HEADER, *ADDED, *themes, "model", "error"]
    for i, record in enumerate(records(here / "tagged.jsonl"), start=2):
        row = dict(zip(header, (cell.value for cell in sheet[i]), strict=True))
        assert {theme: row[theme] for theme in themes} == record["theme_probabilities"]
        assert row["category"] == record["category"]
        assert (row["Supporting statement"] or "") == ROWS[i - 2][4]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:U5")


def test_a_column_called_category_keeps_its_name_and_the_added_ones_are_prefixed(here):
    (here / "a.csv").write_text("text,category\nRough sleepers moved into flats.,Mine\n")
    batch("a.csv", "b.csv")
    (row,) = read_csv((here / "b.csv").read_bytes())
    added = [*ADDED, "theme_probabilities", "model", "error"]
    assert list(row) == ["text", "category", *(f"themetag_{name}" for name in added)]
    assert (row["category"], row["themetag_category"]) == ("Mine", "Housing")


def test_rows_amiss_stay_in_place_with_their_error(here, tiny_model):
    (here / "a.csv").write_text("id,text\n1,Flats\n2\n\n4,\n5,Bins\n")
    arguments = ("a.csv", "b.csv", "--strict")
    assert outcome(batch(*arguments)) == (
        3,
        "",
        "a.csv: id: 'id', title: none, text: 'text'\n" + summary(
            "5 rows", "b.csv", tiny_model, "3 with an error (column error)",
        ),
    )  # fmt: skip
    rows = read_csv((here / "b.csv").read_bytes())
    assert [(row["id"], row["error"]) for row in rows] == [
        ("1", ""), ("2", "row has 1 cells where the header has 2"), ("", "empty"),
        ("4", "no text"), ("5", ""),
    ]  # fmt: skip
    assert batch("a.csv", "c.csv").exit_code == 0


def test_strict_is_content_with_rows_that_have_no_error(here):
    assert batch(export(here), "tagged.csv", "--strict").exit_code == 0


def test_a_cell_cut_to_fit_a_worksheet_counts_as_an_error(here, tiny_model):
    (here / "a.csv").write_text(f"id,text\n1,Flats\n2,{'flats ' * 6000}\n")
    code, _, err = outcome(batch("a.csv", "b.xlsx", "--strict"))
    assert code == 3
    assert err.splitlines()[1] + "\n" == summary(
        "2 rows", "b.xlsx", tiny_model, "1 with an error (column error)"
    )


def test_named_columns_are_taken_in_the_order_given(here):
    (here / "a.csv").write_text("n,why,what\n7,Rough sleepers.,Flats.\n")
    code, _, err = outcome(
        batch("a.csv", "b.jsonl", "--id", "N", "--text", "what", "--text", "why")
    )
    assert code == 0
    assert err.splitlines()[0] == "a.csv: id: 'n', title: none, text: 'what' + 'why'"
    assert json.loads((here / "b.jsonl").read_text())["id"] == "7"


def test_a_header_without_rows_gives_a_header_without_rows(here, tiny_model):
    (here / "a.csv").write_text("id,text\n")
    code, _, err = outcome(batch("a.csv", "b.csv"))
    assert (code, err.splitlines()[1] + "\n") == (0, summary("0 rows", "b.csv", tiny_model))
    assert (here / "b.csv").read_text().count("\n") == 1


def test_a_folder_is_tagged_by_relative_path(here, tiny_model):
    (here / "in/deep").mkdir(parents=True)
    (here / "in/deep/a.txt").write_text("Rough sleepers moved into flats.")
    (here / "in/b.docx").write_bytes(b"PK\x03\x04")
    Path(os.fsdecode(b"in/caf\xe9.txt")).write_text("Bins\n\nRecycling rose.")
    code, out, err = outcome(batch("in", "tagged.jsonl", "--jobs", "2"))
    assert (code, out) == (0, "")
    assert err == summary("3 rows", "tagged.jsonl", tiny_model, "1 with an error (column error)")
    tagged = records(here / "tagged.jsonl")
    found = [(record["id"], record["input"], record["category"]) for record in tagged]
    odd = "caf\N{REPLACEMENT CHARACTER}.txt"
    assert found == [
        ("b.docx", {"id": "b.docx"}, None),
        (odd, {"id": odd}, "Waste and Streets"),
        ("deep/a.txt", {"id": "deep/a.txt"}, "Housing"),
    ]
    assert ["error" in record for record in tagged] == [True, False, False]


def test_an_archive_is_tagged_as_its_folder_is(here, tiny_model):
    (here / "in/deep").mkdir(parents=True)
    (here / "in/deep/a.txt").write_text("Rough sleepers moved into flats.")
    (here / "in/b.docx").write_bytes(b"PK\x03\x04")
    with zipfile.ZipFile("in.ZIP", "w") as packed:
        for name in ("deep/a.txt", "b.docx"):
            packed.write(here / "in" / name, name)
    batch("in", "folder.jsonl")
    code, out, err = outcome(batch("in.ZIP", "archive.jsonl", "--jobs", "2"))
    assert (code, out) == (0, "")
    assert err == summary("2 rows", "archive.jsonl", tiny_model, "1 with an error (column error)")
    assert (here / "archive.jsonl").read_bytes() == (here / "folder.jsonl").read_bytes()


def test_a_table_can_pass_through_standard_streams(here, tiny_model):
    data = (here / export(here)).read_bytes()
    batch("entries.csv", "tagged.jsonl")
    code, out, err = outcome(batch("-", "-", "--from", "csv", "--to", "jsonl", input=data))
    assert (code, out) == (0, (here / "tagged.jsonl").read_text(encoding="utf-8"))
    assert err == f"standard input: {CHOICE}" + summary(
        "4 rows", "standard output", tiny_model, "1 without an answer (column reason)",
        "1 with the id of an earlier row (line 6)",
    )  # fmt: skip


def test_a_format_can_be_named_for_files_whose_suffix_does_not_say(here):
    (here / "unicode text.txt").write_bytes("id\ttext\r\n1\tFlats\r\n".encode("utf-16"))
    code, _, err = outcome(batch("unicode text.txt", "out", "--from", "tsv", "--to", "jsonl"))
    assert code == 0
    assert err.splitlines()[:2] == [
        "unicode text.txt: encoding utf-16",
        "unicode text.txt: id: 'id', title: none, text: 'text'",
    ]
    assert json.loads((here / "out").read_text())["input"] == {"id": "1", "text": "Flats"}


def test_compressed_tables_go_in_and_out(here, tiny_model):
    data = (here / export(here)).read_bytes()
    (here / "entries.csv.gz").write_bytes(gzip.compress(data))
    batch("entries.csv", "tagged.csv")
    batch("entries.csv", "tagged.jsonl")
    code, out, err = outcome(batch("entries.csv.gz", "tagged.csv.gz"))
    assert (code, out) == (0, "")
    assert err == f"entries.csv.gz: {CHOICE}" + summary(
        "4 rows", "tagged.csv.gz", tiny_model, "1 without an answer (column reason)",
        "1 with the id of an earlier row (line 6)",
    )  # fmt: skip
    packed = (here / "tagged.csv.gz").read_bytes()
    assert gzip.decompress(packed) == (here / "tagged.csv").read_bytes()
    batch("entries.csv.gz", "again.csv.gz", "--chunk", "1", "--jobs", "2")
    assert (here / "again.csv.gz").read_bytes() == packed
    batch("entries.csv.gz", "tagged.jsonl.gz")
    unpacked = gzip.decompress((here / "tagged.jsonl.gz").read_bytes())
    assert unpacked == (here / "tagged.jsonl").read_bytes()


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_read_from_standard_input_and_under_any_name(here, format):
    if format == "parquet":
        pytest.importorskip("pyarrow")
    records = (json.dumps(dict(zip(HEADER, row, strict=True))) + "\n" for row in ROWS)
    data = "".join(records).encode()
    Path("a.jsonl").write_bytes(data)
    Path("a.jsonl.gz").write_bytes(gzip.compress(data))
    named = Path(f"a.{format}")
    if not named.exists():
        assert batch("a.jsonl", str(named)).exit_code == 0
    Path("export").write_bytes(named.read_bytes())

    assert batch(str(named), "by-suffix.csv").exit_code == 0
    by_name = batch("export", "by-name.csv", "--from", format)
    streamed = batch("-", "-", "--from", format, "--to", "csv", input=named.read_bytes())

    assert (by_name.exit_code, streamed.exit_code) == (0, 0), by_name.stderr + streamed.stderr
    assert Path("by-name.csv").read_bytes() == Path("by-suffix.csv").read_bytes()
    assert streamed.stdout_bytes == Path("by-suffix.csv").read_bytes()


def test_compressed_tables_pass_through_standard_streams(here):
    data = (here / export(here)).read_bytes()
    batch("entries.csv", "tagged.tsv")
    result = batch("-", "-", "--from", "csv.gz", "--to", "tsv.gz", input=gzip.compress(data))
    assert result.exit_code == 0
    assert gzip.decompress(result.stdout_bytes) == (here / "tagged.tsv").read_bytes()


def test_a_compressed_table_cut_short_is_one_line_and_nothing_is_written(here):
    (here / "a.csv.gz").write_bytes(gzip.compress((here / many(here, 5_000)).read_bytes())[:-9])
    assert outcome(batch("a.csv.gz", "b.csv.gz")) == (
        1,
        "",
        "themetag: a.csv.gz: is damaged or cut short: compress it or download it again\n",
    )
    assert names(here) == ["a.csv.gz", "many-5000.csv"]


def test_cells_that_look_like_formulas_are_made_safe_where_that_is_asked_for(here):
    name = export(here)
    for arguments, cell in (((), "=SUM(A1)"), (("--safe-cells",), "'=SUM(A1)")):
        assert batch(name, "b.csv", "--overwrite", *arguments).exit_code == 0
        rows = read_csv((here / "b.csv").read_bytes())
        assert [row["Supporting statement"] for row in rows] == [
            "£1 – well spent.",
            cell,
            "",
            ROWS[3][4],
        ]
        assert [row["category"] for row in rows][:2] == ["Housing", "Waste and Streets"]


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("no.csv", "b.csv"), "no.csv: no such file: check its name and folder"),
        (("no.zip", "b.csv"), "no.zip: no such file: check its name and folder"),
        (("a.csv", "b.doc"), f"b.doc: cannot write .doc; use {KINDS}"),
        (("a.csv", "b"), f"b: cannot write a name without a suffix; use {KINDS}"),
        (("a.csv", "a.csv"), "a.csv: belongs to what is read; name another output"),
        (("a.csv", "./a.csv", "--overwrite"),
         "a.csv: belongs to what is read; name another output"),
        (("a.csv", "plain.csv"),
         "plain.csv: exists already; choose another name or add --overwrite"),
        (("a.csv", "no/b.csv"),
         "no/b.csv: its folder does not exist; make it first or name another"),
        (("a.csv", "folder.csv"), "folder.csv: is a folder; name a file"),
        (("a.csv", "folder.csv", "--overwrite"), "folder.csv: is a folder; name a file"),
        (("folder.csv", "b.csv"), "folder.csv: holds no document"),
        (("plain.txt", "b.csv"), "plain.txt: is a document, not a table: use themetag predict, "
                                 "or name the folder it is in"),
        (("a.csv", "b.csv", "--sheet", "2"), "a.csv: has no sheets, being .csv: leave out --sheet"),
        (("a.csv", "b.csv", "--text", "c"), "a.csv: no column 'c'. The columns are: 'a', 'b'"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_line_and_nothing_written(here, arguments, line):
    (here / "a.csv").write_text("a,b\n1,2\n")
    (here / "plain.txt").write_text("Flats")
    (here / "plain.csv").touch()
    (here / "folder.csv").mkdir()
    assert outcome(batch(*arguments)) == (1, "", f"themetag: {line}\n")
    assert (here / "a.csv").read_text() == "a,b\n1,2\n"
    assert names(here) == ["a.csv", "folder.csv", "plain.csv", "plain.txt"]


def test_more_rows_than_a_worksheet_has_are_refused_before_one_is_tagged(here, monkeypatch):
    monkeypatch.setattr(sheet, "MOST_ROWS", 3)
    (here / "many.csv").write_text("text\n" + "x\n" * 3)
    result = batch("many.csv", "b.xlsx")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == (
        "themetag: b.xlsx: a worksheet has 3 rows and 4 are needed; write .csv, .jsonl or .parquet"
    )
    assert not (here / "b.xlsx").exists()


def test_a_sheet_is_chosen_and_told(here):
    book = openpyxl.Workbook()
    book.active.append(["Guidance"])
    book.create_sheet("Entries").append(["Ref", "Summary"])
    book["Entries"].append(["7", "Rough sleepers moved into flats."])
    book.save(here / "a.xlsx")
    result = batch("a.xlsx", "b.csv", "--sheet", "Entries")
    assert result.exit_code == 0
    assert result.stderr.startswith("a.xlsx: sheet 'Entries', 2 of 2\na.xlsx: id: 'Ref', ")


def test_a_parquet_goes_in_and_out_and_through_standard_streams(here):
    pytest.importorskip("pyarrow")
    (here / "a.csv").write_bytes(csv_bytes([HEADER, *ROWS]))
    assert batch("a.csv", "b.parquet").exit_code == 0
    assert batch("b.parquet", "c.csv").exit_code == 0
    again = batch(
        "-", "-", "--from", "parquet", "--to", "parquet", input=(here / "b.parquet").read_bytes()
    )
    assert again.exit_code == 0
    assert again.stdout_bytes[:4] == again.stdout_bytes[-4:] == b"PAR1"
    rows = list(csv.reader(io.StringIO((here / "c.csv").read_text("utf-8"), newline="")))
    assert [row[: len(HEADER)] for row in rows] == [HEADER, *ROWS]
    assert rows[0][len(HEADER)] == "category"
    assert rows[1][len(HEADER)] == "Housing"


def test_a_table_without_a_text_column_says_what_was_found_and_the_columns(here):
    (here / "a.csv").write_bytes("Größe;b\n1;2\n".encode("cp1252"))
    assert outcome(batch("a.csv", "b.csv")) == (
        1,
        "",
        "a.csv: encoding cp1252, separator semicolon\n"
        "themetag: a.csv: no column reads like a text; name it with --text. "
        "The columns are: 'Größe', 'b'\n",
    )


def test_errors_of_standard_input_name_it_so():
    data = b'id,text\n1,"never closed\n'
    assert outcome(batch("-", "-", "--from", "csv", "--to", "csv", input=data)) == (
        1,
        "",
        'themetag: standard input:2: a cell opens with a quotation mark (") that is never closed; '
        "close it\n",
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-", "b.csv"), f"Error: INPUT - needs --from: one of {KINDS.replace(' .', ' ')[1:]}"),
        (("a.csv", "-"), f"Error: OUTPUT - needs --to: one of {KINDS.replace(' .', ' ')[1:]}"),
        (("a.csv", "b.csv", "--jobs", "0"),
         "Error: Invalid value for '--jobs': 0 is not in the range x>=1."),
    ],
)  # fmt: skip
def test_a_command_that_is_not_complete_is_a_matter_of_usage(here, arguments, words):
    (here / "a.csv").write_text("id,text\n1,Flats\n")
    code, out, err = outcome(batch(*arguments, input=b""))
    assert (code, out, err.splitlines()[-1]) == (2, "", words)


# --- what is survived -----------------------------------------------------------------------


def kept(process: subprocess.Popen[bytes], output: str, more_than: int = 0) -> int:
    """Wait until a run could be gone on with after more rows; return after how many."""
    deadline = time.monotonic() + 60
    while (n_rows := left_over(Path(output))) <= more_than:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
    return n_rows


def killed(*arguments: str, output: str) -> int:
    """Begin a run and kill it as soon as it has done more than the one before."""
    before = left_over(Path(output))
    process = started(*arguments)
    kept(process, output, more_than=before)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    return left_over(Path(output))


def test_a_kill_in_the_middle_leaves_what_was_there(here):
    (here / "tagged.csv").write_text("before")
    killed(many(here, 20_000), "tagged.csv", "--overwrite", output="tagged.csv")
    assert (here / "tagged.csv").read_text() == "before"


def test_five_kills_change_no_byte_and_lose_no_row(here, tiny_model):
    table = many(here, 8_000)
    batch(table, "whole.csv")
    done = [0]
    for jobs in ("1", "2", "1", "2", "1"):
        arguments = (table, "tagged.csv", "--resume", "--jobs", jobs, "--chunk", f"{jobs}37")
        done.append(killed(*arguments, output="tagged.csv"))
    assert done == sorted(set(done))
    code, _, err = outcome(batch(table, "tagged.csv", "--resume"))
    assert (code, err.splitlines()[1:]) == (
        0,
        [f"tagged.csv: going on after {done[-1]:,} rows",
         summary("8,000 rows", "tagged.csv", tiny_model).rstrip()],
    )  # fmt: skip
    assert (here / "tagged.csv").read_bytes() == (here / "whole.csv").read_bytes()
    assert names(here) == [table, "tagged.csv", "whole.csv"]


@pytest.mark.parametrize("suffix", ["tsv.gz", "jsonl", "xlsx", "parquet"])
def test_what_a_kill_leaves_is_gone_on_with_in_every_format(here, suffix):
    table = many(here, 1_200 if suffix == "jsonl" else 4_000)  # evidence takes its time
    batch(table, f"whole.{suffix}")
    output = f"tagged.{suffix}"
    for chunk in ("70", "300"):
        assert killed(table, output, "--resume", "--chunk", chunk, output=output) > 0
    result = batch(table, output, "--resume")
    assert (result.exit_code, "going on after" in result.stderr) == (0, True)
    assert (here / output).read_bytes() == (here / f"whole.{suffix}").read_bytes()


def test_everything_that_was_counted_before_a_kill_is_counted_after_it(here):
    """Row 7 has the id of row 5, row 9 no text, row 11 nothing that is known."""
    rows = [[str(i), "Rough sleepers moved into flats."] for i in range(1, 4_001)]
    rows[6][0], rows[8][1], rows[10][1] = "5", "", "Zyx qwv."
    (here / "a.csv").write_bytes(csv_bytes([["id", "text"], *rows]))
    for suffix in ("csv", "xlsx"):
        output = f"tagged.{suffix}"
        killed("a.csv", output, output=output)
        err = batch("a.csv", output, "--resume").stderr
        assert err.splitlines()[-1].partition(output)[2] == (
            "; 1 without an answer (column reason); 1 with an error (column error); "
            "1 with the id of an earlier row (line 8)"
        )


def test_resuming_what_is_done_says_so_and_leaves_it_alone(here):
    export(here)
    assert batch("entries.csv", "tagged.csv", "--resume").exit_code == 0
    made = (here / "tagged.csv").read_bytes()
    assert outcome(batch("entries.csv", "tagged.csv", "--resume")) == (
        1,
        "",
        "themetag: tagged.csv: exists already, and no stopped run is left to go on from: "
        "if this is what one made, all is done; else choose another name or add --overwrite\n",
    )
    assert (here / "tagged.csv").read_bytes() == made
    assert batch("entries.csv", "tagged.csv", "--resume", "--overwrite").exit_code == 0


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_with_130_and_says_how_to_go_on(here, jobs):
    table = many(here, 20_000)
    process = started(table, "tagged.csv", "--jobs", jobs)
    kept(process, "tagged.csv")
    begun = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # a terminal tells every process
    out, err = process.communicate()
    assert time.monotonic() - begun < 2
    n_rows = left_over(Path("tagged.csv"))
    assert (process.returncode, out, err.decode().splitlines()[1:]) == (
        130, b"", [f"themetag: stopped; {n_rows:,} rows are kept: "
                   "the same command with --resume goes on after them"],
    )  # fmt: skip
    assert names(here) == [".tagged.csv.partial", table]


def test_a_request_to_end_is_obeyed_and_can_be_gone_on_from(here):
    table = many(here, 20_000)
    process = started(table, "tagged.csv")
    kept(process, "tagged.csv")
    process.terminate()
    process.communicate()
    assert process.returncode == 143
    assert names(here) == [".tagged.csv.partial", table]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system has no /proc")
def test_workers_end_when_the_process_that_began_them_is_killed(here):
    process = started(many(here, 20_000), "tagged.csv", "--jobs", "2")
    kept(process, "tagged.csv")
    workers = children(process.pid)
    assert len(workers) == 2
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 20
    while any(is_running(pid) for pid in workers):
        assert time.monotonic() < deadline


def children(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if int(path.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(path.parent.name))
    return found


def is_running(pid: int) -> bool:
    """One that has ended may stand in the list until its new parent takes note."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_worker_that_dies_is_one_line_and_what_is_written_is_kept(here):
    table = many(here, 20_000)
    process = started(table, "tagged.csv", "--jobs", "2")
    kept(process, "tagged.csv")
    os.kill(children(process.pid)[0], signal.SIGKILL)
    _, err = process.communicate()
    n_rows = left_over(Path("tagged.csv"))
    assert (process.returncode, err.decode().splitlines()[1:]) == (
        1, ["themetag: a worker process died (status -9), perhaps for want of memory: "
            f"use fewer --jobs or a smaller --chunk; {n_rows:,} rows are kept: "
            "the same command with --resume goes on after them"],
    )  # fmt: skip


def test_another_input_or_option_is_not_gone_on_with(here):
    table = many(here, 6_000)
    killed(table, "tagged.csv", output="tagged.csv")
    n_rows = left_over(Path("tagged.csv"))
    with (here / table).open("a") as file:
        file.write("x,One more\n")
    code, _, err = outcome(batch(table, "tagged.csv", "--resume", "--safe-cells"))
    assert (code, err.splitlines()[-1]) == (
        1,
        "themetag: tagged.csv: cannot go on: the input and --safe-cells changed since the run "
        "that was stopped; begin again without --resume",
    )
    assert left_over(Path("tagged.csv")) == n_rows
    code, _, err = outcome(batch(table, "tagged.csv"))
    assert code == 0
    assert err.splitlines()[1] == (
        f"tagged.csv: beginning again; {n_rows:,} rows of a run that was stopped are dropped"
    )
    assert names(here) == [table, "tagged.csv"]


def test_nothing_to_go_on_from_is_said_and_no_fault(here):
    result = batch(export(here), "tagged.csv", "--resume")
    assert result.exit_code == 0
    assert result.stderr.splitlines()[1] == "tagged.csv: nothing to go on from; beginning"


def test_two_runs_do_not_write_one_output(here):
    table = many(here, 20_000)
    process = started(table, "tagged.csv")
    kept(process, "tagged.csv")
    code, _, err = outcome(batch(table, "tagged.csv", "--resume"))
    assert (code, err.splitlines()[-1]) == (
        1, "themetag: tagged.csv: another run is writing it: wait for its end",
    )  # fmt: skip
    process.kill()
    process.communicate()
    assert left_over(Path("tagged.csv")) > 0


def test_an_input_that_is_changed_meanwhile_is_one_line_and_nothing_of_the_change_is_kept(here):
    table = many(here, 20_000)
    process = started(table, "tagged.csv")
    kept(process, "tagged.csv")
    with (here / table).open("a") as file:
        file.write("x,One more\n")
    _, err = process.communicate()
    n_rows = left_over(Path("tagged.csv"))
    assert (process.returncode, err.decode().splitlines()[1:]) == (
        1, [f"themetag: {table}: was changed while it was read: let nobody write to it until the "
            f"batch is done; {n_rows:,} rows are kept: once it is again what it was, the same "
            "command with --resume goes on after them; else begin again without --resume"],
    )  # fmt: skip


def test_a_folder_that_goes_away_meanwhile_is_one_line(here):
    (here / "out").mkdir()
    table = many(here, 20_000)
    process = started(table, "out/tagged.csv")
    n_rows = kept(process, "out/tagged.csv")
    (here / "out").rename(here / "elsewhere")
    _, err = process.communicate()
    assert (process.returncode, err.decode().splitlines()[1:]) == (
        1, ["themetag: out/.tagged.csv.partial: was moved or removed while it was written to: "
            "put it back and go on with --resume"],
    )  # fmt: skip
    assert left_over(Path("elsewhere/tagged.csv")) >= n_rows


def test_a_number_that_stands_in_for_an_id_is_no_repeat_of_one(here):
    """Rows 3 and 4 have no id; row 2 is called 3."""
    rows = [["id", "text"], ["1", "bins"], ["3", "homes"], ["", "books"], ["", "litter"]]
    (here / "blank.csv").write_bytes(csv_bytes(rows))
    assert "earlier row" not in batch("blank.csv", "tagged.csv").stderr


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_a_full_disk_is_one_line_and_leaves_what_was_there(here, tmp_path, suffix):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    table = many(here, 2_000)
    (here / f"tagged.{suffix}").write_text("before")
    done = subprocess.run(
        [sys.executable, "-m", "themetag", "batch", table, f"tagged.{suffix}", "--overwrite"],
        capture_output=True,
        env=os.environ | {"TMPDIR": str(scratch), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, b"")
    # Of the .xlsx and the .parquet, 500 rows are safe by then: their scores take 24 KB.
    kept = "; 500 rows are kept: the same command with --resume goes on after them"
    kept = "" if suffix == "csv" else kept
    assert done.stderr.decode().splitlines()[1:] == [
        f"themetag: tagged.{suffix}: cannot be written: File too large{kept}"
    ]
    assert (here / f"tagged.{suffix}").read_text() == "before"
    partial = [f".tagged.{suffix}.partial"] if kept else []
    assert names(here) == sorted([*partial, table, f"tagged.{suffix}"])
    assert names(scratch) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_behind_standard_output_is_one_line(here):
    table = many(here, 50)
    with open("/dev/full", "wb") as full:
        process = started(table, "-", "--to", "csv", stdout=full)
        _, err = process.communicate()
    assert (process.returncode, err.decode().splitlines()[1:]) == (
        1, ["themetag: standard output: cannot be written: No space left on device"],
    )  # fmt: skip


def test_a_reader_that_has_read_enough_is_no_fault(here):
    process = started(many(here, 5_000), "-", "--to", "csv")
    assert process.stdout.readline().startswith(b"id,text,category,")
    process.stdout.close()
    lines = process.stderr.read().decode().splitlines()
    process.stderr.close()
    assert (process.wait(), lines[1:]) == (1, [])


def test_memory_does_not_grow_with_the_rows(here):
    def peak_bytes(n_rows: int) -> int:
        process = started(many(here, n_rows), f"tagged-{n_rows}.csv", stdout=subprocess.DEVNULL)
        with process.stderr as err:
            err.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        unit = 1 if sys.platform == "darwin" else 1024
        return usage.ru_maxrss * unit

    # 38,000 rows hold 1.7 MB of text and become 8 MB; two numbers a row are kept.
    assert peak_bytes(40_000) - peak_bytes(2_000) < 6_000_000
