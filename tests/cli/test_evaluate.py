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
        f"themetag: {table}: is the table to be measured; name another output\n",
    )
    assert table.read_text() == "id,text,category\n1,bins,Waste\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--repeats", "2"], "--repeats needs --cross-validate"),
        (["--cross-validate", "--model", "m"], "--cross-validate refits: it uses no --model"),
    ],
)
def test_an_option_that_would_be_ignored_is_refused(options: list[str], message: str) -> None:
    result = CliRunner().invoke(main, ["evaluate", "gold.csv", *options])

    assert result.exit_code == 2
    assert result.stderr.endswith(f"Error: {message}\n")
