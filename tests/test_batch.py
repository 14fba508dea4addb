"""Streams of submissions through a tagger, and folders and archives of documents."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from themetag.batch import Outcome, Source, from_archive, from_folder, from_table, tag_source
from themetag.documents import package
from themetag.entry import Entry
from themetag.errors import InputError
from themetag.tables import Answer, Columns, Row, Table

TEXT = "Rough sleepers moved into council flats."


class Shelf:
    """A writer that keeps what it is given."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.is_finished = False

    def write(self, answer: Answer) -> str | None:
        self.answers.append(answer)
        return answer.error

    def finish(self) -> None:
        self.is_finished = True


def source(*rows: Row) -> Source:
    table = Table(("id", "text"), iter(rows), "", len(rows))
    return from_table(table, Columns(0, None, (1,)))


def folder_rows(folder: Path, leave_out: Path | None = None) -> list[tuple]:
    found = from_folder(folder, leave_out)
    rows = [(part.row.number, part.row.cells, part.error) for part in found.submissions]
    assert (found.columns, found.n_rows) == (("id",), len(rows))
    return rows


def test_rows_become_entries_and_rows_in_error_empty_ones():
    found = source(
        Row(1, 2, ("7", " a text ")),
        Row(2, 3, (None, "x")),
        Row(3, 4, ("9", " \t")),
        Row(4, 5, ("10", "x"), "ragged"),
    )
    assert [(part.entry, part.error) for part in found.submissions] == [
        (Entry("7", "", "a text"), None),
        (Entry("2", "", "x"), None),
        (Entry("9", "", ""), "no text"),
        (Entry("10", "", ""), "ragged"),
    ]


def test_answers_come_in_order_and_everything_amiss_is_counted(tiny_model):
    rows = [
        Row(1, 2, ("a", TEXT)),
        Row(2, 3, ("b", "Zyx qwv.")),
        Row(3, 4, ("a", TEXT)),
        Row(4, 5, ("c", ""), "empty"),
        Row(5, 9, ("a", TEXT)),
    ]
    shelf, steps = Shelf(), []
    outcome = tag_source(source(*rows), tiny_model, shelf, n_chunk=2, progress=steps.append)
    assert outcome == Outcome(5, 1, 1, 2, (4, 9))
    assert [answer.prediction.id for answer in shelf.answers] == ["a", "b", "a", "c", "a"]
    assert [answer.prediction.reason for answer in shelf.answers] == [
        None, "no-known-terms", None, "empty", None,
    ]  # fmt: skip
    assert (steps, shelf.is_finished) == ([2, 2, 1], True)


class Witness:
    """An observer that remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[Answer | str] = []

    def see(self, answer: Answer) -> None:
        self.seen.append(answer)

    def finish(self) -> None:
        self.seen.append("finished")


def test_observers_are_shown_every_answer_in_order_and_told_of_the_end(tiny_model):
    rows = [Row(i, i + 1, (str(i), TEXT)) for i in range(1, 6)]
    shelf, witnesses = Shelf(), [Witness(), Witness()]
    tag_source(source(*rows), tiny_model, shelf, n_chunk=2, observers=witnesses)
    assert [witness.seen for witness in witnesses] == [[*shelf.answers, "finished"]] * 2


def test_no_row_is_no_trouble(tiny_model):
    shelf = Shelf()
    assert tag_source(source(), tiny_model, shelf) == Outcome(0, 0, 0, 0)
    assert (shelf.answers, shelf.is_finished) == ([], True)


def test_rows_are_read_no_further_than_the_chunk_at_work(tiny_model):
    read = []

    def rows() -> Iterator[Row]:
        for i in range(1, 10):
            read.append(i)
            yield Row(i, i + 1, (str(i), TEXT))

    seen = []
    table = from_table(Table(("id", "text"), rows(), ""), Columns(0, None, (1,)))
    tag_source(table, tiny_model, Shelf(), n_chunk=3, progress=lambda _: seen.append(len(read)))
    assert seen == [3, 6, 9]


def test_a_folder_gives_its_documents_by_path_and_each_unreadable_one_in_error(tmp_path):
    for name, data in {
        "b.txt": b"One.",
        "a/z.md": b"# Two",
        "a.txt": b"Three.",
        "old.doc": b"\xd0\xcf\x11\xe0",
        "empty.txt": b"",
        ".hidden.txt": b"no",
        ".git/config.txt": b"no",
        "~$b.docx": b"no",
        "Thumbs.db": b"no",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert folder_rows(tmp_path) == [
        (1, ("a.txt",), None),
        (2, ("a/z.md",), None),
        (3, ("b.txt",), None),
        (4, ("empty.txt",), "is empty: nothing to read"),
        (5, ("old.doc",),
         "is of a kind that is not read: "
         "save it as .txt, .md, .html, .htm, .docx, .odt, .rtf, .eml or .pdf"),
    ]  # fmt: skip


def test_a_link_to_nothing_is_a_document_in_error(tmp_path):
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    assert folder_rows(tmp_path) == [(1, ("gone.txt",), "is not a file that can be opened")]


def test_names_that_are_not_characters_or_not_one_line_are_still_ids(tmp_path):
    (tmp_path / "two\nlines.txt").write_text(TEXT)
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text(TEXT)
    found = list(from_folder(tmp_path).submissions)
    ids = ["caf\N{REPLACEMENT CHARACTER}.txt", "two\nlines.txt"]
    assert [part.entry for part in found] == [Entry(id, "", TEXT) for id in ids]
    assert [part.row.cells for part in found] == [(id,) for id in ids]


def test_the_output_is_no_document_of_the_folder_it_stands_in(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "tagged.csv").write_text("id\n")
    assert folder_rows(tmp_path, tmp_path / "tagged.csv") == [(1, ("a.txt",), None)]


def test_a_folder_without_documents_is_refused(tmp_path):
    (tmp_path / "tagged.csv").write_text("id\n")
    with pytest.raises(InputError) as caught:
        from_folder(tmp_path, tmp_path / "tagged.csv")
    assert str(caught.value) == f"{tmp_path}: holds no document"


def archive(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "entries.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return path


def archive_rows(path: Path) -> list[tuple]:
    found = from_archive(path)
    rows = [(part.row.number, part.entry, part.error) for part in found.submissions]
    assert (found.columns, found.n_rows) == (("id",), len(rows))
    return rows


def nothing(id: str) -> Entry:
    return Entry(id, "", "")


def test_an_archive_gives_its_documents_as_a_folder_does(tmp_path):
    members = {
        "b.txt": b"One.",
        "a/": b"",
        "a/z.md": b"# Two\n\nThree.",
        "old.doc": b"\xd0\xcf\x11\xe0",
        "empty.txt": b"",
        "café.html": b"<p>Four.</p>",
        "__MACOSX/._b.txt": b"no",
        "__MACOSX/a/z.md": b"no",
        ".git/config.txt": b"no",
        "a/.hidden.txt": b"no",
        "a/~$z.docx": b"no",
        "a/Thumbs.db": b"no",
    }
    assert archive_rows(archive(tmp_path, members)) == [
        (1, Entry("a/z.md", "Two", "Three."), None),
        (2, Entry("b.txt", "", "One."), None),
        (3, Entry("café.html", "", "Four."), None),
        (4, nothing("empty.txt"), "is empty: nothing to read"),
        (5, nothing("old.doc"), "is of a kind that is not read: "
         "save it as .txt, .md, .html, .htm, .docx, .odt, .rtf, .eml or .pdf"),
    ]  # fmt: skip


def test_paths_that_lead_out_of_an_archive_are_only_ids(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    path = archive(inner, {"../../slip.txt": b"One.", "/etc/slip.txt": b"Two."})
    assert [row[1] for row in archive_rows(path)] == [
        Entry("../../slip.txt", "", "One."), Entry("/etc/slip.txt", "", "Two."),
    ]  # fmt: skip
    assert [p.name for p in tmp_path.rglob("*")] == ["inner", "entries.zip"]


def test_a_locked_and_a_damaged_document_are_rows_in_error_and_the_others_are_read(tmp_path):
    path = archive(tmp_path, {"a.txt": b"One. " * 9, "b.txt": b"Two. " * 9, "c.txt": b"Three."})
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 1)
    data[first + 8] |= 1  # the mark of a password, in the directory
    data[second + 16] ^= 1  # the checksum
    path.write_bytes(data)
    assert archive_rows(path) == [
        (1, nothing("a.txt"), "is locked in the archive by a password: pack it without one"),
        (2, nothing("b.txt"), "is damaged in the archive: pack it again"),
        (3, Entry("c.txt", "", "Three."), None),
    ]


def test_a_bomb_in_an_archive_is_a_row_in_error(tmp_path, monkeypatch):
    monkeypatch.setattr(package, "MAX_UNPACKED_BYTES", 1_000_000)
    path = archive(tmp_path, {"a.txt": b" " * 1_000_001, "b.txt": b"Two."})
    assert archive_rows(path) == [
        (1, nothing("a.txt"), "unpacks to more than 1 MB: save its words alone as .txt"),
        (2, Entry("b.txt", "", "Two."), None),
    ]


def test_an_archive_without_documents_or_of_another_kind_is_refused(tmp_path):
    damaged = "is damaged or not a ZIP archive: pack or download it again"
    whole = archive(tmp_path, {"a.txt": b"One."}).read_bytes()
    for data, message in ((b"One.", damaged), (b"", damaged), (whole[:-30], damaged)):
        (tmp_path / "bad.zip").write_bytes(data)
        with pytest.raises(InputError) as caught:
            from_archive(tmp_path / "bad.zip")
        assert str(caught.value) == f"{tmp_path / 'bad.zip'}: {message}"
    with pytest.raises(InputError) as caught:
        from_archive(archive(tmp_path, {".hidden.txt": b"no"}))
    assert str(caught.value) == f"{tmp_path / 'entries.zip'}: holds no document"
