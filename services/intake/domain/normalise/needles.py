"""Literals that a pattern cannot match without: a cheap test before a costly search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEAST = 3  # shorter literals stand in nearly every text
_MOST = 80  # so many literals are still looked up faster than a pattern is searched
_ZERO_WIDTH = frozenset("bBAZ")
Needles = frozenset[str]
_NONE: Needles = frozenset()


def needles(pattern: str) -> Needles:
    """Literals of which every match of ``pattern`` contains at least one; empty if none is known.

    Reads groups of choices, plain characters and what may repeat; classes, escapes and what may
    be missing only end a literal.
    """
    found, end = _choice(pattern, 0)
    if end != len(pattern):
        raise ValueError(f"a group is closed twice in {pattern!r}")
    return found


def _choice(pattern: str, index: int) -> tuple[Needles, int]:
    """The literals of alternatives up to the closing bracket or the end, and where they end."""
    branches: list[Needles] = []
    while True:
        found, index = _sequence(pattern, index)
        branches.append(found)
        if index >= len(pattern) or pattern[index] != "|":
            break
        index += 1
    whole = frozenset[str]().union(*branches)
    return (whole if all(branches) and len(whole) <= _MOST else _NONE), index


def _sequence(pattern: str, index: int) -> tuple[Needles, int]:
    """The best literals of one alternative."""
    best, run = _NONE, ""
    while index < len(pattern) and pattern[index] not in "|)":
        char = pattern[index]
        if char == "(":
            inner, index = _group(pattern, index)
            optional, index = _repeat(pattern, index)
            best, run = _better(best, _of(run)), ""
            best = best if optional else _better(best, inner)
        elif char == "\\" and pattern[index + 1] in _ZERO_WIDTH:
            index += 2
        elif char in "\\[.^$":
            index = (
                _class_end(pattern, index) if char == "[" else index + (2 if char == "\\" else 1)
            )
            _, index = _repeat(pattern, index)
            best, run = _better(best, _of(run)), ""
        else:
            optional, after = _repeat(pattern, index + 1)
            repeated = after > index + 1
            run += "" if optional else char
            if repeated:
                best, run = _better(best, _of(run)), ""
            index = after
    return _better(best, _of(run)), index


def _group(pattern: str, index: int) -> tuple[Needles, int]:
    """The literals of a group, none if it only looks around, and what follows its bracket."""
    looks = re.match(r"\(\?(?:[=!]|<[=!])", pattern[index : index + 4])
    opening = re.match(r"\((?:\?(?::|[=!]|<[=!]|P<\w+>))?", pattern[index:])
    inner, end = _choice(pattern, index + (opening.end() if opening else 1))
    if end >= len(pattern):
        raise ValueError(f"a group is left open in {pattern!r}")
    return (_NONE if looks else inner), end + 1


def _repeat(pattern: str, index: int) -> tuple[bool, int]:
    """Whether what stands before may be missing, and where its quantifier ends."""
    if index >= len(pattern) or pattern[index] not in "?*+{":
        return False, index
    char = pattern[index]
    end = pattern.index("}", index) + 1 if char == "{" else index + 1
    optional = char in "?*" or pattern.startswith("{0", index)
    if end < len(pattern) and pattern[end] in "?+":
        end += 1
    return optional, end


def _class_end(pattern: str, index: int) -> int:
    match = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]").match(pattern, index)
    if match is None:
        raise ValueError(f"a class is left open in {pattern!r}")
    return match.end()


def _of(run: str) -> Needles:
    return frozenset({run}) if len(run.strip()) >= LEAST else _NONE


def _better(one: Needles, other: Needles) -> Needles:
    """The set that tells more: fewer literals, then longer ones."""
    if not one or not other:
        return one or other
    return min(one, other, key=lambda s: (len(s) > 3, -min(map(len, s)), len(s)))


@dataclass(frozen=True, slots=True)
class Finder:
    """Several patterns searched at the cost of those that may match."""

    needled: Sequence[tuple[tuple[str, ...], re.Pattern[str]]]
    others: re.Pattern[str] | None

    @classmethod
    def of(cls, patterns: Iterable[str]) -> Finder:
        """A finder of ``patterns``, written for folded text."""
        needled, others = [], []
        for pattern in patterns:
            if literals := needles(pattern):
                needled.append((tuple(literals), re.compile(pattern, re.MULTILINE)))
            else:
                others.append(f"(?:{pattern})")
        rest = re.compile("|".join(others), re.MULTILINE) if others else None
        return cls(tuple(needled), rest)

    def matches(self, text: str) -> list[re.Match[str]]:
        """All matches in ``text``, by their start; empty ones left out."""
        found: list[re.Match[str]] = []
        for literals, pattern in self.needled:
            for literal in literals:
                if literal in text:
                    found.extend(pattern.finditer(text))
                    break
        if self.others is not None:
            found.extend(self.others.finditer(text))
        if len(found) > 1:
            found.sort(key=lambda m: m.start())
        return [m for m in found if m.end() > m.start()]

    def first(self, text: str) -> re.Match[str] | None:
        """The first match in ``text``, by its start."""
        return next(iter(self.matches(text)), None)
