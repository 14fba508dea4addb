"""A real Dask cluster of processes on this machine."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from themetag.draft import left_over

pytest.importorskip("distributed", reason="Dask is not installed: pip install 'themetag[dask]'")

N_ROWS = 3_000

Process = subprocess.Popen[bytes]
Cluster = tuple[str, list[Process], Process]


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
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """The address of a scheduler, its two workers, which nobody begins again, and itself."""
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
        yield json.loads(there.read_text())["address"], workers, scheduler
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


def killed(
    folder: Path, model: Path, output: str, address: str, victims: list[Process]
) -> tuple[int, list[str]]:
    """The status and the last lines of a run during which parts of its cluster are killed."""
    options = ("--engine", "dask", "--scheduler", address, "--chunk", "20")
    with subprocess.Popen(
        command(model, "a.csv", output, *options), cwd=folder, stderr=subprocess.PIPE
    ) as process:
        journal = folder / f".{output}.partial" / "journal.jsonl"
        deadline = time.monotonic() + 60
        while not journal.exists() or journal.read_bytes().count(b"\n") < 2:  # a chunk is done
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < deadline
        for victim in victims:
            os.kill(victim.pid, signal.SIGKILL)
        _, err = process.communicate()
    return process.returncode, err.decode().splitlines()[1:]


def test_a_cluster_gives_the_bytes_of_one_process_though_a_worker_is_killed(
    folder: Path, tiny_model: Path, cluster: Cluster
) -> None:
    address, workers, _ = cluster
    code, lines = killed(folder, tiny_model, "there.csv", address, workers[:1])
    assert (code, lines) == (
        0, [f"3,000 rows tagged by model 2026.1 ({tiny_model}) into there.csv"],
    )  # fmt: skip
    assert (folder / "there.csv").read_bytes() == (folder / "here.csv").read_bytes()


def kept(folder: Path, output: str) -> str:
    n_rows = left_over(folder / output)
    assert 0 < n_rows < N_ROWS
    return f"{n_rows:,} rows are kept: the same command with --resume goes on after them"


def test_a_cluster_without_workers_is_told_after_some_seconds_instead_of_waited_for(
    folder: Path, tiny_model: Path, cluster: Cluster
) -> None:
    address, workers, _ = cluster
    code, lines = killed(folder, tiny_model, "alone.csv", address, workers)
    message = f"themetag: {address}: all workers of the Dask cluster are gone: start one"
    assert (code, lines) == (1, [f"{message}; {kept(folder, 'alone.csv')}"])


def test_a_scheduler_that_dies_is_not_told_as_an_output_that_cannot_be_written(
    folder: Path, tiny_model: Path, cluster: Cluster
) -> None:
    address, _, scheduler = cluster
    code, lines = killed(folder, tiny_model, "lost.csv", address, [scheduler])
    message = f"themetag: {address}: the Dask cluster was lost"
    assert (code, lines) == (1, [f"{message}; {kept(folder, 'lost.csv')}"])


@pytest.mark.parametrize("greeting", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_what_is_no_scheduler_is_one_line_whatever_it_says(
    folder: Path, tiny_model: Path, greeting: bytes
) -> None:
    def answer() -> None:
        for _ in range(2):  # one call to see that somebody is there, and one to greet
            caller, _ = server.accept()
            callers.append(caller)
            with suppress(OSError):  # the first one has left
                caller.sendall(greeting)

    callers: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        thread = threading.Thread(target=answer)
        thread.start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        done = tagged(
            folder, tiny_model, "a.csv", "b.csv", "--engine", "dask", "--scheduler", address
        )
        thread.join()
    for caller in callers:
        caller.close()
    assert (done.returncode, done.stderr.splitlines()[1:]) == (
        1, [f"themetag: {address}: no Dask scheduler answers there: is it running, and "
            "is the address right?"],
    )  # fmt: skip


ASK = """
import sys
from distributed import Client

def names(dask_scheduler):
    return [name for name in dask_scheduler.worker_plugins if name.startswith("themetag-")]

with Client(sys.argv[1]) as client:
    print(client.run_on_scheduler(names))
"""


def test_a_run_that_fails_leaves_no_model_on_the_cluster(
    folder: Path, tiny_model: Path, cluster: Cluster
) -> None:
    address, _, _ = cluster
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
