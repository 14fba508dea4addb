"""Pages that a browser saved as one file."""

from __future__ import annotations

from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from themetag.documents import Marks, read_marks, read_text
from themetag.errors import InputError

PAGE = "<h2>Café homes</h2><p>Forty opened.</p><figure><figcaption>A key</figcaption></figure>"


def saved(folder: Path, html: str, charset: str = "utf-8") -> Path:
    page = MIMEMultipart("related", type="text/html")
    page["Subject"] = "Shortlist"
    page.attach(MIMEText(html, "html", charset))
    page.attach(MIMEText("p { color: red }", "css"))
    path = folder / "page.mhtml"
    path.write_bytes(page.as_bytes())
    return path


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_the_page_is_read_without_what_was_saved_with_it(tmp_path, charset):
    path = saved(tmp_path, PAGE, charset)

    assert read_text(path) == "Café homes\n\nForty opened.\n\nA key"
    assert read_marks(path) == Marks({"Café homes": 2}, frozenset({"A key"}))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Forty opened.", "has no web page inside"),
        (b"Content-Type: multipart/related\n\n", "has no web page inside"),
        (b'Content-Type: text/html; charset="hex"\n\n<p>Forty</p>', "is damaged"),
    ],
)
def test_what_holds_no_page_is_refused_with_a_remedy(tmp_path, data, message):
    path = tmp_path / "page.mht"
    path.write_bytes(data)

    with pytest.raises(InputError, match=f"{message}: open the page and save it again, as .html"):
        read_text(path)
