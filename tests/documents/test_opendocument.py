"""OpenDocument texts, made here with the XML that LibreOffice writes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from themetag.documents import read_document, read_text
from themetag.entry import Entry
from themetag.errors import InputError

NAMESPACES = "".join(
    f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "svg": "svg-compatible",
    }.items()
)
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="content.xml">{}</manifest:file-entry>'
    "</manifest:manifest>"
)
SAVE_AGAIN = "open it in LibreOffice or Word and save it again"
DAMAGED = f"entry.odt: is damaged or not an OpenDocument text: {SAVE_AGAIN}"


def content(body: str, *, styles: str = "", kind: str = "text", doctype: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<office:document-content{NAMESPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
        "</office:document-content>"
    ).encode()


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            # The standard wants the kind of the file to be seen from outside.
            packing = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, data, packing)
    return stream.getvalue()


def odt_bytes(body: str, *, lock: str = "", **options: str) -> bytes:
    header = "<text:p>Wrayburn Borough Council, page 3</text:p>"
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": content(body, **options),
            "styles.xml": header.encode(),
            "META-INF/manifest.xml": MANIFEST.format(lock).encode(),
        }
    )


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "entry.odt"
    path.write_bytes(data)
    return path


def text(folder: Path, body: str, **options: str) -> str:
    return read_text(saved(folder, odt_bytes(body, **options)))


def complaint(folder: Path, data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_text(saved(folder, data))
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder}/")


def p(inner: str) -> str:
    return f"<text:p>{inner}</text:p>"


def test_headings_and_paragraphs_make_a_title_and_a_body(tmp_path):
    data = odt_bytes(f'<text:h text:outline-level="1">Warm hubs</text:h>{p("")}{p("Open late.")}')
    assert read_document(saved(tmp_path, data), "7") == Entry("7", "Warm hubs", "Open late.")


def test_lists_and_tables_are_read_where_they_stand(tmp_path):
    item = "<text:list-item>{}</text:list-item>"
    inner = f"<text:list>{item.format(p('Soup'))}</text:list>"
    steps = f"<text:list>{item.format(p('Tea') + inner)}{item.format(p('Toast'))}</text:list>"
    cell = "<table:table-cell>{}</table:table-cell>"
    row = f"<table:table-row>{cell.format(p('Visits'))}{cell.format(p('14,000'))}"
    row += f"<table:covered-table-cell>{p('under')}</table:covered-table-cell></table:table-row>"
    body = p("Before") + steps + f"<table:table>{row}</table:table>" + p("After")
    assert text(tmp_path, body) == ("Before\n\nTea\n\nSoup\n\nToast\n\nVisits\n\n14,000\n\nAfter")


def test_a_frame_is_read_after_its_paragraph_without_what_describes_it(tmp_path):
    box = f"<draw:text-box>{p('Forty hubs')}</draw:text-box><svg:title>Box</svg:title>"
    frame = f"<draw:frame>{box}<svg:desc>A picture of tea</svg:desc></draw:frame>"
    assert text(tmp_path, p(f"Warm {frame}hubs") + p("After")) == (
        "Warm hubs\n\nForty hubs\n\nAfter"
    )


def test_white_space_is_what_is_shown(tmp_path):
    inner = 'Open\n   <text:span>late</text:span><text:s text:c="3"/>and<text:tab/>warm'
    inner += '<text:line-break/>at<text:s/>£0, <text:a>here</text:a><text:s text:c="99999999"/>.'
    assert text(tmp_path, p(inner)) == "Open late   and\twarm\nat £0, here        ."


def test_notes_follow_the_body_without_their_numbers(tmp_path):
    note = (
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
        f"<text:note-body>{p('By our count.')}</text:note-body></text:note>"
    )
    assert text(tmp_path, p(f"Open late{note}, warm.") + p("After")) == (
        "Open late, warm.\n\nAfter\n\nBy our count."
    )


def test_remarks_deletions_and_prompts_are_left_out(tmp_path):
    deletion = (
        f"<text:tracked-changes><text:changed-region><text:deletion>{p('thirty')}"
        "</text:deletion></text:changed-region></text:tracked-changes>"
    )
    remark = f"<office:annotation>{p('Check this!')}</office:annotation>"
    prompt = "<text:placeholder>&lt;Council&gt;</text:placeholder>"
    body = deletion + p(f"Open <text:change/>forty{remark} hubs{prompt} <!-- draft -->late.")
    assert text(tmp_path, body) == "Open forty hubs late."


def test_text_of_hidden_styles_and_sections_is_left_out_and_what_follows_stays(tmp_path):
    styles = (
        '<style:style style:name="T1"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="T2"><style:text-properties text:display="true"/></style:style>'
    )
    spans = '<text:span text:style-name="T1">secret <text:span>too</text:span></text:span>shown'
    section = f'<text:section text:display="none">{p("Office use")}</text:section>'
    body = section + p(f'{spans} <text:span text:style-name="T2">too</text:span>')
    assert text(tmp_path, body, styles=styles) == "shown too"


def test_headers_of_pages_are_no_part_of_the_text(tmp_path):
    assert text(tmp_path, p("Warm hubs.")) == "Warm hubs."


def test_a_document_without_words_is_empty(tmp_path):
    assert complaint(tmp_path, odt_bytes(p(" "))) == "entry.odt: is empty: nothing to read"


@pytest.mark.parametrize(
    "data",
    [
        odt_bytes("", lock="<manifest:encryption-data/>"),
        zipped({"mimetype": b"application/vnd.oasis.opendocument.text",
                "META-INF/manifest.xml": b"", "encrypted-package": b"?"}),
    ],
)  # fmt: skip
def test_a_password_is_told_with_its_remedy(tmp_path, data):
    assert complaint(tmp_path, data) == (
        "entry.odt: is protected by a password: save a copy without one"
    )


@pytest.mark.parametrize(
    "data",
    [
        odt_bytes(p("Warm hubs."))[:-80],
        odt_bytes("<text:p>"),
        zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}),
        odt_bytes(p("&x;"), doctype='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
        odt_bytes("<text:section>" * 300 + p("Warm hubs.") + "</text:section>" * 300),
        odt_bytes(p("Warm hubs.")).replace(b"content.xml", b"content.xmk", 1),
    ],
)
def test_damage_is_one_line(tmp_path, data):
    assert complaint(tmp_path, data) == DAMAGED


def test_what_is_something_else_is_told_as_that(tmp_path):
    for data, message in (
        (b"Warm hubs.", f"is not an OpenDocument text: {SAVE_AGAIN} as .odt"),
        (rb"{\rtf1 Warm hubs.}",
         "is an RTF document, not an OpenDocument text: give it a name that ends in .rtf"),
        (zipped({"word/document.xml": b""}),
         "is a Word document, not an OpenDocument text: give it a name that ends in .docx"),
        (zipped({"content.xml": content("", kind="spreadsheet")}),
         f"has no text inside (a spreadsheet, slides or a drawing): {SAVE_AGAIN} as .odt"),
    ):  # fmt: skip
        assert complaint(tmp_path, data) == f"entry.odt: {message}"


def test_a_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_UNPACKED_MB", "2")
    data = odt_bytes(p("<text:s/>" * 250_000))
    assert len(data) < 20_000
    assert complaint(tmp_path, data) == (
        "entry.odt: unpacks to more than 2 MB: save its words alone as .txt, "
        "or raise THEMETAG_MAX_UNPACKED_MB"
    )
