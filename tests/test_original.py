"""What a batch reads, and whether it is still what it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from themetag.errors import InputError
from themetag.original import OriginalFile

CHANGED = "was changed while it was read: let nobody write to it until the batch is done"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_bytes(b"id\n1\n")
    return tmp_path / "a.csv"


def test_a_file_is_known_by_its_bytes(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "b.csv"
    copy.write_bytes(path.read_bytes())
    digest = OriginalFile.of(path).digest()
    assert digest == OriginalFile.of(copy).digest()
    copy.write_bytes(b"id\n2\n")
    assert digest != OriginalFile.of(copy).digest()


def test_a_file_that_stays_passes(path: Path) -> None:
    original = OriginalFile.of(path)
    path.read_bytes()
    original.check()


def test_a_file_that_grows_is_refused(path: Path) -> None:
    original = OriginalFile.of(path)
    with path.open("ab") as file:
        file.write(b"2\n")
    with pytest.raises(InputError) as caught:
        original.check()
    assert str(caught.value) == f"{path}: {CHANGED}"


def test_a_file_of_the_same_size_and_another_time_is_refused(path: Path) -> None:
    original = OriginalFile.of(path)
    os.utime(path, ns=(0, 0))
    with pytest.raises(InputError, match=CHANGED):
        original.check()


def test_a_file_in_the_place_of_another_is_refused(path: Path, tmp_path: Path) -> None:
    original = OriginalFile.of(path)
    other = tmp_path / "other"
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(original.stamp[2], original.stamp[2]))
    other.replace(path)
    with pytest.raises(InputError, match=CHANGED):
        original.check()


def test_a_file_that_goes_away_is_one_line(path: Path) -> None:
    original = OriginalFile.of(path)
    path.unlink()
    with pytest.raises(InputError) as caught:
        original.check()
    assert str(caught.value) == f"{path}: no such file: check its name and folder"
