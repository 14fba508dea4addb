"""Plain text out of OpenDocument texts (.odt), as LibreOffice and Google Docs save them."""

from __future__ import annotations

import io
import re
import zipfile

from lxml import etree

from themetag.documents.files import refuse_many
from themetag.documents.package import LOCKED, content_of, defines_entities
from themetag.documents.signatures import Signature, signature_of
from themetag.errors import InputError

_PREFIXES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}


def _name(prefixed: str) -> str:
    prefix, _, local = prefixed.partition(":")
    return f"{{{_PREFIXES[prefix]}}}{local}"


_PARAGRAPHS = frozenset({_name("text:p"), _name("text:h")})
_NOTE = _name("text:note")
_MARKS = {_name("text:tab"): "\t", _name("text:line-break"): "\n"}
_SPACES = _name("text:s")
# A row of a million spaces takes a few bytes; no reader counts them.
_MOST_SPACES = 8

# What a reader of the printed page does not see: remarks, what a tracked change took out, fields
# not filled in, descriptions of pictures, cells under a merged one.
_UNSEEN = tuple(
    map(
        _name,
        (
            "office:annotation",
            "office:binary-data",
            "office:forms",
            "svg:desc",
            "svg:title",
            "table:covered-table-cell",
            "table:desc",
            "table:title",
            "text:placeholder",
            "text:ruby-text",
            "text:tracked-changes",
        ),
    )
)

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
# In newer files the whole document is one locked member.
_LOCKED_CONTENT = "encrypted-package"
_LOCK = b"encryption-data"

_SAVE_AGAIN = "open it in LibreOffice or Word and save it again"
_DAMAGED = f"is damaged or not an OpenDocument text: {_SAVE_AGAIN}"


def text_of_opendocument(data: bytes, source: str) -> str:
    """Return the text of an .odt file, its paragraphs divided by blank lines.

    First the body in document order, with lists, tables and frames; then footnotes and endnotes.
    Headers and footers of pages, annotations, deleted and hidden text are left out.

    Raises:
        InputError: the file is something else, damaged, protected by a password, or too large
            once unpacked.
    """
    _refuse_other_formats(data, source)
    try:
        root = _content(data, source)
    except InputError:
        raise
    # zipfile and lxml raise many kinds of error over a damaged package.
    except Exception as error:
        raise InputError(_DAMAGED, source) from error
    body = root.find("office:body/office:text", _PREFIXES)
    if body is None:
        message = f"has no text inside (a spreadsheet, slides or a drawing): {_SAVE_AGAIN} as .odt"
        raise InputError(message, source)
    etree.strip_elements(root, *_UNSEEN, with_tail=False)
    _drop_hidden(root)
    notes = [text for note in body.iter(_name("text:note-body")) for text in _paragraphs(note)]
    return "\n\n".join([*_paragraphs(body), *notes])


def _refuse_other_formats(data: bytes, source: str) -> None:
    kind = signature_of(data)
    if kind is None:
        raise InputError(f"is not an OpenDocument text: {_SAVE_AGAIN} as .odt", source)
    if not data.startswith(b"PK"):
        raise InputError(_is_instead(kind), source)


def _is_instead(kind: Signature) -> str:
    return f"is {kind.name}, not an OpenDocument text: {kind.remedy}"


def _content(data: bytes, source: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = packed.namelist()
        manifest = content_of(packed, _MANIFEST, source) if _MANIFEST in names else b""
        if _LOCKED_CONTENT in names or _LOCK in manifest:
            raise InputError(LOCKED, source)
        kind = signature_of(data)
        if _CONTENT not in names and kind and "OpenDocument" not in kind.name:
            raise InputError(_is_instead(kind), source)
        content = content_of(packed, _CONTENT, source)
    refuse_many("tags", b"<", content, source)
    if defines_entities(content):
        raise InputError(_DAMAGED, source)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(content, parser)


def _drop_hidden(root: etree._Element) -> None:
    """Take out the text of styles and sections that are not shown, and leave what follows."""
    styles = root.iterfind("office:automatic-styles/style:style", _PREFIXES)
    hidden = {
        style.get(_name("style:name"))
        for style in styles
        if any(map(_is_hidden, style.iterchildren()))
    }
    for element in list(root.iter(*_PARAGRAPHS, _name("text:span"), _name("text:section"))):
        if element.get(_name("text:style-name")) in hidden or _is_hidden(element):
            element.text = None
            del element[:]


def _is_hidden(element: etree._Element) -> bool:
    return element.get(_name("text:display")) == "none"


def _paragraphs(root: etree._Element) -> list[str]:
    """Return the paragraphs under `root` that hold words, in document order, notes left out."""
    found: list[list[str]] = []
    # A frame hangs in a paragraph and holds paragraphs: those being read, outermost first.
    being_read: list[list[str]] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            if element.tag in _PARAGRAPHS:
                being_read.pop()
            words = _collapsed(element.tail)
        elif element.tag == _NOTE:
            walk.skip_subtree()  # its end still comes, with the text that follows it
            words = ""
        else:
            if element.tag in _PARAGRAPHS:
                found.append([])
                being_read.append(found[-1])
            words = _mark(element) + _collapsed(element.text)
        if being_read:
            being_read[-1].append(words)
    return [text for pieces in found if (text := "".join(pieces).strip())]


def _mark(element: etree._Element) -> str:
    tag = str(element.tag)
    if tag != _SPACES:
        return _MARKS.get(tag, "")
    count = str(element.get(_name("text:c"), "1"))
    return " " * min(int(count), _MOST_SPACES) if count.isdecimal() else " "


def _collapsed(text: str | bytes | None) -> str:
    """Return text with white space as it is shown: the file may be broken into lines anywhere."""
    return re.sub(r"[ \t\r\n]+", " ", str(text or ""))
