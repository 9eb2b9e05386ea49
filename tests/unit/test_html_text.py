"""The words of a page are read whatever is wrong with it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.html_text import html_text

WORDS = "Mon frère veut mourir"


@pytest.mark.parametrize(
    "page",
    [
        f"<html><head><title>x</title><p>{WORDS}",
        f"<head><style>p {{color:red}}</style>{WORDS}",
        f"<title>aide<body>{WORDS}",
        f"<style>p {{color:red}} <p>{WORDS}</p>",
        f"<style>p {{}} <p>{WORDS}</p><style>b {{}}</style>",
        f"<script>var a; <p>{WORDS}</p>",
        f"<!-- début <p>{WORDS}</p>",
        f"<!-- début <p>{WORDS}</p><!-- fin -->",
        f'<a href="x>{WORDS} <b title="y">ici</b>',
        f'<p style="color:red>{WORDS}',
        f"{WORDS} <b",
        f"<![<![{WORDS}",
        f"<!doctype html><![if !mso]>{WORDS}<![endif]>",
        f"<textarea>{WORDS}",
    ],
)
def test_a_page_that_is_never_closed_hides_nothing(page: str):
    assert WORDS in html_text(page)


@pytest.mark.parametrize(
    "hidden",
    [
        "<title>mourir</title>",
        "<style><!-- mourir { color: red } --></style>",
        "<SCRIPT type='x'>if (a < b) mourir()</SCRIPT >",
        "<!-- mourir -->",
        "<!--[if mso]><p>mourir</p><![endif]-->",
        "<img alt='a > b' title=mourir>",
    ],
)
def test_what_a_browser_hides_is_not_read(hidden: str):
    assert html_text(f"<p>Bonjour</p>{hidden}<p>Ali</p>").split() == ["Bonjour", "Ali"]


def test_blocks_begin_lines_cells_are_apart_and_quotes_are_marked():
    page = "<p>Nom&nbsp;:</p><table><tr><td>Ali<td>Diarra</table>un<br>deux<blockquote>trois"

    assert html_text(page) == "Nom\xa0:\n Ali Diarraun\ndeux\n> trois"


def test_an_address_in_angle_brackets_is_no_tag():
    assert html_text("<ana@b.example> a < b <https://c.example/>") == (
        "<ana@b.example> a < b <https://c.example/>"
    )


@pytest.mark.parametrize(
    "piece", ["<!--", "<style>", '<a "', "<a '\"", "<script></script", "<title><p", "<", "&#", "<!"]
)
def test_a_page_made_to_take_long_does_not(piece: str):
    began = time.process_time()

    html_text(piece * (300_000 // len(piece)) + "--></style></title>")

    assert time.process_time() - began < 2


@given(st.text(alphabet="<>!-/\"'=& abstyle\n", max_size=200))
def test_any_text_is_taken(page: str):
    assert isinstance(html_text(page), str)
