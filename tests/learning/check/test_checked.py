"""What `check` finds, by small tables made to have each fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from learning.drafts import CATEGORIES, THEMES, corpus_folder, draft_table, rows_of, table

from themetag.codebook import Codebook
from themetag.errors import InputError
from themetag.learning.check.checked import CheckedTable, check
from themetag.learning.check.judge import Judge
from themetag.learning.check.written import read_known
from themetag.learning.corpus import LabelColumns

BOOK = Codebook.of_names(CATEGORIES, THEMES)
TEXT = (
    "Nine tenants swapped keys and moved boxes, beds and a piano across the yard to flats with "
    "two rooms more, while the old ones were painted and let to families from the hostel."
)
OTHER = (
    "Crews in nineteen lorries now empty the caddies of every street before seven, weigh what "
    "they find and tell the school at the corner how much of its waste became compost."
)


@pytest.fixture(scope="module")
def judge(tiny_model: Path) -> Judge:
    return Judge.of(tiny_model)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return corpus_folder(tmp_path)


def checked(path: Path, judge: Judge, corpus: Path | None = None) -> CheckedTable:
    known = list(read_known(corpus, but=path)) if corpus else []
    return check(path, LabelColumns(), known, BOOK, judge)


def said(found: CheckedTable, kind: str) -> list[tuple[int | None, str]]:
    return [(x.line, x.says) for x in found.findings if x.kind == kind]


# --- labels, ids and rows ---


def test_every_unknown_label_is_told_with_its_line_and_the_nearest_known_one(tmp_path, judge):
    draft = draft_table(
        tmp_path / "d.csv",
        {"id": "a", "category": "Huosing", "text": TEXT, "themes": "digital|recyling"},
        {"id": "b", "category": "Libraries", "text": OTHER, "themes": "homelesness"},
    )
    found = checked(draft, judge)
    assert said(found, "label") == [
        (2, "unknown category 'Huosing'; did you mean 'Housing'?"),
        (2, "unknown theme 'recyling'; did you mean 'recycling'?"),
        (3, "unknown theme 'homelesness'; did you mean 'homelessness'?"),
    ]
    assert [dict(x.suggested) for x in found.findings if x.kind == "label"] == [
        {"category": "Housing"},
        {"themes": "digital|recycling"},
        {"themes": "homelessness"},
    ]


def test_where_cells_have_lines_the_row_of_the_spreadsheet_is_told_too(tmp_path, judge):
    rows = [
        {"id": "a", "category": "Huosing", "text": f"{TEXT}\n{TEXT}\n"},
        {"id": "b", "category": "Housing", "text": f"{OTHER}\nMore."},
        {"id": "c", "category": "Huosing", "text": OTHER},
        {"id": "d", "category": "Librarys", "text": OTHER},
    ]
    report = checked(draft_table(tmp_path / "d.csv", *rows), judge).as_text()
    assert "d.csv:2: unknown category 'Huosing'" in report
    assert "(also on line 7 (row 4))" in report
    assert "d.csv:8 (row 5): unknown category 'Librarys'" in report


def test_a_label_that_is_wrong_in_many_rows_is_told_once_with_the_lines(tmp_path, judge):
    rows = [{"id": f"r{i}", "category": "Huosing", "text": f"{TEXT} {i}"} for i in range(12)]
    rows.append({"id": "good", "category": "Housing", "text": OTHER})
    report = checked(draft_table(tmp_path / "d.csv", *rows), judge).as_text()
    assert (
        f"  {tmp_path / 'd.csv'}:2: unknown category 'Huosing'; did you mean 'Housing'? "
        "(also on line 3, 4, 5, 6, 7, 8, 9, 10 and 3 more)\n"
    ) in report
    assert report.count("Huosing") == 1


def test_a_table_of_another_codebook_cannot_be_checked(tmp_path, judge):
    draft = draft_table(
        tmp_path / "d.csv", {"id": "a", "category": "Elephants", "text": TEXT, "themes": "tails"}
    )
    with pytest.raises(InputError, match="none of its 2 labels is in codebook version"):
        checked(draft, judge)


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ({"category": "Huosing"}, ["unknown category 'Huosing'; did you mean 'Housing'?"]),
        ({"category": "Huosing", "themes": "recyling"},
         ["unknown category 'Huosing'; did you mean 'Housing'?",
          "unknown theme 'recyling'; did you mean 'recycling'?"]),
    ],
)  # fmt: skip
def test_a_table_whose_labels_are_all_misspelt_is_told_so(tmp_path, judge, labels, says):
    draft = draft_table(tmp_path / "d.csv", {"id": "a", "text": TEXT} | labels)
    assert [line for _, line in said(checked(draft, judge), "label")] == says


def test_one_label_that_is_unlike_any_is_a_finding_and_no_other_codebook(tmp_path, judge):
    draft = draft_table(tmp_path / "d.csv", {"id": "a", "category": "Elephants", "text": TEXT})
    ((line, says),) = said(checked(draft, judge), "label")
    assert (line, says.startswith("unknown category 'Elephants'")) == (2, True)


def test_an_id_of_another_year_is_told_with_its_place(tmp_path, judge, corpus):
    draft = draft_table(
        tmp_path / "d.csv", {"id": "2025-07", "text": TEXT}, {"id": "new", "text": OTHER}
    )
    place = f"{corpus / 'entries' / '2025.csv'}:8"
    assert said(checked(draft, judge, corpus), "id") == [
        (2, f"id '2025-07' stands at {place} already")
    ]


def test_an_id_that_stands_twice_in_the_table_is_told(tmp_path, judge):
    draft = draft_table(tmp_path / "d.csv", {"id": "a", "text": TEXT}, {"id": "a", "text": OTHER})
    assert said(checked(draft, judge), "id") == [(3, f"id 'a' stands at {draft}:2 already")]


def test_the_same_year_twice_is_told_once_and_its_entries_are_not_kin_of_themselves(
    tmp_path, judge, corpus
):
    again = tmp_path / "again.csv"
    again.write_bytes((corpus / "entries" / "2025.csv").read_bytes())
    found = checked(again, judge, corpus)
    assert [says for _, says in said(found, "id")] == [
        f"all 30 ids are in the corpus already (the first at {corpus}/entries/2025.csv:2): "
        "the same year twice?"
    ]
    assert said(found, "duplicate") == []


def test_a_table_of_the_corpus_is_compared_with_the_others_alone(tmp_path, judge, corpus):
    found = checked(corpus / "entries" / "2025.csv", judge, corpus)
    assert (found.n_known, said(found, "id"), said(found, "duplicate")) == (0, [], [])


def test_a_ragged_row_and_one_without_text_are_told(tmp_path, judge):
    path = tmp_path / "d.csv"
    path.write_text(f"id,title,text\na,One,{OTHER.replace(',', '')}\nb,,\nc,Two\n")
    assert said(checked(path, judge), "row") == [
        (3, "has neither title nor text"),
        (4, "row has 2 cells where the header has 3"),
    ]


# --- entries that are alike ---


def test_a_project_entered_again_is_told_with_the_place_the_likeness_and_a_phrase(
    tmp_path, judge, corpus
):
    known = rows_of(corpus / "entries" / "2025.csv")[0]
    assert known["text"] == "moved into flats of their own before Christmas."
    reworded = f"Nine rough sleepers {known['text']} They stayed."
    draft = draft_table(tmp_path / "d.csv", {"id": "x", "text": reworded})
    found = [x for x in checked(draft, judge, corpus).findings if x.kind == "duplicate"]
    assert [(x.line, x.id, x.suggested, x.evidence["other"]) for x in found] == [
        (2, "x", {"project": "group 1"}, "2025-01")
    ]
    assert found[0].says == (
        f"is a near copy of ({found[0].evidence['similarity']:.2f} alike) '2025-01' "
        f"({corpus / 'entries' / '2025.csv'}:2): both say 'nine rough sleepers moved into flats of "
        "their own before christmas'"
    )


def test_a_copy_within_the_year_is_told_and_so_is_that_it_is_one_project_already(tmp_path, judge):
    draft = draft_table(
        tmp_path / "d.csv",
        {"id": "a", "text": TEXT},
        {"id": "b", "text": TEXT.upper(), "project": "a"},
        {"id": "c", "text": OTHER},
    )
    found = [x for x in checked(draft, judge).findings if x.kind == "duplicate"]
    assert [(x.line, dict(x.suggested), x.evidence["similarity"]) for x in found] == [(3, {}, 1.0)]
    assert found[0].says.startswith(
        f"is word for word like 'a' ({draft}:2): both say 'nine tenants"
    )
    assert found[0].says.endswith("; already one project")


def test_an_entry_like_several_is_told_once_with_the_likest_first(tmp_path, judge):
    rows = [
        {"id": "a", "text": TEXT},
        {"id": "b", "text": f"{TEXT} Others stayed where they were, on the same stairs."},
        {"id": "c", "text": f"{TEXT} Others stayed where they were."},
    ]
    found = [x for x in checked(draft_table(tmp_path / "d.csv", *rows), judge).findings
             if x.kind == "duplicate"]  # fmt: skip
    by_id = {x.id: x for x in found}
    assert len(found) == 2
    assert (by_id["b"].evidence["other"], by_id["b"].evidence["n_also"]) == ("a", 0)
    last = by_id["c"].evidence
    assert (last["other"], [id for id, _ in last["also"]]) == ("a", ["b"])
    assert last["similarity"] > last["also"][0][1]
    assert by_id["c"].says.endswith("; also like 'b'")


def test_many_entries_of_one_form_are_a_line_each(tmp_path, judge):
    rows = [{"id": f"r{i}", "text": f"{TEXT} Reference no{i}"} for i in range(120)]
    found = said(checked(draft_table(tmp_path / "d.csv", *rows), judge), "duplicate")
    assert len(found) == 119
    assert found[-1][1].endswith(" more")


# --- what the model doubts ---


def test_an_unseen_entry_is_judged_by_the_model_and_the_words_against_its_label_are_given(
    tmp_path, judge
):
    misfiled = "Food caddies, recycling bins and garden waste: recycling rose and crews make fewer"
    draft = draft_table(
        tmp_path / "d.csv", {"id": "x", "category": "Libraries", "title": "", "text": misfiled}
    )
    found = checked(draft, judge)
    (doubt,) = (x for x in found.findings if x.kind == "category")
    assert doubt.suggested == {"category": "Waste and Streets"}
    assert doubt.evidence["how"] == "unseen"
    assert doubt.evidence["probability"] < judge.tagger.calibration.set_floor
    assert "recycling" in [word for word, _ in doubt.evidence["terms"]]
    assert found.doubts.n_judged == {"unseen": 1}


def test_an_entry_that_the_model_learnt_from_is_judged_by_the_fit_without_it(
    tmp_path, judge, corpus
):
    found = checked(corpus / "entries" / "2025.csv", judge)
    assert found.doubts.n_judged == {"out-of-fold": 30}
    stored = judge.out_of_fold
    assert len(stored) == 30
    floor = judge.tagger.calibration.set_floor
    names = judge.tagger.codebook.category_names
    outside = {
        id
        for id, category, chances in zip(stored.ids, stored.category, stored.chances, strict=True)
        if chances[names.index(category)] < min(floor, chances.max())
    }
    doubted = {x.id for x in found.findings if x.kind == "category"}
    assert outside
    assert doubted == {f"2025-{id:0>2}" for id in outside}


def test_an_entry_learnt_from_without_an_answer_kept_is_not_judged_and_is_named(
    tmp_path, judge, corpus
):
    forgetful = Judge(judge.tagger, judge.seen, judge.out_of_fold, {})
    found = checked(corpus / "entries" / "2025.csv", forgetful)
    assert found.doubts.n_judged == {}
    assert found.doubts.unjudged[:2] == ("2025-01", "2025-02")
    assert len(found.doubts.unjudged) == 30
    assert "labels not judged: 30 entries that it learnt from" in found.as_text()


def test_an_entry_like_one_the_model_learnt_from_is_not_judged(tmp_path, judge, corpus):
    known = rows_of(corpus / "entries" / "2025.csv")[0]
    near = {"id": "x", "category": "Libraries", "title": known["title"],
            "text": known["text"] + " They stayed."}  # fmt: skip
    found = checked(draft_table(tmp_path / "d.csv", near), judge, corpus)
    assert (found.doubts.n_judged, found.doubts.unjudged) == ({}, ("x",))


def test_labels_that_the_model_does_not_know_are_not_said_to_be_judged(tmp_path, judge):
    wider = Codebook.of_names([*CATEGORIES, "Parks"], THEMES)
    draft = draft_table(tmp_path / "d.csv", {"id": "x", "category": "Parks", "text": TEXT})
    found = check(draft, LabelColumns(), [], wider, judge)
    assert (found.doubts.n_judged, found.doubts.unjudged) == ({}, ())


def test_a_theme_that_is_misspelt_is_not_said_to_be_missing(tmp_path, judge):
    text = "Recycling bins, recycling crews, a recycling caddy and recycling of garden waste"
    row = {"id": "x", "category": "Waste and Streets", "text": text, "themes": "recyclin|digital"}
    found = checked(draft_table(tmp_path / "d.csv", row), judge)
    assert [x for x in found.findings if x.kind == "theme"] == []


# --- few entries and boilerplate ---


def test_a_category_of_few_entries_is_told_with_those_of_other_years_counted_in(
    tmp_path, judge, corpus
):
    lone = {"id": "x", "category": "Libraries", "text": TEXT}
    draft = draft_table(tmp_path / "d.csv", lone)
    assert said(checked(draft, judge), "few") == [
        (None, "'Libraries' has 1 of the 5 entries it needs, 1 of them here")
    ]
    assert said(checked(draft, judge, corpus), "few") == []


def test_restated_entries_do_not_count_as_entries_of_a_category(tmp_path, judge, corpus):
    (corpus / "entries" / "2025.csv").unlink()
    rows = [{"id": f"r{i}", "category": "Libraries", "text": f"{OTHER} {i}"} for i in range(5)]
    table(corpus / "restated.csv", ("id", "category", "text"), rows)
    draft = draft_table(tmp_path / "d.csv", {"id": "x", "category": "Libraries", "text": TEXT})
    found = checked(draft, judge, corpus)
    assert found.n_known == 5
    assert said(found, "few") == [
        (None, "'Libraries' has 1 of the 5 entries it needs, 1 of them here")
    ]


def test_lines_of_a_page_and_short_texts_and_shared_openings_read_like_boilerplate(tmp_path, judge):
    opening = "Please tell the judges in your own words how"
    rows = [{"id": f"r{i}", "text": f"{opening} {TEXT if i else OTHER} {i}"} for i in range(3)]
    rows.append({"id": "cookies", "text": f"We use cookies on this site.\n{TEXT}"})
    rows.append({"id": "short", "text": "Three words only"})
    found = said(checked(draft_table(tmp_path / "d.csv", *rows), judge), "boilerplate")
    assert found == [
        (5, "a line reads like the page's, not the entry's: 'We use cookies on this site.'"),
        (7, "text of 3 words"),
        *(
            (line, "3 different texts open with 'please tell the judges in your own words'")
            for line in (2, 3, 4)
        ),
    ]


def test_real_entries_have_no_line_of_a_page_and_no_opening_of_many():
    from themetag.learning.check.boilerplate import boilerplate
    from themetag.learning.check.written import read_written

    folder = Path(__file__).parents[3] / "training" / "entries"
    tables = [read_written(path) for path in sorted(folder.glob("*.csv"))]
    every = [written for one in tables for written in one.entries]
    assert len(every) == 211
    assert [x.says for one in tables for x in boilerplate(one, every)] == []


# --- the table and the JSON ---


def test_findings_go_into_columns_and_the_rest_of_the_table_stays_as_it_was(
    tmp_path, judge, corpus
):
    rows = [
        {"id": "a", "category": "Huosing", "text": TEXT, "check": "no title line"},
        {"id": "b", "category": "Housing", "text": OTHER + " Again."},
        {"id": "c", "category": "Housing", "text": OTHER, "check": ""},
    ]
    found = checked(draft_table(tmp_path / "d.csv", *rows), judge)
    written = table(
        tmp_path / "o.csv",
        found.columns(),
        (dict(zip(found.columns(), row, strict=True)) for row in found.rows()),
    )
    before, after = rows_of(tmp_path / "d.csv"), rows_of(written)
    assert [{k: v for k, v in row.items() if k in before[0] and k != "check"} for row in after] == [
        {k: v for k, v in row.items() if k != "check"} for row in before
    ]
    assert after[0]["check"] == (
        "no title line; unknown category 'Huosing'; did you mean 'Housing'?"
    )
    assert after[0]["suggested_category"] == "Housing"
    assert [row["suggested_project"] for row in after] == ["", "", "b"]


def test_a_table_that_was_checked_may_be_checked_again_and_says_nothing_twice(tmp_path, judge):
    draft = draft_table(tmp_path / "d.csv", {"id": "a", "category": "Huosing", "text": TEXT},
                        {"id": "b", "category": "Housing", "text": OTHER})  # fmt: skip
    once = checked(draft, judge)
    again = table(
        tmp_path / "again.csv",
        once.columns(),
        (dict(zip(once.columns(), row, strict=True)) for row in once.rows()),
    )
    twice = checked(again, judge)
    assert twice.columns() == once.columns()
    assert list(twice.rows()) == list(once.rows())


def test_nothing_found_is_said(tmp_path, judge):
    draft = draft_table(tmp_path / "d.csv", {"id": "a", "text": TEXT}, {"id": "b", "text": OTHER})
    found = checked(draft, judge)
    assert found.findings == ()
    assert found.as_text().endswith("\n\nNothing was found.")
    assert found.as_json() == {
        "table": str(draft),
        "n": 2,
        "compared_with": 0,
        "codebook": "from the data",
        "model": "2026.1",
        "judged": {},
        "not_judged": [],
        "findings": [],
    }
