"""`Original`: what a batch reads, as it stood when the batch began."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from themetag.errors import InputError

_CHANGED = "was changed while it was read: let nobody write to it until the batch is done"


class ChangedError(InputError):
    """What a batch reads was changed meanwhile."""


class Original(Protocol):
    """What can tell whether it is still, or again, what it was."""

    def check(self) -> None:
        """Make sure that it has not changed since it was first looked at.

        Raises:
            ChangedError: when it has.
        """

    def digest(self) -> str:
        """Return the same text for the same content, on any day."""


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """A file, known by its bytes; whether it changes is seen by its size and its times."""

    path: Path
    """Where it is."""
    stamp: tuple[int, int, int]
    """Which file it was, of how many bytes, and when it was last written to, in nanoseconds."""

    @classmethod
    def of(cls, path: Path) -> OriginalFile:
        """Look at a file.

        Raises:
            InputError: when there is none.
        """
        return cls(path, _stamp(path))

    def check(self) -> None:
        """Make sure that nobody wrote to it or replaced it.

        Raises:
            ChangedError: when somebody did.
        """
        if _stamp(self.path) != self.stamp:
            raise ChangedError(_CHANGED, self.path)

    def digest(self) -> str:
        """Return the SHA-256 of its bytes: a copy is the same file.

        Raises:
            InputError: when it cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise _unreadable(self.path, error) from error


@dataclass(frozen=True, slots=True)
class OriginalFolder:
    """The documents of a folder, known by their names, sizes and times.

    To know them by their bytes, all of them would have to be read before the first is tagged.
    Whether one changes is checked as it is read.
    """

    listing: tuple[tuple[str, tuple[int, int, int] | None], ...]
    """The path of each document within the folder, and its stamp if it has one."""

    def check(self) -> None:
        """Leave it to whoever reads the documents."""

    def digest(self) -> str:
        """Return the SHA-256 of the listing."""
        lines = (f"{id}\0{stamp[1:] if stamp else ''}\0" for id, stamp in self.listing)
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise InputError("no such file: check its name and folder", path) from error
    except OSError as error:
        raise _unreadable(path, error) from error
    return found.st_ino, found.st_size, found.st_mtime_ns


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"cannot be read: {error.strerror or error}", path)
