"""Plain text out of HTML, as a browser would show it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from themetag.documents.encoding import decode
from themetag.documents.files import refuse_many
from themetag.documents.marks import Marks
from themetag.errors import InputError

_UNSEEN = frozenset(
    # What is never shown, and what stands round a page and not in it.
    {"head", "script", "style", "noscript", "template", "iframe", "nav", "footer", "aside"}
)
_BLOCK_TAGS = """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol
    optgroup option p pre section select summary table tbody tfoot thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_CELLS = frozenset({"td", "th"})
_LEVELS = {f"h{level}": level for level in range(1, 7)}

_NOT_SHOWN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
# A page declares its encoding within its first 1,024 bytes, says the HTML standard.
_DECLARED = re.compile(rb"<meta[^>]*charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_DECLARED_WITHIN = 1024
# The encodings that British pages are found in; Latin-1 and ASCII mean Windows-1252 to browsers.
_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "windows-1252": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-15": "iso-8859-15",
    "windows-1250": "cp1250",
    "macintosh": "mac-roman",
}


def text_of_html(data: bytes, source: str) -> str:
    r"""Return what a page shows: blocks as paragraphs, cells of a row divided by tabs.

    Raises:
        InputError: the page is not text, or too deep or too large to be parsed.

    >>> text_of_html(b"<h1>Warm hubs</h1><p>Tea &amp; <b>toast</b>.</p>", "page.html")
    'Warm hubs\n\nTea & toast.'
    """
    root = _parsed(data, source)
    return "" if root is None else _tidy("".join(_pieces(root)))


def marks_of_html(data: bytes, source: str) -> Marks:
    r"""Return the headings and captions of a page, as `text_of_html` writes them.

    Raises:
        InputError: as for `text_of_html`.

    >>> marks_of_html(b"<h2>Housing</h2><figcaption>The keys</figcaption>", "page.html")
    Marks(levels={'Housing': 2}, captions=frozenset({'The keys'}))
    """
    root = _parsed(data, source)
    found = [] if root is None else list(root.iter(*_LEVELS, "figcaption"))
    shown = [(element.tag, _tidy("".join(_pieces(element)))) for element in found]
    return Marks(
        {text: _LEVELS[str(tag)] for tag, text in shown if text and tag in _LEVELS},
        frozenset(text for tag, text in shown if text and tag == "figcaption"),
    )


def _parsed(data: bytes, source: str) -> etree._Element | None:
    """Return the root of a page, or None for one without any markup or words."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    # As bytes, since a str that begins with an XML declaration is refused by lxml.
    markup = _decoded(data, source).encode()
    if not markup.strip():
        return None
    refuse_many("tags", b"<", markup, source)
    try:
        root = etree.fromstring(markup, parser)
    except etree.LxmlError as error:
        raise InputError("cannot be read as HTML: save its words as .txt", source) from error
    # The parser stops at a limit and keeps what it has: half a page must not pass for one.
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        raise InputError(
            "cannot be read as HTML (nested too deeply, or too large): save its words as .txt",
            source,
        )
    return root


def _decoded(data: bytes, source: str) -> str:
    """Decode by the charset that the page declares if it holds, else by the general rules."""
    match = _DECLARED.search(data[:_DECLARED_WITHIN])
    charset = match[1].decode("ascii", "replace").lower() if match else ""
    return decode(data, source, declared=_CODECS.get(charset))


def _pieces(root: etree._Element) -> Iterator[str]:
    """Yield the text seen, in which every newline and tab is one that is shown."""
    preformatted = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = str(element.tag)
        if event == "start":
            if _is_unseen(element):
                walk.skip_subtree()  # its end still comes, with the text that follows it
                continue
            preformatted += tag == "pre"
            yield "\n\n" if tag in _BLOCKS else ""
            yield _shown(element.text, preformatted)
            continue
        preformatted -= tag == "pre" and not _is_unseen(element)
        yield _after(tag)
        yield _shown(element.tail, preformatted)


def _is_unseen(element: etree._Element) -> bool:
    if element.tag in _UNSEEN or "hidden" in element.attrib:
        return True
    # Pages that hide their whole body do so until a script has run.
    return element.tag not in ("html", "body") and bool(
        _NOT_SHOWN.search(str(element.get("style", "")))
    )


def _after(tag: str) -> str:
    if tag in _BLOCKS:
        return "\n\n"
    if tag in _CELLS:
        return "\t"
    return "\n" if tag == "br" else ""


def _shown(text: str | bytes | None, preformatted: int) -> str:
    text = str(text or "")
    return text if preformatted else re.sub(r"\s+", " ", text)


def _tidy(text: str) -> str:
    """Take off the white space round lines and cells, and all blank lines but one."""
    lines = []
    for line in text.split("\n"):
        cells = (" ".join(cell.split()) for cell in line.split("\t"))
        lines.append("\t".join(cell for cell in cells if cell))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
