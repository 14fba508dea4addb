from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from learning.pages import blurb, save

from themetag.cli import main

CODEBOOK = 'version = "1"\n[[category]]\nid = "housing"\nname = "Housing"\n'


@pytest.fixture
def page(tmp_path: Path) -> Path:
    text = blurb("The Bramley scheme")
    return save(tmp_path, "Housing", "Averley BC", "Bramley Court", text, "Dunmere DC", text)


@pytest.fixture
def codebook(tmp_path: Path) -> Path:
    return save(tmp_path, CODEBOOK, name="codebook.toml")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["ingest", *map(str, arguments)])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_page_becomes_a_table_and_a_line_on_stderr(page, codebook, tmp_path):
    out = tmp_path / "draft.csv"
    done = run(page, "--year", 2025, "--codebook", codebook, "-o", out)
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert done.stderr == (
        f"2 draft entries of {page} written to {out}; 1 to be looked at (column check)\n"
    )
    assert [row["id"] for row in rows_of(out)] == ["2025-housing-01", "2025-housing-02"]


def test_without_a_codebook_the_categories_are_those_of_the_model_in_use(
    page, tmp_path, tiny_model, monkeypatch
):
    monkeypatch.setenv("THEMETAG_MODEL", str(tiny_model))
    assert run(page, "--year", 2025, "-o", tmp_path / "draft.csv").exit_code == 0
    assert [row["category"] for row in rows_of(tmp_path / "draft.csv")] == ["Housing"] * 2


def test_an_output_that_exists_is_kept_unless_it_is_to_be_replaced(page, codebook, tmp_path):
    out = save(tmp_path, "mine", name="draft.csv")
    arguments = (page, "--year", 2025, "--codebook", codebook, "-o", out)
    done = run(*arguments)
    assert done.exit_code == 1
    assert done.stderr == (
        f"themetag: {out}: exists already; choose another name or add --overwrite\n"
    )
    assert out.read_text(encoding="utf-8") == "mine"
    assert run(*arguments, "--overwrite").exit_code == 0
    assert len(rows_of(out)) == 2


def test_an_output_of_another_kind_is_refused(page, codebook, tmp_path):
    done = run(page, "--year", 2025, "--codebook", codebook, "-o", tmp_path / "draft.xlsx")
    assert (done.exit_code, done.stderr) == (
        1,
        f"themetag: {tmp_path / 'draft.xlsx'}: give a name that ends in .csv\n",
    )


def test_an_unknown_category_is_one_line(page, codebook, tmp_path):
    out = tmp_path / "draft.csv"
    done = run(page, "--year", 2025, "--codebook", codebook, "-o", out, "--category", "Bins")
    assert (done.exit_code, done.stderr) == (
        1,
        "themetag: unknown category 'Bins'; the known ones stand in codebook.toml and the "
        "README.md of a model\n",
    )
    assert not out.exists()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("",), "is empty: nothing to read"),
        (("News of the week",), "no entries found: neither a category heading nor a council line"),
    ],
)
def test_a_page_without_entries_is_one_line(codebook, tmp_path, lines, message):
    empty = save(tmp_path, *lines)
    done = run(empty, "--year", 2025, "--codebook", codebook, "-o", tmp_path / "draft.csv")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"themetag: {empty}: {message}")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "draft.csv").exists()


def test_the_year_is_asked_for(page, tmp_path):
    done = run(page, "-o", tmp_path / "draft.csv")
    assert done.exit_code == 2
    assert "Missing option '--year'" in done.stderr


def test_a_page_of_another_year_is_one_line(page, codebook, tmp_path):
    page.write_text("LGC Awards 2022\n\n" + page.read_text(encoding="utf-8"), encoding="utf-8")
    done = run(page, "--year", 2026, "--codebook", codebook, "-o", tmp_path / "draft.csv")
    assert done.exit_code == 0
    assert done.stderr.startswith(
        f"{page}: line 1 says 'LGC Awards 2022', and --year 2026; is that the page's year?\n"
    )
