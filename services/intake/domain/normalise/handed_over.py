"""Of several days told of a decision, the one from which its time runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.text import Folded, fold_words


@dataclass(frozen=True, slots=True)
class Told:
    """The day from which a decision's time runs, another one that the text tells, and the doubt."""

    moment: Moment
    other: date | None = None
    doubtful: bool = False

    @property
    def note(self) -> str | None:
        """What a person who confirms the day must know of the other one."""
        if self.other is None:
            return None
        day = f"{self.other:%d/%m/%Y}"
        if self.doubtful:
            return f"deux dates possibles, la plus proche retenue par prudence ; l’autre : {day}"
        return f"la remise compte ; autre date au texte : {day}"


def told(nearest: Moment, usable: Sequence[Moment], plain: Folded) -> Told:
    """Of two days in one sentence, the one on which the decision was handed over.

    "Signed on the 20th, received on the 23rd" runs from the 23rd. Where the text itself hesitates
    between two days, the earlier one counts: its time ends first.
    """
    if later := _handed_later(nearest, usable, plain):
        return Told(later, nearest.on)
    beside = [m for m in usable if m.sentence == nearest.sentence and m.on and m.on != nearest.on]
    for other in beside:
        first, second = sorted((nearest, other), key=lambda m: m.mention.start)
        between = plain.text[first.mention.end : second.mention.start]
        if len(between) <= _ONE_PHRASE and _OR.fullmatch(between):
            early, late = sorted((nearest, other), key=lambda m: m.on or date.max)
            return Told(early, late.on, doubtful=True)
    signed, handed = (
        [m for m in (nearest, *beside) if words.search(fold_words(m.words))]
        for words in (_SIGNED, _HANDED_OVER)
    )
    if handed and signed and signed[0] is not handed[0]:
        return Told(handed[0], signed[0].on)
    return Told(nearest)


def _handed_later(signed: Moment, usable: Sequence[Moment], plain: Folded) -> Moment | None:
    """The day told further on as that of the handing over, if an authority signed on the first."""
    low = max(signed.sentence[0], signed.start - 70)
    if not (
        _SIGNED.search(fold_words(signed.words))
        and _AUTHORITY.search(plain.text[low : signed.start])
    ):
        return None
    later = [
        m
        for m in usable
        if m.on and signed.on and m.on > signed.on and _HANDED_OVER.search(fold_words(m.words))
    ]
    return min(later, key=lambda m: (m.clock is None, m.mention.start), default=None)


def with_hour(moment: Moment, others: Sequence[Moment], plain: Folded) -> Moment:
    """The day with the hour of the signing, where the text tells it apart from the day."""
    if moment.clock is not None:
        return moment
    for same in (m for m in others if m.on == moment.on and m.clock is not None):
        return replace(moment, mention=replace(moment.mention, clock=same.clock))
    match = _SIGNED_AT.search(plain.text, moment.mention.end, moment.mention.end + _APART)
    return _at(moment, match) if match else moment


def signed_this_day(moments: Sequence[Moment], plain: Folded, received_on: date) -> Moment | None:
    """The day told last before an hour of signing, if it is today's or yesterday's."""
    match = _SIGNED_AT.search(plain.text)
    if match is None:
        return None
    before = [m for m in moments if 0 <= match.start() - m.mention.end <= _APART]
    if not before or before[-1].mention.offset not in (0, -1):
        return None
    on = before[-1].on
    return _at(before[-1], match) if on is not None and on <= received_on else None


def _at(moment: Moment, match: re.Match[str]) -> Moment:
    hour = match["h"] or match["h2"]
    minute = match["mi"] or match["mi2"] or "0"
    clock = f"{int(hour):02d}:{int(minute):02d}"
    return replace(moment, mention=replace(moment.mention, clock=clock))


_APART = 320
_SIGNED_AT = re.compile(
    r"\b(?:sign|remis|notifi|don+e|recu|firm|assin|handed|got)\w*(?: it| (?:une?|le|la|mon|ma|son|sa|the|one|this|a|un|una|el|um|uma) \w+| papers?)?(?: (?:vers|a|at|a las|as|alle))? "
    r"(?P<h>[01]?\d|2[0-3]) ?[h:] ?(?P<mi>[0-5]\d)?\b|"
    r"\b(?:heure ?:|il (?:etait|est)(?: environ)?) ?(?P<h2>[01]?\d|2[0-3]) ?[h:] ?(?P<mi2>[0-5]\d)?\b"
    r"(?= (?:quand|lorsque)[^.]{0,30}(?:sign|remis|don+|notifi)|[).,]|$)"
)
_ONE_PHRASE = 30
_AUTHORITY = re.compile(r"\b(?:prefete?|prefecture|ministre|sous prefete?|arrete|decision)\b")
_OR = re.compile(r"[ ,(]*\b(?:ou|or|o|oder|или)\b(?: \w+){0,4} ?")
_SIGNED = re.compile(r"^\W*(?:sign|firm|assin)\w*")
_HANDED_OVER = re.compile(
    r"^\W*(?:recu|remis|notifi|don+e|received|given|got|handed|served|recib|entreg|receb|ricev|"
    r"consegn|primit)\w*"
)
