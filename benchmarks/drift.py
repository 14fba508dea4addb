"""How often `themetag drift` cries wolf, and how often it sees what is there.

    python benchmarks/drift.py [--draws 300] > benchmarks/results/drift.txt

Everything is drawn from the real entries in training/, one entry of every project. A false alarm
is one about entries drawn by lot from the year that they are set beside. What no theme explains is
measured by taking one theme after another from the model, whose out-of-fold answers stand for what
it would say of new entries. The words that `learning.novelty` leaves out were settled on these
same entries: take the figures of groups for the size of the effect.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from themetag import artifact
from themetag.learning.corpus import read_corpus
from themetag.learning.drift.expectation import Expected, expectation
from themetag.learning.drift.newwords import new_words
from themetag.learning.drift.novelty import candidates
from themetag.learning.drift.sides import ALARM, Lots
from themetag.learning.drift.unlikeness import unlikeness
from themetag.learning.drift.unseen import Unseen
from themetag.learning.grouping import group_entries
from themetag.learning.outoffold import KeptAnswers
from themetag.text import fingerprint

_ROOT = Path(__file__).resolve().parent.parent
_LEAST_ENTRIES = 6
_OTHERS = 30

Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Known:
    """The real entries, one of every project, and what the model says of each while unseen."""

    texts: list[str]
    year: npt.NDArray[np.str_]
    gives: Flags
    coded: Flags
    theme_ids: tuple[str, ...]

    def sides(self, new: Ids, known: Ids) -> tuple[list[str], Lots]:
        """Set some entries beside others."""
        return [self.texts[i] for i in (*new, *known)], _lots(len(new), len(known))


_lots = cache(Lots.draw)  # the same ones for as many entries, every time


def main() -> None:
    """Draw, count and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=300)
    n_draws = options.parse_args().draws
    known = _known()
    print(
        f"{len(known.texts)} real entries, one of every project, "
        f"{(known.year == '2022').sum()} of them of 2022; alarm: p up to {ALARM}\n"
    )
    _false_alarms(known, n_draws)
    _true_alarms(known, n_draws // 6)
    _themes_taken(known)
    _promises()


def _known() -> Known:
    folder = artifact.find()
    tagger = artifact.load(folder)
    kept = KeptAnswers.read(folder, tagger.codebook)
    rows = read_corpus(_ROOT / "training").real
    groups = group_entries([row.entry.text for row in rows], [row.group for row in rows])
    rows = tuple(rows[i] for i in np.sort(np.unique(groups, return_index=True)[1]))
    at = {text: i for i, text in enumerate(kept.texts)}
    order = [at[fingerprint(row.entry.text)] for row in rows]
    ids = tagger.codebook.theme_ids
    return Known(
        [row.entry.text for row in rows],
        np.array([Path(row.place).stem for row in rows]),
        kept.theme_chances[order] >= tagger.calibration.thresholds,
        kept.true_themes(tagger.codebook)[order] > 0,
        ids,
    )


def _false_alarms(known: Known, n_draws: int) -> None:
    """Draw new entries by lot out of one year; nothing is new about them."""
    print("False alarms: so many entries of 2022 drawn by lot, beside the rest of 2022")
    rows = np.flatnonzero(known.year == "2022")
    for n_new in (10, 40, 80):
        draws = np.random.default_rng(n_new)
        unlike, words, groups = [], [], []
        for _ in range(n_draws):
            drawn = draws.permutation(rows)
            texts, lots = known.sides(drawn[:n_new], drawn[n_new:])
            without = ~known.gives[drawn[:n_new]].any(axis=1)
            unlike.append(unlikeness(texts, lots).is_alarm)
            words.append(any(word.p <= ALARM for word in new_words(texts, lots)))
            groups.append(bool(candidates(texts, n_new, without)))
        print(f"  {n_new} entries: unlike {_rate(unlike)}")
        print(f"    some word more than chance makes {_rate(words)}")
        print(f"    some group without a theme {_rate(groups)}")


def _true_alarms(known: Known, n_draws: int) -> None:
    """Draw new entries of another kind, whole or in part."""
    print("\nAlarms about entries that are unlike, beside the real entries of 2022")
    base = [text for text, year in zip(known.texts, known.year, strict=True) if year == "2022"]
    others = [text for text, year in zip(known.texts, known.year, strict=True) if year != "2022"]
    restated = [
        row.entry.text for row in read_corpus(_ROOT / "training").entries if row.kind == "restated"
    ]
    for year in ("2018", "2024", "2025"):
        own = [text for text, of in zip(known.texts, known.year, strict=True) if of == year]
        found = unlikeness(own + base, _lots(len(own), len(base)))
        print(
            f"  the {len(own)} partnership entries of {year}: AUC {found.auc:.2f} (by chance up to "
            f"{found.by_chance:.2f}), p = {found.p:.3f}"
        )
    kinds = [("partnership entries of other years", others), ("restated entries", restated)]
    kinds += [(f"texts of another kind ({name})", texts) for name, texts in _other_kinds()]
    for name, texts in kinds:
        for n_new, n_odd in ((10, 10), (40, 10), (40, 5)):
            if n_odd <= len(texts):
                _drawn(name, texts, base, n_new, n_odd, n_draws)


def _drawn(
    name: str, odd: Sequence[str], base: Sequence[str], n_new: int, n_odd: int, n_draws: int
) -> None:
    draws = np.random.default_rng(n_new)
    alarms, areas = [], []
    for _ in range(n_draws):
        new = [odd[i] for i in draws.choice(len(odd), n_odd, replace=False)]
        rest = [base[i] for i in draws.permutation(len(base))]
        texts = new + rest
        found = unlikeness(texts, _lots(n_new, len(texts) - n_new))
        alarms.append(found.is_alarm)
        areas.append(found.auc)
    print(f"  {n_new} entries, {n_odd} of them {name}: {_rate(alarms)}, AUC {np.median(areas):.2f}")


def _other_kinds() -> Iterator[tuple[str, list[str]]]:
    with open(_ROOT / "benchmarks" / "data" / "scope_check.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for kind in ("civic", "news"):
        yield kind, [row["text"] for row in rows if row["kind"] == kind]


def _themes_taken(known: Known) -> None:
    """Take a theme from the model; its entries and thirty others are the new ones."""
    print(
        "\nA theme taken from the model: its entries and 30 others drawn by lot are new\n"
        "  theme, entries, those then without a theme; groups (size: of the theme); first words"
    )
    hits = n_with_enough = n_other = 0
    for column, theme in enumerate(known.theme_ids):
        own = np.flatnonzero(known.coded[:, column])
        if len(own) < _LEAST_ENTRIES:
            continue
        rest = np.random.default_rng(column).permutation(np.flatnonzero(~known.coded[:, column]))
        new, others = np.concatenate([own, rest[:_OTHERS]]), rest[_OTHERS:]
        gives = known.gives[new]
        gives[:, column] = False
        without = ~gives.any(axis=1)
        texts, lots = known.sides(new, others)
        groups = [np.array(found.rows) for found in candidates(texts, len(new), without)]
        of_theme = [int((rows < len(own)).sum()) for rows in groups]
        is_hit = [2 * n > len(rows) for n, rows in zip(of_theme, groups, strict=True)]
        if without[: len(own)].sum() >= 3:
            n_with_enough += 1
            hits += any(is_hit)
        n_other += len(groups) - sum(is_hit)
        shown = ", ".join(f"{len(rows)}: {n}" for rows, n in zip(groups, of_theme, strict=True))
        words = ", ".join(word.word for word in new_words(texts, lots)[:4])
        print(
            f"  {theme}: {len(own)}, {without[: len(own)].sum()}; groups ({shown or 'none'}); "
            f"{words or 'none'}"
        )
    print(
        f"  of {n_with_enough} themes with three such entries {hits} came back as a group; "
        f"{n_other} groups are of other entries"
    )


def _promises() -> None:
    """Hold each fold against what was promised of it, with the band of the other folds."""
    print("\nPromises: each fold of the corpus as the new table, its band from the other folds")
    folder = artifact.find()
    tagger = artifact.load(folder)
    kept, thresholds = KeptAnswers.read(folder, tagger.codebook), tagger.calibration.thresholds
    category = kept.true_categories(tagger.codebook)
    themes = kept.true_themes(tagger.codebook)
    for fold in np.unique(kept.fold).tolist():
        own = kept.fold == fold
        none = np.zeros(own.sum(), dtype=bool)
        given = kept.theme_chances[own] >= thresholds
        new = Unseen(kept.chances[own], kept.theme_chances[own], given, none, ~none)
        promised = expectation(new, kept.at(np.flatnonzero(~own)), tagger.codebook, thresholds)
        entered = own & kept.has_category
        ranks = np.argsort(-kept.chances[entered], axis=1, kind="stable")
        right = np.take_along_axis(category[entered], ranks, axis=1)
        right_themes = themes[own] * given
        true = {
            "top1": right[:, 0].mean(),
            "top3": right[:, :3].sum(axis=1).mean(),
            "precision": right_themes.sum() / given.sum(),
            "micro_f1": 2 * right_themes.sum() / (given.sum() + themes[own].sum()),
        }
        figures = {**promised.category, **promised.themes}
        print(f"  fold {fold}: " + "; ".join(_kept(n, figures[n], true[n]) for n in figures))


def _kept(name: str, figure: Expected, true: float) -> str:
    sign = "within" if figure.low <= true <= figure.high else "OUTSIDE"
    return (
        f"{name} {figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f}), was {true:.2f} {sign}"
    )


def _rate(flags: Sequence[bool]) -> str:
    """Return a share with its 95 % interval (E. Wilson, 1927)."""
    n, share = len(flags), float(np.mean(flags))
    middle, spread = share + 1.92 / n, 1.96 * np.sqrt(share * (1 - share) / n + 0.9604 / n**2)
    low, high = ((middle + sign * spread) / (1 + 3.84 / n) for sign in (-1, 1))
    return f"{sum(flags)} of {n}, {share:.3f} ({max(low, 0):.3f} to {high:.3f})"


if __name__ == "__main__":
    main()
