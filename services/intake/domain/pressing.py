"""How urgent a deadline makes a request (R40), read in an item or set by a person."""

from __future__ import annotations

from datetime import date

from shared.contracts.vocabulary import DeadlineKind, Urgency
from shared.deadlines import HOURS_72_IN_DAYS, NEAR_DAYS, NOT_PRESSING


def level_on(kind: DeadlineKind, pressing: date, today: date) -> Urgency:
    """What a deadline whose prudent date is ``pressing`` asks for; a date past raises nothing."""
    left = (pressing - today).days
    if left < 0 or kind in NOT_PRESSING:
        near_expiry = kind is DeadlineKind.PERMIT_EXPIRY and 0 <= left <= NEAR_DAYS
        return Urgency.HIGH if near_expiry else Urgency.NORMAL
    if left <= HOURS_72_IN_DAYS and kind is not DeadlineKind.RELEASE_DATE:
        return Urgency.CRITICAL
    return Urgency.HIGH if left <= NEAR_DAYS else Urgency.NORMAL
