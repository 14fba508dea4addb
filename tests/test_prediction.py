from __future__ import annotations

import dataclasses
import json

import pytest

from themetag.prediction import Evidence, Prediction, ScoredLabel, TaggedTheme

NO_EVIDENCE = Evidence(None, ())


def answered() -> Prediction:
    return Prediction(
        id="entries/7.txt",
        model="2026.11",
        category="Housing",
        reason=None,
        categories=(ScoredLabel("Housing", 0.6132), ScoredLabel("Innovation", 0.3868)),
        category_set=("Housing", "Innovation"),
        evidence=Evidence("Innovation", (("tenants", 1.92), ("flats", 0.5))),
        themes=(
            TaggedTheme("homelessness", 0.831, "They’re housed.", (("rough sleepers", 1.92),)),
        ),
        theme_probabilities={"homelessness": 0.831, "recycling": 0.0121},
        known_terms=57,
    )


def test_an_answer_as_json_has_the_promised_shape() -> None:
    assert json.dumps(answered().as_json(), ensure_ascii=False) == (
        '{"id": "entries/7.txt", "model": "2026.11", "category": "Housing", "abstained": false, '
        '"reason": null, '
        '"categories": [{"label": "Housing", "probability": 0.6132}, '
        '{"label": "Innovation", "probability": 0.3868}], '
        '"category_set": ["Housing", "Innovation"], '
        '"evidence": {"rival": "Innovation", "terms": [["tenants", 1.92], ["flats", 0.5]]}, '
        '"themes": [{"label": "homelessness", "probability": 0.831, '
        '"sentence": "They’re housed.", "terms": [["rough sleepers", 1.92]]}], '
        '"theme_probabilities": {"homelessness": 0.831, "recycling": 0.0121}, '
        '"known_terms": 57}'
    )


def test_a_category_without_entries_is_marked_in_json_and_no_other() -> None:
    prediction = dataclasses.replace(answered(), criteria_only=frozenset({"Innovation"}))
    assert prediction.as_json()["categories"] == [
        {"label": "Housing", "probability": 0.6132},
        {"label": "Innovation", "probability": 0.3868, "criteria_only": True},
    ]


def test_the_json_is_of_plain_types_only() -> None:
    row = answered().as_json()
    assert json.loads(json.dumps(row)) == row


def test_an_abstention_as_json_has_no_category_but_all_probabilities() -> None:
    prediction = dataclasses.replace(
        answered(),
        category=None,
        reason="no-known-terms",
        category_set=(),
        evidence=NO_EVIDENCE,
        themes=(),
        known_terms=0,
    )
    assert prediction.as_json() == {
        "id": "entries/7.txt",
        "model": "2026.11",
        "category": None,
        "abstained": True,
        "reason": "no-known-terms",
        "categories": [
            {"label": "Housing", "probability": 0.6132},
            {"label": "Innovation", "probability": 0.3868},
        ],
        "category_set": [],
        "evidence": {"rival": None, "terms": []},
        "themes": [],
        "theme_probabilities": {"homelessness": 0.831, "recycling": 0.0121},
        "known_terms": 0,
    }


def test_a_model_without_categories_or_themes_gives_empty_lists() -> None:
    prediction = Prediction("-", "1", None, None, (), (), NO_EVIDENCE, (), {}, 3)
    assert prediction.as_json() == {
        "id": "-",
        "model": "1",
        "category": None,
        "abstained": False,
        "reason": None,
        "categories": [],
        "category_set": [],
        "evidence": {"rival": None, "terms": []},
        "themes": [],
        "theme_probabilities": {},
        "known_terms": 3,
    }


@pytest.mark.parametrize("reason", ["empty", "too-short", "no-known-terms", "out-of-scope", "torn"])
def test_whatever_has_a_reason_is_an_abstention(reason: str) -> None:
    assert dataclasses.replace(answered(), reason=reason).is_abstention  # type: ignore[arg-type]
    assert not answered().is_abstention


def test_changing_the_json_changes_no_prediction() -> None:
    prediction = answered()
    row = prediction.as_json()
    row["categories"].clear()
    row["theme_probabilities"].clear()
    row["themes"][0]["terms"].clear()
    assert prediction == answered()
