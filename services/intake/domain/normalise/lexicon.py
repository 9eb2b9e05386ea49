"""Lexicons: rules written in data files, matched against folded text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.domain.normalise.begun import word_pattern
from services.intake.domain.normalise.bounded import bounded
from services.intake.domain.normalise.needles import Finder, Literals
from services.intake.domain.normalise.patience import go_on
from services.intake.domain.normalise.signs import Signs
from services.intake.domain.normalise.text import Folded

FAINT = 0.4  # how sure a word is that is only the last to go by
PAST_REACH = 28
SHORT_QUESTION = 30
REACH = 75


@dataclass(frozen=True, slots=True)
class Hit:
    """Words found by a rule: ``start`` and ``end`` are positions in the folded text."""

    rule: str
    start: int
    end: int
    words: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Context:
    """What makes of a word that is only mentioned something that the request is about.

    ``say`` must stand in its sentence, or a short question follow it ("…is it true?"), where
    ``verdict`` is set; ``past``, right before it, tells of former days.
    """

    say: re.Pattern[str]
    past: re.Pattern[str] | None = None
    verdict: bool = False

    def bears_out(self, text: Folded, match: re.Match[str]) -> bool:
        """Is what ``match`` names asked for, wanted, refused?"""
        start, end = text.sentence(match.start())
        before = text.text[max(start, match.start() - PAST_REACH) : match.start()]
        if self.past is not None and self.past.search(before):
            return False
        low, high = start, max(end, match.end())
        if self.verdict:
            low, high = max(start, match.start() - REACH), min(high, match.end() + REACH)
        if text.has(self.say, low, high):
            return True
        if not self.verdict or end >= len(text.text):
            return False
        after = text.text[end : text.sentence(end)[1]].strip()
        return after.endswith("?") and len(after) <= SHORT_QUESTION


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of a lexicon: found by ``find`` unless ``unless`` is met beside it.

    ``mentions`` name a subject that may be mere background; they count in a sentence that bears
    them out: one that has ``beside``, or one that asks, wants or is refused something; with
    ``faint`` ones, where a text has nothing else. A sentence
    that has ``general`` speaks of a subject, not of a person; ``ended``, from the words on, tells
    that what they name is over. ``signs`` are weak hints, which hold where several kinds stand
    together.
    """

    id: str
    find: Finder
    mentions: Finder | None
    faint: Finder | None
    borne: Context
    unless: Finder | None
    ended: re.Pattern[str] | None
    general: Finder | None
    confidence: float
    data: Mapping[str, Any]
    signs: Signs | None = None

    def hits(self, text: Folded) -> Sequence[Hit]:
        """Every place where the rule holds, in order; looked for once in a text."""
        go_on()
        known: Sequence[Hit] | None = text.memo.get(self.find)
        if known is None:
            known = text.memo[self.find] = self._found(text)
        return known

    def _found(self, text: Folded) -> Sequence[Hit]:
        kept = self._kept(text, self._matches(text), self.confidence)
        if self.signs is None:
            return kept
        signs = [(k, m) for k, m in self.signs.matches(text) if not self.excepted(text, *m.span())]
        together = self._hits(text, self.signs.together(signs), self.confidence)
        return sorted([*kept, *together], key=lambda hit: hit.start)

    def finders(self) -> Iterator[Finder]:
        """What the rule may hold by."""
        yield self.find
        if self.mentions is not None:
            yield self.mentions
        if self.signs is not None:
            yield from self.signs.kinds

    def faint_hits(self, text: Folded) -> list[Hit]:
        """Where the rule would hold in a text that speaks of nothing else."""
        if self.faint is None:
            return []
        return self._kept(text, self.faint.matches(text), FAINT)

    def _kept(self, text: Folded, matches: list[re.Match[str]], confidence: float) -> list[Hit]:
        return self._hits(
            text, [m for m in matches if not self.excepted(text, *m.span())], confidence
        )

    def _hits(self, text: Folded, matches: list[re.Match[str]], confidence: float) -> list[Hit]:
        return [
            Hit(self.id, m.start(), m.end(), text.words(m.start(), m.end()), confidence)
            for m in matches
        ]

    def _matches(self, text: Folded) -> list[re.Match[str]]:
        strong = self.find.matches(text)
        if self.mentions is None:
            return strong
        weak = [m for m in self.mentions.matches(text) if self.borne.bears_out(text, m)]
        return sorted([*strong, *weak], key=re.Match.start) if weak else strong

    def excepted(self, text: Folded, low: int, high: int) -> bool:
        """Are the words from ``low`` to ``high`` covered by an exception within reach of them?"""
        start, end = text.sentence(low)
        if self.general is not None and any(
            text.has(general, start, end) for general in self.general.likely(text)
        ):
            return True
        if self.ended is not None and self.ended.match(text.text, low):
            return True
        if self.unless is None:
            return False
        start, end = max(start, low - 90), min(max(end, high), high + 90)
        return any(
            met.start() < high + 25 and met.end() > low - 25
            for unless in self.unless.likely(text)
            for met in unless.finditer(text.text, start, end)
        )


class Lexicon:
    """Rules in the order of their file; a text is read with those that may hold of it."""

    def __init__(self, rules: Iterable[Rule], literals: Literals) -> None:
        """The lexicon of ``rules``, whose finders share ``literals``."""
        self._rules = tuple(rules)
        self._literals = literals
        self._of_finder: dict[Finder, int] = {}
        self._always: set[int] = set()
        for index, rule in enumerate(self._rules):
            for finder in rule.finders():
                self._of_finder[finder] = index
                if finder.always:
                    self._always.add(index)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def hits(self, text: Folded) -> list[tuple[Rule, Sequence[Hit]]]:
        """The rules that hold in ``text``, in order, each with the places where it does."""
        known: list[tuple[Rule, Sequence[Hit]]] | None = text.memo.get(self)
        if known is None:
            known = text.memo[self] = self._read(text)
        return known

    def _read(self, text: Folded) -> list[tuple[Rule, Sequence[Hit]]]:
        met = self._literals.met(text)
        likely = self._always.union(self._of_finder[f] for f in met if f in self._of_finder)
        rules = (self._rules[index] for index in sorted(likely))
        return [(rule, hits) for rule in rules if (hits := rule.hits(text))]


def folded_pattern(pattern: str, *, loose: bool = True) -> str:
    """A pattern as it must be written for folded text: accents dropped, doubled letters as one."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", pattern) if not unicodedata.combining(c)
    )
    plain = bounded(plain.replace("[^.]", "[^.!?]"))
    plain = re.sub(r"(?<=[a-z]{3})([stx])(?= )", r"\1?", plain)  # "permi de visite"
    plain = re.sub(r"\b(plus|pas)\b(?!\?)", r"\1?", plain)  # "je mange plu rien", "veu pa"
    plain = plain.replace("'?", " ?").replace("'", " ?")
    if not loose:
        return plain
    plain = re.sub(r"(?<!\\)([a-z])\1+", r"\1", plain)
    plain = re.sub(r"\[([a-z])\]", r"\1", plain)  # "[eé]", now without its accent
    return re.sub(r"(?<!\\)([a-z])\+(?![^\[\]]*\])", r"\1", plain)  # nothing is doubled


def either(patterns: Iterable[str]) -> re.Pattern[str]:
    """One compiled pattern for all of ``patterns``, for parts of a text."""
    return re.compile(_joined(patterns), re.MULTILINE)


def _joined(patterns: Iterable[str]) -> str:
    return "|".join(f"(?:{folded_pattern(p)})" for p in patterns)


def any_of(patterns: Sequence[str]) -> re.Pattern[str] | None:
    """The same, None if there are none."""
    return either(patterns) if patterns else None


def finder_of_any(patterns: Sequence[str], literals: Literals) -> Finder | None:
    """A finder of one pattern for all of ``patterns``, None if there are none."""
    return Finder([_joined(patterns)], literals) if patterns else None


def finder_of(patterns: Iterable[str], literals: Literals, *, loose: bool = True) -> Finder:
    """A finder of ``patterns``, in loosely folded text unless told otherwise."""
    return Finder((folded_pattern(p, loose=loose) for p in patterns), literals)


def word_finder_of(patterns: Iterable[str], literals: Literals, *, loose: bool = True) -> Finder:
    """The same for patterns that begin where a word in Latin letters does ("radio" is no adio)."""
    return Finder((folded_pattern(p, loose=loose) for p in patterns), literals, word_pattern)


def _faint(data: Mapping[str, Any], literals: Literals) -> Finder | None:
    if "faint" not in data:
        return None
    return word_finder_of([*data.get("mentions", ()), *data["faint"]], literals)


def signs_of(data: Mapping[str, Any], literals: Literals) -> Signs | None:
    """The weak hints of an entry, None if it has none."""
    if "signs" not in data:
        return None
    kinds = tuple(word_finder_of(patterns, literals) for patterns in data["signs"].values())
    light = frozenset(i for i, kind in enumerate(data["signs"]) if kind in data.get("light", ()))
    return Signs(kinds, data.get("least", 2), light)


NOWHERE = Context(re.compile(r"(?!)"))


def context_of(entry: Mapping[str, Any]) -> Context:
    """The context that bears out mentions, as a lexicon tells it for all its rules."""
    return Context(either(entry["say"]), any_of(entry.get("past", ())), verdict=True)


def rule_of(data: Mapping[str, Any], literals: Literals, asked: Context = NOWHERE) -> Rule:
    """A rule out of its entry in a data file; ``literals`` is shared with the other rules.

    ``asked`` bears out its mentions unless the entry has its own ``beside``.
    """
    if not (data["find"] or data.get("signs")):
        raise ValueError(f"rule {data['id']}: no pattern")
    return Rule(
        id=data["id"],
        find=word_finder_of(data["find"], literals),
        mentions=word_finder_of(data["mentions"], literals) if "mentions" in data else None,
        faint=_faint(data, literals),
        borne=Context(either(data["beside"])) if "beside" in data else asked,
        unless=finder_of_any(data.get("unless", ()), literals),
        ended=any_of(data.get("ended", ())),
        general=finder_of_any(data.get("general", ()), literals),
        confidence=float(data.get("confidence", 0.8)),
        data=data,
        signs=signs_of(data, literals),
    )
