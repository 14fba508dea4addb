"""Proposals out and decisions back, format by format, as each tool would give them back."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import tagger as made
from hypothesis import given
from hypothesis import strategies as st
from learning.drafts import CATEGORIES, THEMES, draft_table, rows_of
from openpyxl import load_workbook

from themetag.codebook import Codebook
from themetag.errors import InputError
from themetag.learning.check.written import read_written
from themetag.learning.exchange.decisions import Decision
from themetag.learning.exchange.formats import FORMATS, format_of, write_proposals
from themetag.learning.exchange.proposals import Proposal, propose
from themetag.text import fingerprint

BOOK = replace(Codebook.of_names(CATEGORIES, THEMES), version="3")
ROWS = (
    {
        "id": "2026-a",
        "council": "Averley BC",
        "title": "=1+1",
        "text": "New flats, old bins.\nWarm.",
    },
    {"id": "2026-b", "category": "Libraries", "title": "", "text": '@poets said "books", ünïcode'},
    {"id": "2026-c", "title": "Bins", "text": "bins <b>and</b> bins \x0b and tabs\tthere"},
)


@pytest.fixture
def proposals(tmp_path: Path) -> list[Proposal]:
    model = made(
        {"flats": [2.0, 0.0, 0.0, 2.0, 1.0, 0.0], "bins": [0.0, 3.0, 0.0, -2.0, 2.0, 0.1]},
        CATEGORIES,
        THEMES,
        thresholds=[0.5, 0.5, 0.51],
    )
    return propose(read_written(draft_table(tmp_path / "draft.csv", *ROWS)), model, BOOK, [])


def written(proposals: list[Proposal], kind: str, folder: Path) -> Path:
    path = folder / f"out{FORMATS[kind].suffix}"
    write_proposals(proposals, BOOK, path, FORMATS[kind], overwrite=False)
    return path


def annotated(path: Path) -> Path:
    """What Label Studio exports where every prediction was submitted as it is."""
    tasks: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    for i, task in enumerate(tasks, start=7):
        result = [
            dict(x, id=f"r{i}", origin="prediction") for x in task["predictions"][0]["result"]
        ]
        task["annotations"] = [
            {"id": i, "completed_by": 1, "was_cancelled": True, "result": []},
            {"id": i + 50, "completed_by": 1, "was_cancelled": False, "result": result},
        ]
        task |= {"id": i, "inner_id": i, "created_at": "2026-01-01T00:00:00Z", "project": 1}
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return path


def exported_by_doccano(path: Path) -> Path:
    """What doccano exports: labels in order of their names, an id of its own, comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    for i, record in enumerate(records, start=31):
        record |= {"id": i, "label": sorted(record["label"]), "Comments": []}
    path.write_text("".join(json.dumps(x) + "\n" for x in records), encoding="utf-8")
    return path


def read_back(proposals: list[Proposal], kind: str, folder: Path) -> list[Decision]:
    path = written(proposals, kind, folder)
    as_exported = {"label-studio": annotated, "doccano": exported_by_doccano}
    return FORMATS[kind].read(as_exported[kind](path) if kind in as_exported else path)


@pytest.mark.parametrize("kind", FORMATS)
def test_what_goes_out_unchanged_comes_back_as_it_was_proposed(proposals, kind, tmp_path):
    decisions = read_back(proposals, kind, tmp_path)
    assert [(x.id, x.category, x.themes) for x in decisions] == [
        (x.written.entry.id, x.category, x.proposed_themes) for x in proposals
    ]
    assert {x.id: (x.category, x.themes) for x in decisions} == {
        "2026-a": ("Waste and Streets", ("recycling", "digital", "homelessness")),
        "2026-b": ("Libraries", ()),
        "2026-c": ("Waste and Streets", ("recycling", "digital")),
    }
    for decision, proposal in zip(decisions, proposals, strict=True):
        assert decision.proposed_category == proposal.category
        assert decision.proposed_themes == proposal.proposed_themes
        assert (decision.model, decision.codebook) == ("test", BOOK.edition)
        assert fingerprint(decision.text) == fingerprint(proposal.written.entry.text)


def test_none_in_place_of_a_theme_is_no_theme(proposals, tmp_path):
    path = written(proposals, "csv", tmp_path)
    path.write_text(path.read_text("utf-8-sig").replace(",recycling,", ",none,"), encoding="utf-8")
    assert [x.themes for x in FORMATS["csv"].read(path) if x.id == "2026-c"] == [("digital",)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "column", ["title", "text", "theme_2", "proposed_category", "proposed_themes", "model",
               "codebook"]
)  # fmt: skip
def test_a_sheet_without_a_column_is_refused_by_its_name(proposals, kind, column, tmp_path):
    path = written(proposals, kind, tmp_path)
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
        at = rows[0].index(column)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([*row[:at], *row[at + 1 :]] for row in rows)
    else:
        book = load_workbook(path)
        sheet = book["entries"]
        sheet.delete_cols([cell.value for cell in sheet[1]].index(column) + 1)
        book.save(path)
    with pytest.raises(InputError) as caught:
        FORMATS[kind].read(path)
    assert str(caught.value) == (
        f"{path}: has no column {column!r}; it is no sheet of themetag suggest, or the column was "
        "deleted"
    )


def test_a_line_without_what_it_went_out_with_is_refused(proposals, tmp_path):
    path = written(proposals, "doccano", tmp_path)
    path.write_text(path.read_text("utf-8").replace('"proposed_themes"', '"other"'), "utf-8")
    with pytest.raises(InputError, match=r"jsonl:1: has no 'proposed_themes', which it went out"):
        FORMATS["doccano"].read(path)


@pytest.mark.parametrize("kind", FORMATS)
def test_equal_proposals_give_equal_bytes(proposals, kind, tmp_path):
    (tmp_path / "again").mkdir()
    path, again = (written(proposals, kind, x) for x in (tmp_path, tmp_path / "again"))
    assert path.read_bytes() == again.read_bytes()


# --- the workbook ---


def test_label_cells_have_drop_down_lists_of_all_labels(proposals, tmp_path):
    book = load_workbook(written(proposals, "xlsx", tmp_path))
    sheet, labels = book["entries"], book["labels"]
    assert labels.sheet_state == "hidden"
    lists = {
        name: [cell.value for cell in column[1:] if cell.value]
        for column in labels.iter_cols()
        for name in (column[0].value,)
    }
    assert lists == {"category": list(CATEGORIES), "theme": list(THEMES)}
    offered = {str(x.sqref): (x.type, x.formula1) for x in sheet.data_validations.dataValidation}
    letters = {cell.value: cell.column_letter for cell in sheet[1]}
    themes = " ".join(f"{letters[f'theme_{i}']}2:{letters[f'theme_{i}']}4" for i in range(1, 5))
    assert offered == {
        f"{letters['category']}2:{letters['category']}4": ("list", "labels!$A$2:$A$4"),
        themes: ("list", "labels!$B$2:$B$4"),
    }


def test_the_sheet_is_made_for_reading_its_header_stays_and_what_is_carried_is_hidden(
    proposals, tmp_path
):
    sheet = load_workbook(written(proposals, "xlsx", tmp_path))["entries"]
    assert sheet.freeze_panes == "B2"
    assert sheet["D2"].alignment.wrap_text
    hidden = [cell.value for cell in sheet[1] if sheet.column_dimensions[cell.column_letter].hidden]
    assert hidden == ["proposed_category", "proposed_themes", "model", "codebook"]


def test_no_text_is_a_formula_in_the_workbook_or_the_csv(proposals, tmp_path):
    sheet = load_workbook(written(proposals, "xlsx", tmp_path))["entries"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    formula_like = [cell for cell in cells if str(cell.value or "").startswith(("=", "@"))]
    assert {cell.value[:2] for cell in formula_like} == {"=1", "@p"}
    assert {(cell.data_type, cell.quotePrefix) for cell in formula_like} == {("s", True)}
    texts = [x for row in rows_of(written(proposals, "csv", tmp_path)) for x in row.values()]
    assert [x for x in texts if x.startswith(("=", "@"))] == []
    assert "'=1+1" in texts


def test_a_corrected_workbook_gives_what_was_chosen_gaps_between_themes_left_out(
    proposals, tmp_path
):
    path = written(proposals, "xlsx", tmp_path)
    book = load_workbook(path)
    sheet = book["entries"]
    letters = {cell.value: cell.column_letter for cell in sheet[1]}
    line = next(cell.row for cell in sheet["A"] if cell.value == "2026-b")
    sheet[f"{letters['category']}{line}"] = "Housing"
    sheet[f"{letters['theme_2']}{line}"] = "digital"
    sheet[f"{letters['theme_4']}{line}"] = "homelessness"
    book.save(path)
    decision = next(x for x in FORMATS["xlsx"].read(path) if x.id == "2026-b")
    assert (decision.category, decision.themes) == ("Housing", ("digital", "homelessness"))
    assert (decision.proposed_category, decision.proposed_themes) == ("Libraries", ())
    assert decision.line == line


def test_a_csv_that_a_spreadsheet_program_saved_again_is_read_all_the_same(proposals, tmp_path):
    path = written(proposals, "csv", tmp_path)
    text = path.read_text(encoding="utf-8-sig")
    saved = io.StringIO()
    csv.writer(saved, delimiter=";", lineterminator="\r\n").writerows(csv.reader(io.StringIO(text)))
    path.write_bytes(saved.getvalue().encode("cp1252"))
    assert [x.id for x in FORMATS["csv"].read(path)] == [x.written.entry.id for x in proposals]


def test_a_table_that_is_no_such_sheet_is_refused(tmp_path):
    path = draft_table(tmp_path / "d.csv", *ROWS)
    with pytest.raises(InputError, match=r"has no column 'entry'; it is no sheet of themetag"):
        FORMATS["csv"].read(path)


# --- doccano ---


def test_doccano_gets_every_label_with_its_kind_beside_the_texts(proposals, tmp_path):
    written(proposals, "doccano", tmp_path)
    labels = json.loads((tmp_path / "out.labels.json").read_text(encoding="utf-8"))
    assert [row["text"] for row in labels] == [
        *(f"category: {name}" for name in CATEGORIES),
        *(f"theme: {id}" for id in THEMES),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": ["Housing"]}, ":1: label 'Housing' is of no kind; labels begin with"),
        ({"label": ["category: A", "category: B"]}, ":1: has 2 categories; keep one"),
        ({"label": "Housing"}, ":1: has no list of labels under 'label'"),
        ({"entry": None}, ":1: does not say which entry it is: 'entry' is missing"),
    ],
)
def test_a_doccano_file_that_cannot_be_meant_is_refused_with_its_line(
    proposals, tmp_path, change, message
):
    path = written(proposals, "doccano", tmp_path)
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([json.dumps(json.loads(first) | change), *rest]), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        FORMATS["doccano"].read(path)
    assert message in str(caught.value)


# --- Label Studio ---


def test_the_labelling_configuration_has_the_controls_that_the_predictions_name(
    proposals, tmp_path
):
    path = written(proposals, "label-studio", tmp_path)
    config = ET.fromstring((tmp_path / "out.config.xml").read_text(encoding="utf-8"))
    controls = {
        control.get("name"): (
            control.get("toName"),
            control.get("choice"),
            [choice.get("value") for choice in control],
        )
        for control in config.iter("Choices")
    }
    assert controls == {
        "category": ("text", "single-radio", list(CATEGORIES)),
        "themes": ("text", "multiple", list(THEMES)),
    }
    results = [x for task in json.loads(path.read_text()) for x in task["predictions"][0]["result"]]
    for result in results:
        to, _, choices = controls[result["from_name"]]
        assert (result["to_name"], result["type"]) == (to, "choices")
        assert set(result["value"]["choices"]) <= set(choices)


def test_an_entry_that_nobody_annotated_or_two_people_annotated_otherwise_is_refused(
    proposals, tmp_path
):
    path = written(proposals, "label-studio", tmp_path)
    read = FORMATS["label-studio"].read
    with pytest.raises(InputError, match=r"entry '2026-.' has no annotation"):
        read(path)
    tasks = json.loads(annotated(path).read_text())
    tasks[0]["annotations"].append({"was_cancelled": False, "result": []})
    path.write_text(json.dumps(tasks))
    with pytest.raises(InputError, match=r"has 2 annotations that differ; keep one"):
        read(path)


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", '[{"id": 1, "category": "Housing"}]', "\0"])
def test_what_is_no_export_of_label_studio_is_one_error(tmp_path, text):
    path = tmp_path / "out.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        FORMATS["label-studio"].read(path)
    assert "\n" not in str(caught.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "annotations", "result", "value", "choices", "from_name", "entry",
                 "label", "text", "category"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize("kind", ["label-studio", "doccano"])
@given(found=_JSON)
def test_whatever_json_comes_back_is_decisions_or_one_error(kind, found, tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / f"out{FORMATS[kind].suffix}"
    path.write_text(json.dumps(found) + "\n", encoding="utf-8")
    try:
        decisions = FORMATS[kind].read(path)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert all(isinstance(decision, Decision) for decision in decisions)


# --- all of them ---


def test_a_name_that_tells_no_format_is_refused_with_those_that_do():
    with pytest.raises(InputError, match=r"end it in one of \.xlsx \(xlsx\), \.csv \(csv\), "):
        format_of(Path("proposals.docx"))
    assert format_of(Path("proposals.txt"), "doccano") is FORMATS["doccano"]


def test_nothing_is_written_where_one_of_two_files_exists(proposals, tmp_path):
    (tmp_path / "out.labels.json").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        written(proposals, "doccano", tmp_path)
    assert not (tmp_path / "out.jsonl").exists()
    assert (tmp_path / "out.labels.json").read_text() == "mine"
