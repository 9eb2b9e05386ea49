"""Calling a service, always with a time limit; from services and from outside nameko."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.entity import Exchange, Queue
from nameko.extensions import DependencyProvider

from shared import tracing
from shared.errors import Unavailable
from shared.messaging import _memory
from shared.messaging._broker import (
    CONNECT_TIMEOUT_SECONDS,
    HEARTBEAT_SECONDS,
    answering_within,
    connect,
    open_channel,
)
from shared.messaging._sealed import Seals, seals_of_environment
from shared.messaging._wire_errors import from_wire_error

_EXCHANGE = Exchange("nameko-rpc", type="topic", durable=True)
_REPLY_QUEUE_EXPIRES_MS = 300_000
_IDLE_CLIENTS = 4
_TRACE_HEADER = f"nameko.{tracing.TRACEPARENT}"  # nameko puts it into the worker's context


class NoAnswer(Unavailable):
    """The service did not answer in time, is not there, or the broker is not."""

    code = "rpc.no_answer"


class RpcClient:
    """One connection with a reply queue of its own; one call at a time, from one thread."""

    def __init__(self, amqp_uri: str, seals: Seals | None = None) -> None:
        self._uri = amqp_uri
        self._seals = seals or seals_of_environment()
        self._connection: Any = None
        self._channel: Any = None
        self._reply_to = ""
        self._replies: dict[str, Any] = {}
        self._returned = False

    def call(
        self, service: str, method: str, payload: Mapping[str, Any], *, timeout_seconds: float
    ) -> Any:
        """What ``service.method(**payload)`` returns, as JSON values.

        Raises Refused, Invalid, Conflict or Unavailable with the code that the service gave, and
        NoAnswer in no more than ``timeout_seconds``; the call may still have been carried out.
        Raises CallKeyDiffers if the service has another key; then it was not.
        """
        deadline = monotonic() + timeout_seconds
        try:
            reply = self._exchange(service, method, payload, deadline)
        except Unavailable:
            self.close()
            raise
        except Exception as error:
            # py-amqp raises whatever its socket, its frames or its state lead to
            self.close()
            raise NoAnswer(
                f"method: {service}.{method} could not be called ({type(error).__name__}); "
                "is the broker up?"
            ) from error
        if reply.get("error"):
            raise from_wire_error(reply["error"], service=service, method=method)
        return reply["result"]

    def close(self) -> None:
        """Give up the connection; the next call opens another."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            if not _memory.is_in_process(self._uri) and connection._connection is not None:
                connection.collect(socket_timeout=0.1)
            connection.release()

    def _exchange(
        self, service: str, method: str, payload: Mapping[str, Any], deadline: float
    ) -> Mapping[str, Any]:
        if self._channel is None:
            self._open(deadline)
        call_id = str(uuid4())
        to = f"{service}.{method}"
        call = {"args": [], "kwargs": dict(payload)}
        self._returned = False
        self._replies.clear()
        left_ms = max(1, round((deadline - monotonic()) * 1000))
        message = self._channel.prepare_message(
            json.dumps(self._seals.seal(call, method=to, call_id=call_id, answer=False)),
            content_type="application/json",
            content_encoding="utf-8",
            headers={_TRACE_HEADER: at} if (at := tracing.current()) else {},
            # beyond its time nobody waits for it any more, so the broker drops it
            properties={
                "reply_to": self._reply_to,
                "correlation_id": call_id,
                "expiration": str(left_ms),
            },
        )
        self._channel.basic_publish(
            message, exchange=_EXCHANGE.name, routing_key=to, mandatory=True
        )
        while call_id not in self._replies:
            left = deadline - monotonic()
            if self._returned:
                raise NoAnswer(f"service: {service} is not there; start it")
            if left <= 0:
                raise NoAnswer(f"method: {to} did not answer in time; try again")
            try:
                self._connection.drain_events(timeout=min(left, HEARTBEAT_SECONDS / 3))
            except TimeoutError:
                self._beat()
        reply: Mapping[str, Any] = self._replies.pop(call_id)
        if reply.get("error"):  # nameko's own, or that the service could not open the call
            return reply
        opened: Mapping[str, Any] = self._seals.open(
            reply.get("result"), method=to, call_id=call_id, answer=True
        )
        return opened

    def _open(self, deadline: float) -> None:
        seconds = max(deadline - monotonic(), 0.001)
        self._connection = connect(self._uri, timeout_seconds=min(seconds, CONNECT_TIMEOUT_SECONDS))
        channel = open_channel(self._connection, timeout_seconds=deadline - monotonic())
        self._reply_to = str(uuid4())
        queue = Queue(
            f"rpc.reply-permanence-{self._reply_to}",
            exchange=_EXCHANGE,
            routing_key=self._reply_to,
            auto_delete=True,
            queue_arguments={"x-expires": _REPLY_QUEUE_EXPIRES_MS},
        )(channel)
        with answering_within(self._connection, deadline - monotonic()):
            queue.declare()
            queue.consume(callback=self._on_reply, no_ack=True)
        if hasattr(channel, "events"):
            channel.events["basic_return"].add(self._on_return)
        self._channel = channel

    def _beat(self) -> None:
        """Tell the broker that somebody still waits; it closes a connection that is silent."""
        if not _memory.is_in_process(self._uri):
            self._connection.connection.send_heartbeat()

    def _on_reply(self, message: Any) -> None:
        body = message.body
        call_id = message.properties.get("correlation_id")
        self._replies[call_id] = json.loads(body)

    def _on_return(self, *_details: object) -> None:
        self._returned = True


def call(
    amqp_uri: str,
    service: str,
    method: str,
    payload: Mapping[str, Any],
    timeout_seconds: float = 10.0,
    *,
    seals: Seals | None = None,
) -> Any:
    """One call over a connection of its own; see ``RpcClient.call``.

    ``seals`` are those of the environment's master key, unless given.
    """
    client = RpcClient(amqp_uri, seals)
    try:
        return client.call(service, method, payload, timeout_seconds=timeout_seconds)
    finally:
        client.close()


class RpcPool:
    """Calls from many threads; keeps a few connections open between calls."""

    def __init__(self, amqp_uri: str, seals: Seals | None = None) -> None:
        self._uri = amqp_uri
        self._seals = seals or seals_of_environment()
        self._idle: list[tuple[RpcClient, float]] = []
        self._lock = threading.Lock()

    def call(
        self,
        service: str,
        method: str,
        payload: Mapping[str, Any],
        timeout_seconds: float = 10.0,
    ) -> Any:
        """See ``RpcClient.call``."""
        with self._client() as client:
            return client.call(service, method, payload, timeout_seconds=timeout_seconds)

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for client, _ in idle:
            client.close()

    @contextmanager
    def _client(self) -> Iterator[RpcClient]:
        client = self._take()
        try:
            yield client
        finally:
            with self._lock:
                keep = len(self._idle) < _IDLE_CLIENTS
                if keep:
                    self._idle.append((client, monotonic()))
            if not keep:
                client.close()

    def _take(self) -> RpcClient:
        """A client used lately; one that was idle for long may have missed its heartbeats."""
        while True:
            with self._lock:
                if not self._idle:
                    return RpcClient(self._uri, self._seals)
                client, used_at = self._idle.pop()
            if monotonic() - used_at < 10:
                return client
            client.close()


class Rpc(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """Injects an ``RpcPool``: ``self.rpc.call("routing", "decline", {...}, timeout_seconds=5)``."""

    def setup(self) -> None:
        self._pool = RpcPool(self.container.config["AMQP_URI"])

    def get_dependency(self, _worker_ctx: Any) -> RpcPool:
        return self._pool

    def stop(self) -> None:
        self._pool.close()

    def kill(self) -> None:
        self._pool.close()
