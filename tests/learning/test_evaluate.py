from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from learning.corpora import RECIPE, corpus_of, labelled, sentence, separable

from themetag.codebook import Codebook
from themetag.errors import CodebookError, LearningError
from themetag.labels import Label, Legacy
from themetag.learning.calibrate import calibrate
from themetag.learning.corpus import Corpus
from themetag.learning.evaluate import cross_validated_report, evaluate_model, evaluate_recipe
from themetag.learning.fit import fit, score
from themetag.learning.folds import cross_validate
from themetag.learning.prepared import Prepared
from themetag.learning.train import train


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three models: of both tasks, of categories alone, of themes alone."""
    folder = tmp_path_factory.mktemp("models")
    train(separable(), RECIPE, folder / "both")
    train(separable(themes=False), RECIPE, folder / "categories")
    train(separable(categories=False), RECIPE, folder / "themes")
    return folder


def unseen(n: int = 9, *, themes: bool = True) -> Corpus:
    """Entries of the same kind as `separable`, with other words."""
    rng = np.random.default_rng(99)
    names = ["Housing", "Waste", "Libraries"]
    rows = [
        labelled(sentence(names[i % 3], rng), names[i % 3],
                 [names[i % 3].lower()] if themes else None, id=f"u{i}")
        for i in range(n)
    ]  # fmt: skip
    return corpus_of(rows)


def test_unseen_entries_that_read_like_their_label_are_all_right(models: Path) -> None:
    report = evaluate_model(models / "both", unseen())
    assert report.n == 9
    assert report.how == "model both on 9 entries of made.csv"
    assert report.notes == ()
    assert {name: figure.value for name, figure in report.category.items() if name in
            ("top1", "top3", "macro_f1", "coverage")} == dict.fromkeys(
                ("top1", "top3", "macro_f1", "coverage"), 1.0)  # fmt: skip
    assert report.themes["micro_f1"].value == 1.0
    assert {(row.label, row.n, row.tp) for row in report.labels if row.task == "category"} == {
        ("Housing", 3, 3.0), ("Libraries", 3, 3.0), ("Waste", 3, 3.0)}  # fmt: skip


def test_the_report_has_the_figures_that_others_build_on(models: Path) -> None:
    row = evaluate_model(models / "both", unseen()).as_json()
    assert list(row["category"]) == [
        "top1", "top3", "macro_f1", "log_loss", "ece", "coverage", "set_size"]  # fmt: skip
    assert list(row["themes"]) == ["micro_f1", "macro_f1", "precision", "recall"]
    assert all(list(figure) == ["value", "low", "high", "n"] for figure in row["category"].values())
    assert {"label", "n", "tp", "fp", "fn"} <= set(row["labels"][0])


def test_plausible_themes_give_lenient_figures(models: Path) -> None:
    corpus = unseen()
    rows = tuple(replace(row, themes=frozenset(), plausible=row.themes) for row in corpus.entries)
    report = evaluate_model(models / "both", replace(corpus, entries=rows))
    assert report.themes["precision"].value == 0.0
    assert report.themes["lenient_precision"].value == 1.0


def test_texts_that_the_model_has_seen_are_refused(models: Path) -> None:
    seen = separable().entries[4]
    shouted = labelled(seen.entry.text.upper() + "!", "Waste", ["waste"], id="again")
    corpus = corpus_of([*unseen().entries, shouted])
    with pytest.raises(LearningError) as caught:
        evaluate_model(models / "both", corpus)
    assert str(caught.value) == (
        "made.csv:again: model both was trained on 1 of these 10 texts, such as 'again'; measure "
        "other entries, use --cross-validate, or add --allow-seen"
    )


def test_a_report_on_seen_texts_is_marked(models: Path) -> None:
    report = evaluate_model(models / "both", separable(), allow_seen=True)
    assert report.notes[0] == "NOT A FAIR SCORE: the model was trained on 36 of these texts"
    assert "! NOT A FAIR SCORE" in report.as_text()


def test_allowing_seen_texts_does_not_mark_a_report_without_any(models: Path) -> None:
    assert evaluate_model(models / "both", unseen(), allow_seen=True).notes == ()


def test_a_gold_label_unknown_to_the_model_counts_as_missed(models: Path) -> None:
    stranger = labelled("books and shelves", "Museums", ["art"], id="m")
    report = evaluate_model(models / "both", corpus_of([*unseen().entries, stranger]))
    counts = {row.label: (row.n, row.tp, row.fp, row.fn) for row in report.labels}
    assert counts["Museums"] == (1, 0.0, 0.0, 1.0)
    assert counts["art"] == (1, 0.0, 0.0, 1.0)
    assert counts["Libraries"] == (3, 3.0, 1.0, 0.0)  # what it was taken for
    assert report.category["top1"].value == report.category["top3"].value == 0.9
    assert report.category["coverage"].value == 0.9
    # Nine of ten true themes; nine right and one wrong given.
    assert report.themes["recall"].value == pytest.approx(0.9)
    assert report.notes == (
        "'Museums' is unknown to the model: every entry that has it counts as missed",
        "'art' is unknown to the model: every entry that has it counts as missed",
    )


def test_a_label_that_the_model_gives_but_no_entry_has_is_counted_too(models: Path) -> None:
    books = labelled("bins recycling litter compost", "Libraries", ["libraries"], id="b")
    report = evaluate_model(models / "both", corpus_of([books]))
    counts = {row.label: (row.n, row.tp, row.fp, row.fn) for row in report.labels}
    assert counts["Waste"] == (0, 0.0, 1.0, 0.0)
    assert counts["waste"] == (0, 0.0, 1.0, 0.0)
    assert report.category["macro_f1"].value == 0.0


def test_labels_of_a_table_are_read_in_the_words_of_the_model(models: Path) -> None:
    shouting = labelled("bins recycling litter compost", "WASTE", ["  Waste"], id="b")
    report = evaluate_model(models / "both", corpus_of([shouting]))
    assert report.notes == ()
    assert report.category["top1"].value == 1.0
    assert report.themes["recall"].value == 1.0


def test_a_model_without_categories_is_not_measured_on_those_of_a_table(models: Path) -> None:
    report = evaluate_model(models / "themes", unseen())
    assert report.category == {}
    assert report.themes["micro_f1"].value == 1.0
    assert {row.task for row in report.labels} == {"theme"}
    assert report.notes == ("the model gives no categories; those of the table are not measured",)


def test_a_model_without_themes_is_not_measured_on_those_of_a_table(models: Path) -> None:
    report = evaluate_model(models / "categories", unseen())
    assert report.themes == {}
    assert report.category["top1"].value == 1.0
    assert {row.task for row in report.labels} == {"category"}
    assert report.notes == ("the model gives no themes; those of the table are not measured",)


def test_a_table_without_categories_measures_the_themes_alone(models: Path) -> None:
    rows = tuple(replace(row, category=None) for row in unseen().entries)
    report = evaluate_model(models / "both", corpus_of(rows))
    assert report.category == {}
    assert report.themes["micro_f1"].n == 9


@pytest.mark.parametrize("rows", [
    [labelled("bins", None, ["waste"])],
    [labelled("bins", None, None)],
])  # fmt: skip
def test_nothing_in_common_with_the_model_is_an_error(models: Path, rows: list[Any]) -> None:
    with pytest.raises(LearningError, match="no entry has a label of a kind that the model gives"):
        evaluate_model(models / "categories", corpus_of(rows))


def test_an_abstention_is_a_miss_of_coverage_and_none_of_the_ranking(models: Path) -> None:
    # Without a known word the order of the categories is that of their intercepts.
    unknown = [labelled(f"zzz{i} yyy{i}", name, [], id=f"z{i}")
               for i, name in enumerate(["Housing", "Libraries", "Waste"])]  # fmt: skip
    report = evaluate_model(models / "both", corpus_of(unknown))
    assert report.category["top1"].value == pytest.approx(1 / 3)
    assert report.category["top3"].value == 1.0
    assert report.category["coverage"].value == 0.0
    assert report.category["set_size"].value == 0.0
    assert report.themes["precision"].value is None  # nothing is given either
    assert report.notes == ("3 entries got no answer, which counts as not covered",)


def test_a_legacy_label_of_the_model_is_refused_with_its_line(tmp_path: Path) -> None:
    corpus = separable()
    book = replace(corpus.codebook, legacy=(Legacy("Oddments", "it was split"),))
    train(replace(corpus, codebook=book), RECIPE, tmp_path / "m")
    old = corpus_of([labelled("bins", "oddments", id="4")])
    with pytest.raises(CodebookError) as caught:
        evaluate_model(tmp_path / "m", old)
    assert str(caught.value) == "made.csv:4: legacy category 'oddments' is not mapped: it was split"


def test_a_category_that_the_model_knows_as_retired_is_not_measured(tmp_path: Path) -> None:
    corpus = separable()
    retired = (Label("oddments", "Oddments", last_year=2019),)
    train(
        replace(corpus, codebook=replace(corpus.codebook, retired_categories=retired)),
        RECIPE,
        tmp_path / "m",
    )
    old = labelled("bins recycling litter compost", "oddments", ["waste"], id="4")
    report = evaluate_model(tmp_path / "m", corpus_of([*unseen().entries, old]))
    assert (report.category["top1"].n, report.themes["recall"].n) == (9, 10)
    assert "Oddments" not in {row.label for row in report.labels}
    assert report.notes == (
        "retired category 'Oddments' (last given in 2019): 1 entries have it and count for their "
        "themes alone",
    )


def test_only_real_entries_are_measured(models: Path) -> None:
    rows = [*unseen().entries, labelled("bins", "Housing", [], id="i", kind="invented")]
    assert evaluate_model(models / "both", corpus_of(rows)).n == 9


def test_every_fold_is_scored_by_a_model_of_the_others() -> None:
    prepared = Prepared.of(separable(), RECIPE)
    found = cross_validate(prepared, 5)
    unseen_rows = found.folds == 1
    training = np.flatnonzero(~unseen_rows)
    weighing, model = fit(prepared, training)
    expected = score(weighing, model, np.flatnonzero(unseen_rows))
    assert found.scores[unseen_rows].tolist() == expected.tolist()


def test_every_fold_is_calibrated_on_the_others() -> None:
    prepared = Prepared.of(separable(), RECIPE)
    found, targets = cross_validate(prepared, 5), prepared.targets
    others = found.folds != 2
    calibration = calibrate(found.scores[others, :3], targets.category[others],
                            found.scores[others, 3:], targets.themes[others], RECIPE)  # fmt: skip
    expected = calibration.categories(found.scores[~others, :3])
    assert found.answers.chances[~others].tolist() == expected.tolist()
    given = calibration.themes(found.scores[~others, 3:]) >= calibration.thresholds
    assert found.answers.given[~others].tolist() == given.tolist()


def test_restated_and_invented_entries_train_and_never_evaluate() -> None:
    corpus = separable(18)
    rows = [replace(row, kind="invented" if i < 9 else "real")
            for i, row in enumerate(corpus.entries)]  # fmt: skip
    report = evaluate_recipe(replace(corpus, entries=tuple(rows)), RECIPE)
    assert report.n == 9
    assert "over 9 real entries in 9 groups" in report.how
    assert "9 invented entries only ever train" in report.how


def test_repeats_deal_the_folds_anew() -> None:
    prepared = Prepared.of(separable(), RECIPE)
    answers = [cross_validate(prepared, RECIPE.seed + i).answers for i in range(2)]
    report = evaluate_recipe(separable(), RECIPE, 2)
    both = cross_validated_report(prepared, answers)
    assert report.as_json() == both.as_json()
    assert "2 repeat(s)" in report.how
    each = [cross_validated_report(prepared, [part]).category["log_loss"].value for part in answers]
    assert report.category["log_loss"].value == pytest.approx(np.mean(np.array(each, dtype=float)))


def test_a_report_says_how_many_folds_there_were() -> None:
    corpus = separable(12)
    rows = [replace(row, group=f"g{i % 2}") for i, row in enumerate(corpus.entries)]
    report = evaluate_recipe(replace(corpus, entries=tuple(rows)), RECIPE)
    assert report.how.startswith("grouped 2-fold cross-validation over 12 ")


def test_a_corpus_of_noise_scores_no_better_than_guessing() -> None:
    rng = np.random.default_rng(1)
    names = ["Housing", "Waste", "Libraries"]
    rows = [labelled(sentence(str(rng.choice(names)), rng), str(rng.choice(names)), id=str(i))
            for i in range(120)]  # fmt: skip
    found = evaluate_recipe(corpus_of(rows), RECIPE).category["top1"].value
    assert found is not None and 0.2 < found < 0.47  # a third, give or take three deviations


def test_a_codebook_label_that_no_entry_has_does_no_harm() -> None:
    corpus = separable()
    names = (*corpus.codebook.category_names, "Museums")
    book = Codebook.of_names(names, (*corpus.codebook.theme_ids, "art"))
    report = evaluate_recipe(replace(corpus, codebook=book), RECIPE)
    without = evaluate_recipe(corpus, RECIPE)
    assert report.category["top1"] == without.category["top1"]
    assert report.themes == without.themes
    counts = {row.label: (row.n, row.tp, row.fp) for row in report.labels}
    assert counts["Museums"] == counts["art"] == (0, 0.0, 0.0)
