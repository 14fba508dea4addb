"""Text out of documents, one registry by suffix.

To read another kind, write `text_of_<kind>(data, source) -> str` in a module of its own and
add one line to `_READERS`. The modules of readers are imported when a file of their kind is
met, so that tagging a .txt loads no library for Word, HTML or PDF.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from themetag.documents.deadline import deadline
from themetag.documents.encoding import decode
from themetag.documents.files import longer_than_read, opened, read_bytes, read_stream
from themetag.documents.marks import Marks
from themetag.entry import Entry
from themetag.errors import InputError

__all__ = [
    "SUFFIXES",
    "Marks",
    "decode",
    "longer_than_read",
    "read_document",
    "read_marks",
    "read_stream",
    "read_text",
    "text_of",
    "unknown_kind",
]


def _markdown(data: bytes, source: str) -> str:
    from themetag.documents.markdown import text_of_markdown

    return text_of_markdown(data, source)


def _html(data: bytes, source: str) -> str:
    from themetag.documents.html import text_of_html

    return text_of_html(data, source)


def _word(data: bytes, source: str) -> str:
    from themetag.documents.word import text_of_word

    return text_of_word(data, source)


def _opendocument(data: bytes, source: str) -> str:
    from themetag.documents.opendocument import text_of_opendocument

    return text_of_opendocument(data, source)


def _rtf(data: bytes, source: str) -> str:
    from themetag.documents.rtf import text_of_rtf

    return text_of_rtf(data, source)


def _mail(data: bytes, source: str) -> str:
    from themetag.documents.mail import text_of_mail

    return text_of_mail(data, source)


def _pdf(data: bytes, source: str) -> str:
    from themetag.documents.pdf import text_of_pdf

    return text_of_pdf(data, source)


_READERS: dict[str, Callable[[bytes, str], str]] = {
    ".txt": decode,
    ".md": _markdown,
    ".html": _html,
    ".htm": _html,
    ".docx": _word,
    ".odt": _opendocument,
    ".rtf": _rtf,
    ".eml": _mail,
    ".pdf": _pdf,
}

SUFFIXES = tuple(_READERS)


def _marks_in_html(data: bytes, source: str) -> Marks:
    from themetag.documents.html import marks_of_html

    return marks_of_html(data, source)


def _marks_in_word(data: bytes, source: str) -> Marks:
    from themetag.documents.word import marks_of_word

    return marks_of_word(data, source)


_MARKED: dict[str, Callable[[bytes, str], Marks]] = {
    ".html": _marks_in_html,
    ".htm": _marks_in_html,
    ".docx": _marks_in_word,
}


def read_document(path: Path, id: str | None = None) -> Entry:
    """Return one document as an entry, its first paragraph as the title where it is one.

    Args:
        path: the document.
        id: what to file the answer under; by default the path as given.

    Raises:
        InputError: as for `read_text`.
    """
    return Entry.from_text(str(path) if id is None else id, read_text(path))


def read_text(path: Path) -> str:
    r"""Return the text of a document, by its suffix, with `\n` for every line end.

    Raises:
        InputError: the file cannot be read, is of an unknown kind, is not what its suffix
            says, is damaged, or holds no words.

    >>> read_text(Path("entry.pages"))
    Traceback (most recent call last):
    themetag.errors.InputError: entry.pages: no such file: check its name and folder
    """
    if path.suffix.lower() not in _READERS:
        with opened(path):  # a missing file or a folder is told as such
            raise unknown_kind(path)
    return text_of(read_bytes(path), path)


def read_marks(path: Path) -> Marks:
    """Return the headings and captions that a document marks as such; other kinds mark none.

    Raises:
        InputError: as for `read_text`.

    >>> read_marks(Path("entry.txt"))
    Marks(levels={}, captions=frozenset())
    """
    reader = _MARKED.get(path.suffix.lower())
    return reader(read_bytes(path), str(path)) if reader else Marks()


def text_of(data: bytes, path: Path) -> str:
    r"""Return the text of a document whose bytes have been read, as `read_text` does.

    Raises:
        InputError: the document is not what its suffix says, is damaged, is too long or takes too
            long, or holds no words.

    >>> text_of(b"Warm hubs\r\n", Path("entry.txt"))
    'Warm hubs\n'
    """
    reader = _READERS[path.suffix.lower()]
    with deadline(path):
        text = reader(data, str(path)).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError("is empty: nothing to read", path)
    if fault := longer_than_read(len(text)):
        raise InputError(fault, path)
    return text


def unknown_kind(path: Path) -> InputError:
    """Return the error for a document of a suffix that is not in `SUFFIXES`."""
    *others, last = SUFFIXES
    message = f"is of a kind that is not read: save it as {', '.join(others)} or {last}"
    return InputError(message, path)
