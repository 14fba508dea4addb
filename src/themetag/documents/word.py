"""Plain text out of Word documents: all that a reader of the printed page would see.

A submission form keeps its words in tables, text boxes, content controls and notes, which
python-docx does not count among the paragraphs; so it opens the package and the paragraphs
are gathered from the XML here.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.parts.document import DocumentPart
from lxml import etree

from themetag.documents.files import refuse_many
from themetag.documents.marks import Marks
from themetag.documents.package import (
    LOCKED,
    content_of,
    defines_entities,
    refuse_bomb,
)
from themetag.documents.signatures import is_html, signature_of
from themetag.errors import InputError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

# "Strict Open XML Document" of Word's save dialogue differs in its namespaces alone.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"

# python-docx gives the built-in styles by their English names, whatever Word calls them.
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)

_PARAGRAPH = f"{_W}p"
_WORDS = frozenset({f"{_W}t", f"{_MATH}t"})
_MARKS = {
    f"{_W}tab": "\t",
    f"{_W}ptab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "-",
}
# Formatting (in which w:tab is a tab stop), and text that a tracked change took out.
_SKIPPED = frozenset(f"{_W}{name}" for name in ("pPr", "rPr", "sectPr", "del", "moveFrom"))
# The same text in the way new and old programs show it; the first is what Word shows.
_ALTERNATIVES = frozenset(f"{_COMPATIBILITY}{name}" for name in ("Choice", "Fallback"))

# In this order after the body.
_LINKED = (
    RELATIONSHIP_TYPE.HEADER,
    RELATIONSHIP_TYPE.FOOTER,
    RELATIONSHIP_TYPE.FOOTNOTES,
    RELATIONSHIP_TYPE.ENDNOTES,
)
# "3", "Page 3", "Page 3 of 7", "- 3 -", also with the numbers left for Word to fill in.
_PAGE_NUMBER = re.compile(r"\W*+(?:page|pg|p)?+[\W\d]*+(?:of)?+[\W\d]*+", re.IGNORECASE)

_SAVE_AGAIN = "open it in Word and save it as .docx again"
_DAMAGED = f"is damaged or not a Word document: {_SAVE_AGAIN}"


def text_of_word(data: bytes, source: str) -> str:
    """Return the text of a .docx file, its paragraphs divided by blank lines.

    First the body in document order, with tables and text boxes; then headers, footers,
    footnotes and endnotes, each once. Deleted and hidden text is left out.

    Raises:
        InputError: the file is something else, damaged, protected by a password, or too large
            once unpacked.
    """
    _refuse_other_formats(data, source)
    try:
        parts = list(_parts(docx.Document(_unpacked(data, source)).part))
    except InputError:
        raise
    # zipfile, lxml and python-docx raise a dozen kinds of error over a damaged package.
    except Exception as error:
        raise InputError(_DAMAGED, source) from error
    body, *linked = (_paragraphs(part) for part in parts)
    margins = [text for part in linked for text in part if not _PAGE_NUMBER.fullmatch(text)]
    # Each section may have its own copy of the same header.
    return "\n\n".join([*body, *dict.fromkeys(margins)])


def marks_of_word(data: bytes, source: str) -> Marks:
    """Return the headings and captions of the body, by Word's own styles for them.

    Raises:
        InputError: as for `text_of_word`.
    """
    _refuse_other_formats(data, source)
    try:
        paragraphs = docx.Document(_unpacked(data, source)).paragraphs
        styled = [(paragraph.style, paragraph.text.strip()) for paragraph in paragraphs]
        named = [(style.name or "", text) for style, text in styled if style is not None and text]
    except InputError:
        raise
    except Exception as error:  # as in `text_of_word`
        raise InputError(_DAMAGED, source) from error
    levels = {text: _HEADING.fullmatch(name) for name, text in named}
    return Marks(
        {text: int(match[1]) for text, match in levels.items() if match},
        frozenset(text for name, text in named if name.casefold() == "caption"),
    )


def _refuse_other_formats(data: bytes, source: str) -> None:
    kind = signature_of(data)
    if is_html(data):
        message = "is an HTML page, not a Word document: give it a name that ends in .html"
        raise InputError(message, source)
    if kind is not None and not data.startswith(b"PK"):
        raise InputError(f"is {kind.name}, not a Word document: {kind.remedy}", source)
    if kind is None:
        raise InputError(f"is not a Word document: {_SAVE_AGAIN}", source)


def _unpacked(data: bytes, source: str) -> io.BytesIO:
    """Return the package with its XML stored unpacked and everything else emptied.

    python-docx unpacks each member in one go, whatever size it claims; what it is given
    here has been unpacked in blocks and counted, and has no pictures to unpack.
    """
    package = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(package, "w") as plain:
        # By name, since a name may stand in the directory twice.
        members = [packed.getinfo(name) for name in dict.fromkeys(packed.namelist())]
        if any(member.flag_bits & 1 for member in members):
            raise InputError(LOCKED, source)
        # Word on the web numbers it: word/document2.xml.
        if not any(member.filename.startswith("word/document") for member in members):
            message = f"has no Word document inside (word/document.xml): {_SAVE_AGAIN}"
            raise InputError(message, source)
        texts = {member.filename for member in members if _is_xml(member)}
        refuse_bomb(sum(packed.getinfo(name).file_size for name in texts), source)
        total = 0
        for member in members:
            content = b""
            if member.filename in texts:
                content = _content(packed, member, total, source)
            total += len(content)
            plain.writestr(member.filename, _STRICT.sub(_TRANSITIONAL, content))
    return package


def _is_xml(member: zipfile.ZipInfo) -> bool:
    return member.filename.lower().endswith((".xml", ".rels"))


def _content(packed: zipfile.ZipFile, member: zipfile.ZipInfo, total: int, source: str) -> bytes:
    """Return the XML in `member`, of which `total` bytes were unpacked before."""
    content = content_of(packed, member.filename, source, before_bytes=total)
    refuse_many("tags", b"<", content, source)
    if defines_entities(content):
        raise InputError(_DAMAGED, source)
    return content


def _parts(document: DocumentPart) -> Iterator[etree._Element]:
    """Yield the XML of the body, then of headers, footers and notes."""
    yield document.element
    for kind in _LINKED:
        for link in document.rels.values():
            if link.reltype == kind and not link.is_external:
                yield parse_xml(link.target_part.blob)


def _paragraphs(root: etree._Element) -> list[str]:
    """Return the paragraphs under `root` that hold words, in document order."""
    found: list[list[str]] = []
    # A text box hangs in a paragraph and holds paragraphs: those being read, outermost first.
    being_read: list[list[str]] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if element.tag == _PARAGRAPH and event == "start":
            being_read.append([])
            found.append(being_read[-1])
        elif element.tag == _PARAGRAPH:
            being_read.pop()
        elif event == "start" and _is_unseen(element):
            walk.skip_subtree()
        elif event == "start" and being_read:
            being_read[-1].append(_words(element))
    return [text for pieces in found if (text := "".join(pieces).strip())]


def _words(element: etree._Element) -> str:
    tag = str(element.tag)
    return str(element.text or "") if tag in _WORDS else _MARKS.get(tag, "")


def _is_unseen(element: etree._Element) -> bool:
    if element.tag in _ALTERNATIVES:
        return element.getprevious() is not None
    if element.tag == f"{_W}r":
        return _is_on(element.find(f"{_W}rPr/{_W}vanish"))
    if element.tag == f"{_W}sdt":  # "Click or tap here to enter text."
        return _is_on(element.find(f"{_W}sdtPr/{_W}showingPlcHdr"))
    return element.tag in _SKIPPED


def _is_on(switch: etree._Element | None) -> bool:
    """Say whether a formatting switch is there and not set to off."""
    return switch is not None and switch.get(f"{_W}val") not in ("0", "false", "off")
