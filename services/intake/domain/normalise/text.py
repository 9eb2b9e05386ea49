"""Folded text: what the lexicons are matched against, with the way back to the words as written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

_SPECIAL = {"œ": "oe", "æ": "ae", "ß": "ss", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d"}
_BLANKS = "'’‘ʼ`´-‐‑‒–—_\u00a0\u202f\u2009\t\r\u200b"
_ABBREVIATED = r"(?<![ .\n][a-z])(?<!\bexp)(?<!\bmr)(?<!\bme)(?<!\bdr)(?<!\bmme)(?<!\bno)(?<!\btel)(?<!\bart)(?<!\bven)"
_ABBREVIATED += r"(?<!\bnum)(?<!\bnov)(?<!\bsept)(?<!\bjanv)(?<!\bfevr)(?<!\bjuil)(?<!\bdec)(?<!\bmat)(?<!\bbat)(?<!\bcell)"
_SENTENCE_END = re.compile(_ABBREVIATED + r"[.!?;](?=\s|$)|\n")


@lru_cache(maxsize=8192)
def _folded_char(char: str) -> str:
    if char in _BLANKS:
        return " "
    if char in _SPECIAL:
        return _SPECIAL[char]
    plain = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return plain.casefold()


def fold_words(text: str) -> str:
    """``text`` without case, accents, apostrophes and hyphens, blanks as one."""
    return " ".join("".join(map(_folded_char, text)).split())


def undouble(text: str) -> str:
    """Doubled Latin letters as one: people double them at random ("asile", "assile")."""
    return re.sub(r"([a-z])\1+", r"\1", text)


@dataclass(frozen=True)
class Folded:
    """A text and its folded form; ``at[i]`` is where the i-th folded character stands in ``raw``.

    Line ends are kept as one "\\n". ``memo`` keeps what was found in it, by the finder's name.
    """

    raw: str
    text: str
    at: tuple[int, ...]
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def words(self, start: int, end: int) -> str:
        """The words as written for the folded span from ``start`` to ``end`` (exclusive)."""
        if not self.at or start >= end or start >= len(self.at):
            return ""
        last = min(end, len(self.at)) - 1
        return self.raw[self.at[start] : self.at[last] + 1].strip()

    @cached_property
    def _bounds(self) -> tuple[int, ...]:
        return (0, *(m.end() for m in _SENTENCE_END.finditer(self.text)), len(self.text))

    def sentence(self, position: int) -> tuple[int, int]:
        """Start and end, in the folded text, of the sentence that holds ``position``."""
        start = 0
        for bound in self._bounds:
            if bound > position:
                return start, bound
            start = bound
        return start, len(self.text)


@lru_cache(maxsize=32)
def fold(raw: str, *, loose: bool = False) -> Folded:
    """Fold ``raw``; with ``loose``, doubled letters too (for lexicons, not for names)."""
    chars: list[str] = []
    at: list[int] = []
    before = "\n"
    for index, char in enumerate(raw):
        if "a" <= char <= "z" and (char != before or not loose):  # by far the most frequent
            chars.append(char)
            at.append(index)
            before = char
            continue
        for piece in "\n" if char == "\n" else _folded_char(char):
            if piece in " \n":
                if before == "\n" or (before == " " and piece == " "):
                    continue
                if before == " ":  # a blank before a line end: the line end stays
                    chars[-1] = before = "\n"
                    continue
            elif loose and piece == before and "a" <= piece <= "z":
                at[-1] = index
                continue
            chars.append(piece)
            at.append(index)
            before = piece
    return Folded(raw=raw, text="".join(chars), at=tuple(at))
