"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from themetag.codebook import Codebook
    from themetag.learning.corpus import LabelColumns

Command = TypeVar("Command", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)

overwrite_option = click.option("--overwrite", is_flag=True, help="Replace an output that exists.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")

artifacts_option = click.option(
    "--artifacts",
    type=PATH,
    metavar="DIR",
    help="Folder of released models. Without it: $THEMETAG_ARTIFACTS, else ./artifacts.",
)


def model_options(command: Command) -> Command:
    """Add the options that choose the model."""
    return _all(
        command,
        click.option(
            "--model",
            type=PATH,
            metavar="DIR",
            help="Model folder. Without it: $THEMETAG_MODEL; else the one that the file `current` "
            "in the artifacts folder names; else the one that came with the installation.",
        ),
        artifacts_option,
    )


def entry_column_options(command: Command) -> Command:
    """Add the options that name the columns of an entry."""
    return _all(
        command,
        click.option("--id", metavar="COL", help="Column of ids. Without it: found by its name."),
        click.option("--title", metavar="COL", help="Column of titles."),
        click.option(
            "--text",
            metavar="COL",
            multiple=True,
            help="Column of texts; give it more than once to join columns in that order.",
        ),
    )


def summary_options(command: Command) -> Command:
    """Add the options of the page about a batch."""
    return _all(
        command,
        click.option(
            "--summary",
            type=PATH,
            metavar="PAGE",
            help="Write a page about the whole batch too, an .html file: counts, entries that read "
            "like another category than the one entered, near-duplicates.",
        ),
        click.option(
            "--entered",
            metavar="COL",
            help="With --summary: column of the category each entry was entered in. Without it: "
            "found by its name.",
        ),
    )


def label_column_options(command: Command) -> Command:
    """Add the options that name the columns of a labelled table, and its codebook."""
    return _all(
        labelled_table_options(command),
        click.option(
            "--codebook", type=PATH, metavar="FILE", help="codebook.toml; else made from the data."
        ),
    )


def labelled_table_options(command: Command) -> Command:
    """Add the options that name the columns of a labelled table."""
    return _all(
        entry_column_options(command),
        click.option("--category", metavar="COL", help="Column of categories, one an entry."),
        click.option("--themes", metavar="COL", help="Column of themes, joined by |."),
        click.option(
            "--group", metavar="COL", help="Column of groups that no split may part, like projects."
        ),
    )


def label_columns(options: dict[str, Any]) -> LabelColumns:
    """Return the columns that the options name."""
    from themetag.learning.corpus import LabelColumns

    names = ("id", "title", "text", "category", "themes", "plausible", "group", "year")
    return LabelColumns(**{name: options[name] for name in names if options.get(name)})


def chosen_codebook(
    named: Path | None, corpus: Path | None = None, model: Path | None = None
) -> Codebook:
    """Return the codebook that is named, else that of a corpus folder, else that of a model."""
    from themetag import artifact
    from themetag.learning.codebookfile import read_codebook

    if named is None and corpus is not None and (corpus / "codebook.toml").is_file():
        named = corpus / "codebook.toml"
    return read_codebook(named) if named else artifact.load(model).codebook


def _all(command: Command, *decorators: Callable[[Command], Command]) -> Command:
    return reduce(lambda decorated, decorate: decorate(decorated), reversed(decorators), command)
