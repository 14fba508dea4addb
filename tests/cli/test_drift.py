from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from joblib import parallel_config
from learning.corpora import RECIPE, sentence, separable, write_corpus, write_table

from themetag.cli import main
from themetag.learning.train import train

CORPUS = separable(36)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("models") / "2026.1"
    with parallel_config(backend="sequential"):
        train(CORPUS, RECIPE, folder)
    yield folder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "known.csv", CORPUS)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    draws = np.random.default_rng(11)
    names = ("Housing", "Waste", "Libraries")
    rows = [(f"n{i}", sentence(names[i % 3], draws)) for i in range(12)]
    return write_table(tmp_path / "new.csv", ("Entry ID", "Summary"), [*rows, ("n12", "")])


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["drift", *map(str, arguments)])


def test_the_text_is_on_stdout_and_the_columns_on_stderr(
    table: Path, corpus: Path, model: Path
) -> None:
    done = run(table, "--corpus", corpus, "--model", model)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[:2] == [
        f"{table}: 12 entries beside 36 real ones of {corpus}, asked of model 2026.1",
        "  rows in error or empty: 1 (lines 14)",
    ]
    headings = [line for line in lines if line and not line.startswith(" ")][1:]
    assert headings == [
        "How unlike: no more than chance makes", "New words", "Expected accuracy",
        "What no theme explains"]  # fmt: skip
    assert f"{table}: id: 'Entry ID', title: none, text: 'Summary'\n" in done.stderr


def test_json_is_one_object(table: Path, corpus: Path, model: Path) -> None:
    done = run(table, "--corpus", corpus, "--model", model, "--json")
    row = json.loads(done.stdout)
    assert list(row) == ["table", "corpus", "model", "entries", "unlikeness", "new_words",
                         "expected", "unexplained"]  # fmt: skip
    assert row["entries"]["faulty"] == 1


def test_a_page_is_written_beside_and_kept_unless_it_is_to_be_replaced(
    table: Path, corpus: Path, model: Path, tmp_path: Path
) -> None:
    page = tmp_path / "drift.html"
    arguments = (table, "--corpus", corpus, "--model", model, "-o", page)
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    assert done.stderr.endswith(f"page written to {page}\n")
    first = page.read_bytes()
    assert first.startswith(b"<!doctype html>")
    again = run(*arguments)
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == (
        f"themetag: {page}: exists already; choose another name or add --overwrite\n"
    )
    assert run(*arguments, "--overwrite").exit_code == 0
    assert page.read_bytes() == first


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("new.csv", "give a name that ends in .html or .htm"),
        ("page.pdf", "give a name that ends in .html or .htm"),
    ],
)
def test_a_page_in_the_wrong_place_is_refused(
    table: Path, corpus: Path, model: Path, tmp_path: Path, name: str, message: str
) -> None:
    done = run(table, "--corpus", corpus, "--model", model, "-o", tmp_path / name, "--overwrite")
    assert done.exit_code == 1
    assert done.stderr == f"themetag: {tmp_path / name}: {message}\n"


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        ([("a", "bins")] * 3, ("id", "text"), "too few different entries to be compared: 1"),
        ([("a", "")], ("id", "text"), "no row has a text that can be read"),
        ([("a", "b")], ("colour", "size"), "no column reads like a text"),
    ],
)
def test_what_cannot_be_compared_is_one_line(
    corpus: Path, model: Path, tmp_path: Path, rows: list[tuple[str, str]],
    header: tuple[str, str], message: str,
) -> None:  # fmt: skip
    table = write_table(tmp_path / "odd.csv", header, rows)
    done = run(table, "--corpus", corpus, "--model", model)
    assert (done.exit_code, done.stdout) == (1, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("themetag: ")
    assert message in last


def test_a_corpus_that_is_not_there_is_one_line(table: Path, model: Path, tmp_path: Path) -> None:
    done = run(table, "--corpus", tmp_path / "none", "--model", model)
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith(f"themetag: {tmp_path / 'none'}: no such file")


def test_a_table_is_needed() -> None:
    assert run().exit_code == 2
