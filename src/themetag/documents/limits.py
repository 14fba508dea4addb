"""`Limits`: how much of a file is read, so that none can take the whole machine.

Each figure can be set by an environment variable, which worker processes inherit.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from themetag.errors import InputError

_MEGABYTE = 1_000_000

# The field, and what one of the variable is worth in it.
VARIABLES = {
    "THEMETAG_MAX_FILE_MB": ("file_bytes", _MEGABYTE),
    "THEMETAG_MAX_UNPACKED_MB": ("unpacked_bytes", _MEGABYTE),
    "THEMETAG_MAX_TAGS": ("n_tags", 1),
    "THEMETAG_MAX_TEXT_CHARACTERS": ("text_characters", 1),
    "THEMETAG_MAX_TABLE_MB": ("table_bytes", _MEGABYTE),
    "THEMETAG_MAX_CELL_CHARACTERS": ("cell_characters", 1),
    "THEMETAG_MAX_COLUMNS": ("n_columns", 1),
    "THEMETAG_MAX_SECONDS": ("duration_s", 1),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused because it is too much; every default is far above an honest submission."""

    file_bytes: float = 50 * _MEGABYTE
    """A document. A 1,000-word one is some 50 KB in Word; with photographs seldom over 20 MB."""
    unpacked_bytes: float = 50 * _MEGABYTE
    """What a document unpacks to. The XML of a 300-page report is some 15 MB."""
    n_tags: float = _MEGABYTE
    """Tags in the markup of a document, or lines of a mail. A 300-page report has some 400,000;
    each takes 200 bytes of memory, and 50 MB of the shortest ones would take 4 GB."""
    text_characters: float = _MEGABYTE
    """The text of a document, or of a row of a table: 150,000 words. Each takes 200 bytes of memory
    to tag, so that 50 MB of words would take 9 GB."""
    table_bytes: float = 500 * _MEGABYTE
    """What an .xlsx unpacks to, some 80,000 entries of 1,000 words; and what a .gz may, where it
    is more than a hundred times its own size. Other tables are streamed, whatever their size."""
    cell_characters: float = 10 * _MEGABYTE
    """A cell, or a line of a text table. A longer one is a quotation mark never closed."""
    n_columns: float = 16_384
    """Columns of a table: as many as a worksheet has."""
    duration_s: float = 60
    """Seconds that reading a document may take. 300 pages of PDF take some 20."""


def limits() -> Limits:
    """Return the limits that hold in this environment.

    Raises:
        InputError: a variable is not a number above 0.

    >>> limits().n_columns
    16384
    """
    found = {
        field: _number(name, os.environ[name]) * worth
        for name, (field, worth) in VARIABLES.items()
        if os.environ.get(name)
    }
    return Limits(**found)


def _number(name: str, written: str) -> float:
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise InputError(f"{written!r} is not a number above 0: mend the variable", name)
    return number
