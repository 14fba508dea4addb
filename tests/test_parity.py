"""What tags here equals scikit-learn's own pipeline with the same vocabulary and weights."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pytest
from builders import AWKWARD_TEXTS, calibration, tiny_corpus, tiny_recipe
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.pipeline import FeatureUnion

from themetag.learning.corpus import Corpus
from themetag.learning.fit import fit, score
from themetag.learning.prepared import Prepared
from themetag.linear import Field, LinearModel, Vocabulary
from themetag.tagger import Tagger
from themetag.text import Part, fold, sentences, split_title, tokenise, words

CLOSE = 1e-9


@dataclass(frozen=True)
class Fitted:
    """A model as the learning commands make it, and its corpus as they see it."""

    corpus: Corpus
    tagger: Tagger
    learnt_scores: np.ndarray


def fitted(corpus: Corpus) -> Fitted:
    prepared = Prepared.of(corpus, tiny_recipe())
    rows = np.arange(len(corpus.entries))
    weighing, model = fit(prepared, rows)
    n_themes = len(corpus.codebook.themes)
    tagger = Tagger(
        "test", corpus.codebook, weighing.vocabulary, model, calibration(*[0.5] * n_themes)
    )
    return Fitted(corpus, tagger, score(weighing, model, rows))


@pytest.fixture(scope="module", params=["two categories", "many labels"])
def example(request: pytest.FixtureRequest) -> Fitted:
    if request.param == "two categories":
        return fitted(tiny_corpus(("Housing", "Libraries"), themes=False))
    return fitted(tiny_corpus())


def part_of(text: str, part: Part) -> str:
    """The part of a text that a field reads, found without the tokeniser."""
    if part == "text":
        return text
    title, body = split_title(text)
    if not title and "\n" not in body and len(body.split()) <= 20:
        title, body = body, ""
    return title if part == "title" else "".join(sentences(body)[:1])


def vectorizer(field: Field, terms: tuple[str, ...], idf: np.ndarray) -> TfidfVectorizer:
    """A vectoriser of scikit-learn's own analysers that knows what a field knows."""
    own = (
        {
            "analyzer": "word",
            "preprocessor": lambda text: fold(part_of(text, field.part)),
            "token_pattern": r"\w+(?:'\w+)*",
        }
        if field.kind == "words"
        else {
            "analyzer": "char_wb",
            "preprocessor": lambda text: " ".join(words(part_of(text, field.part))),
        }
    )
    made = TfidfVectorizer(
        ngram_range=(field.shortest, field.longest),
        sublinear_tf=True,
        vocabulary=list(terms),
        **own,
    )
    made.idf_ = idf
    return made


def union(vocabulary: Vocabulary) -> FeatureUnion:
    bounds = np.cumsum([len(terms) for terms in vocabulary.terms])[:-1]
    parts = zip(vocabulary.fields, vocabulary.terms, np.split(vocabulary.idf, bounds), strict=True)
    return FeatureUnion(
        [(field.name, vectorizer(field, terms, idf)) for field, terms, idf in parts],
        transformer_weights={field.name: field.weight for field in vocabulary.fields},
    )


def ridge(model: LinearModel) -> Ridge:
    made = Ridge()
    made.coef_ = model.weights.astype(np.float64).T
    made.intercept_ = model.intercepts
    return made


def pipeline_scores(tagger: Tagger, texts: list[str]) -> np.ndarray:
    return ridge(tagger.model).predict(union(tagger.vocabulary).transform(texts))


def farthest(left: np.ndarray, right: np.ndarray) -> float:
    assert left.shape == right.shape
    return float(np.abs(left - right).max())


def test_the_example_has_terms_of_every_kind(example: Fitted) -> None:
    vocabulary = example.tagger.vocabulary
    assert [(field.kind, field.part) for field in vocabulary.fields] == [
        ("words", "text"),
        ("characters", "text"),
        ("words", "title"),
        ("words", "opening"),
    ]
    assert {len(term.split()) for term in vocabulary.terms[0]} == {1, 2}
    assert {len(term) for term in vocabulary.terms[1]} == {3, 4}
    assert vocabulary.terms[2]
    assert {len(term.split()) for term in vocabulary.terms[3]} == {1, 2}


@pytest.mark.parametrize("text", AWKWARD_TEXTS, ids=lambda text: ascii(text[:20]))
def test_a_text_scores_as_in_the_pipeline(example: Fitted, text: str) -> None:
    assert farthest(example.tagger.scores([text]), pipeline_scores(example.tagger, [text])) < CLOSE


def test_texts_of_the_corpus_score_as_in_the_pipeline(example: Fitted) -> None:
    texts = [row.entry.text for row in example.corpus.entries]
    assert farthest(example.tagger.scores(texts), pipeline_scores(example.tagger, texts)) < CLOSE


@settings(max_examples=30)
@given(
    texts=st.lists(
        st.text(max_size=40)
        | st.lists(
            st.sampled_from(["homes", "BINS,", "tenants’", "é", "library online", ".", "\n\n"])
        ).map(" ".join),
        min_size=1,
        max_size=5,
    )
)
def test_any_text_scores_as_in_the_pipeline(example: Fitted, texts: list[str]) -> None:
    assert farthest(example.tagger.scores(texts), pipeline_scores(example.tagger, texts)) < CLOSE


@pytest.mark.parametrize("kind", ["words", "characters"])
@pytest.mark.parametrize("part", ["title", "opening"])
@pytest.mark.parametrize("text", AWKWARD_TEXTS, ids=lambda text: ascii(text[:20]))
def test_a_field_of_a_part_is_a_vectoriser_of_that_part(kind: str, part: Part, text: str) -> None:
    terms = (
        ("rough", "rough sleepers", "tenants", "book repairs", "homes", "the council")
        if kind == "words"
        else (" te", "ten", "oug", " rou", "s ", "bin", "ins ")
    )
    field = Field("part", kind, 1 if kind == "words" else 2, 2 if kind == "words" else 4, 0.5, part)
    known = Vocabulary((field,), (terms,), np.linspace(1, 2, len(terms)))
    every_term = LinearModel(np.eye(len(terms), dtype=np.float32), np.zeros(len(terms)))
    expected = 0.5 * vectorizer(field, terms, known.idf).transform([text]).toarray()
    assert farthest(every_term.scores(known.vectors([tokenise(text)])), expected) < CLOSE


def test_one_text_at_a_time_scores_as_the_corpus_did_when_learning(example: Fitted) -> None:
    alone = [example.tagger.scores([row.entry.text])[0] for row in example.corpus.entries]
    assert farthest(np.array(alone), example.learnt_scores) < CLOSE


def test_a_text_of_nothing_known_scores_the_intercepts(example: Fitted) -> None:
    scores = pipeline_scores(example.tagger, ["", "Zyx."])
    assert scores.tolist() == [example.tagger.model.intercepts.tolist()] * 2


def test_there_is_a_column_a_label_even_for_two_categories(example: Fitted) -> None:
    book = example.corpus.codebook
    n_labels = len(book.categories) + len(book.themes)
    assert n_labels in (2, 6)
    assert example.learnt_scores.shape == (len(example.corpus.entries), n_labels)


def test_folding_is_all_that_comes_before_the_words() -> None:
    for text in AWKWARD_TEXTS:
        assert re.findall(r"\w+(?:'\w+)*", fold(text)) == words(text)
