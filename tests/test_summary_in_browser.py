"""The page about a batch, opened in headless Chromium; skipped where there is none."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdf
import pytest
from click.testing import CliRunner
from playwright.sync_api import sync_playwright

from themetag.cli import main

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here: apt-get install chromium"
)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

ATTACK = "<script>window.hit = 1</script><img src=http://example.org/x onerror='window.hit = 1'>"
TEXTS = {
    "Housing": "Rough sleepers moved into council flats of their own before Christmas.",
    "Waste and Streets": "Crews check the recycling bins on every street and recycling rose.",
    "Libraries": "Forty libraries stayed open late as warm places to read.",
}
# A title, what it was entered in, and what it reads like.
ROWS = [
    ("Nine flats", "Housing", "Housing"),
    ("Bins, bins", "Housing", "Waste and Streets"),
    ("Bins, bins", "Libraries", "Waste and Streets"),
    ("Late libraries", "Best Newcomer", "Libraries"),
    (ATTACK, ATTACK, "Libraries"),
    ("\u202eReversed \u2066title", "Libraries", "Housing"),
    ("x" * 10_000, "Waste and Streets", "Waste and Streets"),
    ("y" * 400, "Housing", "Waste and Streets"),
    ("", "", ""),
    ("Zyx qwv", "Housing", ""),
]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    folder = tmp_path_factory.mktemp("page")
    with (folder / "entries.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Title", "Category entered", "Text"])
        writer.writerows([title, entered, TEXTS.get(like, "")] for title, entered, like in ROWS)
    arguments = [str(folder / "entries.csv"), str(folder / "tagged.csv")]
    options = ["--summary", str(folder / "page.html"), "--model", str(tiny_model)]
    result = CliRunner().invoke(main, ["batch", *arguments, *options])
    assert result.exit_code == 0, result.stderr
    return folder / "page.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Opened:
    """A page in a window of its own, with all it asked for and all it complained of."""

    def __init__(self, browser: Any, file: Path, **options: Any) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.context = browser.new_context(**options)
        self.context.route("**/*", self._note)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.goto(file.as_uri())

    def _note(self, route: Any) -> None:
        self.requests.append(route.request.url)
        route.continue_() if route.request.url.startswith("file:") else route.abort()

    def column(self, table: str, column: int) -> list[str]:
        """The cells of a column as they stand."""
        cells = self.page.locator(f"{table} tbody tr > :nth-child({column})")
        return [text.split("\n")[0] for text in cells.all_inner_texts()]


@pytest.fixture(scope="module")
def opened(browser: Any, page_file: Path) -> Iterator[Opened]:
    window = Opened(browser, page_file)
    yield window
    window.context.close()


def test_the_page_asks_for_nothing_but_itself_and_complains_of_nothing(opened, page_file):
    opened.page.locator("#entries thead button").first.click()

    assert opened.requests == [page_file.as_uri()]
    assert opened.complaints == []


def test_a_title_that_tries_to_be_html_does_nothing(opened):
    assert opened.page.evaluate("window.hit") is None
    assert opened.page.locator("img, main script").count() == 0
    assert opened.page.locator("#entries tbody th", has_text="<script>window.hit").count() == 1


def test_a_script_that_came_in_all_the_same_would_be_refused(browser, page_file):
    window = Opened(browser, page_file)
    window.page.evaluate(
        "() => { const script = document.createElement('script');"
        " script.textContent = 'window.hit = 1'; document.body.append(script); }"
    )

    assert window.page.evaluate("window.hit") is None
    assert "Content Security Policy" in " ".join(window.complaints)
    window.context.close()


def test_enter_on_a_header_sorts_and_enter_again_sorts_the_other_way(browser, page_file):
    window = Opened(browser, page_file)
    header = window.page.locator("#entries th", has_text="Probability")
    given = window.column("#entries", 5)
    header.get_by_role("button").focus()
    window.page.keyboard.press("Enter")
    rising = window.column("#entries", 5), header.get_attribute("aria-sort")
    window.page.keyboard.press("Enter")
    falling = window.column("#entries", 5), header.get_attribute("aria-sort")
    filled = sorted(filter(None, given), key=lambda figure: figure.replace(">0.99", "1"))

    assert filled != list(filter(None, given))
    # Cells without a figure stay last either way.
    assert rising == ([*filled, "", ""], "ascending")
    assert falling == ([*reversed(filled), "", ""], "descending")
    assert window.page.locator("[aria-sort]").count() == 1
    window.context.close()


def test_numbers_are_sorted_as_numbers_and_words_as_words(browser, page_file):
    window = Opened(browser, page_file)
    for name, column, expected in (
        ("Note", 7, "entered in something the model does not know"),
        ("No.", 1, "1"),
    ):
        window.page.locator("#entries th", has_text=name).get_by_role("button").click()
        assert window.column("#entries", column)[0] == expected
    window.context.close()


def test_decimals_are_sorted_by_their_value(browser, page_file):
    window = Opened(browser, page_file)
    window.page.evaluate(
        "() => document.querySelectorAll('#entries tbody tr > :first-child').forEach("
        "(cell, i) => { cell.textContent = [0.1, 0.012, 0.03][i % 3]; })"
    )
    window.page.locator("#entries th", has_text="No.").get_by_role("button").click()

    assert window.column("#entries", 1) == ["0.012"] * 3 + ["0.03"] * 3 + ["0.1"] * 4
    window.context.close()


def test_without_scripts_the_page_is_whole_but_for_the_sorting(browser, page_file, opened):
    window = Opened(browser, page_file, java_script_enabled=False)
    rows = window.page.locator("tbody tr")

    assert rows.count() == opened.page.locator("tbody tr").count() > len(ROWS)
    assert window.page.locator("button").count() == 0
    assert window.column("#entries", 2)[:2] == ["Nine flats", "Bins, bins"]
    assert window.complaints == []
    window.context.close()


def test_the_page_prints(opened):
    printed = opened.page.pdf(format="A4")
    pages = pypdf.PdfReader(io.BytesIO(printed)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())

    for words in ("The intake at a glance", "Bins, bins", "Late libraries", "How far to trust"):
        assert words in text
    assert "Skip to the content" not in text


def test_the_header_of_a_long_table_is_printed_on_every_sheet(browser, page_file):
    window = Opened(browser, page_file)
    window.page.evaluate(
        "() => { for (const x of document.querySelectorAll('section:not(#entries)')) x.remove();"
        " const rows = document.querySelector('#entries tbody');"
        " for (let i = 0; i < 60; i++) rows.append(rows.rows[0].cloneNode(true)); }"
    )
    sheets = pypdf.PdfReader(io.BytesIO(window.page.pdf(format="A4"))).pages
    window.context.close()

    assert len(sheets) > 2
    assert all("Probability" in sheet.extract_text() for sheet in sheets[1:-1])


def test_headings_are_in_order_under_one_first_heading(opened):
    levels = opened.page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])"
    )

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_every_header_a_scope(opened):
    page = opened.page

    assert page.locator("table").count() == page.locator("table > caption").count() >= 7
    assert page.locator("th:not([scope])").count() == 0
    assert [text for text in page.locator("caption").all_inner_texts() if not text.strip()] == []


def test_pictures_and_regions_have_a_name(opened):
    pictures = opened.page.get_by_role("img").all()
    regions = opened.page.locator("[aria-labelledby]").evaluate_all(
        "all => all.flatMap(x => x.getAttribute('aria-labelledby').split(' '))"
    )

    assert len(pictures) == 1
    assert pictures[0].locator("title, desc").count() == 2
    assert [id for id in regions if opened.page.locator(f"[id='{id}']").count() != 1] == []
    assert opened.page.locator("svg:not([role=img]):not([aria-hidden=true])").count() == 0


def test_every_link_leads_to_a_place_on_the_page(opened):
    targets = opened.page.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")

    assert [target for target in targets if not target.startswith("#")] == []
    assert [t for t in set(targets) if opened.page.locator(f"[id='{t[1:]}']").count() != 1] == []
    assert "#entry-2" in targets


def test_the_first_key_leads_past_the_contents(browser, page_file):
    window = Opened(browser, page_file)
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    window.page.keyboard.press("Enter")

    assert window.page.evaluate("document.activeElement.id") == "main"
    window.context.close()


def test_the_page_is_no_wider_than_any_window(browser, page_file):
    window = Opened(browser, page_file)
    for width in (320, 390, 800, 1280):
        window.page.set_viewport_size({"width": width, "height": 800})
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
    window.context.close()


def test_a_long_word_pushes_no_column_of_a_table_out_of_sight(browser, page_file):
    window = Opened(browser, page_file, viewport={"width": 1280, "height": 800})
    widths = window.page.locator(".scroll").evaluate_all(
        "all => all.map(x => [x.getAttribute('aria-labelledby'), x.scrollWidth - x.clientWidth])"
    )
    window.context.close()

    assert "pairs-caption" in dict(widths)
    assert {name: surplus for name, surplus in widths if surplus > 0} == {}


COLOURS = """
() => {
  const solid = colour => !/, 0\\)$|^transparent$/.test(colour);
  const behind = x => {
    for (; x; x = x.parentElement) {
      const colour = getComputedStyle(x).backgroundColor;
      if (solid(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = new Set();
  for (const x of document.querySelectorAll("body *:not(script, svg > title, desc)")) {
    if (![...x.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const style = getComputedStyle(x);
    found.add([x instanceof SVGElement ? style.fill : style.color, behind(x)].join("|"));
  }
  return [...found];
}
"""


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(pair: str) -> float:
    low, high = sorted(luminance(colour) for colour in pair.split("|"))
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_of_black_and_white_is_21():
    assert contrast("rgb(0, 0, 0)|rgb(255, 255, 255)") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_what_is_behind_it(browser, page_file, scheme):
    window = Opened(browser, page_file, color_scheme=scheme)
    # Every shade of the heat map, whichever this page happens to use.
    window.page.locator(".heat td").first.evaluate(
        "cell => { for (let i = 0; i < 7; i++) { const shade = cell.cloneNode(true);"
        " shade.className = `shade-${i}`; cell.after(shade); } }"
    )
    pairs = window.page.evaluate(COLOURS)
    window.context.close()

    assert len(pairs) >= 9
    assert {pair: contrast(pair) for pair in pairs if contrast(pair) < 4.5} == {}
