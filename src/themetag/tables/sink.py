"""`Sink`: where the bytes of a text table go, and `GzipSink`, which packs them on their way."""

from __future__ import annotations

import zlib
from typing import Protocol

# Tells zlib to put the head and tail of gzip round what it packs.
_AS_GZIP = zlib.MAX_WBITS | 16


class Sink(Protocol):
    """What can be written to."""

    def write(self, data: bytes, /) -> int:
        """Take bytes and return how many."""

    def flush(self) -> None:
        """Pass on what is held back, as far as it can be."""


class GzipSink:
    """A sink that packs what it takes; heads without name and time, so that bytes are equal.

    What is packed is a row of streams, each of which can be read without those before it; `cut`
    ends one. Together they unpack to all that was written (RFC 1952, section 2.2).

    One that is given up leaves a stream without an end, which no reader takes for whole. (What
    the standard library has for this would end the stream as soon as nobody holds it.)
    """

    def __init__(self, sink: Sink):
        self._sink = sink
        self._packer = zlib.compressobj(wbits=_AS_GZIP)

    def write(self, data: bytes, /) -> int:
        """Pack and pass on."""
        self._sink.write(self._packer.compress(data))
        return len(data)

    def flush(self) -> None:
        """Pass on what is packed; what is held back for packing stays, for fewer bytes."""
        self._sink.flush()

    def cut(self) -> int:
        """End a stream and begin the next; return the bytes that the next one has so far."""
        end = self._packer.flush()
        self._packer = zlib.compressobj(wbits=_AS_GZIP)
        head = self._packer.compress(b"")
        self._sink.write(end + head)
        return len(head)

    def close(self) -> None:
        """Write the end of the last stream; what is under it stays open."""
        self._sink.write(self._packer.flush())
        self._sink.flush()
