"""`Alphabet`: what `text` makes of every character, as tables that compiled code can read.

Folding a text character by character gives what folding it whole gives, but for few characters:
those that depend on their neighbours are marked, and a text that has one is read by `text` itself.
So is a text with characters above U+FFFF, whose halves are marked.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from themetag.text import ABBREVIATIONS, fold

N_CHARACTERS = 2**16

# What a character is before it is folded, a bit each.
SPACE, WORD, ENDER, CLOSER, OPENER, STARTER = (1 << i for i in range(6))
# A letter of an abbreviation is a number in five bits above those.
LETTER = 8
FULL_STOP = 27

# What becomes of a character once it is folded: one character of a word, perhaps a digit that is
# masked; one that is in no word but for an apostrophe; or else it is white space, becomes several
# characters or none, or cannot be told from itself alone.
IN_WORD, DIGIT, BETWEEN, APOSTROPHE, BLANK, SEVERAL, UNSAFE = range(7)
# That stands above the sixteen bits of the one character.
KIND = 16

_ENDERS, _CLOSERS, _OPENERS = ".!?", "\"'”’)]", "\"'“‘(["
_STARTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789£"


class Alphabet(NamedTuple):
    """Tables over the first 65,536 characters."""

    flags: npt.NDArray[np.uint16]
    """`(65536,)` what each is."""
    plans: npt.NDArray[np.int32]
    """`(65536,)` what becomes of it, and its folded form where that is one character."""
    bounds: npt.NDArray[np.int32]
    """`(65537,)` where its folded form begins, and where the last one's ends."""
    folded: npt.NDArray[np.uint16]
    """The folded forms, one after the other."""
    abbreviations: npt.NDArray[np.int64]
    """Each as a number, its letters in five bits each."""


@cache
def alphabet() -> Alphabet:
    """Return the tables, made once a process."""
    characters = list(map(chr, range(N_CHARACTERS)))
    folded = list(map(fold, characters))
    lengths = np.fromiter(map(len, folded), np.int32, N_CHARACTERS)
    bounds = np.zeros(N_CHARACTERS + 1, np.int32)
    np.cumsum(lengths, out=bounds[1:])
    joined = "".join(folded).encode("utf-16-le", "surrogatepass")
    return Alphabet(
        _flags(characters),
        np.fromiter(map(_plan, characters, folded), np.int32, N_CHARACTERS),
        bounds,
        np.frombuffer(joined, np.uint16),
        np.array(sorted(map(_packed, ABBREVIATIONS)), np.int64),
    )


def _flags(characters: list[str]) -> npt.NDArray[np.uint16]:
    flags = np.zeros(N_CHARACTERS, np.uint16)
    flags |= np.fromiter((SPACE * c.isspace() for c in characters), np.uint16)
    flags |= np.fromiter((WORD * c.isalnum() for c in characters), np.uint16)
    flags[ord("_")] |= WORD
    for flag, members in (
        (ENDER, _ENDERS),
        (CLOSER, _CLOSERS),
        (OPENER, _OPENERS),
        (STARTER, _STARTERS),
    ):
        flags[list(map(ord, members))] |= flag
    for letter in "abcdefghijklmnopqrstuvwxyz":
        # As a regular expression sees it, whatever the case: dotless and dotted i are one letter.
        same = re.compile(letter, re.IGNORECASE)
        for character in filter(same.match, _CASED):
            flags[ord(character)] |= _number(letter) << LETTER
    return flags


def _plan(character: str, folded: str) -> int:
    if _depends_on_others(character):
        return UNSAFE << KIND
    if character.isspace():
        return BLANK << KIND
    return ord(folded) | _kind(folded) << KIND if len(folded) == 1 else SEVERAL << KIND


def _kind(folded: str) -> int:
    if "1" <= folded <= "9":
        return DIGIT
    if folded == "'":
        return APOSTROPHE
    return IN_WORD if folded.isalnum() or folded == "_" else BETWEEN


# All that may equal a letter of the English alphabet if case is ignored.
_CASED = [c for c in map(chr, range(0x2200)) if c.upper()[0].isascii() or c.lower()[0].isascii()]


def _depends_on_others(character: str) -> bool:
    """Say whether neighbours change what becomes of a character.

    Marks that are kept are put into an order, and a capital sigma ends a word in another form.
    """
    if "\ud800" <= character <= "\udfff":
        return True
    parts = unicodedata.normalize("NFKD", character)
    return "Σ" in parts or any(
        unicodedata.combining(part) and not "\u0300" <= part <= "\u036f" for part in parts
    )


def _packed(abbreviation: str) -> int:
    packed = 0
    for letter in abbreviation:
        packed = packed << 5 | _number(letter)
    return packed


def _number(letter: str) -> int:
    return FULL_STOP if letter == "." else ord(letter) - ord("a") + 1
