"""`TextFile`: the lines of a text table, which may be compressed by gzip."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from themetag.documents.encoding import encoding_of
from themetag.documents.files import opened
from themetag.errors import InputError

_MARK = b"\x1f\x8b"
_COMPRESSED = ".gz"


def suffix_of(path: Path) -> str:
    """Return what tells the format of a table, in small letters; of `.csv.gz` all of it.

    >>> suffix_of(Path("entries.2026.CSV")), suffix_of(Path("entries.2026.csv.gz"))
    ('.csv', '.csv.gz')
    """
    last = path.suffix.lower()
    return Path(path.stem).suffix.lower() + last if last == _COMPRESSED else last


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text table on the disk, unpacked in blocks every time it is read."""

    path: Path
    """Where it is."""
    is_compressed: bool = False
    """Whether it was compressed by gzip."""

    def encoding(self) -> str:
        """Return the codec of the text, after reading all of it.

        Raises:
            InputError: the file cannot be read, is not text, or is damaged.
        """
        with self._bytes() as stream:
            return encoding_of(stream, str(self.path))

    @contextmanager
    def lines(self, encoding: str, *, newline: str | None = None) -> Iterator[TextIO]:
        """Open the text.

        Args:
            encoding: its codec.
            newline: what ends a line, as for `open`.

        Raises:
            InputError: the file cannot be read or is damaged; also while lines are read.
        """
        with (
            self._bytes() as stream,
            io.TextIOWrapper(stream, encoding=encoding, newline=newline) as lines,
        ):
            yield lines

    @contextmanager
    def _bytes(self) -> Iterator[BinaryIO]:
        with opened(self.path) as stream:
            if not self.is_compressed:
                yield stream
                return
            if stream.read(len(_MARK)) != _MARK:
                message = "is not compressed by gzip: give it a name without .gz"
                raise InputError(message, self.path)
            stream.seek(0)
            try:
                with gzip.GzipFile(fileobj=stream) as unpacked:
                    yield unpacked  # type: ignore[misc]  # it reads and seeks as a BinaryIO does
            except (gzip.BadGzipFile, EOFError, zlib.error) as error:
                message = "is damaged or cut short: compress it or download it again"
                raise InputError(message, self.path) from error
