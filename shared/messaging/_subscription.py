"""``@subscribe("intake")``: one ordered reader of another service's log."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from time import monotonic
from typing import Any

import structlog
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint

from shared.errors import PermanenceError, Unavailable
from shared.eventstore import UnitOfWork
from shared.logging import of_service
from shared.messaging._backoff import Backoff
from shared.messaging._batch import Batch
from shared.messaging._consumer import BrokerLost, QueueDiffers, QueueReader
from shared.messaging._delivered import Decoder, Delivered, Opening
from shared.messaging._envelope import BadEnvelope, Envelope, Heads, decode
from shared.messaging._failpoints import failpoint
from shared.messaging._following import Following
from shared.messaging._handling import Handling, MostFail
from shared.messaging._lag_watch import LagWatch
from shared.messaging._opened import MessagingParts, OpenParts
from shared.messaging._redelivering import Redelivering
from shared.messaging._rpc import RpcClient
from shared.messaging._sift import Diverged
from shared.messaging._source import Source
from shared.messaging._tables import Checkpoint, Status, SubscriptionTables
from shared.messaging._tempo import Tempo, tempo_from
from shared.messaging._topology import subscription_queue

_log = structlog.get_logger("messaging.subscription")

TICK_SECONDS = 1.0
_TAKE_UP_SECONDS = 60.0


class Subscription(Entrypoint):  # type: ignore[misc]  # nameko is untyped
    """Calls the method with ``(batch, unit)``, in order, once for each event.

    ``only`` are the event classes that the method wants: others that the codec knows move the
    checkpoint and are not even decoded. ``codec`` decodes the source's events, the service's own
    codec if not given.
    ``reads_private=False``: what names a person is not decrypted, for whoever decides without.
    ``pace_seconds``: batches follow on one another no faster, for a batch costs a transaction
    however small it is; what comes after a silence is handled at once.
    """

    opened = OpenParts()
    lag_watch = LagWatch()

    def __init__(
        self,
        source: str,
        *,
        only: Iterable[type] | None = None,
        codec: Decoder | None = None,
        reads_private: bool = True,
        pace_seconds: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._source = source
        self._only = None if only is None else frozenset(wanted.__name__ for wanted in only)
        self._codec = codec
        self._reads_private = reads_private
        self._pace_seconds = pace_seconds
        self._stopped = threading.Event()
        self._thread: Any = None

    def setup(self) -> None:
        self.lag_watch.add(self._source)

    @property
    def source(self) -> str:
        """The service whose events it reads."""
        return self._source

    def wants(self, type: str) -> bool:
        """Whether the method is given events of that type."""
        return self._only is None or type in self._only

    def start(self) -> None:
        run = of_service(self.container.service_name, self._run)
        self._thread = self.container.spawn_managed_thread(run, identifier=repr(self))

    def stop(self) -> None:
        """Finish the batch in hand, or give it up after the grace time."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.wait()

    def kill(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        parts: MessagingParts = self.opened.parts
        amqp_uri = self.container.config["AMQP_URI"]
        rpc = RpcClient(amqp_uri)
        tables = SubscriptionTables(parts.pool, self._source)
        tempo = tempo_from(self.container.config)
        handling = Handling(
            tables=tables,
            streams=parts.streams,
            opening=Opening(
                self._codec or parts.codec,
                parts.keyring,
                only=self._only,
                reads_private=self._reads_private,
            ),
            handler=self._call_method,
            sleep=self._stopped.wait,
            most_seconds=tempo.batch_seconds,
            meters=self.opened.meters,
        )
        following = Following(
            Source(self._source, rpc), handling, tables, stopping=self._stopped.is_set
        )
        redelivering = Redelivering(
            source=Source(self._source, rpc),
            tables=tables,
            streams=parts.streams,
            opening=handling.opening,
            handler=self._call_method,
            models=[t for m in parts.read_models if m.source == self._source for t in m.tables],
            stopping=self._stopped.is_set,
        )
        reading = Reading(
            amqp_uri=amqp_uri,
            consumer=parts.settings.service,
            source=self._source,
            tables=tables,
            handling=handling,
            following=following,
            redelivering=redelivering,
            stopped=self._stopped,
            tempo=tempo,
            pace_seconds=self._pace_seconds,
        )
        try:
            reading.run()
        finally:
            rpc.close()

    def _call_method(self, batch: Sequence[Delivered], unit: UnitOfWork) -> None:
        """Run the service's method in a worker, as nameko does; raises what it raises."""
        done = threading.Event()
        failure: list[BaseException] = []

        def handle_result(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            if exc_info is not None:
                failure.append(exc_info[1])
            done.set()
            return result, exc_info

        with Batch(batch, consumer=self.container.service_name) as told:
            try:
                self.container.spawn_worker(self, (told, unit), {}, handle_result=handle_result)
            except ContainerBeingKilled:
                raise Unavailable("service: is being stopped; the batch waits") from None
            done.wait()
            if failure:
                raise failure[0]


class Reading:
    """The life of a subscription: connect, level, read, handle, and start over on any failure."""

    def __init__(
        self,
        *,
        amqp_uri: str,
        consumer: str,
        source: str,
        tables: SubscriptionTables,
        handling: Handling,
        following: Following,
        redelivering: Redelivering,
        stopped: threading.Event,
        tempo: Tempo,
        pace_seconds: float = 0.0,
    ) -> None:
        self._uri = amqp_uri
        self._source = source
        self._queue = subscription_queue(consumer, source)
        self._tables = tables
        self._handling = handling
        self._following = following
        self._redelivering = redelivering
        self._stopped = stopped
        self._tempo = tempo
        self._pace_seconds = pace_seconds
        self._counted = False
        self._queue_differs = False
        self._unlevel = True
        self._level_backoff = Backoff(first_seconds=0.5, longest_seconds=15)
        self._level_at = 0.0
        self._take_up_at = 0.0

    def run(self) -> None:
        """Until stopped; never raises what may pass."""
        backoff = Backoff(first_seconds=0.1, longest_seconds=5)
        while not self._stopped.is_set():
            try:
                if self._may_read():
                    self._read(backoff)
            except (MostFail, QueueDiffers) as error:
                self._pause(error)
            except Diverged as error:
                self._tables_say("stopped", str(error))
                _log.error("subscription_stopped", source=self._source, exc_info=error)
            except Unavailable as error:
                level = _log.info if isinstance(error, BrokerLost) else _log.warning
                level("subscription_interrupted", source=self._source, exc_info=error)
                self._stopped.wait(backoff.next_seconds())
            except PermanenceError as error:  # a right that was withdrawn: until it is given back
                _log.error("subscription_failed", source=self._source, exc_info=error)
                self._stopped.wait(backoff.next_seconds())
        self._end_well()

    def _end_well(self) -> None:
        """Stopped with no batch in hand: this start counts for nothing."""
        try:
            if self._counted:
                self._tables.uncount_start()
        except Unavailable as error:
            _log.info("start_not_uncounted", source=self._source, exc_info=error)

    def _may_read(self) -> bool:
        """Whether the state lets us; while an admin's decision is awaited, look once a second."""
        self._tables.ensure()
        if not self._counted:
            self._tables.count_start()
            self._counted = True
        status = self._tables.peek()
        self._heed(status)
        if status.state == "stopped":
            self._stopped.wait(TICK_SECONDS)
            return False
        return True

    def _heed(self, status: Status) -> None:
        """Most events failed: here, in another replica or in an earlier life; or no longer, by the
        word of an admin."""
        if status.state == "running":
            self._queue_differs = False
            self._handling.resumed()
        elif status.state == "paused" and not self._queue_differs:
            self._handling.paused = True

    def _read(self, backoff: Backoff) -> None:
        with QueueReader(self._uri, self._queue, pace_seconds=self._pace_seconds) as reader:
            self._unlevel = True
            self._queue_opened()
            heard_at = looked_at = monotonic()
            stood = None
            while not self._stopped.is_set():
                self._level_if_due()
                messages = reader.batch(TICK_SECONDS)
                if messages:
                    self._take(messages)
                    failpoint("subscription.before_ack")
                    reader.acknowledge(messages)
                    failpoint("subscription.after_ack")
                    heard_at = monotonic()
                    stood = None
                    backoff.reset()
                elif monotonic() - heard_at > self._tempo.silence_seconds:
                    stood = self._check_silence(stood)
                    if stood is None:
                        heard_at = monotonic()
                if monotonic() - looked_at > TICK_SECONDS:
                    self._serve_admins()
                    looked_at = monotonic()

    def _queue_opened(self) -> None:
        """Whoever paused for nothing but the queue need not wait for an event to say so."""
        if self._queue_differs and not self._handling.paused:
            self._tables.lift_pause()
            _log.info("subscription_resumed", source=self._source)
        self._queue_differs = False

    def _take(self, messages: Sequence[Any]) -> None:
        """Handle events and announcements in the order in which they came."""
        events: list[Envelope] = []
        strangers = 0
        for message in messages:
            try:
                content = decode(message.body)
            except BadEnvelope as error:
                strangers += 1
                _log.error("message_refused", source=self._source, exc_info=error)
                continue
            if isinstance(content, Heads):
                self._handle(events)
                events = []
                self._following.announced(content)
            else:
                events.append(content)
        self._handle(events)
        if strangers:
            self._tables.refused(strangers)

    def _handle(self, events: Sequence[Envelope]) -> None:
        """Handle, and keep the batch in hand while what failed may pass by itself."""
        backoff = Backoff(first_seconds=0.05, longest_seconds=2)
        for last in (False, False, False, True):
            if not events:
                return
            try:
                self._following.handle(events)
            except (MostFail, Diverged, BrokerLost):
                raise
            except Unavailable as error:
                if last or self._stopped.is_set():
                    raise
                self._handling.meters.batch_retries.labels(self._source).inc()
                _log.warning("batch_tried_again", source=self._source, exc_info=error)
                self._stopped.wait(backoff.next_seconds())
            else:
                return

    def _level_if_due(self) -> None:
        """Ask the source what was missed; until it answers, go on with what arrives."""
        if not self._unlevel or monotonic() < self._level_at:
            return
        try:
            self._following.level()
        except (MostFail, Diverged):
            raise
        except Unavailable as error:
            pause = self._level_backoff.next_seconds()
            self._level_at = monotonic() + pause
            _log.info("source_not_asked", source=self._source, delay_seconds=pause, exc_info=error)
        else:
            if not self._stopped.is_set():
                self._handling.level()
            self._unlevel = False
            self._level_backoff.reset()
            self._level_at = 0.0

    def _check_silence(self, before: dict[int, Checkpoint] | None) -> dict[int, Checkpoint] | None:
        """No event and no announcement for long: judge by the source's heads, not the socket.

        Returns the checkpoints to look at once more in a moment, if events are to be handled:
        where another replica handles them, for only one hears of them, they move.
        """
        try:
            behind = self._following.behind()
        except Unavailable:
            return None  # nobody to be behind of; the next silence asks again
        if behind is None or before is None:
            return behind
        if behind == before:
            _log.warning("subscription_deaf", source=self._source)
            self._following.level()
            raise BrokerLost(self._queue.name, None)
        return None

    def _serve_admins(self) -> Status:
        """Once a second: what was asked to be handled again, and the state seen from outside.

        At first, and now and then, also what only this release can read; a replica of the one
        before may have had the first try.
        """
        status = self._tables.peek()
        if status.has_parked and monotonic() >= self._take_up_at:
            self._handling.take_up_read()
            self._take_up_at = monotonic() + _TAKE_UP_SECONDS
        if status.retry_asked:
            self._handling.retry_parked()
        self._redelivering.serve()
        self._heed(status)
        if status.state == "stopped":
            raise Unavailable("subscription: stopped by an admin")
        return status

    def _pause(self, error: MostFail | QueueDiffers) -> None:
        """Until it is time to try again, or an admin says so; admins are served meanwhile."""
        self._queue_differs = isinstance(error, QueueDiffers)
        if isinstance(error, MostFail):
            self._handling.paused = True
        self._tables_say("paused", str(error))
        _log.error("subscription_paused", source=self._source, exc_info=error)
        until = monotonic() + self._tempo.pause_seconds
        while (left := until - monotonic()) > 0:
            if self._stopped.wait(min(left, TICK_SECONDS)) or self._is_let_go_on():
                return

    def _is_let_go_on(self) -> bool:
        try:
            return self._serve_admins().state != "paused"
        except Unavailable as error:
            _log.info("admins_not_served", source=self._source, exc_info=error)
            return False

    def _tables_say(self, state: str, reason: str) -> None:
        try:
            self._tables.set_state(state, reason)
        except Unavailable as error:
            _log.warning("state_not_kept", source=self._source, state=state, exc_info=error)


def subscribe(
    source: str,
    *,
    only: Iterable[type] | None = None,
    codec: Decoder | None = None,
    reads_private: bool = True,
    pace_seconds: float = 0.0,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Hand the events of ``source`` to the method, in order, batched, each exactly once.

    The method takes ``(batch: Sequence[Delivered], unit: UnitOfWork)``; what it appends to the
    unit, what it writes on ``unit.connection`` and the checkpoint are one transaction. What it
    raises undoes the batch; the event that is the cause is parked with its stream. The arguments
    are ``Subscription``'s.
    """
    decorated: Callable[[Callable[..., None]], Callable[..., None]] = Subscription.decorator(
        source, only=only, codec=codec, reads_private=reads_private, pace_seconds=pace_seconds
    )
    return decorated
