from __future__ import annotations

import json

import numpy as np
from learning.corpora import WORDS, corpus_of, labelled

from themetag.learning.card import model_card
from themetag.learning.corpus import Corpus
from themetag.learning.measure import Figure, LabelCount
from themetag.learning.report import Report, table
from themetag.linear import LinearModel, Vocabulary
from themetag.probability import Calibration
from themetag.tagger import Tagger

REPORT = Report(
    "measured on paper",
    12,
    {"top1": Figure(0.75, 0.5, 0.9166, 12)},
    {"precision": Figure(None, None, None, 12)},
    (
        LabelCount("category", "Housing", 8, 7.0, 2.0, 1.0),
        LabelCount("category", "Waste", 4, 2.0, 1.0, 2.0),
        LabelCount("theme", "green", 0, 0.0, 0.5, 0.0),
    ),
    ("mind the gap",),
)


def test_a_report_reads_as_text_for_a_person() -> None:
    assert REPORT.as_text() == (
        "measured on paper\n"
        "! mind the gap\n"
        "\n"
        "Category (95 % intervals over resampled groups)\n"
        "  right first                          0.750 (0.500 to 0.917, n = 12)\n"
        "\n"
        "Themes (95 % intervals over resampled groups)\n"
        "  precision                            – (n = 12)\n"
        "\n"
        "  label        n  right  wrong missed\n"
        "  Housing      8      7      2      1\n"
        "  Waste        4      2      1      2\n"
        "  green        0      0    0.5      0"
    )


def test_a_report_is_json_of_figures_and_counts() -> None:
    assert json.loads(json.dumps(REPORT.as_json())) == {
        "n": 12,
        "how": "measured on paper",
        "notes": ["mind the gap"],
        "category": {"top1": {"value": 0.75, "low": 0.5, "high": 0.9166, "n": 12}},
        "themes": {"precision": {"value": None, "low": None, "high": None, "n": 12}},
        "labels": [
            {"task": "category", "label": "Housing", "n": 8, "tp": 7.0, "fp": 2.0, "fn": 1.0},
            {"task": "category", "label": "Waste", "n": 4, "tp": 2.0, "fp": 1.0, "fn": 2.0},
            {"task": "theme", "label": "green", "n": 0, "tp": 0.0, "fp": 0.5, "fn": 0.0},
        ],
    }


def test_rates_of_fewer_than_five_entries_are_left_out() -> None:
    assert REPORT.labels_table("category").splitlines() == [
        "| category | entries | right | wrong | missed | precision | recall |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| Housing | 8 | 7 | 2 | 1 | 0.78 | 0.88 |",
        "| Waste | 4 | 2 | 1 | 2 | – | – |",
    ]


def test_figures_stand_in_a_table_with_their_intervals() -> None:
    assert REPORT.figures_table().splitlines()[2:] == [
        "| category | right first | 0.75 | 0.50 to 0.92 | 12 |",
        "| themes | precision | – | – | 12 |",
    ]


def test_a_bar_in_a_label_does_not_break_a_table() -> None:
    assert table(["label"], [["gas | water"]]).splitlines()[2] == r"| gas \| water |"


def card(report: Report, corpus: Corpus, **lists: list[str]) -> str:
    vocabulary = Vocabulary((WORDS,), (("bins",),), np.ones(1))
    linear = LinearModel(np.ones((1, 3), dtype=np.float32), np.zeros(3))
    calibration = Calibration(1.0, 0.0, 1.0, 0.0, np.array([0.5]))
    model = Tagger("test", corpus.codebook, vocabulary, linear, calibration)
    return model_card(model, corpus, report, lists.get("left_out", []), lists.get("caveats", []))


ROWS = [
    labelled("bins", "Waste", ["green"], id="1"),
    labelled("rent", "Housing", [], id="2"),
    labelled("rent told again", "Housing", [], id="3", kind="restated"),
]


def test_a_card_says_what_the_model_was_made_of() -> None:
    text = card(REPORT, corpus_of(ROWS), left_out=["category 'Odd' left out"], caveats=["Beware."])
    assert text.startswith("# Model test\n\n")
    assert "ranks 2 categories and gives any of 1 themes" in text
    assert "| real entries: train and evaluate | 2 |" in text
    assert "| real entries in other words: only train | 1 |" in text
    assert "| Housing | 1 | 1 |" in text  # one real, one restated
    assert "invented" not in text
    assert "- category 'Odd' left out" in text
    assert "- Beware." in text


def test_a_card_says_how_good_the_model_is_and_what_it_is_not_for() -> None:
    text = card(REPORT, corpus_of(ROWS))
    assert "Cross-validated: measured on paper." in text
    assert REPORT.figures_table() in text
    assert REPORT.labels_table("category") in text
    assert REPORT.labels_table("theme") in text
    assert "predicting winners" in text.split("## What it is not for")[1]
    assert "Lenient figures" not in text


def test_a_card_explains_lenient_figures_where_it_has_them() -> None:
    lenient = Report("", 1, {}, {"lenient_precision": Figure(1.0, 1.0, 1.0, 1)}, ())
    text = card(lenient, corpus_of(ROWS))
    assert "a reasonable coder might have added" in text
    assert "### By" not in text
