"""How much of a file is read, and how long reading it may take."""

from __future__ import annotations

import re
import signal
import sys
import threading
import time
from dataclasses import fields
from pathlib import Path

import pytest

from themetag.documents import read_marks, read_text
from themetag.documents.deadline import deadline
from themetag.documents.limits import VARIABLES, Limits, limits
from themetag.errors import InputError

ROOT = Path(__file__).parent.parent.parent


def test_every_limit_has_one_variable():
    assert [field.name for field in fields(Limits)] == [field for field, _ in VARIABLES.values()]


def test_a_variable_sets_its_limit_and_leaves_the_others(monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_FILE_MB", "0.5")
    monkeypatch.setenv("THEMETAG_MAX_SECONDS", "")  # as good as not set
    assert limits() == Limits(file_bytes=500_000)


@pytest.mark.parametrize("written", ["ten", "0", "-1", "nan", "inf", "5 MB"])
def test_a_limit_that_is_no_number_is_told_by_its_name(monkeypatch, written):
    monkeypatch.setenv("THEMETAG_MAX_SECONDS", written)
    with pytest.raises(InputError) as caught:
        limits()
    assert str(caught.value) == (
        f"THEMETAG_MAX_SECONDS: {written!r} is not a number above 0: mend the variable"
    )


def test_the_page_on_limits_states_each_default():
    page = (ROOT / "docs" / "limits.md").read_text("utf-8")
    stated = dict(re.findall(r"^\| `(THEMETAG_\w+)` \| ([\d,.]+) ", page, re.MULTILINE))
    assert {name: float(shown.replace(",", "")) for name, shown in stated.items()} == {
        name: getattr(Limits(), field) / worth for name, (field, worth) in VARIABLES.items()
    }


def test_what_takes_too_long_is_stopped_even_where_damage_is_expected(monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_SECONDS", "0.05")
    with pytest.raises(InputError) as caught, deadline("entry.pdf"):
        while True:
            try:
                time.sleep(10)
            except Exception:
                raise AssertionError("taken for damage") from None
    assert str(caught.value) == (
        "entry.pdf: takes longer than 0.05 s to read: save its words alone as .txt, "
        "or raise THEMETAG_MAX_SECONDS"
    )


def test_the_marks_of_a_document_are_read_for_no_longer_than_its_text(monkeypatch, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<h2>Homes</h2>" * 50_000)
    monkeypatch.setenv("THEMETAG_MAX_SECONDS", "0.01")
    for read in (read_text, read_marks):
        with pytest.raises(InputError, match=r"takes longer than 0\.01 s to read"):
            read(path)


class Untidy:
    def __del__(self) -> None:
        time.sleep(0.2)


def test_an_alarm_that_is_dropped_rings_again_and_nobody_hears_of_the_first(monkeypatch, capfd):
    monkeypatch.setenv("THEMETAG_MAX_SECONDS", "0.05")
    hook = sys.unraisablehook
    with pytest.raises(InputError, match="takes longer than"), deadline("entry.pdf"):
        Untidy()  # Python drops what is raised while an object goes
        time.sleep(10)
    assert sys.unraisablehook is hook
    assert capfd.readouterr() == ("", "")


def test_an_alarm_of_the_caller_is_as_it_was():
    def ring(*_: object) -> None:
        raise AssertionError

    before = signal.signal(signal.SIGALRM, ring)
    try:
        with deadline("a.txt"):
            assert signal.getsignal(signal.SIGALRM) is not ring
        assert signal.getsignal(signal.SIGALRM) is ring
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_another_thread_reads_without_a_deadline(monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_SECONDS", "0.000001")
    done = []

    def read() -> None:
        with deadline("a.txt"):
            done.append(sum(range(10_000)))

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert done == [49_995_000]
