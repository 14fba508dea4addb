"""Cut a text into numbered words, title, opening and sentences, as `text.tokenise` does."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from themetag.compiled.alphabet import (
    APOSTROPHE,
    BLANK,
    CLOSER,
    DIGIT,
    ENDER,
    FULL_STOP,
    LETTER,
    OPENER,
    SPACE,
    STARTER,
    UNSAFE,
    WORD,
    Alphabet,
)
from themetag.compiled.hashing import find, mixed
from themetag.compiled.jit import compiled
from themetag.compiled.tables import Int32s, Int64s, Kinds, Strings, Units
from themetag.text import TITLE_WORDS

_SPACE, _NEWLINE, _APOSTROPHE, _DOT, _NOUGHT, _ONE, _NINE = map(ord, " \n'.019")

# What stands in `Scan.facts`.
N_WORDS, N_TITLE, N_SENTENCES, IS_BARE_TITLE = range(4)


class Scan(NamedTuple):
    """The words of one text; room for the longest that is to be read."""

    letters: Units
    """The folded text without its white space."""
    masked: Units
    """The same with every digit a nought, where a word has a digit."""
    starts: Int32s
    """Where each word begins in the letters."""
    ends: Int32s
    """Where each word ends."""
    numbers: Int32s
    """`(2, room)` the number of each word, or -1; as it is, and with every digit a nought."""
    sentences: Int32s
    """How many words there are up to the end of each sentence of the body."""
    facts: Int64s
    """`(4,)` how much of the room is taken."""


@compiled
def room_for(n_units: int) -> Scan:
    """Return empty room for a text of so many units, which may fold to twice as many."""
    n = 2 * n_units + 64
    return Scan(
        np.empty(n, np.uint16),
        np.empty(n, np.uint16),
        np.empty(n, np.int32),
        np.empty(n, np.int32),
        np.empty((2, n), np.int32),
        np.empty(n_units + 2, np.int32),
        np.zeros(4, np.int64),
    )


@compiled
def scan(
    units: Units, low: int, high: int, alphabet: Alphabet, words: Strings, found: Scan
) -> bool:
    """Cut `units[low:high]` into words.

    Returns:
        Whether it could be done; where not, the text is for `text.tokenise`.
    """
    facts = found.facts
    facts[:] = 0
    n_letters = _fold(units, low, high, alphabet, found.letters, found.sentences, facts)
    if n_letters < 0:
        return False
    _cut(n_letters, alphabet.kinds, words, found)
    _count_up(found)
    return True


@compiled
def _fold(
    units: Units,
    low: int,
    high: int,
    alphabet: Alphabet,
    letters: Units,
    sentences: Int32s,
    facts: Int64s,
) -> int:
    """Fold a text (`text.fold`), one space for any white space, and find where sentences end.

    Returns:
        How many letters it has, or -1 where there is no room or it cannot be told what they are.
    """
    flags, plans, bounds, folded = alphabet.flags, alphabet.plans, alphabet.bounds, alphabet.folded
    low = _past_space(flags, units, low, high)
    high = _before_space(flags, units, low, high)
    body = _start_of_body(flags, units, low, high, facts)
    n = n_sentences = 0
    room = len(letters)
    at = low
    while at < high:
        unit = np.int64(units[at])
        plan = plans[unit]
        if plan >= 0:
            letters[n] = plan
            n += 1
            at += 1
        elif plan == BLANK:
            end = _past_space(flags, units, at, high)
            if at < body:
                facts[N_TITLE] = n
            elif _may_end_sentence(flags, units, at, end) and _ends_sentence(
                alphabet, units, body, at, end, high
            ):
                sentences[n_sentences] = n
                n_sentences += 1
            letters[n] = _SPACE
            n += 1
            at = end
        else:
            first, last = bounds[unit], bounds[unit + 1]
            if plan == UNSAFE or n + last - first + high - at > room:
                return -1
            for i in range(first, last):
                letters[n] = folded[i]
                n += 1
            at += 1
    sentences[n_sentences] = n
    facts[N_SENTENCES] = n_sentences + 1
    return n


@compiled
def _past_space(flags: Units, units: Units, at: int, high: int) -> int:
    while at < high and flags[units[at]] & SPACE:
        at += 1
    return at


@compiled
def _before_space(flags: Units, units: Units, low: int, at: int) -> int:
    while at > low and flags[units[at - 1]] & SPACE:
        at -= 1
    return at


@compiled
def _start_of_body(flags: Units, units: Units, low: int, high: int, facts: Int64s) -> int:
    """Return where the body begins: after the title, where there is one (`text.split_title`)."""
    end, n, in_word = low, 0, False
    while end < high and n <= TITLE_WORDS and units[end] != _NEWLINE:
        is_space = flags[units[end]] & SPACE != 0
        n += not is_space and not in_word
        in_word = not is_space
        end += 1
    if n > TITLE_WORDS:
        return low
    if end == high:
        facts[IS_BARE_TITLE] = 1
        return low
    blank = end + 1
    while flags[units[blank]] & SPACE and units[blank] != _NEWLINE:
        blank += 1
    return _past_space(flags, units, blank, high) if units[blank] == _NEWLINE else low


@compiled
def _may_end_sentence(flags: Units, units: Units, at: int, end: int) -> bool:
    """Say soon whether white space deserves a closer look."""
    return flags[units[at - 1]] & (ENDER | CLOSER) != 0 or units[at] == _NEWLINE or end - at > 1


@compiled
def _ends_sentence(
    alphabet: Alphabet, units: Units, body: int, at: int, end: int, high: int
) -> bool:
    """Say whether a sentence ends at the white space `units[at:end]` (`text.sentences`)."""
    for i in range(at, end):
        if units[i] == _NEWLINE:
            return True
    flags = alphabet.flags
    ends = flags[units[at - 1]] & ENDER != 0
    if not ends and at - 2 >= body and flags[units[at - 1]] & CLOSER:
        ends = flags[units[at - 2]] & ENDER != 0
    if not ends:
        return False
    while end < high and flags[units[end]] & OPENER:
        end += 1
    if end == high or not flags[units[end]] & STARTER:
        return False
    return not (units[at - 1] == _DOT and _is_abbreviation(alphabet, units, body, at - 1))


@compiled
def _is_abbreviation(alphabet: Alphabet, units: Units, body: int, dot: int) -> bool:
    """Say whether the word before a full stop is one that is seldom the last of a sentence."""
    flags = alphabet.flags
    start = _start_of_word(flags, units, body, dot)
    n = dot - start
    if n == 1 and ord("A") <= units[start] <= ord("Z"):
        return True
    packed = 0
    if (
        n == 1
        and start - 2 >= body
        and units[start - 1] == _DOT
        and _start_of_word(flags, units, body, start - 1) == start - 2
    ):
        packed = (flags[units[start - 2]] >> LETTER) << 5 | FULL_STOP
    for i in range(start, dot):
        letter = flags[units[i]] >> LETTER
        if not letter:
            return False
        packed = packed << 5 | letter
    for known in alphabet.abbreviations:  # noqa: SIM110 - numba compiles no `any` of a generator
        if packed == known:
            return True
    return False


@compiled
def _start_of_word(flags: Units, units: Units, body: int, end: int) -> int:
    """Return where the word that ends somewhere begins, or so much before that it is too long."""
    start = end
    while start > body and end - start < 10 and flags[units[start - 1]] & WORD:
        start -= 1
    return start


@compiled
def _cut(n_letters: int, kinds: Kinds, words: Strings, found: Scan) -> None:
    """Cut folded letters into words (`text.words`) and take down the number of each."""
    letters, starts, ends, numbers = found.letters, found.starts, found.ends, found.numbers
    slots, bounds, known = words.slots, words.bounds, words.units
    letters[n_letters] = _SPACE
    start = end = n = 0  # the word so far, which may have an apostrophe after its end
    hash = 0
    has_digit = False
    for at in range(n_letters + 1):
        letter = letters[at]
        kind = kinds[letter]
        if kind <= DIGIT:
            if end == start:
                start = at
            elif at > end:
                hash = mixed(hash, _APOSTROPHE)
            hash = mixed(hash, letter)
            has_digit |= kind == DIGIT
            end = at + 1
        elif end > start and not (kind == APOSTROPHE and at == end):
            number = find(slots, bounds, known, hash, letters, start, end)
            numbers[0, n] = numbers[1, n] = number
            if has_digit:
                numbers[1, n] = _number_masked(words, letters, start, end, found.masked)
            starts[n], ends[n] = start, end
            n += 1
            start = end
            hash, has_digit = 0, False
    found.facts[N_WORDS] = n


@compiled
def _number_masked(words: Strings, letters: Units, low: int, high: int, masked: Units) -> int:
    """Return the number of a word whose digits are noughts."""
    hash = 0
    for at in range(low, high):
        letter = letters[at]
        masked[at] = _NOUGHT if _ONE <= letter <= _NINE else letter
        hash = mixed(hash, masked[at])
    return find(words.slots, words.bounds, words.units, hash, masked, low, high)


@compiled
def _count_up(found: Scan) -> None:
    """Make numbers of words of the letters before the end of the title and of each sentence."""
    facts, sentences, starts = found.facts, found.sentences, found.starts
    n = 0
    while n < facts[N_WORDS] and starts[n] < facts[N_TITLE]:
        n += 1
    facts[N_TITLE] = n
    for sentence in range(facts[N_SENTENCES]):
        while n < facts[N_WORDS] and starts[n] < sentences[sentence]:
            n += 1
        sentences[sentence] = n
