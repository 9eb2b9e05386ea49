"""Answers to calls: sent once, without waiting for the broker.

nameko encodes an answer twice, makes it persistent and waits for the broker's confirm, for a queue
that goes with its caller's connection. An answer that is lost costs what a caller is ready for: it
does not learn in time what became of its call, and asks again under the same id.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from time import monotonic
from typing import Any

import structlog
from nameko.extensions import SharedExtension

from shared.messaging import _memory
from shared.messaging._broker import connect, open_channel

_log = structlog.get_logger("messaging.replies")

_EXCHANGE = "nameko-rpc"
_IDLE_SECONDS = 10  # after which a connection may have missed its heartbeats
_TIMEOUT_SECONDS = 5
_TRANSIENT = 1


class Replies(SharedExtension):  # type: ignore[misc]  # nameko is untyped
    """One connection a container, for one answer at a time; opened when it is needed."""

    def setup(self) -> None:
        self._uri: str = self.container.config["AMQP_URI"]
        self._lock = threading.Lock()
        self._connection: Any = None
        self._channel: Any = None
        self._used_at = 0.0

    def stop(self) -> None:
        with self._lock:
            self._close()

    def kill(self) -> None:
        self._close()

    def send(self, call: Any, answer: Mapping[str, Any]) -> None:
        """Answer ``call``, kombu's message; once more over a new connection if the first fails.

        Never raises: who does not hear asks again.
        """
        body = json.dumps({"result": answer, "error": None})
        with self._lock:
            for tries_left in (1, 0):
                try:
                    self._publish(call.properties, body)
                except Exception as error:
                    # py-amqp raises whatever its socket, its frames or its state lead to
                    self._close()
                    if not tries_left:
                        _log.warning("reply_not_sent", exc_info=error)
                else:
                    return

    def _publish(self, about: Mapping[str, Any], body: str) -> None:
        if monotonic() - self._used_at > _IDLE_SECONDS:
            self._close()
        if self._channel is None:
            self._open()
        message = self._channel.prepare_message(
            body,
            content_type="application/json",
            content_encoding="utf-8",
            properties={
                "correlation_id": about.get("correlation_id"),
                "delivery_mode": _TRANSIENT,
            },
        )
        # which looks first whether the broker said farewell
        self._channel.basic_publish(
            message, exchange=_EXCHANGE, routing_key=about["reply_to"], timeout=_TIMEOUT_SECONDS
        )
        self._used_at = monotonic()

    def _open(self) -> None:
        self._connection = connect(self._uri)
        self._channel = open_channel(self._connection, timeout_seconds=_TIMEOUT_SECONDS)

    def _close(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is None:
            return
        if not _memory.is_in_process(self._uri) and connection._connection is not None:
            connection.collect(socket_timeout=0.1)
        connection.release()
