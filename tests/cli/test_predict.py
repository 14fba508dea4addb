"""`themetag predict` as a council officer and a script meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from themetag.artifact import load
from themetag.cli import main
from themetag.cli.predict import _readable
from themetag.entry import Entry
from themetag.prediction import Evidence, Prediction, ScoredLabel, TaggedTheme

TEXT = "Nine rough sleepers moved into flats of their own before Christmas."
OTHER = "Food waste caddies came to every kitchen and recycling rose by a third."


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_model: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THEMETAG_MODEL", str(tiny_model))
    return tmp_path


def predict(*arguments: str, input: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["predict", *arguments], input=input)


def outcome(result: Result) -> tuple[int, str, str]:
    return result.exit_code, result.stdout, result.stderr


def answer(**changes) -> Prediction:
    fields = {
        "id": "entry.docx",
        "model": "2026.1",
        "category": "Housing",
        "reason": None,
        "categories": (
            ScoredLabel("Housing", 0.9971),
            ScoredLabel("Waste", 0.0023),
            ScoredLabel("Libraries", 0.0006),
            ScoredLabel("Parks", 0.0),
        ),
        "category_set": ("Housing",),
        "evidence": Evidence("Waste", (("rough sleepers", 2.0), ("flats", 1.0), ("rough", 0.5))),
        "themes": (),
        "theme_probabilities": {"homelessness": 0.1},
        "known_terms": 3,
    }
    return Prediction(**fields | changes)


# --- the readable answer --------------------------------------------------------------------


def test_an_answer_reads_from_the_likeliest_to_its_reasons():
    sentence = "Rough sleepers\nmoved into flats."
    prediction = answer(
        categories=(
            ScoredLabel("Housing", 0.614),
            ScoredLabel("Waste", 0.3),
            ScoredLabel("Libraries", 0.086),
        ),
        category_set=("Housing", "Waste"),
        themes=(
            TaggedTheme("homelessness", 0.9971, sentence, (("rough sleepers", 2.0), ("rough", 1))),
            TaggedTheme("housing", 0.55, sentence, (("flats", 1.0),)),
            TaggedTheme("health", 0.51, "A nurse came.", ()),
        ),
    )
    assert _readable(prediction) == (
        "entry.docx\n"
        "  Category    61 %  Housing\n"
        "              30 %  Waste\n"
        "               9 %  Libraries\n"
        "             Nine times in ten it is one of: Housing, Waste.\n"
        "             Housing rather than Waste for: rough sleepers, flats.\n"
        "  Themes     >99 %  homelessness for: rough sleepers\n"
        "                    “Rough sleepers moved into flats.”\n"
        "              55 %  housing for: flats\n"
        "                    the same sentence\n"
        "              51 %  health\n"
        "                    “A nurse came.”\n"
    )


def test_no_theme_and_no_doubt_are_said_shortly_and_nothing_is_called_certain():
    assert _readable(answer()) == (
        "entry.docx\n"
        "  Category   >99 %  Housing\n"
        "              <1 %  Waste\n"
        "              <1 %  Libraries\n"
        "             Housing rather than Waste for: rough sleepers, flats.\n"
        "  Themes     none is likely enough\n"
    )


def test_a_category_known_by_its_criteria_says_so():
    lines = _readable(answer(criteria_only=frozenset({"Waste"}))).splitlines()
    assert lines[1:4] == [
        "  Category   >99 %  Housing",
        "              <1 %  Waste (known by its criteria alone)",
        "              <1 %  Libraries",
    ]


def test_a_model_of_categories_alone_or_of_themes_alone_says_nothing_of_the_other():
    assert "Themes" not in _readable(answer(theme_probabilities={}))
    nothing = Evidence(None, ())
    themes_alone = answer(category=None, categories=(), category_set=(), evidence=nothing)
    assert _readable(themes_alone) == "entry.docx\n  Themes     none is likely enough\n"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("empty", "there is no text"),
        ("too-short", "the text is too short"),
        ("no-known-terms", "the model knows none of its words"),
        ("out-of-scope", "the text is not like the entries the model was trained on"),
        ("torn", "no category stands out from the others"),
    ],
)
def test_an_abstention_says_why(reason, words):
    prediction = answer(category=None, reason=reason, category_set=())
    assert _readable(prediction) == f"entry.docx\n  No answer: {words} ({reason}).\n"


def test_a_sentence_without_end_is_cut():
    theme = TaggedTheme("housing", 0.6, "many homes " * 100, ())
    lines = _readable(answer(themes=(theme,))).splitlines()
    assert lines[-1].endswith("many homes many …”")
    assert len(lines[-1].strip()) <= 242


def test_a_file_name_cannot_break_out_of_its_line():
    assert _readable(answer(id="a\n\x1b[31mb.txt")).splitlines()[0] == "a\\n\\x1b[31mb.txt"


# --- the command ----------------------------------------------------------------------------


def test_one_file_is_answered_and_the_model_named(here, tiny_model):
    (here / "entry.txt").write_text(TEXT)
    code, out, err = outcome(predict("entry.txt"))
    assert (code, err) == (0, f"model 2026.1 ({tiny_model})\n")
    assert out == _readable(load(tiny_model).tag(Entry("entry.txt", "", TEXT))) + "\n"


def test_json_is_one_object_a_line_in_the_order_given(here, tiny_model):
    (here / "b.txt").write_text(f"Warm homes\n\n{TEXT}", encoding="utf-8-sig")
    (here / "a.md").write_text(OTHER)
    code, out, err = outcome(predict("--json", "b.txt", "./a.md"))
    assert (code, err) == (0, "")
    tagger = load(tiny_model)
    expected = [
        tagger.tag(Entry("b.txt", "Warm homes", TEXT)),
        tagger.tag(Entry("./a.md", "", OTHER)),
    ]
    assert list(map(json.loads, out.splitlines())) == [one.as_json() for one in expected]


def test_standard_input_is_read_without_files_and_for_a_dash(tiny_model):
    expected = json.dumps(load(tiny_model).tag(TEXT).as_json(), ensure_ascii=False) + "\n"
    utf_16 = TEXT.encode("utf-16")
    assert outcome(predict("--json", input=TEXT.encode())) == (0, expected, "")
    assert outcome(predict("--json", "-", input=utf_16)) == (0, expected, "")


def test_nothing_and_unknown_words_on_standard_input_abstain(tiny_model):
    model = f"model 2026.1 ({tiny_model})\n"
    assert outcome(predict(input=b" \n")) == (
        0, "-\n  No answer: there is no text (empty).\n\n", model,
    )  # fmt: skip
    assert outcome(predict(input=b"Zyx qwv.")) == (
        0,
        "-\n  No answer: the model knows none of its words (no-known-terms).\n\n",
        model,
    )


def test_good_files_are_answered_and_each_bad_one_named(here, tiny_model):
    (here / "good.txt").write_text(TEXT)
    (here / "last.txt").write_text(OTHER)
    (here / "empty.txt").write_text("")
    (here / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (here / "damaged.docx").write_bytes(b"PK\x03\x04")
    code, out, err = outcome(
        predict("--json", "nope.txt", "good.txt", "empty.txt", "picture.txt", "damaged.docx",
                "last.txt")
    )  # fmt: skip
    assert code == 1
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["good.txt", "last.txt"]
    lines = err.splitlines()
    assert lines[:3] == [
        "themetag: nope.txt: no such file: check its name and folder",
        "themetag: empty.txt: is empty: nothing to read",
        "themetag: picture.txt: looks like a PNG picture, not text: "
        "run text recognition (OCR) on it and save the words as .txt",
    ]
    assert lines[3].startswith("themetag: damaged.docx: ")
    assert len(lines) == 4


def test_where_no_file_can_be_read_no_model_is_named():
    assert outcome(predict("nope.txt")) == (
        1, "", "themetag: nope.txt: no such file: check its name and folder\n",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.xlsx", "A.XLSX", "a.CSV.gz"])
def test_a_table_is_sent_to_batch(here, name):
    (here / name).write_text("x")
    line = f"themetag: {name}: is a table: tag its rows with themetag batch\n"
    assert outcome(predict(name)) == (1, "", line)


def test_an_archive_is_sent_to_batch(here):
    (here / "entries.zip").write_bytes(b"PK")
    line = "themetag: entries.zip: is an archive: tag its documents with themetag batch\n"
    assert outcome(predict("entries.zip")) == (1, "", line)


def test_a_folder_is_sent_to_batch(here):
    (here / "entries").mkdir()
    line = "themetag: entries: is a folder: tag its documents with themetag batch\n"
    assert outcome(predict("entries")) == (1, "", line)


def test_a_missing_table_is_missing():
    code, out, err = outcome(predict("a.csv"))
    assert (code, out) == (1, "")
    assert err == "themetag: a.csv: no such file: check its name and folder\n"


def test_a_name_that_is_no_characters_is_answered_on_any_terminal(here, tiny_model):
    name = os.fsdecode(b"caf\xe9.txt")
    Path(name).write_text(TEXT)
    command = [sys.executable, "-m", "themetag", "predict", "--json", name]
    done = subprocess.run(
        command,
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["id"] == "caf?.txt"
