"""Alternatives of a pattern, each searched for itself: most of them cannot stand in a text.

A search for ``a|b|c`` tries every alternative at every character; of many, only those whose
literals stand in a text need be tried, and one alone is found by its first letters.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from services.intake.domain.normalise.begun import Pattern, bars_in, signs_in

_CAPTURES = re.compile(r"\((?!\?)|\(\?P<")
_FLAGS = re.compile(r"\(\?[a-zA-Z]")


def alternatives(pattern: str) -> list[str]:
    """What ``pattern`` chooses from, in its order; itself where it captures groups or sets flags.

    >>> alternatives(r"a|(?:b|c(?:d|e))|[|]")
    ['a', 'b', 'c(?:d|e)', '[|]']
    """
    captures = any(sign == "(" and _CAPTURES.match(pattern, at) for at, sign in signs_in(pattern))
    return [pattern] if captures or _FLAGS.match(pattern) else _split(pattern)


def _split(pattern: str) -> list[str]:
    if bars := bars_in(pattern):
        ways = map(slice, (0, *(bar + 1 for bar in bars)), (*bars, None))
        return [one for way in ways for one in _split(pattern[way])]
    edged = _EDGED.fullmatch(pattern)
    if edged is None or not _is_group(edged["group"]):
        return [pattern]
    return [f"{edged['before']}{one}{edged['after']}" for one in _split(edged["group"][3:-1])]


# A group with nothing but the edges of words around it, which are those of each alternative.
_EDGED = re.compile(r"(?P<before>(?:\\b)?)(?P<group>\(\?:.*\))(?P<after>(?:\\b)?)", re.DOTALL)


def _is_group(pattern: str) -> bool:
    """Is all of ``pattern`` one group, without a repetition?"""
    depth = 0
    for at, sign in signs_in(pattern):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if not depth:
            return at == len(pattern) - 1
    return False


@dataclass(frozen=True, slots=True)
class Choice:
    """What one pattern of all ``ways`` would find: the leftmost, of several there the first."""

    ways: tuple[Pattern, ...]

    def search(self, text: str, at: int = 0, to: int = sys.maxsize, /) -> re.Match[str] | None:
        """As of ``re.Pattern``."""
        best: re.Match[str] | None = None
        for way in self.ways:
            found = way.search(text, at, to)
            if found is not None and (best is None or found.start() < best.start()):
                best = found
        return best

    def match(self, text: str, at: int = 0, /) -> re.Match[str] | None:
        """As of ``re.Pattern``."""
        return next((m for way in self.ways if (m := way.match(text, at))), None)

    def finditer(self, text: str, at: int = 0, to: int = sys.maxsize, /) -> Iterator[re.Match[str]]:
        """As of ``re.Pattern``, but that an empty match next to another may be left out."""
        ahead = {way: m for way in self.ways if (m := way.search(text, at, to))}
        while ahead:
            found = min(ahead.values(), key=re.Match.start)
            yield found
            at = max(found.end(), found.start() + 1)
            for way in [way for way, m in ahead.items() if m.start() < at]:
                again = way.search(text, at, to) if at <= len(text) else None
                if again is None:
                    del ahead[way]
                else:
                    ahead[way] = again
