"""Whatever the bytes: text or one error. Whatever the words: they come out of every format."""

from __future__ import annotations

import html
import io
import zipfile
from email.message import EmailMessage
from pathlib import Path
from xml.sax.saxutils import escape

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from themetag.documents import SUFFIXES, text_of
from themetag.errors import InputError

some = settings(max_examples=40)

STARTS = [
    b"",
    b"{\\rtf1 ",
    b"%PDF-1.4\n",
    b"PK\x03\x04",
    b"Subject: x\n\n",
    b"<html>",
    b"# ",
    b"\xff\xfe",
]

# Words of letters of any script, divided by single spaces: what white space becomes is not asked.
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=12).map(
    "x{}".format
)
PARAGRAPHS = st.lists(st.lists(WORDS, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=4)


@pytest.mark.parametrize("suffix", SUFFIXES)
@some
@given(
    start=st.sampled_from(STARTS),
    rest=st.binary(max_size=80),
    end=st.sampled_from([b"", b"}", b"%%EOF"]),
)
def test_any_bytes_are_text_or_one_error(suffix, start, rest, end):
    try:
        text = text_of(start + rest + end, Path(f"a{suffix}"))
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert text.strip()
        text.encode()


def _word(paragraphs: list[str]) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _opendocument(paragraphs: list[str]) -> bytes:
    body = "".join(f"<text:p>{escape(text)}</text:p>" for text in paragraphs)
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
        f"{body}</office:text></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", content)
    return stream.getvalue()


def _rtf(paragraphs: list[str]) -> bytes:
    units = memoryview("\n".join(paragraphs).encode("utf-16-le")).cast("H")
    marks = ("\\par " if unit == 10 else f"\\u{unit}?" for unit in units)
    return f"{{\\rtf1 {''.join(marks)}}}".encode()


def _mail(paragraphs: list[str]) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Hubs"
    message.set_content("\n\n".join(paragraphs))
    return message.as_bytes()


WRITERS = {
    ".txt": lambda paragraphs: "\n\n".join(paragraphs).encode(),
    ".html": lambda paragraphs: "".join(f"<p>{html.escape(x)}" for x in paragraphs).encode(),
    ".docx": _word,
    ".odt": _opendocument,
    ".rtf": _rtf,
    ".eml": _mail,
}


@pytest.mark.parametrize("suffix", WRITERS)
@some
@given(paragraphs=PARAGRAPHS)
def test_any_words_come_out_of_every_format(suffix, paragraphs):
    expected = "\n\n".join(paragraphs)
    text = text_of(WRITERS[suffix](paragraphs), Path(f"a{suffix}"))
    assert text.removeprefix("Hubs\n\n").rstrip("\n") == expected
