"""Documents of folders and archives as submissions."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from themetag.entry import Entry
from themetag.errors import InputError
from themetag.folders import from_archive, from_folder
from themetag.sources import Source, Submission

TEXT = "Rough sleepers moved into council flats."


def submissions(source: Source) -> list[Submission]:
    return list(map(source.submission, source.rows))


def folder_rows(folder: Path, leave_out: Path | None = None) -> list[tuple]:
    found = from_folder(folder, leave_out)
    rows = [(part.row.number, part.row.cells, part.error) for part in submissions(found)]
    assert (found.columns, found.n_rows) == (("id",), len(rows))
    return rows


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
         "save it as .txt, .md, .html, .htm, .mhtml, .mht, .docx, .odt, .rtf, .eml or .pdf"),
    ]  # fmt: skip


def test_a_link_to_nothing_is_a_document_in_error(tmp_path):
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    assert folder_rows(tmp_path) == [(1, ("gone.txt",), "is not a file that can be opened")]


def test_links_that_lead_out_of_the_folder_are_not_followed(tmp_path):
    inside, outside = tmp_path / "sent", tmp_path / "private"
    for folder in (inside, outside, inside / "a"):
        folder.mkdir()
        (folder / "one.txt").write_text(TEXT)
    (inside / "link.txt").symlink_to(inside / "a" / "one.txt")
    (inside / "out.txt").symlink_to(outside / "one.txt")
    (inside / "up.txt").symlink_to("../private/one.txt")
    (inside / "all").symlink_to(outside)
    (inside / "round").symlink_to(inside)
    (tmp_path / "door").symlink_to(inside)  # the folder itself may be named by a link
    out = "is a link out of the folder, not followed: copy it here"
    folder_link = "is a link to a folder, which is not followed: copy it here"
    for folder in (inside, tmp_path / "door"):
        assert folder_rows(folder) == [
            (1, ("a/one.txt",), None),
            (2, ("all",), folder_link),
            (3, ("link.txt",), None),
            (4, ("one.txt",), None),
            (5, ("out.txt",), out),
            (6, ("round",), folder_link),
            (7, ("up.txt",), out),
        ]


def test_names_that_are_not_characters_or_not_one_line_are_still_ids(tmp_path):
    (tmp_path / "two\nlines.txt").write_text(TEXT)
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text(TEXT)
    found = submissions(from_folder(tmp_path))
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
    rows = [(part.row.number, part.entry, part.error) for part in submissions(found)]
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
         "save it as .txt, .md, .html, .htm, .mhtml, .mht, .docx, .odt, .rtf, .eml or .pdf"),
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


def test_a_link_in_an_archive_is_a_row_in_error_and_is_not_read_as_a_text(tmp_path):
    path = archive(tmp_path, {"b.txt": b"Two."})
    with zipfile.ZipFile(path, "a") as packed:
        for name in ("a.txt", "folder"):
            link = zipfile.ZipInfo(name)
            link.external_attr = 0o120777 << 16  # as `zip --symlinks` writes it
            packed.writestr(link, "/etc/passwd")
    told = "is a link, which is not followed: pack the document itself"
    assert archive_rows(path) == [
        (1, nothing("a.txt"), told),
        (2, Entry("b.txt", "", "Two."), None),
        (3, nothing("folder"), told),
    ]


def test_a_bomb_in_an_archive_is_a_row_in_error(tmp_path, monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_UNPACKED_MB", "1")
    path = archive(tmp_path, {"a.txt": b" " * 1_000_001, "b.txt": b"Two."})
    assert archive_rows(path) == [
        (
            1,
            nothing("a.txt"),
            "unpacks to more than 1 MB: save its words alone as .txt, "
            "or raise THEMETAG_MAX_UNPACKED_MB",
        ),
        (2, Entry("b.txt", "", "Two."), None),
    ]


def test_a_member_without_a_name_is_a_row_in_error(tmp_path):
    path = archive(tmp_path, {"zz": b"One.", "b.txt": b"Two."})
    path.write_bytes(path.read_bytes().replace(b"zz", b"\0z"))  # what follows NUL is cut off
    assert [row[1:] for row in archive_rows(path)] == [
        (nothing(""), "is of a kind that is not read: "
         "save it as .txt, .md, .html, .htm, .mhtml, .mht, .docx, .odt, .rtf, .eml or .pdf"),
        (Entry("b.txt", "", "Two."), None),
    ]  # fmt: skip


def test_an_archive_in_an_archive_is_a_row_in_error_and_is_not_opened(tmp_path):
    inner = archive(tmp_path, {"a.txt": b"One."}).read_bytes()
    assert [row[2] for row in archive_rows(archive(tmp_path, {"inner.zip": inner}))] == [
        "is of a kind that is not read: "
        "save it as .txt, .md, .html, .htm, .mhtml, .mht, .docx, .odt, .rtf, .eml or .pdf"
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


def test_a_document_that_is_changed_after_it_was_found_stops_everything(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(TEXT)
    found = from_folder(tmp_path)
    first, second = found.rows
    assert found.submission(first).entry.body == TEXT
    (tmp_path / "b.txt").write_text(TEXT + " And more.")
    with pytest.raises(InputError) as caught:
        found.submission(second)
    assert str(caught.value).startswith(f"{tmp_path / 'b.txt'}: was changed while it was read")


def test_a_folder_is_known_by_the_names_sizes_and_times_of_its_documents(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    digest = from_folder(tmp_path).original.digest()
    assert from_folder(tmp_path).original.digest() == digest
    (tmp_path / "b.txt").write_text(TEXT)
    assert from_folder(tmp_path).original.digest() != digest
    (tmp_path / "b.txt").unlink()
    assert from_folder(tmp_path).original.digest() == digest
    os.utime(tmp_path / "a.txt", ns=(0, 0))
    assert from_folder(tmp_path).original.digest() != digest
