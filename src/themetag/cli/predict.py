"""`themetag predict`: tag documents one by one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from themetag.cli.options import json_option, model_options
from themetag.errors import InputError

if TYPE_CHECKING:
    from themetag.entry import Entry
    from themetag.prediction import Prediction, Term

_REASONS = {
    "empty": "there is no text",
    "no-known-terms": "the model knows none of its words",
    "too-short": "the text is too short",
    "out-of-scope": "the text is not like the entries the model was trained on",
    "torn": "the text seems to be torn",
}


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
    """Tag documents: .txt, .md, .html, .docx or .pdf.

    Without FILES, or for the file -, the text is read from standard input. Each answer gives the
    three best categories, the themes, and for each theme the words and the sentence that earned
    it. A file that cannot be read is named on standard error and turns the exit status to 1.
    """
    from themetag import artifact

    folder = artifact.find(model, artifacts)
    tagger = artifact.load(folder)
    if not as_json:
        click.echo(f"model {tagger.version} ({folder})", err=True)
    failed = False
    for name in files or ("-",):
        try:
            prediction = tagger.tag(_read(name))
        except InputError as error:
            click.echo(f"themetag: {error}", err=True)
            failed = True
            continue
        row = prediction.as_json()
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else _readable(prediction))
    if failed:
        ctx.exit(1)


def _read(name: str) -> Entry:
    from themetag.documents import decode, read_document
    from themetag.entry import Entry

    if name != "-":
        return read_document(Path(name), name)
    if sys.stdin.isatty():
        click.echo("Type or paste the text, then press Ctrl-D on a line of its own.", err=True)
    return Entry.from_text("-", decode(sys.stdin.buffer.read(), "standard input"))


def _readable(prediction: Prediction) -> str:
    lines = [prediction.id]
    if prediction.reason:
        lines.append(f"  No answer: {_REASONS[prediction.reason]} ({prediction.reason}).")
        return "\n".join([*lines, ""])
    if prediction.category:
        best = prediction.categories[:3]
        lines.append("  Category   " + " · ".join(f"{x.label} {x.probability:.2f}" for x in best))
        lines.append(f"             9 times in 10 one of: {', '.join(prediction.category_set)}")
        if prediction.evidence.terms:
            words = _words(prediction.evidence.terms)
            lines.append(f"             rather than {prediction.evidence.rival}: {words}")
    if prediction.theme_probabilities and not prediction.themes:
        lines.append("  Themes     none")
    for i, theme in enumerate(prediction.themes):
        lines.append(f"  {'' if i else 'Themes':<10} {theme.label} {theme.probability:.2f}")
        lines.append(f"             “{' '.join(theme.sentence.split())}”")
        lines.append(f"             {_words(theme.terms)}")
    return "\n".join([*lines, ""])


def _words(terms: tuple[Term, ...]) -> str:
    return ", ".join(word for word, _ in terms)
