from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from learning.corpora import RECIPE, corpus_of, labelled

from themetag.errors import LearningError
from themetag.labels import Label
from themetag.learning.corpus import Corpus, Kind, LabelledEntry
from themetag.learning.report import Report, YearScores
from themetag.learning.years import evaluate_by_year

# Words that tell one category each; a theme of the same words, in small letters, goes with it.
_TELLING = {
    "Housing": "tenants flats rent landlord boiler",
    "Waste": "bins recycling litter compost crews",
    "Libraries": "books readers poetry shelves story",
    "Parks": "trees lawns benches pond meadow",
    "Roads": "potholes kerbs traffic tarmac signals",
    "Health": "nurses clinics smoking vaccines falls",
}
EVERY = tuple(_TELLING)
FULL = ["top1", "top3", "macro_f1", "log_loss", "ece", "coverage", "set_size"]


def by_year(corpus: Corpus) -> Report:
    return evaluate_by_year(corpus, corpus.without_rare(2)[0], RECIPE)


def entries(
    year: int | None,
    n: int,
    categories: Sequence[str] = EVERY,
    *,
    kind: Kind = "real",
    group: str = "",
) -> list[LabelledEntry]:
    """Entries of one year, categories in turn."""
    rng = np.random.default_rng([n, year or 0, len(kind)])
    rows = []
    for i in range(n):
        name = categories[i % len(categories)]
        words = " ".join([*rng.choice(_TELLING[name].split(), 3), f"no{rng.integers(10**9)}"])
        row = labelled(words, name, [name.lower()], id=f"{year}-{kind}-{i}", kind=kind, group=group)
        rows.append(replace(row, year=year))
    return rows


def years_of(*parts: list[LabelledEntry]) -> dict[int, YearScores]:
    report = by_year(corpus_of([row for part in parts for row in part]))
    return {scores.year: scores for scores in report.years}


@pytest.fixture(scope="module")
def report() -> Report:
    """Two years of all categories."""
    return by_year(corpus_of([*entries(2022, 36), *entries(2026, 12)]))


def test_a_year_of_many_categories_is_scored_in_full(report: Report) -> None:
    found = report.years[1]
    assert found.year == 2026
    assert found.report.n == 12
    assert found.report.how == "12 entries, by a model of 36 real entries (2022)"
    assert found.report.notes == ()
    assert list(found.report.category) == FULL
    assert list(found.report.themes) == ["micro_f1", "macro_f1", "precision", "recall"]
    assert {name: found.report.category[name].value for name in ("top1", "top3", "macro_f1")} == {
        "top1": 1.0, "top3": 1.0, "macro_f1": 1.0}  # fmt: skip
    assert found.report.themes["micro_f1"].value == 1.0
    assert {
        (row.label, row.n, row.tp) for row in found.report.labels if row.task == "category"
    } == {(name, 2, 2.0) for name in EVERY}


def test_a_year_of_few_categories_says_what_it_can() -> None:
    found = years_of(entries(2022, 36), entries(2025, 8, ("Waste",)))[2025]
    assert list(found.report.category) == list(found.cross_validated.category) == ["top1", "top3"]
    assert list(found.report.themes) == ["micro_f1", "precision", "recall"]
    assert found.report.category["top1"].value == 1.0
    assert found.report.category["top1"].n == 8
    assert found.report.notes == (
        "entries of 1 of 6 categories, where scores in full need 5: they say how often these "
        "categories and the themes are found, not how well categories are told apart; where all or "
        "none are right, the interval has no width and says too much",
    )


def test_a_first_year_is_not_measured_and_its_report_says_why(report: Report) -> None:
    found = report.years[0]
    assert (found.report.n, found.report.category, found.report.themes) == (36, {}, {})
    assert found.report.how == "36 entries, by a model of nothing"
    assert found.report.notes == (
        "not measured: nothing to learn: fewer than two categories and no theme have 2 entries",
    )


def test_only_what_was_there_before_trains() -> None:
    found = years_of(
        entries(2022, 36),
        entries(2024, 6, kind="restated"),
        entries(2026, 12),
        entries(2026, 6, kind="restated"),
        entries(2027, 6),
        entries(None, 6),
        entries(None, 6, kind="restated"),
        entries(None, 12, kind="invented"),
    )
    assert found[2026].report.how == (
        "12 entries, by a model of 36 real entries (2022), 6 restated entries (2024), 12 invented "
        "entries"
    )
    assert sorted(found) == [2022, 2026, 2027]  # undated entries are tested in no year


def test_the_report_says_what_is_made_of_entries_without_a_year() -> None:
    rows = [*entries(2022, 12), *entries(None, 6), *entries(None, 6, kind="invented")]
    assert by_year(corpus_of(rows)).notes == (
        "by year: the recipe is the same for every year, whenever it was chosen",
        "by year: 6 entries without a year take no part",
        "by year: invented entries and the lexicon have no year and train for every one; they were "
        "written for the categories and themes of this codebook",
    )


def test_what_is_new_in_a_year_is_not_known_beforehand() -> None:
    found = years_of(entries(2022, 40, EVERY[:5]), entries(2026, 12), entries(2027, 12))
    counts = {row.label: (row.n, row.tp, row.fn) for row in found[2026].report.labels}
    assert counts["Health"] == (2, 0.0, 2.0)
    assert "'Health' is unknown to the model: every entry that has it counts as missed" in (
        found[2026].report.notes
    )
    counts = {row.label: (row.n, row.tp, row.fn) for row in found[2027].report.labels}
    assert counts["Health"] == (2, 2.0, 0.0)


def test_a_new_category_of_the_codebook_is_ranked_by_its_criteria() -> None:
    corpus = corpus_of([*entries(2022, 40, EVERY[:5]), *entries(2026, 12)])
    health = Label("health", "Health", definition=f"Health: {_TELLING['Health']}.")
    categories = [x for x in corpus.codebook.categories if x.name != "Health"]
    book = replace(corpus.codebook, categories=(*categories, health))
    report = by_year(replace(corpus, codebook=book)).years[1].report
    assert report.category["top1"].value == 1.0
    assert report.notes == (
        "theme 'health' left out: 0 of the 2 entries it needs",
        "category 'Health' ranked by its criteria alone: 0 of the 2 entries it needs",
        "'health' is unknown to the model: every entry that has it counts as missed",
    )


def test_an_earlier_entry_of_a_tested_project_does_not_train() -> None:
    early = entries(2022, 36)
    late = [replace(row, group=early[i].group) for i, row in enumerate(entries(2026, 12)[:3])]
    found = years_of(early, late, entries(2026, 12)[3:])[2026]
    assert found.report.how == "12 entries, by a model of 33 real entries (2022)"
    assert found.report.notes == (
        "3 earlier entries are of the same project or text as one of 2026 and do not train",
    )


def test_restated_entries_help_out_where_real_ones_are_too_few_to_calibrate_on() -> None:
    found = years_of(
        entries(2018, 9, ("Waste",)), entries(2020, 30, kind="restated"), entries(2022, 12)
    )[2022]
    assert found.report.how == (
        "12 entries, by a model of 9 real entries (2018), 30 restated entries (2020)"
    )
    assert found.report.notes == (
        "the 9 real entries of earlier years are too few to calibrate on; the 30 restated ones of "
        "those years count as real ones beside them",
    )
    assert list(found.report.category) == FULL
    assert found.report.category["top1"].value == 1.0


def test_without_enough_to_calibrate_on_only_ranks_and_plain_themes_are_given() -> None:
    found = years_of(entries(2022, 18), entries(None, 24, kind="invented"), entries(2026, 12))[2026]
    assert list(found.report.category) == ["top1", "top3", "macro_f1"]
    assert found.report.category["top1"].value == found.report.themes["micro_f1"].value == 1.0
    assert found.report.notes == (
        "not calibrated: earlier years have 18 real entries, and 30 of half of the categories are "
        "needed; a theme counts as given where its score is nearer yes than no, no text is "
        "declined, and figures that need probabilities are left out",
    )


def test_enough_entries_of_one_category_do_not_calibrate_the_others() -> None:
    found = years_of(
        entries(2022, 40, ("Waste",)), entries(None, 24, kind="invented"), entries(2026, 12)
    )[2026]
    assert any(note.startswith("not calibrated: earlier years have 40") for note in
               found.report.notes)  # fmt: skip


def test_a_table_of_themes_alone_is_scored_in_full_every_year() -> None:
    rows = [replace(row, category=None) for row in (*entries(2022, 36), *entries(2026, 12))]
    found = by_year(corpus_of(rows)).years[1].report
    assert (found.category, found.notes) == ({}, ())
    assert list(found.themes) == ["micro_f1", "macro_f1", "precision", "recall"]


def test_a_year_without_any_label_is_not_measured() -> None:
    bare = [replace(row, category=None, themes=None) for row in entries(2026, 4)]
    found = years_of(entries(2022, 36), bare)[2026]
    assert found.report.notes == (
        "not measured: no entry has a label of a kind that the model gives",
    )


def test_beside_each_year_stands_what_cross_validation_says_of_the_same_entries(
    report: Report,
) -> None:
    beside = report.years[1].cross_validated
    assert list(beside.category) == FULL
    assert beside.category["top1"].n == 12


def test_a_corpus_without_years_is_refused() -> None:
    with pytest.raises(LearningError) as caught:
        by_year(corpus_of(entries(None, 12)))
    assert str(caught.value) == "made.csv: no entry has a year; name its column with --year"


def test_years_stand_in_the_json_beside_the_keys_that_were_there(report: Report) -> None:
    row = report.as_json()
    keys = ["n", "how", "notes", "category", "themes", "labels"]
    assert list(row) == [*keys, "years"]
    assert row["n"] == 48
    assert [list(part) for part in row["years"]] == [["year", *keys, "cross_validated"]] * 2
    assert [part["year"] for part in row["years"]] == [2022, 2026]
    assert list(row["years"][1]["category"]["top1"]) == ["value", "low", "high", "n"]
    assert list(row["years"][1]["cross_validated"]) == ["category", "themes"]


def test_a_reader_sees_the_figures_of_a_year_beside_those_of_cross_validation(
    report: Report,
) -> None:
    lines = report.as_text().splitlines()
    at = lines.index("2026: 12 entries, by a model of 36 real entries (2022)")
    header, first = (" ".join(line.split()) for line in lines[at + 1 : at + 3])
    assert header == "Category earlier years the same entries in the folds above"
    assert first == "right first 1.000 (1.000 to 1.000, n = 12) 1.000 (1.000 to 1.000, n = 12)"
