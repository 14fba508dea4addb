from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from learning.kept import ranked, save

from themetag.cli import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["compare", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tmp_path / "1", ranked(30))
    save(tmp_path / "2", ranked(10))
    return tmp_path


def test_the_comparison_is_printed_from_scores_to_verdict(folder: Path) -> None:
    done = run(folder / "1", folder / "2")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == (
        f"old  1 ({folder / '1'}): 2 categories, 0 themes (codebook from the data), 1 terms, "
        f"{sum(path.stat().st_size for path in (folder / '1').iterdir()) / 1e6:.2f} MB"
    )
    (first,) = [line for line in lines if line.startswith("  right first ")]
    assert first.split()[:5] == ["right", "first", "0.750", "0.250", "-0.500"]
    assert first.endswith("n = 40)  worse")
    assert "2 would be refused: right first -0.500" in " ".join(lines[-3:])


def test_versions_of_the_artifacts_folder_are_enough(folder: Path) -> None:
    done = run("1", "2", "--artifacts", folder, "--json")
    data = json.loads(done.stdout)
    assert (data["old"]["version"], data["new"]["version"], data["n"]) == ("1", "2", 40)
    assert len(data["objections"]) == 1


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("1", "1", "is the same model as"),
        ("1", "9", "there is no such model folder"),
        ("..", "1", "there is no such model folder"),
        ("1", "altered", "was altered"),
        ("newer", "1", "format 99 is newer than"),
        ("1", "nothing", "no manifest.json here: this is not a model folder"),
    ],
)
def test_what_cannot_be_compared_is_one_line(
    folder: Path, old: str, new: str, complaint: str
) -> None:
    (save(folder / "altered", ranked(30)) / "terms.txt").write_text("x")
    (folder / "nothing").mkdir()
    (folder / "newer").mkdir()
    (folder / "newer" / "manifest.json").write_text('{"format": 99}')
    done = run(folder / old / "gone" if old == ".." else folder / old, folder / new)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("themetag: ") and done.stderr.count("\n") == 1
    assert complaint in done.stderr
