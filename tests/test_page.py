"""A page of HTML is whole in itself, and what people typed stays text in it."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from jinja2 import Template, UndefinedError

from themetag import page
from themetag.shown import cut

PICTURES = """
{% extends "base.html" %}
{% import "charts.html" as charts %}
{% block title %}{{ name }}{% endblock %}
{% block header %}<h1>{{ name }}</h1>{% endblock %}
{% block main %}
{{ charts.bars("Entries", bars, "Category", "Entries") }}
{{ charts.histogram("h", "Surety", "Most are.", columns, "chance", mark=0.5, mark_label=name) }}
{{ charts.heat_map("m", "Both", "Category", ["Housing"], ["waste", name], [[0, 7]], [[0, 6]]) }}
{% endblock %}
{% block footer %}end{% endblock %}
"""


def pictures() -> Template:
    return page._environment().from_string(PICTURES)


def drawn(name: str) -> str:
    return pictures().render(
        name=name,
        bars=page.bars([("Housing", 3), (name, 1)]),
        columns=page.histogram([0, 0.5, 1], [1, 2]),
    )


def test_what_tries_to_be_html_is_text_everywhere():
    html = drawn("</title><script>alert(1)</script>")

    assert html.count("<script>") == 1  # the page's own
    assert "alert(1)&lt;/script&gt;" in html


def test_text_cannot_hide_or_reorder_what_stands_around_it():
    html = drawn("Ho\u202emes\u2066\x00\ud800")

    assert "Homes \N{REPLACEMENT CHARACTER}" in html
    assert not re.search("[\x00\u202e\u2066\ud800]", html)


def test_the_policy_allows_the_pages_own_style_and_script_alone():
    html = drawn("Intake")
    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    own = {
        name: base64.b64encode(
            hashlib.sha256(re.search(f"<{name}>(.*?)</{name}>", html, re.S)[1].encode()).digest()
        ).decode()
        for name in ("style", "script")
    }

    assert policy[1] == (
        f"default-src 'none'; style-src 'sha256-{own['style']}'; "
        f"script-src 'sha256-{own['script']}'; base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"\bstyle=|\bon[a-z]+=", html)


def test_nothing_in_a_page_is_fetched_from_elsewhere():
    assert re.findall(r"\b(?:src=|url\(|@import|https?:)|<link|<img", drawn("Intake")) == []


def test_a_value_that_a_template_names_and_nobody_gave_is_an_error():
    with pytest.raises(UndefinedError):
        pictures().render(name="Intake")


def test_equal_values_give_equal_bytes():
    assert drawn("Intake").encode() == drawn("Intake").encode()


def test_bars_are_as_long_as_their_share_of_the_longest():
    assert [bar.width for bar in page.bars([("a", 8), ("b", 1), ("c", 0)])] == [100.0, 12.5, 0.0]
    assert page.bars([("a", 0)]) == [page.Bar("a", 0, 0.0)]
    assert page.bars([]) == []


def test_a_cell_with_anything_in_it_is_shaded_and_the_fullest_is_darkest():
    assert page.shades([[0, 1, 100], [16, 17, 50]]) == [[0, 1, 6], [1, 2, 3]]
    assert page.shades([[0, 0]]) == [[0, 0]]
    assert page.shades([]) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Forty new homes", "Forty new homes"),
        ("Forty\nnew\thomes", "Forty new homes"),
        ("Forty new homes!", "Forty new home…"),
        ("x" * 10_000, "x" * 14 + "…"),
        (" " * 10_000 + "x", "…"),
    ],
)
def test_a_text_is_cut_to_one_line_of_the_length_asked_for(text, shown):
    assert cut(text, 15) == shown
