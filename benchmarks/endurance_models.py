"""Kill train, use and rollback at random moments; a released model must answer all the while.

After every kill: the model that `current` names loads with all checksums right and answers as it
did; every folder in its place is whole; released models and the corpus are as they were to the
byte; and the same command, run again, ends well. More of the moments are drawn towards the end of a
command, where files are written.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from learning.corpora import separable, write_corpus  # noqa: E402  (see above)

from themetag import artifact  # noqa: E402
from themetag.learning.releases.log import Log  # noqa: E402
from themetag.learning.releases.verify import verify  # noqa: E402

N_KILLS = 50
SEED = 2026
TEXT = "New bins and recycling crews on every street."
COMMANDS = ("train a new model", "train over an unreleased model", "use", "rollback")

# What takes seconds to import is there before the clock starts.
_CHILD = """
import sys
import themetag.learning.train, themetag.learning.releases.gate
from joblib import parallel_config
from themetag.cli import main
print("ready", flush=True)
with parallel_config(backend="sequential"):
    if status := main(sys.argv[1:], standalone_mode=False):
        sys.exit(status)
print("done", flush=True)
"""


@dataclass
class Run:
    """One folder of released models and what was done to it."""

    home: Path
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))
    took_s: dict[str, float] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    in_effect: Counter[str] = field(default_factory=Counter)
    n_new: int = 0

    @property
    def artifacts(self) -> Path:
        """The folder of released models."""
        return self.home / "artifacts"

    def prepare(self) -> None:
        """Train two models to release in turn and one to train over; measure every command."""
        write_corpus(self.home / "table.csv", separable(24))
        for version in ("1", "2", "spare"):
            self.took_s[COMMANDS[0]] = finish(self.train(version))
        self.took_s[COMMANDS[1]] = finish(self.train("spare"))
        finish(self.models("use", "1"))
        self.took_s["use"] = finish(self.models("use", "2"))
        self.took_s["rollback"] = finish(self.models("rollback"))
        self.fixed = self.digests()
        self.answer = self.answered()

    def train(self, version: str) -> list[str]:
        """Return the arguments that train a version."""
        columns = ["--category", "category", "--themes", "themes", "--overwrite"]
        return [
            "train",
            str(self.home / "table.csv"),
            "-o",
            str(self.artifacts / version),
            *columns,
        ]

    def models(self, *arguments: str) -> list[str]:
        """Return the arguments of a command of `models`."""
        return ["models", *arguments, "--artifacts", str(self.artifacts)]

    def digests(self) -> dict[str, str]:
        """Return what never may change: the released models and the corpus."""
        places = [self.home / "table.csv", *(self.artifacts / version for version in ("1", "2"))]
        files = [
            path for place in places for path in ([place] if place.is_file() else place.iterdir())
        ]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    def answered(self) -> str:
        """Return what the current model says, but for its version."""
        said = artifact.load(artifact.find(None, self.artifacts)).tag(TEXT).as_json()
        return str(said | {"model": None})

    def next_command(self) -> tuple[str, list[str]]:
        """Draw a command that can be carried out now."""
        name = self.rng.choice(COMMANDS)
        if name == "rollback" and Log(self.artifacts).before() is None:
            name = "use"
        if name == COMMANDS[0]:
            self.n_new += 1
            return name, self.train(f"new-{self.n_new}")
        if name == COMMANDS[1]:
            return name, self.train("spare")
        other = "2" if Log(self.artifacts).current == "1" else "1"
        return name, self.models(*(["use", other] if name == "use" else ["rollback"]))

    def round(self) -> None:
        """Carry out a command, kill it on the way, check, and carry it out in peace."""
        name, arguments = self.next_command()
        before = Log(self.artifacts).current
        # Files are written at the end, so more of the moments are drawn from there.
        if not kill(arguments, self.took_s[name] * self.rng.random() ** 0.25):
            return  # it was done before its time had come
        self.killed[name] += 1
        after = Log(self.artifacts).current
        moved = after != before or (name == COMMANDS[0] and Path(arguments[3]).exists())
        self.in_effect[name] += moved
        self.check()
        if name in ("use", "rollback") and after != before:
            return
        finish(arguments)
        self.check()

    def check(self) -> None:
        """Assert what must hold all the while."""
        assert Log(self.artifacts).current in ("1", "2")
        assert self.answered() == self.answer
        assert self.digests() == self.fixed
        for path in self.artifacts.iterdir():
            if path.is_dir() and not path.name.startswith("."):
                verify(path)


def kill(arguments: Sequence[str], after_s: float) -> bool:
    """Start a command and kill it; say whether it was still at work."""
    with started(arguments) as process:
        time.sleep(after_s)
        process.kill()
    if process.returncode not in (0, -9):
        sys.exit(f"{arguments}: status {process.returncode}")
    return process.returncode == -9


def finish(arguments: Sequence[str]) -> float:
    """Carry out a command; return the seconds it took once everything was imported."""
    with started(arguments) as process:
        start = time.perf_counter()
        assert process.stdout is not None
        is_done = any(line == "done\n" for line in process.stdout)
        took = time.perf_counter() - start
    if not is_done:
        sys.exit(f"{arguments}: status {process.returncode}")
    return took


def started(arguments: Sequence[str]) -> subprocess.Popen[str]:
    """Start a command and wait until it has imported everything."""
    process = subprocess.Popen(
        [sys.executable, "-c", _CHILD, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def main() -> None:
    """Run until the last kill and print what came of it."""
    with tempfile.TemporaryDirectory() as home:
        run = Run(Path(home))
        run.prepare()
        while run.killed.total() < N_KILLS:
            run.round()
        left = sum(path.name.startswith(".") and path.is_dir() for path in run.artifacts.iterdir())
        n_promotions = len(Log(run.artifacts).effective())
    print(
        f"{run.killed.total()} kills (SIGKILL) at random moments, seed {SEED}, 24 invented entries"
    )
    for name in COMMANDS:
        print(f"  {name:<32} {run.killed[name]:>3} killed, {run.in_effect[name]} had taken effect")
    print(
        "After every kill the current model answered as before with all checksums right, every\n"
        "folder in its place was whole, released models and corpus were as they were to the byte,\n"
        f"and the command, run again, ended well. {n_promotions} promotions in the record lead to\n"
        f"the current model. {left} hidden folders of killed trainings were left behind."
    )
