from __future__ import annotations

from typing import Any

from themetag.codebook import Codebook
from themetag.learning.compare.wording import Wording

Row = dict[str, Any]


def book(*labels: Row, legacy: str = "") -> Codebook:
    """A codebook whose categories and themes are called the same."""
    given_up = [{"name": legacy, "reason": "split"}] if legacy else []
    return Codebook.from_mapping(
        {"version": "1", "category": labels, "theme": labels, "legacy": given_up}
    )


def label(name: str, *aliases: str) -> Row:
    return {"id": name, "name": name, "aliases": [{"name": alias} for alias in aliases]}


def test_a_former_name_becomes_the_new_one() -> None:
    wording = Wording.of_categories(book(label("Waste")), book(label("Streets", "Waste")))
    assert wording.names == {"Waste": "Streets"}
    assert (wording.renamed, wording.added, wording.removed) == ((("Waste", "Streets"),), (), ())


def test_a_name_that_only_the_later_of_the_two_knows_is_found_backwards_too() -> None:
    wording = Wording.of_themes(book(label("Streets", "Waste")), book(label("Waste")))
    assert wording.names == {"Streets": "Waste"}


def test_labels_of_one_edition_alone_are_added_or_removed() -> None:
    wording = Wording.of_categories(
        book(label("Bins"), label("Pest")), book(label("Parks"), label("bins"))
    )
    assert (wording.added, wording.removed, wording.renamed) == (
        ("Parks",), ("Pest",), (("Bins", "bins"),))  # fmt: skip
    assert wording.all == ("Parks", "bins", "Pest")
    assert wording.retired == frozenset()


def test_a_label_that_the_new_codebook_refuses_by_name_is_retired() -> None:
    new = book(label("Bins"), legacy="pest")
    wording = Wording.of_themes(book(label("Bins"), label("Pest")), new)
    assert wording.retired == {"Pest"}
    assert wording.measured(is_old=True) == {"Bins"}


def test_two_labels_may_become_one() -> None:
    wording = Wording.of_categories(
        book(label("Parks"), label("Woods")), book(label("Nature", "Parks", "Woods"))
    )
    assert wording.names == {"Parks": "Nature", "Woods": "Nature"}
    assert wording.own(is_old=False) == {"Nature": "Nature"}
