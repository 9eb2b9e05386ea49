"""Instants as an admin writes them: a day, or a day and a time, in Paris."""

from __future__ import annotations

from datetime import UTC, datetime

from shared.clock import PARIS
from shared.errors import Invalid


def instant_of(text: str, option: str, *, end: bool = True) -> datetime:
    """The instant in UTC; a day alone means its end, or with ``end=False`` its beginning.

    Raises Invalid naming ``option``.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            f"{option}: {text!r} is no instant; write 2026-03-17 or 2026-03-17T15:00"
        ) from None
    if end and len(text) == len("2026-03-17"):
        instant = instant.replace(hour=23, minute=59, second=59, microsecond=999999)
    return (instant if instant.tzinfo else instant.replace(tzinfo=PARIS)).astimezone(UTC)
