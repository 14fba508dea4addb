"""`Report`: what was measured, as text, as JSON and as a model card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from themetag.learning.measure import Figure, LabelCount
from themetag.measures import LISTED

# Under this many entries a rate moves by a fifth with each of them, so only counts are shown.
LEAST_FOR_A_RATE = 5


@dataclass(frozen=True, slots=True)
class Report:
    """Scores of a model or recipe, each with its count and interval."""

    how: str
    """What was measured and how it was split."""
    n: int
    """How many entries were measured."""
    category: Mapping[str, Figure]
    """Category figures by name; empty where there was no category to measure."""
    themes: Mapping[str, Figure]
    """Theme figures by name; empty where there was no theme to measure."""
    labels: tuple[LabelCount, ...]
    """Counts of every label."""
    notes: tuple[str, ...] = ()
    """What a reader must know to take the scores for what they are."""
    years: tuple[YearScores, ...] = ()
    """Scores of models of earlier years on each later one, where they were asked for."""

    def as_json(self) -> dict[str, Any]:
        """Return the report as the JSON object that the command line prints."""
        return {
            "n": self.n,
            "how": self.how,
            "notes": list(self.notes),
            "category": {name: asdict(figure) for name, figure in self.category.items()},
            "themes": {name: asdict(figure) for name, figure in self.themes.items()},
            "labels": [asdict(row) for row in self.labels],
        } | ({"years": [scores.as_json() for scores in self.years]} if self.years else {})

    def as_text(self) -> str:
        """Return the report for a person to read."""
        lines = [self.how, *(f"! {note}" for note in self.notes), ""]
        for heading, figures in (("Category", self.category), ("Themes", self.themes)):
            if figures:
                lines.append(f"{heading} (95 % intervals over resampled groups)")
                lines += [f"  {LISTED[name]:<36} {figure}" for name, figure in figures.items()]
                lines.append("")
        width = max((len(row.label) for row in self.labels), default=0)
        lines.append(f"  {'label':<{width}}      n  right  wrong missed")
        lines += [
            f"  {row.label:<{width}} {row.n:>6} {row.tp:>6.4g} {row.fp:>6.4g} {row.fn:>6.4g}"
            for row in self.labels
        ]
        lines += [line for scores in self.years for line in ("", *scores.lines())]
        return "\n".join(lines)

    def figures_table(self) -> str:
        """Return the figures as a Markdown table."""
        rows = [
            [task, LISTED[name], _rounded(figure.value), _interval(figure), str(figure.n)]
            for task, figures in (("category", self.category), ("themes", self.themes))
            for name, figure in figures.items()
        ]
        return table(["task", "measure", "value", "95 % interval", "entries"], rows)

    def labels_table(self, task: str) -> str:
        """Return the counts of the categories or themes as a Markdown table."""
        rows = [
            [row.label, str(row.n), f"{row.tp:.4g}", f"{row.fp:.4g}", f"{row.fn:.4g}"]
            + [_rounded(rate) if row.n >= LEAST_FOR_A_RATE else "–"
               for rate in (row.precision, row.recall)]
            for row in self.labels
            if row.task == task
        ]  # fmt: skip
        return table([task, "entries", "right", "wrong", "missed", "precision", "recall"], rows)


@dataclass(frozen=True, slots=True)
class YearScores:
    """How well a model of what was there before a year does on that year."""

    year: int
    """The award year."""
    report: Report
    """Its scores, as far as the year and what was there before can give them."""
    cross_validated: Report
    """The same figures of the same entries, where entries of their own year had trained too."""

    def as_json(self) -> dict[str, Any]:
        """Return the scores as a JSON object: those of the report, and the others beside them."""
        beside = self.cross_validated.as_json()
        return {
            "year": self.year,
            **self.report.as_json(),
            "cross_validated": {"category": beside["category"], "themes": beside["themes"]},
        }

    def lines(self) -> list[str]:
        """Return the scores for a person to read."""
        lines = [f"{self.year}: {self.report.how}", *(f"! {note}" for note in self.report.notes)]
        for heading, figures, others in (
            ("Category", self.report.category, self.cross_validated.category),
            ("Themes", self.report.themes, self.cross_validated.themes),
        ):
            if figures:
                beside = "the same entries in the folds above"
                lines.append(f"  {heading:<38} {'earlier years':<35} {beside}")
                lines += [
                    f"    {LISTED[name]:<36} {figure!s:<35} {others[name]}"
                    for name, figure in figures.items()
                ]
        return lines


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [header, ["---"] * len(header), *cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _rounded(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _interval(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return "–"
    return f"{figure.low:.2f} to {figure.high:.2f}"
