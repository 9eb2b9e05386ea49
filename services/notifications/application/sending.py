"""Alerts leave: claimed and marked before anybody talks to a server, noted after it answered.

In a lane one process sends at a time. What it finds begun there was begun by one that died: it is
in doubt, and leaves once more under the same Message-ID. No transaction is open while talking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from services.notifications.application.book import AlertBook
from services.notifications.application.ports import (
    Alerts,
    Answer,
    Causes,
    Channel,
    Contact,
    Known,
    Leadership,
    Mail,
    Outcome,
    People,
)
from services.notifications.application.reconcile import reconcile
from services.notifications.domain.alert import Alert
from services.notifications.domain.cause import Cause, ladder_of
from services.notifications.domain.commands import (
    CancelAlert,
    Gone,
    NoteFailure,
    NoteSent,
    StartSending,
)
from services.notifications.domain.directory import DESK, Directory
from services.notifications.domain.hours import WorkingHours
from services.notifications.domain.ladder import Policy
from services.notifications.domain.lanes import Lane
from services.notifications.domain.plan import follows, insist_at, instead, standing
from services.notifications.domain.sending import grouped, superseded
from shared.clock import Clock
from shared.contracts.notifications.events import AlertPlanned
from shared.eventstore import Connection, Streams, UnitOfWork

_ONE_MAIL = 50  # alerts in one message at most
_DIGEST = UUID("5f0a2c1e-8f53-4f0e-9d0b-6f2f5a1f7c11")
_ACTOR = {"actor": "notifications"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What sending works with. ``channels`` has one for each lane; ``domain`` ends Message-IDs.

    ``may_send`` says whether what is known is recent enough for a lane: after an outage, what was
    answered meanwhile must be heard of before anything leaves.
    """

    streams: Streams
    alerts: Alerts
    causes: Causes
    people: People
    channels: Mapping[Lane, Channel]
    leadership: Leadership
    policy: Policy
    hours: WorkingHours
    clock: Clock
    domain: str
    may_send: Callable[[Lane], bool]

    def send_due(self, lane: Lane, *, at_most: int = 200) -> int:
        """Send what is due in a lane, most urgent first; how many messages were taken.

        Stops early when the channel cannot be reached: all that is due there is then put off.
        0 as well when another process sends in this lane.
        """
        taken = 0
        with self.leadership.lead(lane) as leads:
            if not leads:
                return 0
            self._recover(lane)
            try:
                for outcome in self._sendings(lane, at_most):
                    taken += outcome.answer is Answer.TAKEN
                    if outcome.answer is Answer.UNREACHABLE:
                        self._put_off(lane, outcome)
            finally:
                self.channels[lane].rest()
        return taken

    def _sendings(self, lane: Lane, at_most: int) -> Iterator[Outcome]:
        """Send one message after the other; how each went, once it is noted.

        What became of one is noted in the transaction that claims the next.
        """
        claimed = self._claim(lane) if self.may_send(lane) else None
        for left in reversed(range(at_most)):
            if claimed is None:
                return
            if claimed.mail is None:
                claimed = self._claim(lane) if left and self.may_send(lane) else None
                continue
            # Asked before, for it may take its time: nothing comes between the answer and the note.
            goes_on = left > 0 and self.may_send(lane)
            outcome = self.channels[lane].send(claimed.mail)
            goes_on = goes_on and outcome.answer is not Answer.UNREACHABLE
            claimed = self._note(claimed, outcome, lane if goes_on else None)
            yield outcome

    def _recover(self, lane: Lane) -> None:
        """Whoever began these is gone: nobody knows whether they left."""
        now = self.clock.now()
        with self.streams.unit(metadata=_ACTOR) as unit:
            book = AlertBook(unit, self.alerts)
            for alert in book.take(self.alerts.in_hand(unit.connection, lane)):
                self._note_failure(book, alert, Outcome(Answer.LOST, "interrupted"), now, now)
            book.close()

    def _claim(self, lane: Lane) -> _Claimed | None:
        """Mark the most urgent alerts of one recipient as leaving, after a last look at whether
        they still should; None when nothing is due."""
        with self.streams.unit(metadata=_ACTOR) as unit:
            book = AlertBook(unit, self.alerts)
            claimed = self._claimed(unit, book, lane)
            book.close()
        return claimed

    def _claimed(self, unit: UnitOfWork, book: AlertBook, lane: Lane) -> _Claimed | None:
        now = self.clock.now()
        due = book.take(self.alerts.most_urgent(unit.connection, lane, now, _ONE_MAIL))
        if not due:
            return None
        still = self._still_true(unit, book, [_planned(one) for one in due], now)
        together = grouped(still, merge_from=self.policy.merge_from)
        if not together:
            return _Claimed()
        contact = self._contact(unit.connection, _planned(together[0]).recipient)
        mail = self._begin(book, lane, together, contact, now)
        return _Claimed(mail, tuple(book.known(one.alert_id) for one in mail.alerts))

    def _contact(self, connection: Connection, recipient: str) -> Contact:
        """Of somebody whose address is gone since, the desk's mailbox: nothing is lost."""
        contact = self.people.contact(connection, recipient) or self.people.contact(
            connection, DESK
        )
        if contact is None:
            raise LookupError("mailbox: the desk has no address; set PERMANENCE_MAILBOX")
        return contact

    def _still_true(
        self, unit: UnitOfWork, book: AlertBook, due: Sequence[AlertPlanned], now: datetime
    ) -> list[Alert]:
        """What is still to be sent: causes closed, people away and stages overtaken by a later
        one leave nothing.

        A cause calls off its alerts when it changes, so mostly all still stand, and the other
        alerts of their causes need not be read.
        """
        causes = self.causes.get(unit.connection, {one.cause for one in due})
        directory = self.people.directory(unit.connection)
        gone = {one.cause for one in due if not self._stands(one, causes, directory)}
        book.load_causes(gone)
        for key in sorted(gone & causes.keys()):
            reconcile(book, causes[key], self.policy, directory, self.hours, until=now)
        current = [book.get(one.alert_id) for one in due]
        for late in superseded([one for one in current if one.open], self.policy):
            book.do(_planned(late).alert_id, CancelAlert(reason=Gone.SUPERSEDED))
        return [one for alert in due if (one := book.get(alert.alert_id)).open]

    def _stands(
        self, alert: AlertPlanned, causes: Mapping[str, Cause], directory: Directory
    ) -> bool:
        cause = causes.get(alert.cause)
        ladder = ladder_of(cause, self.policy) if cause and cause.open else None
        if cause is None or ladder is None:
            return False
        return standing(cause, ladder, directory, self.hours).stands(alert)

    def _begin(
        self, book: AlertBook, lane: Lane, alerts: Sequence[Alert], contact: Contact, now: datetime
    ) -> Mail:
        planned = [_planned(one) for one in alerts]
        message_id = self._message_id(alerts)
        channel = "second" if lane is Lane.SECOND and contact.second_channel else "email"
        for one in planned:
            insists = insist_at(one, follows(one, self.policy), now, self.hours)
            start = StartSending(channel=channel, message_id=message_id, at=now, insist_at=insists)
            book.do(one.alert_id, start)
        return Mail(
            message_id=message_id,
            to=contact,
            channel=channel,
            alerts=tuple(planned),
            written_at=now,
        )

    def _message_id(self, alerts: Sequence[Alert]) -> str:
        if alerts[0].in_doubt and alerts[0].message_id:
            return alerts[0].message_id
        ids = sorted(str(_planned(one).alert_id) for one in alerts)
        name = ids[0] if len(ids) == 1 else str(uuid5(_DIGEST, " ".join(ids)))
        return f"<{name}@{self.domain}>"

    def _note(self, claimed: _Claimed, outcome: Outcome, lane: Lane | None) -> _Claimed | None:
        """Note what became of a message; claim the next one of ``lane`` if one is given.

        Mostly nobody else decided on its alerts meanwhile, and what was known when they were
        claimed holds. Else, or whatever keeps from claiming more, they are read again and noted.
        """
        try:
            with self.streams.unit(metadata=_ACTOR) as unit:
                book = AlertBook(unit, self.alerts)
                self._noted(book, claimed.begun, outcome)
                after = self._claimed(unit, book, lane) if lane else None
                book.close()
        except Exception:  # the message is out: noting it depends on nothing else
            with self.streams.unit(metadata=_ACTOR) as unit:
                book = AlertBook(unit, self.alerts)
                ids = [_planned(one.alert).alert_id for one in claimed.begun]
                self._noted(book, self.alerts.get(unit.connection, ids), outcome)
                book.close()
            return self._claim(lane) if lane else None
        return after

    def _noted(self, book: AlertBook, begun: Iterable[Known], outcome: Outcome) -> None:
        now = self.clock.now()
        for alert in book.take(begun):
            if alert.in_hand is None:
                continue  # another process took this one for orphaned; its word stands
            if outcome.answer is Answer.TAKEN:
                self._note_sent(book, alert, now)
            else:
                self._note_failure(book, alert, outcome, now, self._retry_at(alert, now))

    def _note_sent(self, book: AlertBook, alert: Alert, now: datetime) -> None:
        planned = _planned(alert)
        insists = insist_at(planned, follows(planned, self.policy), now, self.hours)
        book.do(planned.alert_id, NoteSent(at=now, insist_at=insists))

    def _note_failure(
        self, book: AlertBook, alert: Alert, outcome: Outcome, now: datetime, retry_at: datetime
    ) -> None:
        planned = _planned(alert)
        refused = outcome.answer is Answer.REFUSED
        given_up = refused and self._something_follows(planned)
        book.do(
            planned.alert_id,
            NoteFailure(
                at=now,
                reason=outcome.reason,
                retry_at=None if given_up else retry_at,
                doubtful=outcome.answer is Answer.LOST,
            ),
        )

    def _something_follows(self, planned: AlertPlanned) -> bool:
        """Only where something else is tried instead may a refused alert be given up."""
        return instead(planned, follows(planned, self.policy), has_second=False) is not None

    def _retry_at(self, alert: Alert, now: datetime) -> datetime:
        pauses = self.policy.retry_minutes
        return now + timedelta(minutes=pauses[min(alert.attempts, len(pauses)) - 1])

    def _put_off(self, lane: Lane, outcome: Outcome) -> None:
        """The channel cannot be reached: all else that is due there has failed with it, so that
        what insists on it does not wait for each to be tried."""
        now = self.clock.now()
        with self.streams.unit(metadata=_ACTOR) as unit:
            book = AlertBook(unit, self.alerts)
            for alert in book.take(self.alerts.to_postpone(unit.connection, lane, now)):
                planned = _planned(alert)
                insists = insist_at(planned, follows(planned, self.policy), now, self.hours)
                start = StartSending(
                    channel=planned.channel,
                    message_id=self._message_id([alert]),
                    at=now,
                    insist_at=insists,
                )
                begun = book.do(planned.alert_id, start)
                self._note_failure(book, begun, outcome, now, self._retry_at(begun, now))
            book.close()


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What was claimed; ``mail`` is None when nothing of it was to be sent after all. ``begun``:
    its alerts as they are since."""

    mail: Mail | None = None
    begun: tuple[Known, ...] = ()


def _planned(alert: Alert) -> AlertPlanned:
    if alert.planned is None:
        raise LookupError("alert: it was never planned; verify the stream")
    return alert.planned
