"""What a consumer keeps about one source: state, checkpoints, attempts, parked events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from shared.errors import Unavailable
from shared.eventstore import PARTITIONS, Position
from shared.messaging._envelope import ZERO_DIGEST, Envelope, Place, from_wire, to_wire
from shared.postgres import Connection, Pool, connected, last_at_most, transaction

MOST_STARTS = 2


class Checkpoint(NamedTuple):
    """The last event handled; ``incarnation`` is None as long as nothing was read: any log is taken
    as it comes."""

    incarnation: UUID | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a batch finds at its start. ``suspects`` are the partitions in which consumers may have
    died of an event: theirs are to be tried alone; ``has_given_up``: admins discarded some, which
    a checkpoint that was set back must not bring back."""

    state: str
    has_parked: bool
    has_given_up: bool
    retry_asked: bool
    suspects: frozenset[int]


_ENSURE = "INSERT INTO subscriptions (source) VALUES (%(source)s) ON CONFLICT DO NOTHING"
_ENSURE_CHECKPOINTS = """
    INSERT INTO checkpoints (source, partition, incarnation, position, digest)
    SELECT %(source)s, partition, NULL, 0, %(zero)s
    FROM generate_series(0, %(partitions)s - 1) AS partition
    ON CONFLICT DO NOTHING
"""
_COUNT_START = """
    INSERT INTO starts (source, partition, count)
    SELECT %(source)s, partition, 1 FROM generate_series(0, %(partitions)s - 1) AS partition
    ON CONFLICT (source, partition) DO UPDATE SET count = starts.count + 1
"""
_UNCOUNT_START = "UPDATE starts SET count = count - 1 WHERE source = %(source)s AND count > 0"
_COUNT_REDELIVERY_START = """
    INSERT INTO redelivery_starts (redelivery, count)
    SELECT id, 1 FROM redeliveries WHERE source = %(source)s AND state = 'running'
    ON CONFLICT (redelivery) DO UPDATE SET count = redelivery_starts.count + 1
"""
_UNCOUNT_REDELIVERY_START = """
    UPDATE redelivery_starts SET count = count - 1
    WHERE count > 0 AND redelivery IN (
        SELECT id FROM redeliveries WHERE source = %(source)s AND state = 'running')
"""
_PEEK = """
    SELECT state, parked_count > 0,
        EXISTS (
            SELECT FROM messaging_actions AS acted
            WHERE acted.source = %(source)s AND action = 'discard'),
        parked_count > 0 AND EXISTS (
            SELECT FROM parked_events AS parked
            WHERE parked.source = %(source)s AND retry_asked_by IS NOT NULL),
        ARRAY(
            SELECT partition FROM starts AS begun
            WHERE begun.source = %(source)s AND count > %(most_starts)s
            UNION SELECT partition FROM attempts AS tried
            WHERE tried.source = %(source)s AND count > 0)
    FROM subscriptions WHERE source = %(source)s
"""
_CHECKPOINTS = """
    SELECT partition, incarnation, position, digest FROM checkpoints
    WHERE source = %(source)s ORDER BY partition
"""
_LOCK = _CHECKPOINTS + " FOR UPDATE"
_ADVANCE = """
    UPDATE checkpoints AS kept
    SET incarnation = moved.incarnation, position = moved.position, digest = moved.digest
    FROM unnest(
        %(partitions)s::smallint[], %(incarnations)s::uuid[], %(positions)s::bigint[],
        %(digests)s::bytea[]
    ) AS moved (partition, incarnation, position, digest)
    WHERE kept.source = %(source)s AND kept.partition = moved.partition
"""
_WENT_ON = """
    UPDATE starts SET count = 0
    WHERE source = %(source)s AND partition = ANY(%(partitions)s::smallint[]) AND count > 0
"""
_SEEN = """
    UPDATE subscriptions SET last_seen_at = clock_timestamp() WHERE source = %(source)s
"""
_ADVANCE_AND_SEEN = f"WITH advanced AS ({_ADVANCE}), went_on AS ({_WENT_ON}) {_SEEN}"
_SET_STATE = """
    UPDATE subscriptions
    SET state = %(state)s, reason = %(reason)s, changed_at = clock_timestamp()
    WHERE source = %(source)s AND (state, reason) IS DISTINCT FROM (%(state)s, %(reason)s)
"""
_LIFT_PAUSE = """
    UPDATE subscriptions SET state = 'running', reason = NULL, changed_at = clock_timestamp()
    WHERE source = %(source)s AND state = 'paused'
"""
_REFUSED = """
    UPDATE subscriptions SET refused_count = refused_count + %(count)s WHERE source = %(source)s
"""
_COUNT_ATTEMPT = """
    INSERT INTO attempts AS tried (source, partition, position, count)
    VALUES (%(source)s, %(partition)s, %(position)s, 1)
    ON CONFLICT (source, partition, position) DO UPDATE SET count = tried.count + 1
    RETURNING count
"""
_UNCOUNT_ATTEMPT = """
    UPDATE attempts SET count = count - 1
    WHERE source = %(source)s AND partition = %(partition)s AND position = %(position)s
"""
_FORGET_ATTEMPTS = """
    DELETE FROM attempts
    WHERE source = %(source)s AND partition = %(partition)s AND position <= %(position)s
"""
_PARKED_STREAMS = """
    SELECT DISTINCT stream FROM parked_events
    WHERE source = %(source)s AND stream = ANY(%(streams)s)
"""
_GIVEN_UP = """
    SELECT jsonb_array_elements_text(details -> 'positions')::bigint FROM messaging_actions
    WHERE source = %(source)s AND action = 'discard' AND details ->> 'stream' = ANY(%(streams)s)
"""
_PARK = """
    INSERT INTO parked_events
        (source, stream, partition, position, version, type, envelope, error, attempts)
    VALUES (%(source)s, %(stream)s, %(partition)s, %(position)s, %(version)s, %(type)s,
        %(envelope)s, %(error)s, %(attempts)s)
    ON CONFLICT (source, partition, position) DO NOTHING
"""
_COUNT_PARKED = """
    UPDATE subscriptions
    SET parked_count = (SELECT count(*) FROM parked_events WHERE source = %(source)s)
    WHERE source = %(source)s
    RETURNING parked_count
"""
_ASKED_AGAIN = """
    SELECT partition, position, envelope, retry_asked_by FROM parked_events AS parked
    WHERE source = %(source)s AND retry_asked_by IS NOT NULL
      AND position = (
        SELECT min(position) FROM parked_events AS other
        WHERE other.source = parked.source AND other.stream = parked.stream)
    ORDER BY partition, position
    LIMIT 1
"""
_UNREAD = """
    SELECT envelope FROM parked_events AS parked
    WHERE source = %(source)s AND retry_asked_by IS NULL
      AND error ->> 'code' = 'contracts.unknown_event'
      AND position = (
        SELECT min(position) FROM parked_events AS other
        WHERE other.source = parked.source AND other.stream = parked.stream)
"""
_ASK_AGAIN = """
    UPDATE parked_events SET retry_asked_by = %(by)s
    WHERE source = %(source)s AND stream = %(stream)s AND retry_asked_by IS NULL
"""
_UNPARK = """
    DELETE FROM parked_events
    WHERE source = %(source)s AND partition = %(partition)s AND position = %(position)s
"""
_COUNT_RETRY = """
    UPDATE parked_events SET retries_begun = retries_begun + 1
    WHERE source = %(source)s AND partition = %(partition)s AND position = %(position)s
      AND retry_asked_by IS NOT NULL
    RETURNING retries_begun
"""
_UNCOUNT_RETRY = """
    UPDATE parked_events SET retries_begun = retries_begun - 1
    WHERE source = %(source)s AND partition = %(partition)s AND position = %(position)s
      AND retries_begun > 0
"""
_FAILED_AGAIN = """
    UPDATE parked_events
    SET attempts = attempts + 1, error = %(error)s, retries_begun = 0
    WHERE source = %(source)s AND partition = %(partition)s AND position = %(position)s
"""
_STOP_RETRY = """
    UPDATE parked_events SET retry_asked_by = NULL
    WHERE source = %(source)s AND stream = %(stream)s
"""
_ACTED = """
    INSERT INTO messaging_actions (source, action, by, why, details)
    VALUES (%(source)s, %(action)s, %(by)s, %(why)s, %(details)s)
"""


class SubscriptionTables:
    """The rows of one (consumer, source). Every error is ours: Unavailable means retry."""

    def __init__(self, pool: Pool, source: str) -> None:
        self.pool = pool
        self.source = source
        self._key: Mapping[str, Any] = {"source": source}
        self._status_key = {**self._key, "most_starts": MOST_STARTS}

    def ensure(self) -> None:
        """Make the rows, if this source is read for the first time."""
        with transaction(self.pool) as connection:
            connection.execute(_ENSURE, self._key)
            connection.execute(
                _ENSURE_CHECKPOINTS, {**self._key, "zero": ZERO_DIGEST, "partitions": PARTITIONS}
            )

    def count_start(self) -> None:
        """A consumer process begins: if it dies of a batch, as the one before it may have, the
        next finds two in that batch's partitions, which did not go on meanwhile. So does who dies
        of a redelivery."""
        with transaction(self.pool) as connection:
            connection.execute(_COUNT_START, {**self._key, "partitions": PARTITIONS})
            connection.execute(_COUNT_REDELIVERY_START, self._key)

    def uncount_start(self) -> None:
        """The consumer ends by itself: it died of nothing."""
        with transaction(self.pool) as connection:
            connection.execute(_UNCOUNT_START, self._key)
            connection.execute(_UNCOUNT_REDELIVERY_START, self._key)

    def peek(self) -> Status:
        """The status as it is now."""
        with connected(self.pool) as connection:
            return _status(connection.execute(_PEEK, self._status_key).fetchone())

    def checkpoints(self) -> dict[int, Checkpoint]:
        """Where the consumer stands, by partition."""
        with connected(self.pool) as connection:
            return _checkpoints(connection.execute(_CHECKPOINTS, self._key).fetchall())

    def lock(self, connection: Connection) -> dict[int, Checkpoint]:
        """The checkpoints, locked for this transaction: a second consumer waits, then skips."""
        return _checkpoints(connection.execute(_LOCK, self._key).fetchall())

    def enter(
        self, connection: Connection, *, most_seconds: float
    ) -> tuple[dict[int, Checkpoint], Status]:
        """The checkpoints, locked as by ``lock``, and the status, in one round trip.

        Not for longer than ``most_seconds``, even if this process is frozen meanwhile.
        """
        with connection.pipeline():
            locked = connection.execute(_LOCK, self._key)
            found = connection.execute(_PEEK, self._status_key)
            last_at_most(connection, most_seconds)
            return _checkpoints(locked.fetchall()), _status(found.fetchone())

    def advance(self, connection: Connection, reached: Mapping[int, Checkpoint]) -> None:
        """Record what was handled, in the handling transaction."""
        if reached:
            connection.execute(_ADVANCE_AND_SEEN, {**self._key, **_columns(reached)})
        else:
            connection.execute(_SEEN, self._key)

    def set_state(self, state: str, reason: str | None) -> None:
        """Make ``running``, ``paused`` or ``stopped`` visible, with the reason."""
        with connected(self.pool) as connection:
            connection.execute(_SET_STATE, {**self._key, "state": state, "reason": reason})

    def lift_pause(self) -> None:
        """Show ``running`` again, unless the state is another one by now."""
        with connected(self.pool) as connection:
            connection.execute(_LIFT_PAUSE, self._key)

    def refused(self, count: int) -> None:
        """Count messages that are not ours."""
        with connected(self.pool) as connection:
            connection.execute(_REFUSED, {**self._key, "count": count})

    def count_attempt(self, envelope: Envelope) -> int:
        """Count a single event's attempt, for good, before it is handled; this one included."""
        with connected(self.pool) as connection:
            row = connection.execute(_COUNT_ATTEMPT, self._at(envelope)).fetchone()
            return int(row[0]) if row else 1

    def uncount_attempt(self, envelope: Envelope) -> None:
        """That attempt failed by no fault of the event."""
        with connected(self.pool) as connection:
            connection.execute(_UNCOUNT_ATTEMPT, self._at(envelope))

    def forget_attempts(self, connection: Connection, envelope: Envelope) -> None:
        """The event went through, or is parked."""
        connection.execute(_FORGET_ATTEMPTS, self._at(envelope))

    def parked_among(self, connection: Connection, streams: Iterable[str]) -> set[str]:
        """Those of ``streams`` that have parked events."""
        rows = connection.execute(_PARKED_STREAMS, {**self._key, "streams": list(set(streams))})
        return {row[0] for row in rows}

    def given_up_among(self, connection: Connection, streams: Iterable[str]) -> set[int]:
        """The positions of those events of ``streams`` that admins discarded."""
        rows = connection.execute(_GIVEN_UP, {**self._key, "streams": list(set(streams))})
        return {row[0] for row in rows}

    def park(
        self,
        connection: Connection,
        envelopes: Sequence[Envelope],
        *,
        error: Mapping[str, Any] | None = None,
        attempts: int = 0,
    ) -> int:
        """Set events aside in their order; returns how many are parked now."""
        for envelope in envelopes:
            connection.execute(
                _PARK,
                self._at(envelope)
                | {
                    "stream": envelope.stream,
                    "version": envelope.version,
                    "type": envelope.type,
                    "envelope": Jsonb(to_wire(envelope)),
                    "error": None if error is None else Jsonb(dict(error)),
                    "attempts": attempts,
                },
            )
        return self._count_parked(connection)

    def next_asked_again(self) -> tuple[Envelope, str] | None:
        """The first parked event of a stream that an admin wants retried, and the admin."""
        with connected(self.pool) as connection:
            row = connection.execute(_ASKED_AGAIN, self._key).fetchone()
        return None if row is None else (from_wire(row[2]), row[3])

    def unread(self) -> list[Envelope]:
        """The parked events, the first of its stream each, that no codec could read so far."""
        with connected(self.pool) as connection:
            rows = connection.execute(_UNREAD, self._key).fetchall()
        return [from_wire(row[0]) for row in rows]

    def ask_again(self, stream: str, *, by: str, why: str) -> None:
        """Have what is parked of a stream retried, unless somebody asked already."""
        with transaction(self.pool) as connection:
            values = {**self._key, "stream": stream, "by": by}
            if count := connection.execute(_ASK_AGAIN, values).rowcount:
                self.acted(connection, "retry", by, why, {"stream": stream, "events": count})

    def count_retry(self, connection: Connection, envelope: Envelope) -> int:
        """Count a retry, for good, before the event is handled; this one included, of those that
        did not end. 0 if no retry of it is asked for any more."""
        row = connection.execute(_COUNT_RETRY, self._at(envelope)).fetchone()
        return int(row[0]) if row else 0

    def uncount_retry(self, envelope: Envelope) -> None:
        """That retry ended, by no fault of the event."""
        with connected(self.pool) as connection:
            connection.execute(_UNCOUNT_RETRY, self._at(envelope))

    def unpark(self, connection: Connection, envelope: Envelope, *, by: str) -> bool:
        """Record, in the transaction that handles it, that a parked event went through at last.

        Whether it was still parked; if an admin discarded it meanwhile, nothing is recorded.
        """
        if connection.execute(_UNPARK, self._at(envelope)).rowcount == 0:
            return False
        self._count_parked(connection)
        details = {"stream": envelope.stream, "position": envelope.position}
        self.acted(connection, "retried", by, "the retry went through", details)
        return True

    def failed_again(self, envelope: Envelope, error: Mapping[str, Any]) -> None:
        """The retry failed: the event keeps its place and the stream waits for an admin again."""
        with transaction(self.pool) as connection:
            connection.execute(_FAILED_AGAIN, self._at(envelope) | {"error": Jsonb(dict(error))})
            connection.execute(_STOP_RETRY, {**self._key, "stream": envelope.stream})

    def acted(
        self, connection: Connection, action: str, by: str, why: str, details: Mapping[str, Any]
    ) -> None:
        """Record who did what, and why."""
        connection.execute(
            _ACTED,
            {**self._key, "action": action, "by": by, "why": why, "details": Jsonb(dict(details))},
        )

    def _count_parked(self, connection: Connection) -> int:
        row = connection.execute(_COUNT_PARKED, self._key).fetchone()
        return int(row[0]) if row else 0

    def _at(self, envelope: Envelope) -> dict[str, Any]:
        return {**self._key, "partition": envelope.partition, "position": envelope.position}


def _status(row: Sequence[Any] | None) -> Status:
    if row is None:
        raise Unavailable("subscription: its rows are gone; they are made at the next try")
    state, has_parked, has_given_up, retry_asked, suspects = row
    return Status(
        state=state,
        has_parked=has_parked,
        has_given_up=has_given_up,
        retry_asked=retry_asked,
        suspects=frozenset(suspects),
    )


def _checkpoints(rows: Iterable[Sequence[Any]]) -> dict[int, Checkpoint]:
    return {
        partition: Checkpoint(
            incarnation=incarnation, place=Place(position=Position(position), digest=digest)
        )
        for partition, incarnation, position, digest in rows
    }


def checkpoints_of(connection: Connection, source: str) -> dict[int, Checkpoint]:
    """Where the consumer stands in the log of ``source``, by partition."""
    return _checkpoints(connection.execute(_CHECKPOINTS, {"source": source}).fetchall())


def hold_checkpoints(connection: Connection, source: str) -> dict[int, Checkpoint]:
    """The same, locked until the transaction ends: the consumer handles nothing meanwhile."""
    return _checkpoints(connection.execute(_LOCK, {"source": source}).fetchall())


def count_parked(connection: Connection, source: str) -> None:
    """Let the subscription's count be what is parked."""
    connection.execute(_COUNT_PARKED, {"source": source})


def _columns(reached: Mapping[int, Checkpoint]) -> dict[str, Any]:
    return {
        "partitions": list(reached),
        "incarnations": [checkpoint.incarnation for checkpoint in reached.values()],
        "positions": [checkpoint.place.position for checkpoint in reached.values()],
        "digests": [checkpoint.place.digest for checkpoint in reached.values()],
    }
