"""Kill batches at random moments; going on must give the bytes of a run that nobody disturbed.

After every kill: no worker is left, and at the place of the output stands what stood there before,
or, where the kill came after all was done, the whole output; no fewer rows are safe than before.
Then the same command goes on, and may be killed again; when it ends, its output has every byte of
the undisturbed one.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from intake import ROOT, write_table

from themetag.draft import left_over, place_of

N_KILLS = 50
SEED = 2026
N_ROWS = 6_000
# Evidence takes ten times as long as all the rest.
N_ROWS_WITH_EVIDENCE = 600
FORMATS = ("csv", "tsv.gz", "xlsx", "jsonl", "parquet", "jsonl.gz", "tsv", "csv.gz")


@dataclass
class Run:
    """A folder with tables, what came of them in peace, and what of those that were killed."""

    home: Path
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))
    took_s: dict[str, float] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    early: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    finished: Counter[str] = field(default_factory=Counter)

    def prepare(self) -> None:
        """Write the tables and tag them in peace."""
        write_table(self.home / "plain.csv", N_ROWS)
        write_table(self.home / "evident.csv", N_ROWS_WITH_EVIDENCE)
        for suffix in FORMATS:
            begun = time.perf_counter()
            finish(self.command(suffix, self.home / f"whole.{suffix}"))
            self.took_s[suffix] = time.perf_counter() - begun

    def command(self, suffix: str, output: Path, *options: str) -> list[str]:
        """Return the command that tags a table into a format."""
        table = "evident.csv" if suffix.startswith("jsonl") else "plain.csv"
        source = str(self.home / table)
        return [sys.executable, "-m", "themetag", "batch", source, str(output), *options]

    def round(self, suffix: str) -> None:
        """Tag a table, killed again and again until once it comes to its end."""
        output = self.home / f"tagged.{suffix}"
        output.write_bytes(b"before")
        # Left by a kill of the round before that came when the output was in its place already.
        shutil.rmtree(place_of(output), ignore_errors=True)
        n_safe = 0
        while True:
            jobs, chunk = self.rng.choice("12"), str(self.rng.choice([7, 64, 500, 900]))
            options = ["--resume", "--overwrite", "--jobs", jobs, "--chunk", chunk]
            done = killed(
                self.command(suffix, output, *options), self.rng.uniform(0, self.took_s[suffix])
            )
            if done:
                break
            self.killed[suffix] += 1
            if output.read_bytes() != b"before":
                self.late[suffix] += 1
                break
            assert left_over(output) >= n_safe, (left_over(output), n_safe)
            n_safe = left_over(output)
            self.early[suffix] += n_safe == 0
        assert output.read_bytes() == (self.home / f"whole.{suffix}").read_bytes(), suffix
        assert not done or not (self.home / f".{output.name}.partial").exists()
        self.finished[suffix] += 1


def killed(command: list[str], after_s: float) -> bool:
    """Begin a command and kill it; say whether it was done before."""
    process = subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE)
    time.sleep(after_s)
    process.kill()
    _, err = process.communicate()  # ends only when no worker holds standard error any more
    if process.returncode not in (0, -9):
        sys.exit(f"{command}: {err.decode()}")
    return process.returncode == 0


def finish(command: list[str]) -> None:
    """Carry out a command."""
    subprocess.run(command, env=environment(), check=True, stderr=subprocess.DEVNULL)


def environment() -> dict[str, str]:
    """Return the environment of the commands."""
    return os.environ | {"PYTHONPATH": str(ROOT / "src")}


def main() -> None:
    """Run until the last kill and print what came of it."""
    with tempfile.TemporaryDirectory() as home:
        run = Run(Path(home))
        run.prepare()
        for suffix in itertools.cycle(FORMATS):
            if run.killed.total() >= N_KILLS and len(run.killed) == len(FORMATS):
                break
            run.round(suffix)
    print(
        f"{run.killed.total()} kills (SIGKILL) at random moments, seed {SEED}; {N_ROWS:,} invented "
        f"rows, {N_ROWS_WITH_EVIDENCE} with evidence (.jsonl); --jobs 1 or 2, --chunk 7 to 900"
    )
    for suffix in FORMATS:
        print(
            f"  .{suffix:<9} {run.killed[suffix]:>3} killed, {run.early[suffix]} of them before a "
            f"row was safe, {run.late[suffix]} when all was done; "
            f"{run.finished[suffix]} outputs finished, {run.took_s[suffix]:.1f} s undisturbed"
        )
    print(
        "Every finished output had the bytes of the undisturbed one. After every kill before that\n"
        "the file at its place was as before, no fewer rows were safe than after the kill before,\n"
        "and no worker was left."
    )
