"""Entries from tables and predictions to tables, one registry by suffix."""

from __future__ import annotations

from themetag.tables.answers import Answer
from themetag.tables.briefs import Brief, briefs
from themetag.tables.columns import Columns, choose_columns, choose_entered
from themetag.tables.lines import STRETCH, TextWriter
from themetag.tables.readers import READERS, open_table
from themetag.tables.rows import Row, Table
from themetag.tables.textfile import suffix_of
from themetag.tables.writers import TEXT_WRITERS, WRITERS, Writer, open_writer

__all__ = [
    "READERS",
    "STRETCH",
    "TEXT_WRITERS",
    "WRITERS",
    "Answer",
    "Brief",
    "Columns",
    "Row",
    "Table",
    "TextWriter",
    "Writer",
    "briefs",
    "choose_columns",
    "choose_entered",
    "open_table",
    "open_writer",
    "suffix_of",
]
