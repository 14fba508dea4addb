r"""Plain text out of saved mail (.eml): the subject as a title, and what its sender wrote.

Attachments, signatures and the mail that is replied to are left out; a mail that is passed on
is kept, since people pass on what they want to have read.
"""

from __future__ import annotations

import codecs
import email.policy
import re
from email.errors import CloseBoundaryNotFoundDefect, InvalidBase64LengthDefect
from email.message import EmailMessage, MIMEPart

from themetag.documents.encoding import decode
from themetag.documents.files import refuse_many
from themetag.documents.html import text_of_html
from themetag.documents.signatures import signature_of
from themetag.errors import InputError

# Any mail has one of them; a text that only has a name like a mail has none.
_HEADERS = ("from", "subject", "date", "received", "mime-version")
_LOCKED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_CUT_SHORT = (CloseBoundaryNotFoundDefect, InvalidBase64LengthDefect)

_PREFIXES = re.compile(r"\s*(?:(?:re|fwd?)\s*:\s*)*", re.IGNORECASE)
_PASSED_ON = re.compile(r"\s*(?:re\s*:\s*)*fwd?\s*:", re.IGNORECASE)
# Two hyphens and a space, says RFC 3676; not every program keeps the space.
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
# What stands above the mail that is replied to: "On …, 10:15, … wrote:", over two lines perhaps.
# With a time of day, since "On Monday she wrote:" may be part of a story.
_ATTRIBUTION = re.compile(
    r"^On (?:.|\n(?!\n)){0,150}?\d[:.]\d\d(?:.|\n(?!\n)){0,150}?\swrote:[ \t]*$", re.MULTILINE
)
_ABOVE_COPY = re.compile(
    r"^(?:-{2,} ?Original Message ?-{2,}[ \t]*$"
    r"|(?:_{10,}\n+)?From:.*\n+(?:Sent|Date):.*\n+To:)",
    re.MULTILINE,
)

_SAVE_AGAIN = "open it in your mail program and save it again"
_DAMAGED = f"is damaged or cut short: {_SAVE_AGAIN}"


def text_of_mail(data: bytes, source: str) -> str:
    r"""Return the subject of a mail, a blank line, and its text: the plain one or else the HTML.

    Raises:
        InputError: the file is something else, damaged, encrypted, or has no text.

    >>> text_of_mail(b"Subject: Re: Warm hubs\n\nOpen late.\n-- \nJo, Wrayburn", "entry.eml")
    'Warm hubs\n\nOpen late.'
    """
    if kind := signature_of(data):
        raise InputError(f"is {kind.name}, not a saved mail: {kind.remedy}", source)
    refuse_many("lines", b"\n", data, source)
    try:
        return _text(data, source)
    except InputError:
        raise
    # Over odd headers and encodings the standard library raises whatever it stumbles on.
    except Exception as error:
        raise InputError(_DAMAGED, source) from error


def _text(data: bytes, source: str) -> str:
    message = email.message_from_bytes(
        data.removeprefix(codecs.BOM_UTF8), _class=EmailMessage, policy=email.policy.default
    )
    if not any(name in message for name in _HEADERS):
        raise InputError(f"is not a saved mail: {_SAVE_AGAIN} as .eml", source)
    body = _body(message, source)
    subject = " ".join(str(message.get("subject", "")).split())
    own = body if _PASSED_ON.match(subject) else _without_reply(body)
    title = subject[_end_of_prefixes(subject) :]
    return "\n\n".join(part for part in (title, own) if part)


def _end_of_prefixes(subject: str) -> int:
    match = _PREFIXES.match(subject)
    return match.end() if match else 0


def _body(message: EmailMessage, source: str) -> str:
    """Return the plain text of a mail if it has words, else its HTML as text."""
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        text = _text_of_part(part, source) if part else ""
        if any(isinstance(fault, _CUT_SHORT) for x in message.walk() for fault in x.defects):
            raise InputError(_DAMAGED, source)
        if text:
            return text
    if any(part.get_content_type() in _LOCKED for part in message.walk()):
        raise InputError("is encrypted: save its words alone as .txt", source)
    raise InputError("has no text: save what is attached to it and name that", source)


def _text_of_part(part: MIMEPart, source: str) -> str:
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)  # a part with text has no parts of its own
    text = decode(data, source, declared=_codec(part.get_content_charset()))
    if part.get_content_subtype() == "html":
        # With the mark of UTF-8, since the mail knows the encoding better than the page in it.
        text = text_of_html(codecs.BOM_UTF8 + text.encode(), source)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _codec(charset: str | None) -> str | None:
    """Return what decodes a charset, if that is known and more than ASCII."""
    try:
        name = codecs.lookup(charset or "ascii").name
    except LookupError:
        return None
    # What is declared as Latin-1 is Windows-1252 to mail programs, with its dashes and quotes.
    return {"ascii": None, "iso8859-1": "cp1252"}.get(name, name)


def _without_reply(text: str) -> str:
    """Take off the signature and the mail that is replied to, unless nothing else is there."""
    own = _SIGNATURE.split(text, maxsplit=1)[0]
    own = _ABOVE_COPY.split(own, maxsplit=1)[0]
    attribution = _ATTRIBUTION.search(own)
    if attribution and _is_copy(own[attribution.end() :]):
        own = own[: attribution.start()]
    lines = own.split("\n")
    while lines and (not lines[-1].strip() or lines[-1].startswith(">")):
        lines.pop()
    return "\n".join(lines).strip() or text


def _is_copy(text: str) -> bool:
    """Say whether all of a text is quoted, or none of it is marked as such."""
    are_quoted = [line.startswith(">") for line in text.split("\n") if line.strip()]
    return all(are_quoted) or not any(are_quoted)
