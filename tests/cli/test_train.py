from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from joblib import parallel_config
from learning.corpora import separable, write_corpus, write_table

from themetag import artifact
from themetag.cli import main

RECIPE = """
n_folds = 3
min_entries = 1
[[fields]]
name = "word"
kind = "words"
shortest = 1
longest = 1
weight = 1.0
"""
CODEBOOK = 'version = "1"\n' + "".join(
    f'[[category]]\nid = "{name.lower()}"\nname = "{name}"\n'
    for name in ("Housing", "Libraries", "Waste")
) + "".join(f'[[theme]]\nid = "{id}"\nname = "{id}"\n'
            for id in ("green", "housing", "libraries", "waste"))  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def in_this_process() -> Iterator[None]:
    with parallel_config(backend="sequential"):
        yield


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["train", *map(str, arguments)])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "table.csv", separable(24))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "training" / "entries").mkdir(parents=True)
    (tmp_path / "training" / "recipe.toml").write_text(RECIPE)
    (tmp_path / "training" / "codebook.toml").write_text(CODEBOOK)
    rows = [(row.entry.id, "", row.entry.body, row.category, "|".join(sorted(row.themes or ())))
            for row in separable(24).entries]  # fmt: skip
    header = ("id", "title", "text", "category", "themes")
    write_table(tmp_path / "training" / "entries" / "2025.csv", header, rows)
    return tmp_path / "training"


def test_a_table_becomes_a_model_and_a_report(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "models" / "2026.1"
    done = run(table, "--out", out, "--category", "category", "--themes", "themes")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("grouped 5-fold cross-validation over 24 ")
    assert "right first" in done.stdout
    assert done.stderr == (
        f"{table}: id: 'id', title: none, text: 'text'\nmodel 2026.1 written to {out}\n"
    )
    assert artifact.load(out).version == "2026.1"


def test_json_is_all_that_stands_on_stdout(table: Path, tmp_path: Path) -> None:
    done = run(table, "-o", tmp_path / "m", "--category", "category", "--json")
    report = json.loads(done.stdout)
    assert (report["n"], report["themes"]) == (24, {})
    assert report["category"]["top1"]["n"] == 24


def test_labels_left_out_are_listed_on_stderr(tmp_path: Path) -> None:
    rows = [(row.entry.body, row.category) for row in separable(24).entries]
    path = write_table(tmp_path / "a.csv", ("text", "label"), [*rows, ("odd one", "Odd")])
    done = run(path, "--out", tmp_path / "m", "--category", "label")
    assert done.exit_code == 0, done.output
    assert "category 'Odd' left out: 1 of the 2 entries it needs\n" in done.stderr
    assert "Odd" not in done.stdout
    assert "Odd" in (tmp_path / "m" / "README.md").read_text()


def test_a_folder_is_trained_by_its_own_recipe_and_codebook(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # CORPUS is training/ unless named
    done = run("--out", "m", "--json")
    assert done.exit_code == 0, done.output
    assert "grouped 3-fold" in json.loads(done.stdout)["how"]
    manifest = artifact.read_manifest("m")
    assert (manifest["codebook"], manifest["recipe"]["n_folds"]) == ("1", 3)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--category", "labl"), "no column 'labl'"),
        ((), "nothing to learn: fewer than two categories and no theme have 2 entries"),
        (("--category", "category", "--min-examples", 9), "nothing to learn"),
        (("--category", "category", "--codebook", "none.toml"), "the codebook cannot be read"),
        (("--category", "category", "--text", "words"), "no column 'words'"),
    ],
)
def test_what_cannot_be_learnt_is_one_line_and_writes_nothing(
    table: Path, tmp_path: Path, arguments: tuple[object, ...], complaint: str
) -> None:
    done = run(table, "--out", tmp_path / "m", *arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("themetag: ")
    assert complaint in last
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


@pytest.mark.parametrize("name", ["missing.csv", "table.pdf"])
def test_a_corpus_that_cannot_be_read_is_one_line(tmp_path: Path, name: str) -> None:
    done = run(tmp_path / name, "--out", tmp_path / "m", "--category", "c")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert name in done.stderr


def test_an_existing_folder_is_refused_before_any_work(table: Path, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    done = run(table, "--out", tmp_path / "m", "--category", "category")
    assert done.exit_code == 1
    assert f"themetag: {tmp_path / 'm'}: exists already;" in done.stderr
    assert list((tmp_path / "m").iterdir()) == []


def test_a_model_may_be_replaced_but_nothing_else(table: Path, tmp_path: Path) -> None:
    arguments = (table, "--out", tmp_path / "m", "--category", "category", "--overwrite")
    assert [run(*arguments).exit_code for _ in range(2)] == [0, 0]
    (tmp_path / "m" / "manifest.json").unlink()
    done = run(*arguments)
    assert done.exit_code == 1
    assert "is not a model folder; --overwrite replaces nothing else" in done.stderr


def test_out_is_needed() -> None:
    done = run("table.csv")
    assert done.exit_code == 2
    assert "Missing option '--out'" in done.stderr
