from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import vocabulary
from hypothesis import given
from hypothesis import strategies as st
from learning.corpora import RECIPE, separable

from themetag.artifact import load
from themetag.entry import Entry
from themetag.evidence import Attribution
from themetag.learning.train import train
from themetag.linear import LinearModel
from themetag.passages import Lengths, passages, read
from themetag.tagger import Tagger
from themetag.text import tokenise, words

# Forty words that no model knows.
FILLER = " ".join(["Xa", *["xb"] * 38, "xc."])
# One column a category, a theme and scope: words speak for what they are called after.
KNOWN = vocabulary("bins", "books", "green", "board")
MODEL = LinearModel(
    np.array([[1, -1, -0.5, 0.5], [-1, 1, 0, 1], [0, 0, 1, 1], [0, 0, -1, -1]], dtype=np.float32),
    np.zeros(4),
)
KINDS = (2, 1)
LENGTHS = Lengths(longest=260, usual=80)


def scores(text: str) -> list[float]:
    return read([text], KNOWN, MODEL, KINDS, LENGTHS).scores[0].tolist()


def sentence(n: int) -> str:
    return " ".join(["X", *["x"] * (n - 1)]) + "."


def test_a_text_of_260_words_is_one_passage() -> None:
    text = "Warm hubs\n\n" + sentence(258)
    (only,) = passages(text, LENGTHS)
    assert (len(only.tokens), only.tokens.n_title, only.start) == (260, 2, 2)
    assert only.tokens.n_opening == 258


def test_a_longer_text_is_cut_between_sentences_under_its_title() -> None:
    text = "Warm hubs\n\n" + " ".join(map(sentence, [50, 30, 2, 78, 80, 60]))
    found = passages(text, LENGTHS)
    # 50 + 30 fill a passage, 2 + 78 the next; 60 does not fit beside 80.
    assert [len(part.tokens) - 2 for part in found] == [80, 80, 80, 60]
    assert [part.start for part in found] == [2, 82, 162, 242]
    assert [part.tokens.of("title") for part in found] == [["warm", "hubs"]] * 4
    assert [part.tokens.n_opening for part in found] == [50, 2, 80, 60]


def test_a_sentence_longer_than_a_passage_is_cut_by_words() -> None:
    assert [len(part.tokens) for part in passages(sentence(300), LENGTHS)] == [80, 80, 80, 60]


def test_a_word_knows_where_it_stands_in_the_whole_text() -> None:
    found = passages("Warm hubs\n\n" + " ".join(map(sentence, [80, 80, 80, 80])), LENGTHS)[2]
    assert [found.position(at) for at in (0, 1, 2, 81)] == [0, 1, 162, 241]


@given(st.lists(st.sampled_from(["bins", "Homes", "books.", "A", "\n", "\n\n", "."]), max_size=900))
def test_passages_hold_every_word_of_the_body_once_and_in_order(parts: list[str]) -> None:
    text = " ".join(parts)
    found = passages(text, LENGTHS)
    whole = tokenise(text)
    n_title = found[0].tokens.n_title
    body = [word for part in found for word in part.tokens[n_title:]]
    assert [*whole[:n_title], *body] == list(whole) == words(text)
    assert len(found) == 1 or max(len(p.tokens) for p in found) <= n_title + LENGTHS.usual
    for part in found:
        for at, word in enumerate(part.tokens):
            assert whole[part.position(at)] == word


def test_a_short_text_is_scored_whole() -> None:
    text = "Bins. " + FILLER * 2
    expected = MODEL.scores(KNOWN.vectors([tokenise(text)]))[0].tolist()
    assert scores(text) == expected
    assert read([text], KNOWN, MODEL, KINDS, LENGTHS).shares.tolist() == [[1.0] * 4]


def test_a_sentence_that_says_something_is_not_drowned_by_talk_of_boards() -> None:
    talk = " ".join(["The board met. " + FILLER] * 4)
    text = f"{talk} Green bins. {FILLER} {talk}"
    category, other, theme, scope = scores(text)
    assert category > 0.5 > other and theme > 0.3 and scope > 0.5
    drowned = MODEL.scores(KNOWN.vectors([tokenise(text)]))[0]
    assert drowned[0] < category and drowned[3] < 0


def test_shares_of_a_text_sum_to_one_and_its_score_is_the_mean_they_make() -> None:
    text = " ".join(["Bins. " + FILLER, "Books. " + FILLER] * 5)
    found = read(["Bins.", text], KNOWN, MODEL, KINDS, LENGTHS)
    of_passages = MODEL.scores(found.vectors)
    assert found.shares[0].tolist() == [1.0] * 4
    np.testing.assert_allclose(found.shares[1:].sum(axis=0), 1.0)
    expected = (found.shares[1:] * of_passages[1:]).sum(axis=0)
    np.testing.assert_allclose(found.scores[1], expected)


def test_passages_count_by_what_they_score_and_by_how_like_a_submission_they_are() -> None:
    # The first passage scores 1, -1, -0.5 and for scope 0.5; in the others nothing is known.
    text = f"Bins. {sentence(79)} {sentence(80)} {sentence(80)} {sentence(80)}"
    shares = read([text], KNOWN, MODEL, KINDS, LENGTHS).shares
    ahead = np.array([4 * (1 + 0.5), 4 * (-1 + 0.5), 2 * (-0.5 + 0.5), 4 * (0.5 + 0.5)])
    np.testing.assert_allclose(shares[0] / shares[1], np.exp(ahead))
    np.testing.assert_allclose(shares[1], shares[2])


def test_known_terms_of_a_long_text_are_counted_once() -> None:
    text = "Bins. " + " ".join([FILLER] * 4) + " Bins. " + " ".join([FILLER] * 4) + " Books."
    assert read([text], KNOWN, MODEL, KINDS, LENGTHS).n_known.tolist() == [2]


def test_what_a_text_gets_does_not_depend_on_its_neighbours() -> None:
    long = " ".join(["Bins. " + FILLER, "Books. " + FILLER] * 5)
    together = read(["Green bins.", long, "Books.", long], KNOWN, MODEL, KINDS, LENGTHS).scores
    for row, text in zip(together.tolist(), ["Green bins.", long, "Books.", long], strict=True):
        assert row == scores(text)


def test_shares_of_the_words_of_a_long_text_add_up_to_its_score(tiny_tagger: Tagger) -> None:
    text = "Rough sleepers\n\n" + " ".join(
        ["Bins were emptied by the council. " + FILLER, "Rough sleepers came. " + FILLER] * 6
    )
    kinds = len(tiny_tagger.codebook.categories), len(tiny_tagger.codebook.themes)
    readings = read([text], tiny_tagger.vocabulary, tiny_tagger.model, kinds, LENGTHS)
    found = Attribution(tiny_tagger.vocabulary, tiny_tagger.model, text, readings)
    for label, score in enumerate(readings.scores[0] - tiny_tagger.model.intercepts):
        assert sum(share for _, share in found.terms(label)) == pytest.approx(score, abs=1e-9)
        assert found.sentence_shares(label).sum() == pytest.approx(score, abs=1e-9)


def test_the_sentence_shown_may_stand_anywhere_in_a_long_text(tiny_tagger: Tagger) -> None:
    filler = " ".join([FILLER] * 9)
    text = f"{filler} Recycling bins were emptied. {filler}"
    reader = replace(tiny_tagger, lengths=LENGTHS)
    answer = reader.tag(Entry("1", "", text))
    assert {theme.sentence for theme in answer.themes} <= {"Recycling bins were emptied."}
    assert len(tokenise(text)) > LENGTHS.longest
    alone = reader.tag(Entry("1", "", text), with_evidence=False)
    bulk = next(reader.tag_all([Entry("1", "", text)]))
    assert alone.categories == bulk.categories == answer.categories


def test_lengths_are_the_longest_and_the_median_of_the_training_texts() -> None:
    assert Lengths.of([4, 300, 90, 80]) == Lengths(longest=300, usual=85)


def test_a_model_of_titles_reads_a_summary_whole() -> None:
    assert Lengths.of([3, 5, 4]) == Lengths(longest=200, usual=40)


def test_without_lengths_every_text_is_read_whole() -> None:
    text = sentence(999)
    (only,) = passages(text, None)
    assert len(only.tokens) == 999


def test_a_trained_model_is_used_to_the_lengths_of_its_corpus(tmp_path: Path) -> None:
    corpus = separable()
    row = corpus.entries[0]
    longer = replace(row, entry=replace(row.entry, body=f"{row.entry.body} {sentence(250)}"))
    n_words = len(words(longer.entry.text))
    train(replace(corpus, entries=(longer, *corpus.entries[1:])), RECIPE, tmp_path / "m")
    assert load(tmp_path / "m").lengths == Lengths(longest=n_words, usual=40)


def test_a_long_title_over_a_body_without_words_is_one_passage() -> None:
    (only,) = passages("-".join(["warm"] * 300) + "\n\n!", LENGTHS)
    assert (len(only.tokens), only.tokens.n_title, only.tokens.n_opening) == (300, 300, 0)
