"""`TextFile`: the lines of a text table, which may be compressed by gzip."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from themetag.documents.encoding import encoding_of
from themetag.documents.files import opened
from themetag.documents.limits import limits
from themetag.errors import InputError

_MARK = b"\x1f\x8b"
_COMPRESSED = ".gz"
# Text packs to a tenth, rows that are all alike to a three-hundredth, a bomb to a thousandth.
_HONEST_RATIO = 100


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
            InputError: the file cannot be read, is not text, is damaged, or unpacks to too much.
        """
        with self._bytes() as stream:
            metered = _Metered(stream, self.path) if self.is_compressed else stream
            return encoding_of(cast("BinaryIO", metered), str(self.path))

    @contextmanager
    def lines(self, encoding: str, *, newline: str | None = None) -> Iterator[Iterator[str]]:
        """Open the text and give its lines, none of which is read whole if it never ends.

        Args:
            encoding: its codec.
            newline: what ends a line, as for `open`.

        Raises:
            InputError: the file cannot be read or is damaged, or a line is too long; also while
                lines are read.
        """
        with (
            self._bytes() as stream,
            io.TextIOWrapper(stream, encoding=encoding, newline=newline) as lines,
        ):
            yield _bounded(lines, self.path)

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


class _Metered:
    """A packed file that is read for the first time, up to what it may unpack to."""

    def __init__(self, stream: BinaryIO, path: Path):
        self.seek = stream.seek
        self._stream = stream
        self._path = path
        self._most_bytes = max(limits().table_bytes, path.stat().st_size * _HONEST_RATIO)

    def read(self, size: int) -> bytes:
        block = self._stream.read(size)
        if self._stream.tell() > self._most_bytes:
            message = (
                f"unpacks to more than {self._most_bytes / 1e6:,.0f} MB, over {_HONEST_RATIO} "
                "times its size: unpack it yourself if that is meant, "
                "or raise THEMETAG_MAX_TABLE_MB"
            )
            raise InputError(message, self._path)
        return block


def _bounded(lines: TextIO, path: Path) -> Iterator[str]:
    most = int(limits().cell_characters)
    for number, line in enumerate(iter(partial(lines.readline, most + 1), ""), start=1):
        if len(line) > most:
            message = (
                f"has over {most:,} characters in one line: is it a table? Break the line, "
                "or raise THEMETAG_MAX_CELL_CHARACTERS"
            )
            raise InputError(message, path, line=number)
        yield line
