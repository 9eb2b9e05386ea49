"""When a deadline presses (R40): so many days before its prudent date, and until its last day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from shared.contracts.vocabulary import DeadlineKind
from shared.deadlines._counting import count_hours, end_instant
from shared.deadlines._rules import Counting, Nature, rules
from shared.deadlines._zones import METRO, zone_named

NEAR_DAYS = 10
HOURS_72_IN_DAYS = 3
NOT_PRESSING = frozenset(
    {DeadlineKind.CALLBACK, DeadlineKind.PERMIT_EXPIRY, DeadlineKind.ANSWER_DUE}
)
_INSTANT = timedelta(microseconds=1)  # a day ends at its 24:00, which is of the next


def pressing_on(
    nature: Nature | None,
    alert_at: datetime | None,
    now: datetime,
    over_at: datetime | None = None,
) -> date | None:
    """The day in Paris on which a deadline presses whose prudent date ends at ``alert_at`` (UTC).

    Once that is past and the last day, which ends at ``over_at``, is not, it is today. None if all
    is over or unknown, or if nothing is lost by its passing. ``nature`` is that of its rule, None
    for a day given as such.
    """
    loses = nature is None or nature.loses_a_right
    if alert_at is None or not loses:
        return None
    if alert_at > now:
        return prudent_day(alert_at)
    return now.astimezone(METRO.tz).date() if over_at is not None and over_at > now else None


def prudent_day(alert_at: datetime) -> date:
    """The day in Paris of a prudent date that ends at ``alert_at``."""
    return (alert_at - _INSTANT).astimezone(METRO.tz).date()


def last_ends_at(
    last: str | None,
    zone: str | None,
    *,
    rule: str | None = None,
    trigger_on: str | None = None,
) -> datetime | None:
    """When a last day or hour in local words ("2026-11-10", "2026-11-15T17:30") is over, in UTC.

    Hours of a ``rule`` whose trigger is a day without its hour may have begun as late as that
    day's 24:00: until they are over from then, nothing is lost for sure.
    """
    if last is None:
        return None
    where = zone_named(zone) if zone else METRO
    moment = _moment(last)
    local = moment.replace(tzinfo=where.tz) if isinstance(moment, datetime) else moment
    end = end_instant(local, where)
    counted = rules().get(rule) if rule else None
    if counted is None or counted.counting is not Counting.HOURS:
        return end
    start = _day(trigger_on)
    if start is None:
        return end
    midnight = datetime.combine(start + timedelta(days=1), time())
    return max(end, end_instant(count_hours(counted, midnight, where).last, where))


def _moment(text: str) -> date | datetime:
    is_day = len(text) == len("2026-11-10")
    return date.fromisoformat(text) if is_day else datetime.fromisoformat(text)


def _day(text: str | None) -> date | None:
    """The day that ``text`` is; None for a day with its hour, and for other words in a log."""
    try:
        found = _moment(text or "")
    except ValueError:
        return None
    return None if isinstance(found, datetime) else found
