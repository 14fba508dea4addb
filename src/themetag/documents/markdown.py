"""Plain text out of Markdown: the marks go, the words stay."""

from __future__ import annotations

import re

from themetag.documents.encoding import decode

# A rule on the first line is not followed by a key.
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?=[\w-]+[ \t]*:)(?:.*\n)*?---[ \t]*(?:\n|\Z)")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*)$", re.MULTILINE)
# Underlines of headings, rules and the fences of code: lines of marks alone.
_RULE = re.compile(r"^ {0,3}(?:={2,}|-{2,}|\*{3,}|_{3,}|`{3,}[^`\n]*|~{3,}.*)[ \t]*$", re.MULTILINE)
_QUOTE = re.compile(r"^ {0,3}>[> ]*", re.MULTILINE)
# [words](target), ![words](target), [words][name]; a target may hold one pair of brackets.
_LINK = re.compile(r"!?\[([^\[\]\n]*)\](?:\((?:[^()\n]|\([^()\n]*\))*\)|\[[^\[\]\n]*\])")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=[^\s*_])([^*_\n]+)(?<=\S)\1(?![\w*])")
_ESCAPED = re.compile(r"\\([^\w\s])")
_CODE = re.compile(r"(?<!`)`+([^`\n]+)`+")


def text_of_markdown(data: bytes, source: str) -> str:
    r"""Return the words of a Markdown file, with light marks taken off.

    Raises:
        InputError: as for `decode`.

    >>> text_of_markdown(b"# Warm hubs\nOpen *late*, see [the list](list.html).", "a.md")
    '\nWarm hubs\n\nOpen late, see the list.'
    """
    text = decode(data, source).replace("\r\n", "\n").replace("\r", "\n")
    text = _FRONT_MATTER.sub("", text)
    text = _RULE.sub("", text)
    text = _QUOTE.sub("", text)
    # A heading is a paragraph of its own, with or without blank lines round it.
    text = _HEADING.sub(lambda match: f"\n{_without_closing_marks(match[1])}\n", text)
    text = _LINK.sub(r"\1", text)
    # Once for *inner* and once for **outer *inner* outer**.
    text = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text))
    return _ESCAPED.sub(r"\1", _CODE.sub(r"\1", text))


def _without_closing_marks(heading: str) -> str:
    """Take off `##` at the end of a heading, but not the mark of `C#`."""
    heading = heading.rstrip()
    bare = heading.rstrip("#")
    return bare.rstrip() if bare.endswith((" ", "\t")) else heading
