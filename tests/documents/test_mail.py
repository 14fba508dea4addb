"""Saved mail as Outlook, Gmail, Thunderbird and Apple Mail write it; all of it invented."""

from __future__ import annotations

import base64
import codecs
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themetag.documents import read_document, read_text
from themetag.documents.mail import text_of_mail
from themetag.entry import Entry
from themetag.errors import InputError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__substg1.0_0037001F".encode("utf-16-le") + bytes(99)
SAVE_AGAIN = "open it in your mail program and save it again"
DAMAGED = f"entry.eml: is damaged or cut short: {SAVE_AGAIN}"


def mail(text: str | None = None, *, subject: str = "Warm hubs", html: str = "") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Jo Smith <jo@wrayburn.example>"
    message["Subject"] = subject
    if text is not None:
        message.set_content(text)
    if html and text is None:
        message.set_content(html, subtype="html")
    elif html:
        message.add_alternative(html, subtype="html")
    return message


def raw(body: bytes, *headers: str) -> bytes:
    lines = ["From: jo@wrayburn.example", "Subject: Warm hubs", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "entry.eml"
    path.write_bytes(data)
    return path


def text(message: EmailMessage | bytes) -> str:
    return text_of_mail(message if isinstance(message, bytes) else bytes(message), "entry.eml")


def complaint(folder: Path, data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_text(saved(folder, data))
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder}/")


def test_the_subject_is_the_title_and_the_text_the_body(tmp_path):
    message = mail("Forty libraries – open late.\n\nTea, too.\n", subject="Café hubs – £0 a day")
    assert read_document(saved(tmp_path, bytes(message)), "7") == Entry(
        "7", "Café hubs – £0 a day", "Forty libraries – open late.\n\nTea, too."
    )


def test_plain_text_is_read_before_html_and_html_where_there_is_no_plain_text():
    html = "<html><body><p>Open <b>late</b>,<br>warm.</p><p>Tea.</p></body></html>"
    assert text(mail("Plain.", html=html)) == "Warm hubs\n\nPlain."
    assert text(mail(html=html)) == "Warm hubs\n\nOpen late,\nwarm.\n\nTea."
    assert text(mail(" \n", html=html)) == "Warm hubs\n\nOpen late,\nwarm.\n\nTea."


def test_attachments_are_no_part_of_the_text():
    message = mail("See the form.", html="<p>See the form.</p>")
    message.add_attachment("secret", filename="notes.txt")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="a.pdf")
    message.add_attachment(mail("Another mail."))
    assert text(message) == "Warm hubs\n\nSee the form."


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "quoted-printable", "base64"])
def test_every_transfer_encoding_is_undone(encoding):
    words = "Open late" if encoding == "7bit" else "Open late – at £0"
    message = EmailMessage()
    message["Subject"] = "Warm hubs"
    message.set_content(words, cte=encoding)
    assert text(message) == f"Warm hubs\n\n{words}"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (raw("café – £5".encode("cp1252"), "Content-Type: text/plain; charset=windows-1252"),
         "café – £5"),
        # What says Latin-1 has the dashes of Windows in it.
        (raw("café – £5".encode("cp1252"), "Content-Type: text/plain; charset=iso-8859-1"),
         "café – £5"),
        (raw("cafés à Łódź".encode("iso-8859-2", "replace"),
             "Content-Type: text/plain; charset=ISO-8859-2"), "cafés ? Łódź"),
        (raw("ハブ".encode("iso-2022-jp"), "Content-Type: text/plain; charset=iso-2022-jp"),
         "ハブ"),
        (raw("café".encode(), "Content-Type: text/plain; charset=us-ascii"), "café"),
        (raw("café".encode(), "Content-Type: text/plain; charset=x-nobody-knows"), "café"),
        (raw("café".encode("cp1252")), "café"),
        (raw(b"caf=E9 =\r\nlate", "Content-Type: text/plain; charset=iso-8859-1",
             "Content-Transfer-Encoding: quoted-printable"), "café late"),
        # The mail knows better than the page in it.
        (raw('<meta charset="utf-8"><p>café – £5'.encode("cp1252"),
             "Content-Type: text/html; charset=windows-1252"), "café – £5"),
        (codecs.BOM_UTF8 + raw(b"Open late."), "Open late."),
    ],
)  # fmt: skip
def test_text_is_decoded_by_its_charset_or_its_bytes(data, words):
    assert text(data) == f"Warm hubs\n\n{words}"


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("=?utf-8?Q?Caf=C3=A9?=\r\n =?utf-8?B?IGh1YnM=?=", "Café hubs"),
        ("Re: RE:Warm hubs", "Warm hubs"),
        ("Regeneration: a story", "Regeneration: a story"),
    ],
)
def test_subjects_are_decoded_and_lose_their_prefixes(subject, title):
    assert text(f"Subject: {subject}\r\n\r\nOpen late.".encode()) == f"{title}\n\nOpen late."


def test_a_mail_without_a_subject_is_its_text():
    assert text(b"From: jo@wrayburn.example\n\nOpen late.") == "Open late."


GMAIL = "On Mon, 3 Feb 2025 at 10:15, Sam Lee <sam@awards.example>\nwrote:\n\n"
QUOTED = "> Please send your entry.\n>\n> Sam\n"
OUTLOOK = "From: Sam Lee\nSent: 03 February 2025 10:15\nTo: Jo\nSubject: Entry\n\nPlease send.\n"


@pytest.mark.parametrize(
    "tail",
    [
        "-- \nJo Smith\nWrayburn Council\n",
        "--\nJo Smith\n",
        f"{GMAIL}{QUOTED}",
        "On 03/02/2025 10.15, Sam Lee wrote:\n\nPlease send your entry.\n",
        QUOTED,
        OUTLOOK,
        f"{'_' * 32}\n{OUTLOOK}",
        f"-----Original Message-----\n{OUTLOOK}",
        f"-- \nJo Smith\n\n{GMAIL}{QUOTED}",
        f"{GMAIL}{QUOTED}\n-- \nJo Smith\n",
    ],
)
def test_signatures_and_the_mail_replied_to_are_left_out(tail):
    assert text(mail(f"Open late.\n\nTea, too.\n\n{tail}", subject="Re: Warm hubs")) == (
        "Warm hubs\n\nOpen late.\n\nTea, too."
    )


def test_a_reply_in_html_loses_the_mail_replied_to():
    html = "<p>Open late.</p><div>On Mon, 3 Feb 2025 at 10:15, Sam wrote:<br></div>"
    html += "<blockquote>Please send your entry.</blockquote>"
    assert text(mail(html=html)) == "Warm hubs\n\nOpen late."


@pytest.mark.parametrize(
    "body",
    [
        "On Monday a resident wrote:\n\nThank you for the tea.",
        f"{GMAIL}{QUOTED}\nOpen late, is our answer.",
        "> When are you open?\nLate.\n> What is served?\nTea.",
        "From: the heart\n\nOpen late.",
        "Open late -- very late.\n---\nTea.",
    ],
)
def test_what_is_written_round_quotations_stays(body):
    assert text(mail(body)) == f"Warm hubs\n\n{body}"


def test_a_mail_that_was_passed_on_is_kept_whole():
    body = f"For the awards.\n-- \nJo\n\n{OUTLOOK}".strip()
    assert text(mail(body, subject="FW: Warm hubs")) == f"Warm hubs\n\n{body}"


def test_a_mail_of_nothing_but_a_copy_is_kept_whole():
    assert text(mail(OUTLOOK)) == f"Warm hubs\n\n{OUTLOOK.strip()}"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (OLE, "is an Outlook message (.msg), not a saved mail: save it as .html or .txt"),
        (b"%PDF-1.7", "is a PDF, not a saved mail: give it a name that ends in .pdf"),
        (b"Warm hubs.\n\nOpen late.", f"is not a saved mail: {SAVE_AGAIN} as .eml"),
        (b"", f"is not a saved mail: {SAVE_AGAIN} as .eml"),
        (raw(b""), "has no text: save what is attached to it and name that"),
        (raw(b"MII=", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data"),
         "is encrypted: save its words alone as .txt"),
        (raw(b"--x\r\n\r\n--x--", 'Content-Type: multipart/encrypted; boundary="x"'),
         "is encrypted: save its words alone as .txt"),
        (raw(b"Warm\0hubs"), "is not text (byte 0x00 in line 1, at offset 4, counting from 0): "
                       "save it again as plain text"),
    ],
)  # fmt: skip
def test_what_holds_no_mail_text_is_told_in_one_line(tmp_path, data, message):
    assert complaint(tmp_path, data) == f"entry.eml: {message}"


def test_a_mail_cut_short_is_refused(tmp_path):
    whole = bytes(mail("Open late.", html="<p>Open late.</p>"))
    assert complaint(tmp_path, whole[:-30]) == DAMAGED
    packed = base64.b64encode(b"Open late, and warm.")[:-3]
    assert complaint(tmp_path, raw(packed, "Content-Transfer-Encoding: base64")) == DAMAGED


def test_a_page_that_is_no_page_is_refused_under_the_name_of_the_mail(tmp_path):
    message = mail(html="<p>Warm hubs." + "<div>" * 100_000)
    assert complaint(tmp_path, bytes(message)) == (
        "entry.eml: cannot be read as HTML (nested too deeply, or too large): "
        "save its words as .txt"
    )


@pytest.mark.parametrize(
    "unit", ["> a\n", "On 1:11 ", "On 1:11\n", "From: a\n", "_", "-- \n", "\n", "Re:"]
)
def test_marks_without_end_do_not_hang(unit):
    began = time.process_time()
    text(raw((unit * (300_000 // len(unit)) + "end").encode()))
    assert time.process_time() - began < 10


@given(st.binary(max_size=60), st.sampled_from(["utf-8", "idna", "undefined", "rot13", "utf-7"]))
def test_any_bytes_under_any_charset_are_text_or_one_error(data, charset):
    try:
        found = text(raw(data, f"Content-Type: text/plain; charset={charset}"))
    except InputError as error:
        assert "\n" not in str(error)
    else:
        found.encode()


@given(st.binary(max_size=60))
def test_any_headers_are_text_or_one_error(data):
    try:
        text(b"Subject: " + data + b"\n\nOpen late.")
    except InputError as error:
        assert "\n" not in str(error)
