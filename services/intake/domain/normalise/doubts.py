"""What only a person can settle: days that nothing explains, and what the words as a whole resemble."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from services.intake.domain.normalise.found_model import DAY, Found
from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.meaning import Meaning
from services.intake.domain.normalise.resemblance import Likeness
from services.intake.domain.normalise.urgency import urgency_of
from shared.contracts.vocabulary import SpecialSituation, Urgency, above
from shared.deadlines import is_told_far

_READ_TODAY = {Urgency.HIGH, Urgency.CRITICAL}
_LEVELS = {"urgent": Urgency.HIGH, "critical": Urgency.CRITICAL}
_DEADLINE = "deadline"
# What nobody has looked for in a text whose language no lexicon of dangers knows (decision 20).
UNREAD = ("special_situations", "urgency")
FAR_OFF = "à vérifier : ce jour est bien loin de l’arrivée de la demande"


def note_unexplained(
    meaning: Meaning,
    days: Iterable[tuple[Urgency, Hit]],
    found: Sequence[Found],
    received_on: date,
) -> bool:
    """Have ``days`` that nothing explains read by a person today; is there any?

    What is urgent anyway is read today: then nothing is noted.
    """
    if urgency_of(meaning, found, received_on) in _READ_TODAY:
        return False
    noted = list(days)
    meaning.urgent.extend(noted)
    return bool(noted)


def noting_far_days(found: Sequence[Found], received_on: date) -> list[Found]:
    """What was ``found``, with a note on each deadline whose day is too far to be believed."""
    return [_noted(one) if _is_far_off(one, received_on) else one for one in found]


def _is_far_off(found: Found, received_on: date) -> bool:
    """Does its day lie too far from the arrival to be believed?"""
    return is_told_far(
        found.deadline.kind,
        on=found.deadline.date_on,
        trigger_on=date.fromisoformat(found.started[:DAY]) if found.started else None,
        received_on=received_on,
    )


def _noted(found: Found) -> Found:
    note = "; ".join(filter(None, (found.deadline.note, FAR_OFF)))
    return replace(found, deadline=replace(found.deadline, note=note))


def note_likeness(
    meaning: Meaning, likeness: Iterable[Likeness], found: Sequence[Found], received_on: date
) -> tuple[str, ...]:
    """Have a person look at what a text resembles and no rule found; the fields to look at.

    A special situation is noted, with the urgency that it brings; the level goes up, never down.
    """
    doubtful: dict[str, None] = {}
    alike = {one.name: one.hit for one in likeness}
    for situation in SpecialSituation:
        if situation in alike and situation not in meaning.special:
            meaning.special[situation] = alike[situation]
            doubtful["special_situations"] = None
    for name, level in _LEVELS.items():
        if name in alike and above(level, urgency_of(meaning, found, received_on)):
            meaning.urgent.append((level, alike[name]))
            doubtful["urgency"] = None
    if _DEADLINE in alike and not found:
        doubtful["deadlines"] = None
    return tuple(doubtful)
