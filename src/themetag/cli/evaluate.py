"""`themetag evaluate`: measure a model, or a recipe by cross-validation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from themetag.cli.options import (
    PATH,
    json_option,
    label_column_options,
    label_columns,
    model_options,
    overwrite_option,
)

if TYPE_CHECKING:
    from themetag.learning.corpus import Corpus
    from themetag.learning.report import Report


@click.command()
@click.argument("corpus", type=PATH)
@label_column_options
@click.option("--plausible", metavar="COL", help="Column of plausible themes, for lenient scores.")
@click.option("--allow-seen", is_flag=True,
              help="Measure on texts the model was trained on; the report says so.")  # fmt: skip
@click.option("--cross-validate", is_flag=True,
              help="Refit by grouped folds instead of measuring a model.")  # fmt: skip
@click.option("--repeats", type=click.IntRange(1), default=1, show_default=True,
              help="With --cross-validate: how often to deal the folds anew.")  # fmt: skip
@click.option("--by-year", is_flag=True,
              help="With --cross-validate: test each year by what was before it, too.")  # fmt: skip
@click.option("--year", metavar="COL", help="Column of award years, for --by-year.")
@click.option("-o", "output", type=PATH, metavar="FILE", help="Write the report as JSON too.")
@json_option
@overwrite_option
@model_options
def evaluate(
    corpus: Path, as_json: bool, output: Path | None, overwrite: bool, **options: Any
) -> None:
    """Measure a model on a labelled table or folder that it has not seen.

    Every figure comes with its count and 95 % interval. Texts that the model was trained on are
    refused, unless --allow-seen.
    """
    import json

    from themetag.learning.corpus import read_corpus
    from themetag.output import new_file, refuse_target

    _refuse_what_would_be_ignored(options)
    if output:
        refuse_target(output, [corpus], overwrite=overwrite)
    labelled = read_corpus(corpus, label_columns(options), options["codebook"])
    for note in labelled.notes:
        click.echo(note, err=True)
    measure = _cross_validated if options["cross_validate"] else _measured
    report = measure(labelled, corpus, options)
    text = json.dumps(report.as_json(), ensure_ascii=False)
    if output:
        with new_file(output, overwrite=overwrite) as file:
            file.write(f"{text}\n".encode())
    click.echo(text if as_json else report.as_text())


def _refuse_what_would_be_ignored(options: dict[str, Any]) -> None:
    if options["cross_validate"]:
        for name in ("model", "artifacts"):
            if options[name]:
                raise click.UsageError(f"--cross-validate refits: it uses no --{name}")
    elif options["repeats"] > 1:
        raise click.UsageError("--repeats needs --cross-validate")
    elif options["by_year"]:
        raise click.UsageError("--by-year needs --cross-validate")
    if options["year"] and not options["by_year"]:
        raise click.UsageError("--year needs --by-year")


def _cross_validated(labelled: Corpus, corpus: Path, options: dict[str, Any]) -> Report:
    from themetag.learning.evaluate import evaluate_recipe
    from themetag.learning.recipe import Recipe
    from themetag.learning.years import evaluate_by_year

    kept, left_out = labelled.without_rare(2)
    for line in left_out:
        click.echo(line, err=True)
    if options["by_year"]:
        return evaluate_by_year(labelled, kept, Recipe.of(corpus), options["repeats"])
    return evaluate_recipe(kept, Recipe.of(corpus), options["repeats"])


def _measured(labelled: Corpus, corpus: Path, options: dict[str, Any]) -> Report:
    from themetag import artifact
    from themetag.learning.evaluate import evaluate_model

    folder = artifact.find(options["model"], options["artifacts"])
    return evaluate_model(folder, labelled, allow_seen=options["allow_seen"])
