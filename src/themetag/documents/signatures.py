"""What a file is whatever its name says, by the bytes it begins with."""

from __future__ import annotations

import re
from typing import NamedTuple


class Signature(NamedTuple):
    """A kind of file that is not plain text."""

    name: str
    """What to call it, with its article."""
    remedy: str
    """What the user can do to have it read."""


_OCR = "run text recognition (OCR) on it and save the words as .txt"
_UNLOCK = "open it with its password and save a copy without one"

_BY_START = (
    (b"%PDF-", Signature("a PDF", "give it a name that ends in .pdf")),
    (b"{\\rtf", Signature("an RTF document", "give it a name that ends in .rtf")),
    (b"\x1f\x8b", Signature("a gzip file", "unpack it, or name a packed table .csv.gz")),
    (b"\x89PNG\r\n\x1a\n", Signature("a PNG picture", _OCR)),
    (b"\xff\xd8\xff", Signature("a JPEG picture", _OCR)),
    (b"GIF87a", Signature("a GIF picture", _OCR)),
    (b"GIF89a", Signature("a GIF picture", _OCR)),
)

# Names of members stand uncompressed in a ZIP file, names of streams in an OLE file as UTF-16.
_ZIP = b"PK\x03\x04"
_IN_ZIP = (
    # The long ones first: three letters may stand anywhere by chance.
    (b"opendocument.text", Signature("an OpenDocument text", "give it a name that ends in .odt")),
    (b"opendocument.sp", Signature("an OpenDocument spreadsheet", "save it as .xlsx")),
    (b"word/", Signature("a Word document", "give it a name that ends in .docx")),
    (b"xl/", Signature("an Excel workbook", "give it a name that ends in .xlsx")),
    (b"ppt/", Signature("a PowerPoint file", "save its words as .docx or .txt")),
    (b"", Signature("a ZIP archive", "unpack it and name the documents inside")),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_OLE = (
    ("EncryptedPackage", Signature("an Office file with a password", _UNLOCK)),
    ("WordDocument", Signature("an old Word document (.doc)", "save it as .docx")),
    ("__substg1.0_", Signature("an Outlook message (.msg)", "save it as .html or .txt")),
    ("Workbook", Signature("an old Excel workbook (.xls)", "save it as .xlsx")),
    ("", Signature("an old Office file (.doc or .xls)", "save it as .docx or .xlsx")),
)

_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b", re.I)


def signature_of(data: bytes) -> Signature | None:
    """Return what `data` is by its signature, or None if it could be text.

    >>> signature_of(b"%PDF-1.7 ...").name
    'a PDF'
    """
    if data.startswith(_ZIP):
        return next(kind for name, kind in _IN_ZIP if name in data)
    if data.startswith(_OLE):
        return next(kind for name, kind in _IN_OLE if name.encode("utf-16-le") in data)
    return next((kind for start, kind in _BY_START if data.startswith(start)), None)


def is_html(data: bytes) -> bool:
    """Say whether `data` begins as an HTML page does."""
    return _HTML.match(data) is not None
