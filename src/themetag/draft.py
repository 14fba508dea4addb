"""`Draft`: an output in the making, from which a run that was stopped can go on.

It stands beside its place in a folder of its own:

```
tagged.csv             only once all is done
.tagged.csv.partial/
  rows                 what becomes tagged.csv
  scores               the scores of all rows so far, where `rows` cannot be continued
  journal.jsonl        first what is tagged and how, then how far it is, a line each time
  lock                 held while a run is at work
```

A line of the journal is written when all that it speaks of is on the disk. What follows the last
whole line is cut off when a run goes on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from themetag.errors import InputError, ThemetagError, interrupt_behind
from themetag.original import ChangedError
from themetag.output import keep_names, refuse_existing

_JOURNAL, _ROWS, _SCORES, _LOCK = "journal.jsonl", "rows", "scores", "lock"
# A name on a disk has at most 255 bytes.
_LONGEST_NAME = 255
_CUT_NAME = 60


@dataclass(frozen=True, slots=True)
class Point:
    """How far an output is."""

    n_rows: int = 0
    """Rows that are whole."""
    n_bytes: int = 0
    """Bytes of what is continued: of `rows`, or else of `scores`."""
    n_errors: int = 0
    """How many of the rows have an error."""
    n_abstained: int = 0
    """How many of the others have no answer."""


@dataclass(slots=True)
class Draft:
    """An output in the making."""

    folder: Path
    """Where it stands."""
    rows: BinaryIO
    """What becomes the output."""
    scores: BinaryIO | None
    """The scores of the rows so far, where the format of the output cannot be continued."""
    start: Point
    """Where this run begins."""
    reached: Point
    """How far the output is if the run is killed now."""
    journal: BinaryIO
    """Where `mark` writes."""

    def mark(self, point: Point) -> None:
        """Make sure that a later run can go on from a point.

        Raises:
            InputError: when the folder is gone; what is written would be lost.
            OSError: when the disk is full.
        """
        continued = self.rows if self.scores is None else self.scores
        _to_disk(continued)
        _append(self.journal, asdict(point))
        self.reached = point
        self.refuse_loss()

    def refuse_loss(self) -> None:
        """Refuse to go on where the folder is gone; what is written would be lost.

        Raises:
            InputError: when it is.
        """
        path = self.folder / _JOURNAL
        if not path.exists() or not os.path.samestat(path.stat(), os.fstat(self.journal.fileno())):
            raise InputError(
                "was moved or removed while it was written to: put it back and go on with --resume",
                self.folder,
            )


def place_of(output: Path) -> Path:
    """Return the folder of the draft of an output.

    >>> place_of(Path("out/tagged.csv")).as_posix()
    'out/.tagged.csv.partial'
    """
    name = f".{output.name}.partial"
    if len(os.fsencode(name)) > _LONGEST_NAME:
        mark = sha256(os.fsencode(output.name)).hexdigest()[:16]
        name = f".{output.name[:_CUT_NAME]}.{mark}.partial"
    return output.parent / name


def left_over(output: Path) -> int:
    """Return how many rows a run that was stopped has left of an output."""
    try:
        written = (place_of(output) / _JOURNAL).read_bytes()
    except OSError:
        return 0
    _, point, _ = _read(written)
    return point.n_rows


@contextmanager
def new_draft(
    output: Path,
    facts: Mapping[str, Any],
    *,
    overwrite: bool,
    resume: bool,
    keeps_scores: bool,
) -> Iterator[Draft]:
    """Give a draft that takes its place at `output` when all went well.

    When something goes wrong it stays for a later run to go on, unless no row is in it.

    Args:
        output: where the output is to stand.
        facts: all that the rows depend on, by names that a person understands; a run goes on only
            where they are the same.
        overwrite: whether `output` may be replaced.
        resume: whether to go on where there is a draft; else it is begun anew.
        keeps_scores: whether `scores` is what is continued.

    Raises:
        InputError: when `output` exists and is not to be replaced or cannot be written, when
            another run is writing it, or when it cannot be gone on with.
    """
    refuse_existing(output, overwrite=overwrite)
    folder = place_of(output)
    try:
        folder.mkdir(exist_ok=True)
        with _locked(folder, output):
            with _kept_or_dropped(output):
                refuse_existing(output, overwrite=overwrite)  # another run may have ended meanwhile
            start, journal_bytes = Point(), 0
            if resume and _is_whole(folder, keeps_scores):
                start, journal_bytes = _found(folder, facts, output)
            with (
                _kept_or_dropped(output),
                _continued(folder / _JOURNAL, journal_bytes) as journal,
                _continued(folder / _ROWS, 0 if keeps_scores else start.n_bytes) as rows,
                _continued(folder / _SCORES, start.n_bytes if keeps_scores else 0) as scores,
            ):
                if not journal_bytes:
                    _append(journal, facts)
                draft = Draft(folder, rows, scores if keeps_scores else None, start, start, journal)
                yield draft
                _to_disk(rows)
                draft.refuse_loss()
                refuse_existing(output, overwrite=overwrite)
                os.replace(folder / _ROWS, output)
                keep_names(output.parent)
            _drop(folder)
    except OSError as error:
        raise _unwritable(error, output) from error


@contextmanager
def _kept_or_dropped(output: Path) -> Iterator[None]:
    """When something goes wrong, say what is kept; where that is nothing, leave nothing."""
    try:
        yield
    except BaseException as error:
        if not (n_rows := left_over(output)):
            _drop(place_of(output))
            raise
        goes_on = "the same command with --resume goes on after them"
        if isinstance(error, ChangedError):  # otherwise the next run would refuse to
            goes_on = f"once it is again what it was, {goes_on}; else begin again without --resume"
        kept = f"{n_rows:,} rows are kept: {goes_on}"
        if interrupt_behind(error):
            raise KeyboardInterrupt(kept) from error
        if isinstance(error, OSError):
            error = _unwritable(error, output)
        if isinstance(error, ThemetagError):
            raise type(error)(f"{error.message}; {kept}", error.path, line=error.line) from error
        raise


def _drop(folder: Path) -> None:
    """Remove a draft, its lock last: from then on the place is that of whoever comes next."""
    for name in (_JOURNAL, _ROWS, _SCORES, _LOCK):
        with suppress(OSError):
            (folder / name).unlink()
    with suppress(OSError):
        folder.rmdir()


def _unwritable(error: OSError, output: Path) -> InputError:
    return InputError(f"cannot be written: {error.strerror or error}", output)


@contextmanager
def _locked(folder: Path, output: Path) -> Iterator[None]:
    try:
        with FileLock(folder / _LOCK, timeout=0):
            yield
    except Timeout as error:
        raise InputError("another run is writing it: wait for its end", output) from error


def _is_whole(folder: Path, keeps_scores: bool) -> bool:
    """Say whether a run was stopped before its output took its place."""
    return all((folder / name).exists() for name in (_JOURNAL, _SCORES if keeps_scores else _ROWS))


@contextmanager
def _continued(path: Path, n_bytes: int) -> Iterator[BinaryIO]:
    """Open a file to write on after its first bytes."""
    with path.open("r+b" if n_bytes else "wb") as file:
        file.truncate(n_bytes)
        file.seek(n_bytes)
        yield file


def _read(journal: bytes) -> tuple[dict[str, Any], Point, int]:
    """Return the facts, the last point, and the bytes of all whole lines; {} without facts."""
    facts: dict[str, Any] = {}
    point, n_bytes = Point(), 0
    for line in journal.splitlines(keepends=True):
        try:
            record = json.loads(line) if line.endswith(b"\n") else None
            if not isinstance(record, dict):
                break
            if n_bytes:
                point = Point(**record)
            else:
                facts = record
        except (ValueError, TypeError):
            break
        n_bytes += len(line)
    return facts, point, n_bytes


def _found(folder: Path, facts: Mapping[str, Any], output: Path) -> tuple[Point, int]:
    """Return where to go on, and the bytes of the journal that count."""
    found, point, n_bytes = _read((folder / _JOURNAL).read_bytes())
    others = [name for name in facts if found.get(name) != facts[name]]
    if found and others:
        raise InputError(
            f"cannot go on: {' and '.join(others)} changed since the run that was stopped; "
            "begin again without --resume",
            output,
        )
    return point, n_bytes


def _append(journal: BinaryIO, record: Mapping[str, Any]) -> None:
    journal.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
    _to_disk(journal)


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
