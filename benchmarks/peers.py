"""The peers that themetag is measured beside, made from the same model or the same texts."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from themetag.learning.corpus import Corpus
from themetag.linear import Field
from themetag.passages import Lengths, passages
from themetag.tagger import Tagger
from themetag.text import fold, sentences, tokenise

Answers = list[tuple[str | None, float, list[str]]]
Predict = Callable[[Sequence[str]], Answers]


def distinct_texts(corpus: Corpus, n: int, lengths: Lengths | None, seed: int = 0) -> list[str]:
    """Return n different texts of a submission's length, made of shuffled sentences.

    None is so long that themetag would read it in passages, which the other programs do not.
    """
    pool = [s for row in corpus.entries for s in sentences(row.entry.body) if len(s.split()) > 4]
    n_sentences = [len(sentences(row.entry.text)) for row in corpus.real]
    draw = random.Random(seed)
    seen: set[str] = set()
    while len(seen) < n:
        text = " ".join(draw.choices(pool, k=max(2, draw.choice(n_sentences))))
        if len(passages(text, lengths)) == 1:
            seen.add(text)
    return sorted(seen)


def scikit_learn(tagger: Tagger) -> Predict:
    """Return scikit-learn's own pipeline with the vocabulary and weights of a model."""
    vectorisers, fields = [], zip(tagger.vocabulary.fields, tagger.vocabulary.terms, strict=True)
    start = 0
    for field, terms in fields:
        native = (
            {"tokenizer": str.split, "token_pattern": None}
            if field.kind == "words"
            else {"analyzer": "char_wb"}
        )
        vectoriser = TfidfVectorizer(
            ngram_range=(field.shortest, field.longest),
            sublinear_tf=True,
            vocabulary=terms,
            lowercase=False,
            preprocessor=partial(_words_of, field),
            **native,
        )
        vectoriser.idf_ = tagger.vocabulary.idf[start : start + len(terms)]
        start += len(terms)
        vectorisers.append((field.name, vectoriser))
    union = FeatureUnion(
        vectorisers, transformer_weights={f.name: f.weight for f in tagger.vocabulary.fields}
    )
    weights = tagger.model.weights.astype(np.float64)
    names, ids = np.array(tagger.codebook.category_names), np.array(tagger.codebook.theme_ids)

    def predict(texts: Sequence[str]) -> Answers:
        matrix: sparse.csr_matrix = union.transform(texts)
        scores = matrix @ weights + tagger.model.intercepts
        n_labels = len(names) + len(ids)
        chances = tagger.calibration.categories(scores[:, : len(names)])
        given = tagger.calibration.themes(scores[:, len(names) : n_labels])
        given = given >= tagger.calibration.thresholds
        floor = tagger.calibration.scope_floor
        silent = scores[:, -1] < (-np.inf if floor is None else floor)
        best = chances.argmax(axis=1)
        return [
            (None, float(row[i]), []) if no else (str(names[i]), float(row[i]), ids[flags].tolist())
            for i, row, flags, no in zip(best, chances, given, silent, strict=True)
        ]

    return predict


def fast_text(corpus: Corpus) -> Predict:
    """Return fastText (dim 100, wordNgrams 2) trained on the corpus, called once a text."""
    import fasttext

    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "train.txt"
        lines.write_text(
            "".join(
                f"__label__{row.category.replace(' ', '_')} {_flat(row.entry.text)}\n"
                for row in corpus.entries
                if row.category
            ),
            encoding="utf-8",
        )
        model = fasttext.train_supervised(
            str(lines), dim=100, wordNgrams=2, epoch=10, lr=0.5, thread=1, seed=0, verbose=0
        )

    def predict(texts: Sequence[str]) -> Answers:
        found = []
        for text in texts:
            labels, chances = model.predict(_flat(text), k=3)
            found.append((labels[0], float(chances[0]), []))
        return found

    return predict


def _words_of(field: Field, text: str) -> str:
    return " ".join(field.words(tokenise(text)))


def _flat(text: str) -> str:
    return " ".join(fold(text).split())
