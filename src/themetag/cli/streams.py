"""Standard input and output as places of tables, and the formats that can be named for them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from themetag.errors import InputError

FORMATS = ("csv", "tsv", "jsonl", "xlsx", "parquet", "csv.gz", "tsv.gz", "jsonl.gz")

STANDARD_INPUT = "standard input"
STANDARD_OUTPUT = "standard output"


@contextmanager
def local(input: str, format: str | None) -> Iterator[tuple[Path, str]]:
    """Give a file that can be read more than once, and what to call it."""
    if input != "-":
        yield Path(input), input
        return
    if format is None:
        raise click.UsageError(f"INPUT - needs --from: one of {', '.join(FORMATS)}")
    import shutil  # slow to import, and `predict` imports this module too
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copied"
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        try:
            yield path, STANDARD_INPUT
        except InputError as error:
            if error.path != str(path):
                raise
            raise InputError(error.message, STANDARD_INPUT, line=error.line) from error


@contextmanager
def standard_output() -> Iterator[BinaryIO]:
    """Give standard output.

    Raises:
        InputError: when it cannot be written to.
    """
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever reads has read enough
        raise
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", STANDARD_OUTPUT) from error
