"""`Entry`: one submission as it was read."""

from __future__ import annotations

from dataclasses import dataclass

from themetag.text import split_title


@dataclass(frozen=True, slots=True)
class Entry:
    r"""One submission.

    >>> Entry("7", "Warm hubs", "Forty libraries opened late.").text
    'Warm hubs\n\nForty libraries opened late.'
    """

    id: str
    """What the answer is filed under: a path, a row's id or its 1-based number."""
    title: str
    """The title, or an empty string."""
    body: str
    """The summary or statement, or an empty string."""

    @property
    def text(self) -> str:
        """Title, blank line, body: all that a model ever reads."""
        title, body = self.title.strip(), self.body.strip()
        return f"{title}\n\n{body}" if title and body else title or body

    @classmethod
    def from_text(cls, id: str, text: str) -> Entry:
        r"""Make an entry of a document, whose first paragraph may be its title.

        It is the title if it is one line of at most 20 words with text after it.

        >>> Entry.from_text("-", "Warm hubs\n\nForty libraries opened late.").title
        'Warm hubs'
        >>> Entry.from_text("-", "Warm hubs").title
        ''
        """
        title, body = split_title(text.replace("\r\n", "\n").replace("\r", "\n").strip())
        return cls(id, title, body)
