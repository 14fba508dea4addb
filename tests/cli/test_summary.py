"""`themetag batch --summary` as an organiser meets it."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from themetag.cli import main
from themetag.draft import left_over

HEADER = ["Submission ID", "Category entered", "Entry title", "100 word summary"]
ROWS = [
    ["LG-1", "Housing", "Nine flats", "Rough sleepers moved into council flats of their own."],
    ["LG-2", "Housing", "Bins, bins", "Recycling rose once crews checked the bins."],
    ["LG-3", "Bins", "Late libraries", "Forty libraries stayed open for readers."],
    ["LG-4", "", "", ""],
]


pytestmark = pytest.mark.usefixtures("here")


def batch(*arguments: str, input: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["batch", *arguments], input=input)


def export(name: str = "entries.csv", header: list[str] = HEADER) -> str:
    with open(name, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *ROWS])
    return name


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_a_page_is_made_beside_the_table_and_the_choice_of_column_told(here):
    result = batch(export(), "tagged.csv", "--summary", "page.html")
    page = (here / "page.html").read_text(encoding="utf-8")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "\nentries.csv: category entered: 'Category entered'\n" in result.stderr
    assert result.stderr.endswith("\npage about them written to page.html\n")
    assert "entered in Housing, reads like <strong>Waste and Streets " in page
    assert "unknown category &#39;Bins&#39;" in page
    assert names(here) == ["entries.csv", "page.html", "tagged.csv"]


def test_the_page_changes_no_byte_of_the_table(here):
    batch(export(), "with.csv", "--summary", "page.html")
    batch("entries.csv", "without.csv")

    assert (here / "with.csv").read_bytes() == (here / "without.csv").read_bytes()


def test_neither_chunk_nor_jobs_change_a_byte_of_the_page(here):
    export()
    for number, way in enumerate(([], ["--chunk", "1"], ["--chunk", "3", "--jobs", "2"])):
        batch("entries.csv", f"{number}.csv", "--summary", f"{number}.html", *way)

    assert len({(here / f"{number}.html").read_bytes() for number in range(3)}) == 1


def test_a_column_can_be_named_and_where_there_is_none_the_page_says_how(here):
    export(header=["Submission ID", "Strand", "Entry title", "100 word summary"])
    without = batch("entries.csv", "a.csv", "--summary", "a.html")
    named = batch("entries.csv", "b.csv", "--summary", "b.html", "--entered", "strand")

    assert (
        "entries.csv: category entered: no column says; name one with --entered\n" in without.stderr
    )
    assert "entries.csv: category entered: 'Strand'\n" in named.stderr
    assert "Run the batch again with <code>--entered</code>" in (here / "a.html").read_text()
    assert "Run the batch again" not in (here / "b.html").read_text()


def test_documents_of_a_folder_have_a_page_with_their_titles(here):
    (here / "in").mkdir()
    (here / "in/<b>.txt").write_text("Nine flats\n\nRough sleepers moved into council flats.")
    result = batch("in", "tagged.csv", "--summary", "page.html")
    page = (here / "page.html").read_text(encoding="utf-8")

    assert result.exit_code == 0
    assert "Nine flats" in page
    assert "&lt;b&gt;.txt" in page
    assert "<b>" not in page


def test_a_table_through_standard_streams_has_a_page_too(here):
    data = (here / export()).read_bytes()
    result = batch("-", "-", "--from", "csv", "--to", "csv", "--summary", "p.html", input=data)

    assert result.exit_code == 0
    assert "standard input" in (here / "p.html").read_text(encoding="utf-8")
    assert "<html" not in result.stdout


def test_a_page_shows_no_folder_of_whoever_made_it(here):
    batch(str(here / export()), "tagged.csv", "--summary", "page.html")

    assert str(here) not in (here / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("old.html", "old.html: exists already; choose another name or add --overwrite"),
        ("page.csv", "page.csv: give a name that ends in .html or .htm"),
        ("folder.html", "folder.html: is a folder; name a file"),
        ("none/p.html", "none/p.html: its folder does not exist; make it first or name another"),
        ("./out.html", "out.html: is the output too; give the page a name of its own"),
        ("in/page.html", "in/page.html: belongs to what is read; name another output"),
    ],
)
def test_a_page_that_cannot_be_written_is_refused_before_anything_is_read(here, page, line):
    (here / "old.html").write_text("mine")
    (here / "folder.html").mkdir()
    (here / "in").mkdir()
    (here / "in/a.txt").write_text("Flats.")
    before = names(here)
    result = batch("in", "out.html", "--to", "csv", "--summary", page)

    assert (result.exit_code, result.stderr) == (1, f"themetag: {line}\n")
    assert names(here) == before
    assert (here / "old.html").read_text() == "mine"


def test_the_input_is_never_overwritten_by_its_page(here):
    (here / "a.html").write_bytes((here / export()).read_bytes())
    result = batch(
        "a.html", "b.csv", "--from", "csv", "--overwrite", "--summary", "./a.html",
    )  # fmt: skip

    assert result.stderr == "themetag: a.html: belongs to what is read; name another output\n"
    assert (here / "a.html").read_bytes() == (here / "entries.csv").read_bytes()


def test_an_old_page_is_replaced_where_that_is_asked_for(here):
    (here / "page.html").write_text("old")
    result = batch(export(), "tagged.csv", "--summary", "page.html", "--overwrite")

    assert result.exit_code == 0
    assert (here / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_column_that_is_not_there_ends_before_any_output(here):
    result = batch(export(), "tagged.csv", "--summary", "page.html", "--entered", "Strand")

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("themetag: entries.csv: no column 'Strand'")
    assert names(here) == ["entries.csv"]


def test_an_entered_column_without_a_page_is_wrong_usage(here):
    result = batch(export(), "tagged.csv", "--entered", "Category entered")

    assert result.exit_code == 2
    assert "--entered is of use with --summary only" in result.stderr


def test_after_a_kill_the_page_is_of_all_rows(here):
    with open("many.csv", "w", encoding="utf-8") as file:
        file.write("id,category,text\n")
        file.writelines(
            f"{i},Libraries,Rough sleepers moved into flat {i}.\n" for i in range(1_500)
        )
    batch("many.csv", "whole.csv", "--summary", "whole.html")
    arguments = ("batch", "many.csv", "tagged.csv", "--chunk", "20", "--summary", "page.html")
    process = subprocess.Popen([sys.executable, "-m", "themetag", *arguments],
                               stderr=subprocess.PIPE)  # fmt: skip
    deadline = time.monotonic() + 60
    while not left_over(Path("tagged.csv")):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
    process.kill()
    process.communicate()
    assert "page.html" not in names(here)
    result = batch("many.csv", "tagged.csv", "--resume", "--summary", "page.html")

    assert "tagged.csv: going on after" in result.stderr
    assert (here / "page.html").read_bytes() == (here / "whole.html").read_bytes()
    assert b"1,500 entries" in (here / "page.html").read_bytes()
