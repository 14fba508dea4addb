r"""The one tokeniser and sentence splitter, used by fitting and by tagging alike.

A text is folded (lower case, accents off, curly apostrophes straight) and cut into words.
Cutting a text into sentences first gives the same words, since sentences end at white space:

>>> words("Cafés: 40% of the council’s homes!")
['cafes', '40', 'of', 'the', "council's", 'homes']
>>> sentences("Forty opened. Bills fell by £1.5m!\nMore follow")
['Forty opened.', 'Bills fell by £1.5m!', 'More follow']
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

# A longer first line is a sentence of the submission, not its title.
TITLE_WORDS = 20

Part = Literal["text", "title", "opening"]

_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc", "'''")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"\w+(?:'\w+)*")
# A full stop after one of these, or after a single capital, seldom ends a sentence.
_ABBREVIATION = re.compile(
    r"\b(?:(?i:mr|mrs|ms|dr|st|cllr|prof|rev|hon|vs|approx|inc|etc|fig|e\.g|i\.e)|[A-Z])\.$"
)
_LONGEST_ABBREVIATION = 8
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


class Tokens(list[str]):
    """The words of a text, and how many of them its title and its opening sentence have."""

    n_title: int = 0
    """The title's words come first."""
    n_opening: int = 0
    """Those of the first sentence of the body come next."""

    def of(self, part: Part) -> list[str]:
        r"""Return the words of a part of the text.

        >>> tokenise("Warm hubs\n\nForty opened. Bills fell.").of("opening")
        ['forty', 'opened']
        """
        if part == "text":
            return self
        if part == "title":
            return self[: self.n_title]
        return self[self.n_title : self.n_title + self.n_opening]

    def start_of(self, part: Part) -> int:
        """Return the position of the first word of a part."""
        return self.n_title if part == "opening" else 0


def tokenise(text: str) -> Tokens:
    """Cut a text into words and find its title and opening sentence.

    A bare line of at most 20 words is a title without a body.
    """
    title, body = split_title(text)
    if not title and "\n" not in body and len(body.split()) <= TITLE_WORDS:
        title, body = body, ""
    tokens = Tokens(words(title))
    tokens.n_title = len(tokens)
    opening = next(iter(_cut(body)), "")
    tokens.extend(words(opening))
    tokens.n_opening = len(tokens) - tokens.n_title
    tokens.extend(words(body[body.find(opening) + len(opening) :]))
    return tokens


def split_title(text: str) -> tuple[str, str]:
    r"""Return the title and the body of a text whose line ends are line feeds.

    The first paragraph is the title if it is one line of at most 20 words with text after it.

    >>> split_title("Warm hubs\n\nForty opened.")
    ('Warm hubs', 'Forty opened.')
    """
    first, *rest = _BLANK_LINE.split(text.strip(), maxsplit=1)
    if rest and "\n" not in first and len(first.split()) <= TITLE_WORDS:
        return first.strip(), rest[0].strip()
    return "", text.strip()


_SENTENCE_END = re.compile(
    r"(?:(?<=[.!?])|(?<=[.!?][\"'”’)\]]))[^\S\n]+(?=[\"'“‘(\[]*[A-Z0-9£])|\n+"
)


def fold(text: str) -> str:
    """Return the text in lower case, without accents, its apostrophes straight.

    >>> fold("Ynys Môn’s CAFÉ")
    "ynys mon's cafe"
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    return _ACCENTS.sub("", decomposed).lower()


def words(text: str) -> list[str]:
    """Return the folded words of a text in order; numbers are words too."""
    return _WORD.findall(fold(text))


def word_groups(tokens: list[str], length: int) -> list[str]:
    """Return every run of `length` words, each joined by one space.

    >>> word_groups(["rough", "sleepers", "housed"], 2)
    ['rough sleepers', 'sleepers housed']
    """
    if length == 1:
        return tokens
    return list(map(" ".join, zip(*(tokens[i:] for i in range(length)), strict=False)))


def character_groups(word: str, shortest: int, longest: int) -> list[str]:
    """Return the character n-grams of one word set between spaces.

    A word that is no longer than n gives itself, once and for the smallest such n, as
    scikit-learn's `char_wb` analyser does.

    >>> character_groups("bin", 3, 5)
    [' bi', 'bin', 'in ', ' bin', 'bin ', ' bin ']
    >>> character_groups("a", 3, 5)
    [' a ']
    """
    padded = f" {word} "
    groups: list[str] = []
    for n in range(shortest, longest + 1):
        groups.extend(padded[i : i + n] for i in range(max(len(padded) - n, 0) + 1))
        if len(padded) <= n:
            break
    return groups


def sentences(text: str) -> list[str]:
    """Return the sentences of a text in order, without the white space between them.

    A line end ends a sentence; so does a full stop, question or exclamation mark before white
    space and a capital, digit or pound sign, unless it closes an abbreviation.

    >>> sentences("Cllr. Ray and Dr. Oyelaran spoke. 40 came.")
    ['Cllr. Ray and Dr. Oyelaran spoke.', '40 came.']
    """
    return list(_cut(text))


def _cut(text: str) -> Iterable[str]:
    start = 0
    for match in _SENTENCE_END.finditer(text):
        before = text[max(start, match.start() - _LONGEST_ABBREVIATION) : match.start()]
        if "\n" not in match.group() and _ABBREVIATION.search(before):
            continue
        if piece := text[start : match.start()].strip():
            yield piece
        start = match.end()
    if piece := text[start:].strip():
        yield piece


def fingerprint(text: str) -> str:
    r"""Return 16 hexadecimal digits that are equal for texts of the same words.

    >>> fingerprint("Warm hubs\n\nForty.") == fingerprint("WARM HUBS: forty")
    True
    """
    return hashlib.sha256(" ".join(words(text)).encode()).hexdigest()[:16]
