"""Open files so that everything that can go wrong is one `InputError`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from themetag.documents.limits import limits
from themetag.errors import InputError


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading bytes; what fails inside the block is mapped as well.

    Raises:
        InputError: the file is missing, a folder, locked away or cannot be read.
    """
    if "\0" in str(path):  # to which open() says ValueError, as to many other things
        raise InputError("no such file: its name holds a NUL character", path)
    try:
        with path.open("rb") as stream:
            yield stream
    except FileNotFoundError as error:
        raise InputError("no such file: check its name and folder", path) from error
    except IsADirectoryError as error:
        raise InputError("is a folder, not a file: name a document in it", path) from error
    except PermissionError as error:
        raise InputError("no permission to read it: ask its owner for access", path) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path) from error


def longer_than_read(n_characters: int) -> str | None:
    """Return what is wrong with a text of so many characters, if it is more than is tagged."""
    most = limits().text_characters
    if n_characters <= most:
        return None
    return (
        f"has {n_characters:,} characters where {int(most):,} are read: "
        "keep the part that matters, or raise THEMETAG_MAX_TEXT_CHARACTERS"
    )


def refuse_many(pieces: str, mark: bytes, data: bytes, source: str | Path) -> None:
    """Refuse a document that falls into so many pieces that they would take too much memory.

    Args:
        pieces: what they are called, for the message.
        mark: what each of them has.
        data: the document.
        source: its name, for the message.

    Raises:
        InputError: they are more than `Limits.n_tags`.
    """
    most = limits().n_tags
    if data.count(mark) > most:
        message = (
            f"has more than {int(most):,} {pieces}: save its words alone as .txt, "
            "or raise THEMETAG_MAX_TAGS"
        )
        raise InputError(message, source)


def read_bytes(path: Path) -> bytes:
    """Return all bytes of a document.

    Raises:
        InputError: as for `opened`, or the file is larger than `Limits.file_bytes`.
    """
    with opened(path) as stream:
        return read_stream(stream, path)


def read_stream(stream: BinaryIO, source: str | Path) -> bytes:
    """Return all bytes of a document that is open.

    Raises:
        InputError: they are more than `Limits.file_bytes`.
    """
    most = limits().file_bytes
    data = stream.read(int(most) + 1)
    if len(data) > most:
        message = (
            f"is larger than {most / 1e6:g} MB: save its words alone as .txt, "
            "or raise THEMETAG_MAX_FILE_MB"
        )
        raise InputError(message, source)
    return data
