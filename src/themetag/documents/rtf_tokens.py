"""The token grammar of RTF: braces, control words and the bytes between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"""
      (?P<brace>[{}])
    | \\(?P<word>[A-Za-z]+)(?P<number>-?[0-9]{1,10})?\ ?
    | \\'(?P<hex>[0-9A-Fa-f]{2})
    | \\(?P<symbol>.)
    | (?P<text>[^\\{}]+)
    """,
    re.VERBOSE | re.DOTALL,
)
# Line ends only make the file readable, and NUL pads it; after a backslash a line end means `\par`.
_DROPPED = b"\r\n\0"
_ESCAPED = b"\\{}"


class Token(NamedTuple):
    """One token; exactly one of `name` and `data` is filled."""

    name: str
    """A brace, a control word or a control symbol without its backslash."""
    number: int | None
    """What stands right after a control word."""
    data: bytes
    """Bytes of text, in a code page that the words before them choose."""


def tokens(data: bytes) -> Iterator[Token]:
    r"""Yield the tokens of an RTF file, binary data left out.

    >>> [token.name or token.data for token in tokens(rb"{\b1 caf\'e9\par}")]
    ['{', 'b', b'caf', b'\xe9', 'par', '}']
    """
    position = 0
    while match := _TOKEN.match(data, position):
        position = match.end()
        token = _token(match)
        if token.name == "bin":
            position += max(token.number or 0, 0)
        elif token.name or token.data:
            yield token


def _token(match: re.Match[bytes]) -> Token:
    kind = match.lastgroup
    found = match[kind or 0]
    if kind == "text":
        return Token("", None, found.translate(None, _DROPPED))
    if kind == "hex":
        return Token("", None, bytes.fromhex(found.decode("ascii")))
    if kind == "symbol":
        return _symbol(found)
    if kind == "number":
        return Token(match["word"].decode("ascii"), int(found), b"")
    return Token(found.decode("ascii"), None, b"")


def _symbol(found: bytes) -> Token:
    if found in _ESCAPED:
        return Token("", None, found)
    return Token("par" if found in _DROPPED else found.decode("latin-1"), None, b"")
