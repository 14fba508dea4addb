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
    """A sink that packs what it takes; a head without name and time, so that bytes are equal.

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

    def close(self) -> None:
        """Write the end of the stream; what is under it stays open."""
        self._sink.write(self._packer.flush())
        self._sink.flush()
