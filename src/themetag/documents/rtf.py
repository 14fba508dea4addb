r"""Plain text out of RTF, as Word, WordPad, TextEdit and LibreOffice save it.

A control word acts until the group it stands in is closed; so a state is kept for each open
group. What a group is for, its destination, is told by a word at its start; a `\*` before it
allows a reader to pass over one it does not know.

(The library for this, striprtf, keeps deleted and hidden text, drops notes and text boxes, and
takes half a file for the whole.)
"""

from __future__ import annotations

import codecs
from typing import NamedTuple

from themetag.documents.rtf_tokens import Token, tokens
from themetag.documents.signatures import signature_of
from themetag.errors import InputError

_PARAGRAPH = "\n\n"
# A cell is a paragraph, as it is in Word documents: forms keep questions and answers in cells.
_BREAKS = {
    **dict.fromkeys(("par", "sect", "page", "column", "cell", "row"), _PARAGRAPH),
    **dict.fromkeys(("nestcell", "nestrow"), _PARAGRAPH),
    "line": "\n",
    "lbr": "\n",
    "tab": "\t",
}
_SIGNS = {
    "~": "\u00a0",
    "_": "-",  # a hyphen where no line ends
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
}

# Destinations that are no text of the page. Numbers of lists are among them: `listtext`, `pntext`.
_NO_TEXT_WORDS = """
    aftncn aftnsep aftnsepc colortbl fldinst footer footerf footerl footerr ftncn ftnsep ftnsepc
    header headerf headerl headerr info listtext nonesttables pict pntext pntxta pntxtb rxe shprslt
    stylesheet tc tcn template txe xe
"""
_NO_TEXT = frozenset(_NO_TEXT_WORDS.split())
# A text box, whose group stands within one that a reader may pass over.
_BOXES = frozenset({"shptxt", "dptxbxtext"})

_CODECS_OF_SETS = {"ansi": "cp1252", "mac": "mac-roman", "pc": "cp437", "pca": "cp850"}
# \fcharset: the character set of a font. 1 is that of the document, 2 are symbols.
_CODECS_OF_FONTS = {
    0: "cp1252", 77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_CODECS_OF_PAGES = {0: "cp1252", 10000: "mac-roman", 65001: "utf-8"}

_SAVE_AGAIN = "open it in Word and save it again"


def text_of_rtf(data: bytes, source: str) -> str:
    r"""Return the text of an RTF file, its paragraphs divided by blank lines.

    First the body with its tables, then text boxes, then footnotes and endnotes. Headers and
    footers of pages, comments, deleted and hidden text are left out.

    Raises:
        InputError: the file is something else, cut short, or in an unknown code page.

    >>> text_of_rtf(rb"{\rtf1\ansi Warm hubs\par Open late, \'a35.\par}", "entry.rtf")
    'Warm hubs\n\nOpen late, £5.'
    """
    if not data.startswith(b"{\\rtf"):
        kind = signature_of(data)
        what, remedy = (f" {kind.name},", kind.remedy) if kind else ("", f"{_SAVE_AGAIN} as .rtf")
        raise InputError(f"is{what} not an RTF document: {remedy}", source)
    reading = _Reading(source)
    for token in tokens(data):
        reading.take(token)
        if not reading.outer:  # what follows the outermost group is no part of the document
            return reading.text()
    raise InputError(f"is an RTF document cut short (a group never ends): {_SAVE_AGAIN}", source)


class _State(NamedTuple):
    """What holds until a group is closed."""

    target: str = "body"
    """Which text is written: a key of `_Reading.texts`, "fonts", or "" for none."""
    behind: str = ""
    """The target round a group that is no text but may have text in it."""
    font: int | None = None
    """The number of a font in the table, or None for the default."""
    n_fallback: int = 1
    """How many characters stand in for one of Unicode."""
    is_hidden: bool = False
    is_deleted: bool = False


class _Reading:
    """An RTF file that is being read, token by token."""

    def __init__(self, source: str):
        self.source = source
        self.texts: dict[str, list[str]] = {"body": [], "boxes": [], "notes": []}
        self.state = _State()
        self.outer: list[_State] = []
        """The states to return to, the outermost first."""
        self.codec = "cp1252"
        """The code page of the document, for fonts that name none."""
        self.fonts: dict[int, str] = {}
        """The code pages of fonts."""
        self.default_font = 0
        self.bytes = bytearray()
        """Text not yet decoded: a character may be of two bytes, and each a token."""
        self.n_skipped = 0
        """How many characters are still to be passed over after one of Unicode."""
        self.is_optional = False
        """Whether the last token allows to pass over the group."""

    def text(self) -> str:
        """Return what was read, white space tidied up."""
        whole = "".join(piece for target in self.texts.values() for piece in [*target, _PARAGRAPH])
        # Beyond U+FFFF a character is two numbers, each half of it.
        whole = whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        paragraphs = (paragraph.strip() for paragraph in whole.split(_PARAGRAPH))
        return _PARAGRAPH.join(paragraph for paragraph in paragraphs if paragraph)

    def take(self, token: Token) -> None:
        """Read one token."""
        if not token.name:
            self._take_bytes(token.data)
            return
        self._decode()
        if token.name == "{":
            self.outer.append(self.state)
        elif token.name == "}":
            self.state = self.outer.pop()
        elif token.name != "*" and not self._is_destination(token.name):
            self._take_word(token.name, token.number)
        self.is_optional = token.name == "*"
        # Replacements end with the group, and no formatting is one.
        if token.name != "u" and token.name not in _SIGNS:
            self.n_skipped = 0

    def _take_bytes(self, data: bytes) -> None:
        kept = data[self.n_skipped :]
        self.n_skipped -= len(data) - len(kept)
        if self._is_shown():
            self.bytes += kept

    def _is_shown(self) -> bool:
        state = self.state
        return state.target in self.texts and not (state.is_hidden or state.is_deleted)

    def _is_destination(self, name: str) -> bool:
        """Turn to another text if a word says so."""
        target, behind = self.state.target, self.state.behind
        if name in _BOXES:
            self._turn_to(behind and "boxes")
        elif name == "ud":  # the text of `upr` once more, with characters of Unicode
            self._turn_to(behind)
        elif name == "footnote":
            self._turn_to(target and "notes")
        elif self.is_optional or name == "upr":
            self._turn_to("", behind or target)
        elif name in _NO_TEXT or name == "fonttbl":
            self._turn_to("fonts" if name == "fonttbl" else "")
        else:
            return False
        return True

    def _turn_to(self, target: str, behind: str = "") -> None:
        self.state = self.state._replace(target=target, behind=behind)
        self._break(_PARAGRAPH)

    def _take_word(self, name: str, number: int | None) -> None:
        if name == "u":
            self._write(chr((number or 0) % 0x10000))
            self.n_skipped = self.state.n_fallback
        elif name in _SIGNS and self.n_skipped:
            self.n_skipped -= 1
        elif name in _SIGNS:
            self._write(_SIGNS[name])
        elif name in _BREAKS:
            self._break(_BREAKS[name])
        elif self.state.target == "fonts":
            self._list_font(name, number)
        else:
            self._declare(name, number)
            self._format(name, number)

    def _list_font(self, name: str, number: int | None) -> None:
        """Read a word of the font table."""
        if name == "f":
            self.state = self.state._replace(font=number)
        elif name == "fcharset" and self.state.font is not None and number in _CODECS_OF_FONTS:
            self.fonts[self.state.font] = _CODECS_OF_FONTS[number]

    def _declare(self, name: str, number: int | None) -> None:
        """Read a word that is about the whole document."""
        if name in _CODECS_OF_SETS:
            self.codec = _CODECS_OF_SETS[name]
        elif name == "ansicpg":
            self.codec = self._code_page(number or 0)
        elif name == "deff":
            self.default_font = number or 0

    def _code_page(self, number: int) -> str:
        name = _CODECS_OF_PAGES.get(number, f"cp{number}")
        try:
            return codecs.lookup(name).name
        except LookupError as error:
            message = f"is in code page {number}, which is not read: {_SAVE_AGAIN} as .docx"
            raise InputError(message, self.source) from error

    def _format(self, name: str, number: int | None) -> None:
        """Read a word that holds until its group is closed."""
        if name == "f":
            self.state = self.state._replace(font=number)
        elif name == "uc":
            self.state = self.state._replace(n_fallback=max(number or 0, 0))
        elif name == "v":
            self.state = self.state._replace(is_hidden=number != 0)
        elif name == "deleted":
            self.state = self.state._replace(is_deleted=number != 0)
        elif name == "plain":
            self.state = self.state._replace(font=None, is_hidden=False, is_deleted=False)

    def _write(self, text: str) -> None:
        if self._is_shown():
            self.texts[self.state.target].append(text)

    def _break(self, text: str) -> None:
        """End a cell, line or paragraph, which is done even by a mark that is hidden."""
        if self.state.target in self.texts:
            self.texts[self.state.target].append(text)

    def _decode(self) -> None:
        if self.bytes:
            font = self.default_font if self.state.font is None else self.state.font
            self._write(self.bytes.decode(self.fonts.get(font, self.codec), "replace"))
            self.bytes.clear()
