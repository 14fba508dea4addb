r"""The page in a .mhtml file: what Chrome and Edge save as "Webpage, Single File".

It is a mail without a sender, whose first HTML part is the page; pictures and styles follow.
"""

from __future__ import annotations

import codecs
import email.policy
from email.message import EmailMessage

from themetag.documents.encoding import decode
from themetag.documents.html import marks_of_html, text_of_html
from themetag.documents.mail import codec_of
from themetag.documents.marks import Marks
from themetag.errors import InputError

_SAVE_AGAIN = "open the page and save it again, as .html"


def text_of_mhtml(data: bytes, source: str) -> str:
    r"""Return what the page shows, as `text_of_html` does.

    Raises:
        InputError: the file is something else, or has no page in it.

    >>> head = b"MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"
    >>> text_of_mhtml(head + b"<h1>Warm hubs</h1>", "page.mhtml")
    'Warm hubs'
    """
    return text_of_html(_page(data, source), source)


def marks_of_mhtml(data: bytes, source: str) -> Marks:
    """Return the headings and captions of the page, as `marks_of_html` does.

    Raises:
        InputError: as for `text_of_mhtml`.
    """
    return marks_of_html(_page(data, source), source)


def _page(data: bytes, source: str) -> bytes:
    """Return the first HTML part in UTF-8, marked as such."""
    try:
        message = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)
        pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
        payload = pages[0].get_payload(decode=True) if pages else None
        if not isinstance(payload, bytes):
            raise InputError(f"has no web page inside: {_SAVE_AGAIN}", source)
        text = decode(payload, source, declared=codec_of(pages[0].get_content_charset()))
        return codecs.BOM_UTF8 + text.encode()
    except InputError:
        raise
    # Over odd headers and encodings the standard library raises whatever it stumbles on.
    except Exception as error:
        raise InputError(f"is damaged: {_SAVE_AGAIN}", source) from error
