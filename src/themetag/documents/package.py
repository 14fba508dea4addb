"""Members of a ZIP package, unpacked in blocks and counted."""

from __future__ import annotations

import zipfile

from themetag.errors import InputError

# The XML of a 300-page report is some 15 MB; 50 MB of it take 0.6 GB and 6 s to read.
MAX_UNPACKED_BYTES = 50_000_000
_BLOCK_BYTES = 1 << 16

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
        InputError: the member and what was before it are more than `MAX_UNPACKED_BYTES`.
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
    if unpacked_bytes > MAX_UNPACKED_BYTES:
        limit = f"{MAX_UNPACKED_BYTES // 1_000_000} MB"
        raise InputError(f"unpacks to more than {limit}: save its words alone as .txt", source)
