"""Reading one queue: batches of messages, acknowledged once they are handled."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from time import monotonic
from types import TracebackType
from typing import Any, Self

from amqp.exceptions import PreconditionFailed
from kombu.connection import Connection
from kombu.entity import Queue

from shared.errors import Unavailable
from shared.messaging import _memory
from shared.messaging._broker import (
    ANSWER_TIMEOUT_SECONDS,
    HEARTBEAT_SECONDS,
    answering_within,
    connect,
    open_channel,
)

BATCH_MESSAGES = 200
BATCH_SECONDS = 0.01
# Enough for the next batch to wait here while one is handled.
PREFETCH = 2 * BATCH_MESSAGES
READ_AHEAD_BYTES = 16 * 1024


class BrokerLost(Unavailable):
    """The broker hung up, cancelled the consumer or took the queue away: connect anew."""

    code = "messaging.broker_lost"

    def __init__(self, queue: str, error: BaseException | None) -> None:
        reason = "the consumer was cancelled" if error is None else type(error).__name__
        super().__init__(f"queue: {queue} is not read any more ({reason}); connecting anew")


class QueueDiffers(Unavailable):
    """The queue exists with other arguments than this release declares."""

    code = "messaging.queue_differs"

    def __init__(self, queue: str) -> None:
        super().__init__(
            f"queue: {queue} exists with other arguments than this release declares (another "
            "release made it?); let it run empty and delete it, and it is declared anew: what it "
            "held is fetched from the source's log"
        )


class QueueReader:
    """Declares and reads one queue over a connection of its own; a context manager.

    Batches that follow on one another are ``pace_seconds`` apart at least, unless they are full.
    """

    def __init__(self, amqp_uri: str, queue: Queue, *, pace_seconds: float = 0.0) -> None:
        self._uri = amqp_uri
        self._queue = queue
        self._pace_seconds = pace_seconds
        self._taken_at = -pace_seconds
        self._in_process = _memory.is_in_process(amqp_uri)
        self._connection: Connection = connect(amqp_uri)
        self._arrived: list[Any] = []
        self._cancelled = False
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        try:
            self._channel = open_channel(self._connection)
            with answering_within(self._connection, ANSWER_TIMEOUT_SECONDS):
                self._queue(self._channel).declare()
                self._channel.basic_qos(0, PREFETCH, False)
                self._channel.basic_consume(
                    queue=self._queue.name,
                    no_ack=False,
                    callback=self._arrived.append,
                    consumer_tag=f"{self._queue.name}.{id(self)}",
                    **({} if self._in_process else {"on_cancel": self._on_cancel}),
                )
        except PreconditionFailed:
            self.close()
            raise QueueDiffers(self._queue.name) from None
        except Exception as error:
            self.close()
            raise BrokerLost(self._queue.name, error) from error
        if not self._in_process:
            read_ahead(self._connection)
            threading.Thread(target=self._beat, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up; what was not acknowledged is delivered again."""
        self._closed.set()
        connection = self._connection
        if not self._in_process and connection._connection is not None:
            connection.collect(socket_timeout=0.1)
        connection.release()

    def batch(self, wait_seconds: float) -> Sequence[Any]:
        """Up to 200 messages, in order; none if nothing arrives in ``wait_seconds``.

        After the first message waits for more: 10 ms, or as long as the pace asks for. So what
        comes after a silence is taken at once, and what comes all the time in fewer, larger
        batches, each of which costs a transaction. Raises BrokerLost.
        """
        if not self._arrived:
            self._drain(wait_seconds)
        if not self._arrived:
            return ()
        deadline = max(monotonic() + BATCH_SECONDS, self._taken_at + self._pace_seconds)
        while len(self._arrived) < BATCH_MESSAGES and (left := deadline - monotonic()) > 0:
            self._drain(left, until=deadline)
        taken, self._arrived[:] = self._arrived[:BATCH_MESSAGES], self._arrived[BATCH_MESSAGES:]
        self._taken_at = monotonic()
        return taken

    def acknowledge(self, messages: Sequence[Any]) -> None:
        """The broker may forget them; raises BrokerLost, after which they come again."""
        try:
            if self._in_process:
                # kombu's virtual channels do not know of "this one and all before it"
                for message in messages:
                    self._channel.basic_ack(message.delivery_tag)
            elif messages:
                self._channel.basic_ack(messages[-1].delivery_tag, multiple=True)
        except Exception as error:
            raise BrokerLost(self._queue.name, error) from error

    def _drain(self, seconds: float, *, until: float = 0) -> None:
        """Wait ``seconds`` for a message, then take what else arrives before ``until``."""
        try:
            if self._in_process:
                self._connection.drain_events(timeout=seconds)
            else:
                # kombu would set the socket's time-out twice for each frame
                drain = self._connection.connection.drain_events
                with self._connection.connection.transport.having_timeout(seconds):
                    drain()
                    while monotonic() < until and len(self._arrived) < BATCH_MESSAGES:
                        drain()
        except TimeoutError:
            pass
        except Exception as error:
            # py-amqp raises whatever its socket, its frames or its state lead to
            raise BrokerLost(self._queue.name, error) from error
        if self._cancelled:
            raise BrokerLost(self._queue.name, None)

    def _beat(self) -> None:
        """Send heartbeats while a batch is handled, when nobody reads the socket."""
        while not self._closed.wait(HEARTBEAT_SECONDS / 3):
            try:
                self._connection.connection.send_heartbeat()
            except Exception:
                return

    def _on_cancel(self, _tag: str) -> None:
        self._cancelled = True


def read_ahead(connection: Connection) -> None:
    """Let py-amqp read what has arrived at once, not 7 bytes, then a payload, then 1 byte.

    Its reader keeps whatever it gets beyond what it asked for; nine system calls a message
    become about one for several.
    """
    transport: Any = connection.connection.transport
    receive = transport._quick_recv
    if receive is not None:
        transport._quick_recv = lambda size: receive(max(size, READ_AHEAD_BYTES))
