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
from sklearn.preprocessing import normalize

from themetag.errors import LearningError
from themetag.linear import Field, Vocabulary
from themetag.text import Tokens, tokenise

# What terms, frequencies and half-precision weights may take in a model folder, in bytes: the
# folder is promised to stay within 8 MB with its codebook, card and out-of-fold answers.
_MODEL_BYTES = 7_000_000
_BYTES_OF_A_TERM = 18
_BYTES_OF_A_WEIGHT = 2

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Terms:
    """Which terms are wanted whatever the texts hold."""

    always: tuple[str, ...] = ()
    """Kept however few entries have them, in fields of whole texts' words."""
    listed: frozenset[str] = frozenset()
    """All that a field may have whose terms are listed."""


_ANY = Terms()


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Term counts of a whole corpus, by field."""

    fields: tuple[Field, ...]
    """The kinds of terms."""
    terms: tuple[npt.NDArray[Any], ...]
    """`(n_terms,)` the terms of each field, rising."""
    matrices: tuple[sparse.csr_matrix, ...]
    """`(n_texts, n_terms)` float64 counts, a matrix a field."""
    always: tuple[Flags, ...]
    """`(n_terms,)` by field: the terms that are kept however few entries have them."""

    @property
    def n_texts(self) -> int:
        """How many texts were counted."""
        return int(self.matrices[0].shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Weighing:
    """A vocabulary learnt from a training part, and every text of the corpus over it."""

    vocabulary: Vocabulary
    """The terms that were kept."""
    matrix: sparse.csr_matrix
    """`(n_texts, n_terms)` float64: what `Vocabulary.vectors` gives for each text."""


def count(texts: Sequence[str], fields: Sequence[Field], wanted: Terms = _ANY) -> Counts:
    """Count the terms of every text.

    Args:
        texts: the texts.
        fields: the kinds of terms.
        wanted: terms to be kept in any case, and those that listed fields may have.

    Raises:
        LearningError: when no text has a word.
    """
    tokens = [tokenise(text) for text in texts]
    if not any(tokens):
        raise LearningError("the texts have no words to learn from")
    counted = [_counted(field, tokens, wanted) for field in fields]
    return Counts(tuple(fields), *map(tuple, zip(*counted, strict=True)))


def _counted(
    field: Field, tokens: Sequence[Tokens], wanted: Terms
) -> tuple[npt.NDArray[Any], sparse.csr_matrix, Flags]:
    """Return the terms of one field, rising, their counts, and which are kept in any case."""
    occurring = {term for text in tokens for term in field.terms(text)}
    always: set[str] = set()
    if field.listed:
        occurring &= wanted.listed
    elif field.kind == "words" and field.part == "text":
        lengths = range(field.shortest, field.longest + 1)
        always = {term for term in wanted.always if term.count(" ") + 1 in lengths}
    terms = np.array(sorted(occurring | always), dtype=object)
    if not terms.size:  # such as opening sentences where every entry is a bare title
        return terms, sparse.csr_matrix((len(tokens), 0)), np.zeros(0, dtype=bool)
    counter = CountVectorizer(analyzer=field.terms, vocabulary=terms, dtype=np.float64)
    return terms, counter.transform(tokens), np.array([term in always for term in terms])


def weigh(counts: Counts, training: Rows, min_entries: int) -> Weighing:
    """Learn a vocabulary from some entries and put all entries over it.

    Args:
        counts: the whole corpus.
        training: positions of the entries to learn from.
        min_entries: how many of them must have a term for it to be kept, unless it always is.

    Raises:
        LearningError: when no term is kept.
    """
    blocks, kept_terms, idfs = [], [], []
    fields = zip(counts.fields, counts.terms, counts.matrices, counts.always, strict=True)
    for part, terms, matrix, always in fields:
        frequency = np.diff(matrix[training].tocsc().indptr)
        kept = np.flatnonzero((frequency >= min_entries) | always)
        kept_terms.append(tuple(terms[kept].tolist()))
        if not kept.size:
            continue
        transformer = TfidfTransformer(sublinear_tf=True).fit(matrix[training][:, kept])
        blocks.append(transformer.transform(matrix[:, kept]) * part.weight)
        idfs.append(transformer.idf_)
    if not blocks:
        raise LearningError(f"no term stands in {min_entries} or more texts; give more entries")
    vocabulary = Vocabulary(counts.fields, tuple(kept_terms), np.concatenate(idfs))
    return Weighing(vocabulary, sparse.hstack(blocks, format="csr"))


def heaviest(weights: npt.NDArray[Any], n_bytes: int = _MODEL_BYTES) -> Rows:
    """Return the positions, rising, of the terms whose weights a model folder has room for.

    Those are kept whose squared weights over all labels add up to most: at a quarter of the terms
    that costs less than learning from fewer terms to begin with.

    Args:
        weights: `(n_terms, n_labels)` what was learnt.
        n_bytes: the room there is for terms, frequencies and weights.
    """
    most = n_bytes // (_BYTES_OF_A_TERM + _BYTES_OF_A_WEIGHT * weights.shape[1])
    order = np.argsort(-np.square(weights).sum(axis=1), kind="stable")
    return np.sort(order[:most])


def trimmed(weighing: Weighing, kept: Rows) -> Weighing:
    """Cut a vocabulary down to some terms, and scale every text anew over them."""
    vocabulary = weighing.vocabulary
    blocks, kept_terms, start = [], [], 0
    for part, terms in zip(vocabulary.fields, vocabulary.terms, strict=True):
        own = kept[(kept >= start) & (kept < start + len(terms))]
        kept_terms.append(tuple(terms[i - start] for i in own.tolist()))
        blocks.append(normalize(weighing.matrix[:, own]) * part.weight)
        start += len(terms)
    shorter = Vocabulary(vocabulary.fields, tuple(kept_terms), vocabulary.idf[kept])
    return Weighing(shorter, sparse.hstack(blocks, format="csr"))
