"""What each date of a text is: the day of a hearing, of a notification, of release..."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from services.intake.domain.normalise.dates import DateMention
from services.intake.domain.normalise.needles import in_turn
from services.intake.domain.normalise.reference import Reference, RoleRule
from services.intake.domain.normalise.text import Folded

REACH_BEFORE = 110
REACH_AFTER = 60
_BREAK = re.compile(r"[,;:]| et | mais | and | puis ")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and what it is. ``on``: the day meant, None if only a month or year is known.

    ``words`` quote the text from the word that tells the role to the end of the date.
    """

    mention: DateMention
    role: str
    on: date | None
    start: int
    words: str
    sentence: tuple[int, int]

    @property
    def clock(self) -> str | None:
        return self.mention.clock


def moments_in(text: Folded, reference: Reference, written: date) -> list[Moment]:
    """The dates of ``text`` with their roles; relative ones are counted from ``written``."""
    return [_moment(text, m, reference, written) for m in reference.dates.find(text)]


def _moment(text: Folded, mention: DateMention, reference: Reference, written: date) -> Moment:
    start, end = text.sentence(mention.start)
    role, anchor = _role(text, mention, reference, (start, end))
    future = role.future if role else False
    name = role.role if role else "unknown"
    on = mention.resolve(written, future=future)
    if name == "release" and on is not None and on < written:
        name = "released"
    if name == "removal" and on is not None and on < written:
        name = "other"
    if name == "hearing" and on is not None and on < written:
        name = "conviction" if mention.year is not None or mention.offset else "hearing_past"
    words = text.words(anchor, mention.end)
    return Moment(mention, name, on, anchor, words, (start, end))


def _role(
    text: Folded, mention: DateMention, reference: Reference, sentence: tuple[int, int]
) -> tuple[RoleRule | None, int]:
    """The role whose words stand nearest, and where they begin."""
    low = max(sentence[0], mention.start - REACH_BEFORE)
    before = text.text[low : mention.start].rstrip()
    after = text.text[mention.end : min(sentence[1], mention.end + REACH_AFTER)]
    best: tuple[float, RoleRule, int] | None = None
    for rule in reference.roles:
        if mention.offset and (mention.offset > 0) is not rule.future:
            continue  # "yesterday" is no day to come, "tomorrow" none gone by
        for distance, position in _distances(rule, text, before, after, low, mention):
            if best is None or distance < best[0]:
                best = (distance, rule, position)
    return (best[1], best[2]) if best else (None, mention.start)


def _distances(
    rule: RoleRule, text: Folded, before: str, after: str, low: int, mention: DateMention
) -> list[tuple[float, int]]:
    found: list[tuple[float, int]] = []
    for match in in_turn(rule.before.likely(text), before):
        penalty = 25 * len(_BREAK.findall(before, match.end()))
        found.append((len(before) - match.end() + penalty, low + match.start()))
    for pattern in rule.after.likely(text):
        if follows := pattern.match(after):
            found.append((12.0 + follows.end() / 2, mention.start))
            break
    return found
