"""Stream a table or documents of a folder or archive through a tagger, in chunks, in order."""

from __future__ import annotations

import itertools
import os
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Protocol
from zipfile import ZipInfo

import numpy as np
from joblib import Parallel, delayed

from themetag.artifact import load
from themetag.documents import read_document
from themetag.documents.archive import opened_archive, read_member
from themetag.entry import Entry
from themetag.errors import InputError
from themetag.prediction import Prediction
from themetag.tables import Answer, Columns, Row, Table, Writer
from themetag.tables.rows import as_text
from themetag.tagger import Tagger

# Large enough that handing a chunk to a worker costs little beside tagging it, small enough that
# a progress bar moves and memory stays flat.
CHUNK = 500

# Enough to find them by.
SHOWN_REPEATS = 10

# Chunks in the making at a time, for each worker.
_WINDOW = 4


@dataclass(frozen=True, slots=True)
class Submission:
    """One row on its way to the tagger."""

    row: Row
    """The row as it was read."""
    entry: Entry
    """What is to be tagged; without text where the row is in error."""
    error: str | None
    """What is wrong with the row, if anything."""
    is_numbered: bool = False
    """Whether the row has no id of its own and goes by its number."""


@dataclass(frozen=True, slots=True)
class Source:
    """Submissions that are read once, in order."""

    columns: tuple[str, ...]
    """The columns that come before the added ones."""
    submissions: Iterator[Submission]
    """The submissions, read as they are asked for."""
    n_rows: int | None
    """How many there are, as far as that is known beforehand."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch."""

    n_rows: int
    """Rows read, all of which were written."""
    n_errors: int
    """Rows with something in the column `error`."""
    n_abstained: int
    """Rows without a category for another reason than an error."""
    n_repeated_ids: int
    """Rows whose id an earlier row has."""
    repeated_lines: tuple[int, ...] = ()
    """Where the first few of them stand in the file."""


class Observer(Protocol):
    """What is shown every row and its answer, in order, as they are written."""

    def see(self, answer: Answer) -> None:
        """Take notice of one row."""

    def finish(self) -> None:
        """Be told that there are no more rows, once the last one is written."""


def from_table(table: Table, columns: Columns) -> Source:
    """Make submissions of the rows of a table."""
    return Source(table.columns, (_submission(row, columns) for row in table.rows), table.n_rows)


def from_folder(folder: Path, leave_out: Path | None = None) -> Source:
    """Make submissions of all documents in a folder and its folders, by relative path.

    Hidden files are no submissions, nor is Word's mark of an open document. A file of a kind that
    cannot be read is one, in error.

    Args:
        folder: where the documents are.
        leave_out: a file that is no submission even if it stands there: the output.

    Raises:
        InputError: when there is no document.
    """
    found = sorted(_visible_files(folder), key=lambda file: file.id)
    kept = [file for file in found if leave_out is None or not _is_same(file.path, leave_out)]
    if not kept:
        raise InputError("holds no document", folder)
    submissions = (_document(file, number) for number, file in enumerate(kept, start=1))
    return Source(("id",), submissions, len(kept))


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
    return Source(("id",), _packed_documents(path, kept), len(kept))


def tag_source(
    source: Source,
    model: Path,
    writer: Writer,
    *,
    with_evidence: bool = False,
    n_jobs: int = 1,
    n_chunk: int = CHUNK,
    observers: Sequence[Observer] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Tag all submissions and write each with its answer, in order.

    Args:
        source: the submissions.
        model: the model folder; each worker loads it once.
        writer: where the answers go.
        with_evidence: whether to find words and sentences too.
        n_jobs: worker processes; with 1, everything happens here. The answers do not depend on
            it.
        n_chunk: submissions a chunk; the answers do not depend on it.
        observers: what is shown every answer after it is written.
        progress: called with the number of rows written since the last call.
    """
    ids, lines = array("q"), array("q")
    n_rows = n_errors = n_abstained = 0
    for submissions, predictions in _tagged(source, model, with_evidence, n_jobs, n_chunk):
        for submission, prediction in zip(submissions, predictions, strict=True):
            answer = Answer(submission.row, submission.entry, prediction, submission.error)
            error = writer.write(answer)
            for observer in observers:
                observer.see(answer)
            n_errors += error is not None
            n_abstained += prediction.is_abstention and submission.error is None
            n_rows += 1
            if not submission.is_numbered:
                ids.append(hash(prediction.id))
                lines.append(submission.row.line)
        progress(len(submissions))
    writer.finish()
    for observer in observers:
        observer.finish()
    repeated = _repeats(ids)
    where = tuple(lines[i] for i in repeated[:SHOWN_REPEATS])
    return Outcome(n_rows, n_errors, n_abstained, len(repeated), where)


def _repeats(ids: array[int]) -> list[int]:
    """Return the positions of the numbers that stand further up already."""
    if not ids:
        return []
    numbers = np.frombuffer(ids, dtype=np.int64)
    is_repeat = np.ones(len(numbers), dtype=bool)
    is_repeat[np.unique(numbers, return_index=True)[1]] = False
    positions: list[int] = np.flatnonzero(is_repeat).tolist()
    return positions


def _tagged(
    source: Source, model: Path, with_evidence: bool, n_jobs: int, n_chunk: int
) -> Iterator[tuple[list[Submission], list[Prediction]]]:
    chunks = iter(lambda: list(itertools.islice(source.submissions, n_chunk)), [])
    if n_jobs == 1:
        tagger = load(model)
        for chunk in chunks:
            yield chunk, _tag_chunk(tagger, chunk, with_evidence)
        return
    with Parallel(n_jobs=n_jobs) as parallel:
        while window := list(itertools.islice(chunks, _WINDOW * n_jobs)):
            tasks = (
                delayed(_tag_chunk_there)(str(model), [part.entry for part in chunk], with_evidence)
                for chunk in window
            )
            yield from zip(window, parallel(tasks), strict=True)


def _tag_chunk(tagger: Tagger, chunk: list[Submission], with_evidence: bool) -> list[Prediction]:
    entries = (submission.entry for submission in chunk)
    return list(tagger.tag_all(entries, with_evidence=with_evidence))


def _tag_chunk_there(model: str, entries: list[Entry], with_evidence: bool) -> list[Prediction]:
    """Tag in a worker process, which keeps the model it has loaded."""
    return list(_loaded(model).tag_all(entries, with_evidence=with_evidence))


@lru_cache(maxsize=1)
def _loaded(model: str) -> Tagger:
    return load(model)


def _submission(row: Row, columns: Columns) -> Submission:
    entry = columns.entry(row.number, row.texts())
    error = row.error or (None if entry.text else "no text")
    is_numbered = columns.id is None or not as_text(row.cells[columns.id]).strip()
    return Submission(row, Entry(entry.id, "", "") if error else entry, error, is_numbered)


@dataclass(frozen=True, slots=True)
class _File:
    id: str
    """The path within the folder, with a sign for each byte that is no character."""
    path: Path
    error: str | None = None
    """Why it cannot be opened at all."""


def _visible_files(folder: Path) -> Iterator[_File]:
    """Yield all files, and the folders that cannot be looked into."""
    faults: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=faults.append):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        for name in names:
            if not _is_hidden(name):
                path = Path(parent, name)
                error = None if path.is_file() else "is not a file that can be opened"
                yield _File(_id_within(folder, path), path, error)
    for fault in faults:
        path = Path(os.fsdecode(fault.filename))
        yield _File(_id_within(folder, path), path, f"cannot be opened: {fault.strerror}")


def _is_visible(member: ZipInfo) -> bool:
    """Say whether a member is a file that stands in no hidden folder."""
    parts = (part for part in PurePosixPath(member.filename).parts if part != "..")
    return not member.is_dir() and not any(map(_is_hidden, parts))


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


def _document(file: _File, number: int) -> Submission:
    row = Row(number, number, (file.id,))
    try:
        if file.error:
            raise InputError(file.error)
        return Submission(row, read_document(file.path, file.id), None)
    except InputError as error:
        return Submission(row, Entry(file.id, "", ""), error.message)


def _packed_documents(path: Path, members: list[ZipInfo]) -> Iterator[Submission]:
    with opened_archive(path) as archive:
        for number, member in enumerate(members, start=1):
            id = member.filename
            row = Row(number, number, (id,))
            try:
                entry = Entry.from_text(id, read_member(archive, member))
            except InputError as error:
                yield Submission(row, Entry(id, "", ""), error.message)
            else:
                yield Submission(row, entry, None)
