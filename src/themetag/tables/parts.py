"""The parts of a workbook, looked through block by block before openpyxl reads a row of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

from openpyxl.utils import column_index_from_string

from themetag.documents.limits import limits
from themetag.documents.package import defines_entities, refuse_bomb
from themetag.errors import InputError

_BLOCK_BYTES = 1 << 20
# What openpyxl reads bit by bit; of the other parts it makes trees, as of a document.
_STREAMED = ("xl/worksheets/", "xl/sharedStrings")
# A formula has at most 8,192 characters; so much of a block is looked at again with the next.
_OVERLAP_BYTES = 1 << 16

# A header stands within the first rows, and has not more groups than this.
_LAST_MERGED_ROW = 20
_MOST_MERGED = 1000

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
# A formula, and no value that was stored with it.
_UNSTORED = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
# The empty text is a value, and stored like this.
_IS_TEXT = b't="str"'


class Merged(NamedTuple):
    """An area of cells that are shown as one, 1-based and both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What openpyxl passes over when it streams a sheet."""

    merged: frozenset[Merged]
    """The merged areas that begin near the top."""
    n_unstored: int
    """How many formulas were saved without a value."""


def check_parts(path: Path) -> None:
    """Refuse a workbook that is damaged, a bomb, or defines entities.

    Raises:
        InputError: its XML unpacks to more than `Limits.table_bytes`, or one part of which a tree
            is made to more than `Limits.unpacked_bytes`.
        BadZipFile: it is damaged, or has what no program writes.
    """
    n_bytes = 0
    with ZipFile(path) as package:
        for name in package.namelist():
            if not name.lower().endswith((".xml", ".rels")):
                continue
            n_here = 0
            for block, n_again in _blocks(package, name):
                n_here += len(block) - n_again
                if defines_entities(block):
                    raise BadZipFile(name)
                _refuse_bomb(n_bytes + n_here, path)
                if not name.startswith(_STREAMED):
                    refuse_bomb(n_here, str(path))
            n_bytes += n_here


def _refuse_bomb(n_bytes: int, path: Path) -> None:
    most_bytes = limits().table_bytes
    if n_bytes > most_bytes:
        message = (
            f"unpacks to more than {int(most_bytes / 1e6):,} MB: save it as .csv, "
            "or raise THEMETAG_MAX_TABLE_MB"
        )
        raise InputError(message, path)


def layout_of(path: Path, member: str) -> Layout:
    """Return the layout of one sheet.

    Args:
        path: the workbook.
        member: the name of the part that the sheet is.
    """
    merged: set[Merged] = set()
    n_unstored = 0
    with ZipFile(path) as package:
        for block, n_again in _blocks(package, member):
            if b"f>" in block or b"<f" in block:
                n_unstored += sum(
                    match.end() > n_again and _IS_TEXT not in match[1]
                    for match in _UNSTORED.finditer(block)
                )
            if b"mergeCell" in block and len(merged) < _MOST_MERGED:
                merged |= set(_merged(block))
    return Layout(frozenset(merged), n_unstored)


def _merged(block: bytes) -> Iterator[Merged]:
    for match in _MERGED.finditer(block):
        first_column, first_row, last_column, last_row = match.groups()
        if int(first_row) <= _LAST_MERGED_ROW:
            yield Merged(
                int(first_row),
                int(last_row),
                column_index_from_string(first_column.decode()),
                column_index_from_string(last_column.decode()),
            )


def _blocks(package: ZipFile, name: str) -> Iterator[tuple[bytes, int]]:
    """Yield a part block by block, and how much of each was at the end of the one before."""
    tail = b""
    with package.open(name) as part:
        while read := part.read(_BLOCK_BYTES):
            yield tail + read, len(tail)
            tail = (tail + read)[-_OVERLAP_BYTES:]
