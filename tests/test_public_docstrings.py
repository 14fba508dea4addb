from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import themetag

PACKAGE = Path(themetag.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public(node: Documented, name: str) -> Iterator[tuple[str, Documented]]:
    """Yield a public thing and the public things in it, each with its dotted name."""
    yield name, node
    if not isinstance(node, (ast.Module, ast.ClassDef)):
        return
    for child in node.body:
        if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and not (
            child.name.startswith("_")
        ):
            yield from public(child, f"{name}.{child.name}")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_public_thing_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    silent = [name for name, node in public(tree, path.stem) if not ast.get_docstring(node)]
    assert silent == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_first_line_of_a_docstring_is_a_sentence(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    unfinished = [
        name
        for name, node in public(tree, path.stem)
        if (text := ast.get_docstring(node)) and not text.split("\n\n")[0].endswith((".", ":"))
    ]
    assert unfinished == []
