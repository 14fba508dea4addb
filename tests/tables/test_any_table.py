"""Whatever the bytes: a table or one error. Whatever the cells: what is written is read again."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from themetag.entry import Entry
from themetag.errors import InputError
from themetag.prediction import Evidence, Prediction
from themetag.tables import READERS, Answer, Row, open_table, open_writer

SUFFIXES = [suffix for suffix in READERS if suffix != ".parquet"]
with contextlib.suppress(ImportError):
    import pyarrow  # noqa: F401

    SUFFIXES.append(".parquet")

NOTHING = Prediction("", "m", None, "empty", (), (), Evidence(None, ()), (), {"theme": 0.5}, 0)

some = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])

# Text as it can stand in every format: no control characters but line ends and tabs.
CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"), include_characters="\n\t"
)
TEXTS = st.text(CHARACTERS, max_size=20)
# The first cell is filled, since a blank row at the end is none.
ROWS = st.lists(st.tuples(TEXTS.filter(str.strip).map("x{}".format), TEXTS, TEXTS), max_size=4)
COLUMNS = ("a", "b", "c")


def read(folder: Path, suffix: str, data: bytes) -> list[Row]:
    path = folder / f"a{suffix}"
    path.write_bytes(data)
    return list(open_table(path).rows)


@pytest.mark.parametrize("suffix", SUFFIXES)
@some
@given(
    data=st.binary(max_size=60) | TEXTS.map(str.encode) | TEXTS.map(str.encode).map(gzip.compress)
)
def test_any_bytes_are_a_table_or_one_error(tmp_path, suffix, data):
    try:
        rows = read(tmp_path, suffix, data)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        for row in rows:
            "".join(row.texts()).encode()


@pytest.mark.parametrize("suffix", SUFFIXES)
@some
@given(rows=ROWS)
def test_what_is_written_is_read_again(tmp_path, suffix, rows):
    file = io.BytesIO()
    writer = open_writer(suffix, file, COLUMNS, ["theme"])
    for i, cells in enumerate(rows, start=1):
        writer.write(Answer(Row(i, i + 1, cells), Entry("", "", ""), NOTHING, None))
    writer.finish()
    if suffix.startswith(".jsonl") and not rows:
        return  # columns are named by rows alone
    found = read(tmp_path, suffix, file.getvalue())
    if suffix.startswith(".jsonl"):
        names = list(open_table(tmp_path / f"a{suffix}").columns)
        given_ = [row.cells[names.index("input")] for row in found]
        assert [tuple(cells.values()) for cells in given_] == rows
    else:
        assert [tuple(cell or "" for cell in row.cells[:3]) for row in found] == rows
    assert [row.error for row in found] == [None] * len(rows)


@some
@given(
    rows=ROWS,
    separator=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_a_csv_of_any_program_is_read_as_it_was_meant(
    tmp_path, rows, separator, quoting, codec, end
):
    text = io.StringIO(newline="")
    if end == "\r":  # Python would not quote the other line ends in a cell
        quoting = csv.QUOTE_ALL
    writer = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=end)
    writer.writerows([("Ref", "Entry title", "Summary"), *rows])
    found = read(tmp_path, ".csv", text.getvalue().encode(codec))
    assert [tuple(cell or "" for cell in row.cells) for row in found] == rows


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@some
@given(
    records=st.lists(st.dictionaries(TEXTS, JSON, min_size=1, max_size=3), min_size=1, max_size=4)
)
def test_any_json_lines_are_read_as_they_stand(tmp_path, records):
    lines = "\n".join(
        json.dumps(record, ensure_ascii=bool(i % 2)) for i, record in enumerate(records)
    )
    found = read(tmp_path, ".jsonl", lines.encode())
    names = open_table(tmp_path / "a.jsonl").columns
    for row, record in zip(found, records, strict=True):
        assert dict(zip(names, row.cells, strict=True)) == dict.fromkeys(names) | record
