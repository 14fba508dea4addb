"""How often the current model declines texts that are no submissions.

    python benchmarks/scope.py

The texts are in benchmarks/data/scope_check.csv. They were written apart from those that the model
learnt from, and neither writer saw the other's. How often real entries are declined by mistake is
in the model card, cross-validated.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np

from themetag import artifact

_TEXTS = Path(__file__).parent / "data" / "scope_check.csv"


def main() -> None:
    """Tag and count."""
    tagger = artifact.load(artifact.find())
    with _TEXTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    answers = [tagger.tag(row["text"], with_evidence=False) for row in rows]
    declined = np.array([answer.is_abstention for answer in answers])
    draws = np.random.default_rng(0).choice(declined, (1000, len(declined))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    print(
        f"model {tagger.version}: {declined.sum()} of {len(declined)} texts of another kind "
        f"declined, {declined.mean():.3f} (95 % interval {low:.3f} to {high:.3f})"
    )
    total = Counter(row["kind"] for row in rows)
    by_kind = Counter(row["kind"] for row, no in zip(rows, declined, strict=True) if no)
    for kind, n in sorted(total.items()):
        print(f"  {kind:<16} {by_kind[kind]:>3} of {n:>3}")
    for row, answer in zip(rows, answers, strict=True):
        if not answer.is_abstention:
            print(f"  answered: {row['id']} ({row['kind']}): {answer.category}")


if __name__ == "__main__":
    main()
