"""The schedule: what falls due is planned and sent, what nobody reacts to goes up the ladder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.notifications.application.falling_due import FallingDue
from services.notifications.application.insisting import Insister
from services.notifications.application.ports import Alerts, Causes
from services.notifications.application.sending import Sender
from services.notifications.domain.lanes import Lane
from shared.clock import Clock
from shared.eventstore import Pool
from shared.postgres import connected


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What one tick did: ladders that went on, messages that were taken, by lane."""

    insisted: int
    sent: dict[Lane, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduler:
    """Ticks; each lane may also be driven by itself, so that none waits for another.

    Looks first whether there is anything to do: mostly there is not, and that costs one query.
    """

    falling_due: FallingDue
    insister: Insister
    sender: Sender
    alerts: Alerts
    causes: Causes
    clock: Clock
    pool: Pool

    def tick(self) -> Ticked:
        """Everything that is due by the clock, the urgent lane first."""
        insisted = self.climb()
        return Ticked(insisted=insisted, sent={lane: self.send(lane) for lane in Lane})

    def climb(self) -> int:
        """Plan the stages that fell due, and what follows where nobody reacted in time; how many
        alerts that nobody reacted to there were."""
        now = self.clock.now()
        with connected(self.pool) as connection:
            next_at = self.causes.next_at(connection)
            insists = self.alerts.work(connection, now).insists
        if next_at is not None and next_at <= now:
            self.falling_due.plan()
        return self.insister.insist() if insists else 0

    def send(self, lane: Lane) -> int:
        """Send what is due in a lane; how many messages were taken."""
        with connected(self.pool) as connection:
            lanes = self.alerts.work(connection, self.clock.now()).lanes
        return self.sender.send_due(lane) if lane in lanes else 0

    def next_due_at(self) -> datetime | None:
        """The next instant at which a tick has something to do; None while nothing is planned."""
        with connected(self.pool) as connection:
            found = (self.causes.next_at(connection), self.alerts.next_at(connection))
        return min((at for at in found if at is not None), default=None)
