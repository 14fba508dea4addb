from __future__ import annotations

import math

import numpy as np
import pytest
from builders import AWKWARD_TEXTS, linear_model, vocabulary
from hypothesis import example, given
from hypothesis import strategies as st

from themetag.evidence import Attribution
from themetag.linear import Field, LinearModel, Vocabulary
from themetag.passages import read
from themetag.tagger import Tagger
from themetag.text import sentences, tokenise, words

# Texts in which much is known and much repeated.
PARTS = [
    "rough sleepers",
    "council",
    "homes",
    "bins",
    "Recycling",
    "library",
    "zyx",
    *".!\n",
    "\n\n",
]
KNOWN = st.lists(st.sampled_from([*PARTS, *".!\n", "\n\n"]), max_size=60).map(" ".join)


def attributed(known: Vocabulary, model: LinearModel, text: str) -> Attribution:
    """Everything counts as a category."""
    readings = read([text], known, model, (len(model.intercepts), 0))
    return Attribution(known, model, text, readings)


def attribution(
    text: str, weights: list[list[float]], *terms: str, idf: list[float] | None = None
) -> Attribution:
    return attributed(vocabulary(*terms, idf=idf), linear_model(weights), text)


def characters() -> Attribution:
    """One word of two known runs of characters, itself known as well."""
    fields = (Field("word", "words", 1, 1, 1.0), Field("char", "characters", 3, 3, 1.0))
    known = Vocabulary(fields, (("bins",), ("bin", "ins")), np.array([1.0, 3.0, 4.0]))
    model = LinearModel(np.array([[1], [10], [100]], dtype=np.float32), np.zeros(1))
    return attributed(known, model, "Bins.")


def test_words_are_shown_with_what_they_add_falling() -> None:
    # Values 0.6 and 0.8.
    found = attribution("Bins. Homes.", [[10], [5]], "bins", "homes", idf=[3, 4])
    assert found.terms(0) == [("bins", pytest.approx(6.0)), ("homes", pytest.approx(4.0))]


def test_a_word_that_speaks_against_a_label_comes_last() -> None:
    found = attribution("Bins. Homes.", [[-10], [-5]], "bins", "homes", idf=[3, 4])
    assert found.terms(0) == [("homes", pytest.approx(-4.0)), ("bins", pytest.approx(-6.0))]


def test_equals_stand_in_the_order_of_the_text() -> None:
    found = attribution("Homes, bins.", [[1], [1]], "bins", "homes")
    assert [word for word, _ in found.terms(0)] == ["homes", "bins"]


def test_a_run_of_words_is_shown_beside_its_words() -> None:
    found = attribution("Rough sleepers.", [[1], [2]], "rough", "rough sleepers", idf=[3, 4])
    assert found.terms(0) == [
        ("rough sleepers", pytest.approx(1.6)),
        ("rough", pytest.approx(0.6)),
    ]


def test_runs_of_characters_count_towards_their_word() -> None:
    # 1 for the word itself, 0.6 * 10 and 0.8 * 100 for its parts.
    assert characters().terms(0) == [("bins", pytest.approx(87.0))]


def test_the_sentence_that_adds_most_is_the_evidence() -> None:
    # "bins", said twice, is worth 0.6 in all and 0.3 in each sentence; "homes" 0.8.
    found = attribution(
        "Bins came. Bins and homes. Nothing.",
        [[10], [5]],
        "bins",
        "homes",
        idf=[3 / (1 + math.log(2)), 4],
    )
    assert found.sentence_shares(0).tolist() == pytest.approx([3.0, 7.0, 0.0])
    assert found.sentence(0) == "Bins and homes."


def test_the_first_of_equal_sentences_is_the_evidence() -> None:
    assert attribution("No. Bins one. Bins two.", [[1]], "bins").sentence(0) == "Bins one."


def test_a_sentence_that_speaks_against_a_label_is_not_its_evidence() -> None:
    found = attribution("Bins. Nothing.", [[-1]], "bins")
    assert found.sentence(0) == "Nothing."


def test_a_run_of_words_counts_towards_the_sentence_where_it_starts() -> None:
    found = attribution("Rough. Sleepers.", [[2]], "rough sleepers")
    assert found.sentence_shares(0).tolist() == [2.0, 0.0]


def test_against_a_rival_only_the_difference_counts() -> None:
    found = attribution("Bins. Homes.", [[10, 10], [5, 4]], "bins", "homes", idf=[3, 4])
    assert found.terms(0, 1) == [("homes", pytest.approx(0.8)), ("bins", pytest.approx(0.0))]
    assert found.sentence_shares(0, 1).tolist() == pytest.approx([0.0, 0.8])
    assert found.terms(1, 0) == [("bins", pytest.approx(0.0)), ("homes", pytest.approx(-0.8))]


@pytest.mark.parametrize("text", ["", " \n ", "Nothing here is known."])
def test_a_text_without_known_words_has_no_evidence(text: str) -> None:
    found = attribution(text, [[1]], "bins")
    assert found.terms(0) == []
    assert found.sentence_shares(0).tolist() == [0.0] * len(sentences(text))


def test_an_empty_text_has_no_sentence() -> None:
    assert attribution("", [[1]], "bins").sentence(0) == ""


# Fields of a part of the text


def in_parts(text: str) -> Attribution:
    """One word that counts 1 anywhere, 10 in the title and 100 in the opening sentence."""
    fields = (
        Field("word", "words", 1, 1, 1.0),
        Field("title", "words", 1, 1, 1.0, "title"),
        Field("opening", "characters", 3, 3, 1.0, "opening"),
    )
    known = Vocabulary(fields, (("bins",), ("bins",), ("bin",)), np.ones(3))
    return attributed(known, linear_model([[1], [10], [100]]), text)


def test_a_word_of_a_part_counts_towards_the_sentence_where_it_stands() -> None:
    found = in_parts("Full bins\n\nBins came. Bins went.")
    third = 1 / 3
    assert found.sentence_shares(0).tolist() == pytest.approx([10 + third, 100 + third, third])
    assert found.sentence(0) == "Bins came."


def test_a_word_of_several_parts_is_shown_once_with_all_it_adds() -> None:
    assert in_parts("Full bins\n\nBins came.").terms(0) == [("bins", pytest.approx(111.0))]


def test_without_a_title_the_opening_is_the_first_sentence() -> None:
    found = in_parts("Bins came.\nBins went.")
    assert found.sentence_shares(0).tolist() == pytest.approx([100.5, 0.5])


def test_words_of_a_part_do_not_count_elsewhere() -> None:
    found = in_parts("Homes\n\nHomes came. Bins went.")
    assert found.sentence_shares(0).tolist() == pytest.approx([0.0, 0.0, 1.0])


def test_a_title_of_several_sentences_shares_among_them() -> None:
    found = in_parts("Bins came. Bins went.\n\nHomes.")
    assert found.sentence_shares(0).tolist() == pytest.approx([5.5, 5.5, 0.0])


def adds_up(tagger: Tagger, text: str) -> None:
    found = attributed(tagger.vocabulary, tagger.model, text)
    without_intercepts = tagger.scores([text])[0] - tagger.model.intercepts
    for label, score in enumerate(without_intercepts):
        assert abs(sum(share for _, share in found.terms(label)) - score) < 1e-9
        assert abs(found.sentence_shares(label).sum() - score) < 1e-9
    difference = without_intercepts[0] - without_intercepts[1]
    assert abs(sum(share for _, share in found.terms(0, 1)) - difference) < 1e-9
    assert abs(found.sentence_shares(0, 1).sum() - difference) < 1e-9


@pytest.mark.parametrize("text", AWKWARD_TEXTS)
def test_shares_of_an_awkward_text_add_up_to_the_score(tiny_tagger: Tagger, text: str) -> None:
    adds_up(tiny_tagger, text)


@given(text=KNOWN)
def test_shares_of_any_text_add_up_to_the_score(tiny_tagger: Tagger, text: str) -> None:
    adds_up(tiny_tagger, text)


FIELDS_OF_PARTS = Vocabulary(
    (
        Field("word", "words", 1, 2, 1.0),
        Field("title", "words", 1, 2, 0.5, "title"),
        Field("title char", "characters", 3, 4, 0.75, "title"),
        Field("opening", "words", 1, 2, 0.25, "opening"),
        Field("opening char", "characters", 3, 4, 2.0, "opening"),
    ),
    (
        ("bins", "council", "homes bins", "rough sleepers"),
        ("homes", "rough", "rough sleepers", "sleepers council"),
        ("bin", "oug", "ling", " co"),
        ("council", "library", "bins bins", "rough sleepers"),
        ("bin", "ome", "rary", " re"),
    ),
    np.linspace(1, 3, 20),
)
WEIGHTS = np.random.default_rng(2).normal(size=(20, 3)).astype(np.float32)


@given(text=KNOWN | st.text())
@example("Rough sleepers council. Homes bins\n \nRough sleepers. Recycling bins bins")
@example("rough sleepers council " * 7 + "\n\n bins. homes bins")
def test_shares_of_fields_of_parts_add_up_to_the_score(text: str) -> None:
    model = LinearModel(WEIGHTS, np.array([0.5, -0.25, 1 / 3]))
    found = attributed(FIELDS_OF_PARTS, model, text)
    scores = model.scores(FIELDS_OF_PARTS.vectors([tokenise(text)]))[0] - model.intercepts
    for label, score in enumerate(scores):
        assert sum(share for _, share in found.terms(label)) == pytest.approx(score, abs=1e-9)
        assert found.sentence_shares(label).sum() == pytest.approx(score, abs=1e-9)
    assert found.sentence_shares(0).shape == (len(sentences(text)),)


@given(text=KNOWN)
def test_no_word_is_shown_twice_and_none_that_is_not_in_the_text(
    tiny_tagger: Tagger, text: str
) -> None:
    found = attributed(tiny_tagger.vocabulary, tiny_tagger.model, text)
    shown = [word for word, _ in found.terms(0)]
    assert len(shown) == len(set(shown))
    assert set(" ".join(shown).split()) <= set(words(text))
