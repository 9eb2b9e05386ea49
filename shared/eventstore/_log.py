"""Reading the log of one service: streams, partitions, heads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from shared.errors import Unavailable
from shared.eventstore._heads import heads_of
from shared.eventstore._rows import COLUMNS, EVENTS, events_of
from shared.eventstore._scan import Scan, scan
from shared.eventstore._types import Behind, Head, Position, Recorded, StreamInfo, Version
from shared.postgres import Connection, Pool, connected, transaction, translated
from shared.privacy import Keyring

_OF_STREAM = (
    EVENTS
    + """
WHERE stream = %(stream)s AND version > %(after)s AND version <= %(through)s
  AND recorded_at <= %(until)s
"""
)
_LOAD = _OF_STREAM + "ORDER BY version LIMIT %(limit)s"
_LOAD_BACK = _OF_STREAM + "ORDER BY version DESC LIMIT %(limit)s"

_LOAD_MANY = (
    EVENTS
    + """
WHERE stream = ANY(%(streams)s)
ORDER BY stream, version
"""
)

_READ = (
    EVENTS
    + """
WHERE partition = %(partition)s AND "position" > %(after)s
  AND (%(category)s::text IS NULL OR split_part(stream, '-', 1) = %(category)s)
ORDER BY "position"
LIMIT %(limit)s
"""
)

_READ_ALL = f"""
SELECT {COLUMNS}
FROM unnest(%(partitions)s::smallint[], %(positions)s::bigint[]) AS asked (place, beyond)
CROSS JOIN LATERAL (
    SELECT * FROM events f
    WHERE f.partition = asked.place AND f."position" > asked.beyond
    ORDER BY f."position"
    LIMIT %(limit)s
) AS e
ORDER BY e.partition, e."position"
"""  # noqa: S608 - our columns

_READ_BACK = (
    EVENTS
    + """
WHERE partition = %(partition)s AND "position" < %(before)s
  AND (%(category)s::text IS NULL OR split_part(stream, '-', 1) = %(category)s)
ORDER BY "position" DESC
LIMIT %(limit)s
"""
)

_MATCHING = (
    EVENTS
    + """
WHERE "position" > %(after)s AND "position" < %(before)s
  AND (%(type)s::text IS NULL OR type = %(type)s)
  AND (%(subject)s::uuid IS NULL OR subject = %(subject)s)
  AND (%(correlation)s::text IS NULL OR metadata ->> 'correlation_id' = %(correlation)s)
  AND metadata @> %(metadata)s::jsonb
  AND recorded_at BETWEEN %(since)s AND %(until)s
"""
)
_FIND = _MATCHING + 'ORDER BY "position" LIMIT %(limit)s'
_FIND_BACK = _MATCHING + 'ORDER BY "position" DESC LIMIT %(limit)s'

_CORRELATED = (
    EVENTS
    + """
WHERE metadata ->> 'correlation_id' IS NOT NULL
  AND metadata ->> 'correlation_id' = ANY(%(correlations)s)
ORDER BY "position"
"""
)

_BEHIND = """
SELECT asked.partition, counted.events, first.recorded_at,
       coalesce(extract(epoch FROM clock_timestamp() - first.recorded_at), 0)
FROM unnest(%(partitions)s::smallint[], %(positions)s::bigint[]) AS asked (partition, "position")
CROSS JOIN LATERAL (
    SELECT count(*) AS events FROM (
        SELECT FROM events e
        WHERE e.partition = asked.partition AND e."position" > asked."position" LIMIT 100000
    ) AS following
) AS counted
LEFT JOIN LATERAL (
    SELECT e.recorded_at FROM events e
    WHERE e.partition = asked.partition AND e."position" > asked."position"
    ORDER BY e."position" LIMIT 1
) AS first ON true
ORDER BY asked.partition
"""

_STREAMS = """
SELECT stream, partition, version, "position", started_at, recorded_at
FROM streams s
WHERE stream > %(after)s AND starts_with(stream, %(prefix)s)
  AND (%(type)s::text IS NULL
       OR EXISTS (SELECT FROM events e WHERE e.stream = s.stream AND e.type = %(type)s))
  AND (%(subject)s::uuid IS NULL
       OR EXISTS (SELECT FROM events e WHERE e.stream = s.stream AND e.subject = %(subject)s))
  AND (%(correlation)s::text IS NULL
       OR EXISTS (SELECT FROM events e WHERE e.stream = s.stream
                  AND e.metadata ->> 'correlation_id' = %(correlation)s))
  AND (%(establishment)s::text IS NULL
       OR EXISTS (SELECT FROM events e WHERE e.stream = s.stream
                  AND jsonb_path_exists(e.data, '$.**.establishment ? (@ == $code)',
                                        jsonb_build_object('code', %(establishment)s::text))))
  AND s.recorded_at >= %(since)s AND s.started_at <= %(until)s
  AND (%(whenever)s
       OR EXISTS (SELECT FROM events e WHERE e.stream = s.stream
                  AND e.recorded_at BETWEEN %(since)s AND %(until)s))
ORDER BY stream
LIMIT %(limit)s
"""

_STREAMS_BETWEEN = """
SELECT DISTINCT stream FROM events
WHERE "position" BETWEEN %(start)s AND %(end)s AND stream > %(after)s
ORDER BY stream
LIMIT %(limit)s
"""

_COUNT_BETWEEN = """
SELECT count(DISTINCT stream) FROM events WHERE "position" BETWEEN %(start)s AND %(end)s
"""

_INCARNATION = "SELECT incarnation FROM incarnations ORDER BY number DESC LIMIT 1"

_BEGINNING = "-infinity"
_END = "infinity"
_LAST_VERSION = 2**31 - 1
_LAST_POSITION = 2**63 - 1
_PAGE = 500


class Log:
    """The reading half of ``EventStore``."""

    def __init__(self, pool: Pool, *, schema: str, keyring: Keyring) -> None:
        self.schema = schema
        self.keyring = keyring
        self._pool = pool

    def transaction(self) -> AbstractContextManager[Connection]:
        """A connection in a transaction: committed at the end, rolled back by an exception."""
        return transaction(self._pool)

    def load(
        self,
        stream: str,
        *,
        after: Version = Version(0),  # noqa: B008 - an int
        through: Version | None = None,
        recorded_until: datetime | None = None,
        limit: int | None = None,
        backward: bool = False,
        connection: Connection | None = None,
        decrypt: bool = True,
    ) -> list[Recorded]:
        """The events of ``stream`` beyond version ``after``, up to ``through``, recorded until
        then, by version; ``backward``: the last one first. ``decrypt=False`` for whoever may not
        know the private part.
        """
        parameters = {
            "stream": stream,
            "after": after,
            "through": _LAST_VERSION if through is None else through,
            "until": recorded_until or _END,
            "limit": limit,
        }
        query = _LOAD_BACK if backward else _LOAD
        return self._recorded(query, parameters, connection, decrypt=decrypt)

    def load_many(
        self,
        streams: Sequence[str],
        *,
        connection: Connection | None = None,
        decrypt: bool = True,
    ) -> list[Recorded]:
        """The events of all these streams in one query: each stream's by version."""
        return self._recorded(_LOAD_MANY, {"streams": list(streams)}, connection, decrypt=decrypt)

    def read(
        self,
        partition: int,
        *,
        after: Position,
        limit: int,
        category: str | None = None,
        connection: Connection | None = None,
        decrypt: bool = True,
    ) -> list[Recorded]:
        """The next ``limit`` events of a partition beyond ``after``; none is ever skipped.

        Whoever has read up to a position has read all before it, in that partition.
        ``category`` ("request" of ``request-7``): only the events of its streams.
        ``decrypt=False`` for events that travel on: ``sealed`` holds their private part.
        """
        parameters = {
            "partition": partition,
            "after": after,
            "category": category,
            "limit": limit,
        }
        return self._recorded(_READ, parameters, connection, decrypt=decrypt)

    def read_all(
        self,
        after: Mapping[int, Position],
        *,
        limit: int,
        connection: Connection | None = None,
        decrypt: bool = True,
    ) -> list[Recorded]:
        """The next ``limit`` events of each of these partitions beyond its position, in one
        query: partition by partition, none skipped (see ``read``)."""
        parameters = {
            "partitions": list(after),
            "positions": list(after.values()),
            "limit": limit,
        }
        return self._recorded(_READ_ALL, parameters, connection, decrypt=decrypt)

    def read_back(
        self,
        partition: int,
        *,
        before: Position | None = None,
        limit: int,
        category: str | None = None,
        connection: Connection | None = None,
        decrypt: bool = True,
    ) -> list[Recorded]:
        """The ``limit`` events of a partition before ``before`` (None: its end), last one first."""
        parameters = {
            "partition": partition,
            "before": _LAST_POSITION if before is None else before,
            "category": category,
            "limit": limit,
        }
        return self._recorded(_READ_BACK, parameters, connection, decrypt=decrypt)

    def find(
        self,
        *,
        type: str | None = None,
        subject: UUID | None = None,
        correlation: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        recorded_since: datetime | None = None,
        recorded_until: datetime | None = None,
        after: Position = Position(0),  # noqa: B008 - an int
        before: Position | None = None,
        limit: int = _PAGE,
        backward: bool = False,
        connection: Connection | None = None,
        decrypt: bool = True,
    ) -> list[Recorded]:
        """Events of all partitions that match, by position; ``metadata`` by containment.

        ``correlation``: all that one request set off. ``backward``: the last one first. Only
        ``type`` and ``correlation`` have an index; anything else reads the whole log.

        For admins: across partitions a late commit may still appear before what was seen.
        Followers use ``read``.
        """
        parameters = {
            "type": type,
            "subject": subject,
            "correlation": correlation,
            "metadata": Jsonb(dict(metadata or {})),
            "since": recorded_since or _BEGINNING,
            "until": recorded_until or _END,
            "after": after,
            "before": _LAST_POSITION if before is None else before,
            "limit": limit,
        }
        query = _FIND_BACK if backward else _FIND
        return self._recorded(query, parameters, connection, decrypt=decrypt)

    def correlated(
        self, correlations: Sequence[str], *, connection: Connection | None = None
    ) -> list[Recorded]:
        """All events that carry one of these correlation ids, by position, not decrypted."""
        wanted = {"correlations": list(correlations)}
        return self._recorded(_CORRELATED, wanted, connection, decrypt=False)

    @contextmanager
    def scan(
        self,
        *,
        after: Mapping[int, Position],
        until: Mapping[int, Position] | None = None,
        types: Sequence[str] | None = None,
        page: int = 1000,
        decrypt: bool = True,
    ) -> Iterator[Scan]:
        """Events beyond ``after`` of each partition, in one snapshot, in pages of ``page``.

        For those who read much: a partition that ``after`` leaves out is read from its start, one
        that ``until`` leaves out is not read; of ``types``, all if None. Order holds in each
        partition. The snapshot, and one connection, are held until the block is left.
        """
        with self.transaction() as connection:
            yield scan(
                connection,
                after=after,
                until=until,
                types=types,
                page=page,
                keyring=self.keyring if decrypt else None,
            )

    def heads(self, connection: Connection | None = None) -> dict[int, Head]:
        """The last event of each partition that has any."""
        with self._using(connection) as used:
            return heads_of(used)

    def behind(
        self, places: Mapping[int, Position], connection: Connection | None = None
    ) -> dict[int, Behind]:
        """What follows each of ``places`` (partition → position)."""
        asked = {"partitions": list(places), "positions": list(places.values())}
        with self._using(connection) as used:
            rows = used.execute(_BEHIND, asked).fetchall()
        return {
            row[0]: Behind(
                events=row[1], oldest_at=row[2], oldest_age_seconds=max(0.0, float(row[3]))
            )
            for row in rows
        }

    def streams(
        self,
        prefix: str = "",
        *,
        type: str | None = None,
        subject: UUID | None = None,
        correlation: str | None = None,
        establishment: str | None = None,
        recorded_since: datetime | None = None,
        recorded_until: datetime | None = None,
        after: str = "",
        connection: Connection | None = None,
    ) -> Iterator[StreamInfo]:
        """Streams by name: those that begin with ``prefix``, come after the name ``after`` and, for
        each further argument, hold such an event. ``establishment`` is a code anywhere in an
        event's public data. Lazy.
        """
        parameters = {
            "prefix": prefix,
            "type": type,
            "subject": subject,
            "correlation": correlation,
            "establishment": establishment,
            "since": recorded_since or _BEGINNING,
            "until": recorded_until or _END,
            "whenever": recorded_since is None or recorded_until is None,
            "limit": _PAGE,
        }
        while True:
            with self._using(connection) as used:
                rows = used.execute(_STREAMS, {**parameters, "after": after}).fetchall()
            for row in rows:
                yield StreamInfo(
                    stream=row[0],
                    partition=row[1],
                    version=row[2],
                    position=row[3],
                    started_at=row[4],
                    recorded_at=row[5],
                )
            if len(rows) < _PAGE:
                return
            after = rows[-1][0]

    def streams_between(
        self, start: Position, end: Position, *, after: str = "", limit: int = _PAGE
    ) -> list[str]:
        """Names beyond ``after`` of streams with an event from ``start`` to ``end``, included."""
        values = {"start": start, "end": end, "after": after, "limit": limit}
        with self._using(None) as used:
            return [row[0] for row in used.execute(_STREAMS_BETWEEN, values).fetchall()]

    def count_streams_between(self, start: Position, end: Position) -> int:
        """How many streams have an event from ``start`` to ``end``, included."""
        with self._using(None) as used:
            row = used.execute(_COUNT_BETWEEN, {"start": start, "end": end}).fetchone()
        return int(row[0]) if row else 0

    def incarnation(self, connection: Connection | None = None) -> UUID:
        """Which life of the log this is; changes only by ``draw_incarnation``."""
        with self._using(connection) as used:
            row = used.execute(_INCARNATION).fetchone()
        if row is None:
            raise Unavailable(f"schema: {self.schema} has no incarnation; restore it anew")
        incarnation: UUID = row[0]
        return incarnation

    def _recorded(
        self,
        query: LiteralString,
        parameters: Mapping[str, Any],
        connection: Connection | None,
        *,
        decrypt: bool,
    ) -> list[Recorded]:
        with self._using(connection) as used:
            rows = used.execute(query, parameters).fetchall()
        return events_of(rows, self.keyring, decrypt=decrypt)

    def _using(self, connection: Connection | None) -> AbstractContextManager[Connection]:
        return connected(self._pool) if connection is None else _given(connection)


class _given(nullcontext[Connection]):  # noqa: N801 - reads as a function
    """A connection of the caller's, with our errors."""

    def __exit__(self, *exc: object) -> None:
        error = exc[1]
        if isinstance(error, psycopg.Error):
            raise translated(error) from None
