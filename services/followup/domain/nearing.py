"""How near a deadline is, in the steps by which a request's urgency rises (R40)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from services.followup.domain.terms import over_at
from shared.clock import PARIS
from shared.contracts.followup.events import DeadlineTerms
from shared.deadlines import HOURS_72_IN_DAYS, NEAR_DAYS, NOT_PRESSING, Nature, pressing_on

NEAREST, NEAR = HOURS_72_IN_DAYS, NEAR_DAYS
PRESSING_NATURES = tuple(nature for nature in Nature if nature.loses_a_right)
_MORNING = timedelta(hours=9)  # whom a step alarms at any hour is not woken at midnight


def nearness(terms: DeadlineTerms, now: datetime) -> int | None:
    """3 or 10: within so many days is the prudent date; None if it presses nobody yet.

    3 as well while the prudent date is past and the last day is not: it presses all the more.
    """
    nature = Nature(terms.nature) if terms.nature else None
    pressing = pressing_on(nature, terms.alert_at, now, over_at(terms))
    presses = terms.kind not in NOT_PRESSING and pressing
    if not presses or terms.alert_at is None:
        return None
    return next((days for days in (NEAREST, NEAR) if terms.alert_at <= reach(now, days)), None)


def reach(now: datetime, days: int) -> datetime:
    """What ends by then is within so many days: of Paris, each from its morning on, or of 24 h."""
    day = (now.astimezone(PARIS) - _MORNING).date() + timedelta(days=days + 1)
    return max(datetime.combine(day, time(), tzinfo=PARIS), now + timedelta(days=days))
