"""What a category's criteria are worth before it has entries, and while it has a few.

    python benchmarks/criteria.py > benchmarks/results/criteria.txt

Each of the 22 categories in turn is taken out of the corpus: its real, restated and invented
entries and what readers said of it. What is left is its criteria in the codebook, with and without
its judgements in the lexicon. It is then ranked beside the others in the usual grouped folds. The
method was settled on the 22 together; Climate Response is the worked case. About ten minutes on
two cores.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from protocol import CAVEAT, TRAINING
from scipy.stats import binomtest

from themetag.learning.answers import answer
from themetag.learning.calibrate import calibrate
from themetag.learning.corpus import Corpus, LabelledEntry, read_corpus
from themetag.learning.criteria import criteria_texts
from themetag.learning.fit import fit, score
from themetag.learning.prepared import Prepared, Targets
from themetag.learning.recipe import Recipe

CASE = "Climate Response"
FEW = (1, 3, 5)
LEAST_LEFT = 2  # entries of a category to measure on when some are given back
N_RESAMPLES = 1000

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]


def main() -> None:
    """Take every category out in turn and print what its criteria make of its entries."""
    recipe = Recipe.of(TRAINING)
    prepared = Prepared.of(_with_all_criteria(read_corpus(TRAINING), recipe), recipe)
    names = prepared.corpus.codebook.category_names
    gold, groups = prepared.targets.category[prepared.real], prepared.groups[prepared.real]
    print(
        f"{len(names)} categories, {len(gold)} real entries in {len(np.unique(groups))} groups; "
        f"{prepared.n_folds} grouped folds, seed {recipe.seed}.\n{CAVEAT}\n"
        "The experts who judged the lexicon's words saw no entry."
    )
    ways = [(name, with_cues) for with_cues in (True, False) for name in names]
    jobs = [delayed(_usual)(prepared), *(delayed(_taken_out)(prepared, *way) for way in ways)]
    usual, *found = Parallel(n_jobs=-1)(jobs)
    by_way = {
        "criteria and lexicon": np.array(found[: len(names)]),
        "criteria alone": np.array(found[len(names) :]),
        "all its entries": np.array([usual] * len(names)),
    }
    _together(by_way, gold, groups)
    _sets(by_way, gold, recipe)
    _by_category(by_way, gold, names)
    _growing(prepared, gold)


def _with_all_criteria(corpus: Corpus, recipe: Recipe) -> Corpus:
    """Leave out what teaches no category, and add the criteria of every one."""
    rows = tuple(
        replace(row, themes=None)
        for row in corpus.entries
        if row.category and recipe.category_weight(row.entry.id, row.kind)
    )
    texts = tuple(
        LabelledEntry(text, label.name, None, frozenset(), text.id, "criteria", "the codebook")
        for label in corpus.codebook.categories
        for text in criteria_texts(label)
    )
    return replace(corpus, entries=rows + texts, outside=())


def _knowing(
    prepared: Prepared, name: str | None, *, by_criteria: bool = True, with_cues: bool = True
) -> Prepared:
    """Forget what readers said of a category, and let it learn from its criteria, or not.

    The criteria of the others stay where they are counted, and `_may_train` keeps them out.
    """
    corpus = prepared.corpus
    rows = tuple(
        replace(row, kind="invented")
        if row.kind == "criteria" and not (by_criteria and row.category == name)
        else row
        for row in corpus.entries
    )
    cues = tuple(
        cue for cue in corpus.cues if with_cues or (cue.task, cue.label) != ("category", name)
    )
    corpus = replace(corpus, entries=rows, readings=_readings_without(corpus, name), cues=cues)
    if not with_cues:  # their words must not be looked for either
        return Prepared.of(corpus, prepared.recipe)
    return replace(prepared, corpus=corpus, targets=Targets.of(corpus, prepared.recipe))


def _readings_without(corpus: Corpus, name: str | None) -> dict[str, dict[str, float]]:
    readings = {}
    for id, reading in corpus.readings.items():
        rest = {category: chance for category, chance in reading.items() if category != name}
        if total := sum(rest.values()):
            readings[id] = {category: chance / total for category, chance in rest.items()}
    return readings


def _may_train(
    prepared: Prepared, name: str | None, back: Sequence[str] = (), by_criteria: bool = True
) -> Flags:
    """Flag the entries of all categories but one, and of that one its criteria and a few."""
    return np.array(
        [
            (row.kind == "criteria" and by_criteria) or row.entry.id in back
            if row.category == name
            else not row.entry.id.startswith("criteria of ")
            for row in prepared.corpus.entries
        ]
    )


def _usual(prepared: Prepared) -> Floats:
    """Score all real entries by models that know every category by its entries."""
    known = _knowing(prepared, None)
    return _scores(known, _may_train(known, None))


def _taken_out(prepared: Prepared, name: str, with_cues: bool) -> Floats:
    """Score all real entries by models that know one category by its criteria alone."""
    known = _knowing(prepared, name, with_cues=with_cues)
    return _scores(known, _may_train(known, name))


def _scores(prepared: Prepared, trains: Flags) -> Floats:
    """Score every real entry by the model of the other folds."""
    folds, real = prepared.folds(prepared.recipe.seed), prepared.real
    unseen_always = ~trains[real]
    scores = np.zeros((len(real), prepared.n_categories))
    for k in range(prepared.n_folds):
        training = prepared.training_part(real[(folds == k) | unseen_always], trains)
        fold = np.flatnonzero(folds == k)
        scores[fold] = score(*fit(prepared, training), real[fold])[:, : prepared.n_categories]
    return scores


def _rank(scores: Floats, columns: Ids) -> Ids:
    """Return how many categories stand before one, for every entry."""
    own = np.take_along_axis(scores, columns[:, None], axis=1)
    return np.asarray((scores > own).sum(axis=1), dtype=np.int64)


def _together(by_way: dict[str, Floats], gold: Ids, groups: Ids) -> None:
    columns = np.arange(by_way["criteria alone"].shape[0])
    print("\nAll categories, each taken out once: where its own entries put it")
    for way, scores in by_way.items():
        own = np.array([_rank(scores[gold[i]], gold)[i] for i in range(len(gold))])
        print(f"  by {way:<22} first {_interval(own < 1, groups)}, "
              f"within three {_interval(own < 3, groups)}")  # fmt: skip
    print("\nWhat it does to the entries of the other categories, means over the 22")
    for way, scores in by_way.items():
        true = np.array([_rank(scores[c], gold) for c in columns])
        new = np.array([_rank(scores[c], np.full_like(gold, c)) for c in columns])
        others = gold[None, :] != columns[:, None]
        means = [_mean_over(flags, others) for flags in (true < 1, true < 3, new < 1, new < 3)]
        print(f"  by {way:<22} right first {_interval(means[0], groups)}, within three "
              f"{_interval(means[1], groups)}; it is put first for {means[2].mean():.3f} and "
              f"within three for {means[3].mean():.3f}")  # fmt: skip


def _sets(by_way: dict[str, Floats], gold: Ids, recipe: Recipe) -> None:
    """Calibrate on the entries of the others, as training would, and look at prediction sets."""
    print("\n90 % prediction sets, calibrated on the other categories' entries")
    nothing = np.zeros((0, 0))
    for way, scores in by_way.items():
        own, others, sizes = [], [], []
        for column, found in enumerate(scores):
            rest = gold != column
            calibration = calibrate(found[rest], gold[rest], nothing, nothing.astype(bool), recipe)
            in_set = answer(calibration, found, np.zeros((len(found), 0)))[1]
            hits = in_set[np.arange(len(gold)), gold]
            own += hits[~rest].tolist()
            others.append(hits[rest].mean())
            sizes.append(in_set.sum(axis=1).mean())
        print(f"  by {way:<22} hold it for {np.mean(own):.3f} of its entries, the true one for "
              f"{np.mean(others):.3f} of the others'; mean size {np.mean(sizes):.2f}")  # fmt: skip


def _mean_over(flags: Flags, rows: Flags) -> Floats:
    """Average each entry over the runs in which another category was taken out."""
    return np.asarray((flags & rows).sum(axis=0) / rows.sum(axis=0), dtype=np.float64)


def _by_category(by_way: dict[str, Floats], gold: Ids, names: Sequence[str]) -> None:
    case = names.index(CASE)
    print(f"\n{CASE}, none of its entries in training (Wilson intervals)")
    for way, scores in by_way.items():
        ranks = _rank(scores[case], gold)[gold == case]
        print(f"  by {way:<22} first {_counted(ranks < 1)}, within three {_counted(ranks < 3)}")
    print("\nEvery category: how many of its n entries put it first / within three")
    print(f"  {'':<38}{'n':>3}" + "".join(f"{way:>23}" for way in by_way))
    for column, name in enumerate(names):
        own = gold == column
        cells = [_rank(scores[column], gold)[own] for scores in by_way.values()]
        shown = (f"{(ranks < 1).sum():>2} / {(ranks < 3).sum():>2}" for ranks in cells)
        print(f"  {name:<38}{own.sum():>3}" + "".join(f"{cell:>23}" for cell in shown))


def _growing(prepared: Prepared, gold: Ids) -> None:
    """Give entries back, a few at a time, and measure on those that are left."""
    print(
        "\nAs entries come: a category is given back some of its real entries and no other, and\n"
        "is measured on the rest, first / within three; means over the categories that have\n"
        "enough. One model each, which all entries of other categories train."
    )
    names = prepared.corpus.codebook.category_names
    for n_back in FEW:
        able = [n for c, n in enumerate(names) if (gold == c).sum() >= n_back + LEAST_LEFT]
        jobs = [(name, by_criteria) for by_criteria in (True, False) for name in able]
        found = Parallel(n_jobs=-1)(
            delayed(_given_back)(prepared, name, n_back, by_criteria) for name, by_criteria in jobs
        )
        lines = [_means(found[: len(able)]), _means(found[len(able) :])]
        print(f"  {n_back} of {len(able)} categories: criteria and entries {lines[0]}; "
              f"entries alone {lines[1]}")  # fmt: skip


def _given_back(
    prepared: Prepared, name: str, n_back: int, by_criteria: bool
) -> tuple[float, float]:
    """Return how often the rest of a category's entries put it first, and within three."""
    own = [row.entry.id for row in prepared.corpus.real if row.category == name]
    order = np.random.default_rng(prepared.recipe.seed).permutation(len(own))
    back = [own[i] for i in order[:n_back]]
    known = _knowing(prepared, name, by_criteria=by_criteria)
    trains = _may_train(known, name, back, by_criteria)
    rest = np.array(
        [row.category == name and row.entry.id not in back for row in known.corpus.real]
    )
    unseen = known.real[rest]
    scores = score(*fit(known, known.training_part(unseen, trains)), unseen)
    ranks = _rank(scores[:, : known.n_categories], known.targets.category[unseen])
    return float((ranks < 1).mean()), float((ranks < 3).mean())


def _means(found: Iterable[tuple[float, float]]) -> str:
    first, three = np.mean(list(found), axis=0)
    return f"{first:.3f} / {three:.3f}"


def _interval(values: Floats | Flags, groups: Ids) -> str:
    """Return a mean with the middle 95 % over resampled groups."""
    _, position = np.unique(groups, return_inverse=True)
    n = position.max() + 1
    draws = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), size=N_RESAMPLES)
    weights = draws[:, position]
    low, high = np.percentile(weights @ values / weights.sum(axis=1), [2.5, 97.5])
    return f"{values.mean():.3f} ({low:.3f} to {high:.3f})"


def _counted(flags: Flags) -> str:
    """Return a count with the Wilson interval of its share: a handful resamples badly."""
    interval = binomtest(int(flags.sum()), len(flags)).proportion_ci(method="wilson")
    return f"{flags.sum()} of {len(flags)} ({interval.low:.2f} to {interval.high:.2f})"


if __name__ == "__main__":
    main()
