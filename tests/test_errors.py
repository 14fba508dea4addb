from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from themetag import errors
from themetag.codebook import Codebook
from themetag.errors import ArtifactError, CodebookError, InputError, LearningError, ThemetagError


def test_the_tree_in_the_docstring_is_the_real_tree() -> None:
    drawn = re.findall(r"^(?:├── |└── )?(\w+Error)\b", errors.__doc__ or "", flags=re.MULTILINE)
    classes = [
        cls
        for _, cls in inspect.getmembers(errors, inspect.isclass)
        if cls.__module__ == errors.__name__
    ]
    assert sorted(drawn) == sorted(cls.__name__ for cls in classes)
    assert drawn[0] == "ThemetagError"
    assert {cls.__name__: cls.__base__ for cls in classes} == {
        "ThemetagError": Exception,
        **dict.fromkeys(drawn[1:], ThemetagError),
    }


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ThemetagError("is wrong"), "is wrong"),
        (InputError("is empty", "a.csv"), "a.csv: is empty"),
        (CodebookError("is unknown", Path("data") / "a.csv", line=41), "data/a.csv:41: is unknown"),
        (LearningError("is rare", "a.csv", line=0), "a.csv:0: is rare"),
        (ArtifactError("is wrong", "two\nlines\r.csv"), r"two\nlines\r.csv: is wrong"),
        (InputError("is wrong", "a\tb\x1b[31m\x00.csv"), r"a\tb\x1b[31m\x00.csv: is wrong"),
        (InputError("is wrong", "caf\udce9.csv"), r"caf\udce9.csv: is wrong"),
        (InputError("is wrong", "line\u2028end\x85.csv"), r"line\u2028end\x85.csv: is wrong"),
        (InputError("is wrong", "Ynys Môn’s.csv"), "Ynys Môn’s.csv: is wrong"),
    ],
)
def test_a_message_is_one_printable_line_that_says_where(error: Exception, message: str) -> None:
    assert str(error) == message
    assert message.isprintable()


def test_an_error_keeps_its_parts_for_a_program() -> None:
    error = InputError("is ragged", Path("a.csv"), line=3)
    assert (error.message, error.path, error.line) == ("is ragged", "a.csv", 3)
    assert (ThemetagError("is wrong").path, ThemetagError("is wrong").line) == (None, None)


def test_one_except_catches_everything_raised_on_purpose() -> None:
    with pytest.raises(ThemetagError):
        Codebook.of_names([], []).category("Housing")
