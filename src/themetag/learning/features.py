"""`Counts`: how often every term of every field stands in every text of a corpus.

Counting looks at one text at a time, so it is done once for all folds. Which terms become
vocabulary and what each is worth is learnt from the training part alone, by `weigh`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from themetag.errors import LearningError
from themetag.linear import Field, Vocabulary
from themetag.text import tokenise

# What terms, frequencies and half-precision weights may take in a model folder, in bytes: the
# folder is promised to stay within 8 MB with its codebook, card and out-of-fold answers.
_MODEL_BYTES = 7_000_000
_BYTES_OF_A_TERM = 18
_BYTES_OF_A_WEIGHT = 2

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Term counts of a whole corpus, by field."""

    fields: tuple[Field, ...]
    """The kinds of terms."""
    terms: tuple[npt.NDArray[Any], ...]
    """`(n_terms,)` the terms of each field, rising."""
    matrices: tuple[sparse.csr_matrix, ...]
    """`(n_entries, n_terms)` float64 counts, a matrix a field."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighing:
    """A vocabulary learnt from a training part, and every text of the corpus over it."""

    vocabulary: Vocabulary
    """The terms that were kept."""
    matrix: sparse.csr_matrix
    """`(n_entries, n_terms)` float64: what `Vocabulary.vector` gives for each text."""


def count(texts: Sequence[str], fields: Sequence[Field]) -> Counts:
    """Count the terms of every text.

    Raises:
        LearningError: when no text has a word.
    """
    tokens = [tokenise(text) for text in texts]
    if not any(tokens):
        raise LearningError("the texts have no words to learn from")
    terms, matrices = [], []
    for field in fields:
        counter = CountVectorizer(analyzer=field.terms, dtype=np.float64)
        if any(text.of(field.part) for text in tokens):
            matrices.append(counter.fit_transform(tokens))
            terms.append(counter.get_feature_names_out())
        else:  # such as opening sentences where every entry is a bare title
            matrices.append(sparse.csr_matrix((len(texts), 0)))
            terms.append(np.array([], dtype=object))
    return Counts(tuple(fields), tuple(terms), tuple(matrices))


def weigh(counts: Counts, training: Rows, min_entries: int, n_labels: int) -> Weighing:
    """Learn a vocabulary from some entries and put all entries over it.

    Args:
        counts: the whole corpus.
        training: positions of the entries to learn from.
        min_entries: how many of them must have a term for it to be kept; raised until the
            weights of `n_labels` labels fit into a model folder.
        n_labels: how many labels will have weights.

    Raises:
        LearningError: when no term is kept.
    """
    frequencies = [np.diff(m[training].tocsc().indptr) for m in counts.matrices]
    least = _affordable(frequencies, min_entries, n_labels)
    blocks, kept_terms, idfs = [], [], []
    for part, terms, matrix, frequency in zip(
        counts.fields, counts.terms, counts.matrices, frequencies, strict=True
    ):
        kept = np.flatnonzero(frequency >= least)
        kept_terms.append(tuple(terms[kept].tolist()))
        if not kept.size:
            continue
        transformer = TfidfTransformer(sublinear_tf=True).fit(matrix[training][:, kept])
        blocks.append(transformer.transform(matrix[:, kept]) * part.weight)
        idfs.append(transformer.idf_)
    if not blocks:
        raise LearningError(f"no term stands in {least} or more texts; give more entries")
    vocabulary = Vocabulary(counts.fields, tuple(kept_terms), np.concatenate(idfs))
    return Weighing(vocabulary, sparse.hstack(blocks, format="csr"))


def _affordable(frequencies: Sequence[npt.NDArray[Any]], min_entries: int, n_labels: int) -> int:
    """Return the least frequency at which the vocabulary fits into a model folder."""
    most = _MODEL_BYTES // (_BYTES_OF_A_TERM + _BYTES_OF_A_WEIGHT * n_labels)
    least = min_entries
    while sum(int((frequency >= least).sum()) for frequency in frequencies) > most:
        least += 1
    return least
