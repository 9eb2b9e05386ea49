"""Connections to the broker, and batches published with confirms."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from time import monotonic
from typing import Any

from amqp import spec
from amqp.serialization import dumps
from kombu.connection import Connection

from shared.errors import Unavailable
from shared.messaging import _memory

_memory.register()

HEARTBEAT_SECONDS = 20
CONNECT_TIMEOUT_SECONDS = 5
ANSWER_TIMEOUT_SECONDS = 10
_BEAT_SECONDS = 1
WRITE_BYTES = 128 * 1024
_FRAME = struct.Struct(">BHI")
_HEADER = struct.Struct(">HHQ")
_END = b"\xce"
BLOCKED = "blocked: the broker is short of memory or disk"


class NotPublished(Unavailable):
    """The broker did not take a whole batch: none of it counts as published."""

    code = "messaging.not_published"

    def __init__(self, reason: str, *, stays: str = "the batch stays in the log and is sent again"):
        super().__init__(f"publishing: {reason}; {stays}")
        self.reason = reason


class Unconfirmed(NotPublished):
    """The broker did not confirm a whole batch in time; a smaller one it might."""


def connect(
    amqp_uri: str, *, timeout_seconds: float = CONNECT_TIMEOUT_SECONDS, **options: Any
) -> Connection:
    """A connection of the caller's own, not yet opened; for in-process URIs to this process."""
    if _memory.is_in_process(amqp_uri):
        return Connection(amqp_uri)
    return Connection(
        amqp_uri,
        heartbeat=HEARTBEAT_SECONDS,
        connect_timeout=timeout_seconds,
        transport_options=options,
    )


def open_channel(connection: Connection, *, timeout_seconds: float = ANSWER_TIMEOUT_SECONDS) -> Any:
    """Connect to the first host that answers, asking each once, and open a channel.

    Raises whatever py-amqp's socket, frames or state lead to; within the connection's own time
    and ``timeout_seconds``. kombu's ``connect`` asks twice, and its ``channel`` waits for ever.
    """
    connection.ensure_connection(
        max_retries=max(len(connection.alt) - 1, 0), reraise_as_library_errors=False
    )
    with answering_within(connection, timeout_seconds):
        return connection.channel()


@contextmanager
def answering_within(connection: Connection, seconds: float) -> Iterator[None]:
    """What is asked of the broker meanwhile is answered in so long, or raises TimeoutError.

    py-amqp's own declarations wait for ever, as for a queue whose nodes are too few to agree.
    """
    transport = getattr(connection.connection, "transport", None)
    with nullcontext() if transport is None else transport.having_timeout(max(seconds, 0.001)):
        yield


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message: its routing key and body."""

    routing_key: str
    body: bytes


class Publishing:
    """Writes messages as ``basic.publish`` on one channel to one exchange, with one set of
    ``properties``, as AMQP 0-9-1 frames (type, channel, size, payload, end)."""

    def __init__(
        self, channel_id: int, exchange: str, properties: bytes, *, frame_max: int, mandatory: bool
    ) -> None:
        self._channel_id = channel_id
        self._exchange = exchange
        self._properties = properties
        self._header_bytes = _HEADER.size + len(properties)
        self._largest = frame_max - 8
        self._mandatory = mandatory
        self._methods: dict[str, bytes] = {}

    def frames(self, message: Outgoing) -> bytes:
        """The frames of one message."""
        method = self._methods.get(message.routing_key)
        if method is None:
            method = self._methods[message.routing_key] = self._method(message.routing_key)
        channel, body = self._channel_id, message.body
        parts = [
            method,
            _FRAME.pack(2, channel, self._header_bytes),
            _HEADER.pack(spec.Basic.Publish[0], 0, len(body)),
            self._properties,
            _END,
        ]
        for start in range(0, len(body), self._largest):
            part = body[start : start + self._largest]
            parts += (_FRAME.pack(3, channel, len(part)), part, _END)
        return b"".join(parts)

    def _method(self, routing_key: str) -> bytes:
        arguments = dumps("Bssbb", (0, self._exchange, routing_key, self._mandatory, False))
        payload: bytes = struct.pack(">HH", *spec.Basic.Publish) + arguments
        return _FRAME.pack(1, self._channel_id, len(payload)) + payload + _END


class BatchPublisher:
    """Publishes batches to one exchange over a connection of its own, never shared with consumers.

    A batch counts as published once the broker has confirmed every message. A refusal (nack), a
    message that no queue takes (return), a blocked connection and silence beyond
    ``timeout_seconds`` all raise NotPublished.
    """

    def __init__(self, amqp_uri: str, exchange: Any, *, timeout_seconds: float = 5) -> None:
        self._uri = amqp_uri
        self._exchange = exchange
        self._timeout_seconds = timeout_seconds
        self._in_process = _memory.is_in_process(amqp_uri)
        self._connection: Any = None
        self._channel: Any = None
        self._waiting: set[int] = set()
        self._sent = 0
        self._refused = 0
        self._returned = 0
        self._blocked = False
        self._beaten_at = 0.0

    def publish(self, batch: Sequence[Outgoing], *, mandatory: bool = True) -> None:
        """Publish ``batch`` in order and wait for the confirms; raises NotPublished."""
        try:
            self._open()
            self._refused = self._returned = 0
            if self._in_process:
                self._send_here(batch, mandatory)
            else:
                self._send(batch, mandatory)
                self._wait_for_confirms()
        except NotPublished:
            self.close()
            raise
        except Exception as error:
            # py-amqp raises whatever its socket, its frames or its state lead to
            self.close()
            raise NotPublished(f"the broker failed ({type(error).__name__})") from error

    def beat(self) -> None:
        """Keep an idle connection alive and hear what the broker says; raises NotPublished.

        Once a second at most, however often it is called: publishing hears too.
        """
        idle = self._connection is None or self._in_process
        if idle or monotonic() - self._beaten_at < _BEAT_SECONDS:
            return
        self._beaten_at = monotonic()
        try:
            self._hear(0.001)
            self._connection.heartbeat_check()
        except Exception as error:
            self.close()
            raise NotPublished(f"the broker failed ({type(error).__name__})") from error

    def close(self) -> None:
        """Drop the connection; the next batch opens another."""
        connection, self._connection, self._channel = self._connection, None, None
        self._waiting.clear()
        self._blocked = False
        if connection is None:
            return
        if not self._in_process and connection._connection is not None:
            # A polite close would wait for an answer that a blocked broker never gives.
            connection.collect(socket_timeout=0.1)
        connection.release()

    def _open(self) -> None:
        if self._channel is not None:
            return
        self._connection = connect(
            self._uri, on_blocked=self._on_blocked, on_unblocked=self._on_unblocked
        )
        self._channel = open_channel(self._connection, timeout_seconds=self._timeout_seconds)
        self._sent = 0
        with answering_within(self._connection, self._timeout_seconds):
            self._exchange(self._channel).declare()
            if self._in_process:
                return
            self._channel.confirm_select()
            self._channel.events["basic_ack"].add(self._on_ack)
            self._channel.events["basic_nack"].add(self._on_nack)
            self._channel.events["basic_return"].add(self._on_return)

    def _send_here(self, batch: Sequence[Outgoing], mandatory: bool) -> None:
        for message in batch:
            self._channel.basic_publish(
                self._prepared(message.body),
                exchange=self._exchange.name,
                routing_key=message.routing_key,
                mandatory=mandatory,
            )

    def _send(self, batch: Sequence[Outgoing], mandatory: bool) -> None:
        """Send in few writes, in frames of our own: a write for each message costs more than all
        the rest, and py-amqp's way to a frame 5 of the relay's 35 µs an event.

        ``basic_publish`` would also look for news from the broker before each message; once a
        batch is enough.
        """
        self._hear(0)
        if self._blocked:
            raise NotPublished(BLOCKED)
        if self._channel.connection is None:
            raise NotPublished("the broker closed the channel")
        transport = self._connection.connection.transport
        publishing = Publishing(
            self._channel.channel_id,
            self._exchange.name,
            self._prepared(b"")._serialize_properties(),
            frame_max=self._connection.connection.frame_max,
            mandatory=mandatory,
        )
        waiting = bytearray()

        def flush() -> None:
            # A blocked broker stops reading: without a limit the write would wait for ever.
            with transport.having_timeout(self._timeout_seconds):
                transport.write(bytes(waiting))
            waiting.clear()

        for message in batch:
            self._sent += 1
            self._waiting.add(self._sent)
            waiting += publishing.frames(message)
            if len(waiting) > WRITE_BYTES:
                flush()
        flush()

    def _prepared(self, body: bytes) -> Any:
        return self._channel.prepare_message(
            body,
            content_type="application/json",
            content_encoding=None if self._in_process else "binary",
            properties={"delivery_mode": 2},
        )

    def _wait_for_confirms(self) -> None:
        deadline = monotonic() + self._timeout_seconds
        while self._waiting:
            left = deadline - monotonic()
            if self._blocked:
                raise NotPublished(BLOCKED)
            if left <= 0:
                raise Unconfirmed(f"{len(self._waiting)} messages unconfirmed in time")
            self._hear(left)
        if self._returned:
            raise NotPublished("no queue is bound; start a consumer")
        if self._refused:
            raise NotPublished("the broker refused messages; see its queues' limits")

    def _hear(self, seconds: float) -> None:
        try:
            self._connection.drain_events(timeout=seconds)
        except TimeoutError:
            return

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._settle(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._refused += 1
        self._settle(tag, multiple)

    def _settle(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._waiting = {waiting for waiting in self._waiting if waiting > tag}
        else:
            self._waiting.discard(tag)

    def _on_return(self, *_details: object) -> None:
        self._returned += 1

    def _on_blocked(self, _reason: str) -> None:
        self._blocked = True

    def _on_unblocked(self) -> None:
        self._blocked = False
