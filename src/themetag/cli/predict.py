"""`themetag predict`: tag documents one by one."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from themetag.cli.options import json_option, model_options
from themetag.cli.streams import FORMATS, STANDARD_INPUT
from themetag.errors import InputError, one_line
from themetag.garbage import seldom_collected
from themetag.shown import percent

if TYPE_CHECKING:
    from themetag.entry import Entry
    from themetag.prediction import Prediction

# As much of a sentence as is read at a glance.
_SHOWN_CHARACTERS = 240
_INDENT = " " * 13


@click.command()
@click.argument("files", nargs=-1, metavar="[FILES]...")
@json_option
@model_options
@click.pass_context
def predict(
    ctx: click.Context,
    files: tuple[str, ...],
    as_json: bool,
    model: Path | None,
    artifacts: Path | None,
) -> None:
    """Tag documents: .txt, .md, .html, .mhtml, .docx, .odt, .rtf, .eml or .pdf.

    Without FILES, or for the file -, the text is read from standard input. Each answer gives the
    three best categories, the themes, and for each theme the words and the sentence that earned
    it. A file that cannot be read is named on standard error and turns the exit status to 1.
    """
    ctx.with_resource(seldom_collected())  # before the imports
    from themetag import artifact

    folder = artifact.find(model, artifacts)
    tagger = artifact.load(folder)
    n_failed = n_answered = 0
    for name in files or ("-",):
        try:
            prediction = tagger.tag(_read(name))
        except InputError as error:
            click.echo(f"themetag: {error}", err=True)
            n_failed += 1
            continue
        if not as_json and not n_answered:
            click.echo(f"model {tagger.version} ({folder})", err=True)
        n_answered += 1
        row = prediction.as_json()
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else _readable(prediction))
    if n_failed:
        ctx.exit(1)


def _read(name: str) -> Entry:
    from themetag.documents import decode, longer_than_read, read_document, read_stream
    from themetag.entry import Entry

    if name != "-":
        _refuse_many(Path(name))
        return read_document(Path(name), name)
    if sys.stdin.isatty():
        click.echo("Type or paste the text, then press Ctrl-D on a line of its own.", err=True)
    data = read_stream(sys.stdin.buffer, STANDARD_INPUT)
    text = decode(data, STANDARD_INPUT)
    if fault := longer_than_read(len(text)):
        raise InputError(fault, STANDARD_INPUT)
    return Entry.from_text("-", text)


def _refuse_many(path: Path) -> None:
    """Refuse what holds many submissions.

    Raises:
        InputError: naming the command that takes it.
    """
    if path.is_dir():
        raise InputError("is a folder: tag its documents with themetag batch", path)
    if path.suffix.lower() == ".zip" and path.is_file():
        raise InputError("is an archive: tag its documents with themetag batch", path)
    if _is_table(path.name) and path.is_file():
        raise InputError("is a table: tag its rows with themetag batch", path)


def _is_table(name: str) -> bool:
    return name.lower().endswith(tuple(f".{format}" for format in FORMATS))


# A longer list tells a reader nothing but that the model does not know.
_READABLE_SET = 8


def _readable(prediction: Prediction) -> str:
    from themetag.prediction import REASONS

    lines = [one_line(prediction.id)]
    if prediction.reason:
        lines.append(f"  No answer: {REASONS[prediction.reason]} ({prediction.reason}).")
    else:
        lines += _category_lines(prediction) + _theme_lines(prediction)
    return "\n".join([*lines, ""])


def _category_lines(prediction: Prediction) -> list[str]:
    from themetag.prediction import distinct_words

    best = prediction.categories[:3]
    lines = [
        f"{percent(scored.probability):>5}  {scored.label}"
        + (" (known by its criteria alone)" if scored.label in prediction.criteria_only else "")
        for scored in best
    ]
    if len(prediction.category_set) > _READABLE_SET:
        lines.append(f"Nine times in ten it is one of {len(prediction.category_set)} categories.")
    elif len(prediction.category_set) > 1:
        lines.append(f"Nine times in ten it is one of: {', '.join(prediction.category_set)}.")
    if prediction.evidence.terms:
        words = ", ".join(distinct_words(prediction.evidence.terms))
        lines.append(f"{best[0].label} rather than {prediction.evidence.rival} for: {words}.")
    return _under("Category", lines)


def _theme_lines(prediction: Prediction) -> list[str]:
    from themetag.prediction import distinct_words

    lines: list[str] = []
    shown = ""
    for theme in prediction.themes:
        sentence = textwrap.shorten(theme.sentence, _SHOWN_CHARACTERS, placeholder=" …")
        words = f" for: {', '.join(distinct_words(theme.terms))}" if theme.terms else ""
        lines.append(f"{percent(theme.probability):>5}  {theme.label}{words}")
        lines.append("       the same sentence" if sentence == shown else f"       “{sentence}”")
        shown = sentence
    if prediction.theme_probabilities and not lines:
        lines = ["none is likely enough"]
    return _under("Themes", lines)


def _under(heading: str, lines: list[str]) -> list[str]:
    """Return lines set in from the left, the first with a heading before it."""
    first, *rest = lines or [""]
    return (
        [f"  {heading:<{len(_INDENT) - 2}}{first}"] + [_INDENT + x for x in rest] if lines else []
    )
