"""Literals that a pattern cannot match without: a cheap test before a costly search."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from services.intake.domain.normalise.begun import Pattern, pattern_anywhere
from services.intake.domain.normalise.text import Folded

LEAST = 3  # shorter literals stand in nearly every text
_GRAM = 4
_SHORT = ""  # where literals of fewer characters are filed
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
    return (frozenset[str]().union(*branches) if all(branches) else _NONE), index


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


class Literals:
    """Tells which of many patterns may match in a text, at the cost of the text's length.

    Each literal is filed under its rarest four characters, those of a text are looked up; the few
    that are shorter are searched.
    """

    def __init__(self) -> None:
        self._owners: dict[str, list[tuple[Finder, int]]] = {}

    def file(self, literals: Needles, finder: Finder, index: int) -> None:
        """Note that the pattern ``index`` of ``finder`` needs one of ``literals``."""
        for literal in literals:
            self._owners.setdefault(literal, []).append((finder, index))

    @cached_property
    def _filed(self) -> Mapping[str, Sequence[tuple[str, Sequence[tuple[Finder, int]]]]]:
        common = Counter(gram for literal in self._owners for gram in _grams(literal))
        filed: dict[str, list[tuple[str, Sequence[tuple[Finder, int]]]]] = {}
        for literal, owners in self._owners.items():
            gram = min(sorted(_grams(literal)), key=common.__getitem__, default=_SHORT)
            filed.setdefault(gram, []).append((literal, owners))
        return filed

    def met(self, text: Folded) -> Mapping[Finder, Sequence[Pattern]]:
        """For each finder of which a literal stands in ``text``, the patterns that may match."""
        known: Mapping[Finder, Sequence[Pattern]] | None = text.memo.get(self)
        if known is None:
            met = self._met(text.text)
            known = {finder: finder.among(indices) for finder, indices in met.items()}
            text.memo[self] = known
        return known

    def _met(self, text: str) -> Mapping[Finder, set[int]]:
        met: dict[Finder, set[int]] = {}
        for gram in self._filed.keys() & (_grams(text) | {_SHORT}):
            for literal, owners in self._filed[gram]:
                if literal in text:
                    for finder, index in owners:
                        met.setdefault(finder, set()).add(index)
        return met


def _grams(text: str) -> set[str]:
    return {text[i : i + _GRAM] for i in range(len(text) - _GRAM + 1)}


class Finder:
    """Several patterns searched at the cost of those that may match."""

    def __init__(
        self,
        patterns: Iterable[str],
        literals: Literals,
        compiled: Callable[[str], Pattern] = pattern_anywhere,
    ) -> None:
        """A finder of ``patterns``, written for folded text; ``literals`` is shared by many."""
        self._literals = literals
        self._always: set[int] = set()
        self.patterns: list[Pattern] = []
        for index, pattern in enumerate(patterns):
            self.patterns.append(compiled(pattern))
            if needed := needles(pattern):
                literals.file(needed, self, index)
            else:
                self._always.add(index)

    def among(self, indices: set[int]) -> Sequence[Pattern]:
        """The patterns that may match where the literals of those at ``indices`` stand."""
        return [self.patterns[index] for index in sorted(indices | self._always)]

    @cached_property
    def _without_literals(self) -> Sequence[Pattern]:
        return self.among(set())

    def likely(self, text: Folded) -> Sequence[Pattern]:
        """The patterns that may match in ``text``, in their order."""
        return self._literals.met(text).get(self, self._without_literals)

    def matches(self, text: Folded) -> list[re.Match[str]]:
        """All matches in ``text``, by their start; empty ones left out."""
        likely = self.likely(text)
        if not likely:
            return []
        found = [m for p in likely for m in p.finditer(text.text) if m.end() > m.start()]
        return sorted(found, key=re.Match.start) if len(found) > 1 else found

    def first(self, text: Folded) -> re.Match[str] | None:
        """The first match in ``text``, by its start."""
        return first_of(self.likely(text), text.text)


def first_of(patterns: Iterable[Pattern], part: str, at: int = 0) -> re.Match[str] | None:
    """The first match, from ``at`` on, of any of ``patterns`` in a part of the text."""
    found = (m for p in patterns if (m := p.search(part, at)))
    return min(found, key=re.Match.start, default=None)


def in_turn(patterns: Sequence[Pattern], part: str) -> Iterator[re.Match[str]]:
    """The matches of any of ``patterns`` in a part of the text, none overlapping another."""
    at = 0
    while patterns and at <= len(part) and (match := first_of(patterns, part, at)):
        yield match
        at = max(match.end(), match.start() + 1)
