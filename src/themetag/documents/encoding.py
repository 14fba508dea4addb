r"""Characters out of the bytes of a text file.

A file is UTF-8 or UTF-16 if it begins with the mark of one; UTF-16 without a mark if every
other byte is NUL; else UTF-8, and where nothing beyond ASCII is valid UTF-8, Windows-1252 as older
Office programs save it. A file that is UTF-8 in one place and not in another is refused: as either,
it would be garbled. Both functions here go by one scan, so a stream and a whole file agree.
Line ends are left as they are: in a table they may belong to a cell.
"""

from __future__ import annotations

import codecs
import io
import re
from typing import BinaryIO, NamedTuple

from themetag.documents.signatures import signature_of
from themetag.errors import InputError

# What is held in memory at a time, and what UTF-16 without a mark is recognised in.
BLOCK_BYTES = 1 << 16

# Tab, line ends, vertical tab and form feed occur in text; ^Z once marked its end.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# To look for one after the other takes a fifth of the time of looking for any.
_CONTROLS = [c for c in map(chr, range(32)) if _CONTROL.match(c)]
_END_OF_TEXT = "\x1a"

# What English text in UTF-8 has beyond ASCII: accented letters, signs, dashes, quotes and emoji.
# In Windows-1252 it is "Ã©" or "â€™", which nobody types; "É”", also valid in UTF-8, is left out.
_TELLS_UTF_8 = re.compile(rb"[\xc2-\xc5][\x80-\xbf]|\xe2[\x80-\xbf]{2}|\xf0\x9f[\x80-\xbf]{2}")
_LONGEST_CHARACTER = 4


class _Encoding(NamedTuple):
    name: str
    """What `open` is told."""
    codec: str
    """What decodes the bytes after the mark."""
    mark_bytes: int = 0
    """Length of the byte order mark."""


class _Fault(NamedTuple):
    data: bytes
    """The offending bytes."""
    offset: int
    """Where they begin in the file, counting from 0."""
    is_control: bool
    """Whether they do decode, but to a character that no text holds."""

    def told(self, line: int) -> str:
        """Return it in words, with the line it is in."""
        values = " ".join(f"0x{byte:02X}" for byte in self.data)
        noun = "byte" if len(self.data) == 1 else "bytes"
        return f"{noun} {values} in line {line}, at offset {self.offset}, counting from 0"


_UTF_8 = _Encoding("utf-8", "utf-8")
_WINDOWS = _Encoding("cp1252", "cp1252")
_MARKS = (
    (codecs.BOM_UTF8, _Encoding("utf-8-sig", "utf-8", 3)),
    (codecs.BOM_UTF16_LE, _Encoding("utf-16", "utf-16-le", 2)),
    (codecs.BOM_UTF16_BE, _Encoding("utf-16", "utf-16-be", 2)),
)


def decode(data: bytes, source: str, *, declared: str | None = None) -> str:
    r"""Return the text in `data`, the bytes of a text file.

    A byte order mark and ^Z at the end are taken off.

    Args:
        data: the whole file.
        source: its name, for messages.
        declared: the codec that the file itself names, tried first where there is no mark.

    Raises:
        InputError: `data` is not text, or of an encoding that is not read.

    >>> decode(b"caf\xe9 \x96 open", "note.txt")
    'café – open'
    """
    encoding = encoding_of(io.BytesIO(data), source, declared)
    return data.decode(encoding).rstrip(_END_OF_TEXT)


def encoding_of(stream: BinaryIO, source: str, declared: str | None = None) -> str:
    """Return the codec under which all of `stream` is text; it is read through in blocks.

    ^Z at the end is accepted; it is left to the caller to drop it.

    Args:
        stream: the bytes of a text file, from its start.
        source: its name, for messages.
        declared: as for `decode`.

    Raises:
        InputError: as for `decode`.
    """
    head = stream.read(BLOCK_BYTES)
    if kind := signature_of(head):
        raise InputError(f"looks like {kind.name}, not text: {kind.remedy}", source)
    candidates = _candidates(head)
    is_marked = _UTF_8 not in candidates
    # Random bytes are seldom UTF-8; to say so of a program or picture would mislead.
    if not is_marked and b"\0" in head:
        nul = _Fault(b"\0", head.index(b"\0"), is_control=True)
        raise _refusal(nul, stream, _UTF_8, source)
    if declared is not None and not is_marked:
        candidates = (_Encoding(declared, declared), *candidates)
    for encoding in candidates:
        fault = _first_fault(stream, encoding)
        if fault is None:
            return encoding.name
        is_mixed = encoding is _UTF_8 and _tells_utf_8(stream)
        if fault.is_control or is_mixed or encoding is candidates[-1]:
            raise _refusal(fault, stream, encoding, source)
    raise AssertionError("there is always a candidate")


def _refusal(fault: _Fault, stream: BinaryIO, encoding: _Encoding, source: str) -> InputError:
    """Return the error for `fault`, found under the last encoding that was tried."""
    told = fault.told(_line_at(stream, fault.offset, encoding))
    if fault.is_control:
        return InputError(f"is not text ({told}): save it again as plain text", source)
    verb = "is" if len(fault.data) == 1 else "are"
    if encoding is _UTF_8:
        what = "not UTF-8, as other parts of the file are"
        remedy = "type that character anew and save the file as UTF-8"
        return InputError(f"{told}, {verb} {what}: {remedy}", source)
    name = "UTF-8" if encoding.codec == "utf-8" else "UTF-16"
    what = f"not {name}, which the start of the file promises"
    if encoding is _WINDOWS:
        what = "neither UTF-8 nor Windows-1252"
    return InputError(f"{told}, {verb} {what}: save the file again as UTF-8", source)


def _line_at(stream: BinaryIO, offset: int, encoding: _Encoding) -> int:
    """Return the 1-based line in which a byte is."""
    decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
    lines = io.IncrementalNewlineDecoder(decoder, translate=True)
    stream.seek(0)
    line = 1
    while block := stream.read(min(BLOCK_BYTES, offset)):
        offset -= len(block)
        line += lines.decode(block, final=not offset).count("\n")
    return line


def _tells_utf_8(stream: BinaryIO) -> bool:
    """Say whether some of a file cannot well be anything but UTF-8."""
    stream.seek(0)
    tail = b""
    while block := stream.read(BLOCK_BYTES):
        if _TELLS_UTF_8.search(tail + block):
            return True
        tail = block[1 - _LONGEST_CHARACTER :]
    return False


def _candidates(head: bytes) -> tuple[_Encoding, ...]:
    """Return the encodings to try in turn on a file that begins with `head`."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return (encoding,)
    pairs = len(head) // 2
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    # In UTF-16 the upper byte of a Latin letter is NUL; the lower one is of few characters.
    if odd > pairs / 2 and odd >= 3 * even:
        return (_Encoding("utf-16-le", "utf-16-le"),)
    if even > pairs / 2 and even >= 3 * odd:
        return (_Encoding("utf-16-be", "utf-16-be"),)
    return (_UTF_8, _WINDOWS)


def _first_fault(stream: BinaryIO, encoding: _Encoding) -> _Fault | None:
    """Return the first place where `stream` is not text in `encoding`, or None."""
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    read = stream.seek(encoding.mark_bytes)
    ended_at: int | None = None
    block = b"-"
    while block:
        block = stream.read(BLOCK_BYTES)
        # A character cut by the end of the last block still waits in the decoder.
        start = read - len(decoder.getstate()[0])
        read += len(block)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            data = bytes(error.object[error.start : error.end])
            return _Fault(data, start + error.start, is_control=False)
        body = text.rstrip(_END_OF_TEXT)
        if body and ended_at is not None:
            return _Fault(_END_OF_TEXT.encode(), ended_at, is_control=True)
        if any(map(body.__contains__, _CONTROLS)) and (match := _CONTROL.search(body)):
            before = len(body[: match.start()].encode(encoding.codec))
            return _Fault(match[0].encode(), start + before, is_control=True)
        if len(body) < len(text) and ended_at is None:
            ended_at = start + len(body.encode(encoding.codec))
    return None
