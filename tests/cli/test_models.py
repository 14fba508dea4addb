from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from joblib import parallel_config
from learning.corpora import separable, write_corpus
from learning.kept import ranked, save

import themetag
from themetag.cli import main

TOP1 = {"value": 0.75, "low": 0.6, "high": 0.875, "n": 40}
METRICS = {"category": {"top1": TOP1, "top3": {"value": None, "low": None, "high": None, "n": 0}}}
FACTS = {"metrics": METRICS, "corpus": {"entries": {"real": 40, "invented": 7}},
         "recipe": {"caveats": ["no person checked the labels"]}}  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def in_this_process() -> Iterator[None]:
    with parallel_config(backend="sequential"):
        yield


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """./artifacts with models 1 and 2 as good as one another and 3 worse."""
    for version, n_right in (("1", 30), ("2", 30), ("3", 10)):
        save(tmp_path / "artifacts" / version, ranked(n_right), floor=0.1 * int(version),
             facts=FACTS)  # fmt: skip
    monkeypatch.delenv("THEMETAG_ARTIFACTS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "artifacts"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["models", *map(str, arguments)])


def refusal(*arguments: object) -> str:
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("themetag: ") and done.stderr.count("\n") == 1
    return done.stderr


def test_a_release_and_its_rollback(folder: Path) -> None:
    first = run("use", "1")
    assert (first.exit_code, first.stdout) == (0, "")
    assert first.stderr == "1 is the current model now\n"
    second = run("use", "2")
    assert second.exit_code == 0
    assert "What decides on a release: right first +0.000 (+0.000 to +0.000, n = 40)" in (
        second.stderr
    )
    assert second.stderr.endswith("2 would be accepted.\n2 is the current model now\n")
    back = run("rollback")
    assert (back.exit_code, back.stderr) == (0, "1 is the current model again\n")
    assert (folder / "current").read_text() == "1\n"


def test_a_worse_model_is_refused_in_one_line_and_taken_for_a_reason(folder: Path) -> None:
    run("use", "1")
    assert "is not good enough to follow 1: right first -0.500" in refusal("use", "3")
    done = run("use", "3", "--force", "the labels of 1 were wrong")
    assert done.exit_code == 0
    assert "3 would be refused: right first -0.500" in " ".join(done.stderr.split())
    last = (folder / "releases.jsonl").read_text().splitlines()[-1]
    assert json.loads(last)["reason"] == "the labels of 1 were wrong"


def test_force_needs_a_reason(folder: Path) -> None:
    done = run("use", "3", "--force", " ")
    assert done.exit_code == 2
    assert "--force needs a reason" in done.stderr
    assert not (folder / "current").exists()


def test_the_list_marks_the_current_model_and_shows_its_scores(folder: Path) -> None:
    run("use", "2")
    (folder / "3" / "manifest.json").write_text("{")
    when = json.loads((folder / "releases.jsonl").read_text())["when"]
    listed = run("list")
    assert [" ".join(line.split()) for line in listed.stdout.splitlines()] == [
        "version right first within three themes F1 current since",
        "1 0.75 (0.60 to 0.88, n = 40) – –",
        f"* 2 0.75 (0.60 to 0.88, n = 40) – – {when}",
        "3 damaged; restore the model folder or train again",
    ]
    assert len({line.index("n = 40") for line in listed.stdout.splitlines()[1:3]}) == 1
    assert listed.stderr == (
        "! 1: 7 invented entries only ever trained; they are not among those measured\n"
        "! no person checked the labels\n"
        "! 2: 7 invented entries only ever trained; they are not among those measured\n"
    )
    rows = json.loads(run("list", "--json").stdout)
    assert [(row["version"], row["is_current"]) for row in rows] == [
        ("1", False), ("2", True), ("3", False)]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("use", "9"), "artifacts/9: there is no such model folder"),
        (("use", "../artifacts/1"), "is no version; give the name of a folder"),
        (("verify", ".."), "is no version; give the name of a folder"),
        (("verify",), "no file 'current' names a model here"),
        (("rollback",), "the record names no model before the current one"),
        (("list", "--artifacts", "gone"), "there is no such folder of released models"),
        (("use", "1", "--artifacts", "gone"), "there is no such folder of released models"),
        (("rollback", "--artifacts", "gone"), "there is no such folder of released models"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    folder: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    assert complaint in refusal(*arguments)
    assert not (folder / "current").exists()


def test_a_pointer_to_nowhere_is_one_line(folder: Path) -> None:
    (folder / "current").write_text("2099.1\n")
    gone = "artifacts/2099.1: there is no such model folder"
    assert gone in refusal("use", "1")
    assert gone in refusal("verify")
    assert "the record names no model before" in refusal("rollback")


def test_the_current_model_is_verified_unless_another_is_named(folder: Path) -> None:
    run("use", "2")
    assert run("verify").stdout == (
        "artifacts/2: 5 files and the manifest are as they were written\n"
        "artifacts/2: it is the model that was released\n"
    )
    (folder / "1" / "terms.txt").write_text("x")
    assert "artifacts/1/terms.txt: was altered" in refusal("verify", "1")


def test_scores_of_a_table_are_made_again_by_the_same_columns(folder: Path) -> None:
    table = write_corpus(folder.parent / "table.csv", separable(24))
    columns = ("--category", "category", "--themes", "themes")
    trained = CliRunner().invoke(
        main, ["train", str(table), "-o", "artifacts/4", "--min-examples", "3", *columns]
    )
    assert trained.exit_code == 0, trained.output
    done = run("verify", "4", "--scores", table, *columns)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[1].startswith(
        f"artifacts/4: 11 scores made again from {table}: grouped 5-fold cross-validation over 24 "
    )
    other = run("verify", "4", "--scores", table, "--category", "category")
    assert other.exit_code == 1
    assert "is another corpus than 4 was trained on" in other.stderr


def test_training_over_a_released_model_is_refused_before_any_work(folder: Path) -> None:
    run("use", "1")
    table = write_corpus(folder.parent / "table.csv", separable(24))
    done = CliRunner().invoke(
        main, ["train", str(table), "-o", "artifacts/1", "--category", "category", "--overwrite"]
    )
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == (
        "themetag: artifacts/1: is or was a released model, and those stay as they are; choose "
        "another version"
    )


def test_releasing_loads_no_scikit_learn(folder: Path) -> None:
    script = (
        "import sys\nfrom themetag.cli import main\n"
        "for arguments in (['list'], ['use', '1'], ['use', '2'], ['rollback']):\n"
        "    main(['models', *arguments], standalone_mode=False)\n"
        "assert 'sklearn' not in sys.modules and 'scipy' not in sys.modules\n"
    )
    subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(Path(themetag.__file__).parent.parent)},
        check=True,
        capture_output=True,
    )
