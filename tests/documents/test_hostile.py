"""Documents that somebody made to do harm: one clear line each, and nothing is fetched.

The tests run without a network (see conftest.py): whoever reached for it would fail.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE

from themetag.documents import read_text, text_of
from themetag.errors import InputError

ELSEWHERE = "http://example.org/tracker.png"


def complaint(data: bytes, name: str) -> str:
    with pytest.raises(InputError) as caught:
        text_of(data, Path(name))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    for kind in (RELATIONSHIP_TYPE.IMAGE, RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTNOTES):
        document.part.rels.get_or_add_ext_rel(kind, ELSEWHERE)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_member(package: bytes, name: str, content: bytes) -> bytes:
    """A package with one part added or replaced."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for other in old.namelist():
            if other != name:
                new.writestr(other, old.read(other))
        new.writestr(name, content)
    return stream.getvalue()


NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
    for prefix in ("office", "text", "table")
)


def odt(body: str) -> bytes:
    content = (
        f'<office:document-content {NAMES} xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    return with_member(empty.getvalue(), "content.xml", content.encode())


def pdf(*objects: bytes) -> bytes:
    """A PDF of objects, the first its catalogue; readers find them without a table."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, text) for n, text in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def one_page(resources: bytes, content: bytes, *more: bytes) -> bytes:
    """A PDF of a page; `more` are its objects from number 5 on."""
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Resources << %s >> /Contents 4 0 R >>" % resources,
        stream(content),
        *more,
    )


# --- what is named elsewhere stays there ----------------------------------------------------


def test_a_word_document_fetches_nothing():
    assert text_of(word("Warm hubs."), Path("a.docx")) == "Warm hubs."


def test_an_opendocument_fetches_nothing():
    body = f'<text:p>Warm <text:a xlink:href="{ELSEWHERE}">hubs</text:a></text:p>'
    section = f'<text:section><text:section-source xlink:href="{ELSEWHERE}"/></text:section>'
    assert text_of(odt(body + section), Path("a.odt")) == "Warm hubs"


def test_a_page_fetches_nothing():
    page = (
        f'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "{ELSEWHERE}"><html><head>'
        f'<base href="{ELSEWHERE}"><link rel=stylesheet href="{ELSEWHERE}">'
        f'<script src="{ELSEWHERE}"></script></head><body background="{ELSEWHERE}">'
        f'<img src="{ELSEWHERE}"><iframe src="{ELSEWHERE}"></iframe><p>Warm hubs.'
    )
    assert text_of(page.encode(), Path("a.html")) == "Warm hubs."


def test_a_mail_fetches_nothing():
    mail = (
        "From: a@example.org\nSubject: Hubs\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
        "boundary=b\n\n--b\nContent-Type: message/external-body; access-type=URL; "
        f'URL="{ELSEWHERE}"\n\n'
        "Content-Type: text/plain\n\n--b\nContent-Type: text/html\n\n"
        f'<img src="{ELSEWHERE}"><p>Warm hubs.\n--b--\n'
    )
    assert text_of(mail.encode(), Path("a.eml")) == "Hubs\n\nWarm hubs."


def test_an_rtf_fetches_nothing():
    field = rb"{\field{\*\fldinst INCLUDEPICTURE http://example.org/x.png}{\fldrslt hubs}}"
    assert text_of(rb"{\rtf1 Warm " + field + b"}", Path("a.rtf")) == "Warm hubs"


def test_a_pdf_fetches_nothing_and_runs_nothing():
    data = pdf(
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.launchURL) >> "
        b"/AA << /WC << /S /URI /URI (http://example.org/) >> >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Resources << /Font << /F 5 0 R >> >> /Contents 4 0 R >>",
        stream(b"BT /F 9 Tf (Warm hubs.) Tj ET"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    assert text_of(data, Path("a.pdf")) == "Warm hubs."


def test_macros_in_a_word_document_are_not_looked_at():
    data = with_member(word("Warm hubs."), "word/vbaProject.bin", b"\xd0\xcf\x11\xe0 AutoOpen")
    assert text_of(data, Path("a.docx")) == "Warm hubs."


# --- what multiplies ------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
ENTITIES = [LAUGHS, '<!ENTITY l9 SYSTEM "file:///etc/hostname">']
SAVE = "open it in Word and save it as .docx again"


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize("entities", ENTITIES)
def test_entities_are_refused_in_every_encoding(entities, codec):
    xml = f'<?xml version="1.0" encoding="{codec}"?><!DOCTYPE x [{entities}]><x>&l9;</x>'.encode(
        codec
    )
    of_word = with_member(word("x"), "word/document.xml", xml)
    assert complaint(of_word, "a.docx") == f"a.docx: is damaged or not a Word document: {SAVE}"
    of_odt = with_member(odt(""), "content.xml", xml)
    assert complaint(of_odt, "a.odt").startswith("a.odt: is damaged or not an OpenDocument text")


@pytest.mark.parametrize("entities", ENTITIES)
def test_entities_of_a_page_are_not_expanded(entities):
    page = f"<!DOCTYPE html [{entities}]><p>Warm &l9; hubs"
    assert len(text_of(page.encode(), Path("a.html"))) < 2000


def test_spaces_and_columns_that_are_only_claimed_take_no_memory():
    body = (
        '<text:p>Warm<text:s text:c="999999999"/>hubs</text:p><table:table><table:table-row '
        'table:number-rows-repeated="99999999"><table:table-cell><text:p>a</text:p>'
        "</table:table-cell></table:table-row></table:table>"
    )
    assert text_of(odt(body), Path("a.odt")) == "Warm" + " " * 8 + "hubs\n\na"


@pytest.mark.parametrize("name", ["a.html", "a.docx", "a.odt", "a.eml"])
def test_more_tags_than_memory_are_refused(name, monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_TAGS", "1000")
    many = "<b/>" * 1001
    data = {
        "a.html": many.encode(),
        "a.docx": with_member(word("x"), "word/document.xml", many.encode()),
        "a.odt": odt(many),
        "a.eml": b"Subject: x\n" * 1001,
    }
    pieces = "lines" if name == "a.eml" else "tags"
    assert complaint(data[name], name) == (
        f"{name}: has more than 1,000 {pieces}: save its words alone as .txt, "
        "or raise THEMETAG_MAX_TAGS"
    )


def test_forms_of_a_pdf_that_multiply_come_to_an_end():
    forms = [
        stream(
            b"/X Do " * 10,
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] "
            b"/Resources << /XObject << /X %d 0 R >> >>" % (n + 1),
        )
        for n in range(5, 17)
    ]
    last = stream(b"BT (lol) Tj ET", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    assert complaint(one_page(b"/XObject << /X 5 0 R >>", b"/X Do", *forms, last), "a.pdf")


def test_a_pdf_that_unpacks_to_too_much_is_refused():
    packed = zlib.compress(b" " * 100_000_000)
    data = one_page(b"/Font << /F 5 0 R >>", b"", FONT).replace(
        stream(b""), b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(packed), packed),
    )  # fmt: skip
    assert complaint(data, "a.pdf") == (
        "a.pdf: unpacks to more than a PDF of words does: save its words alone as .txt"
    )


def test_a_document_of_more_work_than_time_is_told_so(monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_SECONDS", "0.3")
    much = b"BT /F 9 Tf (word) Tj ET\n" * 100_000  # seconds on any machine
    assert complaint(one_page(b"/Font << /F 5 0 R >>", much, FONT), "a.pdf") == (
        "a.pdf: takes longer than 0.3 s to read: save its words alone as .txt, "
        "or raise THEMETAG_MAX_SECONDS"
    )


# --- what is nested -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.rtf", rb"{\rtf1 " + b"{" * 100_000 + b"Warm hubs." + b"}" * 100_001),
        ("a.md", b"> " * 10_000 + b"Warm hubs."),
        ("a.txt", b"(" * 900_000 + b"Warm hubs."),
    ],
)
def test_what_may_nest_without_end_is_read(name, data):
    assert "Warm hubs." in text_of(data, Path(name))


def test_mails_in_mails_are_one_error():
    inner = b"Subject: x\nContent-Type: message/rfc822\n\n" * 5000
    assert complaint(inner + b"Warm hubs.", "a.eml").startswith("a.eml: ")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", with_member(word("x"), "word/document.xml", b"<a>" * 100_000)),
        ("a.odt", odt("<text:p>" * 100_000)),
        ("a.html", b"<div>" * 100_000),
        ("a.pdf", pdf(b"[" * 100_000)),
        ("a.pdf", pdf(b"<< /A " * 100_000)),
    ],
)
def test_what_nests_too_deeply_is_one_error(name, data):
    complaint(data, name)


# --- what is no text ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_nul_bytes_are_no_text(name):
    assert complaint(b"Warm\0hubs", name) == (
        f"{name}: is not text (byte 0x00 in line 1, at offset 4, counting from 0): "
        "save it again as plain text"
    )


def test_a_document_cut_anywhere_is_text_or_one_error():
    for whole, name in ((word("Warm hubs."), "a.docx"), (odt("<text:p>x</text:p>"), "a.odt")):
        for end in range(0, len(whole), max(len(whole) // 40, 1)):
            complaint(whole[:end], name)


def test_more_text_than_is_tagged_is_refused(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"word " * 200_000)
    assert len(read_text(path)) == 1_000_000
    path.write_bytes(b"word " * 200_001)
    with pytest.raises(InputError) as caught:
        read_text(path)
    assert str(caught.value).removeprefix(f"{tmp_path}/") == (
        "a.txt: has 1,000,005 characters where 1,000,000 are read: keep the part that matters, "
        "or raise THEMETAG_MAX_TEXT_CHARACTERS"
    )
