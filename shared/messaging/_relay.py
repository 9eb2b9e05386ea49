"""The relay: reads a log in order and publishes it, at least once, never out of order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from uuid import UUID

import psycopg
import structlog

from shared.errors import PermanenceError, Unavailable
from shared.eventstore import PARTITIONS, EventStore
from shared.logging import of_service
from shared.messaging._backoff import Backoff
from shared.messaging._broker import BLOCKED, BatchPublisher, NotPublished, Outgoing, Unconfirmed
from shared.messaging._envelope import (
    Envelope,
    Heads,
    Place,
    encode,
    encode_heads,
    seal,
)
from shared.messaging._failpoints import failpoint
from shared.messaging._leadership import Leadership
from shared.messaging._tempo import NORMAL, Tempo
from shared.messaging._topology import HEADS_KEY, events_exchange
from shared.messaging._wakeup import Wakeup
from shared.messaging._wakeup import listen as listen_to_log
from shared.watch.meters import Meters

_MAY_PASS = (PermanenceError, psycopg.Error)  # after these it starts over
_log = structlog.get_logger("messaging.relay")

PAGE_EVENTS = 250  # of one partition
BATCH_EVENTS = 500  # confirmed together; fewer by a broker that was too slow for so many
BATCH_BYTES = 2_000_000
LEAD_SECONDS = 1.0
WATCH_SECONDS = 0.5
# Between rounds that find little: what is committed meanwhile goes together, here and in every
# consumer, each of which pays a transaction a batch. Three times as long as the round took, within
# bounds: where all are busy, rounds take longer, and fewer, larger batches are what is needed.
COALESCE_SECONDS = (0.01, 0.04)
COALESCE_ROUNDS = 3
ALARM_AFTER_FAILURES = 5
# A larger event is not published: consumers see that it is missing and ask for it.
LARGEST_BODY_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOptions:
    """What a relay works on: all partitions unless several relays share a busy log."""

    service: str
    dsn: str
    amqp_uri: str
    partitions: tuple[int, ...] = tuple(range(PARTITIONS))
    tempo: Tempo = NORMAL

    @property
    def group(self) -> str:
        """The name of the partition group, for the lock."""
        return ",".join(str(partition) for partition in self.partitions)


class Relay:
    """Publishes the log of one service while it leads; ``run`` until ``stop``."""

    def __init__(
        self,
        options: RelayOptions,
        *,
        store: EventStore,
        wakeup: Wakeup,
        meters: Meters | None = None,
    ) -> None:
        self._options = options
        self._store = store
        self._wakeup = wakeup
        self._meters = meters or Meters()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._publisher = BatchPublisher(options.amqp_uri, events_exchange(options.service))
        self._places: dict[int, Place] = {}
        self._announced_at = 0.0
        self._renewed_at = 0.0
        self._failures = 0
        self._most = BATCH_EVENTS

    def wake(self) -> None:
        """There may be something to publish."""
        self._wake.set()

    def stop(self) -> None:
        """End after the batch in hand."""
        self._stopped.set()
        self._wake.set()

    def run(self) -> None:
        """Lead whenever the lock is free, publish, and start over after every failure.

        One that may not pass by itself (a right that was withdrawn) is an error in the log and
        shows as publishing that fails; once it is mended publishing goes on.
        """
        backoff = Backoff(first_seconds=0.2, longest_seconds=5)
        while not self._stopped.is_set():
            try:
                self._lead(backoff)
            except _MAY_PASS as error:
                if isinstance(error, Unavailable | psycopg.Error):
                    _log.warning("relay_interrupted", group=self._options.group, exc_info=error)
                else:
                    _log.error("relay_failed", group=self._options.group, exc_info=error)
                    self._fails(error.code)
                self._stopped.wait(backoff.next_seconds())
            finally:
                self._publisher.close()

    def _lead(self, backoff: Backoff) -> None:
        options = self._options
        leadership = Leadership(
            options.dsn,
            schema=options.service,
            group=options.group,
            partitions=list(options.partitions),
            lease_seconds=options.tempo.lease_seconds,
        )
        with self._watching(leadership), leadership:
            while not leadership.take():
                if self._stopped.wait(LEAD_SECONDS):
                    return
            _log.info("relay_leads", group=options.group)
            self._places = leadership.places()
            self._announced_at = self._renewed_at = 0.0
            self._wakeup.attach(self.wake)
            self._meters.publishing.leads = True
            listen = of_service(options.service, self._listen)
            listener = threading.Thread(target=listen, args=(leading := [True],), daemon=True)
            listener.start()
            try:
                self._serve(leadership, self._store.incarnation(), backoff)
            finally:
                leading.clear()
                self._meters.publishing.leads = False
                self._wakeup.detach(self.wake)

    def _serve(self, leadership: Leadership, incarnation: UUID, backoff: Backoff) -> None:
        while not self._stopped.is_set():
            self._keep(leadership)
            began = monotonic()
            try:
                published = self._publish_new(leadership, incarnation)
                self._announce(incarnation)
                self._publisher.beat()
            except NotPublished as error:
                self._count_failure(error)
                self._stopped.wait(backoff.next_seconds())
                continue
            self._went_well()
            backoff.reset()
            took = monotonic() - began
            if not published:
                self._wake.wait(self._options.tempo.look_seconds)
            if published < PAGE_EVENTS:
                self._stopped.wait(pause_after(took))
            self._wake.clear()

    def _keep(self, leadership: Leadership) -> None:
        if monotonic() - self._renewed_at > LEAD_SECONDS:
            leadership.renew()
            self._renewed_at = monotonic()

    def _publish_new(self, leadership: Leadership, incarnation: UUID) -> int:
        """Publish one page a partition; how many events that were.

        What a batch reached is recorded before the next one leaves: with a slow broker a page
        takes longer than the lease, and whoever takes over then sends one batch again.
        """
        published = 0
        for batch in batches(self._read(incarnation), lambda: self._most):
            fitting = [
                Outgoing(envelope.type, body)
                for envelope, body in batch
                if len(body) <= LARGEST_BODY_BYTES
            ]
            failpoint("relay.before_publish")
            if fitting:
                try:
                    self._publisher.publish(fitting)
                except Unconfirmed:
                    self._most = max(len(batch) // 2, 1)
                    raise
                self._most = min(max(self._most, 2 * len(batch)), BATCH_EVENTS)
                self._meters.published_batches.observe(len(fitting))
            failpoint("relay.after_publish")
            reached = {envelope.partition: envelope.place for envelope, _ in batch}
            leadership.advance(reached)
            self._places |= reached
            if len(fitting) < len(batch):
                self._announced_at = 0.0
            failpoint("relay.after_checkpoint")
            published += len(batch)
            if self._stopped.is_set():
                break
            self._keep(leadership)
        return published

    def _read(self, incarnation: UUID) -> Iterable[Envelope]:
        reached = dict(self._places)
        after = {partition: place.position for partition, place in reached.items()}
        for event in self._store.read_all(after, limit=PAGE_EVENTS, decrypt=False):
            previous = reached[event.partition]
            envelope = seal(self._options.service, incarnation, event, previous=previous)
            reached[event.partition] = envelope.place
            yield envelope

    def _announce(self, incarnation: UUID) -> None:
        if monotonic() - self._announced_at < self._options.tempo.heads_seconds:
            return
        heads = Heads(source=self._options.service, incarnation=incarnation, places=self._places)
        self._publisher.publish([Outgoing(HEADS_KEY, encode_heads(heads))], mandatory=False)
        self._announced_at = monotonic()

    def _went_well(self) -> None:
        self._failures = 0
        self._meters.publishing.failing_since = None

    def _fails(self, code: str) -> None:
        publishing = self._meters.publishing
        publishing.failing_since = publishing.failing_since or datetime.now(UTC)
        publishing.reason = code

    def _count_failure(self, error: NotPublished) -> None:
        self._failures += 1
        self._meters.publish_failures.inc()
        self._fails(error.code if error.reason != BLOCKED else "relay.blocked")
        level = _log.error if self._failures >= ALARM_AFTER_FAILURES else _log.warning
        level("publishing_failed", reason=error.reason, attempts=self._failures)

    @contextmanager
    def _watching(self, leadership: Leadership) -> Iterator[None]:
        """Meanwhile no wait for the database outlasts the lease."""
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(WATCH_SECONDS):
                leadership.hang_up_if_silent(at_once=self._stopped.is_set())

        threading.Thread(target=watch, daemon=True).start()
        try:
            yield
        finally:
            ended.set()

    def _listen(self, leading: list[bool]) -> None:
        def ended() -> bool:
            return not leading or self._stopped.is_set()

        backoff = Backoff(first_seconds=0.2, longest_seconds=5)
        while not ended():
            try:
                listen_to_log(self._options.dsn, self._options.service, self.wake, ended, step=1.0)
            except psycopg.Error as error:
                _log.warning("listener_lost", sqlstate=error.sqlstate)
                self._stopped.wait(backoff.next_seconds())


def pause_after(round_seconds: float) -> float:
    """How long to let events gather after a round that took so long."""
    shortest, longest = COALESCE_SECONDS
    return min(max(shortest, COALESCE_ROUNDS * round_seconds), longest)


def batches(
    envelopes: Iterable[Envelope], most_events: Callable[[], int]
) -> Iterator[list[tuple[Envelope, bytes]]]:
    """Events with their bodies, in order, so many at a time and up to ``BATCH_BYTES``; one that is
    larger by itself."""
    batch: list[tuple[Envelope, bytes]] = []
    size = 0
    for envelope in envelopes:
        body = encode(envelope)
        if batch and (len(batch) >= most_events() or size + len(body) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((envelope, body))
        size += len(body)
    if batch:
        yield batch
