"""Small invented award pages."""

from __future__ import annotations

from pathlib import Path

from themetag.codebook import Codebook
from themetag.labels import Alias, Label, Legacy

BOOK = Codebook(
    "1",
    (
        Label("housing", "Housing", aliases=(Alias("Housing Initiative"),)),
        Label("childrens-services", "Children’s Services"),
        Label("public-public-partnership", "Public/Public Partnership"),
        Label("innovation", "Innovation"),
    ),
    (),
    (Legacy("Team of the Year", "It says nothing of size."),),
    (Label("efficiency", "Efficiency", last_year=2018),),
)


def blurb(subject: str, n_words: int = 40) -> str:
    """Return running text about a subject, of so many words."""
    sentence = f"{subject} brought neighbours together and cut the waiting list by a third."
    words = (sentence.split() * n_words)[:n_words]
    return " ".join(words).rstrip(".") + "."


def save(folder: Path, *lines: str, name: str = "page.txt") -> Path:
    """Write lines as a text page."""
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
