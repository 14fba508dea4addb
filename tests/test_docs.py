"""What the README and docs say is what the program does."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

import pytest

from themetag.cli import main
from themetag.codebook import Codebook
from themetag.errors import CodebookError

ROOT = Path(__file__).resolve().parent.parent
REFRESH = runpy.run_path(str(ROOT / "scripts" / "refresh_docs.py"))


@pytest.fixture(scope="module")
def refreshed() -> dict[Path, str]:
    return REFRESH["refreshed"]((ROOT / "README.md").read_text(encoding="utf-8"))


def test_every_example_in_the_readme_prints_what_the_readme_says(refreshed):
    readme = ROOT / "README.md"

    assert refreshed[readme].splitlines() == readme.read_text(encoding="utf-8").splitlines()


def test_the_new_year_goes_as_the_walk_through_says(refreshed):
    walk = ROOT / "docs" / "new-year.md"

    assert refreshed[walk].splitlines() == walk.read_text(encoding="utf-8").splitlines()


def test_an_example_that_prints_something_else_would_be_noticed():
    assert "0.0.0" not in REFRESH["run_again"]("```console\n$ themetag --version\n0.0.0\n```\n")


def test_the_command_reference_is_current(refreshed):
    reference = ROOT / "docs" / "cli.md"

    assert refreshed[reference] == reference.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_and_an_example_that_is_run(name):
    run = [ROOT / "README.md", ROOT / "docs" / "new-year.md"]

    assert main.commands[name].help
    assert any(f"$ themetag {name} " in path.read_text(encoding="utf-8") for path in run)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_option_has_help(name):
    options = [p for p in main.commands[name].params if p.param_type_name == "option"]

    assert [option.name for option in options if not option.help] == []


def test_every_file_that_the_docs_link_to_is_there():
    missing = [
        (path.name, target)
        for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]

    assert missing == []


def test_the_two_commands_of_the_readme_are_scripts_that_run():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    for script in ("scripts/try", "scripts/test", ".ci/run"):
        assert (ROOT / script).stat().st_mode & 0o111, script
    assert "```sh\nscripts/try\n```" in readme
    assert "```sh\nscripts/test\n```" in readme
    assert "scripts/test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_codebook_examples_are_codebooks():
    page = (ROOT / "docs" / "categories.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```toml\n(.*?)^```", page, flags=re.M | re.S)

    books = [Codebook.from_mapping({"version": "1"} | tomllib.loads(text)) for text in examples]

    assert [
        [label.name for label in (*book.categories, *book.retired_categories)] for book in books
    ] == [["Climate Response"], ["Digital"], ["Large Team", "Small Team"], ["Efficiency"],
          ["Allotments"]]  # fmt: skip
    assert books[1].category("Technology") == "Digital"
    with pytest.raises(CodebookError) as caught:
        books[2].category("Team of the Year")
    assert str(caught.value) in page
