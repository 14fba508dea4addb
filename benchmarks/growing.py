"""Tag a growing number of different texts in one process; print its rate and its peak memory.

    python benchmarks/growing.py POOL {fast,plain} N

POOL is a file of texts, a NUL between any two; each goes through as often as it takes, with another
number behind it every time. throughput.py starts this.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from themetag import artifact
from themetag.entry import Entry
from themetag.garbage import seldom_collected
from themetag.tagger import BLOCK, Tagger

SEPARATOR = "\0"

Item = TypeVar("Item")

Answers = list[tuple[str | None, float, list[str]]]


def main() -> None:
    """Tag and print."""
    pool, program, n = sys.argv[1:]
    texts = Path(pool).read_text(encoding="utf-8").split(SEPARATOR)
    tagger = artifact.load(artifact.find()).in_bulk(n_plain=0 if program == "fast" else None)
    tagger.tag_block([Entry("-", "", texts[0])])
    begun = time.perf_counter()
    with seldom_collected():
        for part in blocks(stream(texts, int(n)), 10 * BLOCK):
            arrays(tagger, part)
    seconds = time.perf_counter() - begun
    print(f"{int(n) / seconds:.0f} {_peak_kilobytes() / 1024:.0f}")


def _peak_kilobytes() -> int:
    """Return what Linux says of this program; `getrusage` counts the one that started it too."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def stream(texts: Sequence[str], n: int) -> Iterator[str]:
    """Yield n different texts."""
    return (f"{texts[i % len(texts)]} {i}" for i in range(n))


def blocks(texts: Iterator[Item], size: int) -> Iterator[list[Item]]:
    """Yield things some at a time."""
    return iter(lambda: list(islice(texts, size)), [])


def arrays(tagger: Tagger, texts: Sequence[str]) -> Answers:
    """Return the category, its probability and the themes of each text, from arrays."""
    answers: Answers = []
    for start in range(0, len(texts), BLOCK):
        part = [Entry("-", "", text) for text in texts[start : start + BLOCK]]
        tagged = tagger.tagged(part)
        first = tagged.ranking.chances[:, 0].tolist()
        answers += zip(tagged.categories(), first, tagged.themes(), strict=True)
    return answers


def objects(tagger: Tagger, texts: Sequence[str]) -> Answers:
    """Return the same from the objects of a batch."""
    return [
        (p.category, p.categories[0].probability, [theme.label for theme in p.themes])
        for p in tagger.tag_all(Entry("-", "", text) for text in texts)
    ]


if __name__ == "__main__":
    main()
