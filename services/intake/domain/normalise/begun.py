"""Patterns whose matches begin where a word does, searched as fast as those that begin anywhere.

A look behind at the head of a pattern would be tried at every character of a text, where a
pattern's first letters are looked for at a fraction of that; so where a match begins is looked at
once it is found.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

# In Latin letters; an elided article may be glued to the word ("dhebergement").
WORD_BEGINS = r"(?:(?<![a-z])|(?<=(?<![a-z])[djln]))"
_BEGINS = re.compile(WORD_BEGINS)
_BEGINS_WHOLE = re.compile(WORD_BEGINS + r"\b")


class Pattern(Protocol):
    """What is searched in a text; ``re.Pattern`` is one."""

    def search(self, text: str, at: int = 0, to: int = ..., /) -> re.Match[str] | None: ...
    def match(self, text: str, at: int = 0, /) -> re.Match[str] | None: ...
    def finditer(self, text: str, at: int = 0, to: int = ..., /) -> Iterator[re.Match[str]]: ...


@dataclass(frozen=True, slots=True)
class WordPattern:
    """What ``begins`` and ``anywhere`` in one pattern would find."""

    anywhere: re.Pattern[str]
    begins: re.Pattern[str] = _BEGINS

    def search(self, text: str, at: int = 0, to: int = sys.maxsize, /) -> re.Match[str] | None:
        """As of ``re.Pattern``."""
        while found := self.anywhere.search(text, at, to):
            if self.begins.match(text, found.start()):
                return found
            at = found.start() + 1
        return None

    def match(self, text: str, at: int = 0, /) -> re.Match[str] | None:
        """As of ``re.Pattern``."""
        return self.anywhere.match(text, at) if self.begins.match(text, at) else None

    def finditer(self, text: str, at: int = 0, to: int = sys.maxsize, /) -> Iterator[re.Match[str]]:
        """As of ``re.Pattern``, but that an empty match next to another may be left out."""
        while at <= len(text) and (found := self.search(text, at, to)):
            yield found
            at = max(found.end(), found.start() + 1)


def word_pattern(pattern: str) -> WordPattern:
    """``pattern``, where it begins with a word."""
    if pattern.startswith(r"\b") and not bars_in(pattern):
        return WordPattern(re.compile(pattern[2:], re.MULTILINE), _BEGINS_WHOLE)
    return WordPattern(re.compile(pattern, re.MULTILINE))


def bars_in(pattern: str) -> list[int]:
    """Where ``pattern`` parts its alternatives, outside of its groups."""
    depth = 0
    bars = []
    for at, sign in signs_in(pattern):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "|" and not depth:
            bars.append(at)
    return bars


def signs_in(pattern: str) -> Iterator[tuple[int, str]]:
    """Each sign of ``pattern`` and where it stands: a character, an escape or a class."""
    return ((m.start(), m.group()) for m in _SIGN.finditer(pattern))


_SIGN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def pattern_anywhere(pattern: str) -> Pattern:
    """``pattern``, wherever it begins."""
    return re.compile(pattern, re.MULTILINE)
