"""The only place that asks for the time. Everything else is handed a ``Clock``."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


class Clock(Protocol):
    """Tells the time: ``now`` is an aware UTC datetime."""

    def now(self) -> datetime: ...


def today(clock: Clock) -> date:
    """The day in Europe/Paris, which is the desk's day."""
    return clock.now().astimezone(PARIS).date()


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is told to move; for tests and demonstrations."""

    def __init__(self, start: datetime) -> None:
        self._now = _aware(start)

    def now(self) -> datetime:
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Set the time, forwards or backwards."""
        self._now = _aware(instant)


class FileClock:
    """Reads an ISO 8601 instant from a file at each call, so that several processes share it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return _aware(datetime.fromisoformat(self._path.read_text(encoding="ascii").strip()))


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("instant: a time without a zone; give one, such as +00:00")
    return instant.astimezone(UTC)
