"""Plain text out of PDF files.

A PDF knows lines, not paragraphs. Lines are put together again where one was full, so that
a sentence stays whole and a title on the first page stays alone.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pypdf
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

from themetag.documents.signatures import signature_of
from themetag.errors import InputError

# The header may stand anywhere in the first 1,024 bytes, as Acrobat accepts it.
_HEADER_WITHIN = 1024
# A line this much shorter than the full ones of its page, counting the word that follows,
# was ended on purpose: letters differ in width, but seldom by a fifth over a whole line.
_FULL = 0.8

_BULLET = re.compile(r"[•●▪■◦‣·\uf0b7\uf0a7]|[-–*o] ")
_HYPHENATED = re.compile(r"\b\w+-\w+")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"})
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\ud800-\udfff]")

_LOCKED = "is protected by a password: save a copy without one"


def text_of_pdf(data: bytes, source: str) -> str:
    """Return the text of a PDF, pages and paragraphs divided by blank lines.

    What was typed into the fields of a form comes after the pages.

    Raises:
        InputError: the file is something else, damaged, locked, a bomb, or a scan without text.
    """
    _refuse_other_formats(data, source)
    try:
        with _quiet():
            texts = _texts(data, source)
    except InputError:
        raise
    except (DependencyError, FileNotDecryptedError) as error:
        raise InputError(_LOCKED, source) from error
    except LimitReachedError as error:
        message = "unpacks to more than a PDF of words does: save its words alone as .txt"
        raise InputError(message, source) from error
    # Over a damaged file pypdf raises whatever its parser stumbles on.
    except Exception as error:
        message = "is a damaged PDF: export or download it again"
        raise InputError(message, source) from error
    pages = [page for text in texts if (page := _paragraphs(_cleaned(text)))]
    if not pages:
        message = (
            "has no text, only pictures (a scan): "
            "run OCR (text recognition) on it and save it again"
        )
        raise InputError(message, source)
    return "\n\n".join(pages)


def _refuse_other_formats(data: bytes, source: str) -> None:
    if b"%PDF-" not in data[:_HEADER_WITHIN]:
        kind = signature_of(data)
        what, remedy = (kind.name, kind.remedy) if kind else ("something else", "export it again")
        raise InputError(f"is {what}, not a PDF: {remedy}", source)
    # pypdf makes do with what is there; half a submission must not pass for the whole.
    if b"%%EOF" not in data:
        raise InputError("is a PDF cut short (no %%EOF): export or download it again", source)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what pypdf logs and warns of from the terminal."""
    logger = logging.getLogger("pypdf")
    silence, propagate = logging.NullHandler(), logger.propagate
    logger.addHandler(silence)
    logger.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.propagate = propagate
        logger.removeHandler(silence)


def _texts(data: bytes, source: str) -> list[str]:
    """Return the text of each page, then that of each form field."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    # A file that is locked only against changes opens with an empty password.
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError(_LOCKED, source)
    pages = [page.extract_text() for page in reader.pages]
    fields = [str(value) for value in reader.get_form_text_fields().values() if value]
    shown = "\n".join(pages)
    return [*pages, *(value for value in fields if value not in shown)]


def _cleaned(text: str) -> str:
    """Spell out ligatures and drop what a faulty font table makes of a letter."""
    return _CONTROL.sub("", text.translate(_LIGATURES))


def _paragraphs(page: str) -> str:
    """Put the lines of a page together to paragraphs."""
    lines = [" ".join(line.split()) for line in page.splitlines()]
    lengths = sorted(len(line) for line in lines if line)
    if not lengths:
        return ""
    # The upper quarter of the lines are full; the longest may be a running header.
    full = lengths[len(lengths) * 3 // 4]
    compounds = frozenset(_HYPHENATED.findall(page))
    pieces: list[str] = []
    previous = ""
    for line in lines:
        if previous and line and not _is_end(previous, line, full):
            pieces[-1], gap = _seam(previous, line, compounds)
            pieces += [gap, line]
        elif line:
            pieces += ["\n\n", line]
        previous = line
    return "".join(pieces).strip()


def _is_end(line: str, following: str, full: int) -> bool:
    """Say whether a paragraph ends with `line`."""
    if _BULLET.match(following):
        return True
    word = following.split(maxsplit=1)[0]
    return not word[0].islower() and len(line) + 1 + len(word) <= _FULL * full


def _seam(line: str, following: str, compounds: frozenset[str]) -> tuple[str, str]:
    """Return the line as a paragraph goes on after it, and what stands before the next."""
    if line.endswith("\u00ad"):  # a soft hyphen is never part of the word
        return line[:-1], ""
    if not (line.endswith("-") and line[-2:-1].isalpha() and following[0].islower()):
        return line, " "
    # "long-/term" keeps its hyphen if the page writes "long-term" elsewhere.
    before, after = re.search(r"\w+-$", line[-60:]), re.match(r"\w+", following)
    assert before and after  # a letter, a hyphen; a lower-case letter
    return line if before[0] + after[0] in compounds else line[:-1], ""
