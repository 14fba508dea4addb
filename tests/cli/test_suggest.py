"""suggest and accept, from a draft to entries that train."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from joblib import parallel_config
from learning.drafts import corpus_folder, draft_table, rows_of
from learning.drafts import table as table_of
from openpyxl import load_workbook

from themetag import artifact
from themetag.cli import main

ROWS = (
    {
        "id": "2026-01",
        "title": "Keys",
        "text": "Rough sleepers of the pandemic have keys to flats.",
    },
    {"id": "2026-02", "title": "", "text": "Recycling crews empty bins and caddies of food waste."},
    {
        "id": "2026-03",
        "category": "Libraries",
        "title": "=books",
        "text": "Readers, young and old.",
    },
)


@pytest.fixture(autouse=True)
def place(tiny_model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("THEMETAG_MODEL", str(tiny_model))
    monkeypatch.chdir(tmp_path)
    draft_table(tmp_path / "draft.csv", *ROWS)
    corpus_folder(tmp_path)
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)])


def suggest(output: str, *arguments: object) -> Result:
    return run("suggest", "draft.csv", "-o", output, "--corpus", "corpus", *arguments)


def accept(file: str, *arguments: object, output: str = "corpus/entries/2026.csv") -> Result:
    return run("accept", file, "--draft", "draft.csv", "--by", "Ann", "--on", "2026-11-29",
               "-o", output, "--corpus", "corpus", *arguments)  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("p.xlsx", "p.xlsx"),
        ("p.csv", "p.csv"),
        ("p.jsonl", "p.jsonl and p.labels.json"),
        ("p.json", "p.json and p.config.xml"),
    ],
)
def test_proposals_are_written_for_each_tool(name, files):
    done = suggest(name)
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert done.stderr == (
        "draft.csv: id: 'id', title: 'title', text: 'text'\n"
        f"3 proposals of model 2026.1 written to {files}\n"
    )


def test_a_draft_that_the_model_learnt_from_is_pointed_out():
    done = run("suggest", "corpus/entries/2025.csv", "-o", "p.csv", "--corpus", "corpus")
    assert "model 2026.1 learnt from 30 of these entries: there it repeats" in done.stderr


def test_a_corrected_workbook_becomes_entries_a_record_and_a_model(place):
    suggest("p.xlsx")
    book = load_workbook("p.xlsx")
    sheet = book["entries"]
    letters = {cell.value: cell.column_letter for cell in sheet[1]}
    line = next(cell.row for cell in sheet["A"] if cell.value == "2026-01")
    proposed = sheet[f"{letters['category']}{line}"].value
    sheet[f"{letters['category']}{line}"] = "Libraries"
    sheet[f"{letters['theme_1']}{line}"] = "digital"
    book.save("p.xlsx")

    done = accept("p.xlsx")
    assert done.exit_code == 0, done.output
    assert done.stderr == (
        "3 entries written to corpus/entries/2026.csv; 2 of 6 decisions differ from what was "
        "proposed (recorded in corpus/corrections.csv)\n"
    )
    first, second, third = rows_of(place / "corpus" / "entries" / "2026.csv")
    assert (first["category"], first["primary_theme"], first["covid"]) == (
        "Libraries", "digital", "true")  # fmt: skip
    assert second["category"] == "Waste and Streets"
    assert (third["category"], third["title"], third["category_printed"]) == (
        "Libraries", "=books", "true")  # fmt: skip
    record = rows_of(place / "corpus" / "corrections.csv")
    assert [tuple(row.values()) for row in record][:1] == [
        ("2026-01", "category", proposed, "Libraries", "Ann", "2026-11-29", "2026.1")
    ]

    with parallel_config(backend="sequential"):
        trained = run("train", "corpus", "--out", "models/2026.2", "--json")
    assert trained.exit_code == 0, trained.output
    assert json.loads(trained.stdout)["n"] == 33
    assert artifact.read_manifest("models/2026.2")["corpus"]["entries"] == {"real": 33}


def test_a_doccano_export_with_an_unknown_label_changes_nothing(place):
    suggest("p.jsonl")
    records = [json.loads(line) for line in (place / "p.jsonl").read_text().splitlines()]
    line = next(i for i, record in enumerate(records) if record["entry"] == "2026-03")
    records[line]["label"].append("theme: recylcing")
    (place / "p.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    before = contents(place)
    done = accept("p.jsonl")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        f"themetag: p.jsonl:{line + 1}: entry '2026-03' cannot be taken: unknown theme "
        "'recylcing'; did you mean 'recycling'?\n"
    )
    assert contents(place) == before


def test_a_file_of_another_codebook_changes_nothing(place):
    suggest("p.csv")
    book = place / "corpus" / "codebook.toml"
    book.write_text(book.read_text().replace('version = "1"', 'version = "2"'))
    before = contents(place)
    done = accept("p.csv")
    assert done.exit_code == 1
    assert "has labels of codebook 1, not 2; suggest again" in done.stderr
    assert contents(place) == before


def test_the_same_year_twice_changes_nothing(place):
    suggest("p.csv")
    assert accept("p.csv").exit_code == 0
    before = contents(place)
    again = accept("p.csv")
    assert again.stderr == (
        "themetag: corpus/entries/2026.csv: holds 3 entries of 2026 already; add those of another "
        "page with --add, or replace them with --overwrite\n"
    )
    other = accept("p.csv", output="corpus/entries/2026-b.csv")
    assert other.stderr == (
        "themetag: corpus/entries/2026.csv: holds the year 2026 already; put the entries there "
        "with --add, or mend the year of the draft\n"
    )
    assert (again.exit_code, other.exit_code) == (1, 1)
    assert contents(place) == before


def test_entries_go_to_the_table_of_their_year_and_somebody_decided_on_them(place):
    suggest("p.csv")
    before = contents(place)
    other = accept("p.csv", "--add", output="corpus/entries/2025.csv")
    assert "2025.csv: entry '2026-01' is of 2026; name the table of that year" in other.stderr
    nobody = accept("p.csv", "--by", "")
    assert nobody.stderr == "themetag: nobody is named who decided; name them with --by\n"
    assert (other.exit_code, nobody.exit_code) == (1, 1)
    assert contents(place) == before


def test_a_second_page_of_a_year_is_added_to_the_first(place):
    suggest("p.csv")
    assert accept("p.csv").exit_code == 0
    table, record = place / "corpus" / "entries" / "2026.csv", place / "corpus" / "corrections.csv"
    rows, first = table.read_text().splitlines(), record.read_text()
    draft_table(place / "draft.csv", {"id": "2026-00", "title": "Tip", "text": "Recycling bins"})
    suggest("q.csv")
    done = accept("q.csv", "--add")
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith("1 entries written to corpus/entries/2026.csv; 0 of 2 decisions")
    added = table.read_text().splitlines()
    assert [*added[:1], *added[2:]] == rows
    assert added[1].startswith("2026-00,2026,Waste and Streets,,Tip,Recycling bins,recycling,")
    assert record.read_text().startswith(first)
    before = contents(place)
    assert accept("q.csv", "--add").exit_code == 0
    assert contents(place) == before
    suggest("q.csv", "--overwrite")
    rows = rows_of(place / "q.csv")
    table_of(place / "q.csv", rows[0], [row | {"category": "Housing"} for row in rows])
    again = accept("q.csv", "--add")
    assert again.stderr == (
        "themetag: corpus/entries/2026.csv: the text of entry '2026-00' stands there already, as "
        "'2026-00', with other labels or facts; correct it there and take it out of the draft\n"
    )


@pytest.mark.parametrize("name", ["p.xlsx", "p.csv", "p.jsonl"])
def test_entries_longer_than_a_cell_and_ids_like_formulas_come_back(place, name):
    rows = [
        {"id": "-12", "category": "Housing", "title": "Keys", "text": "- New flats. " * 3000},
        {"id": "=1+1", "category": "Housing", "title": "-", "text": "Old flats, mended."},
    ]
    draft_table(place / "draft.csv", *rows)
    suggest(name)
    done = accept(name)
    assert done.exit_code == 0, done.output
    kept = rows_of(place / "corpus" / "entries" / "2026.csv")
    assert [(row["id"], row["text"]) for row in kept] == [
        (row["id"], row["text"].strip()) for row in rows
    ]


def test_no_date_is_today(place):
    from datetime import date

    suggest("p.csv")
    before = date.today()
    done = run("accept", "p.csv", "--draft", "draft.csv", "--by", "Ann", "-o", "e.csv",
               "--corpus", "corpus")  # fmt: skip
    assert done.exit_code == 0, done.output
    dates = {row["date"] for row in rows_of(place / "corpus" / "corrections.csv")}
    assert dates <= {before.isoformat(), date.today().isoformat()}
    assert len(dates) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("suggest", "draft.csv", "-o", "p.docx"), "p.docx: cannot tell its kind from its name"),
        (("suggest", "none.csv", "-o", "q.csv"), "none.csv: no such file"),
        (("suggest", "draft.csv", "-o", "draft.csv"), "draft.csv: belongs to what is read"),
        (("suggest", "draft.csv", "-o", "draft.csv", "--overwrite"),
         "draft.csv: belongs to what is read; name another output"),
        (("suggest", "draft.csv", "-o", "corpus/entries/2025.csv", "--overwrite"),
         "corpus/entries/2025.csv: belongs to what is read; name another output"),
        (("accept", "p.csv", "--draft", "draft.csv", "--by", "A", "-o", "p.csv", "--overwrite"),
         "p.csv: belongs to what is read; name another output"),
        (("accept", "p.csv", "--draft", "draft.csv", "--by", "A", "-o", "draft.csv", "--overwrite"),
         "draft.csv: belongs to what is read; name another output"),
        (("accept", "none.xlsx", "--draft", "draft.csv", "--by", "A", "-o", "e.csv"),
         "none.xlsx: no such file"),
        (("accept", "draft.csv", "--draft", "draft.csv", "--by", "A", "-o", "e.csv"),
         "draft.csv: has no column 'entry'; it is no sheet of themetag suggest"),
        (("accept", "none.json", "--draft", "draft.csv", "--by", "A", "-o", "e.csv"),
         "none.json: cannot be read: No such file or directory"),
        (("accept", "p.csv", "--draft", "draft.csv", "--by", "A", "-o", "e.xlsx"),
         "e.xlsx: give a name that ends in .csv"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line_and_writes_nothing(place, arguments, message):
    suggest("p.csv")
    before = contents(place)
    done = run(*arguments, "--corpus", "corpus")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith(f"themetag: {message}")
    assert contents(place) == before


def test_a_corpus_without_a_codebook_is_one_line(place):
    done = run("suggest", "draft.csv", "-o", "p.csv", "--corpus", "nowhere")
    assert done.exit_code == 1
    assert done.stderr.startswith(
        f"themetag: {Path('nowhere') / 'codebook.toml'}: the codebook cannot be read"
    )
