"""Patterns whose matches begin where a word does, searched as fast as those that begin anywhere.

A look behind at the head of a pattern would be tried at every character of a text, where a
pattern's first letters are looked for at a fraction of that; so where a match begins is looked at
once it is found.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import ClassVar, Protocol

# In Latin letters; an elided article may be glued to the word ("dhebergement").
WORD_BEGINS = r"(?:(?<![a-z])|(?<=(?<![a-z])[djln]))"
_BEGINS = re.compile(WORD_BEGINS)
_BEGINS_WHOLE = re.compile(WORD_BEGINS + r"\b")


class Pattern(Protocol):
    """What is searched in a text; ``re.Pattern`` is one."""

    def search(self, text: str, at: int = 0, to: int = ..., /) -> re.Match[str] | None: ...
    def match(self, text: str, at: int = 0, /) -> re.Match[str] | None: ...
    def finditer(self, text: str, at: int = 0, to: int = ..., /) -> Iterator[re.Match[str]]: ...


class _Late:
    """A pattern that is compiled when it is first searched: a text meets few of the thousands."""

    __slots__ = ("compiled", "pattern")
    flags: ClassVar[re.RegexFlag] = re.MULTILINE
    compiled: re.Pattern[str]

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __getattr__(self, name: str) -> re.Pattern[str]:
        """``compiled``, which is asked for here as long as it is missing."""
        if name != "compiled":
            raise AttributeError(name)
        self.compiled = re.compile(self.pattern, self.flags)
        return self.compiled

    def __reduce__(self) -> tuple[type[_Late], tuple[str | bool, ...]]:
        return type(self), (self.pattern,)


class AnyPattern(_Late):
    """What matches wherever it begins."""

    __slots__ = ()

    def search(self, text: str, at: int = 0, to: int = sys.maxsize, /) -> re.Match[str] | None:
        """As of ``re.Pattern``."""
        return self.compiled.search(text, at, to)

    def match(self, text: str, at: int = 0, /) -> re.Match[str] | None:
        """As of ``re.Pattern``."""
        return self.compiled.match(text, at)

    def finditer(self, text: str, at: int = 0, to: int = sys.maxsize, /) -> Iterator[re.Match[str]]:
        """As of ``re.Pattern``."""
        return self.compiled.finditer(text, at, to)


class TextPattern(AnyPattern):
    """The same, for which a text is one whole: ``^`` and ``$`` are its ends."""

    __slots__ = ()
    flags = re.NOFLAG


class WordPattern(_Late):
    """What matches where a word begins; ``whole``: and no letter of any writing before it."""

    __slots__ = ("begins",)

    def __init__(self, pattern: str, whole: bool = False) -> None:
        super().__init__(pattern)
        self.begins = _BEGINS_WHOLE if whole else _BEGINS

    def __reduce__(self) -> tuple[type[_Late], tuple[str | bool, ...]]:
        return type(self), (self.pattern, self.begins is _BEGINS_WHOLE)

    def search(self, text: str, at: int = 0, to: int = sys.maxsize, /) -> re.Match[str] | None:
        """As of ``re.Pattern``."""
        while found := self.compiled.search(text, at, to):
            if self.begins.match(text, found.start()):
                return found
            at = found.start() + 1
        return None

    def match(self, text: str, at: int = 0, /) -> re.Match[str] | None:
        """As of ``re.Pattern``."""
        return self.compiled.match(text, at) if self.begins.match(text, at) else None

    def finditer(self, text: str, at: int = 0, to: int = sys.maxsize, /) -> Iterator[re.Match[str]]:
        """As of ``re.Pattern``, but that an empty match next to another may be left out."""
        while at <= len(text) and (found := self.search(text, at, to)):
            yield found
            at = max(found.end(), found.start() + 1)


def word_pattern(pattern: str) -> WordPattern:
    """``pattern``, where it begins with a word."""
    if pattern.startswith(r"\b") and not bars_in(pattern):
        return WordPattern(pattern[2:], whole=True)
    return WordPattern(pattern)


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
