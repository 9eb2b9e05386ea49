"""Handling a batch: one transaction for checkpoint, handler and parked events.

A failure that may pass (database, lost race) leaves the batch as it was. Any other failure, a
transaction that lasts too long or a key that stays lost included, is narrowed down by halves to the
event that causes it, which is tried alone, then parked together with all later events of its
stream. If most events fail, nothing more is parked: the cause is not in the events, unless those
behind go through.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from time import monotonic
from typing import Any

import psycopg
import structlog

from shared.errors import Conflict, Invalid, Unavailable
from shared.eventstore import Appended, Streams, UnitOfWork
from shared.logging import error_facts
from shared.messaging._backoff import Backoff
from shared.messaging._delivered import Delivered, Opening
from shared.messaging._envelope import Envelope
from shared.messaging._failpoints import failpoint
from shared.messaging._sift import NotNext, Stranger, sift
from shared.messaging._tables import MOST_STARTS, Checkpoint, Status, SubscriptionTables
from shared.messaging._tempo import NORMAL
from shared.postgres import OUTLASTED, Connection, DatabaseUnavailable
from shared.privacy import KeyLost
from shared.watch.meters import Meters

_log = structlog.get_logger("messaging.subscription")

ALONE_ATTEMPTS = 3
CONFLICTS_BORNE = 10
MOST_PARKED = 1000
KEY_LOST_SECONDS = 300.0  # a keyring that is restored, or a replica of it, comes up to date
_WINDOW = 20
_FEWEST_FAILURES = 5
_DIED: Mapping[str, Any] = {"type": "ProcessDied"}

Handler = Callable[[Sequence[Delivered], UnitOfWork], None]


class MostFail(Unavailable):
    """Most events fail, so the fault is not in them: the subscription waits and tries again.

    ``head`` is the event that was not parked for that reason.
    """

    code = "messaging.most_fail"

    def __init__(self, message: str, *, head: Envelope | None = None) -> None:
        super().__init__(message)
        self.head = head


@dataclass(slots=True, kw_only=True)
class Handling:
    """Handles batches of one source; ``sleep`` takes seconds, ``paused``: most events failed.

    ``most_seconds`` bounds each transaction: whoever is frozen in one is thrown out of it.
    """

    tables: SubscriptionTables
    streams: Streams
    opening: Opening
    handler: Handler
    sleep: Callable[[float], object]
    most_seconds: float = NORMAL.batch_seconds
    paused: bool = False
    meters: Meters = field(default_factory=Meters)
    monotonic: Callable[[], float] = monotonic
    _key_lost: tuple[float, float] | None = None  # first and last seen
    _outcomes: deque[bool] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    _conflicts: int = 0
    _retry_conflicts: int = 0
    _failed_again: set[int] = field(default_factory=set)

    def handle(self, envelopes: Sequence[Envelope]) -> None:
        """Handle ``envelopes`` once, in order; on return all are handled, parked or repeats.

        Raises NotNext and Stranger for one that must be looked into, Unavailable for what may
        pass, MostFail once more than half fail and most of those behind would, too. Nothing is
        lost by any of them: hand the batch in again.
        """
        while True:
            try:
                self._handle(envelopes)
            except MostFail as stuck:
                if stuck.head is None or not self._most_behind_go_through(stuck.head, envelopes):
                    raise
                self._lift()
            else:
                return

    def level(self) -> None:
        """Nothing of the source is left that could fail."""
        if self.paused:
            self._lift()

    def resumed(self) -> None:
        """Somebody lets a paused subscription try again: what failed before counts no more."""
        if self.paused:
            self.paused = False
            self._outcomes.clear()

    def _handle(self, envelopes: Sequence[Envelope]) -> None:
        try:
            self._attempt(envelopes, whole=True)
        except (NotNext, Stranger):
            raise
        except _Suspected:
            self._one_by_one(envelopes)
        except Exception as error:  # whatever the handler raised: told apart in one place
            self._bear(error)
            self._narrow(envelopes)

    def retry_parked(self) -> None:
        """Handle what admins asked to retry, stream by stream, each from its first event on."""
        while asked := self.tables.next_asked_again():
            envelope, by = asked
            begun = self._begin_retry(envelope)
            if begun > MOST_STARTS:
                self.tables.failed_again(envelope, _DIED)
                _log.error("parked_event_killed_again", **_facts(envelope))
            elif begun and not self._retry(envelope, by=by):
                return  # the next call tries again

    def take_up_read(self) -> None:
        """Ask for what was parked because no release before this one could read it.

        Not for what failed in this process all the same: its handler met something unknown.
        """
        for envelope in self.tables.unread():
            if envelope.position not in self._failed_again and self.opening.can_read(envelope):
                why = f"this release reads {envelope.type}"
                self.tables.ask_again(envelope.stream, by="the service", why=why)
                _log.info("parked_event_taken_up", **_facts(envelope))

    def _attempt(
        self, envelopes: Sequence[Envelope], *, whole: bool = False, alone: bool = False
    ) -> None:
        """One transaction over ``envelopes``; a ``whole`` batch that holds events of which
        consumers may have died raises _Suspected instead."""
        with self._transaction() as connection:
            checkpoints, status = self._enter(connection)
            if whole and status.suspects.intersection(one.partition for one in envelopes):
                raise _Suspected
            next_ones, reached = sift(self.tables.source, checkpoints, envelopes)
            fresh = self._not_given_up(connection, next_ones, status)
            waiting = self._waiting(connection, fresh, status)
            flowing = [envelope for envelope in fresh if envelope.stream not in waiting]
            failpoint("subscription.before_handler")
            handled, appended = self._call(connection, flowing)
            if waiting:
                behind = [envelope for envelope in fresh if envelope.stream in waiting]
                self.tables.park(connection, behind)
            if alone:
                self.tables.forget_attempts(connection, envelopes[0])
            self.tables.advance(connection, reached)
            failpoint("subscription.before_commit")
        failpoint("subscription.after_commit")
        self.streams.store.committed(appended)
        if handled:
            self._went_well()
        if fresh:
            self.meters.handled_batches.labels(self.tables.source).observe(len(fresh))

    def _begin_retry(self, envelope: Envelope) -> int:
        """Count a retry before it kills; how many did not end, once no other replica is at one."""
        with self._transaction() as connection:
            self._enter(connection)
            return self.tables.count_retry(connection, envelope)

    def _retry(self, envelope: Envelope, *, by: str) -> bool:
        """Whether it ended, well or not; it did not if it lost a race."""
        try:
            self._handle_parked(envelope, by=by)
        except Exception as error:
            if _may_pass(error) and not isinstance(error, KeyLost):
                self.tables.uncount_retry(envelope)
                raise
            if isinstance(error, Conflict) and self._retry_conflicts < CONFLICTS_BORNE:
                self._retry_conflicts += 1
                self.tables.uncount_retry(envelope)
                return False
            self.tables.failed_again(envelope, error_facts(error))
            self._failed_again.add(envelope.position)
            _log.warning("parked_event_failed_again", **_facts(envelope), exc_info=error)
        self._retry_conflicts = 0
        return True

    def _handle_parked(self, envelope: Envelope, *, by: str) -> None:
        """Handle a parked event, unless it was discarded since it was chosen."""
        with self._transaction() as connection:
            self._enter(connection)
            if not self.tables.unpark(connection, envelope, by=by):
                return
            _, appended = self._call(connection, [envelope])
        self.streams.store.committed(appended)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """One that says so when it lasted too long: inside a pipeline, what the server says when
        it ends the session is lost, and only the time tells."""
        began = self.monotonic()
        try:
            with self.streams.store.transaction() as connection:
                yield connection
        except DatabaseUnavailable as error:
            if error.sqlstate is None and self.monotonic() - began >= self.most_seconds:
                raise DatabaseUnavailable(OUTLASTED) from None
            raise

    @contextmanager
    def _trial(self) -> Iterator[Connection]:
        """A transaction that is undone at its end."""
        with self._transaction() as connection:
            yield connection
            raise psycopg.Rollback

    def _enter(self, connection: Connection) -> tuple[dict[int, Checkpoint], Status]:
        return self.tables.enter(connection, most_seconds=self.most_seconds)

    def _call(
        self, connection: Connection, envelopes: Sequence[Envelope]
    ) -> tuple[int, Sequence[Appended]]:
        """How many events the handler took, and what it appended."""
        wanted = self.opening.wanted(envelopes)
        if not wanted:
            return 0, ()
        batch = self.opening.open(wanted)
        with self.streams.unit(metadata={}, connection=connection) as unit:
            self.handler(batch, unit)
        failpoint("subscription.after_handler")
        return len(batch), unit.appended

    def _not_given_up(
        self, connection: Connection, envelopes: Sequence[Envelope], status: Status
    ) -> Sequence[Envelope]:
        """Without those that admins discarded: they come by again once a checkpoint is set back."""
        if not status.has_given_up or not envelopes:
            return envelopes
        streams = (envelope.stream for envelope in envelopes)
        given_up = self.tables.given_up_among(connection, streams)
        return [envelope for envelope in envelopes if envelope.position not in given_up]

    def _waiting(
        self, connection: Connection, envelopes: Sequence[Envelope], status: Status
    ) -> set[str]:
        if not status.has_parked or not envelopes:
            return set()
        return self.tables.parked_among(connection, {envelope.stream for envelope in envelopes})

    def _bear(self, error: Exception) -> None:
        """Raise what may pass; return if it is for good."""
        if isinstance(error, Conflict):
            self._conflicts += 1
            if self._conflicts <= CONFLICTS_BORNE:
                raise Unavailable("handler: lost a race for a stream; tried again") from error
        elif self._still_may_pass(error):
            raise error
        elif isinstance(error, DatabaseUnavailable):
            _log.warning("batch_lasted_too_long", source=self.tables.source, exc_info=error)

    def _still_may_pass(self, error: Exception) -> bool:
        """As ``_may_pass``, but keys that are lost are not waited for without end."""
        if not isinstance(error, KeyLost):
            return _may_pass(error)
        now = self.monotonic()
        since, last = self._key_lost or (now, now)
        if now - last > KEY_LOST_SECONDS:
            since = now  # another loss
        self._key_lost = since, now
        return now - since < KEY_LOST_SECONDS

    def _narrow(self, envelopes: Sequence[Envelope]) -> None:
        """Halve until the event that fails stands alone."""
        if len(envelopes) == 1:
            self._alone(envelopes[0])
            return
        middle = len(envelopes) // 2
        for half in (envelopes[:middle], envelopes[middle:]):
            try:
                self._attempt(half)
            except (NotNext, Stranger):
                raise
            except Exception as error:  # as in ``handle``
                self._bear(error)
                self._narrow(half)

    def _one_by_one(self, envelopes: Sequence[Envelope]) -> None:
        """After deaths: each event alone, counted before it is tried."""
        _log.warning("handling_one_by_one", source=self.tables.source, event_count=len(envelopes))
        for envelope in envelopes:
            self._alone(envelope)

    def _alone(self, envelope: Envelope) -> None:
        backoff = Backoff(first_seconds=0.1, longest_seconds=2)
        error: Exception | None = None
        tried = 0
        while (count := self.tables.count_attempt(envelope)) <= ALONE_ATTEMPTS:
            tried = count
            try:
                self._attempt([envelope], alone=True)
            except (NotNext, Stranger):
                self.tables.uncount_attempt(envelope)
                raise
            except Exception as raised:  # as in ``handle``
                if isinstance(raised, Conflict) or self._still_may_pass(raised):
                    self.tables.uncount_attempt(envelope)
                self._bear(raised)
                error = raised
                self.meters.event_failures.labels(self.tables.source).inc()
                if isinstance(raised, Invalid | KeyLost):
                    break  # it reads the same however often
                self.sleep(backoff.next_seconds())
            else:
                return
        self._set_aside(envelope, error, tried or ALONE_ATTEMPTS)

    def _set_aside(self, envelope: Envelope, error: Exception | None, attempts: int) -> None:
        """Park the event, unless the fault lies elsewhere: then raise MostFail."""
        self._outcomes.append(False)
        failures = self._outcomes.count(False)
        most_fail = failures >= max(_FEWEST_FAILURES, len(self._outcomes) / 2)
        facts = _DIED if error is None else error_facts(error)
        parked = None
        with self.streams.store.transaction() as connection:
            self.tables.forget_attempts(connection, envelope)
            if not (self.paused or most_fail):
                checkpoints, _ = self._enter(connection)
                fresh, reached = sift(self.tables.source, checkpoints, [envelope])
                parked = self.tables.park(connection, fresh, error=facts, attempts=attempts)
                self.tables.advance(connection, reached)
        if parked is None:
            raise MostFail(
                f"handler: {failures} of the last {len(self._outcomes)} events failed, the last "
                f"with {facts.get('code', facts['type'])}; mend the handler or what it depends on",
                head=envelope,
            ) from error
        _log.error(
            "event_parked",
            **_facts(envelope),
            attempts=attempts,
            parked_count=parked,
            exc_info=error,
        )
        if parked > MOST_PARKED:
            raise MostFail(f"parked_events: more than {MOST_PARKED}; retry or discard some")

    def _most_behind_go_through(self, head: Envelope, envelopes: Sequence[Envelope]) -> bool:
        """Whether other streams' events, tried and undone, tell that the fault is in ``head``."""
        with self._transaction() as connection:
            checkpoints, status = self._enter(connection)
            next_ones, _ = sift(self.tables.source, checkpoints, envelopes)
            fresh = self._not_given_up(connection, next_ones, status)
            waiting = self._waiting(connection, fresh, status) | {head.stream}
        firsts: dict[str, Envelope] = {}
        for envelope in self.opening.wanted(fresh):
            if envelope.stream not in waiting:
                firsts.setdefault(envelope.stream, envelope)
        tried = [self._would_go_through(one) for one in islice(firsts.values(), _WINDOW)]
        return tried.count(True) > tried.count(False)

    def _would_go_through(self, envelope: Envelope) -> bool:
        """Try it and undo it; counted before, for it may kill."""
        if self.tables.count_attempt(envelope) > ALONE_ATTEMPTS:
            return False
        try:
            with self._trial() as connection:
                self._enter(connection)
                self._call(connection, [envelope])
        except Exception as error:  # whatever it is: it does not speak against the head
            _log.info("event_would_fail", **_facts(envelope), exc_info=error)
            went = False
        else:
            went = True
        self.tables.uncount_attempt(envelope)
        return went

    def _lift(self) -> None:
        """Not most events fail, or no longer."""
        self._outcomes.clear()
        if self.paused:
            self.tables.lift_pause()
            self.paused = False
            _log.info("subscription_resumed", source=self.tables.source)

    def _went_well(self) -> None:
        if self.paused:
            self._lift()
        self._conflicts = 0
        self._outcomes.append(True)


class _Suspected(Exception):
    """The batch may hold what consumers died of: its events are tried one by one."""


def _may_pass(error: Exception) -> bool:
    """Whether the same batch may go through at the next try."""
    outlasted = isinstance(error, DatabaseUnavailable) and error.sqlstate == OUTLASTED
    return isinstance(error, Unavailable) and not outlasted


def _facts(envelope: Envelope) -> dict[str, Any]:
    return {
        "source": envelope.source,
        "stream": envelope.stream,
        "position": envelope.position,
        "type": envelope.type,
    }
