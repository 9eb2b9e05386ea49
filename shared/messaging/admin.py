"""What an admin sees of a service's subscriptions, and may do: each action with who and why.

Every function takes a connection of the consuming service's role. What was asked for is done by
the service itself within a second, so that order and transactions hold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from shared.errors import Invalid, Refused
from shared.eventstore import Position, Version
from shared.messaging._envelope import START, Place
from shared.messaging._source import Calling, Source
from shared.messaging._tables import checkpoints_of, count_parked, hold_checkpoints
from shared.postgres import Connection, own_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionInfo:
    """One source that the service reads; ``positions`` by partition."""

    source: str
    state: str
    reason: str | None
    changed_at: datetime
    last_seen_at: datetime | None
    parked_count: int
    refused_count: int
    positions: Mapping[int, Position]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedEvent:
    """An event set aside. ``error`` stands at the culprit; the others wait behind it."""

    source: str
    stream: str
    partition: int
    position: Position
    version: Version
    type: str
    data: Mapping[str, Any]
    attempts: int
    error: Mapping[str, Any] | None
    parked_at: datetime
    retry_asked_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A partition as the consumer handled it, against the source's log.

    ``same`` is False when the log does not hold the event at our checkpoint; ``head`` is its end.
    """

    partition: int
    handled: Position
    incarnation: UUID | None
    head: Position
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Redelivery:
    """What was asked to be handled once more, and how far it is.

    ``withheld``: by type, the events that the handler would have appended. ``changed``: of a
    dry run, by table, how many rows would be there anew or no longer, added up as it goes on.
    """

    id: int
    source: str
    stream: str | None
    from_position: Position
    to_position: Position
    dry_run: bool
    by: str
    why: str
    asked_at: datetime
    state: str
    streams_total: int | None
    streams_done: int
    events_done: int
    withheld: Mapping[str, int]
    changed: Mapping[str, int] | None
    error: str | None
    ended_at: datetime | None


_ASK_REDELIVERY = """
    INSERT INTO redeliveries (source, stream, from_position, to_position, dry_run, by, why)
    VALUES (%(source)s, %(stream)s, %(start)s, %(end)s, %(dry_run)s, %(by)s, %(why)s)
    RETURNING id
"""
_REDELIVERIES = """
    SELECT id, source, stream, from_position, to_position, dry_run, by, why, asked_at, state,
        streams_total, streams_done, events_done, withheld, changed, error, ended_at
    FROM redeliveries WHERE %(id)s::bigint IS NULL OR id = %(id)s ORDER BY id DESC LIMIT %(limit)s
"""
_STOP_REDELIVERY = """
    UPDATE redeliveries SET state = 'stopped', ended_at = clock_timestamp()
    WHERE id = %(id)s AND state IN ('asked', 'running')
    RETURNING source
"""
_SUBSCRIPTIONS = """
    SELECT source, state, reason, changed_at, last_seen_at, parked_count, refused_count,
        (SELECT jsonb_object_agg(partition, position) FROM checkpoints AS at
         WHERE at.source = subscriptions.source)
    FROM subscriptions ORDER BY source
"""
_PARKED = """
    SELECT source, stream, partition, position, version, type, envelope -> 'data', attempts,
        error, parked_at, retry_asked_by
    FROM parked_events
    WHERE (%(source)s::text IS NULL OR source = %(source)s)
      AND (%(stream)s::text IS NULL OR stream = %(stream)s)
    ORDER BY source, stream, position
"""
_ENVELOPE = """
    SELECT envelope FROM parked_events WHERE source = %(source)s AND position = %(position)s
"""
_ASK_RETRY = """
    UPDATE parked_events SET retry_asked_by = %(by)s
    WHERE source = %(source)s AND stream = %(stream)s
"""
_DISCARD = """
    DELETE FROM parked_events
    WHERE source = %(source)s AND stream = %(stream)s AND position <= %(through)s
    RETURNING partition, position, type
"""
_RESET = """
    UPDATE checkpoints
    SET incarnation = %(incarnation)s, position = %(position)s, digest = %(digest)s
    WHERE source = %(source)s AND partition = %(partition)s
"""
# What lies beyond a position that the source's log no longer holds.
_FORGET_PARKED = """
    DELETE FROM parked_events
    WHERE source = %(source)s AND partition = %(partition)s AND position > %(position)s
    RETURNING position
"""
_FORGET_ATTEMPTS = """
    DELETE FROM attempts
    WHERE source = %(source)s AND partition = %(partition)s AND position > %(position)s
"""
_RUN = """
    UPDATE subscriptions
    SET state = 'running', reason = NULL, attempts = 0, changed_at = clock_timestamp()
    WHERE source = %(source)s
"""
_ACT = """
    INSERT INTO messaging_actions (source, action, by, why, details)
    VALUES (%(source)s, %(action)s, %(by)s, %(why)s, %(details)s)
"""


def subscriptions(connection: Connection) -> list[SubscriptionInfo]:
    """Every source that the service reads, with its state."""
    with own_errors():
        rows = connection.execute(_SUBSCRIPTIONS).fetchall()
    return [
        SubscriptionInfo(
            source=row[0],
            state=row[1],
            reason=row[2],
            changed_at=row[3],
            last_seen_at=row[4],
            parked_count=row[5],
            refused_count=row[6],
            positions={int(part): Position(at) for part, at in (row[7] or {}).items()},
        )
        for row in rows
    ]


def parked(
    connection: Connection, *, source: str | None = None, stream: str | None = None
) -> list[ParkedEvent]:
    """Parked events in the order in which they must be retried, by source and stream."""
    with own_errors():
        rows = connection.execute(_PARKED, {"source": source, "stream": stream}).fetchall()
    return [
        ParkedEvent(
            source=row[0],
            stream=row[1],
            partition=row[2],
            position=row[3],
            version=row[4],
            type=row[5],
            data=row[6],
            attempts=row[7],
            error=row[8],
            parked_at=row[9],
            retry_asked_by=row[10],
        )
        for row in rows
    ]


def envelope_of(connection: Connection, source: str, position: Position) -> dict[str, Any]:
    """A parked event as it came, its private part sealed; raises Invalid if it is not parked."""
    with own_errors():
        row = connection.execute(_ENVELOPE, {"source": source, "position": position}).fetchone()
    if row is None:
        raise Invalid(f"position: {position} of {source} is not parked")
    envelope: dict[str, Any] = row[0]
    return envelope


def retry(connection: Connection, source: str, stream: str, *, by: str, why: str) -> int:
    """Ask that the parked events of ``stream`` are handled again, in order; how many there are.

    The first that fails again stops the retry and keeps its place. Raises Invalid if there is
    none.
    """
    values = {"source": source, "stream": stream, "by": by}
    with own_errors(), connection.transaction():
        count = connection.execute(_ASK_RETRY, values).rowcount
        if not count:
            raise Invalid(f"stream: {stream} of {source} has no parked events")
        _record(connection, source, "retry", by, why, {"stream": stream, "events": count})
    return count


def discard(
    connection: Connection, source: str, stream: str, through: Position, *, by: str, why: str
) -> int:
    """Give up the parked events of ``stream`` from the first to position ``through``; how many.

    They never come back by themselves; those behind them wait for a retry. Raises Invalid if
    there are none.
    """
    values: dict[str, Any] = {"source": source, "stream": stream, "through": through}
    with own_errors(), connection.transaction():
        hold_checkpoints(connection, source)
        gone = connection.execute(_DISCARD, values).fetchall()
        if not gone:
            raise Invalid(f"through: {stream} has no parked event up to position {through}")
        count_parked(connection, source)
        positions = [row[1] for row in gone]
        details = {"stream": stream, "positions": positions, "types": [row[2] for row in gone]}
        _record(connection, source, "discard", by, why, details)
    return len(gone)


def redeliver(
    connection: Connection,
    source: str,
    *,
    stream: str | None = None,
    start: Position = Position(1),  # noqa: B008 - an int
    end: Position,
    dry_run: bool,
    by: str,
    why: str,
) -> int:
    """Ask that streams with an event from ``start`` to ``end`` are handled once more, whole.

    ``stream`` alone if given. The consumer does it within a second or so, an interrupted one goes
    on by itself; ask ``redeliveries`` how far it is. Returns its number.
    """
    details = {"stream": stream, "from": start, "to": end, "dry_run": dry_run}
    values = {"source": source, "stream": stream, "start": start, "end": end}
    with own_errors(), connection.transaction():
        _record(connection, source, "redeliver", by, why, details)
        asked = {**values, "dry_run": dry_run, "by": by, "why": why}
        row = connection.execute(_ASK_REDELIVERY, asked).fetchone()
    return int(row[0]) if row else 0


def redeliveries(
    connection: Connection, *, number: int | None = None, limit: int = 50
) -> list[Redelivery]:
    """What was asked to be handled once more, the latest first."""
    with own_errors():
        cursor = connection.cursor(row_factory=class_row(Redelivery))
        return cursor.execute(_REDELIVERIES, {"id": number, "limit": limit}).fetchall()


def stop_redelivery(connection: Connection, number: int, *, by: str, why: str) -> bool:
    """Stop it before its next stream; whether it still ran. What is done stays done."""
    with own_errors(), connection.transaction():
        stopped = connection.execute(_STOP_REDELIVERY, {"id": number}).fetchone()
        if stopped is None:
            return False
        _record(connection, stopped[0], "stop_redelivery", by, why, {"redelivery": number})
    return True


def resume(connection: Connection, source: str, *, by: str, why: str) -> None:
    """Let a paused subscription try again at once; a stopped one needs its checkpoint reset."""
    with own_errors(), connection.transaction():
        [state] = connection.execute(
            "SELECT state FROM subscriptions WHERE source = %s FOR UPDATE", [source]
        ).fetchone() or [None]
        if state is None:
            raise Invalid(f"source: {source} is not read here; list the subscriptions")
        if state == "stopped":
            raise Refused(f"source: {source} is stopped; compare, then reset the checkpoint")
        connection.execute(_RUN, {"source": source})
        _record(connection, source, "resume", by, why, {})


def compare(connection: Connection, source: str, rpc: Calling) -> list[Difference]:
    """Our checkpoints against the source's log, by partition; raises Unavailable."""
    asked = Source(source, rpc)
    heads = asked.heads()
    with own_errors():
        checkpoints = checkpoints_of(connection, source)
    differences = []
    for partition, (incarnation, place) in checkpoints.items():
        page = asked.page(partition, place.position)
        head = heads.places.get(partition, START)
        differences.append(
            Difference(
                partition=partition,
                handled=place.position,
                incarnation=incarnation,
                head=head.position,
                same=(incarnation is None and place.position == 0)
                or (incarnation == heads.incarnation and page.anchor == place),
            )
        )
    return differences


def hold(connection: Connection, source: str) -> None:
    """Let the consumer handle nothing of ``source`` until ``connection``'s transaction ends."""
    with own_errors():
        hold_checkpoints(connection, source)


def reset_checkpoint(
    connection: Connection,
    source: str,
    places: Mapping[int, Place],
    *,
    incarnation: UUID,
    by: str,
    why: str,
    lost: Collection[int] = (),
) -> None:
    """Read on from ``places`` (by partition) in the log's present life, its ``incarnation``.

    Each place must be that of an event of the partition, or ``START``. Events after it are handled
    (again): what they did before must bear it; those of another life, which may wait in the queue
    still, are refused. Of the partitions ``lost`` the log no longer holds what was handled beyond:
    what is parked of it goes, or it would hold up, or be taken for, events that are new. The
    subscription runs again.
    """
    with own_errors(), connection.transaction():
        before = hold_checkpoints(connection, source)
        for partition, (position, digest) in places.items():
            values = {
                "source": source,
                "partition": partition,
                "incarnation": incarnation,
                "position": position,
                "digest": digest,
            }
            if connection.execute(_RESET, values).rowcount != 1:
                raise Invalid(f"partition: {partition} of {source} has no checkpoint")
        gone = [at for one in lost for at in _forget(connection, source, one, places[one].position)]
        connection.execute(_RUN, {"source": source})
        details = {
            "from": {str(partition): at.place.position for partition, at in before.items()},
            "to": {str(partition): place.position for partition, place in places.items()},
            "parked_gone": gone,
        }
        _record(connection, source, "reset_checkpoint", by, why, details)


def _forget(
    connection: Connection, source: str, partition: int, beyond: Position
) -> list[Position]:
    """Take away what is parked, and how often it was tried, beyond a position; where it lay."""
    values = {"source": source, "partition": partition, "position": beyond}
    connection.execute(_FORGET_ATTEMPTS, values)
    gone = connection.execute(_FORGET_PARKED, values).fetchall()
    count_parked(connection, source)
    return sorted(row[0] for row in gone)


def _record(
    connection: Connection, source: str, action: str, by: str, why: str, details: Mapping[str, Any]
) -> None:
    if not by.strip() or not why.strip():
        raise Invalid("by, why: say who acts and why; both are recorded")
    connection.execute(
        _ACT,
        {"source": source, "action": action, "by": by, "why": why, "details": Jsonb(dict(details))},
    )
