r"""The one tokeniser and sentence splitter, used by fitting and by tagging alike.

A text is folded (lower case, accents off, curly apostrophes straight) and cut into words.
Cutting a text into sentences first, or into title and body, gives the same words, since these end
at white space:

>>> words("Cafés: 40% of the council’s homes!")
['cafes', '40', 'of', 'the', "council's", 'homes']
>>> sentences("Forty opened. Bills fell by £1.5m!\nMore follow")
['Forty opened.', 'Bills fell by £1.5m!', 'More follow']
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal

# A longer first line is a sentence of the submission, not its title.
TITLE_WORDS = 20

Part = Literal["text", "title", "opening"]

_DIGITS = str.maketrans("123456789", "000000000")

_APOSTROPHES = ("\u2018", "\u2019", "\u02bc")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"\w+(?:'\w+)*")
_SENTENCE_END = re.compile(
    r"(?:(?<=[.!?])|(?<=[.!?][\"'”’)\]]))[^\S\n]+(?=[\"'“‘(\[]*[A-Z0-9£])|\n+"
)
# A full stop after one of these, or after a single capital, seldom ends a sentence.
_TITLES = ("mr", "mrs", "ms", "dr", "st", "cllr", "prof", "rev", "hon")
ABBREVIATIONS = (*_TITLES, "vs", "approx", "inc", "etc", "fig", "e.g", "i.e")
_ABBREVIATION = re.compile(rf"\b(?:(?i:{'|'.join(map(re.escape, ABBREVIATIONS))})|[A-Z])\.$")
_LONGEST_ABBREVIATION = 8
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def fold(text: str) -> str:
    """Return the text in lower case, without accents, its apostrophes straight.

    >>> fold("Ynys Môn’s CAFÉ")
    "ynys mon's cafe"
    """
    if text.isascii():
        return text.lower()
    for apostrophe in _APOSTROPHES:
        text = text.replace(apostrophe, "'")
    decomposed = unicodedata.normalize("NFKD", text)
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


def _cut(text: str) -> Iterator[str]:
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


def split_title(text: str) -> tuple[str, str]:
    r"""Return the title and the body of a text whose line ends are line feeds.

    The first paragraph is the title if it is one line of at most 20 words with text after it.

    >>> split_title("Warm hubs\n\nForty opened.")
    ('Warm hubs', 'Forty opened.')
    """
    first, *rest = _BLANK_LINE.split(text.strip(), maxsplit=1)
    if rest and _may_be_title(first):
        return first.strip(), rest[0].strip()
    return "", text.strip()


def _may_be_title(paragraph: str) -> bool:
    return "\n" not in paragraph and len(paragraph.split()) <= TITLE_WORDS


class Tokens(list[str]):
    """The words of a text; those of its title come first, those of its opening sentence next.

    >>> Tokens(["warm", "hubs", "forty", "opened", "bills", "fell"], 2, 2).of("opening")
    ['forty', 'opened']
    """

    n_title: int
    """How many of the words are the title's."""
    n_opening: int
    """How many after those are the opening's, which is the first sentence of the body."""

    def __init__(self, words: Iterable[str] = (), n_title: int = 0, n_opening: int = 0):
        super().__init__(words)
        self.n_title = n_title
        self.n_opening = n_opening
        self._masked: Tokens | None = None  # made when first asked for, since every field asks

    def of(self, part: Part) -> list[str]:
        """Return the words of a part of the text."""
        if part == "text":
            return self
        start = self.start_of(part)
        return self[start : start + (self.n_title if part == "title" else self.n_opening)]

    def start_of(self, part: Part) -> int:
        """Return the position of the first word of a part."""
        return self.n_title if part == "opening" else 0

    def masked(self) -> Tokens:
        """Return the same words with every digit a nought: the size of a number, not which.

        >>> Tokens(["40", "homes", "in", "2022"]).masked()
        ['00', 'homes', 'in', '0000']
        """
        if self._masked is None:
            # No word has white space, so all of them are masked at once.
            words = "\n".join(self).translate(_DIGITS).split("\n") if self else []
            self._masked = Tokens(words, self.n_title, self.n_opening)
        return self._masked


def tokenise(text: str) -> Tokens:
    r"""Cut a text into words and find its title and opening sentence.

    A text of one line of at most 20 words is a title without a body.

    >>> tokens = tokenise("Warm hubs\n\nForty opened. Bills fell.")
    >>> tokens.of("title"), tokens.of("opening")
    (['warm', 'hubs'], ['forty', 'opened'])
    """
    title, body = split_title(text)
    if not title and _may_be_title(body):
        title, body = body, ""
    opening = next(_cut(body), "")
    rest = body.removeprefix(opening)
    of_title, of_opening = words(title), words(opening)
    return Tokens([*of_title, *of_opening, *words(rest)], len(of_title), len(of_opening))


def is_bare_title(text: str) -> bool:
    r"""Say whether a text is a title without a body: one line of at most 20 words.

    >>> is_bare_title("Warm hubs"), is_bare_title("Warm hubs\n\nForty opened.")
    (True, False)
    """
    tokens = tokenise(text)
    return tokens.n_title == len(tokens)


def fingerprint(text: str) -> str:
    r"""Return 16 hexadecimal digits that are equal for texts of the same words.

    >>> fingerprint("Warm hubs\n\nForty.") == fingerprint("WARM HUBS: forty")
    True
    """
    return hashlib.sha256(" ".join(words(text)).encode()).hexdigest()[:16]
