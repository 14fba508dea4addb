"""Which entries belong together, and how groups are dealt out to folds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import CountVectorizer

from themetag.text import fingerprint, word_groups, words

# Two texts are near-identical when they share this much of their runs of three words. Revised
# copies share more; two entries about one subject by two councils share under a tenth.
NEAR_IDENTICAL = 0.5
_RUN = 3

Ids = npt.NDArray[np.int64]


def group_entries(texts: Sequence[str], stated: Sequence[str]) -> Ids:
    """Put entries of one stated group, and near-identical texts, into one group.

    Args:
        texts: the texts of all entries.
        stated: the group that each entry is stated to belong to, such as its project.

    Returns:
        `(n_entries,)` int64 group numbers from 0, in order of first appearance.

    >>> group_entries(["one two three four", "One two three four!", "five"], ["a", "b", "c"])
    array([0, 0, 1])
    """
    if not texts:
        return np.zeros(0, dtype=np.int64)
    # However many copies a text has, they are found here; `near_identical` passes over stock text.
    copies = _equal([fingerprint(text) for text in texts])
    links = near_identical(texts) + copies + _equal(stated)
    _, found = connected_components(links, directed=False)
    _, first, numbers = np.unique(found, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    return np.asarray(rank[numbers], dtype=np.int64)


def near_identical(texts: Sequence[str]) -> sparse.csr_matrix:
    """Find pairs of texts that are copies of one another or nearly so.

    Returns:
        `(n, n)` symmetric; an entry is the share of runs of three words that two texts have in
        common (Jaccard), where it is at least `NEAR_IDENTICAL`. Texts without words match none.
    """
    counts = CountVectorizer(analyzer=_runs, binary=True, dtype=np.float64)
    try:
        runs = counts.fit_transform(texts)
    except ValueError:  # no text has a word
        return sparse.csr_matrix((len(texts), len(texts)))
    sizes = np.asarray(runs.sum(axis=1)).ravel()
    # A run in one text only joins nothing, and a stock phrase in very many is no sign of a copy.
    spread = np.asarray(runs.sum(axis=0)).ravel()
    telling = runs[:, (spread > 1) & (spread <= max(50, len(texts) // 50))]
    shared = (telling @ telling.T).tocoo()
    union = sizes[shared.row] + sizes[shared.col] - shared.data
    share = np.divide(shared.data, union, out=np.zeros_like(shared.data), where=union > 0)
    kept = share >= NEAR_IDENTICAL
    return sparse.csr_matrix(
        (share[kept], (shared.row[kept], shared.col[kept])), shape=(len(texts), len(texts))
    )


def deal_folds(
    groups: Ids, labels: Sequence[frozenset[str]], n_folds: int, seed: int
) -> npt.NDArray[np.int64]:
    """Deal whole groups out to folds so that every label is spread as evenly as can be.

    The group with the rarest label goes first, to the fold that has least of that label
    (iterative stratification, K. Sechidis et al., 2011, with groups for examples).

    Args:
        groups: `(n_entries,)` the group of each entry.
        labels: the labels of each entry; none is allowed.
        n_folds: how many folds, at least 2.
        seed: decides between equals.

    Returns:
        `(n_entries,)` int64, the fold of each entry, 0 to n_folds - 1.

    >>> deal_folds(np.array([0, 0, 1, 2]), [frozenset("a")] * 4, 2, 0)[0:2].std()
    np.float64(0.0)
    """
    support = Counter(label for row in labels for label in row)
    content: dict[int, Counter[str]] = {}
    for group, row in zip(groups.tolist(), labels, strict=True):
        content.setdefault(group, Counter()).update({"": 1} | dict.fromkeys(row, 1))
    order = np.random.default_rng(seed).permutation(sorted(content)).tolist()
    order.sort(key=lambda group: _rarest(content[group], support)[0])
    folds: list[Counter[str]] = [Counter() for _ in range(n_folds)]
    fold_of: dict[int, int] = {}
    for turn, group in enumerate(order):
        _, label = _rarest(content[group], support)
        # The turn moves the start round, so that equals do not all go to the first fold.
        best = min(
            range(n_folds),
            key=lambda fold: (folds[fold][label], folds[fold][""], (fold - turn) % n_folds),
        )
        folds[best].update(content[group])
        fold_of[group] = best
    return np.array([fold_of[group] for group in groups.tolist()], dtype=np.int64)


def _rarest(content: Counter[str], support: Counter[str]) -> tuple[int, str]:
    return min(((support[label], label) for label in content if label), default=(10**9, ""))


def _equal(names: Sequence[str]) -> sparse.csr_matrix:
    """Link every position to the first one of the same name."""
    _, first, same = np.unique(np.array(names), return_index=True, return_inverse=True)
    n = len(names)
    return sparse.csr_matrix((np.ones(n), (np.arange(n), first[same])), shape=(n, n))


def _runs(text: str) -> list[str]:
    tokens = words(text)
    return word_groups(tokens, _RUN) if len(tokens) >= _RUN else [" ".join(tokens)] * bool(tokens)
