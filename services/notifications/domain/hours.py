"""Working hours of the desk: local rules, applied with a named zone, to instants kept in UTC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.clock import PARIS

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """When ordinary alerts may leave: ``opens`` to ``closes`` (excluded), local to ``zone``."""

    opens: time
    closes: time
    is_working_day: Callable[[date], bool]
    zone: ZoneInfo = PARIS

    def at(self, day: date, hour: time) -> datetime:
        """The instant, in UTC, of a local hour.

        An hour that the change to summer time leaves out becomes the one an hour later, and one
        that occurs twice is the first of the two: each names one instant, once.
        """
        return datetime.combine(day, hour, tzinfo=self.zone).astimezone(UTC)

    def day(self, instant: datetime) -> date:
        """The local day of an instant."""
        return instant.astimezone(self.zone).date()

    def next_open(self, instant: datetime) -> datetime:
        """``instant`` if the desk works then, else the next opening."""
        local = instant.astimezone(self.zone)
        day, hour = local.date(), local.time()
        if self.is_working_day(day) and hour < self.closes:
            return instant if hour >= self.opens else self.at(day, self.opens)
        return self.at(self.working_days_after(day, 1), self.opens)

    def last_open(self, instant: datetime) -> datetime:
        """``instant`` if the desk works then, else an earlier moment at which it does: the same
        hour on the last working day, or the last opening before a night."""
        local = instant.astimezone(self.zone)
        day, hour = local.date(), local.time()
        if hour < self.opens:
            return self.at(self.working_days_before(day, 1), self.opens)
        if hour >= self.closes:
            hour = self.opens
        elif self.is_working_day(day):
            return instant
        if not self.is_working_day(day):
            day = self.working_days_before(day, 1)
        return self.at(day, hour)

    def working_days_before(self, day: date, count: int) -> date:
        """The ``count``-th working day before ``day`` (``count`` >= 0; 0 is the day itself)."""
        for _ in range(count):
            day -= ONE_DAY
            while not self.is_working_day(day):
                day -= ONE_DAY
        return day

    def working_days_after(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day`` (``count`` >= 0; 0 is the day itself)."""
        for _ in range(count):
            day += ONE_DAY
            while not self.is_working_day(day):
                day += ONE_DAY
        return day
