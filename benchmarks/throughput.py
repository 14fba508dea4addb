"""How fast texts in memory become labels and probabilities, beside two peers in one run.

    python benchmarks/throughput.py [--texts 20000] [--rounds 5]

One process, one core, all texts distinct. Rounds alternate between the programs, so that a machine
that slows down slows all of them; the ratio to quote is the median over rounds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

from peers import Answers, distinct_texts, fast_text, scikit_learn

from themetag import artifact
from themetag.entry import Entry
from themetag.learning.corpus import read_corpus


def main() -> None:
    """Measure and print one line a program."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--texts", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    corpus = read_corpus(Path("training"))
    tagger = artifact.load(artifact.find())
    texts = distinct_texts(corpus, given.texts, tagger.lengths)
    programs = {
        "themetag": lambda batch: [
            (p.category, p.categories[0].probability, [t.label for t in p.themes])
            for p in tagger.tag_all(Entry(str(i), "", text) for i, text in enumerate(batch))
        ],
        "scikit-learn": scikit_learn(tagger),
        "fastText": fast_text(corpus),
    }
    rates: dict[str, list[float]] = {name: [] for name in programs}
    share = -(-len(texts) // given.rounds)
    for start in range(0, len(texts), share):
        part = texts[start : start + share]  # no program meets a text twice
        answers = {}
        for name, predict in programs.items():
            begun = time.perf_counter()
            answers[name] = predict(part)
            rates[name].append(len(part) / (time.perf_counter() - begun))
        _same(answers["themetag"], answers["scikit-learn"])
    n_words = statistics.mean(len(text.split()) for text in texts)
    print(f"model {tagger.version}, {len(texts)} distinct texts of {n_words:.0f} words on average")
    for name, values in rates.items():
        ratios = [a / b for a, b in zip(rates["themetag"], values, strict=True)]
        print(
            f"{name:<13} {statistics.median(values):9.0f} texts/s   themetag is "
            f"{statistics.median(ratios):.2f} times as fast "
            f"({min(ratios):.2f} to {max(ratios):.2f})"
        )


def _same(ours: Answers, theirs: Answers) -> None:
    """Stop unless two programs gave the same labels; probabilities may differ in rounding."""
    for (label, chance, themes), (other, other_chance, other_themes) in zip(
        ours, theirs, strict=True
    ):
        agree = label == other and sorted(themes) == sorted(other_themes)
        if not agree and abs(chance - other_chance) > 1e-3:
            raise SystemExit(f"{label} {chance} {themes} but {other} {other_chance} {other_themes}")


if __name__ == "__main__":
    main()
