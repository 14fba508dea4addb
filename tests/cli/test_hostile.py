"""A folder and names that somebody made to do harm, through the whole command."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from themetag.cli import main

TEXT = "Rough sleepers moved into council flats."
NAMES = [
    "+44.txt",
    "-1+1.txt",
    "<img src=x onerror=alert(1)>.txt",
    "=cmd|' C'!A0.txt",
    "@SUM(A1).txt",
    'a"b,c;d.txt',
    "two\nlines.txt",
    "zoë\u202etxt.exe.txt",
]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_model: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THEMETAG_MODEL", str(tiny_model))
    return tmp_path


def batch(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["batch", *arguments])


@pytest.fixture
def sent(here: Path) -> Path:
    (here / "sent").mkdir()
    for name in NAMES:
        (here / "sent" / name).write_text(TEXT)
    return here / "sent"


def test_names_of_files_come_out_of_every_format_as_they_are(here, sent):
    for suffix in ("csv", "jsonl", "xlsx", "parquet"):
        result = batch("sent", f"out.{suffix}")
        assert (result.exit_code, len(result.stderr.splitlines())) == (0, 1)
    with (here / "out.csv").open(encoding="utf-8", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == NAMES
    lines = (here / "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == NAMES
    cells = openpyxl.load_workbook("out.xlsx").active["A"][1:]
    assert [(cell.value, cell.data_type) for cell in cells] == [(name, "s") for name in NAMES]


def test_names_of_files_are_no_formulas_in_safe_cells(here, sent):
    assert batch("sent", "out.csv", "--safe-cells").exit_code == 0
    with (here / "out.csv").open(encoding="utf-8", newline="") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    assert ids == [f"'{name}" if name[0] in "=+-@" else name for name in NAMES]


def test_names_of_files_stay_on_one_line_and_off_the_terminal(here):
    (here / "a\n\x1b[2Jb.csv").write_text("text\n" + TEXT)
    result = batch("a\n\x1b[2Jb.csv", "c\nd.csv")
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stderr.splitlines()][:1] == ["a\\n\\x1b[2Jb.csv"]
    assert len(result.stderr.splitlines()) == 2
    assert result.stderr.splitlines()[1].endswith("into c\\nd.csv")


def test_a_folder_of_harm_is_rows_in_error_and_the_rest_is_read(here, monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_FILE_MB", "0.1")
    folder = here / "sent"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT)
    (folder / "big.txt").write_bytes(b"word " * 30_000)
    (folder / "deep.html").write_bytes(b"<div>" * 10_000)
    (folder / "nul.txt").write_bytes(b"Warm\0hubs")
    (folder / "out.txt").symlink_to("/etc/hostname")
    (folder / "photo.txt").write_bytes(b"\xff\xd8\xff\xe0")
    (folder / "z.txt").write_text(TEXT)
    result = batch("sent", "out.csv", "--strict")
    assert result.exit_code == 3
    assert result.stderr.endswith("5 with an error (column error)\n")
    with (here / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["id"], row["error"], row["category"]) for row in csv.DictReader(file)]
    assert rows == [
        ("a.txt", "", "Housing"),
        ("big.txt", "is larger than 0.1 MB: save its words alone as .txt, "
         "or raise THEMETAG_MAX_FILE_MB", ""),
        ("deep.html", "cannot be read as HTML (nested too deeply, or too large): "
         "save its words as .txt", ""),
        ("nul.txt", "is not text (byte 0x00 in line 1, at offset 4, counting from 0): "
         "save it again as plain text", ""),
        ("out.txt", "is a link out of the folder, not followed: copy it here", ""),
        ("photo.txt", "looks like a JPEG picture, not text: "
         "run text recognition (OCR) on it and save the words as .txt", ""),
        ("z.txt", "", "Housing"),
    ]  # fmt: skip


def test_a_row_of_more_text_than_is_tagged_stays_in_place_in_error(here):
    (here / "a.csv").write_text(f"text\n{TEXT}\n{'word ' * 200_001}\n{TEXT}\n")
    assert batch("a.csv", "b.csv").exit_code == 0
    with (here / "b.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["error"], row["category"], len(row["text"])) for row in csv.DictReader(file)]
    assert rows == [
        ("", "Housing", len(TEXT)),
        ("has 1,000,004 characters where 1,000,000 are read: keep the part that matters, "
         "or raise THEMETAG_MAX_TEXT_CHARACTERS", "", 1_000_005),
        ("", "Housing", len(TEXT)),
    ]  # fmt: skip


def test_too_much_on_standard_input_is_one_line(monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_FILE_MB", "0.1")
    result = CliRunner().invoke(main, ["predict"], input=b"word " * 30_000)
    assert (result.exit_code, result.stdout, result.stderr) == (
        1, "", "themetag: standard input: is larger than 0.1 MB: save its words alone as .txt, "
        "or raise THEMETAG_MAX_FILE_MB\n",
    )  # fmt: skip


def test_a_limit_that_is_no_number_is_one_line(here, monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_COLUMNS", "many")
    (here / "a.csv").write_text("text\n" + TEXT)
    result = batch("a.csv", "b.csv")
    assert (result.exit_code, result.stdout, result.stderr) == (
        1, "", "themetag: THEMETAG_MAX_COLUMNS: 'many' is not a number above 0: "
        "mend the variable\n",
    )  # fmt: skip
