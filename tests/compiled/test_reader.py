"""Machine code reads a text as the plain code does, to the last bit of every score."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import numpy as np
import pytest
from builders import AWKWARD_TEXTS, entry
from hypothesis import example, given, settings
from hypothesis import strategies as st

from themetag.bulk import BulkReader
from themetag.linear import Field, LinearModel, Vocabulary
from themetag.passages import Lengths, read
from themetag.tagger import Tagger
from themetag.text import tokenise, words

pytest.importorskip("numba", reason="the extra `fast` is not installed")

from themetag.compiled import reader as compiled_reader
from themetag.compiled.jit import sources
from themetag.compiled.kernel import read_block
from themetag.compiled.reader import Reader

KINDS = (2, 3)
LENGTHS = Lengths(longest=30, usual=8)

# Pieces that sentences, titles, words and numbers are cut at, and some that nobody would think of.
PIECES = [
    "bins", "Homes", "rough sleepers", "council's", "council’s", "don''t", "'", "’", "_", "-", "/",
    "40", "40,000", "1st", "²", "½", "Ⅳ", "２０", "café", "cafe\u0301", "CAFÉ", "ŵ", "ſt", "ﬁnd",
    "…", ".", "!", "?", ".)", '."', ".’", ".]", "(", "“", "‘", "£5", "Mr.", "mrs.", "ſt.", "İnc.",
    "e.g.", "E.G.", "i.e.", "x.e.g.", "approx.", "A.", "B.B.", "Étc.", "etc.", "9.", " ", "  ",
    "\t", "\n", "\n\n", "\n \n", "\r\n", "\x0b", "\x1c", "\x85", "\u00a0", "\u2028", "\u3000",
    "\u200b", "\x00", "ŉ", "ß", "ẞ", "ος", "中文", "한국", "ﷺ",
]  # fmt: skip
# What is not to be told from one character alone: a text with one of these is read plainly.
PLAIN_PIECES = ["\u0327", "\u05b0", "Σ", "ΟΔΟΣ", "🏠", "𝐁𝐢𝐧𝐬", "\ufa6c", "\ud800"]
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=120).map(" ".join),
    st.lists(st.sampled_from([*PIECES[:3], *PLAIN_PIECES]), max_size=9).map("".join),
    st.text(max_size=60),
)


def fields(names: Sequence[str]) -> tuple[Field, ...]:
    every = {
        "word": Field("word", "words", 1, 2, 1.0, numbers="masked"),
        "char": Field("char", "characters", 2, 4, 0.5, numbers="masked"),
        "title": Field("title", "words", 1, 3, 0.3, "title"),
        "opening": Field("opening", "words", 2, 2, 0.4, "opening", "masked"),
        "letters": Field("letters", "characters", 1, 3, 0.2, "opening"),
        "kept": Field("kept", "words", 1, 1, 0.7),
    }
    return tuple(every[name] for name in names)


def vocabulary(texts: Sequence[str], names: Sequence[str]) -> Vocabulary:
    """Half of all terms of some texts, so that words are known, unknown and known in part."""
    tokens = list(map(tokenise, texts))
    own = fields(names)
    terms = [sorted({term for text in tokens for term in field.terms(text)}) for field in own]
    half = tuple(tuple(some[::2]) for some in terms)
    return Vocabulary(own, half, np.linspace(1, 9, sum(map(len, half))))


def model(n_terms: int) -> LinearModel:
    draw = np.random.default_rng(0)
    weights = draw.normal(size=(n_terms, 6)).astype(np.float16).astype(np.float32)
    return LinearModel(weights, draw.normal(size=6))


def assert_same(texts: Sequence[str], known: Vocabulary, lengths: Lengths | None = LENGTHS) -> None:
    scores = model(len(known))
    plain = read(texts, known, scores, KINDS, lengths)
    found, n_known = Reader(known, scores, KINDS, lengths).read(texts)
    assert found.tobytes() == plain.scores.tobytes()
    assert n_known.tolist() == plain.n_known.tolist()


EVERY = ("word", "char", "title", "opening", "letters", "kept")
KNOWN = vocabulary([" ".join(PIECES), *AWKWARD_TEXTS, "\n\n".join(PIECES)], EVERY)


@given(st.lists(TEXTS, min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_awkward_texts_get_the_same_scores(texts: list[str]) -> None:
    assert_same(texts, KNOWN)


@given(TEXTS)
@settings(deadline=None)
def test_words_of_a_text_that_are_all_known_get_the_same_scores(text: str) -> None:
    assert_same([text], vocabulary([text, text + "x"], EVERY))


@given(TEXTS)
@settings(deadline=None)
def test_without_lengths_a_text_is_read_whole(text: str) -> None:
    assert_same([text * 3], KNOWN, None)


@pytest.mark.parametrize("name", EVERY)
def test_a_vocabulary_may_have_one_field_alone(name: str) -> None:
    assert_same([*AWKWARD_TEXTS, " ".join(PIECES)], vocabulary([" ".join(PIECES)], [name]))


def test_a_vocabulary_may_be_empty() -> None:
    assert_same(AWKWARD_TEXTS, Vocabulary(fields(EVERY), ((),) * len(EVERY), np.empty(0)))


def test_every_character_is_folded_and_told_from_a_word_end() -> None:
    parts = [f"a{chr(code)}b '{chr(code)}' {chr(code)}9" for code in range(0x10000)]
    texts = [" ".join(parts[start : start + 64]) for start in range(0, len(parts), 64)]
    every = sorted({word for text in texts for word in words(text)})
    known = Vocabulary(
        (Field("word", "words", 1, 1, 1.0),), (tuple(every),), np.linspace(1, 9, len(every))
    )
    assert_same(texts, known, None)


@pytest.mark.parametrize("end", [".", '."', ".”", "?)", "!'", "e.g.", "I.E.", "St.", "ſt.", "A."])
@pytest.mark.parametrize("start", ["A", "a", "(A", "“(9", "£", "(", "É"])
@pytest.mark.parametrize("space", [" ", "\u00a0 ", "\n", " \n ", "\x1f"])
def test_sentences_end_where_the_plain_code_ends_them(end: str, start: str, space: str) -> None:
    # The opening is the first sentence, and passages of few words are cut between sentences.
    text = f"Title here\n\nbins went{end}{space}{start} homes came. " + "Homes came. " * 12
    known = vocabulary([text], EVERY)
    assert_same([text, text.partition("\n\n")[2]], known, Lengths(20, 5))


def test_a_term_met_too_often_is_left_to_the_plain_code() -> None:
    assert_same(["bins " * 5000, "bins", "homes " * 4095], vocabulary(["bins homes x"], ["word"]))


def test_texts_longer_than_there_is_room_for_are_left_to_the_plain_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiled_reader, "MOST_UNITS", 50)
    assert_same(["Bins. " * 20, "bins", "", "Homes came. " * 4, "bins " * 9, "x"], KNOWN)


def test_a_character_that_folds_to_many_does_not_overflow() -> None:
    assert_same(["ﷺ" * 500, "ﷺ", "½" * 999], KNOWN)


@given(st.lists(st.sampled_from([*AWKWARD_TEXTS, *PIECES, " ".join(PIECES)]), max_size=20))
@example([])
@settings(deadline=None)
def test_blocks_get_the_same_answers_whatever_reads_them(
    tiny_tagger: Tagger, texts: list[str]
) -> None:
    plain, fast = tiny_tagger.in_bulk(n_plain=None), tiny_tagger.in_bulk(n_plain=0)
    entries = [entry(text, str(i)) for i, text in enumerate(texts)]
    answers = fast.tag_block(entries)
    assert answers == plain.tag_block(entries)
    assert answers == [tiny_tagger.tag(one, with_evidence=False) for one in entries]


def test_the_first_texts_are_read_without_machine_code() -> None:
    bulk = BulkReader(KNOWN, model(len(KNOWN)), KINDS, LENGTHS, n_plain=3)
    answers = [bulk.read(["Bins.", "Homes"]) for _ in range(4)]
    assert all(scores.tobytes() == answers[0][0].tobytes() for scores, _ in answers)


def test_a_bulk_reader_can_be_sent_to_another_process() -> None:
    bulk = BulkReader(KNOWN, model(len(KNOWN)), KINDS, LENGTHS, n_plain=0)
    bulk.read(["Bins."])
    sent = pickle.loads(pickle.dumps(bulk))
    assert sent.read(["Bins."])[0].tobytes() == bulk.read(["Bins."])[0].tobytes()


def test_kept_machine_code_is_found_by_the_sources_it_was_made_of() -> None:
    enclosed = [cell.cell_contents for cell in read_block.py_func.__closure__]  # type: ignore[attr-defined]
    assert sources() in enclosed


def test_a_signal_that_comes_in_machine_code_is_raised_as_what_it_is() -> None:
    inner = SystemError("returned a result with an exception set")
    inner.__cause__ = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt), compiled_reader._signals_as_raised():
        raise SystemError("returned a result with an exception set") from inner
    with pytest.raises(SystemError, match="another"), compiled_reader._signals_as_raised():
        raise SystemError("another")
