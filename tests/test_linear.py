from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from builders import linear_model, vocabulary
from hypothesis import given
from hypothesis import strategies as st

from themetag.linear import Field, LinearModel, Vectors, Vocabulary
from themetag.text import Tokens, tokenise

WORDS = Field("word", "words", 1, 2, 1.0)
CHARACTERS = Field("char", "characters", 3, 4, 0.5)
WEIGHTS = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float16)


def two_fields() -> Vocabulary:
    terms = (("bins", "full bins", "homes"), ("bin", " bi", "omes"))
    return Vocabulary((WORDS, CHARACTERS), terms, np.array([3.0, 4.0, 1.0, 1.0, 1.0, 1.0]))


def plain(vectors: Vectors) -> tuple[list[int], list[int], list[float]]:
    return vectors.ids.tolist(), vectors.counts.tolist(), vectors.values.tolist()


def bits(vectors: Vectors) -> tuple[bytes, ...]:
    return tuple(
        part.tobytes() for part in (vectors.ids, vectors.counts, vectors.values, vectors.n_known)
    )


def test_a_field_of_words_gives_every_run_repeats_included() -> None:
    tokens = Tokens(["full", "bins", "full", "bins"])
    runs = ["full bins", "bins full", "full bins"]
    assert WORDS.terms(tokens) == [*tokens, *runs]
    assert Field("word", "words", 2, 2, 1.0).terms(tokens) == runs
    assert WORDS.terms(Tokens()) == []


def test_a_field_of_characters_never_runs_over_two_words() -> None:
    assert CHARACTERS.terms(Tokens(["a", "bin"])) == [" a ", " bi", "bin", "in ", " bin", "bin "]


def test_a_vector_has_each_known_term_once_in_order_of_the_vocabulary() -> None:
    vectors = vocabulary("homes", "bins", "flats").vectors(
        [Tokens(["bins", "and", "homes", "and", "bins"])]
    )
    assert plain(vectors)[:2] == ([0, 1], [1, 2])


def test_values_are_frequency_times_rarity_at_length_one() -> None:
    # 3 and 4 make a hypotenuse of 5.
    ids, counts, values = plain(
        vocabulary("bins", "homes", idf=[3, 4]).vectors([Tokens(["homes", "bins"])])
    )
    assert (ids, counts, values) == ([0, 1], [1, 1], pytest.approx([0.6, 0.8]))


def test_a_word_said_again_counts_by_the_logarithm() -> None:
    # Twice counts 1 + ln 2; with a rarity of 3 / (1 + ln 2) that makes 3 again.
    known = vocabulary("bins", "homes", idf=[3 / (1 + math.log(2)), 4])
    assert known.vectors([Tokens(["bins", "homes", "bins"])]).values.tolist() == pytest.approx(
        [0.6, 0.8]
    )


def test_each_field_is_scaled_to_its_own_weight() -> None:
    ids, counts, values = plain(two_fields().vectors([Tokens(["full", "bins"])]))
    assert (ids, counts) == ([0, 1, 3, 4], [1, 1, 1, 1])
    assert values == pytest.approx([0.6, 0.8, 0.5 / math.sqrt(2), 0.5 / math.sqrt(2)])


def test_a_field_without_a_known_term_leaves_the_others_alone() -> None:
    assert plain(two_fields().vectors([Tokens(["tomes"])])) == ([5], [1], [0.5])


@pytest.mark.parametrize("tokens", [[], ["unknown"], [""]])
def test_nothing_known_gives_an_empty_vector(tokens: list[str]) -> None:
    vectors = two_fields().vectors([Tokens(tokens)])
    assert plain(vectors) == ([], [], [])
    assert (vectors.bounds.tolist(), vectors.n_known.tolist()) == ([0, 0], [0])


def test_many_texts_stand_one_after_the_other() -> None:
    vectors = vocabulary("bins", "homes", idf=[3, 4]).vectors(
        list(map(Tokens, [["homes", "bins"], [], ["unknown"], ["bins", "bins"]]))
    )
    assert len(vectors) == 4
    assert vectors.bounds.tolist() == [0, 2, 2, 2, 3]
    assert plain(vectors) == ([0, 1, 0], [1, 1, 2], pytest.approx([0.6, 0.8, 1.0]))
    assert vectors.n_known.tolist() == [2, 0, 0, 1]


def test_no_texts_give_no_vectors() -> None:
    vectors = two_fields().vectors([])
    assert (len(vectors), plain(vectors), vectors.bounds.tolist()) == (0, ([], [], []), [0])
    assert linear_model([[1]] * 6).scores(vectors).shape == (0, 1)


@given(st.lists(st.lists(st.sampled_from(["full", "bins", "homes", "binmen", "x"]), max_size=30)))
def test_a_text_has_the_same_vector_and_scores_whatever_stands_beside_it(
    texts: list[list[str]],
) -> None:
    known, model = two_fields(), LinearModel(WEIGHTS, np.array([0.5, -0.25, 1 / 3]))
    together = known.vectors(list(map(Tokens, texts)))
    scores = model.scores(together)
    for i, text in enumerate(texts):
        alone = known.vectors([Tokens(text)])
        part = slice(together.bounds[i], together.bounds[i + 1])
        assert bits(alone) == bits(
            Vectors(
                alone.bounds,
                together.ids[part],
                together.counts[part],
                together.values[part],
                together.n_known[i : i + 1],
            )
        )
        assert model.scores(alone)[0].tobytes() == scores[i].tobytes()


def test_an_empty_vocabulary_knows_nothing() -> None:
    empty = vocabulary()
    assert (len(empty), plain(empty.vectors([Tokens(["bins"])]))) == (0, ([], [], []))


def test_only_words_count_as_known_each_once() -> None:
    vectors = two_fields().vectors(
        [Tokens(["full", "bins", "full", "bins"]), Tokens(["binmen"]), Tokens()]
    )
    assert vectors.n_known.tolist() == [2, 0, 0]


def test_where_no_field_is_of_words_runs_of_characters_count_as_known() -> None:
    halves = Field("half", "characters", 2, 2, 1.0)
    known = Vocabulary((CHARACTERS, halves), (("bin", "omes"), ("bi",)), np.ones(3))
    vectors = known.vectors([Tokens(["bins", "bin"]), Tokens(["homes"]), Tokens(["x"])])
    assert vectors.n_known.tolist() == [2, 1, 0]


def test_a_field_of_words_without_terms_keeps_characters_from_counting() -> None:
    known = Vocabulary((WORDS, CHARACTERS), ((), ("bin",)), np.ones(1))
    assert known.vectors([Tokens(["bin"])]).n_known.tolist() == [0]


def test_every_occurrence_is_shown_as_the_word_or_words_it_stands_in() -> None:
    assert list(two_fields().occurrences(Tokens(["full", "bins", "homes"]))) == [
        (0, "bins", 1),
        (2, "homes", 2),
        (1, "full bins", 0),
        (4, "bins", 1),
        (3, "bins", 1),
        (5, "homes", 2),
    ]


@given(st.lists(st.sampled_from(["full", "bins", "homes", "binmen", "x"])))
def test_occurrences_are_the_counts_of_the_vector(tokens: list[str]) -> None:
    known = two_fields()
    vectors = known.vectors([Tokens(tokens)])
    found = np.bincount(
        [id for id, _, _ in known.occurrences(Tokens(tokens))], minlength=len(known)
    )
    expected = np.zeros(len(known), dtype=int)
    expected[vectors.ids] = vectors.counts
    assert found.tolist() == expected.tolist()


@given(st.text(alphabet="binsfulhomes ", max_size=60))
def test_the_length_of_a_vector_is_the_weights_of_its_fields(text: str) -> None:
    vectors = two_fields().vectors([tokenise(text)])
    squares = vectors.values**2
    for low, high, weight in ((0, 3, 1.0), (3, 6, 0.5)):
        block = squares[(vectors.ids >= low) & (vectors.ids < high)]
        assert math.sqrt(block.sum()) == pytest.approx(weight if block.size else 0.0)


# Fields of a part of the text

# "Full bins / Homes full bins. Bins": title, opening and a word more.
PARTED = Tokens(["full", "bins", "homes", "full", "bins", "bins"], 2, 3)


def parts_of_a_text() -> Vocabulary:
    fields = (
        Field("word", "words", 1, 1, 1.0),
        Field("title", "words", 1, 2, 0.5, "title"),
        Field("opening", "words", 1, 2, 0.25, "opening"),
        Field("opening char", "characters", 3, 3, 0.125, "opening"),
    )
    terms = (("bins",), ("bins", "full bins", "bins homes"), ("homes", "homes full"), ("hom",))
    return Vocabulary(fields, terms, np.array([2.0, 3.0, 4.0, 5.0, 3.0, 4.0, 7.0]))


def test_a_field_of_a_part_gives_the_terms_of_that_part_alone() -> None:
    title, opening = (Field("x", "words", 1, 2, 1.0, part) for part in ("title", "opening"))
    assert title.terms(PARTED) == ["full", "bins", "full bins"]
    assert opening.terms(PARTED) == ["homes", "full", "bins", "homes full", "full bins"]
    assert Field("x", "characters", 4, 4, 1.0, "title").terms(PARTED) == [
        " ful", "full", "ull ", " bin", "bins", "ins ",
    ]  # fmt: skip


def test_terms_of_a_part_are_looked_up_there_alone() -> None:
    ids, counts, _ = plain(parts_of_a_text().vectors([PARTED]))
    # No run goes from the title into the opening, nor is a word of the text one of a part.
    assert (ids, counts) == ([0, 1, 2, 4, 5, 6], [3, 1, 1, 1, 1, 1])


def test_each_part_is_scaled_to_its_own_weight() -> None:
    values = parts_of_a_text().vectors([PARTED]).values.tolist()
    # 3 and 4 make a hypotenuse of 5, once for 0.5 and once for 0.25.
    assert values == pytest.approx([1.0, 0.3, 0.4, 0.15, 0.2, 0.125])


def test_a_part_that_a_text_has_not_leaves_the_others_alone() -> None:
    known = parts_of_a_text()
    without_title = Tokens(["homes", "full", "bins"], 0, 2)
    assert plain(known.vectors([without_title])) == (
        [0, 4, 5, 6],
        [1, 1, 1, 1],
        pytest.approx([1.0, 0.15, 0.2, 0.125]),
    )
    title_alone = Tokens(["homes", "full", "bins"], 3, 0)
    assert plain(known.vectors([title_alone]))[0] == [0, 1, 2]
    neither = Tokens(["homes", "full", "bins"])
    assert plain(known.vectors([neither])) == ([0], [1], [1.0])


def test_texts_with_and_without_parts_may_stand_together() -> None:
    known = parts_of_a_text()
    texts = [Tokens(["homes"]), PARTED, Tokens(), Tokens(["homes", "bins"], 1, 1)]
    together = known.vectors(texts)
    alone = [known.vectors([text]) for text in texts]
    assert together.ids.tolist() == [id for one in alone for id in one.ids.tolist()]
    assert together.values.tolist() == [value for one in alone for value in one.values.tolist()]
    assert together.bounds.tolist() == [0, 0, 6, 6, 7]


def test_occurrences_in_a_part_stand_where_they_do_in_the_whole_text() -> None:
    assert list(parts_of_a_text().occurrences(PARTED)) == [
        (0, "bins", 1),
        (0, "bins", 4),
        (0, "bins", 5),
        (1, "bins", 1),
        (2, "full bins", 0),
        (4, "homes", 2),
        (5, "homes full", 2),
        (6, "homes", 2),
    ]


@given(
    st.lists(st.sampled_from(["full", "bins", "homes", "x"])),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_occurrences_in_parts_are_the_counts_of_the_vector(
    tokens: list[str], n_title: int, n_opening: int
) -> None:
    n_title = min(n_title, len(tokens))
    text = Tokens(tokens, n_title, min(n_opening, len(tokens) - n_title))
    known = parts_of_a_text()
    vectors = known.vectors([text])
    occurrences = list(known.occurrences(text))
    found = np.bincount([id for id, _, _ in occurrences], minlength=len(known))
    assert {id: found[id] for id in np.flatnonzero(found)} == dict(
        zip(vectors.ids.tolist(), vectors.counts.tolist(), strict=True)
    )
    assert all(text[at:][: len(shown.split())] == shown.split() for _, shown, at in occurrences)


# Vocabularies and models that are refused, and scores


def test_a_vocabulary_refuses_terms_without_frequencies() -> None:
    with pytest.raises(ValueError, match=r"^2 terms but 1 frequencies$"):
        vocabulary("bins", "homes", idf=[1])


def test_a_vocabulary_refuses_a_term_that_stands_twice_in_a_field() -> None:
    with pytest.raises(ValueError, match=r"^a term stands twice in one field$"):
        vocabulary("bins", "bins")


def test_two_fields_may_share_a_term() -> None:
    known = Vocabulary((WORDS, CHARACTERS), (("bin",), ("bin",)), np.ones(2))
    assert plain(known.vectors([Tokens(["bin"])])) == ([0, 1], [1, 1], [1.0, 0.5])


def test_a_score_is_the_intercept_and_each_value_times_its_weight() -> None:
    model = linear_model([[1, -2, 0], [5, 10, 0.5]], [0.25, 0, -1])
    vectors = vocabulary("bins", "homes", idf=[3, 4]).vectors([Tokens(["homes", "bins"])])
    # 0.25 + 0.6 + 4; -1.2 + 8; -1 + 0.4
    assert model.scores(vectors).tolist() == [pytest.approx([4.85, 6.8, -0.6])]


def test_a_text_without_known_terms_scores_the_intercepts() -> None:
    model = linear_model([[1, -2]], [0.25, -1])
    assert model.scores(vocabulary("bins").vectors([Tokens()])).tolist() == [[0.25, -1.0]]


def test_contributions_are_what_each_term_adds_to_a_score() -> None:
    model = linear_model([[1, -2], [5, 10]], [100, 200])
    vectors = vocabulary("bins", "homes", idf=[3, 4]).vectors([Tokens(["homes", "bins"])])
    assert model.contributions(vectors, 1).tolist() == pytest.approx([-1.2, 8])


def test_scores_of_half_precision_are_those_of_the_widened_model_to_the_bit() -> None:
    half = LinearModel(WEIGHTS, np.array([0.5, -0.25, 1 / 3]))
    vectors = two_fields().vectors([Tokens(["full", "bins"]), Tokens(["homes"]), Tokens()])
    assert half.widened().weights.dtype == np.float32
    assert half.widened().scores(vectors).tobytes() == half.scores(vectors).tobytes()


def test_a_model_refuses_weights_and_intercepts_of_different_labels() -> None:
    with pytest.raises(ValueError, match=r"^weights \(1, 2\), intercepts \(3,\)$"):
        linear_model([[1, 2]], [0, 0, 0])


def test_the_arrays_of_a_model_cannot_be_changed() -> None:
    model, known = linear_model([[1, 2]], [0, 0]), vocabulary("bins")
    for array in (model.weights, model.intercepts, known.idf):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 9


def masking() -> Vocabulary:
    fields = (
        Field("word", "words", 1, 2, 1.0, numbers="masked"),
        Field("char", "characters", 3, 3, 1.0, numbers="masked"),
        Field("kept", "words", 1, 1, 1.0),
    )
    return Vocabulary(fields, (("00 homes", "homes"), (" 00",), ("40",)), np.ones(4))


def test_a_field_that_masks_numbers_knows_how_long_they_are_only() -> None:
    texts = [Tokens(["40", "homes"]), Tokens(["75", "homes"]), Tokens(["400", "homes"])]
    assert masking().vectors(texts).ids.tolist() == [0, 1, 2, 3, 0, 1, 2, 1, 2]


def test_masked_numbers_are_shown_as_they_were_written() -> None:
    found = list(masking().occurrences(Tokens(["75", "homes"])))
    assert found == [(1, "homes", 1), (0, "75 homes", 0), (2, "75", 0)]


def test_a_vocabulary_can_be_sent_to_another_process() -> None:
    sent = pickle.loads(pickle.dumps(masking()))
    assert (sent.fields, sent.terms) == (masking().fields, masking().terms)
    texts = [Tokens(["40", "homes"])]
    assert sent.vectors(texts).values.tolist() == masking().vectors(texts).values.tolist()
