"""The edge of notifications: events in, commands and queries, and the ticking of the schedule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import structlog
from prometheus_client.core import Metric

from services.notifications import wiring
from services.notifications.adapters.answers import alert_answer, policy_answer
from services.notifications.adapters.lateness import late_alerts
from services.notifications.application.heard import FOLLOWUP_HEARD, ROUTING_HEARD
from services.notifications.domain.errors import UnknownAlert
from services.notifications.domain.lanes import Lane
from services.notifications.wiring import Notifications
from shared.contracts.vocabulary import AlertState
from shared.errors import Invalid, Unavailable
from shared.eventstore import Connection, UnitOfWork
from shared.messaging import Delivered, EventRelay, LogAccess, caused_by, command, subscribe
from shared.postgres import connected
from shared.schedule import timer
from shared.service import Parts, ServiceParts
from shared.web import Health

_log = structlog.get_logger("notifications")
_EVERY_SECONDS = 1.0
_PACE_SECONDS = 0.25  # what is planned leaves with the next tick only
_MOST = 500


class NotificationsService(LogAccess, Health):
    """Alerts the volunteers concerned."""

    name = wiring.NAME
    open_parts = staticmethod(wiring.open_parts)
    parts: ServiceParts = Parts()
    relay = EventRelay()

    @subscribe(
        "routing", only=ROUTING_HEARD, codec=wiring.ROUTING_CODEC, pace_seconds=_PACE_SECONDS
    )
    def on_routing(self, batch: Sequence[Delivered], unit: UnitOfWork) -> None:
        """Plan alerts for what routing decided; keep the directory."""
        self._made.planner.handle(batch, unit, caused_by)

    @subscribe(
        "followup", only=FOLLOWUP_HEARD, codec=wiring.FOLLOWUP_CODEC, pace_seconds=_PACE_SECONDS
    )
    def on_followup(self, batch: Sequence[Delivered], unit: UnitOfWork) -> None:
        """Plan alerts for deadlines, referrals, steps and appointments."""
        self._made.planner.handle(batch, unit, caused_by)

    @timer(interval=_EVERY_SECONDS)
    def climb(self) -> None:
        """Stages that fell due are planned, and what nobody reacted to goes up its ladder: never
        behind a mail server."""
        self._bear(self._made.scheduler.climb)

    @timer(interval=_EVERY_SECONDS)
    def send_urgent(self) -> None:
        """What is critical, and what goes to coordination."""
        self._bear(lambda: self._made.scheduler.send(Lane.URGENT))

    @timer(interval=_EVERY_SECONDS)
    def send_ordinary(self) -> None:
        """What waits its turn."""
        self._bear(lambda: self._made.scheduler.send(Lane.ORDINARY))

    @timer(interval=_EVERY_SECONDS)
    def send_second(self) -> None:
        """What goes by the second channel."""
        self._bear(lambda: self._made.scheduler.send(Lane.SECOND))

    @command
    def tick(self) -> dict[str, Any]:
        """Do now all that is due: {"insisted", "sent": {lane: messages}}."""
        done = self._made.scheduler.tick()
        return {"insisted": done.insisted, "sent": {str(k): n for k, n in done.sent.items()}}

    @command
    def next_due_at(self) -> str | None:
        """When a tick next has something to do, ISO 8601, so that a rehearsed clock can jump."""
        next_at = self._made.scheduler.next_due_at()
        return next_at.isoformat() if next_at else None

    @command
    def acknowledge(
        self,
        by: str | None = None,
        alert_id: str | None = None,
        token: str | None = None,
        command_id: str | None = None,
    ) -> dict[str, Any]:
        """A volunteer reacted, by the alert's id or by the token of its link (then ``by`` may be
        left out: whoever it was sent to). Twice is once. The alert as it is then."""
        which = self._which(alert_id, token)
        once = _uuid("command_id", command_id) if command_id else None
        alert = self._made.reactions.acknowledge(which, by, command_id=once)
        return alert_answer(alert)

    @command
    def show_alert(self, alert_id: str | None = None, token: str | None = None) -> dict[str, Any]:
        """One alert, by its id or by the token of its link; changes nothing."""
        which = self._which(alert_id, token)
        with connected(self.parts.pool) as connection:
            found = self._made.alerts.get(connection, [which])
        if not found:
            raise UnknownAlert
        return alert_answer(found[0].alert)

    @command
    def list_alerts(
        self,
        recipient: str | None = None,
        unit: str | None = None,
        state: str | None = None,
        request_id: str | None = None,
        cause: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[dict[str, Any]]:
        """Alerts by recipient, unit, state, request or cause, the latest due first."""
        with connected(self.parts.pool) as connection:
            found = self._made.alerts.find(
                connection,
                recipient=recipient,
                unit=unit,
                state=_state(state),
                request_id=_uuid("request_id", request_id) if request_id else None,
                cause=cause,
                limit=max(1, min(limit, _MOST)),
                offset=max(0, offset),
            )
        return [alert_answer(one.alert) for one in found]

    @command
    def ladders(self) -> dict[str, Any]:
        """The settings of reminders as they apply, for the desk's settings page."""
        return policy_answer(self._made.policy)

    def own_metrics(self, connection: Connection) -> Iterable[Metric]:
        """How late alerts are that should have left already, by lane."""
        made, now = self._made, self.parts.clock.now()
        return late_alerts((made.alerts, made.causes), connection, now)

    @property
    def _made(self) -> Notifications:
        made: Notifications = self.parts.extra["notifications"]
        return made

    def _which(self, alert_id: str | None, token: str | None) -> UUID:
        if token:
            return self._made.links.alert_of(token)
        if alert_id:
            return _uuid("alert_id", alert_id)
        raise Invalid("alert_id: missing; give it or a token", {"alert_id": ["missing"]})

    def _bear(self, work: Any) -> None:
        """Whatever is not available now is tried at the next tick."""
        try:
            work()
        except Unavailable as error:
            _log.warning("tick_put_off", exc_info=error)


def _uuid(field: str, value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Invalid(f"{field}: not an id", {field: ["not an id"]}) from None


def _state(value: str | None) -> AlertState | None:
    if value is None:
        return None
    try:
        return AlertState[value.upper()]
    except KeyError:
        known = ", ".join(AlertState)
        raise Invalid(f"state: {value} is none of {known}", {"state": ["unknown"]}) from None
