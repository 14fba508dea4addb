"""Everything themetag raises on purpose.

```
ThemetagError
├── InputError      a file, table or text that cannot be read or written as asked
├── CodebookError   a label or codebook that is not what it should be
├── ArtifactError   a model folder that is missing, altered or too new
└── LearningError   data from which nothing can be learned or measured
```

A message is one line that says what is wrong, where, and what to do about it:

>>> str(InputError("unknown theme 'helth'; did you mean 'public-health'?", "a.csv", line=41))
"a.csv:41: unknown theme 'helth'; did you mean 'public-health'?"

The command line prints that line and ends with status 1. Any other exception is a bug.
"""

from __future__ import annotations

from pathlib import Path


def one_line(name: str) -> str:
    r"""Return the name of a file as it can be shown: it may hold a line end, or a terminal's codes.

    >>> one_line("a\nb\x1b[2J.txt")
    'a\\nb\\x1b[2J.txt'
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in name)


class ThemetagError(Exception):
    """The base of every error that themetag raises on purpose."""

    def __init__(self, message: str, path: str | Path | None = None, *, line: int | None = None):
        self.message = message
        self.path = None if path is None else str(path)
        self.line = line
        super().__init__(f"{self._where()}{message}")

    def _where(self) -> str:
        if self.path is None:
            return ""
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{one_line(place)}: "


class InputError(ThemetagError):
    """A file, table or text cannot be read or written as asked."""


class CodebookError(ThemetagError):
    """A label is unknown, legacy or ambiguous, or a codebook breaks its own rules."""


class ArtifactError(ThemetagError):
    """A model folder is missing, altered, incomplete or of a newer format."""


class LearningError(ThemetagError):
    """The data given does not allow fitting or measuring."""


def interrupt_behind(error: BaseException) -> KeyboardInterrupt | None:
    """Return the Ctrl-C that an error comes from, which a library may have wrapped in its own.

    >>> try:
    ...     try:
    ...         raise KeyboardInterrupt("10 rows are kept")
    ...     except KeyboardInterrupt:
    ...         raise SystemError("returned a result with an exception set")
    ... except SystemError as error:
    ...     interrupt_behind(error)
    KeyboardInterrupt('10 rows are kept')
    """
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, KeyboardInterrupt):
            return link
        link = link.__cause__ or link.__context__
    return None
