"""How much memory a batch takes, from a thousand rows to millions, all its processes together.

    python benchmarks/memory.py [--rows 2000000] > benchmarks/results/memory.txt

Each run is `themetag batch` in a process of its own, from file to file. Twice a second the memory
of that process and of all those that it began is added up: PSS, which counts a page that several
of them share once (/proc/PID/smaps_rollup). The most is what is printed. Rows are of one invented
sentence, so that there are many of them for their time; what a row's text takes is gone with its
chunk.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from intake import ROOT, write_table

_INTERVAL_S = 0.5


def main() -> None:
    """Measure and print a line a run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=2_000_000)
    most = options.parse_args().rows
    runs = [
        (1_000, "csv", 1),
        (most // 20, "csv", 1),
        (most // 20, "csv", 2),
        (most // 20, "csv.gz", 2),
        (most // 20, "xlsx", 2),
        (most // 20, "parquet", 2),
        (1_000, "jsonl", 2),
        (most // 200, "jsonl", 2),
        (most, "csv", 2),
    ]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for n_rows, suffix, n_jobs in runs:
            table = home / f"{n_rows}.csv"
            if not table.exists():
                write_table(table, n_rows, n_sentences=1)
            output = home / f"tagged.{suffix}"
            peak_bytes, took_s = peak_of(table, output, n_jobs)
            print(
                f"{n_rows:>10,} rows to .{suffix:<8} --jobs {n_jobs}  "
                f"{peak_bytes / 1e6:5.0f} MB at most  {n_rows / took_s:7,.0f} rows/s",
                flush=True,
            )
            output.unlink()


def peak_of(table: Path, output: Path, n_jobs: int) -> tuple[int, float]:
    """Tag a table; return the most memory of all processes together, and the seconds it took."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "themetag", "batch", str(table), str(output), "--jobs", str(n_jobs)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stderr=subprocess.DEVNULL,
    )
    parent, peak_bytes = psutil.Process(process.pid), 0
    while process.poll() is None:
        peak_bytes = max(peak_bytes, held(parent))
        time.sleep(_INTERVAL_S)
    assert process.returncode == 0
    return peak_bytes, time.perf_counter() - begun


def held(parent: psutil.Process) -> int:
    """Return the bytes that a process and all its descendants hold now."""
    n_bytes = 0
    try:
        for process in (parent, *parent.children(recursive=True)):
            n_bytes += process.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # it has just ended
        pass
    return n_bytes


if __name__ == "__main__":
    main()
