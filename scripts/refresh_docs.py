"""Regenerate what is generated in the README and docs: examples, scores and the command reference.

    python scripts/refresh_docs.py --write    # bring them up to date
    python scripts/refresh_docs.py --check    # say what is out of date, and end with status 1

In README.md and docs/new-year.md every ```console block is run anew, command by command, in a
scratch folder that has this repository's folders in it; `cd` moves to another folder for the
commands that follow. The part between the scores marks is made from the manifest of the current
model, and docs/cli.md from the commands themselves.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from themetag import artifact
from themetag.cli import main as themetag

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_SCORES = re.compile(r"(?<=<!-- scores -->\n).*(?=<!-- /scores -->)", re.DOTALL)
_NAMES = {
    "top1": "category right at the first guess",
    "top3": "category right within three",
    "coverage": "true category in the prediction set",
    "set_size": "mean size of the prediction set",
    "micro_f1": "themes, micro-F1",
    "macro_f1": "themes, macro-F1",
    "lenient_precision": "themes given that are right or arguable",
}


def refreshed(readme: str) -> dict[Path, str]:
    """Return the up-to-date text of every file with generated parts."""
    walk = ROOT / "docs" / "new-year.md"
    with ThreadPoolExecutor() as pool:  # each waits for the commands of its own document
        documents = pool.map(run_again, [readme, walk.read_text(encoding="utf-8")])
    text, walk_text = documents
    return {
        ROOT / "README.md": _SCORES.sub(lambda _: scores_table(), text),
        walk: walk_text,
        ROOT / "docs" / "cli.md": command_reference(),
    }


def run_again(document: str) -> str:
    """Return a document with every example as it comes out now, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("examples", "training", "artifacts", "scripts"):
            (Path(folder) / name).symlink_to(ROOT / name)
        reader = _Reader(Path(folder))
        return _BLOCK.sub(lambda block: reader.run_again(block.group()), document)


def scores_table() -> str:
    """Return the headline scores of the current model as a Markdown table."""
    metrics = artifact.read_manifest(ROOT / "artifacts" / _current())["metrics"]
    rows = ["| measure | value | 95 % interval | entries |", "| --- | --- | --- | --- |"]
    for task in ("category", "themes"):
        for key, name in _NAMES.items():
            figure = metrics[task].get(key)
            if figure is None or (task == "category" and key == "macro_f1"):
                continue
            interval = f"{figure['low']:.2f} to {figure['high']:.2f}"
            rows.append(f"| {name} | {figure['value']:.2f} | {interval} | {figure['n']} |")
    return "\n".join(rows) + f"\n\nModel {_current()}: {metrics['how']}.\n"


def command_reference() -> str:
    """Return docs/cli.md: the help of every command."""
    parts = [
        "# The command line",
        "Made by `python scripts/refresh_docs.py --write` from the commands themselves.",
        _help(themetag, "themetag"),
        *_below(themetag, "themetag", "##"),
    ]
    return "\n\n".join(parts) + "\n"


def _below(group: click.Group, name: str, mark: str) -> Iterator[str]:
    """Yield heading and help of every command of a group, and of the commands below it."""
    for part, command in sorted(group.commands.items()):
        yield f"{mark} {name} {part}"
        yield _help(command, f"{name} {part}")
        if isinstance(command, click.Group):
            yield from _below(command, f"{name} {part}", f"{mark}#")


def _help(command: click.Command, name: str) -> str:
    width = {"terminal_width": 90, "max_content_width": 90}
    context = click.Context(command, info_name=name, **themetag.context_settings, **width)
    return f"```\n{command.get_help(context)}\n```"


def _current() -> str:
    return (ROOT / "artifacts" / artifact.CURRENT).read_text(encoding="utf-8").strip()


class _Reader:
    """Somebody who types the commands of a document, wherever the last `cd` led."""

    def __init__(self, folder: Path):
        self._folder = folder

    def run_again(self, block: str) -> str:
        """Return a block with what its commands print now."""
        lines = []
        for line in block.splitlines():
            if line.startswith("$ "):
                lines += [line, *self._output(line[2:])]
        return "\n".join(lines) + "\n"

    def _output(self, command: str) -> list[str]:
        """Run one command as a reader would; standard error is shown where it came."""
        if command.startswith("cd "):
            self._folder /= command[3:]
            return []
        here = Path(sys.executable).parent
        environment = dict(os.environ, PATH=f"{here}:{os.environ['PATH']}")
        environment.pop("THEMETAG_MODEL", None)
        environment.pop("THEMETAG_ARTIFACTS", None)
        done = subprocess.run(
            command,
            shell=True,
            cwd=self._folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return [line.rstrip() for line in done.stdout.rstrip("\n").splitlines()]


def main() -> None:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--write", action="store_true")
    mode.add_argument("--check", action="store_true")
    given = parser.parse_args()
    files = refreshed((ROOT / "README.md").read_text(encoding="utf-8"))
    stale = [path for path, text in files.items()
             if not path.exists() or path.read_text(encoding="utf-8") != text]  # fmt: skip
    for path in stale:
        print(f"{path.relative_to(ROOT)} {'written' if given.write else 'is out of date'}")
        if given.write:
            path.write_text(files[path], encoding="utf-8")
    sys.exit(bool(stale) and given.check)


if __name__ == "__main__":
    main()
