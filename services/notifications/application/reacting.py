"""A volunteer reacted to an alert: everybody whom that settles hears no more of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.notifications.application.book import AlertBook
from services.notifications.application.ports import Alerts
from services.notifications.domain.alert import Alert
from services.notifications.domain.commands import Acknowledge, CancelAlert, Gone
from services.notifications.domain.errors import UnknownAlert
from services.notifications.domain.reacting import settled_by
from shared.eventstore import Streams


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactions:
    """What acknowledging works with."""

    streams: Streams
    alerts: Alerts

    def acknowledge(
        self, alert_id: UUID, by: str | None = None, *, command_id: UUID | None = None
    ) -> Alert:
        """Note that ``by`` (by default, whom the alert was sent to) reacted; the alert after it.

        Twice is once. Raises UnknownAlert, or NotYetSent for one that has not left.
        """
        actor = {"actor": by or "link"}
        with self.streams.unit(metadata=actor, command_id=command_id) as unit:
            book = AlertBook(unit, self.alerts)
            found = book.take(self.alerts.get(unit.connection, [alert_id]))
            if not found or found[0].planned is None:
                raise UnknownAlert
            [alert] = found
            who = by or found[0].planned.recipient
            settled = settled_by(alert, book.of_cause(found[0].planned.cause))
            after = book.do(alert_id, Acknowledge(by=who))
            for other in settled:
                if other.planned is None or other.planned.alert_id == alert_id:
                    continue
                reaction = Acknowledge(by=who) if other.may_have_arrived else None
                book.do(other.planned.alert_id, reaction or CancelAlert(reason=Gone.ACKNOWLEDGED))
            book.close()
        return after
