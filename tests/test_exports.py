from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import themetag
from themetag.artifact import load
from themetag.entry import Entry
from themetag.errors import ThemetagError
from themetag.prediction import Prediction
from themetag.tagger import Tagger

INIT = Path(themetag.__file__)
PUBLIC = {
    "Entry": Entry,
    "Prediction": Prediction,
    "Tagger": Tagger,
    "ThemetagError": ThemetagError,
    "load": load,
}


def test_the_names_to_build_on_are_sorted_and_complete() -> None:
    assert themetag.__all__ == sorted(PUBLIC)


def test_type_checkers_see_the_same_names() -> None:
    guarded = [node for node in ast.parse(INIT.read_text("utf-8")).body if isinstance(node, ast.If)]
    imported = [
        alias.name
        for block in guarded
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert sorted(imported) == themetag.__all__


@pytest.mark.parametrize("name", themetag.__all__)
def test_a_public_name_is_the_thing_itself(name: str) -> None:
    assert getattr(themetag, name) is PUBLIC[name]


def test_importing_everything_gives_every_public_name() -> None:
    script = "from themetag import *; print(*sorted(x for x in dir() if not x.startswith('__')))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(INIT.parent.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == themetag.__all__


@pytest.mark.parametrize("name", ["Model", "_private", "__wrapped__"])
def test_another_name_is_an_attribute_error(name: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(themetag, name)
    assert str(caught.value) == f"module 'themetag' has no attribute {name!r}"
    assert not hasattr(themetag, name)


def test_the_version_is_the_one_of_the_project() -> None:
    project = (INIT.parent.parent.parent / "pyproject.toml").read_text("utf-8")
    assert f'\nversion = "{themetag.__version__}"\n' in project
