"""A comparison of two models as text for the person who decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill

from themetag.learning.compare.comparison import (
    Change,
    Comparison,
    EntryChange,
    LabelChange,
    Labels,
    Side,
)
from themetag.learning.measure import Figure, LabelCount
from themetag.learning.report import LEAST_FOR_A_RATE
from themetag.measures import DECISIVE, LISTED

_WIDTH = 110

# A threshold that moves less changes hardly an answer, and every one moves a little.
_LEAST_MOVE = 0.05

# What a reader can go through; --json has them all.
_SHOWN_ENTRIES = 60


def account(comparison: Comparison) -> str:
    """Return a comparison as a text: scores first, then what explains them, then the verdict."""
    parts = [
        _sides(comparison),
        _wrapped(comparison.how),
        "\n".join(_wrapped(f"! {note}") for note in comparison.notes),
        *map(_figures, ("Category", "Themes"), comparison.figures.values()),
        _labels(comparison),
        _by_label(comparison.by_label),
        _terms(comparison),
        _entries(comparison),
        verdict(comparison),
    ]
    return "\n\n".join(part for part in parts if part)


def verdict(comparison: Comparison) -> str:
    """Say whether the new model may come after the old one, and by which figures."""
    decisive = ", ".join(f"{DECISIVE[row.name]} {row.shown}" for row in comparison.decisive)
    rule = "refused where the whole interval of one of them is below 0"
    lines = [f"What decides on a release: {decisive or 'nothing measured'} ({rule})."]
    reasons = "; ".join(comparison.objections)
    new = comparison.new.version
    lines.append(f"{new} would be refused: {reasons}." if reasons else f"{new} would be accepted.")
    return "\n".join(map(_wrapped, lines))


def _wrapped(text: str) -> str:
    return fill(text, _WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _sides(comparison: Comparison) -> str:
    return "\n".join(map(_side, ("old", "new"), (comparison.old, comparison.new)))


def _side(which: str, side: Side) -> str:
    return (
        f"{which}  {side.version} ({side.folder}): {side.n_categories} categories, "
        f"{side.n_themes} themes (codebook {side.codebook}), {side.n_terms:,} terms, "
        f"{side.n_bytes / 1e6:.2f} MB"
    )


def _figures(heading: str, changes: Sequence[Change]) -> str:
    if not changes:
        return ""
    lines = [f"{heading:<38}   old    new   new less old (95 % interval)"]
    for row in changes:
        name = LISTED[row.name]
        lines.append(
            f"  {name:<36} {_value(row.old)}  {_value(row.new)}   {row.shown}{_remark(row)}"
        )
    return "\n".join(lines)


def _value(figure: Figure) -> str:
    return f"{'–':>5}" if figure.value is None else f"{figure.value:5.3f}"


def _remark(change: Change) -> str:
    """Say what an interval without 0 means, and whose labels were used where that matters."""
    said = "better" if change.is_better else "worse" if change.is_worse else ""
    gold = "" if change.gold == "both" else f"on the {change.gold} labels"
    remarks = ", ".join(filter(None, [said, gold]))
    return f"  {remarks}" if remarks else ""


def _labels(comparison: Comparison) -> str:
    lines = []
    for task, labels in comparison.labels.items():
        kind = "categories" if task == "category" else "themes"
        lines += [
            f"  {kind} {what}: {', '.join(names)}"
            for what, names in (
                ("added", labels.added),
                ("removed", labels.removed),
                ("renamed", [f"{old} is {new}" for old, new in labels.renamed]),
            )
            if names
        ]
        lines += _thresholds(labels)
    return "\n".join(["Labels and thresholds", *(lines or ["  the same"])])


def _thresholds(labels: Labels) -> Iterator[str]:
    if not labels.thresholds:
        return
    moves = {
        label: (old, new)
        for label, (old, new) in labels.thresholds.items()
        if abs(new - old) >= _LEAST_MOVE
    }
    yield (
        f"  thresholds of {len(moves)} of {len(labels.thresholds)} themes moved by "
        f"{_LEAST_MOVE} or more{':' if moves else ''}"
    )
    for label, (old, new) in sorted(moves.items(), key=lambda x: -abs(x[1][1] - x[1][0])):
        yield f"    {label:<34} {old:.2f} to {new:.2f}"


def _by_label(rows: Sequence[LabelChange]) -> str:
    if not rows:
        return ""
    heading = "By label (old>new)"
    width = max(len(name) for name in [heading, *(row.old.label for row in rows)])
    lines = [
        f"{heading:<{width}}      n   right   wrong  missed   F1, new less old",
        *(
            f"  {row.old.label:<{width}} {row.old.n:>4}  {_counts(row.old, row.new)}   {_f1(row)}"
            for row in rows
        ),
        f"  95 % intervals, for labels of {LEAST_FOR_A_RATE} entries or more; "
        "one in twenty excludes 0 by chance",
    ]
    return "\n".join(lines)


def _f1(row: LabelChange) -> str:
    gap = row.f1.difference
    if gap.value is None or row.old.n < LEAST_FOR_A_RATE:
        return "–"
    return f"{gap.value:+.2f} ({gap.low:+.2f} to {gap.high:+.2f}){_remark(row.f1)}"


def _counts(old: LabelCount, new: LabelCount) -> str:
    pairs = ((old.tp, new.tp), (old.fp, new.fp), (old.fn, new.fn))
    return " ".join(f"{f'{before:.4g}>{after:.4g}':>7}" for before, after in pairs)


def _terms(comparison: Comparison) -> str:
    rows = [row for row in comparison.terms if row.gained or row.lost]
    if not rows:
        return ""
    lines = [
        "Words that speak more (+) or less (-) for a label than before; * unknown to the other"
    ]
    for row in rows:
        lines.append(f"  {row.label}")
        lines += [
            f"    {sign} {', '.join(words)}"
            for sign, words in (("+", row.gained), ("-", row.lost))
            if words
        ]
    return "\n".join(lines)


def _entries(comparison: Comparison) -> str:
    """List the entries tagged differently, those that are wrong now first."""
    order = ("wrong now", "right now", "wrong still", "unknown", "same")
    rows = sorted(comparison.entries, key=lambda row: order.index(row.category_effect))
    effects = [row.category_effect for row in rows]
    counts = ", ".join(f"{effects.count(name)} {name}" for name in order[:4] if name in effects)
    n_themes = sum(bool(row.gained or row.lost) for row in rows)
    lines = [
        f"Entries: first guess differs for {len(rows) - effects.count('same')} of {comparison.n}"
        f"{f' ({counts})' if counts else ''}, themes for {n_themes} "
        "(! against the new labels)",
        *(f"  {_entry(row)}" for row in rows[:_SHOWN_ENTRIES]),
    ]
    if len(rows) > _SHOWN_ENTRIES:
        lines.append(f"  … and {len(rows) - _SHOWN_ENTRIES} more; --json has them all")
    return "\n".join(lines)


def _entry(row: EntryChange) -> str:
    gold = row.gold_themes
    said = [f"+{x}{'!' if gold is not None and x not in gold else ''}" for x in row.gained]
    said += [f"-{x}{'!' if gold is not None and x in gold else ''}" for x in row.lost]
    parts = [] if row.old == row.new else [
        f"{row.category_effect}: {row.old or 'none'} > {row.new or 'none'}"
        + (f" (is {row.gold})" if row.category_effect == "wrong still" else "")
    ]  # fmt: skip
    return f"{row.id}  {'; '.join([*parts, *([' '.join(said)] if said else [])])}"
