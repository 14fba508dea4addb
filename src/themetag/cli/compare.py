"""`themetag compare`: what changed between two models."""

from __future__ import annotations

from pathlib import Path

import click

from themetag.cli.options import PATH, artifacts_option, json_option


@click.command()
@click.argument("old", type=PATH)
@click.argument("new", type=PATH)
@json_option
@artifacts_option
def compare(old: Path, new: Path, as_json: bool, artifacts: Path | None) -> None:
    """Say what changed between two models.

    OLD and NEW are model folders or versions in the artifacts folder. They are measured side by
    side on the real entries that both keep out-of-fold answers on; where their corpora label an
    entry differently, the view counts in which NEW looks worse.
    """
    import json

    from themetag import artifact
    from themetag.learning.compare.account import account
    from themetag.learning.compare.models import compare as compared

    found = compared(artifact.named(old, artifacts), artifact.named(new, artifacts))
    click.echo(json.dumps(found.as_json(), ensure_ascii=False) if as_json else account(found))
