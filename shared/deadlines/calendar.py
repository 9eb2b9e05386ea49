"""Working days, public holidays and the line's listening days.

A working day is any day but Saturday, Sunday and the public holidays of its zone (CPC 642).
Zones are names such as "metro", "alsace-moselle", "reunion" (see ``ZONES``), or ``Zone`` values.
"""

from __future__ import annotations

from datetime import date, timedelta

from shared.deadlines._zones import METRO, Zone, public_holidays, zone_named

__all__ = [
    "LISTENING_WEEKDAYS",
    "add_working_days",
    "holiday_name",
    "is_listening_day",
    "is_public_holiday",
    "is_working_day",
    "next_listening_day",
    "next_working_day",
    "working_days_between",
]

LISTENING_WEEKDAYS = frozenset({1, 4})  # Tuesday and Friday: the line is answered
_WEEKEND = frozenset({5, 6})
_DAY = timedelta(days=1)


def holiday_name(day: date, zone: Zone | str = METRO) -> str | None:
    """The French name of the public holiday that ``day`` is there, None if it is none."""
    return public_holidays(day.year, _zone(zone)).get(day)


def is_public_holiday(day: date, zone: Zone | str = METRO) -> bool:
    """Whether ``day`` is a public holiday there."""
    return holiday_name(day, zone) is not None


def is_working_day(day: date, zone: Zone | str = METRO) -> bool:
    """Whether ``day`` is neither a Saturday, a Sunday nor a public holiday there."""
    return day.weekday() not in _WEEKEND and not is_public_holiday(day, zone)


def next_working_day(day: date, zone: Zone | str = METRO) -> date:
    """``day`` itself if it is a working day, else the first one after it."""
    while not is_working_day(day, zone):
        day += _DAY
    return day


def add_working_days(day: date, count: int, zone: Zone | str = METRO) -> date:
    """The ``count``-th working day after ``day``, which is not counted; before it if negative.

    Zero gives ``day`` itself, working or not.
    """
    step = _DAY if count >= 0 else -_DAY
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day, zone):
            day += step
    return day


def working_days_between(start: date, end: date, zone: Zone | str = METRO) -> int:
    """How many working days lie after ``start`` up to ``end`` included; 0 if it is not later."""
    days = (start + _DAY * n for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day, zone) for day in days)


def is_listening_day(day: date) -> bool:
    """Whether the line is answered: a Tuesday or a Friday that is no public holiday (R8)."""
    return day.weekday() in LISTENING_WEEKDAYS and not is_public_holiday(day, METRO)


def next_listening_day(day: date, *, same_day: bool = False) -> date:
    """The first listening day after ``day``; ``day`` itself may be the one with ``same_day``."""
    if not same_day:
        day += _DAY
    while not is_listening_day(day):
        day += _DAY
    return day


def _zone(zone: Zone | str) -> Zone:
    return zone if isinstance(zone, Zone) else zone_named(zone)
