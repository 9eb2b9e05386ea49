"""Of several days told of a decision, the one from which its time runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.intake.domain.normalise.moments import Moment
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


_ONE_PHRASE = 30
_AUTHORITY = re.compile(r"\b(?:prefete?|prefecture|ministre|sous prefete?|arrete|decision)\b")
_OR = re.compile(r"[ ,(]*\b(?:ou|or|o|oder|или)\b(?: \w+){0,4} ?")
_SIGNED = re.compile(r"^\W*(?:sign|firm|assin)\w*")
_HANDED_OVER = re.compile(
    r"^\W*(?:recu|remis|notifi|don+e|received|given|got|handed|served|recib|entreg|receb|ricev|"
    r"consegn|primit)\w*"
)
