"""How long a cold `themetag predict` of one 100-word file takes, beside `import sklearn`.

    python benchmarks/startup.py [--runs 15]

Whole processes, timed from outside, the two in turn after a warm-up of each; the peak memory is
what the operating system accounts to the finished process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_TEXT = """Rough sleepers into homes

When the night shelter closed we asked every landlord in the district for one flat. Forty said yes.
Each tenant has a named worker for as long as it takes, and the rent is paid while they settle. The
housing team, the drug and alcohol service and the hospital share one list and meet on Mondays. Two
years on, 36 of the 40 tenancies stand, rough sleeping has fallen from 31 people to six, and the
council spends less on temporary accommodation than it did. Tenants sit on the panel that chooses
new landlords, and two of them now work in the service.
"""


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=15)
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "entry.txt"
        file.write_text(_TEXT, encoding="utf-8")
        commands = {
            "themetag predict": [
                str(Path(sys.executable).parent / "themetag"),
                "predict",
                str(file),
            ],
            "import numpy, click": [sys.executable, "-c", "import numpy, click"],
            "import sklearn": [sys.executable, "-c", "import sklearn"],
        }
        found: dict[str, list[tuple[float, int]]] = {name: [] for name in commands}
        for run in range(runs + 1):
            for name, command in commands.items():
                measured = _timed(command)
                if run:
                    found[name].append(measured)
    base = [seconds for seconds, _ in found["import sklearn"]]
    for name, values in found.items():
        seconds = [value for value, _ in values]
        share = statistics.median(a / b for a, b in zip(seconds, base, strict=True))
        memory = statistics.median(kilobytes for _, kilobytes in values) / 1024
        print(
            f"{name:<20} {statistics.median(seconds):.3f} s (least {min(seconds):.3f}, most "
            f"{max(seconds):.3f}), {memory:.0f} MB, {share:.2f} of `import sklearn`"
        )


def _timed(command: list[str]) -> tuple[float, int]:
    """Run a command; return wall seconds and peak kilobytes."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return seconds, usage.ru_maxrss


if __name__ == "__main__":
    main()
