"""Instants as an admin writes and reads them: in Paris, with the offset shown."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from shared.clock import PARIS
from shared.errors import Invalid

_WEEK = re.compile(r"\d{4}-?W\d\d$")
_OFFSET = re.compile(r" ([+-]\d\d:\d\d)$")  # as tables show it


def instant_of(text: str, option: str, *, end: bool = True) -> datetime:
    """The instant in UTC; a day alone means its end, or with ``end=False`` its beginning.

    Raises Invalid naming ``option``, also for an hour that the change of clocks skips or repeats.
    """
    try:
        instant = _meant(text, end=end)
        return (instant if instant.tzinfo else in_zone(instant, PARIS, option)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(
            f"{option}: {text!r} is no instant; write 2026-03-17 or 2026-03-17T15:00"
        ) from None


def _meant(text: str, *, end: bool) -> datetime:
    """An instant or a day, in any form of ISO 8601; a week alone is neither. Raises ValueError."""
    if _WEEK.match(text):
        raise ValueError(text)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(_OFFSET.sub(r"\1", text))
    return datetime.combine(day, time.max if end else time.min)


def in_zone(wall: datetime, zone: ZoneInfo, option: str) -> datetime:
    """The instant at which clocks in ``zone`` show ``wall``, a time without an offset.

    Raises Invalid if they never do, or twice, because they are changed then.
    """
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    shown = first.astimezone(UTC).astimezone(zone)
    what = "exists twice" if shown.replace(tzinfo=None) == wall else "does not exist"
    raise Invalid(
        f"{option}: {wall.isoformat(timespec='minutes')} {what} in {zone.key}, where the clocks "
        f"change; say which is meant: {first.isoformat(timespec='minutes')} or "
        f"{second.isoformat(timespec='minutes')}"
    )


def in_paris(instant: datetime) -> str:
    """An instant for the eye, to the second, which breaks well: ``2026-03-17 15:00:00 +01:00``."""
    text = instant.astimezone(PARIS).isoformat(sep=" ", timespec="seconds")
    return f"{text[:19]} {text[19:]}"
