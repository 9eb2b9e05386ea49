"""Whether the broker answers: a question over a connection kept for it."""

from __future__ import annotations

from typing import Any

from shared.errors import Unavailable
from shared.messaging import _memory
from shared.messaging._broker import answering_within, connect, open_channel

TIMEOUT_SECONDS = 2.0


class BrokerGone(Unavailable):
    """The broker does not answer, or does not let us in."""

    code = "broker.unreachable"


class BrokerProbe:
    """Asks the broker for an exchange that each has: a round trip, which an open socket is not."""

    def __init__(self, amqp_uri: str) -> None:
        self._uri = amqp_uri
        self._connection: Any = None
        self._channel: Any = None

    def ask(self) -> None:
        """Raises BrokerGone in a few seconds if it does not answer."""
        if _memory.is_in_process(self._uri):
            return
        try:
            self._open()
            with answering_within(self._connection, TIMEOUT_SECONDS):
                self._channel.exchange_declare("amq.topic", "topic", passive=True)
        except Exception as error:
            # py-amqp raises whatever its socket, its frames or its state lead to
            self.close()
            raise BrokerGone(f"broker: does not answer ({type(error).__name__})") from error

    def close(self) -> None:
        """Hang up; the next question connects anew."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            if connection._connection is not None:
                connection.collect(socket_timeout=0.1)
            connection.release()

    def _open(self) -> None:
        if self._channel is None:
            self._connection = connect(self._uri, timeout_seconds=TIMEOUT_SECONDS)
            self._channel = open_channel(self._connection, timeout_seconds=TIMEOUT_SECONDS)
