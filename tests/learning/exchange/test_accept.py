from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from learning.drafts import CATEGORIES, THEMES, corpus_folder, draft_table, rows_of, table

from themetag.codebook import Codebook
from themetag.errors import InputError
from themetag.labels import Alias, Label
from themetag.learning.check.written import WrittenTable, read_known, read_written
from themetag.learning.exchange.accept import (
    ENTRY_COLUMNS,
    RECORD_COLUMNS,
    accept,
)
from themetag.learning.exchange.corpustable import (
    added_to,
    refuse_known,
    refuse_year,
    write_accepted,
)
from themetag.learning.exchange.decisions import Decision

BOOK = replace(Codebook.of_names(CATEGORIES, THEMES), version="3")
DAY = date(2026, 11, 29)


@pytest.fixture
def draft(tmp_path: Path) -> WrittenTable:
    return read_written(
        draft_table(
            tmp_path / "draft.csv",
            {"id": "b", "category": "Housing", "title": "Keys", "text": "In the pandemic, flats.",
             "plausible_themes": "digital|recycling", "check": "no council line"},
            {"id": "a", "title": "Bins", "text": "Emptied at four."},
        )
    )  # fmt: skip


def decision(id: str, text: str, category: str, *themes: str, **other: object) -> Decision:
    made = Decision(id, category, themes, text, category, themes, "2026.1", "3", Path("s.csv"), 2)
    return replace(made, **other)


def both(*first: str, **other: object) -> list[Decision]:
    return [
        decision(
            "b", "Keys\n\nIn the pandemic, flats.", *(first or ("Housing", "digital")), **other
        ),
        decision("a", "Bins\n\nEmptied at four.", "waste and streets", "recycling", "digital",
                 proposed_category="Waste and Streets"),
    ]  # fmt: skip


def test_decisions_become_entries_in_the_columns_of_the_corpus_sorted_by_id(draft):
    accepted = accept(draft, both(), BOOK, by="Ann", on=DAY)
    assert [tuple(row) for row in accepted.entries] == [ENTRY_COLUMNS] * 2
    first, second = accepted.entries
    assert (first["id"], first["category"], first["themes"], first["primary_theme"]) == (
        "a", "Waste and Streets", "recycling|digital", "recycling")  # fmt: skip
    assert (first["covid"], first["project"], first["year"]) == ("false", "a", "2026")
    assert (first["category_printed"], first["category_evidence"]) == ("false", "chosen by Ann")
    assert (second["id"], second["category"], second["covid"]) == ("b", "Housing", "true")
    assert (second["category_printed"], second["category_evidence"]) == ("true", "printed heading")
    assert second["plausible_themes"] == "recycling"


def test_every_decision_is_recorded_with_what_was_proposed_who_decided_and_when(draft):
    decisions = both("Libraries", "digital", proposed_category="Housing", proposed_themes=())
    accepted = accept(draft, decisions, BOOK, by="Ann", on=DAY)
    assert [tuple(row.values()) for row in accepted.record] == [
        ("a", "category", "Waste and Streets", "Waste and Streets", "Ann", "2026-11-29", "2026.1"),
        ("a", "themes", "recycling|digital", "recycling|digital", "Ann", "2026-11-29", "2026.1"),
        ("b", "category", "Housing", "Libraries", "Ann", "2026-11-29", "2026.1"),
        ("b", "themes", "", "digital", "Ann", "2026-11-29", "2026.1"),
    ]
    assert accepted.n_corrected == 2


def faulty(fault: str) -> list[Decision]:
    first, second = both()
    return {
        "unknown id": [first, replace(second, id="z")],
        "missing id": [first],
        "nothing": [],
        "twice": [first, second, first],
        "category": [replace(first, category="Huosing"), second],
        "theme": [replace(first, themes=("digitl",)), second],
        "no category": [replace(first, category=""), second],
        "a theme twice": [replace(first, themes=("digital", "Digital")), second],
        "codebook": [replace(first, codebook="2"), second],
        "text": [replace(first, text="Keys\n\nIn the pandemic, houses."), second],
    }[fault]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("unknown id", "s.csv:2: entry 'z' is not in the draft {draft}"),
        ("missing id", "{draft}: 1 of its 2 entries are not in the corrected file: 'a'"),
        ("nothing", "{draft}: 2 of its 2 entries are not in the corrected file: 'b', 'a'"),
        ("twice", "s.csv:2: entry 'b' is there twice; keep one"),
        ("category", "s.csv:2: entry 'b' cannot be taken: unknown category 'Huosing'; did you mean "
         "'Housing'?"),
        ("theme", "s.csv:2: entry 'b' cannot be taken: unknown theme 'digitl'; did you mean "
         "'digital'?"),
        ("no category", "s.csv:2: entry 'b' has no category; choose one"),
        ("a theme twice", "s.csv:2: entry 'b' has the themes digital, digital; give each once and "
         "at most 4"),
        ("codebook", "s.csv:2: entry 'b' has labels of codebook 2, not 3; suggest again"),
        ("text", "s.csv:2: entry 'b' has another text than in the draft; change texts in {draft} "
         "and suggest again"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_one_line_that_says_where(draft, fault, message):
    with pytest.raises(InputError) as caught:
        accept(draft, faulty(fault), BOOK, by="Ann", on=DAY)
    assert str(caught.value) == message.format(draft=draft.path)


def test_an_id_or_a_year_of_another_table_of_the_corpus_is_refused(draft, tmp_path):
    folder = corpus_folder(tmp_path)
    output = folder / "entries" / "2026.csv"
    accepted = accept(draft, both(), BOOK, by="Ann", on=DAY)
    refuse_known(accepted, output, list(read_known(folder, but=output)))
    table(folder / "entries" / "more.csv", ENTRY_COLUMNS, [{"id": "a", "year": "1", "text": "x"}])
    with pytest.raises(InputError, match=r"more\.csv:2: id 'a' stands there already"):
        refuse_known(accepted, output, list(read_known(folder, but=output)))
    table(
        folder / "entries" / "more.csv", ENTRY_COLUMNS, [{"id": "x", "year": "2026", "text": "x"}]
    )
    with pytest.raises(InputError, match=r"more\.csv: holds the year 2026 already"):
        refuse_known(accepted, output, list(read_known(folder, but=output)))


def test_the_record_is_only_ever_added_to_and_a_run_made_again_adds_nothing(draft, tmp_path):
    record, output = tmp_path / "corrections.csv", tmp_path / "2026.csv"
    write_accepted(accept(draft, both(), BOOK, by="Ann", on=DAY), output, record, overwrite=False)
    first = record.read_text()
    later = accept(draft, both("Libraries"), BOOK, by="Bob", on=date(2026, 12, 1))
    for _ in range(2):
        write_accepted(later, output, record, overwrite=True)
    assert record.read_text().startswith(first)
    assert [(row["id"], row["decided"], row["by"]) for row in rows_of(record)][4:] == [
        ("a", "Waste and Streets", "Bob"),
        ("a", "recycling|digital", "Bob"),
        ("b", "Libraries", "Bob"),
        ("b", "", "Bob"),
    ]
    assert [row["category"] for row in rows_of(output)] == ["Waste and Streets", "Libraries"]


def test_a_run_stopped_between_its_files_can_be_made_again_on_another_day(
    draft, tmp_path, monkeypatch
):
    record, output = tmp_path / "corrections.csv", tmp_path / "2026.csv"
    moved: list[str] = []

    def stopping(old: str, new: Path) -> None:
        if moved:
            raise KeyboardInterrupt
        moved.append(new.name)
        os.rename(old, new)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(os, "replace", stopping)
        write_accepted(accept(draft, both(), BOOK, by="Ann", on=DAY), output, record)
    assert moved == ["2026.csv"]  # never decisions about entries that are not there
    later = accept(draft, both(), BOOK, by="Ann", on=date(2026, 12, 1))
    for _ in range(2):
        write_accepted(later, output, record, add=True)
    assert [row["id"] for row in rows_of(output)] == ["a", "b"]
    assert [row["id"] for row in rows_of(record)] == ["a", "a", "b", "b"]


def test_a_decision_made_again_on_another_day_is_recorded_once(draft, tmp_path):
    record, output = tmp_path / "corrections.csv", tmp_path / "2026.csv"
    for day in (1, 2, 3):
        accepted = accept(draft, both(), BOOK, by="Ann", on=date(2026, 12, day))
        write_accepted(accepted, output, record, overwrite=True)
    assert [(row["id"], row["date"]) for row in rows_of(record)] == [
        (id, "2026-12-01") for id in ("a", "a", "b", "b")
    ]


def test_an_entry_of_a_second_page_takes_the_next_free_number_and_its_project_and_record_follow(
    tmp_path,
):
    record, output = tmp_path / "corrections.csv", tmp_path / "2026.csv"
    pages = [("Bins", "Emptied at four."), ("Tip", "A new tip.")]
    for title, text in (*pages, pages[1]):
        row = {"id": "26-h-01", "title": title, "text": text}
        draft = read_written(draft_table(tmp_path / f"{title}.csv", row))
        chosen = [decision("26-h-01", f"{title}\n\n{text}", "Housing", proposed_category="Housing")]
        accepted = accept(draft, chosen, BOOK, by="Ann", on=DAY)
        whole = write_accepted(accepted, output, record, add=True)
        if title == "Tip":
            assert whole.notes == (
                "ids of other entries, given the next free number: 26-h-01 is 26-h-02",
            )
    assert [(row["id"], row["project"], row["title"]) for row in rows_of(output)] == [
        ("26-h-01", "26-h-01", "Bins"),
        ("26-h-02", "26-h-02", "Tip"),
    ]
    assert [row["id"] for row in rows_of(record)] == ["26-h-01"] * 2 + ["26-h-02"] * 2


def test_a_text_that_stands_there_with_other_labels_is_refused(draft, tmp_path):
    record, output = tmp_path / "corrections.csv", tmp_path / "2026.csv"
    write_accepted(accept(draft, both(), BOOK, by="Ann", on=DAY), output, record)
    again = accept(draft, both("Libraries"), BOOK, by="Ann", on=DAY)
    with pytest.raises(InputError) as caught:
        write_accepted(again, output, record, add=True)
    assert str(caught.value) == (
        f"{output}: the text of entry 'b' stands there already, as 'b', with other labels or "
        "facts; correct it there and take it out of the draft"
    )


def test_an_id_without_a_number_that_is_another_entrys_is_refused(draft, tmp_path):
    output = table(tmp_path / "2026.csv", ENTRY_COLUMNS, [{"id": "a", "text": "other"}])
    with pytest.raises(InputError, match=r"id 'a' is another entry's there; give it another"):
        added_to(accept(draft, both(), BOOK, by="Ann", on=DAY), output)


@pytest.mark.parametrize("by", ["", "  "])
def test_somebody_must_have_decided(draft, by):
    with pytest.raises(InputError, match="nobody is named who decided; name them with --by"):
        accept(draft, both(), BOOK, by=by, on=DAY)


def test_labels_renamed_after_the_proposals_are_no_corrections_and_noted(draft):
    named = Codebook.of_names((*CATEGORIES[1:], "Homes"), (*THEMES[:2], "data"))
    book = replace(
        named,
        version="3",
        categories=(*named.categories[:2], Label("h", "Homes", aliases=(Alias("Housing"),))),
        themes=(*named.themes[:2], Label("data", "data", aliases=(Alias("digital"),))),
    )
    decisions = [replace(x, codebook=BOOK.edition, proposed_category=x.category) for x in both()]
    accepted = accept(draft, decisions, book, by="Ann", on=DAY)
    assert [row["decided"] for row in accepted.record] == [
        "Waste and Streets", "recycling|data", "Homes", "data"]  # fmt: skip
    assert [row["proposed"] for row in accepted.record][1:] == ["recycling|data", "Homes", "data"]
    assert accepted.notes == (
        "the labels of codebook 3 changed after 2 of these entries went out: former names are "
        "taken for today's, and labels that are new could not be chosen",
    )
    assert accept(draft, [replace(x, codebook=BOOK.edition) for x in both()], BOOK, by="Ann",
                  on=DAY).notes == ()  # fmt: skip


@pytest.mark.parametrize(
    ("name", "year", "message"),
    [
        ("2025.csv", "2026", "entry 'a' is of 2026; name the table of that year, 2026.csv, or "
         "mend the year in the draft"),
        ("2025.csv", "", "entry 'a' of the draft has no year; write it into the column 'year', "
         "make the draft with ingest --year, or name undated.csv"),
        ("more.csv", "", "entry 'a' of the draft has no year; write it into the column 'year', "
         "make the draft with ingest --year, or name undated.csv"),
    ],
)  # fmt: skip
def test_entries_of_another_year_than_the_table_are_refused(draft, name, year, message):
    accepted = accept(draft, both(), BOOK, by="Ann", on=DAY)
    of_year = replace(accepted, entries=tuple(row | {"year": year} for row in accepted.entries))
    with pytest.raises(InputError) as caught:
        refuse_year(of_year, Path(name))
    assert str(caught.value) == f"{name}: {message}"


@pytest.mark.parametrize(
    ("name", "year"), [("2026.csv", "2026-05-01"), ("undated.csv", ""), ("more.csv", "2019")]
)
def test_entries_of_the_year_of_the_table_are_taken(draft, name, year):
    accepted = accept(draft, both(), BOOK, by="Ann", on=DAY)
    refuse_year(replace(accepted, entries=({"id": "a", "year": year},)), Path(name))


def test_people_who_add_at_once_lose_nothing(draft, tmp_path):
    record, output = tmp_path / "corrections.csv", tmp_path / "2026.csv"
    first = accept(draft, both(), BOOK, by="Ann", on=DAY)
    parts = [
        replace(
            first,
            entries=tuple(
                row | {"id": f"{row['id']}{i}", "title": f"Page {i}"} for row in first.entries
            ),
            record=tuple(row | {"id": f"{row['id']}{i}"} for row in first.record),
        )
        for i in range(6)
    ]
    with ThreadPoolExecutor(len(parts)) as people:
        list(people.map(lambda part: write_accepted(part, output, record, add=True), parts))
    assert [row["id"] for row in rows_of(output)] == [f"{x}{i}" for x in "ab" for i in range(6)]
    assert len(rows_of(record)) == 24


def test_a_year_is_held_against_the_tables_of_its_own_folder(draft, tmp_path, monkeypatch):
    folder = corpus_folder(tmp_path)
    table(folder / "entries" / "x.csv", ENTRY_COLUMNS, [{"id": "x", "year": "2026", "text": "x"}])
    accepted = accept(draft, both(), BOOK, by="Ann", on=DAY)
    known = list(read_known(folder, but=tmp_path / "none.csv"))
    refuse_known(accepted, tmp_path / "elsewhere" / "entries" / "2026.csv", known)
    monkeypatch.chdir(folder / "entries")
    with pytest.raises(InputError, match=r"x\.csv: holds the year 2026 already"):
        refuse_known(accepted, Path("2026.csv"), known)


@pytest.mark.parametrize("text", ["id,label\n", "\0\xff", 'id,"lab\n'])
def test_a_record_that_is_none_is_refused_and_left_alone(draft, tmp_path, text):
    record, output = tmp_path / "corrections.csv", tmp_path / "2026.csv"
    record.write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match=r"corrections\.csv: cannot be added to"):
        write_accepted(
            accept(draft, both(), BOOK, by="Ann", on=DAY), output, record, overwrite=False
        )
    assert record.read_text(encoding="latin-1") == text
    assert not output.exists()


def test_an_output_that_exists_is_kept_and_nothing_is_recorded(draft, tmp_path):
    record, output = tmp_path / "corrections.csv", tmp_path / "2026.csv"
    output.write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        write_accepted(
            accept(draft, both(), BOOK, by="Ann", on=DAY), output, record, overwrite=False
        )
    assert (output.read_text(), record.exists()) == ("mine", False)


def test_the_columns_of_the_record_are_those_of_the_datasheet():
    datasheet = (Path(__file__).parents[3] / "training" / "README.md").read_text(encoding="utf-8")
    assert f"`{', '.join(RECORD_COLUMNS)}`" in datasheet


def test_entries_are_not_written_where_the_record_cannot_be(draft, tmp_path):
    output = tmp_path / "2026.csv"
    with pytest.raises(InputError, match="cannot be written"):
        write_accepted(
            accept(draft, both(), BOOK, by="Ann", on=DAY),
            output,
            tmp_path / "nowhere" / "corrections.csv",
            overwrite=False,
        )
    assert [path.name for path in tmp_path.iterdir()] == ["draft.csv"]
