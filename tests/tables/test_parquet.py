"""Parquet as databases and data frames write it."""

from __future__ import annotations

import datetime
import decimal
import io
import subprocess
import sys
from pathlib import Path

import pytest

from themetag.errors import InputError
from themetag.tables import Row, open_table
from themetag.tables.parquet_file import ROWS_IN_GROUP, ParquetFile

pyarrow = pytest.importorskip("pyarrow", reason="needs the extra themetag[parquet]")
parquet = pytest.importorskip("pyarrow.parquet")


def saved(folder: Path, columns: dict, **options) -> Path:
    parquet.write_table(pyarrow.table(columns), folder / "a.parquet", **options)
    return folder / "a.parquet"


def cells_of(path: Path) -> list[tuple]:
    return [row.cells for row in open_table(path).rows]


def complaint(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        list(open_table(path).rows)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path.parent}/")


def test_a_table_is_read_as_what_it_holds(tmp_path):
    columns = {
        "Ref": [1, 2],
        "Title": ["Café – “open”", None],
        "day": [datetime.date(2026, 1, 5), None],
        "x": [2.5, float("nan")],
        "yes": [True, False],
    }
    table = open_table(saved(tmp_path, columns))
    assert (table.columns, table.note, table.n_rows) == (tuple(columns), "", 2)
    rows = list(table.rows)
    assert rows == [
        Row(1, 1, (1, "Café – “open”", datetime.date(2026, 1, 5), 2.5, True)),
        Row(2, 2, (2, None, None, None, False)),
    ]
    assert rows[0].texts() == ("1", "Café – “open”", "2026-01-05", "2.5", "true")


NOON = datetime.datetime(2026, 1, 5, 12)


@pytest.mark.parametrize(
    ("values", "kind", "cell", "text"),
    [
        ([b"caf\xc3\xa9"], pyarrow.binary(), "café", "café"),
        ([b"\xff\x00"], pyarrow.binary(), "\\xff\0", "\\xff\0"),
        ([["a", None, "b"]], None, ["a", None, "b"], '["a", null, "b"]'),
        ([{"day": NOON.date(), "n": float("nan")}], None,
         {"day": "2026-01-05", "n": None}, '{"day": "2026-01-05", "n": null}'),
        ([[("k", 1)]], pyarrow.map_(pyarrow.string(), pyarrow.int64()), [["k", 1]], '[["k", 1]]'),
        (["a"], pyarrow.dictionary(pyarrow.int8(), pyarrow.string()), "a", "a"),
        ([NOON], pyarrow.timestamp("ns"), NOON, "2026-01-05T12:00:00"),
        ([NOON], pyarrow.timestamp("ms", "Europe/London"), NOON.replace(tzinfo=datetime.UTC),
         "2026-01-05T12:00:00+00:00"),
        ([1], pyarrow.duration("ns"), datetime.timedelta(0), "0:00:00"),
        ([1], pyarrow.time64("ns"), datetime.time(0), "00:00:00"),
        ([decimal.Decimal("1.50")], None, decimal.Decimal("1.50"), "1.50"),
        ([None], pyarrow.null(), None, ""),
    ],
)  # fmt: skip
def test_values_of_other_kinds_become_what_can_be_written(tmp_path, values, kind, cell, text):
    (row,) = open_table(saved(tmp_path, {"a": pyarrow.array(values, kind)})).rows
    assert (row.cells, row.texts(), row.error) == ((cell,), (text,), None)


def test_a_value_beyond_what_can_be_held_is_an_error_of_its_row_alone(tmp_path):
    far = pyarrow.array([0, 10**18], pyarrow.timestamp("s"))
    rows = list(
        open_table(saved(tmp_path, {"when": far.cast("int64").view(pyarrow.timestamp("us"))})).rows
    )
    assert [row.error for row in rows] == [None, "a cell holds what cannot be shown as text"]
    assert [row.cells for row in rows] == [(datetime.datetime(1970, 1, 1),), (None,)]


def test_letters_that_are_no_utf_8_are_an_error_of_their_row_alone(tmp_path):
    broken = pyarrow.StringArray.from_buffers(
        2, pyarrow.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pyarrow.py_buffer(b"a\xff")
    )
    rows = list(open_table(saved(tmp_path, {"text": broken})).rows)
    assert [(row.cells, row.error is None) for row in rows] == [(("a",), True), ((None,), False)]


def test_names_that_are_blank_or_alike_are_numbered(tmp_path):
    table = pyarrow.Table.from_arrays([pyarrow.array([1])] * 3, ["a", "", "a"])
    parquet.write_table(table, tmp_path / "a.parquet")
    assert open_table(tmp_path / "a.parquet").columns == ("a", "column 2", "a (2)")


def test_a_group_of_many_rows_is_read_a_few_at_a_time(tmp_path):
    n_rows = 20_000
    texts = [f"{i} " + "word " * 400 for i in range(n_rows)]  # 40 MB
    path = saved(tmp_path, {"text": texts}, row_group_size=n_rows, use_dictionary=False)
    del texts
    before = pyarrow.total_allocated_bytes()
    peak = n = 0
    for _ in open_table(path).rows:
        n += 1
        peak = max(peak, pyarrow.total_allocated_bytes() - before)
    assert n == n_rows
    assert peak < 8_000_000


def test_a_cell_that_is_too_long_is_cut_and_the_row_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_CELL_CHARACTERS", "10")
    (row,) = open_table(saved(tmp_path, {"a": ["x" * 11]})).rows
    assert (row.cells, row.error) == (
        ("x" * 10,), "1 cell(s) cut to 10 characters: raise THEMETAG_MAX_CELL_CHARACTERS",
    )  # fmt: skip


def test_too_many_columns_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_COLUMNS", "2")
    assert complaint(saved(tmp_path, {"a": [1], "b": [1], "c": [1]})).startswith(
        "a.parquet: has 3 columns where 2 are read: "
    )


DAMAGED = "is not a readable .parquet file: damaged or of another kind; save it again as .parquet"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty: the first row should name the columns"),
        (b"a,b\n1,2\n", DAMAGED),
        (b"PAR1 and no more", DAMAGED),
        (b"PARE encrypted PARE", "is encrypted: save a copy without encryption"),
        (b"%PDF-1.7", "looks like a PDF, not .parquet: give it a name that ends in .pdf"),
    ],
)
def test_what_is_no_parquet_is_refused_in_one_line(tmp_path, data, message):
    (tmp_path / "a.parquet").write_bytes(data)
    assert complaint(tmp_path / "a.parquet") == f"a.parquet: {message}"


def test_a_table_without_columns_is_empty(tmp_path):
    assert complaint(saved(tmp_path, {})) == "a.parquet: is empty: it has no columns"


def test_a_parquet_with_a_damaged_page_is_one_error(tmp_path):
    path = saved(tmp_path, {"a": ["word"] * 1000}, compression="zstd", use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[30:60] = bytes(30)
    path.write_bytes(data)
    assert complaint(path) == f"a.parquet: {DAMAGED}"


def test_where_pyarrow_is_not_installed_the_command_is_told(tmp_path):
    saved(tmp_path, {"a": [1]})
    program = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from pathlib import Path\nfrom themetag.tables import open_table\n"
        "from themetag.errors import InputError\n"
        "try: open_table(Path('a.parquet'))\n"
        "except InputError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    assert done.stdout == (
        "a.parquet: .parquet needs pyarrow, which is not installed: "
        "pip install 'themetag[parquet]'\n"
    )


# --- writing --------------------------------------------------------------------------------


def written(*rows: tuple) -> bytes:
    file = io.BytesIO()
    table = ParquetFile(file, ["a", "b", "c"], [str, float, bool])
    for row in rows:
        table.append(row)
    table.close()
    return file.getvalue()


def test_what_is_written_has_the_types_of_its_columns():
    found = parquet.read_table(io.BytesIO(written(("=1", 0.5, True), (7, None, None))))
    assert found.to_pydict() == {"a": ["=1", "7"], "b": [0.5, None], "c": [True, None]}
    assert [str(field.type) for field in found.schema] == ["string", "double", "bool"]


def test_half_a_character_is_replaced():
    assert parquet.read_table(io.BytesIO(written(("\ud83d", None, None))))["a"][0].as_py() == "?"


def test_groups_are_of_one_size_and_equal_rows_give_equal_bytes():
    rows = [(f"{i}", i / 7, bool(i % 2)) for i in range(ROWS_IN_GROUP + 1)]
    data = written(*rows)
    meta = parquet.ParquetFile(io.BytesIO(data)).metadata
    sizes = [meta.row_group(i).num_rows for i in range(meta.num_row_groups)]
    assert sizes == [ROWS_IN_GROUP, 1]
    assert data == written(*rows)


def test_a_table_of_no_row_is_a_table():
    assert parquet.read_table(io.BytesIO(written())).num_rows == 0


def test_a_table_that_is_given_up_never_looks_whole():
    file = io.BytesIO()
    table = ParquetFile(file, ["a"], [str])
    table.append(("x",))
    del table
    assert file.getvalue() == b"PAR1"
