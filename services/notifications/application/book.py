"""The alerts of one transaction: read once, decided upon in memory, written once at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from services.notifications.application.ports import Alerts, Known
from services.notifications.domain.alert import Alert, decide, evolve
from services.notifications.domain.commands import AlertCommand
from shared.contracts.notifications.events import NotificationsEvent
from shared.eventstore import Expected, UnitOfWork, Version

_UNKNOWN = Known(Alert(), Version(0))


class AlertBook:
    """Alerts as they stand within a unit of work, pending events included.

    ``because``: metadata of what is decided from now on, on top of the unit's.
    """

    def __init__(self, unit: UnitOfWork, alerts: Alerts) -> None:
        self._unit = unit
        self._alerts = alerts
        alerts.lock(unit.connection)
        self._found: dict[UUID, Known] = {}
        self._standing: dict[UUID, Known] = {}
        self._pending: list[tuple[UUID, list[NotificationsEvent], Mapping[str, Any]]] = []
        self.because: Mapping[str, Any] = {}
        self._causes: dict[str, set[UUID]] = {}

    def load_causes(self, causes: Iterable[str]) -> None:
        """Read the alerts of these causes, those already read left out."""
        missing = [cause for cause in dict.fromkeys(causes) if cause not in self._causes]
        if missing:
            self._causes.update({cause: set() for cause in missing})
            self.take(self._alerts.of_causes(self._unit.connection, missing))

    def take(self, found: Iterable[Known]) -> list[Alert]:
        """Know these alerts, unless they are known already; as they stand now."""
        taken = []
        for known in found:
            planned = known.alert.planned
            if planned is None:
                continue
            self._found.setdefault(planned.alert_id, known)
            standing = self._standing.setdefault(planned.alert_id, known)
            self._causes.get(planned.cause, set()).add(planned.alert_id)
            taken.append(standing.alert)
        return taken

    def of_cause(self, cause: str) -> list[Alert]:
        """All alerts of a cause, planned in this unit or before."""
        self.load_causes([cause])
        return [self.get(one) for one in sorted(self._causes[cause])]

    def get(self, alert_id: UUID) -> Alert:
        """The alert as it stands; empty if it does not exist or its cause was not read."""
        return self.known(alert_id).alert

    def known(self, alert_id: UUID) -> Known:
        """The same, with the version that its stream has once the book is closed."""
        return self._standing.get(alert_id, _UNKNOWN)

    def do(self, alert_id: UUID, command: AlertCommand) -> Alert:
        """Decide; what happens is written when the book is closed."""
        alert, version = self.get(alert_id), self.known(alert_id).version
        events = decide(alert, command)
        for event in events:
            alert = evolve(alert, event)
        if events and alert.planned is not None:
            self._standing[alert_id] = Known(alert, Version(version + len(events)))
            self._pending.append((alert_id, events, self.because))
            self._causes.get(alert.planned.cause, set()).add(alert_id)
        return alert

    def close(self) -> int:
        """Hand all that was decided to the unit of work; how many events that makes."""
        begun: set[UUID] = set()
        for alert_id, events, because in self._pending:
            expected = self._found.get(alert_id, _UNKNOWN).version
            later = alert_id in begun
            begun.add(alert_id)
            self._unit.append(
                f"alert-{alert_id}",
                events,
                expected=Expected.ANY if later else expected,
                metadata=because,
            )
        if begun:
            self._alerts.decided(self._unit.connection, self._standing)
        written = sum(len(events) for _, events, _ in self._pending)
        self._pending = []
        return written
