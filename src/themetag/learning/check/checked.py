"""A labelled table → what a person should look at before it trains; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from themetag.codebook import Codebook
from themetag.errors import one_line
from themetag.learning.check.boilerplate import boilerplate
from themetag.learning.check.doubts import Doubts, doubts
from themetag.learning.check.faults import few_entries, id_faults, label_faults, row_faults
from themetag.learning.check.findings import Finding, Kind
from themetag.learning.check.judge import Judge
from themetag.learning.check.kinship import kin_of, kinship
from themetag.learning.check.written import CHECK, WrittenTable, read_written
from themetag.learning.corpus import LabelColumns

_HEADINGS: dict[Kind, str] = {
    "row": "Rows that cannot be read as meant",
    "label": "Labels that the codebook does not know",
    "id": "Ids that stand twice",
    "duplicate": "Entries that are alike",
    "category": "Categories that the model finds unlikely, the least likely first",
    "theme": "Themes that the model finds unlikely or misses, the least likely first",
    "few": "Categories of few entries",
    "boilerplate": "Text that may not be the entrant's own",
}
SUGGESTED = {
    "category": "suggested_category",
    "themes": "suggested_themes",
    "project": "suggested_project",
}
# More than these are in the table and the JSON.
_SHOWN = 20
_SHOWN_LINES = 8


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """A table and all that was found in it."""

    table: WrittenTable
    """The table as it was read."""
    findings: tuple[Finding, ...]
    """What to look at, kind by kind in the order of the report."""
    doubts: Doubts
    """What the model could judge and what not."""
    codebook: str
    """The edition of the codebook that labels were held against."""
    model: str
    """The version of the model that judged."""
    n_known: int
    """How many entries of other tables it was compared with."""

    def as_json(self) -> dict[str, Any]:
        """Return the whole result as plain types."""
        return {
            "table": str(self.table.path),
            "n": len(self.table.entries),
            "compared_with": self.n_known,
            "codebook": self.codebook,
            "model": self.model,
            "judged": dict(sorted(self.doubts.n_judged.items())),
            "not_judged": list(self.doubts.unjudged),
            "findings": [finding.as_json() for finding in self.findings],
        }

    def as_text(self) -> str:
        """Return the result as a report, at most twenty findings of a kind."""
        lines = [
            f"{len(self.table.entries)} entries of {self._name()}, compared with "
            f"{self.n_known} of the corpus; codebook {self.codebook}, model {self.model}",
            *self._judged_lines(),
        ]
        for kind, group in groupby(self.findings, lambda finding: finding.kind):
            found = list(group)
            lines += ["", f"{_HEADINGS[kind]} ({len(found)})", *self._lines(found)]
        if not self.findings:
            lines += ["", "Nothing was found."]
        return "\n".join(lines)

    def columns(self) -> tuple[str, ...]:
        """Return the header of the table with the columns `check` and of suggestions."""
        added = (CHECK, *SUGGESTED.values())
        return (*self.table.columns, *(x for x in added if x not in self.table.columns))

    def rows(self) -> Iterator[list[Any]]:
        """Yield the rows under `columns`: what `check` said is kept, what was found put after it.

        A suggestion stands in a column of its own; of several for one cell, the first.
        """
        of_line: dict[int | None, list[Finding]] = {}
        for finding in self.findings:
            of_line.setdefault(finding.line, []).append(finding)
        for written in self.table.entries:
            found = of_line.get(written.row.line, [])
            cells = dict(zip(self.table.columns, written.row.cells, strict=True))
            kept = str(cells.get(CHECK) or "")
            new = (finding.says for finding in found if finding.says not in kept)
            cells[CHECK] = "; ".join(filter(None, [kept, *new]))
            for part, column in SUGGESTED.items():
                cells[column] = next((x.suggested[part] for x in found if part in x.suggested), "")
            yield [cells[column] for column in self.columns()]

    def _judged_lines(self) -> Iterator[str]:
        n, unjudged = self.doubts.n_judged, self.doubts.unjudged
        if n:
            yield (
                f"labels judged: {n['unseen']} entries new to the model, "
                f"{n['out-of-fold']} that it learnt from (by fits without them)"
            )
        if unjudged:
            some = ", ".join(map(repr, unjudged[:_SHOWN_LINES]))
            yield (
                f"labels not judged: {len(unjudged)} entries that it learnt from, or that are like "
                f"what it learnt from, with no fit without them: {some}"
                + (" …" if len(unjudged) > _SHOWN_LINES else "")
            )

    def _lines(self, found: Sequence[Finding]) -> Iterator[str]:
        """Yield a line for each finding; what is said of many rows is said once."""
        alike: dict[str, list[Finding]] = {}
        for finding in found:
            alike.setdefault(finding.says, []).append(finding)
        for same in list(alike.values())[:_SHOWN]:
            yield f"  {self._where(same[0])}{same[0].says}{self._also(same[1:])}"
        if len(alike) > _SHOWN:
            yield f"  … and {len(alike) - _SHOWN} more, which --json and -o give in full"

    def _where(self, finding: Finding) -> str:
        if finding.line is None:
            return ""
        id = f"{finding.id!r} " if finding.kind in ("duplicate", "category", "theme") else ""
        return f"{self._name()}:{self._line(finding)}: {id}"

    def _also(self, others: Sequence[Finding]) -> str:
        if not others:
            return ""
        lines = ", ".join(map(self._line, others[:_SHOWN_LINES]))
        more = f" and {len(others) - _SHOWN_LINES} more" if len(others) > _SHOWN_LINES else ""
        return f" (also on line {lines}{more})"

    def _line(self, finding: Finding) -> str:
        """Return the line of a row, and the row that a spreadsheet shows it as if that differs."""
        line = finding.line or 0
        row = self.table.sheet_row(line)
        return str(line) if row == line else f"{line} (row {row})"

    def _name(self) -> str:
        return one_line(str(self.table.path))


def check(
    path: Path,
    columns: LabelColumns,
    known: Sequence[WrittenTable],
    codebook: Codebook,
    judge: Judge,
) -> CheckedTable:
    """Check a labelled table before it trains.

    Args:
        path: the table.
        columns: what its columns are called.
        known: the tables of other years, and whatever else it is to be compared with.
        codebook: what the labels are held against.
        judge: the model that says which labels it finds unlikely.

    Raises:
        InputError: when the table cannot be read or is of another codebook altogether.
    """
    table = read_written(path, columns)
    others = [written for other in known for written in other.entries]
    kin = kin_of(table, others)
    doubted = doubts(table, judge, kin, columns.plausible or "plausible_themes")
    findings = (
        *row_faults(table),
        *label_faults(table, codebook),
        *id_faults(table, others),
        *kinship(kin),
        *doubted.findings,
        *few_entries(table, known, codebook),
        *boilerplate(table, others),
    )
    return CheckedTable(
        table, findings, doubted, codebook.version, judge.tagger.version, len(others)
    )
