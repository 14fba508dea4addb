"""A drift as text, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from textwrap import wrap

from themetag.learning.drift.found import Drift, Group, Word
from themetag.learning.drift.unlikeness import TellingWord
from themetag.measures import ALONE
from themetag.shown import cut, legible

_SHOWN_LINES = 10
_NEARLY_ALWAYS = 0.9
_WIDTH = 98
_LONG = 200


def as_text(drift: Drift) -> str:
    """Return what was found for a person to read."""
    sections = (
        (heading(drift), counted(drift)),
        (f"How unlike: {verdict(drift)}", [*told_apart(drift), *_telling(drift)]),
        ("New words", [new_words_said(drift), *_words(drift.words)]),
        ("Expected accuracy", [*_figures(drift), *expected_said(drift)]),
        ("What no theme explains", [*unexplained_said(drift), *_groups(drift.groups)]),
    )
    return "\n\n".join(
        "\n".join([title, *chain.from_iterable(map(_indented, lines))]) for title, lines in sections
    )


def _indented(line: str) -> list[str]:
    """Break a sentence into lines; a line of a table is broken nowhere."""
    if "  " in line:
        return [f"  {line}"]
    return wrap(line, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def heading(drift: Drift) -> str:
    """Say what was set beside what."""
    name, sides = cut(legible(drift.table.name), _LONG), drift.sides
    return (
        f"{name}: {len(sides.new)} entries beside {len(sides.known)} real ones of {drift.corpus}, "
        f"asked of model {drift.model}"
    )


def counted(drift: Drift) -> list[str]:
    """Say which rows and entries were left out, and why."""
    table, sides = drift.table, drift.sides
    lines = []
    if n := len(table.faulty_lines):
        where = ", ".join(map(str, table.faulty_lines[:_SHOWN_LINES]))
        lines.append(f"rows in error or empty: {n} (lines {where}{' …' * (n > _SHOWN_LINES)})")
    for what, n in (
        ("entries left out by lot", table.n_not_drawn),
        ("entries left out as nearly the same as an earlier one", sides.n_repeated),
        ("entries that stand in the corpus already, left out there", sides.n_known_already),
    ):
        if n:
            lines.append(f"{what}: {n}")
    return lines


def verdict(drift: Drift) -> str:
    """Say in a few words whether the new entries are unlike the known ones."""
    if not drift.unlikeness.is_alarm:
        return "no more than chance makes"
    if drift.unlikeness.auc < _NEARLY_ALWAYS:
        return "more than chance makes"
    return "very; a new entry can nearly always be told from a known one"


def told_apart(drift: Drift) -> list[str]:
    """Say how well the two sides can be told apart, and how long their texts are."""
    found = drift.unlikeness
    new, known = drift.median_words()
    return [
        f"A classifier tells new entries from known ones with AUC {found.auc:.2f} (0.5 is not at "
        f"all, 1 always); of entries drawn by lot, one draw in twenty can be told with "
        f"{found.by_chance:.2f} or more (p = {found.p:.3f}).",
        f"The middle one of the new texts has {new} words, of the known ones {known}.",
    ]


def new_words_said(drift: Drift) -> str:
    """Say how many words are new."""
    if not drift.words:
        return "No word of three entries or more is new, or much commoner than in the corpus."
    line = f"More than chance makes (p up to 0.05): {drift.n_striking} of {len(drift.words)}. "
    if drift.n_striking < len(drift.words):
        line += "The others are unseen in the corpus, as some words of any year are. "
    return line + "Digits read 0."


def expected_said(drift: Drift) -> list[str]:
    """Say what the expected figures are, and what they cannot know."""
    said = drift.said
    lines = []
    if not drift.expectation.category and not drift.expectation.themes:
        lines.append("None: no answer can be counted on.")
    else:
        lines.append(
            "The mean of calibrated probabilities, with the errors that such a mean had in the "
            "folds of the corpus. It is blind to a change of year: a model can be sure and wrong."
        )
        lines += [note if note.endswith(".") else f"{note}." for note in drift.notes]
    if n := int(said.declined.sum()):
        lines.append(
            f"Entries without an answer, being unlike any submission: {n} of {len(said.declined)}; "
            "they are not in the figures."
        )
    if n := int((~said.fair).sum()):
        lines.append(f"Texts that the model has learnt from: {n}; they are not in the figures.")
    return lines


def unexplained_said(drift: Drift) -> list[str]:
    """Say how many entries get no theme, and whether any of them are alike."""
    if drift.share_known is None:
        return ["The model gives no themes."]
    n, known = int(drift.said.without_theme.sum()), 100 * drift.share_known
    share = 100 * n / len(drift.sides.new)
    line = f"Without a theme: {n} of {len(drift.sides.new)} entries, {share:.0f} % "
    line += f"(of the model's own real entries {known:.0f} %)"
    alike = (
        "Those below are alike: think of a theme for them, or of why there is none."
        if drift.groups
        else "No three of them are alike enough to be thought of as a theme."
    )
    return [f"{line}.", alike]


def _telling(drift: Drift) -> Iterator[str]:
    """List what tells the sides apart, where that is more than chance."""
    sides = ("new", drift.unlikeness.words_new), ("known", drift.unlikeness.words_known)
    for side, words in sides:
        if words:
            yield f"Words that speak for {side} entries (new:known): {_counted(words)}"


def _counted(words: Sequence[TellingWord]) -> str:
    return ", ".join(f"{word.word} {word.n_new}:{word.n_known}" for word in words)


def _words(words: Sequence[Word]) -> Iterator[str]:
    if not words:
        return
    width = max(len(word.found.word) for word in words)
    yield f"{'':<{width}}   new  known      p  no theme  theme of most"
    for word in words:
        found = word.found
        note = "" if word.is_in_model else " (word unknown to the model)"
        yield (
            f"{found.word:<{width}}  {found.n_new:>4}  {found.n_known:>5}  {found.p:>5.3f}"
            f"  {word.n_without_theme:>8}  {word.theme or '–'}{note}"
        )


def _figures(drift: Drift) -> Iterator[str]:
    figures = {**drift.expectation.category, **drift.expectation.themes}
    for name, figure in figures.items():
        yield f"{ALONE[name]:<36} {figure}"


def _groups(groups: Sequence[Group]) -> Iterator[str]:
    for group in groups:
        yield f"- {len(group.ids)} entries: {', '.join(group.words) or '(no word in common)'}"
        yield f"  nearest theme: {group.nearest} {group.probability:.2f}"
        pairs = zip(group.ids, group.titles, strict=False)
        yield from (
            f"  {cut(legible(id), _LONG)}: {cut(legible(title), _LONG)}" for id, title in pairs
        )
