"""Real kills at named points, and a disk that fills: the released model answers all the while."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from learning.corpora import separable, write_corpus
from learning.kept import ranked, save

import themetag
from themetag import artifact
from themetag.learning.releases.gate import rollback, use
from themetag.learning.releases.log import Log

# Runs the command line and kills itself when a function of os is called for the nth time.
KILLED = """
import os, signal, sys
name, count, arguments = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
real, calls = getattr(os, name), 0

def dying(*given, **more):
    global calls
    calls += 1
    if calls == count:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **more)

setattr(os, name, dying)
"""
FULL = """
import resource, sys
limit, arguments = int(sys.argv[1]), sys.argv[2:]
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
"""
RUN = """
from themetag.cli import main
if arguments[0] == "train":
    from joblib import parallel_config
    with parallel_config(backend="sequential"):
        main(arguments)
main(arguments)
"""


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script + RUN, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(Path(themetag.__file__).parent.parent)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def kill(function: str, count: int, *arguments: object) -> None:
    done = run(KILLED, function, count, *arguments)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Models 1 and 2 as good as one another, 1 current, and a table to train on."""
    for version in ("1", "2"):
        save(tmp_path / "artifacts" / version, ranked(30), floor=0.1 * int(version))
    use(tmp_path / "artifacts", "1")
    write_corpus(tmp_path / "table.csv", separable(24))
    return tmp_path / "artifacts"


def train(folder: Path, version: str) -> tuple[object, ...]:
    table = folder.parent / "table.csv"
    return ("train", table, "-o", folder / version, "--category", "category", "--overwrite")


def answering(folder: Path) -> str:
    """Return the version that answers, which loads with every checksum right."""
    tagger = artifact.load(artifact.find(None, folder))
    assert tagger.tag("bins").category is not None
    return tagger.version


def contents(folder: Path) -> dict[Path, bytes]:
    """Return every file of the folder that is not in a hidden one."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path: path.read_bytes() for path in files if path.relative_to(folder).parts[0][0] != "."
    }


def litter(folder: Path) -> list[str]:
    """Return the names of what half-done work has left behind."""
    return [
        path.name for path in folder.iterdir() if path.name[0] == "." and path.suffix != ".lock"
    ]


def whole(folder: Path) -> dict[str, str]:
    """Return the models that stand in their places, each with its version as it says itself."""
    places = [path for path in folder.iterdir() if path.is_dir() and path.name[0] != "."]
    return {path.name: artifact.load(path).version for path in places}


# A folder has six files, each flushed, and then the folder above it is.
@pytest.mark.parametrize(
    ("function", "count", "version"),
    [
        pytest.param("fsync", 3, "2", id="in the third of six files, over another model"),
        pytest.param("rename", 1, "3", id="before the folder takes its place"),
    ],
)
def test_a_kill_of_train_leaves_no_half_model_and_the_one_that_was_there(
    folder: Path, function: str, count: int, version: str
) -> None:
    before = contents(folder)
    kill(function, count, *train(folder, version))
    assert contents(folder) == before
    assert answering(folder) == "1"


def test_a_kill_of_train_once_two_folders_have_changed_places_leaves_the_new_one(
    folder: Path,
) -> None:
    kill("fsync", 7, *train(folder, "2"))
    assert whole(folder) == {"1": "1", "2": "2"}
    assert artifact.load(folder / "2").codebook.category_names == ("Housing", "Libraries", "Waste")
    assert answering(folder) == "1"


# The record and then the pointer: each is flushed, put in its place, and the folder flushed.
@pytest.mark.parametrize(
    ("function", "count", "current"),
    [
        pytest.param("fsync", 1, "1", id="while the record is written"),
        pytest.param("fsync", 2, "1", id="when the record was written"),
        pytest.param("replace", 2, "1", id="before the pointer is replaced"),
        pytest.param("fsync", 4, "2", id="when the pointer was replaced"),
    ],
)
def test_a_kill_of_use_leaves_one_model_or_the_other(
    folder: Path, function: str, count: int, current: str
) -> None:
    kill(function, count, "models", "use", "2", "--artifacts", folder)
    assert answering(folder) == current
    # The dead process holds no lock, and what it left behind is in nobody's way.
    if current == "1":
        use(folder, "2")
    assert answering(folder) == "2"
    assert Log(folder).before() == "1"


def test_a_kill_of_rollback_leaves_the_model_it_was_to_leave(folder: Path) -> None:
    use(folder, "2")
    kill("replace", 2, "models", "rollback", "--artifacts", folder)
    assert answering(folder) == "2"
    assert rollback(folder) == "1"
    assert answering(folder) == "1"


def test_a_disk_that_fills_during_train_is_one_line_and_changes_nothing(folder: Path) -> None:
    table, before = (folder.parent / "table.csv").read_bytes(), contents(folder)
    done = run(FULL, 3000, *train(folder, "2"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == (
        f"themetag: {folder / '2'}: cannot be written: File too large"
    )
    assert "Traceback" not in done.stderr
    assert (folder.parent / "table.csv").read_bytes() == table
    assert contents(folder) == before
    assert litter(folder) == []


def test_a_disk_that_is_full_during_use_leaves_the_current_model(folder: Path) -> None:
    before = contents(folder)
    done = run(FULL, 100, "models", "use", "2", "--artifacts", folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"themetag: {folder / 'releases.jsonl'}: cannot be written: File too large\n"
    )
    assert contents(folder) == before
    assert litter(folder) == []
