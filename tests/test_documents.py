"""Builders below make each document in a temporary folder; nothing here is a real submission."""

from __future__ import annotations

import codecs
import csv
import io
import logging
import os
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from themetag.documents import (
    SUFFIXES,
    decode,
    encoding,
    read_document,
    read_text,
)
from themetag.documents.encoding import BLOCK_BYTES
from themetag.entry import Entry
from themetag.errors import InputError

EXAMPLES = Path(__file__).parent.parent / "examples"

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
RTF = rb"{\rtf1\ansi Warm hubs.}"
HTML = b"<!DOCTYPE html><html><body><p>Warm hubs.</p></body></html>"


def saved(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def complaint(path: Path) -> str:
    """What is said about a document that is not read, without its folder."""
    with pytest.raises(InputError) as caught:
        read_text(path)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(f"{path.parent}/")


def detect_encoding(path: Path) -> str:
    with path.open("rb") as stream:
        return encoding.encoding_of(stream, str(path))


# --- builders -------------------------------------------------------------------------------

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = f'xmlns:w="{W}" xmlns:mc="{MC}"'


def p(*runs: str) -> str:
    """A Word paragraph; a run that is not XML yet is made one."""
    inner = (run if run.startswith("<") else f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    return f"<w:p>{''.join(inner)}</w:p>"


def docx_bytes(body: str, *, parts: dict[str, str] | None = None, **options: str) -> bytes:
    """A Word package: its body, and headers, footers or notes by the name of their part."""
    parts = parts or {}
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{main}.{_kind(name)}+xml"/>'
        for name in parts
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{RELATIONS}/{_kind(name)}" Target="{name}.xml"/>'
        for n, name in enumerate(parts)
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    members = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml"'
        f' ContentType="{main}.document.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1"'
        f' Type="{RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": options.get("doctype", "")
        + f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f"{links}</Relationships>",
    }
    for name, content in parts.items():
        members[f"word/{name}.xml"] = f"<w:{name.rstrip('0123456789')} {NAMESPACES}>{content}"
        members[f"word/{name}.xml"] += f"</w:{name.rstrip('0123456789')}>"
    return zipped({name: content.encode() for name, content in members.items()})


def _kind(part: str) -> str:
    name = part.rstrip("0123456789")
    return {"hdr": "header", "ftr": "footer"}.get(name, name)


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return stream.getvalue()


def members_of(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pdf_bytes(
    *pages: list[str], catalog: str = "", trailer: str = "", more: tuple[str, ...] = ()
) -> bytes:
    """A PDF with one text line below the other; an empty page stands for a scanned one."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog}>>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        content = f"BT /F1 11 Tf 14 TL 50 800 Td {shown} ET" if lines else ""
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * n} 0 R >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    objects += more
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer}>>\n".encode()
    return out + f"startxref\n{start}\n%%EOF\n".encode()


def rewritten_pdf(pages: list[str], change: str, *arguments: object) -> bytes:
    """A PDF after one method of pypdf's writer, such as `encrypt`."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_bytes(pages)))
    getattr(writer, change)(*arguments)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


# --- the registry ---------------------------------------------------------------------------


def test_these_suffixes_are_read():
    assert SUFFIXES == (
        ".txt", ".md", ".html", ".htm", ".mhtml", ".mht", ".docx", ".odt", ".rtf", ".eml", ".pdf",
    )  # fmt: skip


def test_suffix_is_read_in_capitals_too(tmp_path):
    assert read_text(saved(tmp_path, "ENTRY.TXT", b"Warm hubs.")) == "Warm hubs."


def test_document_becomes_an_entry_under_its_path(tmp_path):
    path = saved(tmp_path, "entry.txt", b"Warm hubs\r\n\r\nForty libraries opened late.\r\n")
    assert read_document(path) == Entry(str(path), "Warm hubs", "Forty libraries opened late.")


def test_document_is_filed_under_the_id_given(tmp_path):
    path = saved(tmp_path, "entry.txt", b"Forty libraries opened late.")
    assert read_document(path, "a/7") == Entry("a/7", "", "Forty libraries opened late.")
    assert read_document(path, "").id == ""


def test_plain_text_loads_no_reader_of_other_kinds(tmp_path):
    path = saved(tmp_path, "entry.txt", b"Warm hubs.")
    program = (
        "import sys, pathlib; from themetag import documents;"
        f"documents.read_text(pathlib.Path({str(path)!r}));"
        "print(sorted({'docx', 'email', 'lxml', 'pypdf', 'zipfile', 'logging'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=True
    )
    assert run.stdout == b"[]\n"


# --- files ----------------------------------------------------------------------------------


def test_unknown_suffix_names_those_that_are_read(tmp_path):
    assert complaint(saved(tmp_path, "entry.pages", b"Warm hubs.")) == (
        "entry.pages: is of a kind that is not read: "
        "save it as .txt, .md, .html, .htm, .mhtml, .mht, .docx, .odt, .rtf, .eml or .pdf"
    )


@pytest.mark.parametrize("name", ["entry.txt", "entry", "entry.pages"])
def test_missing_file_is_told_whatever_its_suffix(tmp_path, name):
    assert complaint(tmp_path / name) == f"{name}: no such file: check its name and folder"


@pytest.mark.parametrize("name", ["entries", "entries.txt"])
def test_folder_is_not_a_document(tmp_path, name):
    (tmp_path / name).mkdir()
    assert complaint(tmp_path / name) == f"{name}: is a folder, not a file: name a document in it"


def test_name_with_a_nul_names_no_file(tmp_path):
    assert complaint(tmp_path / "a\0b.txt") == (
        "a\\x00b.txt: no such file: its name holds a NUL character"
    )


def test_name_with_a_line_end_stays_on_one_line(tmp_path):
    path = saved(tmp_path, "a\nb.txt", b"")
    assert complaint(path) == "a\\nb.txt: is empty: nothing to read"


def test_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = saved(tmp_path, "entry.txt", b"Warm hubs.")
    monkeypatch.setattr(Path, "open", refuse)  # a superuser may read every file
    assert complaint(path) == "entry.txt: no permission to read it: ask its owner for access"


def test_link_to_itself_cannot_be_read(tmp_path):
    path = tmp_path / "entry.txt"
    path.symlink_to(path)
    assert complaint(path) == "entry.txt: cannot be read: Too many levels of symbolic links"


def test_link_to_a_document_is_followed(tmp_path):
    path = tmp_path / "link.txt"
    path.symlink_to(saved(tmp_path, "entry.txt", b"Warm hubs."))
    assert read_document(path) == Entry(str(path), "", "Warm hubs.")


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", codecs.BOM_UTF8, "\u00a0".encode()])
@pytest.mark.parametrize("name", ["entry.txt", "entry.md", "entry.html"])
def test_file_without_words_is_empty(tmp_path, name, data):
    assert complaint(saved(tmp_path, name, data)) == f"{name}: is empty: nothing to read"


def test_document_over_the_limit_is_refused(tmp_path):
    path = tmp_path / "entry.txt"
    with path.open("wb") as stream:
        stream.truncate(50_000_001)  # a hole: takes no room on the disk
    assert complaint(path) == (
        "entry.txt: is larger than 50 MB: save its words alone as .txt, "
        "or raise THEMETAG_MAX_FILE_MB"
    )


# --- encodings ------------------------------------------------------------------------------

CAFE = "Café – “open” late, £5"


@pytest.mark.parametrize(
    ("data", "codec"),
    [
        (CAFE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + CAFE.encode(), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + CAFE.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + CAFE.encode("utf-16-be"), "utf-16"),
        (CAFE.encode("utf-16-le"), "utf-16-le"),
        (CAFE.encode("utf-16-be"), "utf-16-be"),
        (CAFE.encode("cp1252"), "cp1252"),
    ],
)
def test_text_is_the_same_in_every_encoding(tmp_path, data, codec):
    path = saved(tmp_path, "entry.txt", data)
    assert decode(data, "entry.txt") == CAFE
    assert detect_encoding(path) == codec
    assert path.read_text(encoding=codec) == CAFE
    assert read_text(path) == CAFE


# A sound character, and one that was pasted in from another program.
SOUND, FOREIGN = "£5 – café".encode(), b"caf\xe9"


@pytest.mark.parametrize(
    ("data", "byte", "line", "offset"),
    [
        (b"id,text\n1," + SOUND + b"\n2," + FOREIGN, "0xE9", 3, 29),
        (b"id,text\r\n1," + FOREIGN + b"\r\n2," + SOUND, "0xE9", 2, 14),
        (b"id,text\r1," + FOREIGN + b"\r2,\xf0\x9f\x8f\xa0", "0xE9", 2, 13),
        (b"C\xc5\xb5n\n" * 100_000 + b"\xff", "0xFF", 100_001, 500_000),
        (b"a" * (BLOCK_BYTES - 1) + b"\xe2\x80\x99\n\n\xff", "0xFF", 3, BLOCK_BYTES + 4),
        (SOUND + b"\xe2\x80", "0xE2 0x80", 1, 13),
    ],
)
def test_utf_8_with_a_foreign_byte_is_refused_where_it_is_instead_of_garbled(
    tmp_path, data, byte, line, offset
):
    noun, verb = ("bytes", "are") if " " in byte else ("byte", "is")
    assert complaint(saved(tmp_path, "entry.txt", data)) == (
        f"entry.txt: {noun} {byte} in line {line}, at offset {offset}, counting from 0, "
        f"{verb} not UTF-8, as other parts of the file are: "
        "type that character anew and save the file as UTF-8"
    )


@pytest.mark.parametrize(
    "text", ["café", "CAFÉ’S £5 – “CAFÉ”", "the ‘café’—open", "À BIENTÔT…", "£½°·¼"]
)
def test_windows_1252_stays_readable_even_where_a_pair_of_its_bytes_could_be_utf_8(text):
    assert decode(text.encode("cp1252"), "entry.txt") == text


@pytest.mark.parametrize("data", [b"a\r\nb\r\n\r\nc", b"a\rb\r\rc", b"a\nb\n\nc"])
def test_line_ends_of_windows_and_old_macs_become_newlines(tmp_path, data):
    assert read_text(saved(tmp_path, "entry.txt", data)).rstrip() == "a\nb\n\nc"


def test_decode_leaves_line_ends_to_its_caller():
    assert decode(b"a\r\nb\rc", "a.csv") == "a\r\nb\rc"


def test_end_of_text_mark_of_old_programs_is_dropped(tmp_path):
    path = saved(tmp_path, "entry.txt", b"Warm hubs.\r\n\x1a\x1a")
    assert read_text(path) == "Warm hubs.\n"
    assert detect_encoding(path) == "utf-8"


def test_form_feeds_and_vertical_tabs_are_text():
    assert decode(b"page 1\x0cpage 2\x0bline\ttab", "-") == "page 1\x0cpage 2\x0bline\ttab"


AGAIN = "save the file again as UTF-8"
UNPLAIN = "save it again as plain text"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b"caf\xe9 \x81",
            "byte 0x81 in line 1, at offset 5, counting from 0, "
            f"is neither UTF-8 nor Windows-1252: {AGAIN}",
        ),
        (
            codecs.BOM_UTF8 + b"caf\xe9",
            "byte 0xE9 in line 1, at offset 6, counting from 0, is not UTF-8, "
            f"which the start of the file promises: {AGAIN}",
        ),
        (
            codecs.BOM_UTF16_LE + b"a\0b",
            "byte 0x62 in line 1, at offset 4, counting from 0, is not UTF-16, "
            f"which the start of the file promises: {AGAIN}",
        ),
        (
            codecs.BOM_UTF16_LE + b"a\0\0\xd8b\0",
            "bytes 0x00 0xD8 in line 1, at offset 4, counting from 0, are not UTF-16, "
            f"which the start of the file promises: {AGAIN}",
        ),
        (
            codecs.BOM_UTF16_BE + b"\0a\xdc\0",
            "bytes 0xDC 0x00 in line 1, at offset 4, counting from 0, are not UTF-16, "
            f"which the start of the file promises: {AGAIN}",
        ),
        (
            codecs.BOM_UTF16_BE + b"\0a\0\x07",
            f"is not text (byte 0x07 in line 1, at offset 4, counting from 0): {UNPLAIN}",
        ),
        (b"MZ\x90\0\3",
         f"is not text (byte 0x00 in line 1, at offset 3, counting from 0): {UNPLAIN}"),
        (b"\x1b[1mBold",
         f"is not text (byte 0x1B in line 1, at offset 0, counting from 0): {UNPLAIN}"),
        (b"one\x1atwo",
         f"is not text (byte 0x1A in line 1, at offset 3, counting from 0): {UNPLAIN}"),
        (PNG, "looks like a PNG picture, not text: "
              "run text recognition (OCR) on it and save the words as .txt"),
        (b"\xff\xd8\xff\xe0", "looks like a JPEG picture, not text: "
              "run text recognition (OCR) on it and save the words as .txt"),
        (b"GIF89a\1\0", "looks like a GIF picture, not text: "
              "run text recognition (OCR) on it and save the words as .txt"),
        (b"%PDF-1.7\n", "looks like a PDF, not text: give it a name that ends in .pdf"),
        (RTF, "looks like an RTF document, not text: give it a name that ends in .rtf"),
        (b"\x1f\x8b\x08", "looks like a gzip file, not text: "
                          "unpack it, or name a packed table .csv.gz"),
        (OLE, "looks like an old Office file (.doc or .xls), not text: "
              "save it as .docx or .xlsx"),
        (OLE + "WordDocument".encode("utf-16-le"),
         "looks like an old Word document (.doc), not text: save it as .docx"),
        (docx_bytes(p("Warm hubs.")),
         "looks like a Word document, not text: give it a name that ends in .docx"),
        (zipped({"xl/workbook.xml": b""}),
         "looks like an Excel workbook, not text: give it a name that ends in .xlsx"),
        (zipped({"mimetype": b""}),
         "looks like a ZIP archive, not text: unpack it and name the documents inside"),
    ],
)  # fmt: skip
def test_what_is_not_text_is_refused_by_text_stdin_and_tables_alike(tmp_path, data, message):
    path = saved(tmp_path, "entry.txt", data)
    assert complaint(path) == f"entry.txt: {message}"
    with pytest.raises(InputError) as of_bytes:
        decode(data, "-")
    assert str(of_bytes.value) == f"-: {message}"
    with pytest.raises(InputError) as of_stream:
        detect_encoding(path)
    assert str(of_stream.value) == f"{path}: {message}"


def test_long_files_are_judged_to_the_end(tmp_path):
    ascii_text = b"Warm hubs. " * 20_000
    windows = saved(tmp_path, "windows.csv", ascii_text + b"caf\xe9")
    damaged = saved(tmp_path, "damaged.csv", ascii_text + b"\xe9\x8d")
    binary = saved(tmp_path, "binary.csv", ascii_text + b"\0")
    assert detect_encoding(windows) == "cp1252"
    for path, byte, offset in ((damaged, "0x8D", 220_001), (binary, "0x00", 220_000)):
        with pytest.raises(
            InputError, match=f"byte {byte} in line 1, at offset {offset}, counting from 0"
        ):
            detect_encoding(path)


@pytest.mark.parametrize("shift", range(4))
@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le"])
def test_characters_cut_by_a_block_are_put_together(tmp_path, codec, shift):
    size = encoding.BLOCK_BYTES // (2 if codec == "utf-16-le" else 1)
    text = "a" * (size - shift) + "😀 open"
    path = saved(tmp_path, "entry.txt", text.encode(codec))
    assert detect_encoding(path) == codec
    assert read_text(path) == text


UTF_16 = st.text().map(lambda text: text.encode("utf-16-le", "replace"))


@given(st.binary() | st.text().map(str.encode) | UTF_16)
def test_any_bytes_are_text_or_one_error(data):
    try:
        text = decode(data, "a.txt")
    except InputError as error:
        assert "\n" not in str(error)
    else:
        text.encode()  # no lone surrogates


@given(st.binary(max_size=40), st.sampled_from([b"", *codecs.BOM_UTF8.split(), codecs.BOM_UTF16]))
def test_streams_are_judged_as_whole_files_are(tmp_path_factory, data, mark):
    path = saved(tmp_path_factory.mktemp("any"), "a.csv", mark + data)
    try:
        codec = detect_encoding(path)
    except InputError as error:
        with pytest.raises(InputError) as caught:
            decode(mark + data, str(path))
        assert str(caught.value) == str(error)
    else:
        assert decode(mark + data, "-") == (mark + data).decode(codec).rstrip("\x1a")


# --- Markdown -------------------------------------------------------------------------------


def test_markdown_gives_up_its_marks(tmp_path):
    text = (
        "---\ntitle: Form\ntags: [x]\n---\n# Warm hubs ##\n"
        "**Forty** libraries, *all __of__ them*, opened [late](https://example.org/a_(b)).\n"
        "![A room](room.png)\n\n> See [the list][1], `hubs.csv` or snake_case_names; 2 * 3 * 4.\n"
        "\nResults\n-------\nLearn C\\# \\- free.\n"
    )
    assert read_document(saved(tmp_path, "entry.md", text.encode()), "-") == Entry(
        "-",
        "Warm hubs",
        "Forty libraries, all of them, opened late.\nA room\n\n"
        "See the list, hubs.csv or snake_case_names; 2 * 3 * 4.\n\nResults\n\nLearn C# - free.",
    )


def test_markdown_rule_on_the_first_line_is_no_front_matter(tmp_path):
    path = saved(tmp_path, "entry.md", b"---\nWarm hubs\n---\nLate opening.")
    assert read_text(path).split() == ["Warm", "hubs", "Late", "opening."]


@pytest.mark.parametrize("unit", ["[", "*", "_a", "[a](", "\\", "`", "> ", "# #"])
def test_markdown_marks_without_end_do_not_hang(tmp_path, unit):
    began = time.process_time()
    read_text(saved(tmp_path, "entry.md", b"a" + unit.encode() * 100_000))
    assert time.process_time() - began < 5  # in proportion: 0.1 s; in its square: minutes


# --- HTML -----------------------------------------------------------------------------------


def html_text(folder: Path, markup: str | bytes) -> str:
    data = markup if isinstance(markup, bytes) else markup.encode()
    return read_text(saved(folder, "entry.html", data))


def test_html_is_read_as_it_is_shown(tmp_path):
    markup = """<!DOCTYPE html><html><head><title>Form</title><style>p {}</style></head><body>
      <!-- draft --><script>alert(1)</script><noscript>Turn on scripts</noscript>
      <template><p>Row</p></template><p hidden>Secret</p><p style="display: none">Banner</p>
      <h1>Warm   hubs</h1><div>Forty <b>libraries</b>,<br>open&nbsp;late &amp; warm &ndash; at
      &#163;0.</div>Between<ul><li>Tea<li>Toast</ul>
      <table><tr><th>Year<th>Visits</tr><tr><td>2023<td><td>14,000</tr></table>
      <pre>a  b\nc</pre></body></html>"""
    assert html_text(tmp_path, markup) == (
        "Warm hubs\n\nForty libraries,\nopen late & warm – at £0.\n\nBetween\n\nTea\n\nToast\n\n"
        "Year\tVisits\n\n2023\t14,000\n\na b\nc"
    )


def test_html_keeps_the_words_after_what_it_drops(tmp_path):
    markup = "<p>Warm <script>x()</script>hubs <!-- -->open<b hidden>no</b> late</p>"
    assert html_text(tmp_path, markup) == "Warm hubs open late"


@pytest.mark.parametrize(
    "data",
    [
        b"<meta charset=iso-8859-1><p>caf\xe9 \x96 \xa35",
        b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1252"><p>'
        b"caf\xe9 \x96 \xa35",
        '<meta charset="utf-8"><p>café – £5'.encode(),
        '<meta charset="macintosh"><p>café – £5'.encode("mac-roman"),
        # It says what it is not; then the bytes decide.
        b'<meta charset="utf-8"><p>caf\xe9 \x96 \xa35',
        codecs.BOM_UTF8 + "<meta charset=windows-1252><p>café – £5".encode(),
        codecs.BOM_UTF16_LE + "<meta charset=utf-8><p>café – £5".encode("utf-16-le"),
        '<meta charset="rot13"><p>café – £5'.encode(),
        '<?xml version="1.0" encoding="utf-16"?><html><p>café – £5</p></html>'.encode(),
    ],
)
def test_html_is_decoded_by_its_mark_its_declaration_or_its_bytes(tmp_path, data):
    assert html_text(tmp_path, data) == "café – £5"


def test_html_that_hides_its_body_until_a_script_runs_is_read(tmp_path):
    assert html_text(tmp_path, '<body style="display:none"><p>Warm hubs.') == "Warm hubs."


def test_html_loads_nothing_from_elsewhere(tmp_path):
    secret = saved(tmp_path, "secret.txt", b"secret")
    markup = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}">]><p>Warm &x; hubs.'
    assert "secret" not in html_text(tmp_path, markup).replace(str(secret), "")


def test_html_nested_without_end_is_refused_at_once(tmp_path):
    markup = "<p>Warm hubs." + "<div>" * 100_000
    assert complaint(saved(tmp_path, "entry.htm", markup.encode())) == (
        "entry.htm: cannot be read as HTML (nested too deeply, or too large): "
        "save its words as .txt"
    )


def test_html_of_a_comment_alone_is_empty(tmp_path):
    path = saved(tmp_path, "entry.html", b"<!-- nothing -->")
    assert complaint(path) == "entry.html: is empty: nothing to read"


def test_html_that_is_a_picture_is_told_as_such(tmp_path):
    assert complaint(saved(tmp_path, "entry.html", PNG)) == (
        "entry.html: looks like a PNG picture, not text: "
        "run text recognition (OCR) on it and save the words as .txt"
    )


# --- Word -----------------------------------------------------------------------------------


def word_text(folder: Path, body: str, **options: object) -> str:
    return read_text(saved(folder, "entry.docx", docx_bytes(body, **options)))  # type: ignore[arg-type]


def test_word_paragraphs_make_a_title_and_a_body(tmp_path):
    path = saved(tmp_path, "entry.docx", docx_bytes(p("Warm ", "hubs") + p() + p("Open late.")))
    assert read_document(path, "7") == Entry("7", "Warm hubs", "Open late.")


def test_word_tables_are_read_where_they_stand(tmp_path):
    cells = "".join(f"<w:tc>{p(text)}</w:tc>" for text in ("Summary", "Open late."))
    nested = f"<w:tbl><w:tr><w:tc>{p('Visits')}</w:tc></w:tr></w:tbl>"
    table = f"<w:tbl><w:tr>{cells}</w:tr><w:tr><w:tc>{nested}{p('Total')}</w:tc></w:tr></w:tbl>"
    assert word_text(tmp_path, p("Before") + table + p("After")) == (
        "Before\n\nSummary\n\nOpen late.\n\nVisits\n\nTotal\n\nAfter"
    )


def test_word_text_box_is_read_once_and_after_its_paragraph(tmp_path):
    box = f"<w:txbxContent>{p('Forty hubs')}{p('One winter')}</w:txbxContent>"
    run = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>{box}</w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    assert word_text(tmp_path, p("Warm ", run, "hubs") + p("After")) == (
        "Warm hubs\n\nForty hubs\n\nOne winter\n\nAfter"
    )


def test_word_text_box_of_an_old_program_is_read(tmp_path):
    run = f"<w:r><w:pict><w:txbxContent>{p('Forty hubs')}</w:txbxContent></w:pict></w:r>"
    assert word_text(tmp_path, p(run)) == "Forty hubs"


def test_word_tracked_changes_are_read_as_accepted(tmp_path):
    deleted = "<w:del><w:r><w:delText>thirty</w:delText></w:r></w:del>"
    inserted = "<w:ins><w:r><w:t>forty</w:t></w:r></w:ins>"
    moved = "<w:moveFrom><w:r><w:t>hubs</w:t></w:r></w:moveFrom>"
    arrived = "<w:moveTo><w:r><w:t> libraries</w:t></w:r></w:moveTo>"
    assert word_text(tmp_path, p("Open: ", deleted, inserted, moved, arrived)) == (
        "Open: forty libraries"
    )


def test_word_tabs_breaks_and_spaces_stay_but_tab_stops_do_not(tmp_path):
    stops = "<w:pPr><w:tabs><w:tab w:val='left' w:pos='720'/></w:tabs></w:pPr>"
    marks = "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/></w:r>"
    space = "<w:r><w:t xml:space='preserve'> </w:t></w:r>"
    assert word_text(tmp_path, p(stops, marks, space, "d")) == "a\tb\nc- d"


def test_word_fields_give_their_result_not_their_instruction(tmp_path):
    field = (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r>"
        "<w:r><w:instrText> HYPERLINK example.org </w:instrText></w:r>"
        "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>our site</w:t></w:r>"
    )
    link = "<w:hyperlink><w:r><w:t>, here</w:t></w:r></w:hyperlink>"
    assert word_text(tmp_path, p("See ", field, link)) == "See our site, here"


def test_word_text_that_nobody_sees_is_left_out(tmp_path):
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
    shown = "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>shown</w:t></w:r>"
    prompt = (
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
        f"{p('Click or tap here to enter text.')}</w:sdtContent></w:sdt>"
    )
    filled = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('Open late.')}</w:sdtContent></w:sdt>"
    assert word_text(tmp_path, p(hidden, shown) + prompt + filled) == "shown\n\nOpen late."


def test_word_headers_footers_and_notes_follow_the_body_once_each(tmp_path):
    parts = {
        "endnotes": f"<w:endnote>{p('The end.')}</w:endnote>",
        "footnotes": f"<w:footnote>{p('A note.')}</w:footnote>",
        "ftr1": p("Page ", "3", " of ", "7") + p("Confidential"),
        "hdr1": p("Wrayburn Borough Council"),
        "hdr2": p("Wrayburn Borough Council"),
        "hdr3": p("- 3 -"),
    }
    assert word_text(tmp_path, p("Warm hubs."), parts=parts) == (
        "Warm hubs.\n\nWrayburn Borough Council\n\nConfidential\n\nA note.\n\nThe end."
    )


def test_word_document_without_words_is_empty(tmp_path):
    path = saved(tmp_path, "entry.docx", docx_bytes(p()))
    assert complaint(path) == "entry.docx: is empty: nothing to read"


def test_word_document_of_the_strict_kind_is_read(tmp_path):
    strict = {
        name: content.replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/",
            b"http://purl.oclc.org/ooxml/wordprocessingml/",
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/",
            b"http://purl.oclc.org/ooxml/officeDocument/",
        )
        for name, content in members_of(docx_bytes(p("Warm hubs."))).items()
    }
    assert read_text(saved(tmp_path, "entry.docx", zipped(strict))) == "Warm hubs."


def test_word_pictures_are_never_unpacked(tmp_path):
    parts = members_of(docx_bytes(p("Warm hubs.")))
    data = zipped({**parts, "word/media/image1.bmp": bytes(50_000_001)})
    assert read_text(saved(tmp_path, "entry.docx", data)) == "Warm hubs."


NOT_WORD = "open it in Word and save it as .docx again"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (OLE + "WordDocument".encode("utf-16-le"),
         "is an old Word document (.doc), not a Word document: save it as .docx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"),
         "is an Office file with a password, not a Word document: "
         "open it with its password and save a copy without one"),
        (RTF, "is an RTF document, not a Word document: give it a name that ends in .rtf"),
        (HTML, "is an HTML page, not a Word document: give it a name that ends in .html"),
        (pdf_bytes(["Warm hubs."]),
         "is a PDF, not a Word document: give it a name that ends in .pdf"),
        (b"Warm hubs.", f"is not a Word document: {NOT_WORD}"),
        (b"", f"is not a Word document: {NOT_WORD}"),
        (zipped({"xl/workbook.xml": b""}),
         f"has no Word document inside (word/document.xml): {NOT_WORD}"),
        (zipped({"word/document.xml": b"<w:document/>"}),
         f"is damaged or not a Word document: {NOT_WORD}"),
        (docx_bytes(p("Warm hubs."))[:-60], f"is damaged or not a Word document: {NOT_WORD}"),
        (docx_bytes("<w:p><w:r>"), f"is damaged or not a Word document: {NOT_WORD}"),
        (docx_bytes(p("Warm hubs."), parts={"footnotes": "<w:p>"}),
         f"is damaged or not a Word document: {NOT_WORD}"),
    ],
)  # fmt: skip
def test_what_is_no_word_document_is_told_as_what_it_is(tmp_path, data, message):
    assert complaint(saved(tmp_path, "entry.docx", data)) == f"entry.docx: {message}"


def test_word_package_with_locked_members_is_refused(tmp_path):
    data = bytearray(docx_bytes(p("Warm hubs.")))
    position = data.index(b"PK\x01\x02")
    while position >= 0:  # set the encryption bit of each member in the directory
        data[position + 8] |= 1
        position = data.find(b"PK\x01\x02", position + 1)
    assert complaint(saved(tmp_path, "entry.docx", bytes(data))) == (
        "entry.docx: is protected by a password: save a copy without one"
    )


BOMB = (
    "entry.docx: unpacks to more than 50 MB: save its words alone as .txt, "
    "or raise THEMETAG_MAX_UNPACKED_MB"
)


def test_word_bomb_is_refused_by_its_directory(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("something was unpacked")

    body = " " * 50_000_001
    path = saved(tmp_path, "entry.docx", docx_bytes(body))
    monkeypatch.setattr(zipfile.ZipFile, "open", refuse)
    assert complaint(path) == BOMB


def test_word_bomb_that_lies_about_its_size_is_not_unpacked(tmp_path):
    data = bytearray(docx_bytes(" " * 50_000_001))
    entry = data.index(b"word/document.xml", data.index(b"PK\x01\x02")) - 46
    data[entry + 24 : entry + 28] = struct.pack("<L", 1000)
    assert complaint(saved(tmp_path, "entry.docx", bytes(data))) == (
        f"entry.docx: is damaged or not a Word document: {NOT_WORD}"
    )


def test_word_limit_holds_for_all_members_together(tmp_path, monkeypatch):
    monkeypatch.setenv("THEMETAG_MAX_UNPACKED_MB", "0.005")
    data = docx_bytes(p("Warm hubs."), parts={f"hdr{n}": " " * 1000 for n in range(5)})
    assert "unpacks to more than" in complaint(saved(tmp_path, "entry.docx", data))


def test_word_package_that_defines_entities_is_refused(tmp_path):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    for entities in (laughs, '<!ENTITY l9 SYSTEM "file:///etc/hostname">'):
        data = docx_bytes(p("Warm &l9;hubs."), doctype=f"<!DOCTYPE x [{entities}]>")
        assert complaint(saved(tmp_path, "entry.docx", data)) == (
            f"entry.docx: is damaged or not a Word document: {NOT_WORD}"
        )


# --- PDF ------------------------------------------------------------------------------------

LINES = [
    "Warm hubs for a cold winter",
    "Forty libraries in the county opened their doors until nine each evening, and anyone could",
    "come in without being asked why. Volunteers served tea and gave advice about heat-",
    "ing bills, and the long-term plan is to go on. The library service was glad of the com-",
    "pany, too. This is a long-",
    "term offer.",
    "• Free tea for all",
    "• Free advice",
]


def test_pdf_lines_are_put_together_to_paragraphs(tmp_path):
    path = saved(tmp_path, "entry.pdf", pdf_bytes(LINES, ["Second page, first line."]))
    assert read_document(path, "7") == Entry(
        "7",
        "Warm hubs for a cold winter",
        "Forty libraries in the county opened their doors until nine each evening, and anyone "
        "could come in without being asked why. Volunteers served tea and gave advice about "
        "heating bills, and the long-term plan is to go on. The library service was glad of the "
        "company, too. This is a long-term offer.\n\n• Free tea for all\n\n• Free advice\n\n"
        "Second page, first line.",
    )


def test_pdf_of_a_paragraph_alone_has_no_title(tmp_path):
    entry = read_document(saved(tmp_path, "entry.pdf", pdf_bytes(LINES[1:3])))
    assert entry.title == ""
    assert "anyone could come in" in entry.body


def test_pdf_that_needs_repair_is_read_in_silence(tmp_path, capfd, caplog):
    data = pdf_bytes(LINES[:2]).replace(b"startxref\n", b"startxref\n9")
    with caplog.at_level(logging.DEBUG):
        assert read_text(saved(tmp_path, "entry.pdf", data)).startswith("Warm hubs")
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_pdf_reader_leaves_logging_as_it_was(tmp_path):
    logger = logging.getLogger("pypdf")
    before = (logger.propagate, list(logger.handlers), logger.level)
    complaint(saved(tmp_path, "entry.pdf", pdf_bytes([])))
    assert (logger.propagate, list(logger.handlers), logger.level) == before


def test_pdf_form_fields_are_read_after_the_page(tmp_path):
    data = pdf_bytes(
        ["Warm hubs"],
        catalog="/AcroForm << /Fields [6 0 R 7 0 R] >> ",
        more=("<< /FT /Tx /T (a) /V (Open late.) >>", "<< /FT /Tx /T (b) /V (Warm hubs) >>"),
    )
    assert read_text(saved(tmp_path, "entry.pdf", data)) == "Warm hubs\n\nOpen late."


def test_pdf_locked_against_changes_alone_is_read(tmp_path):
    data = rewritten_pdf(["Warm hubs."], "encrypt", "", "owner", True)
    assert read_text(saved(tmp_path, "entry.pdf", data)) == "Warm hubs."


SCAN = "has no text, only pictures (a scan): run OCR (text recognition) on it and save it again"
LOCKED = "is protected by a password: save a copy without one"
AES = (
    f"/Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 /P -4 /O <{'00' * 48}> /U <{'00' * 48}> "
    f"/OE <{'00' * 32}> /UE <{'00' * 32}> /Perms <{'00' * 16}> /StmF /StdCF /StrF /StdCF "
    "/CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV3 /Length 32 >> >> >> /ID [<00> <00>] "
)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pdf_bytes([], []), SCAN),
        (pdf_bytes(), SCAN),
        (rewritten_pdf(["Warm hubs."], "encrypt", "secret"), LOCKED),
        (pdf_bytes(["Warm hubs."], trailer=AES), LOCKED),
        (pdf_bytes(["Warm hubs."])[:-80],
         "is a PDF cut short (no %%EOF): export or download it again"),
        (b"%PDF-1.7\nnothing\n%%EOF\n", "is a damaged PDF: export or download it again"),
        (pdf_bytes(["Warm hubs."]).replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]"),
         "is a damaged PDF: export or download it again"),
        (docx_bytes(p("Warm hubs.")),
         "is a Word document, not a PDF: give it a name that ends in .docx"),
        (b"Warm hubs.", "is something else, not a PDF: export it again"),
        (b"", "is something else, not a PDF: export it again"),
    ],
)  # fmt: skip
def test_pdf_that_cannot_be_read_is_told_why(tmp_path, capfd, data, message):
    assert complaint(saved(tmp_path, "entry.pdf", data)) == f"entry.pdf: {message}"
    assert capfd.readouterr() == ("", "")


# --- whatever the bytes ---------------------------------------------------------------------


@pytest.mark.parametrize("make", [docx_bytes(p("Warm hubs.")), pdf_bytes(LINES, LINES)])
@given(at=st.integers(0, 3000), junk=st.binary(min_size=1, max_size=3))
def test_damaged_documents_give_text_or_one_error(tmp_path_factory, make, at, junk):
    at %= len(make)
    path = tmp_path_factory.mktemp("damaged") / ("a.pdf" if make[:1] == b"%" else "a.docx")
    path.write_bytes(make[:at] + junk + make[at + len(junk) :])
    try:
        assert read_text(path).strip()
    except InputError as error:
        assert "\n" not in str(error)


# --- examples -------------------------------------------------------------------------------


def test_example_form_holds_the_words_of_the_example_text():
    text, form = (read_document(EXAMPLES / f"submission.{suffix}") for suffix in ("txt", "docx"))
    assert form.title == text.title
    assert form.body.split("\n\n") == [
        "Summary (100 words)",
        *text.body.split("\n\n"),
        "42 people, 37 still in their own home",
        "Wrayburn Borough Council: entry form",
    ]


def test_example_workbook_holds_the_rows_of_the_example_table():
    with (EXAMPLES / "submissions.csv").open(encoding="utf-8", newline="") as stream:
        expected = [tuple(row) for row in csv.reader(stream)]
    workbook = openpyxl.load_workbook(EXAMPLES / "submissions.xlsx", read_only=True)
    rows = list(workbook.worksheets[0].iter_rows(values_only=True))
    workbook.close()
    assert rows == expected
    assert len(rows) == 13


def test_what_stands_round_a_page_is_not_read(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        "<nav><a>Home</a><a>Bins and recycling</a></nav><main><h1>Housing First</h1>"
        "<p>We housed rough sleepers.</p></main><aside>Read more</aside>"
        "<footer>Cookies, waste collection</footer>"
    )
    entry = read_document(page, "page.html")
    assert (entry.title, entry.body) == ("Housing First", "We housed rough sleepers.")
