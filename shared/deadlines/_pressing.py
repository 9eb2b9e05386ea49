"""When a deadline presses (R40): how many days before its prudent date, and which never do."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from shared.contracts.vocabulary import DeadlineKind
from shared.deadlines._rules import Nature
from shared.deadlines._zones import METRO

NEAR_DAYS = 10
HOURS_72_IN_DAYS = 3
NOT_PRESSING = frozenset(
    {DeadlineKind.CALLBACK, DeadlineKind.PERMIT_EXPIRY, DeadlineKind.ANSWER_DUE}
)
_INSTANT = timedelta(microseconds=1)  # a day ends at its 24:00, which is of the next


def pressing_on(nature: Nature | None, alert_at: datetime | None, now: datetime) -> date | None:
    """The prudent day in Paris of a deadline whose prudent date ends at ``alert_at`` (UTC).

    None if that is unknown or over, or if nothing is lost by its passing. ``nature`` is that of
    its rule, None for a day given as such.
    """
    loses = nature is None or nature.loses_a_right
    if alert_at is None or alert_at <= now or not loses:
        return None
    return (alert_at - _INSTANT).astimezone(METRO.tz).date()
