"""What is counted and kept of a batch that streams past; expected figures are counted by hand."""

from __future__ import annotations

from collections.abc import Sequence

from themetag.codebook import Alias, Codebook, Label
from themetag.entered import MOST_DIFFERING, MOST_UNKNOWN
from themetag.entry import Entry
from themetag.intake import MOST_ENTRIES, MOST_LISTED, Intake
from themetag.prediction import Evidence, Prediction, Reason, ScoredLabel, TaggedTheme
from themetag.tables import Answer
from themetag.tables.rows import Row

BOOK = Codebook(
    "1",
    (
        Label("housing", "Housing"),
        Label("climate", "Climate Response", aliases=(Alias("Net Zero"),)),
        Label("digital", "Digital Impact"),
    ),
    (Label("homes", "Homes"), Label("heat", "Heat")),
)
OTHERS = {"Climate Response": 0.2, "Digital Impact": 0.05}


def shown(
    intake: Intake,
    entered: str = "",
    first: str = "Housing",
    probability: float = 0.75,
    *,
    others: dict[str, float] = OTHERS,
    themes: Sequence[str] = (),
    reason: Reason | None = None,
    error: str | None = None,
    title: str = "",
    body: str = "Flats.",
) -> None:
    """Show an intake its next row, whose prediction set is all over 0.1."""
    number = intake.n_rows + 1
    ranked = (ScoredLabel(first, probability), *map(ScoredLabel, others, others.values()))
    prediction = Prediction(
        id=f"id-{number}",
        model="test",
        category=None if reason else first,
        reason=reason,
        categories=ranked,
        category_set=() if reason else tuple(name for name, p in ranked if p > 0.1),
        evidence=Evidence(None, ()),
        themes=tuple(TaggedTheme(theme, 0.9, "", ()) for theme in themes),
        theme_probabilities={},
        known_terms=1,
    )
    entry = Entry(prediction.id, title, body)
    intake.see(Answer(Row(number, number + 1, (entered,)), entry, prediction, error))


def test_categories_and_themes_are_counted_alone_and_together():
    intake = Intake(BOOK, None)
    shown(intake, themes=["homes", "heat"])
    shown(intake, themes=["homes"], probability=0.3)
    shown(intake, first="Digital Impact", probability=1.0)

    assert (intake.n_rows, intake.n_answered) == (3, 3)
    assert intake.categories == {"Housing": 2, "Digital Impact": 1}
    assert intake.themes == {"homes": 2, "heat": 1}
    assert intake.together == {("Housing", "homes"): 2, ("Housing", "heat"): 1}
    assert intake.sureness == [0, 0, 0, 1, 0, 0, 0, 1, 0, 1]


def test_rows_in_error_and_without_an_answer_are_counted_apart_and_kept():
    intake = Intake(BOOK, None)
    shown(intake, reason="empty", error="no text", body="")
    shown(intake, reason="out-of-scope", title="Lasagne")

    assert (intake.n_errors, intake.reasons) == (1, {"out-of-scope": 1})
    assert [(row.line, row.error, row.reason) for row in intake.errors] == [(2, "no text", None)]
    assert [(row.title, row.reason) for row in intake.unanswered] == [("Lasagne", "out-of-scope")]
    assert intake.categories == {}


def test_what_was_entered_goes_through_the_codebook():
    intake = Intake(BOOK, 0)
    for entered in (
        "Housing",
        "net  zero",
        "Best Newcomer",
        "",
        "Best Newcomer",
        "DIGITAL\nimpact",
    ):
        shown(intake, entered)

    assert intake.entered.counts == {"Housing": 1, "Climate Response": 1, "Digital Impact": 1}
    assert (intake.entered.unknown, intake.entered.n_blank) == ({"Best Newcomer": 2}, 1)
    assert [row.entered for row in intake.entries] == [
        "Housing", "Climate Response", "Best Newcomer", "", "Best Newcomer", "Digital Impact",
    ]  # fmt: skip


def test_an_entry_fits_is_possible_or_unlikely_by_the_prediction_set():
    intake = Intake(BOOK, 0)
    for entered in ("Housing", "Climate Response", "Digital Impact", "Nonsense", ""):
        shown(intake, entered)
    shown(intake, "Housing", reason="torn")
    fits = ["same", "possible", "unlikely", "unknown", "", ""]

    assert [row.fit for row in intake.entries] == fits
    assert intake.entered.fits == {
        "same": 1, "possible": 1, "unlikely": 1, "unknown": 1, "": 2,
    }  # fmt: skip


def test_the_unlikeliest_come_first_then_the_widest_gap_then_the_first_row():
    intake = Intake(BOOK, 0)
    shown(intake, "Climate Response")  # possible, 0.75 over 0.2
    shown(intake, "Digital Impact", probability=0.6)  # unlikely, 0.6 over 0.05
    shown(intake, "Digital Impact", probability=0.75)  # unlikely, 0.75 over 0.05
    shown(intake, "Digital Impact", probability=0.75)
    shown(intake, "Climate Response", probability=0.9)

    assert [row.tagged.number for row in intake.entered.differing()] == [3, 4, 2, 5, 1]
    assert [row.entered_probability for row in intake.entered.differing()] == [
        0.05,
        0.05,
        0.05,
        0.2,
        0.2,
    ]


def test_the_clearest_are_kept_wherever_they_stand():
    intake = Intake(BOOK, 0)
    for i in range(3 * MOST_DIFFERING):
        shown(intake, "Digital Impact", probability=0.9 - 0.001 * abs(i - 1.5 * MOST_DIFFERING))
    kept = sorted(row.tagged.number for row in intake.entered.differing())

    # The gap is widest in the middle, at row 301; of two as wide the earlier one is kept.
    assert kept == list(range(201, 401))
    assert intake.entered.fits["unlikely"] == 600


def test_memory_is_bounded_and_the_counts_go_on():
    intake = Intake(BOOK, 0)
    for i in range(MOST_ENTRIES + 10):
        shown(intake, f"label {i}", title="t" * 10_000, body="b" * 100_000)

    assert (len(intake.entries), len(intake.texts)) == (MOST_ENTRIES, MOST_ENTRIES)
    assert max(map(len, intake.texts)) < 20_000
    assert len(intake.entries[0].title) < 1_000
    assert (intake.n_rows, intake.categories["Housing"]) == (MOST_ENTRIES + 10, MOST_ENTRIES + 10)
    assert len(intake.entered.unknown) == MOST_UNKNOWN
    assert intake.entered.n_unlisted == MOST_ENTRIES + 10 - MOST_UNKNOWN


def test_no_more_of_a_kind_are_kept_than_a_page_lists():
    intake = Intake(BOOK, None)
    for _ in range(MOST_LISTED + 1):
        shown(intake, reason="torn")
        shown(intake, reason="empty", error="no text")

    assert (len(intake.unanswered), len(intake.errors)) == (MOST_LISTED, MOST_LISTED)
    assert (intake.reasons["torn"], intake.n_errors) == (MOST_LISTED + 1, MOST_LISTED + 1)


def test_an_entry_without_a_title_goes_by_how_its_text_begins():
    intake = Intake(BOOK, None)
    shown(intake, title="", body="Forty flats.")

    assert intake.entries[0].title == "Forty flats."
