"""Submissions out of the documents of a folder or an archive, by their paths."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from themetag.documents import read_document
from themetag.documents.archive import opened_archive, read_member
from themetag.entry import Entry
from themetag.errors import InputError
from themetag.original import Original, OriginalFile, OriginalFolder
from themetag.sources import Source, Submission
from themetag.tables import Row

# To read one may take a second, as to tag five hundred rows does.
CHUNK = 20


def from_folder(folder: Path, leave_out: Path | None = None) -> Source:
    """Make submissions of all documents in a folder and its folders, by relative path.

    Hidden files are no submissions, nor is Word's mark of an open document. A file of a kind that
    cannot be read is one, in error; so is a link to a folder, or to a file elsewhere: whoever sent
    the folder may not mean, or may not be allowed, to have that read.

    Args:
        folder: where the documents are.
        leave_out: a file that is no submission even if it stands there: the output.

    Raises:
        InputError: when there is no document; later, when one is changed before it is read.
    """
    found = sorted(_visible_files(folder), key=lambda file: file.id)
    kept = [file for file in found if leave_out is None or not _is_same(file.path, leave_out)]
    if not kept:
        raise InputError("holds no document", folder)
    listing = ((file.id, file.original.stamp if file.original else None) for file in kept)
    ids = [file.id for file in kept]
    return _source(ids, _rows(ids), lambda i: _document(kept[i]), OriginalFolder(tuple(listing)))


def from_archive(path: Path) -> Source:
    """Make submissions of all documents in a ZIP archive, by their paths within.

    As in a folder, hidden files are no submissions, and documents that cannot be read are, in
    error.

    Raises:
        InputError: when the archive cannot be read, or there is no document.
    """
    with opened_archive(path) as archive:
        kept = sorted(filter(_is_visible, archive.infolist()), key=lambda member: member.filename)
    if not kept:
        raise InputError("holds no document", path)
    original = OriginalFile.of(path)
    ids = [member.filename for member in kept]
    held: list[ZipFile] = []

    def rows() -> Iterator[Row]:
        with opened_archive(path) as archive:
            held.append(archive)
            yield from _rows(ids)

    return _source(ids, rows(), lambda i: _packed(held[0], kept[i]), original)


def _source(
    ids: Sequence[str], rows: Iterator[Row], entry: Callable[[int], Entry], original: Original
) -> Source:
    """Make a source of documents, each read when its row becomes a submission."""

    def submission(row: Row) -> Submission:
        try:
            return Submission(row, entry(row.number - 1), None)
        except _Unreadable as error:
            return Submission(row, Entry(row.cells[0], "", ""), str(error))

    return Source(
        ("id",), rows, len(ids), lambda row: str(row.cells[0]), submission, original, "", CHUNK
    )


def _rows(ids: Sequence[str]) -> Iterator[Row]:
    return (Row(number, number, (id,)) for number, id in enumerate(ids, start=1))


class _Unreadable(Exception):
    """A document cannot be read; the others can."""


def _document(file: _File) -> Entry:
    if file.original is None:
        raise _Unreadable(file.error)
    try:
        entry = read_document(file.path, file.id)
    except InputError as error:
        raise _Unreadable(error.message) from error
    finally:
        file.original.check()
    return entry


def _packed(archive: ZipFile, member: ZipInfo) -> Entry:
    try:
        return Entry.from_text(member.filename, read_member(archive, member))
    except InputError as error:
        raise _Unreadable(error.message) from error


@dataclass(frozen=True, slots=True)
class _File:
    id: str
    """The path within the folder, with a sign for each byte that is no character."""
    path: Path
    original: OriginalFile | None
    """The file as it is now; None where it cannot be opened at all."""
    error: str = ""
    """Why it cannot."""


def _visible_files(folder: Path) -> Iterator[_File]:
    """Yield all files, and the folders that cannot be looked into."""
    faults: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=faults.append):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in names + links:
            if not _is_hidden(name):
                yield _file(folder, Path(parent, name))
    for fault in faults:
        path = Path(os.fsdecode(fault.filename))
        yield _File(_id_within(folder, path), path, None, f"cannot be opened: {fault.strerror}")


def _file(folder: Path, path: Path) -> _File:
    id = _id_within(folder, path)
    if path.is_dir():
        return _File(id, path, None, "is a link to a folder, which is not followed: copy it here")
    if not path.is_file():
        return _File(id, path, None, "is not a file that can be opened")
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        return _File(id, path, None, "is a link out of the folder, not followed: copy it here")
    return _File(id, path, OriginalFile.of(path))


def _is_visible(member: ZipInfo) -> bool:
    """Say whether a member is a file that stands in no hidden folder."""
    parts = (part for part in PurePosixPath(member.filename).parts if part != "..")
    # Not `is_dir`, which stumbles over a member without a name.
    return not member.filename.endswith("/") and not any(map(_is_hidden, parts))


def _is_hidden(name: str) -> bool:
    """Say whether it is hidden, or of a system: a Mac puts __MACOSX into archives.

    Word's mark of an open document begins with ~$.
    """
    return name.startswith((".", "~$")) or name.casefold() in (
        "thumbs.db",
        "desktop.ini",
        "__macosx",
    )


def _id_within(folder: Path, path: Path) -> str:
    return os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "replace")


def _is_same(path: Path, other: Path) -> bool:
    return path.name == other.name and path.resolve() == other.resolve()
