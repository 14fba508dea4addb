"""Feed the readers what nobody would write, guided by the code it reaches.

    python benchmarks/fuzz.py                      # every target, an hour and a quarter together
    python benchmarks/fuzz.py --seconds 60 pdf csv

A reader must give text, rows or one `InputError` of one line; what it gives must go into every
format of output. Anything else is a finding, kept with its input, the log has its traceback.
Coverage is of Python code: themetag and the libraries written in Python that it reads with. Needs
the group `benchmarks` (atheris, which is libFuzzer for Python).
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import re
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=["themetag", "pypdf", "openpyxl", "docx", "email", "zipfile", "json", "csv"]
):
    import docx
    import openpyxl

    # The readers too, which are otherwise imported when a document of their kind is met.
    import themetag.documents.html
    import themetag.documents.mail
    import themetag.documents.markdown
    import themetag.documents.opendocument
    import themetag.documents.pdf
    import themetag.documents.rtf
    import themetag.documents.word  # noqa: F401
    from themetag.documents import text_of
    from themetag.errors import InputError
    from themetag.folders import from_archive
    from themetag.original import OriginalFile
    from themetag.prediction import Evidence, Prediction
    from themetag.sources import from_table
    from themetag.tables import WRITERS, Answer, choose_columns, open_table, open_writer

# Where the inputs of findings are kept, for a test to be made of each.
FINDINGS = Path("fuzz-findings")

SLOW_S = 5.0
LONGEST_INPUT = 1 << 16
NOTHING = Prediction("", "m", None, "empty", (), (), Evidence(None, ()), (), {"theme": 0.5}, 0)

SCRATCH = Path(tempfile.mkdtemp(prefix="themetag-fuzz-"))


# --- what is run ----------------------------------------------------------------------------


def _read(suffix: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        text_of(data, Path(f"entry{suffix}")).encode()

    return run


def _packed(suffix: str, package: dict[str, bytes], member: str) -> Callable[[bytes], None]:
    """The input as one part of a package, which mutation as a whole would only break."""

    def run(data: bytes) -> None:
        _read(suffix)(_zipped({**package, member: data}))

    return run


def _table(suffix: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        path = SCRATCH / f"table{suffix}"
        path.write_bytes(data)
        found = open_table(path)
        columns = choose_columns(found.columns, "table", text=[found.columns[0]])
        files = {kind: io.BytesIO() for kind in WRITERS}
        writers = [open_writer(k, f, found.columns, ["theme"]) for k, f in files.items()]
        source = from_table(found, columns, OriginalFile.of(path))
        for submission in map(source.submission, source.rows):
            for writer in writers:
                writer.write(Answer(submission.row, submission.entry, NOTHING, submission.error))
        for writer in writers:
            writer.finish()

    return run


def _sheet(data: bytes) -> None:
    _table(".xlsx")(_zipped({**WORKBOOK, SHEET: data}))


def _archive(data: bytes) -> None:
    path = SCRATCH / "documents.zip"
    path.write_bytes(data)
    source = from_archive(path)
    for submission in map(source.submission, source.rows):
        submission.entry.text.encode()


# --- what it starts from --------------------------------------------------------------------


def _zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in members.items():
            package.writestr(name, content)
    return stream.getvalue()


def _members_of(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _word() -> bytes:
    document = docx.Document()
    document.add_heading("Warm hubs")
    document.add_paragraph("Forty libraries opened late.")
    document.add_table(1, 2).cell(0, 0).text = "Visits"
    document.sections[0].header.paragraphs[0].text = "Wrayburn"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (["Ref", "Entry", None], [None, "Title", "Summary"], [1, "Hubs", "=A1"], [2.5]):
        book.active.append(row)
    book.active.merge_cells("B1:C1")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _pdf() -> bytes:
    shown = b"BT /F1 11 Tf 14 TL 50 800 Td (Warm hubs) Tj T* [(Open)-300(late)] TJ ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] >> >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
        b"/Resources << /Font << /F1 3 0 R >> >> /Contents 5 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown),
        b"<< /FT /Tx /T (a) /V (Open late.) >>",
    ]
    body = b"%PDF-1.4\n"
    offsets = []
    for number, written in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    table = b"xref\n0 7\n0000000000 65535 f \n" + entries
    end = b"trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + table + end


def _parquet() -> bytes:
    import pyarrow
    import pyarrow.parquet

    columns = {"id": [1, 2], "text": ["Warm hubs", None], "more": [[1], [2, 3]], "x": [0.5, 1.5]}
    stream = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), stream, compression="none")
    return stream.getvalue()


ODT = (
    b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
    b'<text:p>Warm<text:s text:c="3"/>hubs<text:note><text:note-body><text:p>Note</text:p>'
    b"</text:note-body></text:note></text:p></office:text></office:body></office:document-content>"
)
ODT_PACKAGE = {"mimetype": b"application/vnd.oasis.opendocument.text"}
WORD, DOCUMENT = _members_of(_word()), "word/document.xml"
WORKBOOK, SHEET = _members_of(_workbook()), "xl/worksheets/sheet1.xml"
RTF = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset204 A;}}\f0 Warm \u8211? hubs\par \'e9{\*\x}}"
MAIL = (
    b"From: a@example.org\nSubject: =?utf-8?q?Warm_hubs?=\nMIME-Version: 1.0\n"
    b'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n'
    b"Content-Transfer-Encoding: base64\n\nT3BlbiBsYXRlLg==\n--b\nContent-Type: text/html\n\n"
    b"<p>Open late.\n--b--\n"
)
CSV = 'Ref;Title\r\n1;"Café, ""open"""\r\n2\r\n'.encode()
LINES = b'{"id": 1, "text": "x \\ud83d", "n": [NaN]}\nno\n'
MARKDOWN = b"---\na: b\n---\n# Warm *hubs* #\n> [a](b) `c` **d _e_**\n\n---\n"
PAGE = b"<!DOCTYPE html><meta charset=utf-8><h1>A</h1><table><tr><td>b<td hidden>c</table><pre>d"

TARGETS: dict[str, tuple[Callable[[bytes], None], list[bytes]]] = {
    "txt": (_read(".txt"), [b"Warm hubs", "Café – “open”".encode("utf-16"), b"caf\xe9\x1a"]),
    "md": (_read(".md"), [MARKDOWN]),
    "html": (_read(".html"), [PAGE]),
    "docx": (_read(".docx"), [_word()]),
    "docx-xml": (_packed(".docx", WORD, DOCUMENT), [WORD[DOCUMENT]]),
    "odt-xml": (_packed(".odt", ODT_PACKAGE, "content.xml"), [ODT]),
    "rtf": (_read(".rtf"), [RTF]),
    "eml": (_read(".eml"), [MAIL]),
    "pdf": (_read(".pdf"), [_pdf()]),
    "csv": (_table(".csv"), [CSV, "a,b\n1,2\n".encode("utf-16"), b"sep=|\na|b\n"]),
    "jsonl": (_table(".jsonl"), [LINES]),
    "xlsx": (_table(".xlsx"), [_workbook()]),
    "xlsx-xml": (_sheet, [WORKBOOK[SHEET]]),
    "parquet": (_table(".parquet"), [_parquet()]),
    "zip": (_archive, [_zipped({"a/b.txt": b"One.", "c.md": MARKDOWN, "../d.rtf": RTF})]),
}


TABLES = frozenset({"csv", "jsonl", "xlsx", "xlsx-xml", "parquet"})


# --- one target, in a process of its own ----------------------------------------------------


def _fuzz(name: str, seconds: float) -> None:
    """Run one target; a finding is kept and the run goes on."""
    run, seeds = TARGETS[name]
    corpus = SCRATCH / name
    corpus.mkdir()
    for i, seed in enumerate(seeds):
        (corpus / str(i)).write_bytes(seed)
    seen: set[str] = set()

    def attempt(data: bytes) -> None:
        began = time.process_time()
        try:
            run(data)
        except InputError as error:
            if "\n" in str(error):
                _keep(name, "an error of more than one line", data, seen)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(where.filename).name}:{where.lineno}"
            _keep(name, f"{type(error).__name__} in {place}: {error}"[:150], data, seen, place)
        if time.process_time() - began > SLOW_S:
            _keep(name, f"over {SLOW_S:g} s", data, seen)

    # Readers of documents need the alarm of the system for their deadline. For tables it is free,
    # and with none of its own libFuzzer takes a second of waiting on a busy machine for a finding.
    timeout_s = 60 if name in TABLES else 0
    flags = [f"-max_total_time={seconds:.0f}", f"-max_len={LONGEST_INPUT}", f"-timeout={timeout_s}"]
    flags += ["-rss_limit_mb=3000", "-print_final_stats=1", f"-artifact_prefix={FINDINGS}/{name}-"]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], attempt)
    atheris.Fuzz()


def _keep(name: str, what: str, data: bytes, seen: set[str], place: str = "") -> None:
    """Keep the input of a finding, the first of its place."""
    if (place or what) in seen:
        return
    seen.add(place or what)
    path = FINDINGS / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    print(f"FINDING {name}: {what} ({path.name})", file=sys.stderr, flush=True)
    traceback.print_exc()


# --- all targets ----------------------------------------------------------------------------


def _measured(name: str, seconds: float) -> str:
    """Run one target in a process and return a line of what came of it."""
    began = time.monotonic()
    command = [sys.executable, __file__, "--target", name, "--seconds", str(seconds)]
    log = FINDINGS / f"{name}.log"
    with log.open("wb") as file:
        try:
            code = subprocess.run(command, stderr=file, timeout=seconds + 300).returncode
        except subprocess.TimeoutExpired:
            code = -1
    said = log.read_text("utf-8", "replace")
    n_runs = re.findall(r"^#(\d+)\s", said, re.MULTILINE)
    edges = re.findall(r"cov: (\d+)", said)
    findings = re.findall(r"^FINDING [\w-]+: (.*)$", said, re.MULTILINE)
    findings += [f"the process ended with {code}"] if code else []
    shown = "".join(f"\n    {finding}" for finding in findings)
    took_s = time.monotonic() - began
    return (
        f"  {name:9} {took_s:6.0f} s  {int(n_runs[-1] if n_runs else 0):9,} runs  "
        f"{int(edges[-1] if edges else 0):6,} edges  {len(findings)} findings{shown}"
    )


def main() -> None:
    """Run every target that is asked for, one after another."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=float, default=300, help="for each target")
    parser.add_argument("--target", help=argparse.SUPPRESS)
    options = parser.parse_args()
    FINDINGS.mkdir(exist_ok=True)
    os.environ.setdefault("THEMETAG_MAX_SECONDS", "20")
    if options.target:
        _fuzz(options.target, options.seconds)
        return
    version = sys.version.split()[0]
    print(f"{options.seconds:g} s a target, atheris on Python {version}", flush=True)
    for name in options.names or TARGETS:
        print(_measured(name, options.seconds), flush=True)


if __name__ == "__main__":
    main()
