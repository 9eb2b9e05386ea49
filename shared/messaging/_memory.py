"""kombu's in-memory transport, fit to carry nameko's RPC and our events in one process.

Differences to kombu's own: messages carry the two properties that nameko answers by; a mandatory
message without a queue is refused as RabbitMQ would; a waiting consumer is woken by the message
instead of polling; a queue with ``auto_delete`` goes with the channel that declared it; one with a
greatest length loses its oldest messages beyond it, or beyond 5,000. Queues live and die with the
process and no other process sees them.
kombu ships no types for its virtual transports, hence the ignored calls.
"""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from queue import Empty, Queue
from time import monotonic
from typing import Any, ClassVar
from weakref import WeakSet

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, memory, virtual

SCHEME = "inprocess"
IN_PROCESS_URI = f"{SCHEME}://"
_LONGEST_WAIT_SECONDS = 1.0
_MOST_WAITING = 5_000  # in memory that the whole system shares; what is dropped is asked for


class Message(virtual.Message):
    """A message with the content type and encoding among its properties, as AMQP has them."""

    def __init__(self, payload: dict[str, Any], channel: Any = None, **kwargs: Any) -> None:
        super().__init__(payload, channel=channel, **kwargs)  # type: ignore[no-untyped-call]
        self.properties["content_type"] = self.content_type
        self.properties["content_encoding"] = self.content_encoding


class Channel(memory.Channel):
    """A channel whose queues belong to this transport alone."""

    queues: dict[str, Queue[Any]] = {}  # noqa: RUF012 - shared by all channels of the process
    longest: dict[str, int] = {}  # noqa: RUF012 - as are they
    Message = Message
    body_encoding: Any = None

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)  # type: ignore[no-untyped-call]
        self._passing: set[str] = set()

    def queue_declare(self, queue: str | None = None, passive: bool = False, **kwargs: Any) -> Any:
        """Declare a queue; with ``auto_delete`` it goes when this channel is closed."""
        declared = super().queue_declare(queue, passive, **kwargs)  # type: ignore[no-untyped-call]
        if kwargs.get("auto_delete") and not passive:
            self._passing.add(declared.queue)
        if length := (kwargs.get("arguments") or {}).get("x-max-length"):
            self.longest[declared.queue] = min(length, _MOST_WAITING)
        return declared

    def basic_publish(self, message: Any, exchange: str, routing_key: str, **kwargs: Any) -> Any:
        """Publish; raises ChannelError with NO_ROUTE for a mandatory message without a queue."""
        if kwargs.get("mandatory") and not self._lookup(exchange, routing_key):  # type: ignore[no-untyped-call]
            raise ChannelError(f"NO_ROUTE: no queue of {exchange} takes {routing_key}")
        return super().basic_publish(message, exchange, routing_key, **kwargs)  # type: ignore[no-untyped-call]

    def _put(self, queue: str, message: Any, **_kwargs: Any) -> None:
        waiting: Queue[Any] = self._queue_for(queue)  # type: ignore[no-untyped-call]
        waiting.put(message)
        while waiting.qsize() > self.longest.get(queue, sys.maxsize):
            with suppress(Empty):  # somebody else took it
                waiting.get_nowait()
        for transport in list(Transport.alive):
            if queue in transport._callbacks:
                transport.ready.set()

    def close(self) -> None:
        """Leave the queues alone that other channels use; those that go with this one go."""
        if not self.closed:
            for queue in self._passing:
                bound = list(self.state.queue_index[queue])
                self.queue_delete(queue)  # type: ignore[no-untyped-call]
                for _, exchange, routing_key in bound:  # which kombu leaves in exchanges' tables
                    self.queue_unbind(queue, exchange, routing_key)  # type: ignore[no-untyped-call]
        virtual.Channel.close(self)


class Transport(memory.Transport):
    """The transport behind ``inprocess://``."""

    Channel = Channel
    global_state = virtual.BrokerState()
    alive: ClassVar[WeakSet[Transport]] = WeakSet()

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)  # type: ignore[no-untyped-call]
        self.ready = threading.Event()
        Transport.alive.add(self)

    def drain_events(  # type: ignore[override]  # as kombu's own virtual transports do
        self, connection: Any, timeout: float | None = None
    ) -> None:
        """Deliver one message; raises TimeoutError if none came in ``timeout`` seconds."""
        cycle: Any = self.cycle
        deadline = None if timeout is None else monotonic() + timeout
        while True:
            self.ready.clear()
            try:
                cycle.get(self._deliver, timeout=timeout)
            except Empty:
                left = _LONGEST_WAIT_SECONDS if deadline is None else deadline - monotonic()
                if left <= 0:
                    raise TimeoutError from None
                self.ready.wait(min(left, _LONGEST_WAIT_SECONDS))
            else:
                return


def register() -> None:
    """Make ``inprocess://`` known to kombu."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"


def is_in_process(amqp_uri: str) -> bool:
    """Whether the broker is this process."""
    return amqp_uri.startswith(f"{SCHEME}:")
