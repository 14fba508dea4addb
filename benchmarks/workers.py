"""Two worker processes beside none, rows in memory to answers in memory: for throughput.py."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence

from growing import blocks, stream

from themetag import artifact
from themetag.engines import Engine, here, processes
from themetag.entry import Entry
from themetag.prediction import Prediction
from themetag.sources import CHUNK
from themetag.tagger import Tagger


def two_beside_one(texts: Sequence[str], n: int, rounds: int) -> None:
    """Print how many times as fast two workers are as this process, with machine code and without.

    Everything is loaded beforehand: what starting takes is part of the figures from file to file.
    """
    model = artifact.find()
    for name, n_plain in (("themetag[fast]", 0), ("themetag", None)):
        tagger = artifact.load(model).in_bulk(n_plain)
        with here(tagger) as one, processes(model, 2, n_plain) as two:
            entries = [Entry(str(i), "", text) for i, text in enumerate(stream(texts, n))]
            _same(tagger, one, two, entries[: 20 * CHUNK])
            ratios = [
                _seconds(tagger, one, entries) / _seconds(tagger, two, entries)
                for _ in range(rounds)
            ]
        print(
            f"{name}, {n:,} rows in memory: two workers are {statistics.median(ratios):.2f} times "
            f"as fast as one process ({min(ratios):.2f} to {max(ratios):.2f})"
        )


def answers(tagger: Tagger, engine: Engine, entries: Sequence[Entry]) -> Iterator[list[Prediction]]:
    """Yield the answers for some entries, a chunk at a time."""
    for chunk, scored in engine.each(Tagger.scored, blocks(iter(entries), CHUNK), _texts):
        yield tagger.tagged(chunk, scored).predictions()


def _texts(chunk: Sequence[Entry]) -> list[str]:
    return [entry.text for entry in chunk]


def _same(tagger: Tagger, one: Engine, two: Engine, entries: Sequence[Entry]) -> None:
    """Warm both up, and stop unless they give the same."""
    if list(answers(tagger, one, entries)) != list(answers(tagger, two, entries)):
        raise SystemExit("the answers depend on the engine")


def _seconds(tagger: Tagger, engine: Engine, entries: Sequence[Entry]) -> float:
    begun = time.perf_counter()
    for _ in answers(tagger, engine, entries):
        pass
    return time.perf_counter() - begun
