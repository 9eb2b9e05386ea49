"""Lexicons: rules written in data files, matched against folded text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.domain.normalise.needles import Finder, Literals
from services.intake.domain.normalise.text import Folded


@dataclass(frozen=True, slots=True)
class Hit:
    """Words found by a rule: ``start`` and ``end`` are positions in the folded text."""

    rule: str
    start: int
    end: int
    words: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of a lexicon: found by ``find`` unless ``unless`` is met beside it.

    A sentence that has ``general`` speaks of a subject, not of a person.
    """

    id: str
    find: Finder
    unless: re.Pattern[str] | None
    general: re.Pattern[str] | None
    confidence: float
    data: Mapping[str, Any]

    def hits(self, text: Folded) -> list[Hit]:
        """Every place where the rule holds, in order."""
        found = []
        for match in self.find.matches(text):
            if self._excepted(text, match):
                continue
            words = text.words(match.start(), match.end())
            found.append(Hit(self.id, match.start(), match.end(), words, self.confidence))
        return found

    def _excepted(self, text: Folded, match: re.Match[str]) -> bool:
        """Is the match covered by an exception that stands within reach of it?"""
        start, end = text.sentence(match.start())
        if self.general is not None and self.general.search(text.text, start, end):
            return True
        if self.unless is None:
            return False
        start, end = max(start, match.start() - 60), min(max(end, match.end()), match.end() + 40)
        return any(
            met.start() < match.end() + 25 and met.end() > match.start() - 25
            for met in self.unless.finditer(text.text, start, end)
        )


def folded_pattern(pattern: str, *, loose: bool = True) -> str:
    """A pattern as it must be written for folded text: accents dropped, doubled letters as one."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", pattern) if not unicodedata.combining(c)
    )
    plain = plain.replace("[^.]", "[^.!?]")
    plain = re.sub(r"(?<=[a-z]{3})([stx])(?= )", r"\1?", plain)  # "permi de visite"
    plain = re.sub(r"\bplus\b(?!\?)", "plus?", plain)  # "je mange plu rien"
    plain = plain.replace("'?", " ?").replace("'", " ?")
    if not loose:
        return plain
    plain = re.sub(r"(?<!\\)([a-z])\1+", r"\1", plain)
    plain = re.sub(r"\[([a-z])\]", r"\1", plain)  # "[eé]", now without its accent
    return re.sub(r"(?<!\\)([a-z])\+(?![^\[\]]*\])", r"\1", plain)  # nothing is doubled


def either(patterns: Iterable[str]) -> re.Pattern[str]:
    """One compiled pattern for all of ``patterns``, for parts of a text."""
    return re.compile("|".join(f"(?:{folded_pattern(p)})" for p in patterns), re.MULTILINE)


def any_of(patterns: Sequence[str]) -> re.Pattern[str] | None:
    """The same, None if there are none."""
    return either(patterns) if patterns else None


# A word's beginning; an elided article may be glued to it ("dhebergement").
_WORD_BEGINS = r"(?:(?<![a-z])|(?<=(?<![a-z])[djln]))"


def finder_of(patterns: Iterable[str], literals: Literals, *, loose: bool = True) -> Finder:
    """A finder of ``patterns``, in loosely folded text unless told otherwise."""
    return Finder((folded_pattern(p, loose=loose) for p in patterns), literals)


def word_finder_of(patterns: Iterable[str], literals: Literals) -> Finder:
    """The same for patterns that begin where a word in Latin letters does ("radio" is no adio)."""
    return Finder((f"{_WORD_BEGINS}(?:{folded_pattern(p)})" for p in patterns), literals)


def rule_of(data: Mapping[str, Any], literals: Literals) -> Rule:
    """A rule out of its entry in a data file; ``literals`` is shared with the other rules."""
    if not data["find"]:
        raise ValueError(f"rule {data['id']}: no pattern")
    return Rule(
        id=data["id"],
        find=word_finder_of(data["find"], literals),
        unless=any_of(data.get("unless", ())),
        general=any_of(data.get("general", ())),
        confidence=float(data.get("confidence", 0.8)),
        data=data,
    )
