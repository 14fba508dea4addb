"""A real Dask cluster of processes on this machine."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="Dask is not installed: pip install 'themetag[dask]'")

N_ROWS = 3_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """A table, and what one process makes of it."""
    folder = tmp_path_factory.mktemp("cluster")
    with (folder / "a.csv").open("w") as file:
        file.write("id,text\n")
        for i in range(N_ROWS):
            file.write(f"{i},Rough sleepers number {i} moved into flats {i * 7}\n")
    assert tagged(folder, tiny_model, "a.csv", "here.csv").returncode == 0
    return folder


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its two workers, which nobody begins again."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    there = tmp_path / "scheduler.json"
    python = [sys.executable, "-m"]
    scheduler = subprocess.Popen(
        [*python, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
         "--no-dashboard", "--scheduler-file", str(there)],
        **quiet,
    )  # fmt: skip
    workers = [
        subprocess.Popen(
            [*python, "distributed.cli.dask_worker", "--scheduler-file", str(there), "--no-nanny",
             "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"],
            **quiet,
        )
        for _ in range(2)
    ]  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not there.exists() or not there.read_text().endswith("}"):
            assert time.monotonic() < deadline
        yield json.loads(there.read_text())["address"], workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def command(model: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "themetag", "batch", "--model", str(model), *arguments]


def tagged(folder: Path, model: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(model, *arguments), cwd=folder, capture_output=True, text=True, check=False
    )


def test_a_cluster_gives_the_bytes_of_one_process_though_a_worker_is_killed(
    folder: Path, tiny_model: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    options = ("--engine", "dask", "--scheduler", address, "--chunk", "20")
    with subprocess.Popen(
        command(tiny_model, "a.csv", "there.csv", *options),
        cwd=folder,
        stderr=subprocess.PIPE,
    ) as process:
        journal = folder / ".there.csv.partial" / "journal.jsonl"
        deadline = time.monotonic() + 60
        while not journal.exists() or journal.read_bytes().count(b"\n") < 2:  # a chunk is done
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < deadline
        os.kill(workers[0].pid, signal.SIGKILL)
        _, err = process.communicate()
    assert (process.returncode, err.decode().splitlines()[1:]) == (
        0, [f"3,000 rows tagged by model 2026.1 ({tiny_model}) into there.csv"],
    )  # fmt: skip
    assert (folder / "there.csv").read_bytes() == (folder / "here.csv").read_bytes()


ASK = """
import sys
from distributed import Client

def names(dask_scheduler):
    return [name for name in dask_scheduler.worker_plugins if name.startswith("themetag-")]

with Client(sys.argv[1]) as client:
    print(client.run_on_scheduler(names))
"""


def test_a_run_that_fails_leaves_no_model_on_the_cluster(
    folder: Path, tiny_model: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, _ = cluster
    options = ("--engine", "dask", "--scheduler", address, "--chunk", "20")
    done = subprocess.run(
        command(tiny_model, "a.csv", "full.csv", *options),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert done.returncode == 1
    assert "full.csv: cannot be written: File too large" in done.stderr
    asked = subprocess.run(
        [sys.executable, "-c", ASK, address], capture_output=True, text=True, check=True
    )
    assert asked.stdout == "[]\n"


def test_a_scheduler_that_does_not_answer_is_one_line(folder: Path, tiny_model: Path) -> None:
    done = tagged(
        folder, tiny_model, "a.csv", "b.csv", "--engine", "dask", "--scheduler", "tcp://127.0.0.1:1"
    )
    assert (done.returncode, done.stdout, done.stderr.splitlines()[1:]) == (
        1, "", ["themetag: tcp://127.0.0.1:1: no Dask scheduler answers there: is it running, and "
                "is the address right?"],
    )  # fmt: skip
    assert not (folder / ".b.csv.partial").exists()


@pytest.mark.parametrize("options", [["--engine", "dask"], ["--scheduler", "tcp://127.0.0.1:1"]])
def test_engine_and_scheduler_go_together(
    folder: Path, tiny_model: Path, options: list[str]
) -> None:
    done = tagged(folder, tiny_model, "a.csv", "b.csv", *options)
    assert done.returncode == 2
    assert "--engine dask and --scheduler ADDRESS go together" in done.stderr
