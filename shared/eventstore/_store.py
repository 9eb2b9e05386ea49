"""The event store of one service: appends, on top of what ``Log`` reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg

from shared.errors import Unavailable
from shared.eventstore import _wire
from shared.eventstore._errors import CommandReused, WrongVersion
from shared.eventstore._log import Log
from shared.eventstore._short_way import Value, append_one
from shared.eventstore._types import Appended, Position, Version, Write
from shared.eventstore._verify import Report, Watch, verify
from shared.postgres import Connection, DatabaseFailed, Pool, own_errors
from shared.privacy import Keyring

# One event goes the short way, which takes it or says nothing; why it did not, this one tells.
_APPEND = """
SELECT outcome, write_index, version, "position", partition, digest, recorded_at
FROM append(%(writes)s::jsonb, %(command)s::uuid, %(body)s::bytea)
"""

_COMMAND = """
SELECT e.stream, e.version, e.partition, e."position", e.digest, e.recorded_at
FROM commands c, unnest(c.positions) WITH ORDINALITY AS o (drawn, ordinality)
JOIN events e ON e."position" = o.drawn
WHERE c.command = %(command)s
ORDER BY o.ordinality
"""


class EventStore(Log):
    """Appends to and reads from the log behind ``pool``, which must be open on ``schema``.

    Every method takes a ``connection`` of that pool to take part in its transaction; without one
    it uses its own. Raises ``DatabaseUnavailable`` when the database does not answer in time.
    """

    def __init__(self, pool: Pool, *, schema: str, keyring: Keyring) -> None:
        super().__init__(pool, schema=schema, keyring=keyring)
        self._listeners: list[Callable[[Sequence[Appended]], None]] = []

    def on_commit(self, listener: Callable[[Sequence[Appended]], None]) -> None:
        """Call ``listener`` after each commit that appended: to wake whoever follows the log.

        It runs in the writer's thread: it must be quick and must not raise. Not called for the
        appends of other processes, nor ever certain: followers poll too.
        """
        self._listeners.append(listener)

    def committed(self, appended: Sequence[Appended]) -> None:
        """Tell the listeners; for who commits an append made on a connection of their own."""
        fresh = [one for one in appended if not one.repeated]
        if fresh:
            for listener in self._listeners:
                listener(fresh)

    def append(
        self,
        writes: Sequence[Write],
        *,
        command_id: UUID | None = None,
        connection: Connection | None = None,
    ) -> list[Appended]:
        """All events of ``writes`` or none, in one round trip; one ``Appended`` for each event.

        The same ``command_id`` with the same events (their times, metadata and expected versions
        apart) appends once: later runs get the first one's answer, marked ``repeated``. In one
        transaction append only once: partition locks are held until its end, and taking more
        later can deadlock.

        Raises ``WrongVersion`` (nothing was written), ``CommandReused``, ``SubjectErased``, and
        ``Invalid``, which names the field, for what cannot be stored.
        """
        if not writes:
            return []
        batch = _wire.gathered(writes)
        whose = _wire.subjects(writes)
        if len(whose) > 1:  # encrypting prepares one
            self.keyring.prepare(whose)
        body = None if command_id is None else _wire.body_digest(writes, self.keyring)
        one = _wire.single(batch, self.keyring, command_id, body)
        try:
            with self._using(connection) as used:
                appended = [] if one is None else _append_one(used, writes[0].stream, one)
                if not appended:
                    wire = _wire.to_wire(batch, self.keyring)
                    many = {"writes": wire, "command": command_id, "body": body}
                    rows = used.execute(_APPEND, many, prepare=True, binary=True).fetchall()
                    appended = _answer(rows, batch, command_id)
        except DatabaseFailed as failure:
            # Two different bodies under one id, at the same moment, in different partitions.
            if command_id is not None and failure.constraint == "commands_pkey":
                raise CommandReused(command_id) from None
            raise
        if connection is None:
            self.committed(appended)
        return appended

    def command(self, command_id: UUID, *, connection: Connection | None = None) -> list[Appended]:
        """What the command appended; nothing if it is unknown."""
        with self._using(connection) as used:
            rows = used.execute(_COMMAND, {"command": command_id}).fetchall()
        return [
            Appended(
                stream=row[0],
                version=row[1],
                partition=row[2],
                position=row[3],
                digest=row[4],
                recorded_at=row[5],
                repeated=True,
            )
            for row in rows
        ]

    def verify(
        self, *, since: Mapping[int, Position] | None = None, watch: Watch | None = None
    ) -> Report:
        """Recompute every digest and compare with the heads: finds what was altered, added or lost.

        Reads the whole log in one snapshot, beside the writers; ``since`` (a position for each
        partition) only what follows. ``watch`` is told how many events were read, of how many.
        """
        with self.transaction() as connection:
            return verify(connection, since=since, watch=watch)


def _append_one(connection: Connection, stream: str, values: Sequence[Value]) -> list[Appended]:
    version, position, partition, digest, recorded_at = append_one(connection, values)
    if version is None:
        return []
    return [
        Appended(
            stream=stream,
            version=Version(version),
            partition=partition,
            position=Position(position),
            digest=digest,
            recorded_at=recorded_at,
            repeated=False,
        )
    ]


def _answer(
    rows: list[tuple[Any, ...]], batch: _wire.Batch, command_id: UUID | None
) -> list[Appended]:
    outcome = rows[0][0]
    if outcome == "reused" and command_id is not None:
        raise CommandReused(command_id)
    if outcome == "conflict":
        index = rows[0][1]
        raise WrongVersion(
            list(batch.streams)[index], expected=batch.expected[index], actual=rows[0][2]
        )
    placed = [
        (
            place,
            Appended(
                stream=stream,
                version=row[2],
                partition=row[4],
                position=row[3],
                digest=row[5],
                recorded_at=row[6],
                repeated=outcome == "repeated",
            ),
        )
        for (place, stream), row in zip(batch.order(), rows, strict=True)
    ]
    return [appended for _, appended in sorted(placed, key=lambda pair: pair[0])]


def draw_incarnation(owner_dsn: str, schema: str) -> UUID:
    """Draw a new incarnation of the log in ``schema``: to be done after every restore."""
    with own_errors(), psycopg.connect(owner_dsn, autocommit=True) as connection:
        connection.execute("SELECT set_config('search_path', %s, false)", [schema])
        return begin_life(connection)


def begin_life(connection: Connection) -> UUID:
    """Draw a new incarnation in ``connection``'s transaction, as the owner of its schema."""
    [drawn] = connection.execute("SELECT draw_incarnation()").fetchone() or [None]
    if drawn is None:
        raise Unavailable("schema: drew no incarnation; try again")
    incarnation: UUID = drawn
    return incarnation
