"""`themetag models`: list, promote, roll back and verify released models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from themetag.cli.options import (
    PATH,
    artifacts_option,
    json_option,
    label_column_options,
    label_columns,
)

if TYPE_CHECKING:
    from themetag.learning.releases.gate import Release


@click.group()
def models() -> None:
    """List, promote, roll back and verify released models.

    Released models are folders beside one another that never change. The file `current` names the
    one that answers, and releases.jsonl records how it came to.
    """


@models.command("list")
@json_option
@artifacts_option
def list_models(as_json: bool, artifacts: Path | None) -> None:
    """List released models; * marks the current one.

    Scores are cross-validated, each with its 95 % interval and how many entries it rests on. What
    models were made of is told below.
    """
    import json
    from dataclasses import asdict
    from itertools import chain

    from themetag import artifact
    from themetag.learning.releases.gate import releases

    rows = releases(artifact.releases(artifacts))
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False))
        return
    width = max(len(name) for name in ["version", *(row.version for row in rows)])
    names = ("right first", "within three", "themes F1")
    click.echo(f"  {'version':<{width}}  {'  '.join(map(_cell, names))}  current since")
    for row in rows:
        click.echo(f"{'*' if row.is_current else ' '} {row.version:<{width}}  {_told(row)}")
    for note in dict.fromkeys(chain.from_iterable(row.notes for row in rows)):
        click.echo(f"! {note}", err=True)


@models.command()
@click.argument("version")
@click.option("--force", metavar="REASON", help="Promote it although it is worse; say why.")
@artifacts_option
def use(version: str, force: str | None, artifacts: Path | None) -> None:
    """Make VERSION current, unless it is worse.

    Both it and the current model are measured on the real entries they share. It is refused when
    it is worse beyond the 95 % interval at the first guess, within three, or in the micro-F1 of
    themes; when it no longer gives categories or themes; or when fewer than 20 entries are shared.
    """
    from themetag import artifact
    from themetag.learning.compare.account import verdict
    from themetag.learning.releases.gate import use as promote

    if force is not None and not force.strip():
        raise click.UsageError("--force needs a reason, which is recorded")
    comparison = promote(artifact.releases(artifacts), version, force)
    if comparison:
        click.echo(verdict(comparison), err=True)
    click.echo(f"{version} is the current model now", err=True)


@models.command()
@artifacts_option
def rollback(artifacts: Path | None) -> None:
    """Return to the model before the current one.

    Asked again, it returns to the one before that.
    """
    from themetag import artifact
    from themetag.learning.releases.gate import rollback as return_to

    version = return_to(artifact.releases(artifacts))
    click.echo(f"{version} is the current model again", err=True)


@models.command()
@click.argument("version", required=False)
@click.option("--scores", type=PATH, metavar="CORPUS",
              help="Cross-validate the corpus it was trained on to compare scores.")  # fmt: skip
@label_column_options
@artifacts_option
def verify(
    version: str | None, scores: Path | None, artifacts: Path | None, **options: Any
) -> None:
    """Check the files of a model, and its scores.

    Without VERSION it is the current model. Every file must be as it was written, and a released
    model the one that was released. With --scores, its scores are made again from the folder or
    table that it was trained on (the same columns as for `train`), which takes as long as training.
    """
    from themetag import artifact
    from themetag.learning.corpus import read_corpus
    from themetag.learning.releases.gate import current, place
    from themetag.learning.releases.verify import verify as verified
    from themetag.learning.releases.verify import verify_scores

    released = artifact.releases(artifacts)
    folder = place(released, version) if version else current(released)
    for line in verified(folder):
        click.echo(f"{folder}: {line}")
    if scores:
        corpus = read_corpus(scores, label_columns(options), options["codebook"])
        report = verify_scores(folder, corpus)
        n = len(report.category) + len(report.themes)
        click.echo(f"{folder}: {n} scores made again from {scores}: {report.how}")


def _told(row: Release) -> str:
    if row.damage:
        return row.damage
    figures = (
        _shown(row.metrics.get(task, {}).get(name))
        for task, name in (("category", "top1"), ("category", "top3"), ("themes", "micro_f1"))
    )
    return f"{'  '.join(map(_cell, figures))}  {row.since or ''}".rstrip()


def _shown(figure: Mapping[str, Any] | None) -> str:
    if figure is None or figure["value"] is None:
        return "–"
    return "{value:.2f} ({low:.2f} to {high:.2f}, n = {n})".format_map(figure)


def _cell(text: str) -> str:
    return f"{text:<29}"
