"""How urgent an item is: dangers, clocks, days that are near (R40)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.intake.domain.normalise.found_model import Found
from services.intake.domain.normalise.meaning import Meaning
from services.intake.domain.pressing import level_on
from shared.contracts.vocabulary import SpecialSituation, Urgency, higher

_CRITICAL = {
    SpecialSituation.RETENTION,
    SpecialSituation.SUICIDE_RISK,
    SpecialSituation.VIOLENCE_OR_THREAT,
    SpecialSituation.TRAFFICKING_VICTIM,
}


def urgency_of(meaning: Meaning, found: Sequence[Found], received_on: date) -> Urgency:
    """The level that words, situations and deadlines ask for; a date past raises nothing (R41)."""
    level = meaning.level()
    if _CRITICAL & set(meaning.special):
        return Urgency.CRITICAL
    if SpecialSituation.MINOR in meaning.special:
        level = higher(level, Urgency.HIGH)
    for item in found:
        level = higher(level, level_of(item, received_on))
    return level


def level_of(item: Found, received_on: date) -> Urgency:
    """What one deadline asks for."""
    if item.unknown_clock:
        return Urgency.CRITICAL
    if item.pressing is None:
        return Urgency.NORMAL
    return level_on(item.deadline.kind, item.pressing, received_on)
