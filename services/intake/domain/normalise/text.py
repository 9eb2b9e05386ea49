"""Folded text: what the lexicons are matched against, with the way back to the words as written."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from anyascii import anyascii

from services.intake.domain.normalise.begun import Pattern
from services.intake.domain.normalise.patience import go_on

_SPECIAL = {
    "œ": "oe",
    "æ": "ae",
    "ß": "ss",
    "ı": "i",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "。": ".",
}
_BLANKS = "'’‘ʼ`´-‐‑‒–—_\u00a0\u202f\u2009\t\r\u200b"
LONGEST_SENTENCE = 1500  # characters; many people write without any full stop
_SENTENCE_END = re.compile(r"[.!?;](?=[\s\u4e00-\u9fff]|$)|\n")
_ABBREVIATIONS = frozenset(
    {
        "exp",
        "mr",
        "me",
        "dr",
        "mme",
        "no",
        "tel",
        "art",
        "ven",
        "num",
        "nov",
        "sept",
        "janv",
        "fevr",
        "juil",
        "dec",
        "mat",
        "bat",
        "cell",
        "env",
        "cf",
        "av",
        "ch",
        "instr",
        "corr",
        "trib",
        "aud",
        "ord",
        "jgt",
        "cass",
        "pref",
    }
)


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
    folded = text.translate(_TABLE)
    if _ODD in folded:
        folded = "".join(map(_folded_char, text))
    return " ".join(folded.split())


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
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def words(self, start: int, end: int) -> str:
        """The words as written for the folded span from ``start`` to ``end`` (exclusive)."""
        if not self.at or start >= end or start >= len(self.at):
            return ""
        last = min(end, len(self.at)) - 1
        return self.raw[self.at[start] : self.at[last] + 1].strip()

    def has(self, pattern: Pattern, low: int, high: int) -> bool:
        """Is ``pattern``, which is kept as long as this text, met from ``low`` to ``high``?

        Asked for every word that stands in a sentence, the sentence is searched once.
        """
        part = (id(pattern), low, high)
        met = self.memo.get(part)
        if met is None:
            met = self.memo[part] = pattern.search(self.text, low, high) is not None
        return bool(met)

    @cached_property
    def _bounds(self) -> tuple[int, ...]:
        ends = [m.end() for m in _SENTENCE_END.finditer(self.text) if self._closes(m)]
        return (0, *self._no_endless([*ends, len(self.text)]))

    def _no_endless(self, ends: Sequence[int]) -> Iterator[int]:
        """``ends``, and others between words where a text goes on long without any."""
        start = 0
        for end in ends:
            while end - start > LONGEST_SENTENCE:
                limit = start + LONGEST_SENTENCE
                start = self.text.rfind(" ", start, limit) + 1 or limit
                yield start
            start = end
            yield end

    def _closes(self, match: re.Match[str]) -> bool:
        """Does a sign end a sentence, and not an initial or an abbreviation?"""
        if match.group(0) != ".":
            return True
        word = self.text[max(0, match.start() - 6) : match.start()].split(" ")[-1].split("\n")[-1]
        return word not in _ABBREVIATIONS and not (len(word) == 1 and word.isalpha())

    def sentence(self, position: int) -> tuple[int, int]:
        """Start and end, in the folded text, of the sentence that holds ``position``."""
        go_on()
        after = bisect_right(self._bounds, position)
        if after == len(self._bounds):
            return self._bounds[-1], len(self.text)
        return self._bounds[max(0, after - 1)], self._bounds[after]


class _Latin(dict[int, str]):
    """Characters in Latin letters, by code point."""

    def __missing__(self, code: int) -> str:
        self[code] = anyascii(chr(code))
        return self[code]


_LATIN = _Latin()


def latin_letters(text: str) -> str:
    """``text`` transliterated, character by character."""
    return text if text.isascii() else text.translate(_LATIN)


class _Table(dict[int, str]):
    """Folded forms by code point; characters that fold to none or several are ``_ODD``."""

    def __missing__(self, code: int) -> str:
        folded = "\n" if code == 10 else _folded_char(chr(code))
        self[code] = folded if len(folded) == 1 else _ODD
        return self[code]


_ODD = "\uffff"
_TABLE = _Table()
# A machine's misreadings: digits inside a word, a letter inside a number ("séj0ur", "2O26").
_MISREAD = re.compile(r"(?<=[a-z])[01]+(?=[a-z])|(?<=[a-z]{3})1\b|(?<=\d)o(?=\d)")
_VOWELS = frozenset("aeiouy")
_BLANK_RUN = re.compile(r"\A[ \n]+| *\n[ \n]*|  +")
_DOUBLED = re.compile(r"([a-z])\1+")


@lru_cache(maxsize=32)
def fold(raw: str, *, loose: bool = False) -> Folded:
    """Fold ``raw``; with ``loose``, doubled letters too (for lexicons, not for names)."""
    if loose:
        return _undoubled(fold(raw))
    folded = raw.translate(_TABLE)
    places: Sequence[int] = range(len(raw))
    if _ODD in folded:
        folded, places = _by_char(raw)
    folded = _MISREAD.sub(_reread, folded)
    return _without(raw, folded, places, _BLANK_RUN)


def _reread(match: re.Match[str]) -> str:
    """The signs that were meant: 1 is an l beside a vowel, else an i; the length stays."""
    if match.group(0) == "o":
        return "0"
    around = match.string[match.start() - 1] + match.string[match.end() : match.end() + 1]
    one = "l" if _VOWELS & set(around) else "i"
    return match.group(0).replace("0", "o").replace("1", one)


def _undoubled(plain: Folded) -> Folded:
    return _without(plain.raw, plain.text, plain.at, _DOUBLED)


def _without(raw: str, text: str, places: Sequence[int], runs: re.Pattern[str]) -> Folded:
    """``text`` with each run as one character: a line end if it has one, else its last."""
    pieces: list[str] = []
    at: list[int] = []
    done = 0
    for match in runs.finditer(text):
        start, end = match.span()
        pieces.append(text[done:start])
        at.extend(places[done:start])
        if start > 0 or runs is not _BLANK_RUN:
            pieces.append("\n" if "\n" in match.group(0) else text[end - 1])
            at.append(places[end - 1])
        done = end
    pieces.append(text[done:])
    at.extend(places[done:])
    return Folded(raw=raw, text="".join(pieces), at=tuple(at))


def _by_char(raw: str) -> tuple[str, list[int]]:
    chars: list[str] = []
    at: list[int] = []
    for index, char in enumerate(raw):
        for piece in "\n" if char == "\n" else _folded_char(char):
            chars.append(piece)
            at.append(index)
    return "".join(chars), at
