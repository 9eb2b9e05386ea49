"""The schedule: what falls due is sent, what nobody reacts to goes up the ladder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.notifications.application.insisting import Insister
from services.notifications.application.ports import Alerts
from services.notifications.application.sending import Sender
from services.notifications.domain.lanes import Lane
from shared.eventstore import Pool
from shared.postgres import connected


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What one tick did: ladders that went on, messages that were taken, by lane."""

    insisted: int
    sent: dict[Lane, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduler:
    """Ticks; each lane may also be driven by itself, so that none waits for another."""

    insister: Insister
    sender: Sender
    alerts: Alerts
    pool: Pool

    def tick(self) -> Ticked:
        """Everything that is due by the clock, the urgent lane first."""
        insisted = self.insister.insist()
        return Ticked(insisted=insisted, sent={lane: self.sender.send_due(lane) for lane in Lane})

    def next_due_at(self) -> datetime | None:
        """The next instant at which a tick has something to do; None while nothing is planned."""
        with connected(self.pool) as connection:
            return self.alerts.next_at(connection)
