"""An output in the making: what is kept of it, and when it is gone on with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from filelock import FileLock

from themetag.draft import Point, left_over, new_draft, place_of
from themetag.errors import InputError

FACTS = {"the input": "abc", "--to": ".csv"}


class Stopped(Exception):
    """What goes wrong in a block."""


def draft(output: Path, **options):
    given = {"overwrite": False, "resume": True, "keeps_scores": False}
    return new_draft(output, options.pop("facts", FACTS), **(given | options))


def stopped(output: Path, **options) -> None:
    """Leave a draft of one safe row and a piece of another."""
    with pytest.raises(Stopped), draft(output, **options) as begun:
        begun.rows.write(b"one\n")
        begun.mark(Point(1, begun.rows.tell(), 0, 0))
        begun.rows.write(b"tw")
        raise Stopped


def test_an_output_takes_its_place_and_the_draft_is_gone(tmp_path):
    with draft(tmp_path / "a.csv") as begun:
        begun.rows.write(b"one\n")
        assert [path.name for path in tmp_path.iterdir()] == [".a.csv.partial"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_bytes() == b"one\n"


def test_what_follows_the_last_safe_row_is_written_again(tmp_path):
    stopped(tmp_path / "a.csv")
    assert left_over(tmp_path / "a.csv") == 1
    with draft(tmp_path / "a.csv") as begun:
        assert begun.start == Point(1, 4, 0, 0)
        begun.rows.write(b"two\n")
    assert (tmp_path / "a.csv").read_bytes() == b"one\ntwo\n"


def test_a_draft_without_a_safe_row_is_dropped(tmp_path):
    with pytest.raises(Stopped), draft(tmp_path / "a.csv") as begun:
        begun.rows.write(b"on")
        raise Stopped
    assert list(tmp_path.iterdir()) == []


def test_without_resume_everything_is_begun_anew(tmp_path):
    stopped(tmp_path / "a.csv")
    with draft(tmp_path / "a.csv", resume=False) as begun:
        assert begun.start == Point()
        begun.rows.write(b"new\n")
    assert (tmp_path / "a.csv").read_bytes() == b"new\n"


@pytest.mark.parametrize(
    "torn", [b'{"n_rows": 2, "n_byt', b'{"n_rows": 2}', b"\0\0\0\0\n", b"[]\n"]
)
def test_a_line_of_the_journal_that_was_cut_counts_for_nothing(tmp_path, torn):
    stopped(tmp_path / "a.csv")
    journal = place_of(tmp_path / "a.csv") / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole + torn)
    with pytest.raises(Stopped), draft(tmp_path / "a.csv") as begun:
        assert begun.start.n_rows == 1
        raise Stopped
    assert journal.read_bytes() == whole


def test_other_facts_are_named_and_the_draft_stays(tmp_path):
    stopped(tmp_path / "a.csv")
    with (
        pytest.raises(InputError) as caught,
        draft(tmp_path / "a.csv", facts={"the input": "abd", "--to": ".csv"}),
    ):
        pytest.fail("the block was entered")
    assert str(caught.value) == (
        f"{tmp_path / 'a.csv'}: cannot go on: the input changed since the run that was stopped; "
        "begin again without --resume"
    )
    assert left_over(tmp_path / "a.csv") == 1


def test_where_scores_are_kept_the_rows_are_written_again(tmp_path):
    with pytest.raises(Stopped), draft(tmp_path / "a.xlsx", keeps_scores=True) as begun:
        begun.rows.write(b"a half-written package")
        begun.scores.write(b"12345678")
        begun.mark(Point(1, 8, 0, 0))
        raise Stopped
    with draft(tmp_path / "a.xlsx", keeps_scores=True) as begun:
        begun.scores.seek(0)
        assert begun.scores.read() == b"12345678"
        begun.rows.write(b"package")
    assert (tmp_path / "a.xlsx").read_bytes() == b"package"


def test_a_run_that_was_stopped_after_its_output_took_its_place_is_begun_anew(tmp_path):
    stopped(tmp_path / "a.csv")
    (place_of(tmp_path / "a.csv") / "rows").rename(tmp_path / "a.csv")
    with draft(tmp_path / "a.csv", overwrite=True) as begun:
        assert begun.start == Point()


def test_errors_say_what_is_kept(tmp_path):
    hint = "1 rows are kept: the same command with --resume goes on after them"
    for error, message in (
        (InputError("is bad", "in.csv", line=7), f"in.csv:7: is bad; {hint}"),
        (OSError(28, "No space left on device"),
         f"{tmp_path / 'a.csv'}: cannot be written: No space left on device; {hint}"),
    ):  # fmt: skip
        stopped(tmp_path / "a.csv")
        with pytest.raises(InputError) as caught, draft(tmp_path / "a.csv"):
            raise error
        assert str(caught.value) == message
    with pytest.raises(KeyboardInterrupt, match=f"^{hint}$"), draft(tmp_path / "a.csv"):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt, match=f"^{hint}$"), draft(tmp_path / "a.csv"):
        raise SystemError("returned a result with an exception set") from KeyboardInterrupt()


def test_the_journal_is_a_line_of_facts_and_a_line_each_time(tmp_path):
    stopped(tmp_path / "a.csv")
    lines = (place_of(tmp_path / "a.csv") / "journal.jsonl").read_text().splitlines()
    assert list(map(json.loads, lines)) == [
        FACTS, {"n_rows": 1, "n_bytes": 4, "n_errors": 0, "n_abstained": 0},
    ]  # fmt: skip


def test_the_longest_name_has_a_draft_and_another_one_another(tmp_path):
    for last in "ab":
        output = tmp_path / ("é" * 125 + last + ".csv")
        with draft(output) as begun:
            begun.rows.write(b"one\n")
        assert output.read_bytes() == b"one\n"
    assert place_of(tmp_path / ("é" * 125 + "a.csv")) != place_of(tmp_path / ("é" * 125 + "b.csv"))


def test_an_output_that_another_run_finished_meanwhile_is_not_replaced(tmp_path):
    output = tmp_path / "a.csv"
    with pytest.raises(InputError, match=r"a\.csv: exists already"), draft(output) as begun:
        begun.rows.write(b"one\n")
        output.write_bytes(b"of another run\n")
    assert output.read_bytes() == b"of another run\n"
    assert list(tmp_path.iterdir()) == [output]


def test_an_output_that_took_its_place_before_the_lock_was_free_is_not_replaced(
    tmp_path, monkeypatch
):
    output = tmp_path / "a.csv"

    def acquire(lock: FileLock, *args, **kwargs):
        output.write_bytes(b"of another run\n")
        return acquired(lock, *args, **kwargs)

    acquired = FileLock.acquire
    monkeypatch.setattr(FileLock, "acquire", acquire)
    with pytest.raises(InputError, match=r"a\.csv: exists already"), draft(output):
        pytest.fail("the block was entered")
    assert output.read_bytes() == b"of another run\n"
    assert list(tmp_path.iterdir()) == [output]


def test_a_run_that_begins_the_moment_another_ends_keeps_its_draft(tmp_path, monkeypatch):
    output = tmp_path / "a.csv"
    later: list[str] = []

    def release(lock: FileLock, *args, **kwargs):
        released(lock, *args, **kwargs)
        if not later:
            later.append("begun")
            stopped(output, overwrite=True)

    released = FileLock.release
    monkeypatch.setattr(FileLock, "release", release)
    with draft(output) as first:
        first.rows.write(b"one\n")
    assert later == ["begun"]
    assert left_over(output) == 1


def test_an_output_whose_folder_went_away_at_the_end_is_one_line(tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError) as caught, draft(tmp_path / "out" / "a.csv") as begun:
        begun.rows.write(b"one\n")
        (tmp_path / "out").rename(tmp_path / "elsewhere")
    assert caught.value.message == (
        "was moved or removed while it was written to: put it back and go on with --resume"
    )
    assert left_over(tmp_path / "elsewhere" / "a.csv") == 0
