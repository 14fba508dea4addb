"""Text out of documents, one registry by suffix.

To read another kind, write `text_of_<kind>(data, source) -> str` in a module of its own and
add one line to `_READERS`. The modules of readers are imported when a file of their kind is
met, so that tagging a .txt loads no library for Word, HTML or PDF.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

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

# The kind of document by suffix: the module of its reader, and the function in there.
_READERS = {
    ".txt": ("encoding", "decode"),
    ".md": ("markdown", "text_of_markdown"),
    ".html": ("html", "text_of_html"),
    ".htm": ("html", "text_of_html"),
    ".mhtml": ("mhtml", "text_of_mhtml"),
    ".mht": ("mhtml", "text_of_mhtml"),
    ".docx": ("word", "text_of_word"),
    ".odt": ("opendocument", "text_of_opendocument"),
    ".rtf": ("rtf", "text_of_rtf"),
    ".eml": ("mail", "text_of_mail"),
    ".pdf": ("pdf", "text_of_pdf"),
}
# Those that mark headings and captions.
_MARKED = {
    ".html": ("html", "marks_of_html"),
    ".htm": ("html", "marks_of_html"),
    ".mhtml": ("mhtml", "marks_of_mhtml"),
    ".mht": ("mhtml", "marks_of_mhtml"),
    ".docx": ("word", "marks_of_word"),
}

SUFFIXES = tuple(_READERS)


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
        InputError: the file cannot be read, is not what its suffix says, is damaged, or takes too
            long.

    >>> read_marks(Path("entry.txt"))
    Marks(levels={}, captions=frozenset())
    """
    suffix = path.suffix.lower()
    if suffix not in _MARKED:
        return Marks()
    data, reader = read_bytes(path), _reader(*_MARKED[suffix])
    with deadline(path):
        marks: Marks = reader(data, str(path))
    return marks


def text_of(data: bytes, path: Path) -> str:
    r"""Return the text of a document whose bytes have been read, as `read_text` does.

    Raises:
        InputError: the document is not what its suffix says, is damaged, is too long or takes too
            long, or holds no words.

    >>> text_of(b"Warm hubs\r\n", Path("entry.txt"))
    'Warm hubs\n'
    """
    reader = _reader(*_READERS[path.suffix.lower()])
    with deadline(path):
        text: str = reader(data, str(path)).replace("\r\n", "\n").replace("\r", "\n")
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


def _reader(module: str, function: str) -> Any:
    """Return a reader, its module imported."""
    return getattr(import_module(f"themetag.documents.{module}"), function)
