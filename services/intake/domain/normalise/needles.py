"""Literals that a pattern cannot match without: a cheap test before a costly search."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from ahocorasick import Automaton

from services.intake.domain.normalise.begun import AnyPattern, Pattern, TextPattern
from services.intake.domain.normalise.bounded import bounded
from services.intake.domain.normalise.choices import Choice, alternatives
from services.intake.domain.normalise.patience import go_on
from services.intake.domain.normalise.text import Folded

LEAST = 2  # a single letter stands in nearly every text
_LETTERS = 5.0  # as many that are as likely as another to follow
_COMMON = 0.02  # what is met in nearly every text costs more to look for than it spares
_ZERO_WIDTH = frozenset("bBAZ")
# Literals of which every match contains at least one.
Clause = frozenset[str]
# For each way to match, the clauses that hold of it, the one that tells most first.
Needs = tuple[tuple[Clause, ...], ...]


def needs(pattern: str) -> Needs:
    """What a match of ``pattern`` contains, by its alternatives; empty if one needs nothing.

    Reads groups of choices, plain characters and what may repeat; classes, escapes and what may
    be missing only end a literal.
    """
    ways, end = _choice(pattern, 0)
    if end != len(pattern):
        raise ValueError(f"a group is closed twice in {pattern!r}")
    return tuple(map(tuple, ways)) if all(ways) else ()


def _choice(pattern: str, index: int) -> tuple[list[list[Clause]], int]:
    """The clauses of each alternative up to the closing bracket or the end, and where that is."""
    ways: list[list[Clause]] = []
    while True:
        clauses, index = _sequence(pattern, index)
        ways.append(clauses)
        if index >= len(pattern) or pattern[index] != "|":
            return ways, index
        index += 1


def _sequence(pattern: str, index: int) -> tuple[list[Clause], int]:
    """The clauses of one alternative, the one that tells most first."""
    clauses: list[Clause] = []
    run = ""
    while index < len(pattern) and pattern[index] not in "|)":
        char, ends_run = pattern[index], True
        if char == "(":
            inner, index = _group(pattern, index)
            optional, index = _repeat(pattern, index)
            clauses += [] if optional else inner
        elif char == "\\" and pattern[index + 1] in _ZERO_WIDTH:
            index, ends_run = index + 2, False
        elif char in "\\[.^$":
            end = _class_end(pattern, index) if char == "[" else index + 1 + (char == "\\")
            _, index = _repeat(pattern, end)
        else:
            optional, end = _repeat(pattern, index + 1)
            run += "" if optional else char
            index, ends_run = end, end > index + 1
        if ends_run:
            clauses += _of(run)
            run = ""
    return sorted([*clauses, *_of(run)], key=_commonness), index


def _group(pattern: str, index: int) -> tuple[list[Clause], int]:
    """The clauses of a group, none if it only looks around, and what follows its bracket."""
    looks = re.match(r"\(\?(?:[=!]|<[=!])", pattern[index : index + 4])
    opening = re.match(r"\((?:\?(?::|[=!]|<[=!]|P<\w+>))?", pattern[index:])
    ways, end = _choice(pattern, index + (opening.end() if opening else 1))
    if end >= len(pattern):
        raise ValueError(f"a group is left open in {pattern!r}")
    if looks or not all(ways):
        return [], end + 1
    if len(ways) == 1:
        return ways[0], end + 1
    return [frozenset[str]().union(*(clauses[0] for clauses in ways))], end + 1


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


def _of(run: str) -> list[Clause]:
    return [frozenset({run})] if len(run.strip()) >= LEAST else []


def _commonness(clause: Clause) -> float:
    """How many texts have one of the literals, by a rough measure: few have a long one."""
    return sum(_LETTERS ** -len(literal) for literal in clause)


class Literals:
    """Tells which of many patterns may match in a text, which is read once for all of them."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._filed: dict[str, list[tuple[Finder, int, Sequence[Clause]]]] = {}
        self._automaton: Automaton | None = None

    def file(self, needed: Needs, finder: Finder, index: int) -> None:
        """Note what the pattern ``index`` of ``finder`` needs."""
        self._automaton = None
        for first, *rest in needed:
            others = [clause for clause in rest if _commonness(clause) < _COMMON]
            self._known |= first.union(*others)
            for literal in first:
                self._filed.setdefault(literal, []).append((finder, index, others))

    def met(self, text: Folded) -> Mapping[Finder, set[int]]:
        """The patterns that may match in ``text`` for what they need, by their finders."""
        known: Mapping[Finder, set[int]] | None = text.memo.get(self)
        if known is None:
            known = text.memo[self] = self.met_in(text.text)
        return known

    def met_in(self, part: str) -> Mapping[Finder, set[int]]:
        """The same of a part of a text."""
        if not self._known:
            return {}
        automaton = self._automaton = self._automaton or _automaton_of(self._known)
        there = {literal for _, literal in automaton.iter(part)}
        met: dict[Finder, set[int]] = {}
        for literal in there & self._filed.keys():
            for finder, index, others in self._filed[literal]:
                if not any(map(there.isdisjoint, others)):
                    met.setdefault(finder, set()).add(index)
        return met


def _automaton_of(literals: Iterable[str]) -> Automaton:
    automaton = Automaton()
    for literal in literals:
        automaton.add_word(literal, literal)
    automaton.make_automaton()
    return automaton


class Finder:
    """Several patterns searched at the cost of those that may match."""

    def __init__(
        self,
        patterns: Iterable[str],
        literals: Literals,
        compiled: Callable[[str], Pattern] = AnyPattern,
    ) -> None:
        """A finder of ``patterns``, written for folded text; ``literals`` is shared by many."""
        self._literals = literals
        self._always: set[int] = set()
        self.ways: list[Pattern] = []
        self._patterns: list[int] = []  # by way, the number of the pattern it is one of
        for number, pattern in enumerate(patterns):
            for way in alternatives(pattern):
                self._file(way)
                self.ways.append(compiled(way))
                self._patterns.append(number)

    def _file(self, way: str) -> None:
        if needed := needs(way):
            self._literals.file(needed, self, len(self.ways))
        else:
            self._always.add(len(self.ways))

    @property
    def always(self) -> bool:
        """Does it have a pattern that may match in any text, for want of a literal?"""
        return bool(self._always)

    def likely(self, text: Folded) -> Sequence[Pattern]:
        """The patterns that may match in ``text``, in their order; of each, what may.

        They are kept as long as ``text`` is.
        """
        met = self._literals.met(text)
        if self not in met:
            return self._without_literals
        key = (Finder, self)
        known: Sequence[Pattern] | None = text.memo.get(key)
        if known is None:
            known = text.memo[key] = self.among(met)
        return known

    def among(self, met: Mapping[Finder, set[int]]) -> Sequence[Pattern]:
        """Those of its patterns that may match where ``met`` was, in their order."""
        indices = met.get(self)
        if indices is None:
            return self._without_literals
        return self._of(sorted(indices | self._always))

    @cached_property
    def _without_literals(self) -> Sequence[Pattern]:
        return self._of(sorted(self._always))

    def _of(self, indices: Sequence[int]) -> Sequence[Pattern]:
        """The patterns of which ``indices``, in order, are ways."""
        if len(indices) == 1:
            return [self.ways[indices[0]]]
        by_pattern: dict[int, list[Pattern]] = {}
        for index in indices:
            by_pattern.setdefault(self._patterns[index], []).append(self.ways[index])
        return [w[0] if len(w) == 1 else Choice(tuple(w)) for w in by_pattern.values()]

    def matches(self, text: Folded) -> list[re.Match[str]]:
        """All matches in ``text``, by their start; empty ones left out."""
        go_on()
        likely = self.likely(text)
        if not likely:
            return []
        found = [m for p in likely for m in p.finditer(text.text) if m.end() > m.start()]
        return sorted(found, key=re.Match.start) if len(found) > 1 else found

    def first(self, text: Folded) -> re.Match[str] | None:
        """The first match in ``text``, by its start."""
        return first_of(self.likely(text), text.text)


_OF_MODULES = Literals()


def sought(pattern: str) -> Finder:
    """A finder of one pattern that a module keeps, written for folded text."""
    return Finder([bounded(pattern)], _OF_MODULES, TextPattern)


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
