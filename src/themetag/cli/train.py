"""`themetag train`: make a model of a labelled corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from themetag.cli.options import (
    PATH,
    json_option,
    label_column_options,
    label_columns,
    overwrite_option,
)


@click.command()
@click.argument("corpus", type=PATH, default="training")
@click.option("--out", "-o", type=PATH, metavar="DIR", required=True,
              help="Folder of the new model; its name becomes the version.")  # fmt: skip
@label_column_options
@click.option("--min-examples", type=click.IntRange(1), default=2, show_default=True,
              help="Leave out labels of fewer entries, but for categories that the codebook "
              "defines: those are ranked by their criteria.")  # fmt: skip
@json_option
@overwrite_option
def train(
    corpus: Path, out: Path, min_examples: int, as_json: bool, overwrite: bool, **options: Any
) -> None:
    """Fit a model and write its folder, with cross-validated scores in its card.

    CORPUS is a folder like training/ (the default) or one labelled table of anybody's, with
    --category, --themes or both. Training again on the same machine gives the same bytes.
    """
    import json

    from themetag.learning.corpus import read_corpus
    from themetag.learning.recipe import Recipe
    from themetag.learning.train import train as fit_and_save

    labelled = read_corpus(corpus, label_columns(options), options["codebook"])
    for note in labelled.notes:
        click.echo(note, err=True)
    report, left_out = fit_and_save(
        labelled, Recipe.of(corpus), out, min_examples=min_examples, overwrite=overwrite
    )
    for line in left_out:
        click.echo(line, err=True)
    click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.as_text())
    click.echo(f"model {out.name} written to {out}", err=True)
