"""What the schedule works off: a round is one transaction, until none finds anything."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from services.notifications.application.ports import Alerts, Causes, People
from services.notifications.domain.hours import WorkingHours
from services.notifications.domain.ladder import Policy
from shared.clock import Clock
from shared.eventstore import Streams

AT_ONCE = 100  # alerts or causes in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds(ABC):
    """What a round works with."""

    streams: Streams
    alerts: Alerts
    causes: Causes
    people: People
    policy: Policy
    hours: WorkingHours
    clock: Clock

    def _all(self) -> int:
        """Work off all that is due; how many it were."""
        done = 0
        while count := self._some():
            done += count
        return done

    @abstractmethod
    def _some(self) -> int:
        """One round, of ``AT_ONCE`` at most; how many it were."""
