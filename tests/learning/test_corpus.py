from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from learning.corpora import corpus_of, labelled, write_table

from themetag.errors import CodebookError, InputError, LearningError
from themetag.learning.corpus import LabelColumns, read_corpus

COLUMNS = LabelColumns(category="category", themes="themes")
HEADER = ("id", "title", "text", "category", "themes")
ROWS = (
    ("7", "Bins", "Forty new bins.", "Waste", "green|cash"),
    ("8", "", "Rent is down.", "Housing", ""),
)

CODEBOOK = """
version = "2"
[[category]]
id = "waste"
name = "Waste"
aliases = [{ name = "Refuse", last_year = 2019 }]
[[category]]
id = "childrens"
name = "Children’s Services"
[[theme]]
id = "green"
name = "Green things"
[[legacy]]
name = "Oddments"
reason = "it was split in two"
"""


def write_jsonl(path: Path, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Path:
    lines = [json.dumps(dict(zip(header, row, strict=True))) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_tsv(path: Path, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Path:
    path.write_text("".join("\t".join(row) + "\n" for row in (header, *rows)), encoding="utf-8")
    return path


def write_xlsx(path: Path, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    for row in (header, *rows):
        sheet.append(list(row))
    workbook.save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder like training/: two years, one invented entry, a codebook."""
    (tmp_path / "entries").mkdir()
    (tmp_path / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    names = (*HEADER, "plausible_themes", "project")
    write_table(tmp_path / "entries" / "2018.csv", names,
                [("a", "T", "Bins.", "Refuse", "green", "", "p1")])  # fmt: skip
    write_table(tmp_path / "entries" / "2022.csv", names,
                [("b", "", "Homes.", "children's  SERVICES", "", "green", "")])  # fmt: skip
    write_table(tmp_path / "invented.csv", HEADER, [("c", "", "More bins.", "Waste", "")])
    return tmp_path


def test_a_folder_is_read_with_its_kinds_its_codebook_and_its_groups(folder: Path) -> None:
    corpus = read_corpus(folder)
    assert [(row.entry.id, row.category, row.kind) for row in corpus.entries] == [
        ("a", "Waste", "real"),
        ("b", "Children’s Services", "real"),
        ("c", "Waste", "invented"),
    ]
    assert [row.themes for row in corpus.entries] == [{"green"}, frozenset(), frozenset()]
    assert [row.plausible for row in corpus.entries] == [frozenset(), {"green"}, frozenset()]
    assert corpus.entries[0].group == "p1"
    assert len({row.group for row in corpus.entries}) == 3
    assert corpus.entries[0].entry.text == "T\n\nBins."
    assert corpus.codebook.version == "2"
    assert [row.entry.id for row in corpus.real] == ["a", "b"]


def test_a_folder_without_entries_is_refused(tmp_path: Path) -> None:
    (tmp_path / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    with pytest.raises(InputError, match=r"has no tables in entries/; give a folder like training"):
        read_corpus(tmp_path)


@pytest.mark.parametrize(
    ("suffix", "write"),
    [("csv", write_table), ("tsv", write_tsv), ("jsonl", write_jsonl), ("xlsx", write_xlsx)],
)
def test_a_table_of_every_format_gives_the_same_corpus(
    tmp_path: Path, suffix: str, write: Callable[..., Path]
) -> None:
    corpus = read_corpus(write(tmp_path / f"table.{suffix}", HEADER, ROWS), COLUMNS)
    assert [(row.entry.id, row.entry.text) for row in corpus.entries] == [
        ("7", "Bins\n\nForty new bins."),
        ("8", "Rent is down."),
    ]
    assert [row.category for row in corpus.entries] == ["Waste", "Housing"]
    assert [row.themes for row in corpus.entries] == [{"green", "cash"}, frozenset()]
    assert corpus.codebook.category_names == ("Housing", "Waste")
    assert corpus.codebook.theme_ids == ("cash", "green")


def test_themes_may_be_a_list_in_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "table.jsonl"
    path.write_text('{"text": "Bins.", "themes": ["green", "cash"]}\n')
    assert read_corpus(path, LabelColumns(themes="themes")).entries[0].themes == {"green", "cash"}


def test_an_unknown_label_is_refused_with_its_line_and_the_nearest_known_one(
    folder: Path,
) -> None:
    rows = [("d", "", "x", "Waste", ""), ("e", "", "y", "Waist", "")]
    path = write_table(folder / "entries" / "2024.csv", HEADER, rows)
    with pytest.raises(CodebookError) as caught:
        read_corpus(folder)
    assert str(caught.value) == f"{path}:3: unknown category 'Waist'; did you mean 'Waste'?"


def test_none_and_a_dash_in_place_of_themes_are_no_theme(tmp_path: Path) -> None:
    (tmp_path / "book.toml").write_text(CODEBOOK, encoding="utf-8")
    rows = [("1", "", "x", "Waste", "none"), ("2", "", "y", "Waste", "-"),
            ("3", "", "z", "Waste", "None | green")]  # fmt: skip
    path = write_table(tmp_path / "a.csv", HEADER, rows)
    corpus = read_corpus(path, COLUMNS, tmp_path / "book.toml")
    assert [row.themes for row in corpus.entries] == [frozenset(), frozenset(), {"green"}]


def test_an_unknown_theme_is_refused_likewise(tmp_path: Path) -> None:
    (tmp_path / "book.toml").write_text(CODEBOOK, encoding="utf-8")
    path = write_table(tmp_path / "a.csv", HEADER, [("1", "", "x", "Waste", "green|gren")])
    with pytest.raises(CodebookError) as caught:
        read_corpus(path, COLUMNS, tmp_path / "book.toml")
    assert str(caught.value) == f"{path}:2: unknown theme 'gren'; did you mean 'green'?"


def test_a_legacy_label_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "book.toml").write_text(CODEBOOK, encoding="utf-8")
    path = write_table(tmp_path / "a.csv", HEADER, [("1", "", "x", "oddments", "")])
    with pytest.raises(CodebookError) as caught:
        read_corpus(path, COLUMNS, tmp_path / "book.toml")
    assert str(caught.value) == (
        f"{path}:2: legacy category 'oddments' is not mapped: it was split in two"
    )


def split(folder: Path) -> None:
    """Make of Waste a legacy category, and of green a legacy theme; take them off real entries."""
    book = CODEBOOK.replace("waste", "bins").replace("Waste", "Bins").replace("green", "greenery")
    legacy = "".join(f'[[legacy]]\nname = "{x}"\nreason = "split"\n' for x in ("Waste", "green"))
    (folder / "codebook.toml").write_text(book + legacy, encoding="utf-8")
    names = (*HEADER, "plausible_themes", "project")
    for year, category in (("2018", "Bins"), ("2022", "children's services")):
        write_table(folder / "entries" / f"{year}.csv", names,
                    [(year, "T", "Bins.", category, "", "", "p1")])  # fmt: skip


def test_invented_entries_of_a_legacy_label_keep_their_other_labels_and_are_counted(
    folder: Path,
) -> None:
    split(folder)
    rows = [("c", "", "More bins.", "Waste", "greenery"), ("d", "", "Oaks.", "Bins", "green"),
            ("e", "", "Trees.", "WASTE", "")]  # fmt: skip
    write_table(folder / "invented.csv", HEADER, rows)
    corpus = read_corpus(folder)
    assert [(row.category, row.themes) for row in corpus.entries if row.kind == "invented"] == [
        (None, {"greenery"}),
        ("Bins", None),
        (None, frozenset()),
    ]
    assert corpus.notes == (
        f"{folder}: 2 invented entries of the legacy category 'Waste' count for their themes alone",
        f"{folder}: 1 invented entries of the legacy theme 'green' count for their category alone",
    )


def test_a_restated_entry_of_a_legacy_label_is_refused_by_its_line(folder: Path) -> None:
    split(folder)
    path = write_table(folder / "restated.csv", HEADER, [("r", "", "Bins again.", "Waste", "")])
    with pytest.raises(CodebookError) as caught:
        read_corpus(folder)
    assert str(caught.value) == f"{path}:2: legacy category 'Waste' is not mapped: split"


def test_readings_of_a_legacy_category_are_passed_over_and_counted(folder: Path) -> None:
    split(folder)
    path = write_table(folder / "readings.csv", ("id", "categories"), [("c", "Bins=0.8|Waste=0.2")])
    (folder / "invented.csv").unlink()
    corpus = read_corpus(folder)
    assert corpus.readings == {"c": {"Bins": 0.8}}
    assert corpus.notes == (f"{path}: 1 readings of the legacy label 'Waste' passed over",)


def test_an_unknown_category_of_a_reading_is_refused_by_its_line(folder: Path) -> None:
    rows = [("c", "Waste=1"), ("d", "Museums=1")]
    path = write_table(folder / "readings.csv", ("id", "categories"), rows)
    with pytest.raises(CodebookError) as caught:
        read_corpus(folder)
    assert str(caught.value).startswith(f"{path}:3: unknown category 'Museums'")


RETIRED = """
[[category]]
id = "efficiency"
name = "Efficiency"
last_year = 2018
aliases = [{ name = "Lean Council" }]
[[theme]]
id = "cash"
name = "Cash"
last_year = 2020
"""


def test_entries_keep_all_but_their_retired_labels_and_a_note_says_how_many(
    tmp_path: Path,
) -> None:
    (tmp_path / "book.toml").write_text(CODEBOOK + RETIRED, encoding="utf-8")
    rows = [("1", "", "x", "Lean Council", "green|cash"), ("2", "", "y", "efficiency", ""),
            ("3", "", "z", "Waste", "cash")]  # fmt: skip
    path = write_table(tmp_path / "a.csv", HEADER, rows)
    corpus = read_corpus(path, replace(COLUMNS, text=("text",)), tmp_path / "book.toml")
    assert [(row.category, row.themes) for row in corpus.entries] == [
        (None, {"green"}),
        (None, frozenset()),
        ("Waste", frozenset()),
    ]
    assert corpus.notes == (
        f"{path}: retired category 'Efficiency' (last given in 2018): 2 entries have it and count "
        "for their themes alone",
        f"{path}: retired theme 'cash' (last given in 2020): left out of 2 entries",
    )
    assert corpus.codebook.category_names == ("Waste", "Children’s Services")


def test_labels_of_years_before_they_began_are_noted(folder: Path) -> None:
    book = CODEBOOK.replace('name = "Waste"', 'name = "Waste"\nfirst_year = 2019')
    book = book.replace('name = "Green things"', 'name = "Green things"\nfirst_year = 2020')
    (folder / "codebook.toml").write_text(book, encoding="utf-8")
    rows = [("d", "", "x", "Waste", "green", "2018"), ("e", "", "y", "Refuse", "", "2017"),
            ("f", "", "z", "Waste", "", "2019"), ("g", "", "w", "Waste", "green", "")]  # fmt: skip
    path = write_table(folder / "restated.csv", (*HEADER, "year"), rows)
    corpus = read_corpus(folder)
    assert [row.category for row in corpus.entries if row.year] == ["Waste"] * 3
    assert corpus.notes == (
        f"{folder}: category 'Waste' was first given in 2019: 2 entries of earlier years have it, "
        f"such as that at {path}:2; look at their year and label",
        f"{folder}: theme 'green' was first given in 2020: 1 entries of earlier years have it, "
        f"such as that at {path}:2; look at their year and label",
    )


def test_a_split_into_what_is_no_label_is_refused(tmp_path: Path) -> None:
    (tmp_path / "book.toml").write_text(CODEBOOK + 'into = ["Waste", "Oddities"]\n')
    path = write_table(tmp_path / "a.csv", HEADER, ROWS)
    with pytest.raises(CodebookError) as caught:
        read_corpus(path, COLUMNS, tmp_path / "book.toml")
    assert str(caught.value) == (
        f"{tmp_path / 'book.toml'}: 'Oddments' was split into 'Oddities', which is no label that "
        "is given"
    )


def test_a_codebook_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "book.toml").write_text("version = ")
    path = write_table(tmp_path / "a.csv", HEADER, ROWS)
    with pytest.raises(CodebookError, match=r"book\.toml: the codebook cannot be read"):
        read_corpus(path, COLUMNS, tmp_path / "book.toml")


def test_an_id_that_stands_twice_is_refused_with_both_places(folder: Path) -> None:
    again = write_table(folder / "restated.csv", HEADER, [("z", "", "x", "Waste", ""),
                                                          ("a", "", "y", "Waste", "")])  # fmt: skip
    with pytest.raises(InputError) as caught:
        read_corpus(folder)
    first = folder / "entries" / "2018.csv"
    assert str(caught.value) == f"{again}:3: id 'a' stands at {first}:2 already; ids must differ"


def test_rows_without_text_are_left_out_and_noted(tmp_path: Path) -> None:
    rows = [("1", "", "Bins.", "Waste", ""), ("2", "", " ", "Waste", ""), ("", "", "", "", ""),
            ("4", "", "Rent.", "Housing", "")]  # fmt: skip
    path = write_table(tmp_path / "a.csv", HEADER, rows)
    corpus = read_corpus(path, replace(COLUMNS, text=("text",)))
    assert [row.entry.id for row in corpus.entries] == ["1", "4"]
    assert corpus.notes == (f"{path}: 2 rows without text left out (lines 3, 4)",)


def test_a_title_alone_is_text_enough(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", HEADER, [("1", "Bins", "", "Waste", "")])
    assert read_corpus(path, COLUMNS).entries[0].entry.text == "Bins"


def test_a_ragged_row_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text,category\n1,Bins.,Waste\n2,Rent, and more,Housing\n")
    with pytest.raises(InputError) as caught:
        read_corpus(path, LabelColumns(category="category"))
    assert str(caught.value).startswith(f"{path}:3: row has 4 cells where the header has 3")


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", HEADER, [])
    with pytest.raises(LearningError, match=r"a\.csv: holds no labelled entry"):
        read_corpus(path, COLUMNS)


def test_a_label_column_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", HEADER, ROWS)
    with pytest.raises(InputError, match=r"no column 'categry'; did you mean 'category'\?"):
        read_corpus(path, LabelColumns(category="categry"))


def test_columns_that_were_guessed_are_noted(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", HEADER, ROWS)
    assert read_corpus(path, COLUMNS).notes == (f"{path}: id: 'id', title: 'title', text: 'text'",)


def test_the_label_column_is_never_read_as_text(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", ("text", "description"), [("Bins.", "Waste")])
    corpus = read_corpus(path, LabelColumns(category="description"))
    assert corpus.entries[0].entry.text == "Bins."


@pytest.mark.parametrize("other", ["children’s services", "CHILDREN'S  SERVICES"])
def test_labels_that_differ_in_case_space_or_apostrophe_are_one(tmp_path: Path, other: str) -> None:
    usual = "Children's Services"
    rows = [(str(i), "", "x", usual, usual) for i in range(2)] + [("9", "", "y", other, other)]
    corpus = read_corpus(write_table(tmp_path / "a.csv", HEADER, rows), COLUMNS)
    assert corpus.codebook.category_names == (usual,)
    assert {row.category for row in corpus.entries} == {usual}
    assert corpus.entries[2].themes == {usual}


def test_a_label_broken_over_two_lines_is_one_line(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", HEADER, [("1", "", "x", "Waste\nand Streets", "")])
    assert read_corpus(path, COLUMNS).codebook.category_names == ("Waste and Streets",)


def test_the_stated_group_is_kept_and_others_are_their_own(tmp_path: Path) -> None:
    cells = [("1", "x", "a", "p"), ("2", "y", "a", "p"), ("3", "z", "b", "")]
    path = write_table(tmp_path / "a.csv", ("id", "text", "category", "project"), cells)
    rows = read_corpus(path, LabelColumns(category="category", group="project")).entries
    assert rows[0].group == rows[1].group == "p"
    assert rows[2].group not in ("", "p")


def test_years_are_read_where_there_are_any(folder: Path) -> None:
    row = ("r", "", "x", "Waste", "", "2021")
    write_table(folder / "restated.csv", (*HEADER, "year"), [row])
    assert [row.year for row in read_corpus(folder).entries] == [None, None, 2021, None]


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("2022", 2022),
        (" 2022 ", 2022),
        ("2022-07-20", 2022),
        ("2022-07-20T10:00", 2022),
        ("", None),
    ],
)
def test_the_year_of_a_table_is_a_year_or_that_of_a_date(
    tmp_path: Path, written: str, year: int | None
) -> None:
    path = write_table(tmp_path / "a.csv", ("text", "when"), [("Bins.", written)])
    assert read_corpus(path, LabelColumns(text=("text",), year="when")).entries[0].year == year


def test_a_year_that_is_none_is_refused(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", ("text", "when"), [("Bins.", "2022/23")])
    with pytest.raises(InputError) as caught:
        read_corpus(path, LabelColumns(text=("text",), year="when"))
    assert str(caught.value) == (
        f"{path}:2: '2022/23' is no award year; write it as four digits, or none"
    )


def entries_of(counts: dict[str, int], themes: dict[str, int] | None = None):  # type: ignore[no-untyped-def]
    rows = [
        labelled(f"x{i}", name, None if themes is None else [], id=f"{name}{i}")
        for name, n in counts.items()
        for i in range(n)
    ]
    for theme, n in (themes or {}).items():
        rows += [labelled(f"y{i}", None, [theme], id=f"{theme}{i}") for i in range(n)]
    return corpus_of(rows)


def test_labels_of_too_few_entries_are_left_out_and_listed() -> None:
    corpus, lines = entries_of({"a": 3, "b": 3, "c": 1}, {"x": 3, "y": 2}).without_rare(3)
    assert corpus.codebook.category_names == ("a", "b")
    assert corpus.codebook.theme_ids == ("x",)
    assert lines == [
        "category 'c' left out: 1 of the 3 entries it needs",
        "theme 'y' left out: 2 of the 3 entries it needs",
    ]
    # Their entries stay: without that category, and coded as having none of the other themes.
    assert len(corpus.entries) == 12
    assert {row.category for row in corpus.entries} == {"a", "b", None}
    assert {row.themes for row in corpus.entries} == {frozenset(), frozenset({"x"})}


def test_a_label_of_just_enough_entries_is_kept() -> None:
    corpus, lines = entries_of({"a": 2, "b": 2}).without_rare(2)
    assert (corpus.codebook.category_names, lines) == (("a", "b"), [])


def test_the_only_category_left_is_listed_too_and_themes_are_learnt() -> None:
    corpus, lines = entries_of({"a": 3, "b": 1}, {"x": 2}).without_rare(2)
    assert corpus.codebook.category_names == ()
    assert corpus.codebook.theme_ids == ("x",)
    assert lines == [
        "category 'b' left out: 1 of the 2 entries it needs",
        "category 'a' left out: it is the only one, so nothing to choose",
    ]


@pytest.mark.parametrize("counts", [{"a": 5}, {"a": 5, "b": 1}, {}])
def test_fewer_than_two_categories_and_no_theme_is_an_error(counts: dict[str, int]) -> None:
    with pytest.raises(LearningError, match=r"made\.csv: nothing to learn: fewer than two categ"):
        entries_of(counts, {"x": 1}).without_rare(2)


def test_support_counts_every_label_by_kind() -> None:
    rows = [
        labelled("x", "a", ["t"], id="1"),
        labelled("y", "a", None, id="2", kind="restated"),
        labelled("z", "b", ["t"], id="3", kind="invented"),
    ]
    support = corpus_of(rows).support()
    assert support.index.tolist() == ["a", "b", "t"]
    assert support.to_numpy().tolist() == [
        ["category", 1, 1, 0],
        ["category", 0, 0, 1],
        ["theme", 1, 0, 1],
    ]


BASE = labelled("x", "a", ["t"], id="1", plausible=["u"])


@pytest.mark.parametrize(
    "changed",
    [
        replace(BASE, category="b"),
        replace(BASE, category=None),
        replace(BASE, themes=frozenset({"u"})),
        replace(BASE, themes=frozenset()),
        replace(BASE, themes=None),
        replace(BASE, plausible=frozenset()),
        replace(BASE, group="other"),
        replace(BASE, kind="invented"),
        labelled("y", "a", ["t"], id="1", plausible=["u"]),
        labelled("x", "a", ["t"], id="2", group=BASE.group, plausible=["u"]),
    ],
)
def test_the_digest_changes_with_any_label_text_id_group_or_kind(changed) -> None:  # type: ignore[no-untyped-def]
    other = labelled("w", "b", ["u"], id="0")
    assert corpus_of([BASE, other]).digest() != corpus_of([changed, other]).digest()
    assert corpus_of([BASE, other]).digest() == corpus_of([BASE, other]).digest()


def test_the_digest_does_not_depend_on_where_the_table_stands(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    paths = [write_table(tmp_path / name, HEADER, ROWS) for name in ("a.csv", "sub/b.csv")]
    assert len({read_corpus(path, COLUMNS).digest() for path in paths}) == 1


def test_a_text_that_no_file_can_hold_has_a_digest() -> None:
    assert len(corpus_of([labelled("bins \ud800", "a")]).digest()) == 64
