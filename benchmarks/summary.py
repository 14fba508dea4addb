"""What the page of `themetag batch --summary` costs, beside the same batch without it.

    python benchmarks/summary.py [--rows 1000 100000]

Whole processes, each measured once with the page and once without, after one that is not measured,
since machine code is compiled but once; the peak memory is what the operating system accounts to
the finished process. The rows are invented entries of the corpus,
again and again with a number added, one in ten of them entered in a category drawn at random and
one in fifty a copy of the row above.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

INVENTED = Path(__file__).resolve().parents[1] / "training" / "invented.csv"
HEADER = ("Submission ID", "Category entered", "Entry title", "Summary")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, nargs="+", default=[1_000, 100_000])
    with tempfile.TemporaryDirectory() as folder:
        intake, page = Path(folder) / "intake.csv", Path(folder) / "page.html"
        command = [sys.executable, "-m", "themetag", "batch", str(intake)]
        command += [str(intake.with_name("tagged.csv")), "--overwrite"]
        _write(intake, 1_000)
        _timed(command)
        for n_rows in options.parse_args().rows:
            _write(intake, n_rows)
            for name, more in (("without a page", []), ("with a page", ["--summary", str(page)])):
                seconds, kilobytes = _timed([*command, *more])
                size = f", a page of {page.stat().st_size / 1e6:.1f} MB" if more else ""
                print(f"{n_rows:>9,} rows {name:<15} {seconds:6.1f} s of processor time, "
                      f"{kilobytes / 1024:.0f} MB{size}")  # fmt: skip


def _write(intake: Path, n_rows: int) -> None:
    with intake.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *made_up(n_rows)])


def made_up(n_rows: int) -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of an intake, the same ones every time."""
    with INVENTED.open(encoding="utf-8", newline="") as file:
        entries = list(csv.DictReader(file))
    draw = random.Random(2026)
    draw.shuffle(entries)
    categories = sorted({entry["category"] for entry in entries})
    title = text = ""
    for number, entry in enumerate(islice(cycle(entries), n_rows)):
        if number % 50 != 49:
            title, text = entry["title"], f"{entry['text']} {number}"
        entered = draw.choice(categories) if draw.random() < 0.1 else entry["category"]
        yield f"A-{number}", entered, title, text


def _timed(command: list[str]) -> tuple[float, int]:
    """Run a command; return processor seconds and peak kilobytes."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


if __name__ == "__main__":
    main()
