"""Volunteers read French: no word of the code, and none of plain English, stands on any page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import EnumType
from itertools import chain

from playwright.sync_api import Page

from shared import deadlines
from shared.contracts import vocabulary
from tests.page.desk import CAMILLE, Desk
from tests.page.every_page import every_page

# All that a page shows or says, but for what came from outside: texts, quotes, file names.
SHOWN = """() => {
    document.querySelectorAll('details').forEach(one => { one.open = true })
    const page = document.body.cloneNode(true)
    page.querySelectorAll('.original, .files, q, mark, summary bdi').forEach(one => one.remove())
    const said = ['placeholder', 'aria-label', 'title', 'alt'].flatMap(
        name => [...page.querySelectorAll(`[${name}]`)].map(one => one.getAttribute(name)))
    const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT)
    const texts = [document.title]
    while (walker.nextNode()) texts.push(walker.currentNode.nodeValue)
    return texts.concat(said).map(text => text.trim()).filter(text => text)
}"""
WORD = re.compile(r"[^\W\d]+(?:[_-][^\W\d]+)*")
PLAIN = frozenset(
    """
    and April are August authority before by card day days deadline December escort father for
    from given hour hours issue January July June law letter line matter mother March not of
    October other pronouncement registry reply request same see September sister staff summons
    the this unknown voicemail was with without
    """.split()  # noqa: SIM905 - read as prose
)


def _words(*texts: str) -> set[str]:
    return set(chain.from_iterable(map(WORD.findall, texts)))


def _identifiers() -> set[str]:
    """The words of the code that are no French words; languages’ codes apart."""
    kinds = [one for one in vars(vocabulary).values() if isinstance(one, EnumType)]
    words = [word for kind in kinds if kind is not vocabulary.Language for word in kind]
    labels = _words(*(getattr(word, "label", "").casefold() for word in words))
    others = (deadlines.Nature, deadlines.Counting, deadlines.Unit, deadlines.Confidence)
    known = {word.value for word in [*words, *chain.from_iterable(others)]}
    return {one for one in known - labels if len(one) > 2} - {"extension", "interruption", "urgent"}


IDENTIFIERS = _identifiers()


def _english(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for word in WORD.findall(text):
            lower = word.casefold()
            if word in PLAIN or lower in PLAIN or lower in IDENTIFIERS or "_" in word:
                yield f"{word} in « {text[:80]} »"


def _rest(page: Page, desk: Desk) -> Iterator[str]:
    """Each sample request, case and deadline."""
    seen = {f"/demandes/{one}" for one in desk.system.ids.values()}
    for address in ("/echeances", "/echeances?vue=depassees", "/suivis"):
        page.goto(address)
        seen |= set(page.locator(".row h2 a").evaluate_all("all => all.map(a => a.pathname)"))
    for address in sorted(seen):
        page.goto(address)
        yield address


def test_no_page_shows_a_word_of_the_code_or_of_english(desk: Desk):
    found: dict[str, list[str]] = {}
    for address, page in every_page(desk, "desktop"):
        if english := list(_english(page.evaluate(SHOWN))):
            found[address] = english
    page = desk.of(CAMILLE)
    for address in _rest(page, desk):
        if english := list(_english(page.evaluate(SHOWN))):
            found[address] = english

    assert found == {}


def test_a_word_of_the_code_is_found_where_it_stands():
    told = ["Registry, date inconnue", "notification", "Oui", "OQTF", "un needs_review de trop"]

    assert list(_english(told)) == [
        "Registry in « Registry, date inconnue »",
        "needs_review in « un needs_review de trop »",
    ]
