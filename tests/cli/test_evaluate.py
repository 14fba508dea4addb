from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from joblib import parallel_config
from learning.corpora import RECIPE, separable, write_corpus, write_table

from themetag.cli import main
from themetag.learning.train import train

LABELS = ("--category", "category", "--themes", "themes")


@pytest.fixture(autouse=True, scope="module")
def in_this_process() -> Iterator[None]:
    with parallel_config(backend="sequential"):
        yield


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, in_this_process: None) -> Path:
    folder = tmp_path_factory.mktemp("models") / "2026.1"
    train(separable(24), RECIPE, folder)
    return folder


@pytest.fixture
def unseen(tmp_path: Path) -> Path:
    """The last third of a longer corpus, of which the model has seen the first two."""
    corpus = separable(36)
    return write_corpus(tmp_path / "unseen.csv", replace(corpus, entries=corpus.entries[24:]))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])


def test_a_model_is_measured_on_a_table_it_has_not_seen(model: Path, unseen: Path) -> None:
    done = run(unseen, "--model", model, *LABELS)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"model 2026.1 on 12 entries of {unseen}\n")
    assert done.stderr == f"{unseen}: id: 'id', title: none, text: 'text'\n"


def test_json_is_the_report_and_o_writes_it_too(model: Path, unseen: Path, tmp_path: Path) -> None:
    done = run(unseen, "--model", model, *LABELS, "--json", "-o", tmp_path / "report.json")
    report = json.loads(done.stdout)
    assert report["n"] == 12
    assert set(report) >= {"n", "category", "themes", "labels"}
    assert report["category"]["top1"]["value"] > 0.5
    assert json.loads((tmp_path / "report.json").read_text()) == report
    again = run(unseen, "--model", model, *LABELS, "-o", tmp_path / "report.json")
    assert again.exit_code == 1
    assert "report.json: exists already" in again.stderr


def test_seen_rows_are_refused_in_one_line(model: Path, tmp_path: Path) -> None:
    seen = write_corpus(tmp_path / "seen.csv", separable(24))
    done = run(seen, "--model", model, *LABELS)
    assert (done.exit_code, done.stdout) == (1, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"themetag: {seen}:2: model 2026.1 was trained on 24 of these 24 texts")
    marked = run(seen, "--model", model, *LABELS, "--allow-seen")
    assert marked.exit_code == 0
    assert "! NOT A FAIR SCORE: the model was trained on 24 of these texts" in marked.stdout


def test_cross_validation_refits_and_needs_no_model(tmp_path: Path) -> None:
    seen = write_corpus(tmp_path / "seen.csv", separable(24))
    done = run(seen, *LABELS, "--cross-validate", "--repeats", 2, "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["how"].startswith("grouped 5-fold cross-validation over 24 ")
    assert "2 repeat(s)" in report["how"]


def test_plausible_themes_give_lenient_scores(model: Path, tmp_path: Path) -> None:
    rows = [("bins litter tip", "", "waste"), ("rent and keys", "housing", "")]
    path = write_table(tmp_path / "a.csv", ("text", "themes", "maybe"), rows)
    done = run(path, "--model", model, "--themes", "themes", "--plausible", "maybe", "--json")
    assert done.exit_code == 0, done.output
    themes = json.loads(done.stdout)["themes"]
    assert themes["precision"]["value"] < themes["lenient_precision"]["value"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--model", "nowhere", "--category", "category"), "there is no such model folder"),
        (("--category", "colour"), "no column 'colour'"),
        ((), "no entry has a label of a kind that the model gives"),
    ],
)
def test_what_cannot_be_measured_is_one_line(
    model: Path, unseen: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    named = arguments if "--model" in arguments else (*arguments, "--model", str(model))
    done = run(unseen, *named)
    assert (done.exit_code, done.stdout) == (1, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("themetag: ")
    assert complaint in last


def test_a_corpus_that_grew_by_a_year_is_tested_on_it(tmp_path: Path) -> None:
    """A folder as it is kept: two years, then a third put beside them."""
    rows = [(row.entry.id, "", row.entry.body, row.category, "|".join(sorted(row.themes or ())))
            for row in separable(48).entries]  # fmt: skip
    header = ("id", "title", "text", "category", "themes", "year")
    (tmp_path / "entries").mkdir()
    (tmp_path / "codebook.toml").write_text(
        'version = "1"\n'
        + "".join(f'[[category]]\nid = "{x}"\nname = "{x}"\n' for x in
                  ("Housing", "Libraries", "Waste"))
        + "".join(f'[[theme]]\nid = "{x}"\nname = "{x}"\n' for x in
                  ("green", "housing", "libraries", "waste"))
    )  # fmt: skip
    for year, part in ((2024, rows[:12]), (2025, rows[12:36]), (2026, rows[36:])):
        write_table(tmp_path / "entries" / f"{year}.csv", header, [(*row, year) for row in part])
    done = run(tmp_path, "--cross-validate", "--by-year", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["n"] == 48
    assert [(row["year"], row["n"]) for row in report["years"]] == [
        (2024, 12), (2025, 24), (2026, 12)]  # fmt: skip
    assert report["years"][2]["category"]["top1"]["value"] > 0.5
    assert report["years"][2]["how"] == ("12 entries, by a model of 36 real entries (2024 to 2025)")


def test_the_year_of_a_table_is_the_column_that_is_named(tmp_path: Path) -> None:
    rows = [(row.entry.id, row.entry.body, row.category, 2020 + i // 24)
            for i, row in enumerate(separable(36).entries)]  # fmt: skip
    table = write_table(tmp_path / "t.csv", ("id", "text", "category", "round"), rows)
    options = ("--category", "category", "--cross-validate", "--by-year")
    done = run(table, *options, "--year", "round")
    assert done.exit_code == 0, done.output
    assert "\n2021: 12 entries, by a model of 24 real entries (2020)\n" in done.stdout
    without = run(table, *options)
    assert (without.exit_code, without.stdout) == (1, "")
    assert without.stderr.splitlines()[-1] == (
        f"themetag: {table}: no entry has a year; name its column with --year"
    )


def test_a_corpus_is_needed() -> None:
    assert run().exit_code == 2


def test_the_table_to_be_measured_is_never_the_output(tmp_path: Path) -> None:
    table = tmp_path / "gold.csv"
    table.write_text("id,text,category\n1,bins,Waste\n")
    result = CliRunner().invoke(
        main, ["evaluate", str(table), "--category", "category", "-o", str(table), "--overwrite"]
    )

    assert (result.exit_code, result.stderr) == (
        1,
        f"themetag: {table}: belongs to what is read; name another output\n",
    )
    assert table.read_text() == "id,text,category\n1,bins,Waste\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--repeats", "2"], "--repeats needs --cross-validate"),
        (["--by-year"], "--by-year needs --cross-validate"),
        (["--cross-validate", "--year", "round"], "--year needs --by-year"),
        (["--cross-validate", "--model", "m"], "--cross-validate refits: it uses no --model"),
    ],
)
def test_an_option_that_would_be_ignored_is_refused(options: list[str], message: str) -> None:
    result = CliRunner().invoke(main, ["evaluate", "gold.csv", *options])

    assert result.exit_code == 2
    assert result.stderr.endswith(f"Error: {message}\n")
