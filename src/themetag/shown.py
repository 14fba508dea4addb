"""How a text that somebody typed, and a probability, are shown to a person."""

from __future__ import annotations

import re

# Overrides of the direction of writing, with which a title can pretend to be another one.
_BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def legible(text: str) -> str:
    r"""Return a text without characters that would hide or reorder what stands around them.

    >>> legible("Homes\u202e fo\x00r all")
    'Homes fo r all'
    """
    visible = _CONTROL.sub(" ", _BIDIRECTIONAL.sub("", text))
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", visible)


def cut(text: str, most: int) -> str:
    """Return a text on one line, and no longer than `most` characters.

    >>> cut("Forty new  homes", 10)
    'Forty new…'
    """
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most and len(text) <= 4 * most else line[: most - 1].rstrip() + "…"


def percent(probability: float) -> str:
    """Return a probability in hundredths, none of which claims certainty.

    >>> [percent(0.9999), percent(0.584), percent(0.007), percent(0.005)]
    ['>99 %', '58 %', '1 %', '<1 %']
    """
    if probability >= 0.995:
        return ">99 %"
    return f"{100 * probability:.0f} %" if probability > 0.005 else "<1 %"
