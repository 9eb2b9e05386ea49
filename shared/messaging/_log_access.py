"""A service's log by RPC: what a consumer asks for when it is behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from nameko.extensions import DependencyProvider

from shared.errors import Invalid
from shared.eventstore import PARTITIONS, EventStore, Pool, Position, Version
from shared.messaging import admin
from shared.messaging._commands import command
from shared.messaging._envelope import (
    START,
    Envelope,
    Place,
    place_to_wire,
    seal,
    to_wire,
)
from shared.messaging._opened import OpenParts
from shared.messaging._source import LARGEST_PAGE_EVENTS
from shared.postgres import connected

MOST_PARKED = 300
# Of 500 events of 1 MB no broker takes the answer (RabbitMQ: 16 MiB), nor any asker the wait.
ANSWER_BYTES = 2_000_000


class _Store(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    opened = OpenParts()

    def get_dependency(self, _worker_ctx: Any) -> EventStore:
        store: EventStore = self.opened.parts.store
        return store


class _Pool(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    opened = OpenParts()

    def get_dependency(self, _worker_ctx: Any) -> Pool:
        pool: Pool = self.opened.parts.pool
        return pool


class LogAccess:
    """Gives a service class the methods that its consumers catch up by."""

    log_store = _Store()
    log_pool = _Pool()

    @command  # type: ignore[untyped-decorator]  # nameko is untyped
    def read_log(self, partition: int, after: int, limit: int) -> dict[str, Any]:
        """The events that follow position ``after`` in a partition, at most 500 and 2 MB.

        ``{"incarnation", "anchor": [position, digest] of the event at ``after`` or None, "events":
        [envelope]}``. An anchor of None, after a position other than 0, means that this log holds
        no such event.
        """
        return log_page(self.log_store, partition, after, limit)

    @command  # type: ignore[untyped-decorator]  # nameko is untyped
    def log_lag(self, after: dict[str, int]) -> dict[str, Any]:
        """What follows the positions ``{partition: position}``.

        ``{partition: [events, counted up to 100,000; when the first was recorded, or None]}``.
        """
        return log_lag(self.log_store, after)

    @command  # type: ignore[untyped-decorator]  # nameko is untyped
    def log_heads(self) -> dict[str, Any]:
        """``{"incarnation", "heads": {partition: [position, digest]}}``."""
        return log_heads(self.log_store)

    @command  # type: ignore[untyped-decorator]  # nameko is untyped
    def read_stream(self, stream: str, after: int) -> list[dict[str, Any]]:
        """The envelopes of a stream beyond a version, at most 500 and 2 MB; to be delivered again.

        They name no event before them: nobody may follow the log by them.
        """
        return stream_page(self.log_store, stream, after)

    @command  # type: ignore[untyped-decorator]  # nameko is untyped
    def streams_between(self, start: int, end: int, after: str, limit: int) -> dict[str, Any]:
        """Streams with an event from one position to another: {"names" beyond ``after``, "count"
        of them all, the first time (``after`` empty), else None}."""
        first, last = Position(start), Position(end)
        store = self.log_store
        wanted = max(1, min(limit, LARGEST_PAGE_EVENTS))
        return {
            "names": store.streams_between(first, last, after=after, limit=wanted),
            "count": None if after else store.count_streams_between(first, last),
        }

    @command  # type: ignore[untyped-decorator]  # nameko is untyped
    def readings(self) -> dict[str, Any]:
        """How far this service is in the logs that it reads, and what it set aside, unread.

        ``{"subscriptions": [{"source", "state", "reason", "last_seen_at", "parked_count",
        "positions": {partition: position}}], "parked": [{"source", "stream", "type", "position",
        "error_type", "attempts", "parked_at"}]}``; nothing of an event's content.
        """
        return readings(self.log_pool)


def readings(pool: Pool) -> dict[str, Any]:
    """The subscriptions of a service and its parked events, as JSON values."""
    with connected(pool) as connection:
        subscriptions = admin.subscriptions(connection)
        parked = admin.parked(connection)[:MOST_PARKED]
    return {
        "subscriptions": [
            {
                "source": one.source,
                "state": one.state,
                "reason": one.reason,
                "last_seen_at": one.last_seen_at and one.last_seen_at.isoformat(),
                "parked_count": one.parked_count,
                "positions": {str(part): position for part, position in one.positions.items()},
            }
            for one in subscriptions
        ],
        "parked": [
            {
                "source": one.source,
                "stream": one.stream,
                "type": one.type,
                "position": one.position,
                "error_type": (one.error or {}).get("type"),
                "attempts": one.attempts,
                "parked_at": one.parked_at.isoformat(),
            }
            for one in parked
        ],
    }


def stream_page(store: EventStore, stream: str, after: int) -> list[dict[str, Any]]:
    """The next envelopes of a stream as JSON values."""
    incarnation = store.incarnation()
    recorded = store.load(stream, after=Version(after), limit=LARGEST_PAGE_EVENTS, decrypt=False)
    return _filled(seal(store.schema, incarnation, one, previous=START) for one in recorded)


def log_heads(store: EventStore) -> dict[str, Any]:
    """How far the log goes, by partition."""
    return {
        "incarnation": str(store.incarnation()),
        "heads": {
            str(partition): [head.position, head.digest.hex()]
            for partition, head in store.heads().items()
        },
    }


def log_lag(store: EventStore, after: Mapping[str, int]) -> dict[str, Any]:
    """What follows ``after``, by partition; raises Invalid naming the bad argument."""
    try:
        places = {int(part): Position(int(position)) for part, position in after.items()}
    except (AttributeError, TypeError, ValueError):
        raise Invalid("after: must be positions by partition") from None
    return {
        str(partition): [behind.events, behind.oldest_at and behind.oldest_at.isoformat()]
        for partition, behind in store.behind(places).items()
    }


def log_page(store: EventStore, partition: int, after: int, limit: int) -> dict[str, Any]:
    """One page of the log as JSON values; raises Invalid naming the bad argument."""
    if partition not in range(PARTITIONS):
        raise Invalid(f"partition: {partition} is not from 0 to {PARTITIONS - 1}")
    if after < 0:
        raise Invalid(f"after: {after} is below 0")
    wanted = max(1, min(limit, LARGEST_PAGE_EVENTS))
    incarnation = store.incarnation()
    recorded = store.read(
        partition, after=Position(max(after - 1, 0)), limit=wanted + 1, decrypt=False
    )
    anchor: Place | None = START if after == 0 else None
    if recorded and recorded[0].position == after:
        anchor = Place(position=recorded[0].position, digest=recorded[0].digest)
        recorded = recorded[1:]

    def envelopes(place: Place) -> Iterator[Envelope]:
        for event in recorded[:wanted]:
            envelope = seal(store.schema, incarnation, event, previous=place)
            place = envelope.place
            yield envelope

    return {
        "incarnation": str(incarnation),
        "anchor": None if anchor is None else place_to_wire(anchor),
        "events": [] if anchor is None else _filled(envelopes(anchor)),
    }


def _filled(envelopes: Iterable[Envelope]) -> list[dict[str, Any]]:
    """The first of them as JSON values, as many as go into one answer; one at least."""
    taken: list[dict[str, Any]] = []
    size = 0
    for envelope in envelopes:
        wire = to_wire(envelope)
        size += len(orjson.dumps(wire))
        if taken and size > ANSWER_BYTES:
            break
        taken.append(wire)
    return taken
