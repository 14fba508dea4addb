"""What `check` and the order of `suggest` are worth on the real entries.

    python benchmarks/check.py > benchmarks/results/check.txt

All judgements of labels are the stored out-of-fold answers of the current model. Wrong labels are
drawn by lot with a fixed seed: another category, a theme left out, or a theme put in. The draft of
the page of 2022 is what `ingest` makes of it, whose wrong headings are known from the hand-cut
entries. Intervals resample projects.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from themetag import artifact
from themetag.learning.check.checked import CheckedTable, check
from themetag.learning.check.doubts import doubts
from themetag.learning.check.judge import Judge
from themetag.learning.check.written import WrittenEntry, WrittenTable, read_written
from themetag.learning.codebookfile import read_codebook
from themetag.learning.corpus import LabelColumns
from themetag.learning.exchange.proposals import most_useful
from themetag.learning.ingest.draft import read_draft
from themetag.text import fingerprint

ROOT = Path(__file__).resolve().parents[1]
TRAINING = ROOT / "training"
BOOK = read_codebook(TRAINING / "codebook.toml")

Flags = npt.NDArray[np.bool_]


def main() -> None:
    """Print the three tables."""
    judge = Judge.of(artifact.find())
    tables = [read_written(path) for path in sorted((TRAINING / "entries").glob("*.csv"))]
    entries = [written for table in tables for written in table.entries]
    print(f"model {judge.tagger.version}, {len(entries)} real entries\n")
    wrong_labels(judge, tables)
    wrong_headings(judge)
    order(judge, entries)


def wrong_labels(judge: Judge, tables: list[WrittenTable]) -> None:
    """Print how many labels are doubted, as they are and when they are wrong."""
    rng = np.random.default_rng(0)

    def other_category(written: WrittenEntry) -> WrittenEntry:
        others = [name for name in BOOK.category_names if name != written.category]
        return replace(written, category=str(rng.choice(others)))

    def theme_left_out(written: WrittenEntry) -> WrittenEntry:
        kept = list(written.themes)
        kept.pop(int(rng.integers(len(kept))))
        return replace(written, themes=tuple(kept))

    def theme_put_in(written: WrittenEntry) -> WrittenEntry:
        others = [theme for theme in BOOK.theme_ids if theme not in written.themes]
        return replace(written, themes=(*written.themes, str(rng.choice(others))))

    def has_category(written: WrittenEntry) -> bool:
        return bool(written.category)

    def has_themes(written: WrittenEntry) -> bool:
        return len(written.themes) > 1

    print("Share of entries with a doubted label")
    for name, kind, applies, spoil in (
        ("categories as they are", "category", has_category, None),
        ("another category, by lot", "category", has_category, other_category),
        ("themes as they are", "theme", has_themes, None),
        ("one of several themes left out", "theme", has_themes, theme_left_out),
        ("a theme put in, by lot", "theme", has_themes, theme_put_in),
    ):
        kept = [
            replace(table, entries=tuple(filter(applies, table.entries)))
            for table in tables
            if any(map(applies, table.entries))
        ]
        groups = np.array([x.project for table in kept for x in table.entries])
        print(f"  {name:<34}{_share(_doubted(judge, kept, kind, spoil), groups)}")


def _doubted(
    judge: Judge,
    tables: list[WrittenTable],
    kind: str,
    spoil: Callable[[WrittenEntry], WrittenEntry] | None,
) -> Flags:
    flags = []
    for table in tables:
        rows = tuple(map(spoil, table.entries)) if spoil else table.entries
        found = doubts(replace(table, entries=rows), judge, [], "plausible_themes").findings
        doubted = {finding.id for finding in found if finding.kind == kind}
        flags += [written.entry.id in doubted for written in rows]
    return np.array(flags)


def wrong_headings(judge: Judge) -> None:
    """Print how many of the wrong categories of the draft of 2022 are doubted."""
    gold = {
        fingerprint(written.entry.text): written.category
        for written in read_written(TRAINING / "entries" / "2022.csv").entries
    }
    page = next((ROOT / "seeds").glob("004_*.txt"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "draft.csv"
        read_draft(page, 2022, BOOK).write(path, overwrite=False)
        found: CheckedTable = check(path, LabelColumns(), [], BOOK, judge)
    doubted = {finding.id for finding in found.findings if finding.kind == "category"}
    known = [
        (written.entry.id, written.category == gold[fingerprint(written.entry.text)])
        for written in found.table.entries
        if written.category and fingerprint(written.entry.text) in gold
    ]
    print("\nDraft of the page of 2022: categories that ingest took from a heading")
    for name, wanted in (("wrong", False), ("right", True)):
        ids = [id for id, is_right in known if is_right == wanted]
        print(f"  {name}: {sum(id in doubted for id in ids)} of {len(ids)} doubted")


def order(judge: Judge, entries: list[WrittenEntry]) -> None:
    """Print how many of the wrong proposals come early, in the order of suggest and by lot.

    The proposal is the out-of-fold answer, the category included; wrong is one that differs from
    the entry's labels in any of them.
    """
    tagger = judge.tagger
    limits = dict(zip(tagger.codebook.theme_ids, tagger.calibration.thresholds, strict=True))
    kept, uncertain, wrong = [], [], []
    for written, said in zip(entries, judge.judge([x.entry for x in entries]), strict=True):
        if said is None or not written.category:
            continue
        best = max(said.categories, key=lambda name: said.categories[name])
        given = {id for id, chance in said.themes.items() if chance >= limits[id]}
        right = [p if id in given else 1 - p for id, p in said.themes.items()]
        kept.append(written)
        uncertain.append(1 - said.categories[best] * float(np.prod(right)))
        wrong.append((best != written.category) + len(given ^ set(written.themes)))
    errors = np.array(wrong)
    by_use = most_useful(uncertain, [x.entry.text for x in kept], [])
    by_doubt = np.argsort(-np.array(uncertain), kind="stable")
    print(
        f"\nOrder of suggest: {errors.sum()} wrong labels in {len(kept)} proposals; share of them"
    )
    print(f"  {'':<34}in the first quarter, half")
    for name, rank in (("uncertain and unlike each other", by_use), ("uncertain", by_doubt)):
        found = np.cumsum(errors[rank]) / errors.sum()
        print(f"  {name:<34}{found[len(kept) // 4 - 1]:.2f}, {found[len(kept) // 2 - 1]:.2f}")
    print(f"  {'by lot, on average':<34}0.25, 0.50")


def _share(flags: Flags, groups: npt.NDArray[np.str_]) -> str:
    """Return a share with the interval of 1,000 draws of whole projects."""
    rng = np.random.default_rng(0)
    names, numbers = np.unique(groups, return_inverse=True)
    weights = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), 1000)[:, numbers]
    low, high = np.percentile((weights @ flags) / weights.sum(axis=1), [2.5, 97.5])
    return f"{flags.mean():.3f} (95 % interval {low:.3f} to {high:.3f}, n = {len(flags)})"


if __name__ == "__main__":
    main()
