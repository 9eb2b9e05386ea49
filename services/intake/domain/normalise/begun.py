"""Patterns whose matches begin where a word does, searched as fast as those that begin anywhere.

A look behind at the head of a pattern would be tried at every character of a text, where a
pattern's first letters are looked for at a fraction of that; so where a match begins is looked at
once it is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

# In Latin letters; an elided article may be glued to the word ("dhebergement").
WORD_BEGINS = r"(?:(?<![a-z])|(?<=(?<![a-z])[djln]))"
_BEGINS = re.compile(WORD_BEGINS)


class Pattern(Protocol):
    """What is searched in a text; ``re.Pattern`` is one."""

    def search(self, text: str, at: int = 0, /) -> re.Match[str] | None: ...
    def match(self, text: str, at: int = 0, /) -> re.Match[str] | None: ...
    def finditer(self, text: str, /) -> Iterator[re.Match[str]]: ...


@dataclass(frozen=True, slots=True)
class WordPattern:
    """What ``WORD_BEGINS`` and ``anywhere`` in one pattern would find."""

    anywhere: re.Pattern[str]

    def search(self, text: str, at: int = 0, /) -> re.Match[str] | None:
        """As of ``re.Pattern``."""
        while found := self.anywhere.search(text, at):
            if _BEGINS.match(text, found.start()):
                return found
            at = found.start() + 1
        return None

    def match(self, text: str, at: int = 0, /) -> re.Match[str] | None:
        """As of ``re.Pattern``."""
        return self.anywhere.match(text, at) if _BEGINS.match(text, at) else None

    def finditer(self, text: str, /) -> Iterator[re.Match[str]]:
        """As of ``re.Pattern``, but that an empty match next to another may be left out."""
        at = 0
        while at <= len(text) and (found := self.search(text, at)):
            yield found
            at = max(found.end(), found.start() + 1)


def word_pattern(pattern: str) -> WordPattern:
    """``pattern``, where it begins with a word."""
    return WordPattern(re.compile(pattern, re.MULTILINE))


def pattern_anywhere(pattern: str) -> Pattern:
    """``pattern``, wherever it begins."""
    return re.compile(pattern, re.MULTILINE)
