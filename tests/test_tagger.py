from __future__ import annotations

import dataclasses
import json
import math
from itertools import islice

import pytest
from builders import AWKWARD_TEXTS, entry, tagger
from hypothesis import example, given
from hypothesis import strategies as st

from themetag.prediction import Evidence, Prediction, ScoredLabel, TaggedTheme
from themetag.tagger import BLOCK, Tagger

ABC = ("Arts", "Bins", "Care")
TEXTS = st.one_of(
    st.lists(st.sampled_from(["homes", "bins", "Rough sleepers", "zyx", ".", "\n", " ", "🏠"])).map(
        " ".join
    ),
    st.text(max_size=80),
)


def logs(*chances: float) -> list[float]:
    """Scores whose softmax are these chances."""
    return [math.log(chance) for chance in chances]


def log_odds(chance: float) -> float:
    return math.log(chance / (1 - chance))


def test_a_whole_answer_worked_out_by_hand() -> None:
    # "bins" has the value 0.6 and "homes" 0.8 where both stand equally often.
    model = tagger(
        {"bins": [0, 5, 0, 0], "homes": [0, -2.5, 2.5, 5]},
        ("Arts", "Bins", "Homes"),
        ("damp",),
        floor=0.1,
    )
    weighed = dataclasses.replace(
        model, vocabulary=dataclasses.replace(model.vocabulary, idf=model.vocabulary.idf * [3, 4])
    )
    # Scores 0, 1 and 2 for the categories, whose powers of e sum to 11.1073, and 4 for the theme.
    assert weighed.tag(
        entry("The bins\n\nThen homes came. New bins? No: homes.", "7")
    ) == Prediction(
        id="7",
        model="test",
        category="Homes",
        reason=None,
        categories=(
            ScoredLabel("Homes", 0.6652),
            ScoredLabel("Bins", 0.2447),
            ScoredLabel("Arts", 0.09),
        ),
        category_set=("Homes", "Bins"),
        evidence=Evidence("Bins", (("homes", 4.0),)),
        themes=(TaggedTheme("damp", 0.982, "Then homes came.", (("homes", 4.0),)),),
        theme_probabilities={"damp": 0.982},
        known_terms=2,
    )


def test_probabilities_are_rounded_to_four_places() -> None:
    model = tagger({"bins": [*logs(1, 2), log_odds(2 / 3)]}, ("Arts", "Bins"), ("damp",))
    prediction = model.tag("bins")
    assert prediction.categories == (ScoredLabel("Bins", 0.6667), ScoredLabel("Arts", 0.3333))
    assert prediction.theme_probabilities == {"damp": 0.6667}
    assert prediction.themes[0].probability == 0.6667


@pytest.mark.parametrize("lead", [0.0, 1e-6])
def test_what_is_equal_after_rounding_stands_in_codebook_order(lead: float) -> None:
    model = tagger({"bins": [0, lead, 0, 1, 1 + lead]}, ABC, ("x", "y"))
    prediction = model.tag("bins")
    assert [scored.label for scored in prediction.categories] == list(ABC)
    assert (prediction.category, prediction.evidence.rival) == ("Arts", "Bins")
    assert [theme.label for theme in prediction.themes] == ["x", "y"]


def test_themes_fall_in_probability_whatever_their_order_in_the_codebook() -> None:
    odds = [log_odds(0.6), log_odds(0.2), log_odds(0.9)]
    prediction = tagger({"bins": odds}, (), ("x", "y", "z"), thresholds=[0.1] * 3).tag("bins")
    assert [theme.label for theme in prediction.themes] == ["z", "x", "y"]
    assert list(prediction.theme_probabilities.items()) == [("x", 0.6), ("y", 0.2), ("z", 0.9)]


@pytest.mark.parametrize(("threshold", "given"), [(0.7, True), (0.7001, False), (0.6999, True)])
def test_a_theme_at_its_threshold_is_given(threshold: float, given: bool) -> None:
    model = tagger({"bins": [log_odds(0.7)]}, (), ("x",), thresholds=[threshold])
    assert bool(model.tag("bins").themes) is given


@pytest.mark.parametrize(
    ("floor", "expected"),
    [
        (0.0, ("Bins", "Care", "Arts")),
        (0.2, ("Bins", "Care", "Arts")),
        (0.2001, ("Bins", "Care")),
        (0.3, ("Bins", "Care")),
        (0.3001, ("Bins",)),
        (0.9, ("Bins",)),
    ],
)
def test_the_set_holds_what_is_not_under_the_floor_and_always_the_first(
    floor: float, expected: tuple[str, ...]
) -> None:
    model = tagger({"bins": logs(0.2, 0.5, 0.3)}, ABC, floor=floor)
    assert model.tag("bins").category_set == expected


def test_the_temperature_sharpens_the_categories() -> None:
    model = tagger({"bins": logs(3, 1)}, ("Arts", "Bins"), temperature=0.5)
    assert model.tag("bins").categories == (ScoredLabel("Arts", 0.9), ScoredLabel("Bins", 0.1))


@pytest.mark.parametrize("with_evidence", [True, False])
@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), (" \n\t\n ", "empty"), ("!?", "no-known-terms"), ("zyx", "no-known-terms"),
     ("🏠", "no-known-terms")],
)  # fmt: skip
def test_a_text_of_which_nothing_is_known_gets_no_answer(
    text: str, reason: str, with_evidence: bool
) -> None:
    model = tagger(
        {"bins": [9, 9, 9, 9]},
        ("Arts", "Bins"),
        ("x", "y"),
        intercepts=[*logs(3, 1), 5.0, 0.0],
    )
    # The probabilities are those of the intercepts alone: odds of e to the 5th for x.
    assert model.tag(entry(text, "7"), with_evidence=with_evidence) == Prediction(
        id="7",
        model="test",
        category=None,
        reason=reason,  # type: ignore[arg-type]
        categories=(ScoredLabel("Arts", 0.75), ScoredLabel("Bins", 0.25)),
        category_set=(),
        evidence=Evidence(None, ()),
        themes=(),
        theme_probabilities={"x": 0.9933, "y": 0.5},
        known_terms=0,
    )


def test_a_title_alone_is_enough() -> None:
    model = tagger({"bins": logs(3, 1)}, ("Arts", "Bins"))
    assert model.tag("Bins").category == "Arts"
    assert model.tag(entry("Bins\n\nzyx")).category == "Arts"


def test_a_model_without_categories_gives_themes_only() -> None:
    assert tagger({"bins": [log_odds(0.8)]}, (), ("x",)).tag("Bins.") == Prediction(
        id="-",
        model="test",
        category=None,
        reason=None,
        categories=(),
        category_set=(),
        evidence=Evidence(None, ()),
        themes=(TaggedTheme("x", 0.8, "Bins.", (("bins", 1.3863),)),),
        theme_probabilities={"x": 0.8},
        known_terms=1,
    )


def test_a_model_without_themes_gives_a_category_only() -> None:
    assert tagger({"bins": logs(4, 1)}, ("Arts", "Bins")).tag("Bins.") == Prediction(
        id="-",
        model="test",
        category="Arts",
        reason=None,
        categories=(ScoredLabel("Arts", 0.8), ScoredLabel("Bins", 0.2)),
        category_set=("Arts", "Bins"),
        evidence=Evidence("Bins", (("bins", 1.3863),)),
        themes=(),
        theme_probabilities={},
        known_terms=1,
    )


def test_a_model_of_one_category_has_no_rival() -> None:
    prediction = tagger({"bins": [3]}, ("Arts",)).tag("bins")
    assert (prediction.category, prediction.evidence) == ("Arts", Evidence(None, ()))


def test_evidence_is_five_words_at_most_and_none_that_speaks_against() -> None:
    weights = {word: [float(i)] for i, word in enumerate("abcdefg", start=-1)}
    terms = tagger(weights, (), ("x",)).tag("a b c d e f g").themes[0].terms
    # Seven words of equal value, 1 / sqrt 7, and weights of -1 to 5.
    assert terms == (("g", 1.8898), ("f", 1.5119), ("e", 1.1339), ("d", 0.7559), ("c", 0.378))
    few = {word: [float(i)] for i, word in enumerate("abc", start=-1)}
    assert tagger(few, (), ("x",)).tag("a b c").themes[0].terms == (("c", 0.5774),)


def test_no_word_is_evidence_that_adds_nothing_after_rounding() -> None:
    terms = tagger({"a": [1.0], "b": [0.00001]}, (), ("x",)).tag("a b").themes[0].terms
    assert terms == (("a", 0.7071),)


def test_the_sentence_of_a_theme_is_the_one_that_adds_most() -> None:
    model = tagger({"bins": [1, 0], "homes": [0, 1]}, (), ("waste", "housing"))
    prediction = model.tag("A title\n\nNothing here. Homes came. Bins went.")
    assert {theme.label: theme.sentence for theme in prediction.themes} == {
        "waste": "Bins went.",
        "housing": "Homes came.",
    }


def test_a_plain_text_is_filed_under_a_dash() -> None:
    model = tagger({"bins": [1]}, ("Arts",))
    assert model.tag("Bins\n\nMore bins") == model.tag(entry("Bins\n\nMore bins", "-"))


def bare(prediction: Prediction) -> Prediction:
    """The answer without words and sentences."""
    return dataclasses.replace(
        prediction,
        evidence=Evidence(None, ()),
        themes=tuple(
            dataclasses.replace(theme, sentence="", terms=()) for theme in prediction.themes
        ),
    )


@given(text=TEXTS)
@example(text=AWKWARD_TEXTS[-1])
@example(text=AWKWARD_TEXTS[-2])
def test_evidence_changes_no_answer(tiny_tagger: Tagger, text: str) -> None:
    assert tiny_tagger.tag(text, with_evidence=False) == bare(tiny_tagger.tag(text))


@given(text=TEXTS)
def test_every_answer_keeps_its_promises(tiny_tagger: Tagger, text: str) -> None:
    prediction = tiny_tagger.tag(text)
    chances = [scored.probability for scored in prediction.categories]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1, abs=2e-4)
    assert {scored.label for scored in prediction.categories} == set(
        tiny_tagger.codebook.category_names
    )
    assert tuple(prediction.theme_probabilities) == tiny_tagger.codebook.theme_ids
    assert all(0 <= chance <= 1 for chance in prediction.theme_probabilities.values())
    if prediction.is_abstention:
        assert (prediction.category, prediction.category_set, prediction.themes) == (None, (), ())
        assert prediction.known_terms == 0
    else:
        assert prediction.category == prediction.category_set[0] == prediction.categories[0].label
        limits = zip(
            prediction.theme_probabilities.items(), tiny_tagger.calibration.thresholds, strict=True
        )
        expected = {label for (label, chance), limit in limits if chance >= limit}
        assert {theme.label for theme in prediction.themes} == expected


@pytest.mark.parametrize("with_evidence", [True, False])
def test_many_entries_get_the_answers_of_one_at_a_time(
    tiny_tagger: Tagger, with_evidence: bool
) -> None:
    entries = [entry(text, str(i)) for i, text in enumerate(AWKWARD_TEXTS * 6)]
    assert len(entries) > BLOCK
    together = tiny_tagger.tag_all(iter(entries), with_evidence=with_evidence)
    alone = [tiny_tagger.tag(one, with_evidence=with_evidence) for one in entries]
    assert [json.dumps(each.as_json()) for each in together] == [
        json.dumps(each.as_json()) for each in alone
    ]


@pytest.mark.parametrize("with_evidence", [True, False])
def test_a_long_stream_is_tagged_as_it_comes(tiny_tagger: Tagger, with_evidence: bool) -> None:
    numbers = iter(range(20 * BLOCK))
    entries = (entry("Bins.", str(number)) for number in numbers)
    answers = tiny_tagger.tag_all(entries, with_evidence=with_evidence)
    assert [answer.id for answer in islice(answers, 2 * BLOCK)] == list(map(str, range(2 * BLOCK)))
    assert next(numbers) <= 3 * BLOCK


def test_no_entries_give_no_answers(tiny_tagger: Tagger) -> None:
    assert list(tiny_tagger.tag_all([])) == []


def test_scores_are_categories_first_then_themes() -> None:
    model = tagger({"bins": [1, 2, 3]}, ("Arts", "Bins"), ("x",), intercepts=[0.5, 0, -1])
    assert model.scores(["Bins!", "zyx"]).tolist() == [[1.5, 2.0, 2.0], [0.5, 0.0, -1.0]]


def test_the_tiny_model_has_learnt_something(tiny_tagger: Tagger) -> None:
    prediction = tiny_tagger.tag("Rough sleepers moved into council flats.")
    assert prediction.category == "Housing"
    assert [theme.label for theme in prediction.themes] == ["homelessness"]
