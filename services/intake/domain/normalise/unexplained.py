"""Days near the arrival that no rule explains, told beside a court, an office or a departure.

A clock may have started on such a day, or end on it; nobody knows until a person has read it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from services.intake.domain.normalise.found_model import DAY, Found
from services.intake.domain.normalise.lexicon import Hit, finder_of
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.needles import Finder, Literals
from services.intake.domain.normalise.text import Folded
from shared.contracts.vocabulary import Urgency

DAYS_BACK = 30  # most clocks that may have started then still run
DAYS_AHEAD = 14
SOON_DAYS = 2
LONGEST_OFFSET = 3  # "ten days ago" tells no day
SURE = 0.3
RULE = "unexplained-day"
_UNSETTLED = {"unknown", "notification", "decided", "conviction", "hearing_past"}
_EVERY = re.compile(
    r"\b(?:les?|un|une|du|des|chaque|every|each|los|as|a las|il|del|di|jeden|am|on|w) $"
)


@dataclass(frozen=True, slots=True)
class Unexplained:
    """What makes a day near the arrival worth a person's look, by the words of its sentence."""

    papers: Finder
    offices: Finder
    fetched: Finder
    leaving: Finder
    unless: Finder

    def days(
        self,
        texts: Iterable[tuple[Folded, Sequence[Moment]]],
        found: Sequence[Found],
        received_on: date,
        others: Collection[date | None],
    ) -> Iterator[tuple[Urgency, Hit]]:
        """The sentence of each such day and how urgent it is to read it.

        ``others`` are days known to be something else, as the one on which a letter was written.
        """
        explained = {f.started[:DAY] for f in found} | {str(f.pressing) for f in found}
        for text, moments in texts:
            for moment in moments:
                near = _near(moment, received_on) if _is_open(text, moment) else []
                known = (
                    on in others or on.isoformat() in explained for on in (moment.on, *near) if on
                )
                ahead = [on for on in near if on >= received_on]
                if near and not any(known) and self._speaks(text, moment, ahead=bool(ahead)):
                    start, end = moment.sentence
                    level = _level(near, received_on)
                    yield level, Hit(RULE, start, end, text.words(start, end), SURE)

    def _speaks(self, text: Folded, moment: Moment, *, ahead: bool) -> bool:
        """Does its sentence tell of an office, or of a departure on a day to come?

        A day without its number ("yesterday") says less.
        """
        telling = [self.papers] + [self.fetched] * ahead
        if moment.mention.day is not None:
            telling += [self.offices] + [self.leaving] * ahead
        return any(_met(one, text, moment) for one in telling) and not _met(
            self.unless, text, moment
        )


def _is_open(text: Folded, moment: Moment) -> bool:
    """Is it one day, and nothing known to be that of something else?"""
    settled = moment.role not in _UNSETTLED or moment.on is None or not moment.mention.exact
    return not settled and not _of_every_week(text, moment)


def _level(near: Sequence[date], received_on: date) -> Urgency:
    """The shortest clocks are of two days, and who leaves in three is gone when the team comes."""
    closest = min(abs((on - received_on).days) for on in near)
    return Urgency.CRITICAL if closest <= SOON_DAYS else Urgency.HIGH


def _near(moment: Moment, received_on: date) -> list[date]:
    """The days meant that lie near ``received_on``; a day without its year may be of another."""
    meant = {moment.on}
    day = moment.mention
    if day.offset is not None and abs(day.offset) > LONGEST_OFFSET:
        return []
    if day.year is None and day.offset is None:
        meant |= {day.resolve(received_on, future=future) for future in (False, True)}
    return sorted(
        on for on in meant if on is not None and -DAYS_BACK <= (on - received_on).days <= DAYS_AHEAD
    )


def _of_every_week(text: Folded, moment: Moment) -> bool:
    day = moment.mention
    only = day.weekday is not None and day.day is None and day.month is None
    return only and _EVERY.search(text.text, max(0, day.start - 8), day.start) is not None


def _met(finder: Finder, text: Folded, moment: Moment) -> bool:
    return any(text.has(pattern, *moment.sentence) for pattern in finder.likely(text))


def unexplained_of(data: Mapping[str, Any]) -> Unexplained:
    """What its data file tells."""
    literals = Literals()
    return Unexplained(
        *(finder_of(data[field.name], literals, loose=False) for field in fields(Unexplained))
    )
