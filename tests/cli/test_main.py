"""What holds for every command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from themetag.cli import main

FULL = Path("/dev/full")


def themetag(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "themetag", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        **options,
    )


def test_the_model_is_found_from_any_folder(tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("THEMETAG_")}
    (tmp_path / "note.txt").write_text("We emptied every bin on time.")

    done = themetag("predict", "note.txt", cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)

    assert (done.returncode, done.stderr.split()[:1]) == (0, ["model"])


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
def test_a_full_disk_behind_an_answer_is_one_line(tmp_path, tiny_model):
    (tmp_path / "note.txt").write_text("We emptied every bin on time.")

    with FULL.open("w") as full:
        done = themetag(
            "predict", str(tmp_path / "note.txt"), "--model", str(tiny_model), stdout=full
        )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "themetag: standard output: cannot be written: No space left on device"
    )


def test_ctrl_c_that_a_library_wraps_in_an_error_of_its_own_is_still_ctrl_c(monkeypatch):
    def wrapping(**_: object) -> None:
        try:
            raise KeyboardInterrupt("10 rows are kept")
        except KeyboardInterrupt as stop:  # as machine code that is interrupted does
            raise SystemError("returned a result with an exception set") from stop

    monkeypatch.setattr(main.commands["predict"], "callback", wrapping)
    result = CliRunner().invoke(main, ["predict"])
    assert (result.exit_code, result.stderr) == (130, "themetag: stopped; 10 rows are kept\n")
