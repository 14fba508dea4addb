from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from filelock import FileLock, Timeout
from learning.corpora import RECIPE, separable
from learning.kept import ranked, row, save

import themetag
from themetag import artifact
from themetag.errors import ArtifactError, InputError
from themetag.learning.releases.gate import current, releases, rollback, use
from themetag.learning.releases.log import RECORD, Log, refuse_released, unreleased
from themetag.learning.train import train


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three models, none of them current: 1 and 2 equally good, 3 worse."""
    for version, n_right in (("1", 30), ("2", 30), ("3", 10)):
        floor = 0.1 * int(version)  # otherwise 1 and 2 would be one model
        save(tmp_path / "artifacts" / version, ranked(n_right), floor=floor)
    return tmp_path / "artifacts"


def pointer(folder: Path) -> str:
    return (folder / "current").read_text(encoding="utf-8")


def record(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / RECORD).read_text("utf-8").splitlines()]


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Promoting


def test_with_no_current_model_any_is_accepted(folder: Path) -> None:
    assert use(folder, "3") is None
    assert pointer(folder) == "3\n"
    assert artifact.find(None, folder) == folder / "3"
    (line,) = record(folder)
    assert (line["action"], line["version"], line["previous"]) == ("use", "3", None)
    assert (line["reason"], line["scores"]) == (None, {})


def test_a_model_as_good_follows_and_the_record_says_how_good(folder: Path) -> None:
    use(folder, "1")
    comparison = use(folder, "2")
    assert comparison is not None and comparison.objections == ()
    line = record(folder)[1]
    assert (line["version"], line["previous"]) == ("2", "1")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", line["when"])
    assert line["seal"] == artifact.read_manifest(folder / "2")["seal"]
    assert line["scores"]["top1"] == {
        "old": 0.75, "new": 0.75, "gold": "both",
        "difference": {"value": 0.0, "low": 0.0, "high": 0.0, "n": 40}}  # fmt: skip


def test_a_model_that_is_worse_beyond_its_interval_is_refused(folder: Path) -> None:
    use(folder, "1")
    before = everything(folder)
    with pytest.raises(ArtifactError) as caught:
        use(folder, "3")
    assert re.fullmatch(
        re.escape(f"{folder / '3'}: is not good enough to follow 1: right first -0.500 (")
        + r"-0\.\d{3} to -0\.\d{3}, n = 40\); see `themetag compare 1 3`; "
        r'--force "REASON" promotes it all the same',
        str(caught.value),
    )
    assert everything(folder) == before


def test_a_reason_promotes_it_all_the_same_and_is_recorded(folder: Path) -> None:
    use(folder, "1")
    use(folder, "3", "the old one\u2028was coded wrongly")
    assert pointer(folder) == "3\n"
    assert Log(folder).written()[1].reason == "the old one\u2028was coded wrongly"
    assert record_scores(folder)["top1"]["difference"]["value"] == -0.5


def record_scores(folder: Path) -> dict:
    return dict(Log(folder).written()[-1].scores)


def test_a_model_that_cannot_be_compared_is_refused_unless_forced(folder: Path) -> None:
    use(folder, "1")
    other = save(folder / "4", [row("x", "Housing", [1, 0], text="elsewhere")])
    with pytest.raises(ArtifactError, match=r"cannot be judged beside 1: .*shares no entry"):
        use(folder, "4")
    use(folder, "4", "another award")
    assert current(folder) == other


def test_the_seal_that_is_recorded_is_of_what_stood_there_under_the_lock(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Log.held

    @contextmanager
    def held_later(log: Log) -> Iterator[None]:
        # Another process trained version 1 anew while this one waited for the lock.
        shutil.rmtree(folder / "1")
        save(folder / "1", ranked(20), floor=0.7)
        with held(log):
            yield

    monkeypatch.setattr(Log, "held", held_later)
    use(folder, "1")
    assert Log(folder).seal_of("1") == artifact.read_manifest(folder / "1")["seal"]


def test_a_first_release_waits_for_a_model_that_is_being_written(folder: Path) -> None:
    with unreleased(folder / "1"):
        try:
            lock = FileLock(folder / ".releases.lock", timeout=0)
            with lock:
                pass
        except Timeout:
            return
    pytest.fail("nobody kept the first release from racing with the writing of a model")


def test_the_current_model_is_not_promoted_again(folder: Path) -> None:
    use(folder, "1")
    with pytest.raises(ArtifactError, match="is the current model already"):
        use(folder, "1")
    assert len(record(folder)) == 1


def test_a_current_model_that_is_gone_is_said_and_may_be_followed_by_force(folder: Path) -> None:
    use(folder, "1")
    shutil.rmtree(folder / "1")
    with pytest.raises(ArtifactError, match="1: there is no such model folder"):
        use(folder, "2")
    use(folder, "2", "it was deleted")
    assert pointer(folder) == "2\n"


@pytest.mark.parametrize("version", ["../1", "a/1", "a\\1", "..", ".", "", "1 ", "1\n", "/1"])
def test_a_version_is_a_name_and_no_path(folder: Path, version: str) -> None:
    with pytest.raises(ArtifactError, match="is no version; give the name of a folder"):
        use(folder, version, "no reason is enough")
    assert not (folder / "current").exists()


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda m: shutil.rmtree(m), "there is no such model folder"),
        (lambda m: (m / "terms.txt").write_text("x"), "was altered"),
        (lambda m: (m / "manifest.json").unlink(), "this is not a model folder"),
        (lambda m: (m / "manifest.json").write_text('{"format": 99}'), "is newer than"),
    ],
)
def test_no_reason_promotes_what_cannot_answer(folder: Path, spoil, complaint: str) -> None:
    use(folder, "1")
    spoil(folder / "2")
    with pytest.raises(ArtifactError, match=complaint):
        use(folder, "2", "all the same")
    assert pointer(folder) == "1\n"
    assert len(record(folder)) == 1


def test_a_folder_under_another_name_than_its_version_is_not_released(folder: Path) -> None:
    shutil.copytree(folder / "1", folder / "9")
    with pytest.raises(ArtifactError, match="says that it is version 1; a released folder is"):
        use(folder, "9")


# Rolling back


def test_rolling_back_returns_to_the_model_before_and_then_further_back(folder: Path) -> None:
    use(folder, "1")
    use(folder, "2")
    use(folder, "3", "why not")
    assert [rollback(folder), rollback(folder)] == ["2", "1"]
    assert pointer(folder) == "1\n"
    with pytest.raises(ArtifactError, match="the record names no model before the current one"):
        rollback(folder)
    assert [line["action"] for line in record(folder)] == ["use"] * 3 + ["rollback"] * 2


def test_a_model_used_twice_is_left_the_way_it_was_come_to(folder: Path) -> None:
    use(folder, "1")
    use(folder, "2")
    use(folder, "1")
    use(folder, "3", "why not")
    assert [rollback(folder), rollback(folder), rollback(folder)] == ["1", "2", "1"]


def test_what_comes_after_a_rollback_leads_back_to_it(folder: Path) -> None:
    use(folder, "1")
    use(folder, "3", "why not")
    rollback(folder)
    use(folder, "2")
    assert rollback(folder) == "1"


def test_a_pointer_older_than_the_record_is_where_the_first_rollback_leads(folder: Path) -> None:
    (folder / "current").write_text("1\n")
    use(folder, "2")
    assert rollback(folder) == "1"


def test_no_model_is_rolled_back_to_that_cannot_answer(folder: Path) -> None:
    use(folder, "1")
    use(folder, "2")
    (folder / "1" / "terms.txt").write_text("x")
    with pytest.raises(ArtifactError, match="was altered"):
        rollback(folder)
    assert pointer(folder) == "2\n"


def test_no_other_model_slips_in_under_a_released_version(folder: Path) -> None:
    use(folder, "1")
    use(folder, "2")
    shutil.rmtree(folder / "1")
    save(folder / "1", ranked(40))
    for promote in (lambda: rollback(folder), lambda: use(folder, "1", "all the same")):
        with pytest.raises(ArtifactError, match="is another model than the one that was released"):
            promote()
    assert pointer(folder) == "2\n"


def test_a_current_model_that_is_gone_can_be_rolled_back_from(folder: Path) -> None:
    use(folder, "1")
    use(folder, "2")
    shutil.rmtree(folder / "2")
    assert rollback(folder) == "1"


def test_a_promotion_that_never_took_effect_leads_nowhere(folder: Path) -> None:
    use(folder, "1")
    use(folder, "2")
    use(folder, "3", "why not")
    (folder / "current").write_text("2\n")  # as after a kill between the record and the pointer
    assert rollback(folder) == "1"
    (folder / "current").write_text("2\n")
    assert rollback(folder) == "1"


def test_a_damaged_record_is_an_error(folder: Path) -> None:
    use(folder, "1")
    (folder / RECORD).write_text('{"version": "1"')
    with pytest.raises(ArtifactError, match="the record of releases is damaged"):
        use(folder, "2")
    assert pointer(folder) == "1\n"


# Listing


def test_the_models_are_listed_with_the_current_one_marked(folder: Path) -> None:
    use(folder, "2")
    (folder / "3" / "manifest.json").write_text("{")
    (folder / "notes").mkdir()
    rows = {row.version: row for row in releases(folder)}
    assert list(rows) == ["1", "2", "3", "notes"]
    assert [row.version for row in rows.values() if row.is_current] == ["2"]
    assert rows["2"].since == record(folder)[0]["when"]
    assert rows["3"].damage == "damaged; restore the model folder or train again"
    assert rows["notes"].damage == "no manifest.json here: this is not a model folder"


def test_a_pointer_to_nowhere_is_listed_as_such(folder: Path) -> None:
    (folder / "current").write_text("2099.1\n")
    last = releases(folder)[-1]
    assert (last.version, last.is_current, last.damage) == (
        "2099.1", True, "there is no such folder")  # fmt: skip


# Immutable


def test_a_released_model_is_never_trained_over(folder: Path) -> None:
    use(folder, "1")
    use(folder, "2")
    before = everything(folder)
    for version in ("1", "2"):
        with pytest.raises(InputError, match="is or was a released model, and those stay as they"):
            train(separable(), RECIPE, folder / version, overwrite=True)
    assert everything(folder) == before


def test_a_deleted_release_keeps_its_name(folder: Path) -> None:
    use(folder, "1")
    use(folder, "2")
    shutil.rmtree(folder / "1")
    with pytest.raises(InputError, match="is or was a released model"):
        train(separable(), RECIPE, folder / "1")


def test_a_detour_leads_to_a_released_model_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(folder, "1")
    (folder / "link").symlink_to(folder / "1")
    monkeypatch.chdir(folder / "1")
    for detour in (folder / "2" / ".." / "1", folder / "link", Path(".")):
        with pytest.raises(InputError, match="is or was a released model"):
            refuse_released(detour)


def test_a_model_that_was_never_released_may_be_trained_over(folder: Path) -> None:
    use(folder, "1")
    train(separable(), RECIPE, folder / "3", overwrite=True)
    assert artifact.load(folder / "3").codebook.category_names == ("Housing", "Libraries", "Waste")


# Several at once


PROMOTE = """
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from themetag.learning.releases.gate import rollback, use
folder, versions = Path(sys.argv[1]), sys.argv[2:]
print("ready", flush=True)
sys.stdin.readline()
for version in versions:
    use(folder, version, "in a hurry")
"""


def test_people_promoting_at_once_wait_for_one_another(folder: Path) -> None:
    """Each line of the record begins where the one before it ended, and none is lost."""
    use(folder, "1")
    for version in ("4", "5"):
        save(folder / version, ranked(30), floor=0.05 * int(version))
    orders = (["2", "3"], ["4", "5"], ["3", "2"])
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROMOTE, str(folder), *versions],
            env=os.environ | {"PYTHONPATH": str(Path(themetag.__file__).parent.parent)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for versions in orders
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    failed = 0
    for process in processes:
        _, complaint = process.communicate(timeout=60)
        # Two of them want 2 and 3: what is current already cannot be promoted.
        assert process.returncode == 0 or "is the current model already" in complaint
        failed += process.returncode != 0
    lines = record(folder)
    assert failed or len(lines) == 7
    assert all(after["previous"] == before["version"] for before, after in pairwise(lines))
    assert pointer(folder).strip() == lines[-1]["version"]
    assert sorted(path.name for path in folder.iterdir()) == [
        ".releases.lock", "1", "2", "3", "4", "5", "current", "releases.jsonl"]  # fmt: skip


def test_a_folder_that_may_not_be_written_is_an_error(folder: Path) -> None:
    (folder / ".releases.lock").mkdir()
    with pytest.raises(InputError, match="cannot be locked: "):
        use(folder, "1")
    assert not (folder / "current").exists()
