"""A date of a text, with what it is the day of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.intake.domain.normalise.dates import DateMention


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

    @property
    def unreal(self) -> bool:
        """Is it written as a day, and no calendar has it?"""
        return self.mention.unreal or (self.mention.exact and self.on is None)
