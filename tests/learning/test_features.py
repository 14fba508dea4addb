from __future__ import annotations

import numpy as np
import pytest
from learning.corpora import WORDS

from themetag.errors import LearningError
from themetag.learning.features import Terms, count, heaviest, trimmed, weigh
from themetag.linear import Field, LinearModel
from themetag.text import tokenise

SINGLE = Field("word", "words", 1, 1, 1.0)
CHARACTERS = Field("char", "characters", 3, 4, 0.5)
EVERYTHING = np.arange(3)


def test_terms_are_counted_in_every_text() -> None:
    counts = count(["bins and bins", "homes"], [SINGLE])
    assert counts.terms[0].tolist() == ["and", "bins", "homes"]
    assert counts.matrices[0].toarray().tolist() == [[1, 2, 0], [0, 0, 1]]


def test_a_term_of_the_unseen_part_alone_is_unknown() -> None:
    counts = count(["bins homes", "bins roads", "libraries libraries bins"], [SINGLE])
    weighing = weigh(counts, np.array([0, 1]), 1)
    assert weighing.vocabulary.terms == (("bins", "homes", "roads"),)
    # The unseen text is what its one known word makes it.
    assert weighing.matrix[2].toarray().tolist() == [[1.0, 0.0, 0.0]]


def test_document_frequencies_are_those_of_the_training_part() -> None:
    counts = count(["bins homes", "bins roads", "homes homes"], [SINGLE])
    idf = weigh(counts, np.array([0, 1]), 1).vocabulary.idf
    # ln((1 + texts) / (1 + texts with the term)) + 1, over two texts.
    once = np.log(3 / 2) + 1
    np.testing.assert_allclose(idf, [1.0, once, once])


def test_terms_of_fewer_texts_than_asked_for_are_not_learnt() -> None:
    counts = count(["bins homes", "bins roads", "bins roads"], [SINGLE])
    assert weigh(counts, EVERYTHING, 2).vocabulary.terms == (("bins", "roads"),)


@pytest.mark.parametrize("fields", [(WORDS,), (WORDS, CHARACTERS)])
def test_a_text_is_weighed_as_the_tagger_will_weigh_it(fields: tuple[Field, ...]) -> None:
    texts = ["Bins, bins and homes!", "The council’s homes", "roads ahead; roads and bins"]
    weighing = weigh(count(texts, fields), EVERYTHING, 1)
    n_terms = len(weighing.vocabulary)
    every_term = LinearModel(np.eye(n_terms, dtype=np.float32), np.zeros(n_terms))
    tagged = every_term.scores(weighing.vocabulary.vectors([tokenise(text) for text in texts]))
    np.testing.assert_allclose(weighing.matrix.toarray(), tagged, atol=1e-12)


def test_texts_without_a_word_teach_nothing() -> None:
    with pytest.raises(LearningError, match="no words to learn from"):
        count(["", "!?"], [SINGLE])


def test_no_shared_term_is_an_error() -> None:
    with pytest.raises(LearningError, match="no term stands in 2 or more texts"):
        weigh(count(["bins", "homes", "roads"], [SINGLE]), EVERYTHING, 2)


def test_a_field_may_have_no_term_where_another_has() -> None:
    pairs = Field("pair", "words", 2, 2, 1.0)
    weighing = weigh(count(["bins", "bins", "homes"], [SINGLE, pairs][:1]), EVERYTHING, 2)
    assert weighing.vocabulary.terms == (("bins",),)
    both = weigh(count(["bins a", "bins b", "homes c"], [SINGLE, pairs]), EVERYTHING, 2)
    assert both.vocabulary.terms == (("bins",), ())


def test_a_model_folder_has_room_for_the_heaviest_terms_only():
    """Two labels: a term takes 18 bytes and 2 a weight, so 50 bytes hold two terms."""
    weights = np.array([[0.1, 0.1], [0.0, -3.0], [0.2, 0.0], [1.0, 1.0]])

    assert heaviest(weights, 50).tolist() == [1, 3]
    assert heaviest(weights).tolist() == [0, 1, 2, 3]


def test_a_trimmed_vocabulary_scales_every_text_anew():
    """Of three terms two are left; a text with one of them has length one again."""
    fields = (SINGLE, Field("first", "words", 1, 1, 0.5, "opening"))
    counts = count(["bins homes\n\nroads", "bins homes\n\nroads"], fields)
    weighing = weigh(counts, np.array([0, 1]), 1)
    shorter = trimmed(weighing, np.array([0, 3]))

    assert weighing.vocabulary.terms == (("bins", "homes", "roads"), ("roads",))
    assert shorter.vocabulary.terms == (("bins",), ("roads",))
    assert shorter.matrix.toarray().tolist() == [[1.0, 0.5], [1.0, 0.5]]


def test_a_field_that_no_text_has_is_empty_and_stops_nothing():
    """Bare titles have no opening sentence."""
    fields = (Field("word", "words", 1, 1, 1.0), Field("first", "words", 1, 1, 0.3, "opening"))
    counts = count(["Warm hubs", "Warm libraries"], fields)
    weighing = weigh(counts, np.array([0, 1]), 1)

    assert [list(terms) for terms in counts.terms] == [["hubs", "libraries", "warm"], []]
    assert weighing.vocabulary.terms == (("hubs", "libraries", "warm"), ())
    assert weighing.matrix.shape == (2, 3)


def test_wanted_terms_of_whole_texts_words_are_kept_whoever_has_them() -> None:
    fields = (
        Field("word", "words", 1, 2, 1.0),
        Field("title", "words", 1, 1, 1.0, "title"),
        Field("char", "characters", 3, 3, 1.0),
    )
    wanted = Terms(always=("bins", "landfill", "joint venture", "one of three"))
    counts = count(["bins homes", "homes roads", "homes roads"], fields, wanted)
    weighing = weigh(counts, EVERYTHING, 2)
    # "bins" stands in one text, two wanted terms in none, and one has too many words.
    assert weighing.vocabulary.terms[0] == (
        "bins", "homes", "homes roads", "joint venture", "landfill", "roads",
    )  # fmt: skip
    assert "bins" not in weighing.vocabulary.terms[1]
    # ln((1 + texts) / (1 + texts with the term)) + 1, over three texts.
    place = weighing.vocabulary.terms[0].index("landfill")
    assert weighing.vocabulary.idf[place] == pytest.approx(np.log(4) + 1)


def test_a_field_whose_terms_are_listed_has_no_others() -> None:
    form = Field("form", "words", 1, 1, 0.5, listed=True)
    counts = count(["the team won", "the team", "won"], [form], Terms(listed=frozenset({"team"})))
    assert weigh(counts, EVERYTHING, 1).vocabulary.terms == (("team",),)
    # Without a list it has none, and other fields are learnt as ever.
    bare = count(["the team won", "the team", "won"], [form, SINGLE])
    assert weigh(bare, EVERYTHING, 2).vocabulary.terms == ((), ("team", "the", "won"))
