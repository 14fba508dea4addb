"""How fast texts become labels and probabilities: in memory beside peers, and from file to file.

    python benchmarks/throughput.py [--texts 10000] [--rounds 5] [--most 200000] [--rows 100000]
                                    [--workers 40000]

In memory: one process, one core, all texts distinct. Rounds alternate between the programs, so that
a machine that slows down slows all of them; the ratio to quote is the median over rounds. themetag
hands out labels and probabilities as arrays (`Tagger.tagged`) or as `Prediction` objects, with and
without the extra `fast`; the answers are compared. Then where the time goes; two workers beside
one process; rate and peak memory as the rows grow, each in a process of its own; and `themetag
batch` from .csv to .csv beside the rates in memory of the same rows. Garbage is looked for as
seldom as in a batch, whatever is measured.
"""

from __future__ import annotations

import argparse
import csv
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

from growing import SEPARATOR, arrays, blocks, objects, stream
from peers import Answers, Predict, distinct_texts, fast_text, scikit_learn
from workers import two_beside_one

from themetag import artifact
from themetag.compiled.reader import Reader
from themetag.garbage import seldom_collected
from themetag.learning.corpus import read_corpus
from themetag.linear import LinearModel, Vocabulary
from themetag.tables import open_table
from themetag.tagger import BLOCK, Tagger
from themetag.text import tokenise

ARRAYS, OBJECTS, BASE = "themetag[fast]", "same, as objects", "themetag"
SCIKIT_LEARN, FAST_TEXT = "scikit-learn", "fastText"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--texts", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--most", type=int, default=200_000)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--workers", type=int, default=40_000)
    given = options.parse_args()
    with seldom_collected():
        measure(given)


def measure(given: argparse.Namespace) -> None:
    """Measure everything."""
    corpus = read_corpus(Path("training"))
    tagger = artifact.load(artifact.find())
    texts = distinct_texts(corpus, given.texts, tagger.lengths)
    n_words = statistics.mean(len(text.split()) for text in texts)
    print(f"model {tagger.version}, {len(texts)} distinct texts of {n_words:.0f} words on average")
    plain, fast = tagger.in_bulk(n_plain=None), tagger.in_bulk(n_plain=0)
    programs = {
        ARRAYS: lambda part: arrays(fast, part),
        OBJECTS: lambda part: objects(fast, part),
        BASE: lambda part: objects(plain, part),
        SCIKIT_LEARN: scikit_learn(tagger),
        FAST_TEXT: fast_text(corpus),
    }
    begun = time.perf_counter()
    arrays(fast, texts[:1])
    print(f"machine code and tables made ready in {time.perf_counter() - begun:.1f} s")
    # The corpus is no part of any program, and no collection of garbage should walk through it.
    gc.collect()
    gc.freeze()
    beside_peers(programs, texts, given.rounds)
    print_shares(plain, fast, texts[:2000])
    two_beside_one(texts, given.workers, given.rounds)
    with tempfile.TemporaryDirectory() as folder:
        growing(programs[FAST_TEXT], texts, given.most, Path(folder))
        in_memory = {name: programs[name] for name in (ARRAYS, OBJECTS)}
        from_file_to_file(texts, given.rows, in_memory, Path(folder))


def beside_peers(programs: dict[str, Predict], texts: Sequence[str], rounds: int) -> None:
    """Print the rates of all programs."""
    rates: dict[str, list[float]] = {name: [] for name in programs}
    share = -(-len(texts) // rounds)
    for start in range(0, len(texts), share):
        part = texts[start : start + share]  # no program meets a text twice
        answers = {}
        for name, predict in programs.items():
            begun = time.perf_counter()
            answers[name] = predict(part)
            rates[name].append(len(part) / (time.perf_counter() - begun))
        if not answers[ARRAYS] == answers[OBJECTS] == answers[BASE]:
            raise SystemExit("the answers depend on what reads the texts")
        _same(answers[BASE], answers[SCIKIT_LEARN])
    for name, values in rates.items():
        ratios = "".join(
            f"   {_ratios(values, rates[other])} of {other}" for other in (SCIKIT_LEARN, FAST_TEXT)
        )
        print(f"{name:<17} {statistics.median(values):8.0f} texts/s{ratios}")


def _ratios(rates: Sequence[float], others: Sequence[float]) -> str:
    ratios = [a / b for a, b in zip(rates, others, strict=True)]
    return f"{statistics.median(ratios):5.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def _same(ours: Answers, theirs: Answers) -> None:
    """Stop unless two programs gave the same labels; probabilities may differ in rounding."""
    for (label, chance, themes), (other, other_chance, other_themes) in zip(
        ours, theirs, strict=True
    ):
        agree = label == other and sorted(themes) == sorted(other_themes)
        if not agree and abs(chance - other_chance) > 1e-3:
            raise SystemExit(f"{label} {chance} {themes} but {other} {other_chance} {other_themes}")


def print_shares(plain: Tagger, fast: Tagger, texts: Sequence[str]) -> None:
    """Print what part of the time each step of tagging takes, the least of three goes."""
    parts = list(blocks(iter(texts), BLOCK))
    tokens = [[tokenise(text) for text in part] for part in parts]
    vectors = [plain.vocabulary.vectors(part) for part in tokens]
    whole = _least(lambda: objects(plain, texts))
    steps = {
        "tokenising": _least(lambda: [tokenise(text) for text in texts]),
        "counting": _least(lambda: [plain.vocabulary.vectors(part) for part in tokens]),
        "scoring": _least(lambda: [plain.model.scores(part) for part in vectors]),
    }
    _print_steps("themetag", steps, whole)
    kinds = len(fast.codebook.categories), len(fast.codebook.themes)
    column = LinearModel(fast.model.weights[:, :1], fast.model.intercepts[:1])
    nothing = Vocabulary(fast.vocabulary.fields[:1], ((),), fast.vocabulary.idf[:0])
    none = LinearModel(column.weights[:0], column.intercepts)
    # Machine code does everything in one go: with no terms it only tokenises, with one column it
    # does all but score.
    seconds = [
        _least(lambda reader=reader: [reader.read(part) for part in parts])
        for reader in (
            Reader(nothing, none, (1, 0), fast.lengths),
            Reader(fast.vocabulary, column, (1, 0), fast.lengths),
            Reader(fast.vocabulary, fast.model, kinds, fast.lengths),
        )
    ]
    names = ("tokenising", "counting", "scoring")
    steps = dict(zip(names, [b - a for a, b in pairwise([0.0, *seconds])], strict=True))
    _print_steps("themetag[fast]", steps, _least(lambda: arrays(fast, texts)))


def _least(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def _print_steps(name: str, steps: dict[str, float], whole: float) -> None:
    shares = [f"{step} {seconds / whole:.0%}" for step, seconds in steps.items()]
    rest = 1 - sum(steps.values()) / whole
    print(f"{name}: {', '.join(shares)}, probabilities and answers {max(rest, 0):.0%}")


def growing(peer: Predict, texts: Sequence[str], most: int, folder: Path) -> None:
    """Print rate and peak memory for more and more rows, each in a process of its own."""
    pool = folder / "pool"
    pool.write_text(SEPARATOR.join(texts), encoding="utf-8")
    for program, limit in (("fast", most), ("plain", most // 10)):
        for n in sorted({1_000, 10_000, 100_000, limit}):
            if n <= limit:
                rate, peak = _grown(pool, program, n)
                print(f"{program:<5} {n:>9,} rows {rate:>7} texts/s, at most {peak} MB")
    for n in (1_000, 10_000, 100_000):
        print(f"fastText {n:>6,} rows {n / _streamed(peer, texts, n):>7.0f} texts/s")


def _grown(pool: Path, program: str, n: int) -> list[str]:
    script = Path(__file__).with_name("growing.py")
    command = [sys.executable, str(script), str(pool), program, str(n)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def from_file_to_file(
    texts: Sequence[str], n: int, programs: dict[str, Predict], folder: Path
) -> None:
    """Print the rate of `themetag batch` from .csv to .csv, beside the rates of rows in memory."""
    rows = folder / "rows.csv"
    with open(rows, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "title", "text"])
        writer.writerows([i, "", text] for i, text in enumerate(stream(texts, n)))
    begun = time.perf_counter()
    n_read = sum(1 for _ in open_table(rows).rows)
    reading = time.perf_counter() - begun
    print(f"reading {n_read:,} rows of .csv takes {reading:.1f} s")
    tagging = {name: _streamed(predict, texts, n) for name, predict in programs.items()}
    for n_jobs in (1, 2):
        seconds = _batch(rows, folder / f"{n_jobs}.csv", n_jobs)
        ratios = [f"{own / seconds:.2f} of {name}" for name, own in tagging.items()]
        print(
            f".csv to .csv, {n:,} rows, --jobs {n_jobs}: {n / seconds:.0f} rows/s, "
            f"{', '.join(ratios)} in memory"
        )


def _streamed(predict: Predict, texts: Sequence[str], n: int) -> float:
    """Return the seconds that a program takes for n texts, a thousand at a time."""
    begun = time.perf_counter()
    for part in blocks(stream(texts, n), 1000):
        predict(part)
    return time.perf_counter() - begun


def _batch(rows: Path, output: Path, n_jobs: int) -> float:
    command = [str(Path(sys.executable).parent / "themetag"), "batch", str(rows), str(output)]
    begun = time.perf_counter()
    subprocess.run([*command, "--jobs", str(n_jobs)], check=True, capture_output=True)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
