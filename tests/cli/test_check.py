from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from learning.drafts import corpus_folder, draft_table, rows_of
from openpyxl import load_workbook

from themetag.cli import main
from themetag.learning.check.written import read_written

TEXT = "Tenants of two blocks chose the new boilers and the council paid for heating."


@pytest.fixture(autouse=True)
def model(tiny_model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("THEMETAG_MODEL", str(tiny_model))
    monkeypatch.chdir(tmp_path)
    return tiny_model


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return draft_table(
        tmp_path / "draft.csv",
        {"id": "a", "category": "Huosing", "text": TEXT},
        {"id": "b", "category": "Housing", "text": f"{TEXT} Again."},
    )


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def test_findings_are_printed_and_are_no_error(draft, tmp_path):
    before = draft.read_bytes()
    done = run(draft, "--corpus", corpus_folder(tmp_path))
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(
        f"2 entries of {draft}, compared with 30 of the corpus; codebook 1, model 2026.1\n"
    )
    assert f"{draft}:2: unknown category 'Huosing'; did you mean 'Housing'?\n" in done.stdout
    assert done.stderr == f"{draft}: id: 'id', title: 'title', text: 'text'\n"
    assert draft.read_bytes() == before


def test_json_is_all_that_stands_on_stdout(draft):
    found = json.loads(run(draft, "--json").stdout)
    assert (found["n"], found["compared_with"], found["codebook"]) == (2, 0, "from the data")
    assert {finding["kind"] for finding in found["findings"]} >= {"label", "duplicate"}


def test_without_a_corpus_it_says_that_there_is_nothing_to_compare_with(draft):
    assert "no folder training here: compared with no other year" in run(draft).stderr


def test_the_folder_training_is_the_corpus_where_there_is_one(draft, tmp_path):
    corpus_folder(tmp_path).rename(tmp_path / "training")
    assert "compared with 30 of the corpus" in run(draft).stdout


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_the_table_is_written_with_what_was_found(draft, tmp_path, name):
    done = run(draft, "-o", tmp_path / name)
    assert done.exit_code == 0, done.output
    assert done.stderr.endswith(f"2 rows written to {tmp_path / name}\n")
    if name.endswith(".csv"):
        assert [row["suggested_category"] for row in rows_of(tmp_path / name)] == ["Housing", ""]
    else:
        sheet = load_workbook(tmp_path / name).worksheets[0]
        header = [cell.value for cell in sheet[1]]
        assert sheet.cell(2, header.index("suggested_category") + 1).value == "Housing"


def test_a_table_of_anybody_is_checked_by_its_own_column_names_and_codebook(tmp_path):
    table = tmp_path / "anybody.csv"
    table.write_text(f"Ref,Entry title,Summary,Award,Tags\n1,Boilers,{TEXT},Heat,warm|wrm\n")
    book = tmp_path / "book.toml"
    labels = '[[category]]\nid = "heat"\nname = "Heat"\n[[theme]]\nid = "warm"\nname = "Warm"\n'
    book.write_text(f'version = "7"\n{labels}')
    done = run(table, "--category", "Award", "--themes", "Tags", "--codebook", book)
    assert done.exit_code == 0, done.output
    assert "codebook 7, model 2026.1" in done.stdout
    assert f"{table}:2: unknown theme 'wrm'; did you mean 'warm'?" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.csv",), "none.csv: no such file"),
        (("empty.csv",), "empty.csv: is empty"),
        (("header.csv",), "header.csv: has a header and no row under it"),
        (("photo.csv",), "photo.csv: "),
        (("draft.csv", "--corpus", "nowhere"), "nowhere: "),
        (("draft.csv", "--category", "Award"), "draft.csv: no column 'Award'"),
        (("draft.csv", "-o", "draft.csv", "--overwrite"), "draft.csv: belongs to what is read"),
        (
            ("draft.csv", "--corpus", "corpus", "-o", "corpus/entries/2025.csv", "--overwrite"),
            "corpus/entries/2025.csv: belongs to what is read",
        ),
        (("draft.csv", "-o", "out.docx"), "out.docx: give a name that ends in .csv or .xlsx"),
        (("alien.csv",), "alien.csv: none of its 2 labels is in codebook version"),
    ],
)
def test_what_cannot_be_checked_is_one_line(draft, tmp_path, arguments, message):
    (tmp_path / "empty.csv").touch()
    (tmp_path / "header.csv").write_text("id,text\n")
    (tmp_path / "photo.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)))
    draft_table(
        tmp_path / "alien.csv",
        {"id": "a", "category": "Elephants", "themes": "tails", "text": TEXT},
    )
    corpus_folder(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    lines = [line for line in done.stderr.splitlines() if line.startswith("themetag: ")]
    assert len(lines) == 1
    assert lines[0].startswith(f"themetag: {message}")
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "n_kept", "n_said"), [("o.xlsx", 32_767, 1), ("o.csv", 40_000, 0)]
)
def test_a_text_that_a_worksheet_cuts_is_said_so(tmp_path, name, n_kept, n_said):
    path = draft_table(tmp_path / "d.csv", {"id": "a", "text": "x" * 40_000})
    done = run(path, "-o", tmp_path / name)
    assert done.exit_code == 0, done.output
    (row,) = read_written(tmp_path / name).entries
    assert len(row.entry.body) == n_kept
    assert done.stderr.count("1 cell cut to the 32,767 characters of a worksheet") == n_said


def test_the_sheet_of_a_checked_table_is_called_so(draft, tmp_path):
    assert run(draft, "-o", tmp_path / "o.xlsx").exit_code == 0
    assert load_workbook(tmp_path / "o.xlsx").sheetnames == ["checked"]


def test_an_id_with_a_line_end_stays_on_its_line(tmp_path):
    rows = [{"id": "a\nb", "text": TEXT}, {"id": "c\nd", "text": TEXT}]
    done = run(draft_table(tmp_path / "odd\nname.csv", *rows))
    assert done.exit_code == 0, done.output
    assert r"odd\nname.csv" in done.stdout
    assert "odd\nname.csv" not in done.output
    assert r"'c\nd' is word for word like 'a\nb'" in done.stdout
