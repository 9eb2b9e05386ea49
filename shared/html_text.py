"""The words of an HTML page: those that a browser shows, and those that its faults would hide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

# What opens a hidden stretch: what closes it, and what shows that it was never closed.
_HIDDEN = {
    "<!--": (re.compile(r"--!?>"), re.compile(r"<!--")),
    "<script": (
        re.compile(r"</script(?=[\s/>])", re.IGNORECASE),
        re.compile(r"<script[\s/>]", re.I),
    ),
    "<style": (
        re.compile(r"</style(?=[\s/>])", re.IGNORECASE),
        re.compile(r"</?(?:head|body|style|p|div|table|tr|td|br|span|font|a|b)[\s/>]", re.I),
    ),
    "<title": (re.compile(r"</title(?=[\s/>])", re.IGNORECASE), re.compile(r"</?[a-z]", re.I)),
}
_OPENS = re.compile(r"<!--|<(?:script|style|title)(?=[\s/>])", re.IGNORECASE)
_NAME = r"</?([a-z][a-z0-9-]{0,30}(?::[a-z][\w-]{0,30})?)(?=[\s/>])"
_TAG = re.compile(
    rf"""{_NAME}(?:"[^"<]*"|'[^'<]*'|[^'"<>])*+>|{_NAME}[^<>]*+>|<[!?][^<>]*+>""", re.IGNORECASE
)
_NEW_LINE = frozenset(
    {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
)
_BETWEEN = {"td": " ", "th": " "}


def html_text(html: str) -> str:
    """The words of ``html``, a line a block, quotes beginning with ``>``; any text is taken.

    A comment, style or title that is never closed hides nothing, nor does a tag.
    """
    return "".join(_pieces("".join(_shown(html)))).strip()


def _shown(html: str) -> Iterator[str]:
    """``html`` without its hidden stretches, in one pass."""
    at = 0
    ends: dict[str, re.Match[str] | None] = {}  # the next end of each kind, looked for once
    while (opens := _OPENS.search(html, at)) is not None:
        yield html[at : opens.start()]
        kind, at = opens.group(0).lower(), opens.end()
        closes, shows_none = _HIDDEN[kind]
        end = ends.get(kind)
        if kind not in ends or (end is not None and end.start() < at):
            end = ends[kind] = closes.search(html, at)
        if end is not None and not shows_none.search(html, at, end.start()):
            at = end.end()
        if kind != "<!--":
            at = _after_tag(html, at)
    yield html[at:]


def _after_tag(html: str, at: int) -> int:
    """Where the tag ends in which ``at`` stands; there, if it does not end before another."""
    end, other = html.find(">", at), html.find("<", at)
    return at if end < 0 or 0 <= other < end else end + 1


def _pieces(html: str) -> Iterator[str]:
    at = 0
    for tag in _TAG.finditer(html):
        yield unescape(html[at : tag.start()])
        at = tag.end()
        name = (tag[1] or tag[2] or "").lower()
        if name in _NEW_LINE and html[tag.start() + 1] != "/":
            yield "\n> " if name == "blockquote" else "\n"
        yield _BETWEEN.get(name, "")
    yield unescape(html[at:])
