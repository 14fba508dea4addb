r"""RTF as different programs write it; the samples keep their control words and line breaks."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themetag.documents import read_document, read_text
from themetag.documents.rtf import text_of_rtf
from themetag.entry import Entry
from themetag.errors import InputError

WORDPAD = (
    rb"""{\rtf1\ansi\ansicpg1252\deff0\nouicompat\deflang2057{\fonttbl{\f0\fnil\fcharset0 Calibri;}}
{\colortbl ;\red0\green0\blue255;}
{\*\generator Riched20 10.0.19041}\viewkind4\uc1
\pard\sa200\sl276\slmult1\b\f0\fs22\lang9 Warm hubs\b0\par
Forty libraries \'96 from \'a35 a day \endash  stayed open\line until nine.\par
{\pntext\f2\'B7\tab}Tea\par
}
"""
    + b"\0"
)

WORD = rb"""{\rtf1\adeflang1025\ansi\ansicpg1252\uc1\deff31507
{\fonttbl{\f0\fbidi \froman\fcharset0\fprq2{\*\panose 02020603050405020304}Times New Roman;}
{\f40\fbidi \froman\fcharset238\fprq2 Times New Roman CE{\*\falt Times};}}
{\colortbl;\red0\green0\blue0;}{\stylesheet{\ql \li0 \snext0 Normal;}{\s1 heading 1;}}
{\*\listtable{\list{\listlevel{\leveltext\'02\'00.;}}}}{\*\rsidtbl \rsid1}
{\info{\title Entry form}{\author Jo Smith}{\*\company Wrayburn}}{\*\xmlnstbl {\xmlns1 http://x}}
{\header \pard\plain Wrayburn Borough Council\par }{\footer \pard Page {\field{\*\fldinst PAGE}
{\fldrslt 1}}\par }{\*\ftnsep \pard \chftnsep \par }
\pard\plain \s1 {\rtlch\fcs1 \af0 \ltrch\fcs0 \b\insrsid1 Warm hubs\par }
\pard {\listtext\pard\plain 1.\tab}{\rtlch Forty {\*\bkmkstart a}libraries{\*\bkmkend a}
{\deleted thirty }{\v secret }{\cs18\super \chftn {\footnote \pard \chftn  By our count.\par}}
 opened.}\par
\trowd \intbl Visits\cell 14,000\cell \row
\pard See {\field\fldedit{\*\fldinst { HYPERLINK "https://example.org" }}{\fldrslt {our site}}}.
{\*\annotation \pard Check!}\par
{\shp{\*\shpinst\shpleft1{\sp{\sn shapeType}{\sv 202}}{\shptxt \pard Forty hubs\par}}
{\shprslt{\*\do{\dptxbx{\dptxbxtext\pard Forty hubs\par}}}}}
{\*\shppict{\pict\pngblip 89504e47}}{\nonshppict{\pict\wmetafile8 0100}}
{\object\objemb{\*\objdata 0105}{\result \pard A chart\par}}}"""

TEXTEDIT = rb"""{\rtf1\ansi\ansicpg1252\cocoartf2709
\cocoatextscaling0{\fonttbl\f0\fswiss\fcharset0 Helvetica;}
{\*\expandedcolortbl;;}
\f0\fs24 \cf0 Warm hubs\
\
Open late \uc0\u8217 \u55357 \u56832 .}"""


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "entry.rtf"
    path.write_bytes(data)
    return path


def text(inner: bytes) -> str:
    return text_of_rtf(rb"{\rtf1\ansi\ansicpg1252 " + inner + b"}", "entry.rtf")


def complaint(folder: Path, data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_text(saved(folder, data))
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder}/")


def test_wordpad_makes_a_title_and_a_body(tmp_path):
    assert read_document(saved(tmp_path, WORDPAD), "7") == Entry(
        "7",
        "Warm hubs",
        "Forty libraries – from £5 a day – stayed open\nuntil nine.\n\nTea",
    )


def test_word_gives_its_page_then_text_boxes_then_notes(tmp_path):
    assert read_text(saved(tmp_path, WORD)) == (
        "Warm hubs\n\nForty libraries opened.\n\nVisits\n\n14,000\n\nSee our site.\n\nA chart\n\n"
        "Forty hubs\n\nBy our count."
    )


def test_textedit_ends_paragraphs_with_a_backslash(tmp_path):
    assert read_text(saved(tmp_path, TEXTEDIT)) == "Warm hubs\n\nOpen late ’😀."


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        (rb"a\tab b\line c\~d\_e\-f", "a\tb\nc\N{NO-BREAK SPACE}d-ef"),
        (rb"\ldblquote a\rdblquote  \lquote b\rquote \emdash c\bullet", "“a” ‘b’—c•"),
        (rb"a\\b \{c\}", r"a\b {c}"),
        (rb"a\page b\sect c\column d", "a\n\nb\n\nc\n\nd"),
        (b"one \r\ntwo", "one two"),
        (rb"a\unknownword12 b\*c", "a" "bc"),
        (rb"x{\*\unknown a{b}\par}y", "xy"),
        (rb"x{\*\footnote Note.}y", "xy\n\nNote."),
        (rb"{\pict\bin4 {}\}}y", "y"),
        (rb"shown {\v hidden\v0  and \v not\plain  back}", "shown  and  back"),
    ],
)  # fmt: skip
def test_control_words_become_what_they_show(inner, words):
    assert text(inner) == words


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        (rb"\u8217?s", "’s"),
        (rb"\u8217\'92s", "’s"),
        (rb"\u8217s", "’"),
        (rb"\uc0\u8217s", "’s"),
        (rb"\uc2\u8217\'81\'41s", "’s"),
        (rb"\u-10179?\u-8704?", "😀"),
        (rb"\u55357?x", "\N{REPLACEMENT CHARACTER}x"),
        (rb"{\uc0 {\u8217}s}\u8217?t", "’s’t"),
        (rb"\u8220\ldblquote a", "“a"),
        (rb"a\u8217\par ?b", "a’\n\n?b"),
        (rb"{\u8217}?", "’?"),
        (rb"\upr{caf?}{\*\ud{caf\u233 }}", "café"),
    ],
)  # fmt: skip
def test_characters_of_unicode_come_without_their_replacements(inner, words):
    assert text(b"{" + inner + b"}") == words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (rb"{\rtf1\ansi caf\'e9}", "café"),
        (rb"{\rtf1\mac caf\'8e}", "café"),
        (rb"{\rtf1\pc caf\'82}", "café"),
        (rb"{\rtf1\pca caf\'82}", "café"),
        (rb"{\rtf1\ansi\ansicpg10000 caf\'8e}", "café"),
        (rb"{\rtf1\ansi\ansicpg0 caf\'e9}", "café"),
        (b"{\\rtf1\\ansi\\ansicpg65001 caf\xc3\xa9}", "café"),
        (b"{\\rtf1\\ansi\\ansicpg1252 caf\xe9}", "café"),
        (rb"{\rtf1\ansi\ansicpg1251 \'c4\'e0}", "Да"),
        (rb"{\rtf1\ansi\ansicpg1252\deff1{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}"
         rb"\'c4\'e0{\f0 caf\'e9}\plain \'c4}", "ДаcaféД"),
        (rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f2\fcharset128 M;}{\f3\fcharset1 D;}}"
         rb"\f2 \'83\'41\'83A\f3 \'e9}", "アアé"),
        (rb"{\rtf1\ansi\ansicpg1252 a\'81b}", "a\N{REPLACEMENT CHARACTER}b"),
    ],
)  # fmt: skip
def test_bytes_are_read_in_the_code_page_of_document_or_font(data, words):
    assert text_of_rtf(data, "entry.rtf") == words


def test_an_unknown_code_page_is_not_guessed(tmp_path):
    assert complaint(tmp_path, rb"{\rtf1\ansi\ansicpg4711 caf\'e9}") == (
        "entry.rtf: is in code page 4711, which is not read: "
        "open it in Word and save it again as .docx"
    )


@pytest.mark.parametrize("end", [-1, -200, 20, 6])
def test_a_document_cut_short_is_refused_wherever_it_ends(tmp_path, end):
    assert complaint(tmp_path, WORD[:end]) == (
        "entry.rtf: is an RTF document cut short (a group never ends): "
        "open it in Word and save it again"
    )


def test_what_is_something_else_is_told_as_that(tmp_path):
    assert complaint(tmp_path, b"Warm hubs.") == (
        "entry.rtf: is not an RTF document: open it in Word and save it again as .rtf"
    )
    assert complaint(tmp_path, b"%PDF-1.7") == (
        "entry.rtf: is a PDF, not an RTF document: give it a name that ends in .pdf"
    )


def test_a_document_without_words_is_empty(tmp_path):
    assert complaint(tmp_path, rb"{\rtf1\ansi\par }") == "entry.rtf: is empty: nothing to read"


@pytest.mark.parametrize("unit", [b"{", b"{}", rb"\'41", rb"\u65?", rb"{\*", b"\\", rb"\par "])
def test_marks_without_end_do_not_hang(unit):
    began = time.process_time()
    try:
        text(unit * 200_000)
    except InputError as error:
        assert "cut short" in str(error)
    assert time.process_time() - began < 10


PIECES = [b"{", b"}", b"\\", b"\\par ", b"\\u8217 ?", b"\\'e9", b"\\*", b"\\fonttbl", b"\\f1",
          b"\\fcharset128 ", b"\\bin3 ", b"\\footnote ", b"\\upr", b"\\ud ", b"\\uc-2 ", b"caf\xe9",
          b"\\shptxt ", b"\\u-99999 ", b"\\v "]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=4)))
def test_any_tokens_are_text_or_one_error(pieces):
    try:
        found = text(b"".join(pieces))
    except InputError as error:
        assert "\n" not in str(error)
    else:
        found.encode()  # no half of a character
