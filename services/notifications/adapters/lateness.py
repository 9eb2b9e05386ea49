"""What notifications adds to its metrics page: whether alerts leave in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from prometheus_client.core import Metric

from services.notifications.domain.lanes import Lane
from shared.eventstore import Connection
from shared.watch.stored import gauge

_ON_TIME = (0, timedelta())


class Late(Protocol):
    """Knows what should have left: the alerts table, and that of causes what is to be planned."""

    def late(
        self, connection: Connection, now: datetime
    ) -> Mapping[Lane, tuple[int, timedelta]]: ...


def late_alerts(tables: Sequence[Late], connection: Connection, now: datetime) -> Iterator[Metric]:
    """How many alerts, and stages to plan, wait beyond their time, and the longest, by lane."""
    told = [table.late(connection, now) for table in tables]
    found = {str(lane): _together([late.get(lane, _ON_TIME) for late in told]) for lane in Lane}
    yield gauge(
        "permanence_alerts_late",
        "Alerts that should have left already.",
        "lane",
        ((lane, float(count)) for lane, (count, _) in found.items()),
    )
    yield gauge(
        "permanence_alert_lateness_seconds",
        "By how much the latest of them is late; 0 if none is.",
        "lane",
        ((lane, late_by.total_seconds()) for lane, (_, late_by) in found.items()),
    )


def _together(found: Sequence[tuple[int, timedelta]]) -> tuple[int, timedelta]:
    return sum(count for count, _ in found), max(late_by for _, late_by in found)
