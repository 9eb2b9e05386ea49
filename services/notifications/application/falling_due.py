"""A stage fell due: its alerts are planned, for those whom it concerns by now. Pure database work:
it never waits for a mail server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from services.notifications.application.book import AlertBook
from services.notifications.application.reconcile import reconcile, waiting
from services.notifications.application.rounds import AT_ONCE, Rounds
from services.notifications.domain.cause import Cause
from services.notifications.domain.directory import Directory

_log = structlog.get_logger("notifications")
_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class FallingDue(Rounds):
    """Plans the stages that fell due."""

    def plan(self) -> int:
        """Plan all stages that fell due; of how many causes."""
        return self._all()

    def _some(self) -> int:
        now = self.clock.now()
        with self.streams.unit(metadata={"actor": "notifications"}) as unit:
            book = AlertBook(unit, self.alerts)
            due = self.causes.fallen_due(unit.connection, now, AT_ONCE)
            if not due:
                return 0
            directory = self.people.directory(unit.connection)
            book.load_causes(cause.key for cause in due)
            later = [self._planned(book, cause, directory, now) for cause in due]
            self.causes.put(unit.connection, later)
            book.close()
        return len(due)

    def _planned(self, book: AlertBook, cause: Cause, directory: Directory, now: datetime) -> Cause:
        """Plan one cause's stage; the cause as it waits for its next.

        One that cannot be planned is told as an error and tried again: it holds up no other.
        """
        book.because = cause.because
        try:
            reconcile(book, cause, self.policy, directory, self.hours, until=now)
            return waiting(cause, self.policy, self.hours, after=now)
        except Exception as error:  # whatever is wrong with one, the others must be told
            _log.error("stage_not_planned", cause=cause.key, exc_info=error)
            return replace(cause, next_at=now + _AGAIN)
