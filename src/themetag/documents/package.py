"""Members of a ZIP package, unpacked in blocks and counted."""

from __future__ import annotations

import zipfile

from themetag.documents.limits import limits
from themetag.errors import InputError

_BLOCK_BYTES = 1 << 16

_DOCUMENT_TYPES = tuple("<!DOCTYPE".encode(x) for x in ("ascii", "utf-16-le", "utf-16-be"))

LOCKED = "is protected by a password: save a copy without one"


def content_of(
    packed: zipfile.ZipFile, member: str | zipfile.ZipInfo, source: str, *, before_bytes: int = 0
) -> bytes:
    """Return what is in a member, whatever size it claims.

    Args:
        packed: the package.
        member: the member, or its name.
        source: the name of the package, for messages.
        before_bytes: how much of the package has been unpacked already.

    Raises:
        InputError: the member and what was before it are more than `Limits.unpacked_bytes`.
    """
    content = bytearray()
    with packed.open(member) as stream:
        while block := stream.read(_BLOCK_BYTES):
            content += block
            refuse_bomb(before_bytes + len(content), source)
    return bytes(content)


def refuse_bomb(unpacked_bytes: int, source: str) -> None:
    """Refuse a package that would take too much memory.

    Raises:
        InputError: naming the limit.
    """
    most = limits().unpacked_bytes
    if unpacked_bytes > most:
        message = (
            f"unpacks to more than {most / 1e6:g} MB: save its words alone as .txt, "
            "or raise THEMETAG_MAX_UNPACKED_MB"
        )
        raise InputError(message, source)


def defines_entities(xml: bytes) -> bool:
    """Say whether XML may define entities, which can multiply or name other files.

    No office program writes a document type; it could be in UTF-16 as well.

    >>> defines_entities('<?xml version="1.0"?><!DOCTYPE x []><x/>'.encode("utf-16"))
    True
    """
    return any(mark in xml for mark in _DOCUMENT_TYPES)
