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

# What a folded character is: one of a word, a digit that may be masked, or one that is in no word,
# but for an apostrophe.
IN_WORD, DIGIT, BETWEEN, APOSTROPHE = range(4)

# What becomes of a character that is folded: one character, if the number is that of one; else
# white space, several characters or none, or what is not to be told from the character alone.
BLANK, SEVERAL, UNSAFE = -1, -2, -3

_ENDERS, _CLOSERS, _OPENERS = ".!?", "\"'”’)]", "\"'“‘(["
_STARTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789£"


class Alphabet(NamedTuple):
    """Tables over the first 65,536 characters."""

    flags: npt.NDArray[np.uint16]
    """`(65536,)` what each is."""
    plans: npt.NDArray[np.int32]
    """`(65536,)` the folded form of each, where that is one character; else what becomes of it."""
    kinds: npt.NDArray[np.uint8]
    """`(65536,)` what each is in a folded text."""
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
    folded = [None if _cannot_be_told(c) else fold(c) for c in characters]
    lengths = [len(form or "") for form in folded]
    bounds = np.zeros(N_CHARACTERS + 1, np.int32)
    np.cumsum(lengths, out=bounds[1:])
    joined = "".join(form or "" for form in folded).encode("utf-16-le", "surrogatepass")
    return Alphabet(
        _flags(characters),
        np.fromiter(map(_plan, characters, folded), np.int32, N_CHARACTERS),
        np.fromiter(map(_kind, characters), np.uint8, N_CHARACTERS),
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


def _plan(character: str, folded: str | None) -> int:
    if folded is None:
        return UNSAFE
    if character.isspace():
        return BLANK
    return ord(folded) if len(folded) == 1 else SEVERAL


def _kind(folded: str) -> int:
    if "1" <= folded <= "9":
        return DIGIT
    if folded == "'":
        return APOSTROPHE
    return IN_WORD if folded.isalnum() or folded == "_" else BETWEEN


# All that may equal a letter of the English alphabet if case is ignored.
_CASED = [c for c in map(chr, range(0x2200)) if c.upper()[0].isascii() or c.lower()[0].isascii()]


def _cannot_be_told(character: str) -> bool:
    """Say whether what becomes of a character is not to be told from it alone in 16 bits.

    Marks that are kept are put into an order, and a capital sigma ends a word in another form.
    """
    if "\ud800" <= character <= "\udfff":  # half of a character
        return True
    return any(
        part == "Σ"
        or part > "\uffff"
        or (unicodedata.combining(part) and not "\u0300" <= part <= "\u036f")
        for part in unicodedata.normalize("NFKD", character)
    )


def _packed(abbreviation: str) -> int:
    packed = 0
    for letter in abbreviation:
        packed = packed << 5 | _number(letter)
    return packed


def _number(letter: str) -> int:
    return FULL_STOP if letter == "." else ord(letter) - ord("a") + 1
