"""Nobody reacted: the next step of the ladder is planned, coordination at its end. Pure database
work: it never waits for a mail server."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifications.application.book import AlertBook
from services.notifications.application.rounds import AT_ONCE, Rounds
from services.notifications.domain.alert import Alert
from services.notifications.domain.cause import Cause
from services.notifications.domain.commands import CancelAlert, Escalate, Gone, PlanAlert, Repeat
from services.notifications.domain.directory import Directory
from services.notifications.domain.ladder import Audience
from services.notifications.domain.plan import follows, instead, next_steps
from shared.eventstore import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Insister(Rounds):
    """Goes up the ladders that nobody reacted to."""

    def insist(self) -> int:
        """Plan what follows where nobody reacted in time; how many alerts that concerned."""
        return self._all()

    def _some(self) -> int:
        now = self.clock.now()
        with self.streams.unit(metadata={"actor": "notifications"}) as unit:
            book = AlertBook(unit, self.alerts)
            silent = book.take(self.alerts.to_insist(unit.connection, now, AT_ONCE))
            if not silent:
                return 0
            keys = {one.planned.cause for one in silent if one.planned}
            book.load_causes(keys)
            causes = self.causes.get(unit.connection, keys)
            directory = self.people.directory(unit.connection)
            for alert in silent:
                cause = causes.get(alert.planned.cause) if alert.planned else None
                self._follow(unit.connection, book, alert, cause, directory)
            book.close()
        return len(silent)

    def _follow(
        self,
        connection: Connection,
        book: AlertBook,
        alert: Alert,
        cause: Cause | None,
        directory: Directory,
    ) -> None:
        planned = alert.planned
        if planned is None:
            return
        if cause is None or not cause.open:
            book.do(planned.alert_id, CancelAlert(reason=Gone.CAUSE_GONE))
            return
        contact = self.people.contact(connection, planned.recipient)
        has_second = contact is not None and contact.second_channel is not None
        step = instead(planned, follows(planned, self.policy), has_second=has_second)
        if step is None:
            book.do(planned.alert_id, CancelAlert(reason=Gone.SUPERSEDED))
            return
        now = self.clock.now()
        up = next_steps(planned, step, cause, directory, now=now, day=self.hours.day(now))
        for one in up:
            book.do(one.alert_id, PlanAlert(planned=one))
        if step.to is Audience.COORDINATION:
            book.do(planned.alert_id, Escalate(next_alert_id=up[0].alert_id))
        else:
            book.do(planned.alert_id, Repeat(next_alert_id=up[0].alert_id, rung=up[0].rung))
