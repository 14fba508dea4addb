"""Proposals out to where people correct them, and decisions back: one registry of formats.

To exchange with another tool, write `write_<tool>(proposals, codebook) -> bytes` and
`read_<tool>(path) -> list[Decision]` in a module of its own and add one line to `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from themetag.codebook import Codebook
from themetag.errors import InputError
from themetag.learning.exchange.decisions import Decision
from themetag.learning.exchange.doccano import doccano_labels, read_doccano, write_doccano
from themetag.learning.exchange.labelstudio import (
    labelling_config,
    read_label_studio,
    write_label_studio,
)
from themetag.learning.exchange.proposals import Proposal
from themetag.learning.exchange.sheets import read_sheet, write_csv, write_workbook
from themetag.output import new_file, refuse_target


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that people correct labels in."""

    suffix: str
    """What its files end in."""
    write: Callable[[Sequence[Proposal], Codebook], bytes]
    """Makes the file."""
    read: Callable[[Path], list[Decision]]
    """Reads it back as the tool exports it."""
    companion: str = ""
    """What the name of a second file ends in that the tool needs; empty where it needs none."""
    write_companion: Callable[[Codebook], bytes] | None = None
    """Makes that file."""


FORMATS: dict[str, Format] = {
    "xlsx": Format(".xlsx", write_workbook, read_sheet),
    "csv": Format(".csv", write_csv, read_sheet),
    "doccano": Format(".jsonl", write_doccano, read_doccano, ".labels.json", doccano_labels),
    "label-studio": Format(
        ".json", write_label_studio, read_label_studio, ".config.xml", labelling_config
    ),
}


def format_of(path: Path, named: str | None = None) -> Format:
    """Return the format of a file by its suffix, or the one that is named.

    Raises:
        InputError: for a suffix that no format has.
    """
    if named:
        return FORMATS[named]
    for format in FORMATS.values():
        if path.suffix.lower() == format.suffix:
            return format
    kinds = ", ".join(f"{format.suffix} ({name})" for name, format in FORMATS.items())
    raise InputError(f"cannot tell its kind from its name; end it in one of {kinds}", path)


def refuse_outputs(path: Path, format: Format, inputs: Sequence[Path], *, overwrite: bool) -> None:
    """Refuse, before any work, files that cannot be written or would replace what is read.

    Raises:
        InputError: when one of them is such a file.
    """
    for target in _targets(path, format):
        refuse_target(target, inputs, overwrite=overwrite)


def write_proposals(
    proposals: Sequence[Proposal],
    codebook: Codebook,
    path: Path,
    format: Format,
    *,
    overwrite: bool,
) -> list[Path]:
    """Write proposals, and beside them what the tool needs besides.

    Returns:
        The files written.

    Raises:
        InputError: when one exists and is not to be replaced, or cannot be written.
    """
    refuse_outputs(path, format, (), overwrite=overwrite)
    contents = [format.write(proposals, codebook)]
    if format.write_companion:
        contents.append(format.write_companion(codebook))
    targets = _targets(path, format)
    for target, data in zip(targets, contents, strict=True):
        with new_file(target, overwrite=overwrite) as file:
            file.write(data)
    return targets


def _targets(path: Path, format: Format) -> list[Path]:
    beside = path.with_name(path.name.removesuffix(path.suffix) + format.companion)
    return [path, beside] if format.companion else [path]
