"""What was accepted into its table of the corpus, and the decisions into the record."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from themetag.errors import InputError
from themetag.learning.check.written import WrittenTable
from themetag.learning.exchange.accept import ENTRY_COLUMNS, RECORD_COLUMNS, Accepted
from themetag.learning.exchange.added import ids_beside, renamed, said_of_ids
from themetag.output import new_file, one_at_a_time
from themetag.tables.plain import csv_text

_UNDATED = "undated"
_YEAR = re.compile(r"(?:19|20)\d\d")


def refuse_known(accepted: Accepted, output: Path, known: Sequence[WrittenTable]) -> None:
    """Refuse entries that the corpus holds already.

    Raises:
        InputError: when an id or a year stands in another table of the corpus.
    """
    years = {row["year"] for row in accepted.entries if row["year"]}
    ids = {row["id"] for row in accepted.entries}
    for table in known:
        own = {table.cell(written, "year") for written in table.entries}
        is_beside = table.path.resolve().parent == output.resolve().parent
        if is_beside and (twice := years & own):
            raise InputError(
                f"holds the year {min(twice)} already; put the entries there with --add, or mend "
                "the year of the draft",
                table.path,
            )
        for written in table.entries:
            if written.entry.id in ids:
                raise InputError(f"id {written.entry.id!r} stands there already", written.place)


def refuse_year(accepted: Accepted, output: Path) -> None:
    """Refuse entries of a year that is not the table's, or of none.

    A table whose name is no year may hold entries of any year; undated.csv those of none too.

    Raises:
        InputError: for such an entry.
    """
    for row in accepted.entries:
        if not row["year"] and output.stem != _UNDATED:
            raise InputError(
                f"entry {row['id']!r} of the draft has no year; write it into the column 'year', "
                f"make the draft with ingest --year, or name {_UNDATED}.csv",
                output,
            )
        if _YEAR.fullmatch(output.stem) and row["year"][:4] != output.stem:
            raise InputError(
                f"entry {row['id']!r} is of {row['year']}; name the table of that year, "
                f"{row['year'][:4]}.csv, or mend the year in the draft",
                output,
            )


def refuse_replacing(output: Path) -> None:
    """Refuse to replace a table that is there, saying which years it holds.

    Raises:
        InputError: when it exists.
    """
    if output.exists():
        rows = _read_rows(output, ENTRY_COLUMNS)
        years = " and ".join(sorted({row["year"] or "no year" for row in rows})) or "no year"
        raise InputError(
            f"holds {len(rows)} entries of {years} already; add those of another page with --add, "
            "or replace them with --overwrite",
            output,
        )


def added_to(accepted: Accepted, path: Path) -> Accepted:
    """Return the same with the entries that stand in a table already.

    Raises:
        InputError: when the table cannot be read or has one of the texts with other cells.
    """
    old = _read_rows(path, ENTRY_COLUMNS)
    ids = ids_beside(accepted.entries, old, path)
    merged = {row["id"]: row for row in (*(renamed(x, ids) for x in accepted.entries), *old)}
    return Accepted(
        tuple(sorted(merged.values(), key=lambda row: row["id"])),
        tuple(renamed(row, ids) for row in accepted.record),
        (*accepted.notes, *filter(None, [said_of_ids(ids, accepted.entries)])),
    )


def write_accepted(
    accepted: Accepted, output: Path, record: Path, *, add: bool = False, overwrite: bool = False
) -> Accepted:
    """Write the entries and add the decisions to the record, one run at a time.

    What stands in the record stays there; a decision that is the last one about its label already
    is not repeated. The entries take their place first: a run that was stopped between the two
    can be made again, on any day, and no decision is ever about an entry that is not there.

    Args:
        accepted: the entries and decisions.
        output: the table of entries.
        record: the table of all decisions.
        add: whether to keep the entries that stand in `output` already.
        overwrite: whether to replace them.

    Returns:
        What was written, with the entries that stay.

    Raises:
        InputError: when an output exists and is not to be replaced, or cannot be written.
    """
    with one_at_a_time(record):
        whole = added_to(accepted, output) if add else accepted
        old = _read_rows(record, RECORD_COLUMNS)
        with new_file(record, overwrite=True) as decisions:
            decisions.write(_csv(RECORD_COLUMNS, [*old, *_undecided(whole.record, old)]))
            decisions.flush()  # a full disk is met before the entries are touched
            with new_file(output, overwrite=add or overwrite) as entries:
                entries.write(_csv(ENTRY_COLUMNS, whole.entries))
    return whole


def _undecided(
    rows: Sequence[Mapping[str, str]], old: Sequence[Mapping[str, str]]
) -> list[Mapping[str, str]]:
    """Return the decisions that are not the last ones about their labels, whatever the day."""
    last = {(row["id"], row["label"]): _but_day(row) for row in old}
    return [row for row in rows if last.get((row["id"], row["label"])) != _but_day(row)]


def _but_day(row: Mapping[str, str]) -> dict[str, str]:
    return {**row, "date": ""}


def _read_rows(path: Path, columns: Sequence[str]) -> list[Mapping[str, str]]:
    """Return the rows of a table of the corpus as they stand, none where there is no table."""
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows: list[Mapping[str, str]] = list(reader)
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"cannot be added to, since it cannot be read: {error}", path) from error
    if tuple(reader.fieldnames or ()) != tuple(columns):
        raise InputError(f"cannot be added to: its columns are not {', '.join(columns)}", path)
    return rows


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    return csv_text(columns, ([row[name] for name in columns] for row in rows)).encode()
