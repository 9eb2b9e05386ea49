"""Whether every consumer has handled all that its sources have written."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import psycopg

from shared.errors import Unavailable
from shared.eventstore import Connection, heads_of

# How far one consumer has come in each partition of its sources.
_SUBSCRIPTIONS = """
SELECT s.source, s.state, s.parked_count, c.partition, c."position"
FROM subscriptions s LEFT JOIN checkpoints c ON c.source = s.source
"""
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """A consumer that has not come to the head of one of its sources."""

    consumer: str
    source: str
    partition: int
    behind: int
    state: str


class NotLevel(Unavailable):
    """Consumers are behind still; the text names them."""

    code = "host.not_level"


class Levels:
    """Watches the databases of the services in ``dsns`` (service → DSN of its run role)."""

    def __init__(self, dsns: Mapping[str, str]) -> None:
        self._connections: dict[str, Connection] = {
            name: psycopg.connect(dsn, autocommit=True, options=f"-c search_path={name},pg_temp")
            for name, dsn in dsns.items()
        }

    def lags(self) -> list[Lag]:
        """Who is behind, by positions; nobody when all is handled."""
        return self._behind(self._heads())

    def _heads(self) -> dict[str, dict[int, int]]:
        """Of each log the last position of each partition."""
        return {
            name: {partition: head.position for partition, head in heads_of(connection).items()}
            for name, connection in self._connections.items()
        }

    def _behind(self, heads: Mapping[str, Mapping[int, int]]) -> list[Lag]:
        return [lag for name in self._connections for lag in self._lags_of(name, heads)]

    def _lags_of(self, consumer: str, heads: Mapping[str, Mapping[int, int]]) -> Iterator[Lag]:
        done: dict[str, dict[int, int]] = {}
        states: dict[str, str] = {}
        for source, state, _, partition, position in self._connections[consumer].execute(
            _SUBSCRIPTIONS
        ):
            states[source] = state
            done.setdefault(source, {})
            if partition is not None:
                done[source][partition] = position
        for source, reached in done.items():
            for partition, head in heads.get(source, {}).items():
                if head > reached.get(partition, 0):
                    yield Lag(
                        consumer=consumer,
                        source=source,
                        partition=partition,
                        behind=head - reached.get(partition, 0),
                        state=states[source],
                    )

    def wait(self, timeout_seconds: float) -> None:
        """Until nobody is behind and no log grew meanwhile; raises NotLevel naming who still is.

        Handling an event may write the next one, for somebody else: that everybody had come to the
        heads says nothing unless the same heads are found once more.
        """
        deadline = time.monotonic() + timeout_seconds
        settled: Mapping[str, Mapping[int, int]] | None = None
        while True:
            heads = self._heads()
            if heads == settled:
                return
            lags = self._behind(heads)
            grew = settled is not None
            if (lags or grew) and time.monotonic() > deadline:
                raise NotLevel(f"events: not handled within {timeout_seconds} s: {_told(lags)}")
            settled = None if lags else heads
            time.sleep(_POLL_SECONDS if lags else 0)

    def close(self) -> None:
        """Give the connections back."""
        for connection in self._connections.values():
            connection.close()


def _told(lags: Sequence[Lag]) -> str:
    names = sorted({f"{lag.consumer} from {lag.source} ({lag.state})" for lag in lags})
    return ", ".join(names) or "their logs still grow"
