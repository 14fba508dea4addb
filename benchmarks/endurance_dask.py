"""Kill workers of a Dask cluster at work; the bytes must be those of one process here.

The cluster is of three worker processes on this machine, which nobody begins again; one is killed
at a random moment, in each round another.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from endurance_batch import environment, finish
from intake import write_table

N_ROUNDS = 5
N_WORKERS = 3
N_ROWS = 10_000
SEED = 2026


@contextmanager
def cluster(home: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Give the address of a scheduler and its workers."""
    there = home / "scheduler.json"
    there.unlink(missing_ok=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": home}
    where = ["--host", "127.0.0.1", "--scheduler-file", str(there), "--no-dashboard"]
    python = [sys.executable, "-m"]
    scheduler = subprocess.Popen(
        [*python, "distributed.cli.dask_scheduler", *where, "--port", "0"], **quiet
    )
    workers = [
        subprocess.Popen(
            [*python, "distributed.cli.dask_worker", *where, "--no-nanny", "--nthreads", "1"],
            env=environment(),
            **quiet,
        )
        for _ in range(N_WORKERS)
    ]
    try:
        while not there.exists() or not there.read_text().endswith("}"):
            time.sleep(0.1)
        yield json.loads(there.read_text())["address"], workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def main() -> None:
    """Run every round and print what came of it."""
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write_table(home / "a.csv", N_ROWS)
        command = [sys.executable, "-m", "themetag", "batch", str(home / "a.csv")]
        begun = time.perf_counter()
        finish([*command, str(home / "here.csv")])
        took_s = time.perf_counter() - begun
        print(f"{N_ROWS:,} invented rows; one process here: {took_s:.1f} s")
        for i in range(N_ROUNDS):
            with cluster(home) as (address, workers):
                output = home / f"there-{i}.csv"
                tagging = [*command, str(output), "--engine", "dask", "--scheduler", address]
                begun = time.perf_counter()
                process = subprocess.Popen(
                    [*tagging, "--chunk", "100"], env=environment(), stderr=subprocess.DEVNULL
                )
                journal = home / f".{output.name}.partial" / "journal.jsonl"
                while not journal.exists() and process.poll() is None:
                    time.sleep(0.01)
                time.sleep(rng.uniform(0, took_s / N_WORKERS))
                is_at_work = process.poll() is None
                rng.choice(workers).kill()
                assert process.wait() == 0
                took = time.perf_counter() - begun
            assert output.read_bytes() == (home / "here.csv").read_bytes()
            when = "on the way" if is_at_work else "when all was done"
            print(f"  round {i + 1}: one of {N_WORKERS} workers killed {when}; {took:.1f} s in all")
    print("Every output had the bytes of the one made here, by a process alone.")
