from __future__ import annotations

import pytest
from builders import AWKWARD_TEXTS
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from themetag.text import (
    Tokens,
    character_groups,
    fingerprint,
    fold,
    sentences,
    split_title,
    tokenise,
    word_groups,
    words,
)

# Texts with many ends of sentences, and texts of anything at all.
PARTS = ["\n\n", *"AbÉ’'.!?”()5£Σσİﬁ \n\u00a0\x1f\x85\u2028\u0301", "J.", "Mr.", "e.g.", "approx."]
PROSE = st.lists(st.sampled_from(PARTS)).map("".join)
TEXTS = st.one_of(PROSE, st.text())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t ", []),
        ("!!! … —", []),
        ("HOMES Homes homes", ["homes", "homes", "homes"]),
        ("don’t don't don‘t donʼt", ["don't"] * 4),
        ("the ’council’ and 'its' tenants'", ["the", "council", "and", "its", "tenants"]),
        ("rock 'n' roll", ["rock", "n", "roll"]),
        ("o’clock’s", ["o'clock's"]),
        ("fly-tipping and e-mail", ["fly", "tipping", "and", "e", "mail"]),
        ("£1.5m, 40%", ["1", "5m", "40"]),
        ("2021/22", ["2021", "22"]),
        ("Ynys Môn, CAFÉ, cafe\u0301", ["ynys", "mon", "cafe", "cafe"]),
        ("ﬁnance, m², ½", ["finance", "m2", "1", "2"]),
        ("Straße ΑΣ İstanbul", ["straße", "ας", "istanbul"]),
        ("🏠homes♻️bins👩🏽‍💻", ["homes", "bins"]),
        ("rough\u200bsleepers\x00in\u00a0flats\ud800", ["rough", "sleepers", "in", "flats"]),
        ("snake_case", ["snake_case"]),
        ("住宅", ["住宅"]),
    ],
)
def test_words_of_awkward_texts(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_folding_an_ascii_text_changes_case_alone() -> None:
    assert fold("Don't\tSTOP, 40%\n") == "don't\tstop, 40%\n"


def test_folding_takes_off_accents_and_straightens_apostrophes() -> None:
    assert fold("L’Été ﬁnal “déjà”") == "l'ete final “deja”"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t\n ", []),
        ("no end", ["no end"]),
        ("Forty opened. Bills fell.", ["Forty opened.", "Bills fell."]),
        ("Why? Because! So.", ["Why?", "Because!", "So."]),
        ("It grew. 40 came. £2m was saved.", ["It grew.", "40 came.", "£2m was saved."]),
        ("It cost £1.5m in all. it did", ["It cost £1.5m in all. it did"]),
        ("See www.bins.gov.uk for more.", ["See www.bins.gov.uk for more."]),
        ("One line\nAnother\r\n\r\nA third\n", ["One line", "Another", "A third"]),
        ("“It worked.” The council agreed.", ["“It worked.”", "The council agreed."]),
        ("It worked. “We agree,” they said.", ["It worked.", "“We agree,” they said."]),
        ("(It worked.) (They agreed.)", ["(It worked.)", "(They agreed.)"]),
        (
            "It grew ... Then it fell... Then more.",
            ["It grew ...", "Then it fell...", "Then more."],
        ),
        ("We wrote to the NHS. It answered.", ["We wrote to the NHS.", "It answered."]),
        ("Mr. Ray, Mrs. Ray, Ms. Ray and Dr. Oy.", ["Mr. Ray, Mrs. Ray, Ms. Ray and Dr. Oy."]),
        ("CLLR. Ray met Prof. Oy at St. Bride’s.", ["CLLR. Ray met Prof. Oy at St. Bride’s."]),
        ("Staff, e.g. Ann, and i.e. Bob.", ["Staff, e.g. Ann, and i.e. Bob."]),
        ("It took approx. 40 days.", ["It took approx. 40 days."]),
        ("Led by J. R. Smith of Ely.", ["Led by J. R. Smith of Ely."]),
        ("It was the best. Then it ended.", ["It was the best.", "Then it ended."]),
        ("A subapprox. Then it ended.", ["A subapprox.", "Then it ended."]),
        ("Mr.\nRay", ["Mr.", "Ray"]),
        ("Bins.\u00a0\u2003Homes.", ["Bins.", "Homes."]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(TEXTS)
@example("Mr. ΑΣ. ΣΑ! É’s")
def test_cutting_into_sentences_changes_no_word(text: str) -> None:
    assert [word for sentence in sentences(text) for word in words(sentence)] == words(text)


@given(TEXTS)
def test_sentences_hold_every_character_but_white_space_in_order(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("text", AWKWARD_TEXTS)
def test_no_sentence_is_empty_or_framed_by_white_space(text: str) -> None:
    assert [
        sentence for sentence in sentences(text) if sentence != sentence.strip() or not sentence
    ] == []


TWENTY = " ".join(["warm"] * 20)


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("Warm hubs\n\nForty.", "Warm hubs", "Forty."),
        ("Warm hubs\n \t\nForty.\n\nBills.", "Warm hubs", "Forty.\n\nBills."),
        ("\n Warm hubs \n\n\n Forty. \n", "Warm hubs", "Forty."),
        (f"{TWENTY}\n\nForty.", TWENTY, "Forty."),
        (f"{TWENTY} hubs\n\nForty.", "", f"{TWENTY} hubs\n\nForty."),
        ("Warm hubs\nForty.", "", "Warm hubs\nForty."),
        ("Warm\nhubs\n\nForty.", "", "Warm\nhubs\n\nForty."),
        (" Warm hubs\n\n", "", "Warm hubs"),
        ("", "", ""),
    ],
)
def test_a_first_paragraph_of_one_short_line_is_split_off(text: str, title: str, body: str) -> None:
    assert split_title(text) == (title, body)


@pytest.mark.parametrize(
    ("text", "title", "opening"),
    [
        ("Warm hubs\n\nForty opened. Bills fell.", "warm hubs", "forty opened"),
        # A title of several sentences, and titles that end like one.
        ("Warm. Dry. Safe.\n\nForty opened. Bills fell.", "warm dry safe", "forty opened"),
        ("Who pays?\n\nForty opened.", "who pays", "forty opened"),
        ("Led by Dr.\n\nRay spoke.", "led by dr", "ray spoke"),
        # A bare title, with and without an end.
        ("Warm hubs", "warm hubs", ""),
        ("Forty opened. Bills fell.\n", "forty opened bills fell", ""),
        (TWENTY, TWENTY, ""),
        # No title: too long, of several lines, or not set apart.
        (f"{TWENTY} hubs", "", f"{TWENTY} hubs"),
        (f"{TWENTY} hubs. Bills fell.", "", f"{TWENTY} hubs"),
        (f"{TWENTY} hubs\n\nForty opened.", "", f"{TWENTY} hubs"),
        ("Warm hubs\nForty opened.", "", "warm hubs"),
        ("Warm\nhubs\n\nForty opened.", "", "warm"),
        # The twenty words are those between white space, however many they become.
        (f"{TWENTY}-hubs\n\nForty.", f"{TWENTY} hubs", "forty"),
        # The opening ends where the first sentence of the body does.
        ("Hubs\n\nCllr. Ray and J. Oy spoke. 40 came.", "hubs", "cllr ray and j oy spoke"),
        ("Hubs\n\nIt cost £1.5m in all! Bills", "hubs", "it cost 1 5m in all"),
        ("Hubs\n\nForty opened\nBills fell.", "hubs", "forty opened"),
        ("Hubs\n\nForty opened", "hubs", "forty opened"),
        ("Hubs\n\n“Forty opened.” Bills fell.", "hubs", "forty opened"),
        # What has no words.
        ("", "", ""),
        (" \n\n ", "", ""),
        ("…", "", ""),
        ("…\n\nForty opened.", "", "forty opened"),
        ("Hubs\n\n… Forty opened.", "hubs", "forty opened"),
        ("Hubs\n\n!!! Forty opened.", "hubs", ""),
    ],
)
def test_title_and_opening_sentence_are_found(text: str, title: str, opening: str) -> None:
    tokens = tokenise(text)
    assert tokens.of("title") == title.split()
    assert tokens.of("opening") == opening.split()
    assert tokens.start_of("opening") == tokens.n_title


@given(TEXTS)
@example("Mr. ΑΣ. ΣΑ!\n\nÉ’s\u0301 Σ. Σ")
def test_finding_the_parts_changes_no_word(text: str) -> None:
    assert tokenise(text) == words(text)


@given(TEXTS)
def test_title_and_opening_are_words_of_a_title_and_of_a_sentence(text: str) -> None:
    tokens = tokenise(text)
    title, body = split_title(text)
    if title or not tokens.n_title:
        assert tokens.of("title") == words(title)
        assert tokens.of("opening") == words("".join(sentences(body)[:1]))
    else:
        assert (tokens.of("title"), tokens.of("opening")) == (words(body), [])


def test_parts_of_tokens_stand_one_after_the_other() -> None:
    tokens = Tokens(["warm", "hubs", "forty", "opened", "bills", "fell"], 2, 1)
    assert tokens.of("text") == tokens == ["warm", "hubs", "forty", "opened", "bills", "fell"]
    assert (tokens.of("title"), tokens.of("opening")) == (["warm", "hubs"], ["forty"])
    assert [tokens.start_of(part) for part in ("text", "title", "opening")] == [0, 0, 2]


def test_words_alone_have_neither_title_nor_opening() -> None:
    tokens = Tokens(["warm", "hubs"])
    assert (tokens.of("title"), tokens.of("opening"), tokens.start_of("opening")) == ([], [], 0)
    assert Tokens() == []


def test_word_groups_are_every_run_of_a_length() -> None:
    tokens = ["a", "b", "a", "b"]
    assert word_groups(tokens, 1) == ["a", "b", "a", "b"]
    assert word_groups(tokens, 2) == ["a b", "b a", "a b"]
    assert word_groups(tokens, 4) == ["a b a b"]
    assert word_groups(tokens, 5) == []
    assert word_groups([], 2) == []


@given(
    st.text(min_size=1, max_size=12).filter(lambda word: not any(c.isspace() for c in word)),
    st.integers(1, 6),
    st.integers(0, 3),
)
def test_character_groups_are_those_of_scikit_learn(word: str, shortest: int, more: int) -> None:
    counter = CountVectorizer(
        analyzer="char_wb", ngram_range=(shortest, shortest + more), lowercase=False
    )
    assert character_groups(word, shortest, shortest + more) == counter.build_analyzer()(word)


@pytest.mark.parametrize("text", ["Warm hubs\n\nForty.", "WARM HUBS: forty", "wárm, hubs forty!"])
def test_texts_of_the_same_words_have_one_fingerprint(text: str) -> None:
    # The first 16 digits of `printf 'warm hubs forty' | sha256sum`.
    assert fingerprint(text) == "2aed40264213a6cb"


def test_texts_of_other_words_have_other_fingerprints() -> None:
    assert len({fingerprint(text) for text in ("warm hubs", "warmhubs", "hubs warm", "")}) == 4
