"""Builds a read model anew beside the live one, then swaps it in one transaction.

The shadow tables lie in a schema of their own (``<service>__rebuild``) and are found through the
search path, so the very same code fills them. Progress is kept with them: a rebuild that was
interrupted resumes. The tables that were replaced are kept in ``<service>__previous``.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import psycopg
from psycopg import sql

from shared.contracts.codec import Codec
from shared.errors import Conflict
from shared.eventstore import PARTITIONS, Connection, EventStore, Position, Recorded
from shared.postgres import own_errors
from shared.projections._model import ReadModel

_PAGE = 500
_SAMPLES = 5

_FENCE_OWN_LOG = """
SELECT pg_advisory_xact_lock(({events}::regclass::oid::bigint << 8) | p)
FROM generate_series(0, 7) AS p ORDER BY p
"""
_CONSUMED = """
SELECT partition, "position" FROM checkpoints WHERE source = %(source)s
ORDER BY partition FOR UPDATE
"""
_PARKED = 'SELECT "position" FROM parked_events WHERE source = %(source)s'
_PROGRESS_TABLE = """
CREATE TABLE IF NOT EXISTS progress (
    model text NOT NULL, partition smallint NOT NULL, "position" bigint NOT NULL,
    PRIMARY KEY (model, partition)
)
"""
_SAVE = """
INSERT INTO progress (model, partition, "position") VALUES (%(model)s, %(partition)s, %(position)s)
ON CONFLICT (model, partition) DO UPDATE SET "position" = EXCLUDED."position"
"""


class RebuildRunning(Conflict):
    """Somebody else rebuilds the same model at this moment."""

    code = "projections.rebuild_running"

    def __init__(self, service: str, model: str) -> None:
        super().__init__(
            f"projection: {service}.{model} is being rebuilt already; wait until that is done"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a rebuild is: events read now, and how many there are to read."""

    events: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row that one side has and the other has not, as text; ``side`` is live or rebuilt."""

    side: str
    row: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDrift:
    """How a live table differs from one built anew: rows there, rows of each side alone."""

    table: str
    rows: int
    only_live: int
    only_rebuilt: int
    samples: tuple[Difference, ...]

    @property
    def differs(self) -> bool:
        return bool(self.only_live or self.only_rebuilt)


class Watch(Protocol):
    """Told after each page of events."""

    def __call__(self, progress: Progress) -> None: ...


class Rebuilder:
    """Rebuilds read models of one service.

    ``owner_dsn`` belongs to the role that owns the service's schema; ``source`` and ``codec`` are
    the log that the model reads and its codec, which need not be the service's own.
    """

    def __init__(
        self,
        *,
        service: str,
        owner_dsn: str,
        model: ReadModel,
        source: EventStore,
        codec: Codec,
    ) -> None:
        self._service = service
        self._owner_dsn = owner_dsn
        self._model = model
        self._source = source
        self._codec = codec

    def rebuild(self, watch: Watch | None = None) -> list[TableDrift]:
        """Build, compare, swap. Returns what changed by the swap, a table each.

        Raises RebuildRunning if the same model is being rebuilt. Interrupted, it leaves the live
        model alone, and the next call goes on where it stopped.
        """
        with self._shadow("rebuild", keep=True) as connection:
            self._fill(connection, "rebuild", watch)
            with connection.transaction():
                self._catch_up_behind_the_fence(connection, "rebuild")
                drifts = self._compare(connection, "rebuild")
                self._swap(connection)
            self._forget(connection, "rebuild")
        return drifts

    def drift(self, watch: Watch | None = None) -> list[TableDrift]:
        """Build in the dark, compare with the live model, and throw the copy away."""
        with self._shadow("drift", keep=False) as connection:
            self._fill(connection, "drift", watch)
            with connection.transaction():
                self._catch_up_behind_the_fence(connection, "drift")
                drifts = self._compare(connection, "drift")
            self._forget(connection, "drift")
        return drifts

    @contextmanager
    def _shadow(self, kind: str, *, keep: bool) -> Iterator[Connection]:
        schema = f"{self._service}__{kind}"
        with own_errors(), psycopg.connect(self._owner_dsn, autocommit=True) as connection:
            self._claim(connection)
            self._path(connection, self._service)
            connection.execute(
                sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema))
            )
            self._path(connection, schema, self._service)
            connection.execute(_PROGRESS_TABLE)
            if not keep or not self._all_there(connection, schema):
                self._forget(connection, kind)
                with connection.transaction():
                    for table in self._model.tables:
                        connection.execute(
                            sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(
                                sql.Identifier(schema, table),
                                sql.Identifier(self._service, table),
                            )
                        )
            yield connection

    def _claim(self, connection: Connection) -> None:
        name = f"rebuild {self._service}.{self._model.name}"
        [taken] = connection.execute(
            "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name]
        ).fetchone() or [False]
        if not taken:
            raise RebuildRunning(self._service, self._model.name)

    def _path(self, connection: Connection, *schemas: str) -> None:
        connection.execute(
            "SELECT set_config('search_path', %s, false)", [", ".join((*schemas, "pg_temp"))]
        )

    def _all_there(self, connection: Connection, schema: str) -> bool:
        there = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = %s AND tablename = ANY(%s)",
            [schema, list(self._model.tables)],
        ).fetchone()
        return there is not None and there[0] == len(self._model.tables)

    def _fill(self, connection: Connection, kind: str, watch: Watch | None) -> None:
        done = 0
        total = self._count()
        for page in _pages(self._events(self._done(connection), None)):
            with connection.transaction():
                self._apply(connection, page)
            done += len(page)
            if watch:
                watch(Progress(events=done, total=max(total, done)))

    def _catch_up_behind_the_fence(self, connection: Connection, kind: str) -> None:
        """Hold the live model still, then read up to exactly what it has applied."""
        until = self._fence(connection)
        for page in _pages(self._events(self._done(connection), until)):
            self._apply(connection, page)

    def _fence(self, connection: Connection) -> Mapping[int, Position]:
        if self._model.source == self._service:
            events = sql.Literal(f"{self._service}.events")
            connection.execute(sql.SQL(_FENCE_OWN_LOG).format(events=events))
            heads = self._source.heads(connection)
            return {partition: head.position for partition, head in heads.items()}
        rows = connection.execute(_CONSUMED, {"source": self._model.source}).fetchall()
        return {row[0]: row[1] for row in rows}

    def _events(
        self, after: Mapping[int, Position], until: Mapping[int, Position] | None
    ) -> Iterator[Recorded]:
        parts = [
            self._partition(
                partition,
                after.get(partition, Position(0)),
                None if until is None else until.get(partition, Position(0)),
            )
            for partition in range(PARTITIONS)
        ]
        return heapq.merge(*parts, key=lambda recorded: recorded.position)

    def _partition(
        self, partition: int, after: Position, until: Position | None
    ) -> Iterator[Recorded]:
        while until is None or after < until:
            page = self._source.read(partition, after=after, limit=_PAGE)
            for recorded in page:
                if until is not None and recorded.position > until:
                    return
                yield recorded
            if len(page) < _PAGE:
                return
            after = page[-1].position

    def _apply(self, connection: Connection, page: Sequence[Recorded]) -> None:
        parked = self._parked(connection)
        for recorded in page:
            if recorded.position not in parked:
                self._model.apply(connection, recorded, self._codec.decode(recorded))
        reached = {recorded.partition: recorded.position for recorded in page}
        for partition, position in reached.items():
            connection.execute(
                _SAVE,
                {"model": self._model.name, "partition": partition, "position": position},
            )

    def _parked(self, connection: Connection) -> set[int]:
        """What the live model has not applied either, for it waits for an admin."""
        if self._model.source == self._service:
            return set()
        return {row[0] for row in connection.execute(_PARKED, {"source": self._model.source})}

    def _done(self, connection: Connection) -> Mapping[int, Position]:
        rows = connection.execute(
            'SELECT partition, "position" FROM progress WHERE model = %s', [self._model.name]
        )
        return {row[0]: row[1] for row in rows}

    def _count(self) -> int:
        with self._source.transaction() as connection:
            row = connection.execute("SELECT count(*) FROM events").fetchone()
        return int(row[0]) if row else 0

    def _compare(self, connection: Connection, kind: str) -> list[TableDrift]:
        return [
            _drift(
                connection,
                table,
                sql.Identifier(self._service, table),
                sql.Identifier(f"{self._service}__{kind}", table),
            )
            for table in self._model.tables
        ]

    def _swap(self, connection: Connection) -> None:
        previous = f"{self._service}__previous"
        connection.execute(
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(previous))
        )
        for table in self._model.tables:
            for statement in (
                "DROP TABLE IF EXISTS {kept}",
                "ALTER TABLE {live} SET SCHEMA {previous}",
                "ALTER TABLE {built} SET SCHEMA {service}",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON {live} TO {service}",
            ):
                connection.execute(
                    sql.SQL(statement).format(
                        kept=sql.Identifier(previous, table),
                        live=sql.Identifier(self._service, table),
                        built=sql.Identifier(f"{self._service}__rebuild", table),
                        previous=sql.Identifier(previous),
                        service=sql.Identifier(self._service),
                    )
                )

    def _forget(self, connection: Connection, kind: str) -> None:
        with connection.transaction():
            for table in self._model.tables:
                connection.execute(
                    sql.SQL("DROP TABLE IF EXISTS {}").format(
                        sql.Identifier(f"{self._service}__{kind}", table)
                    )
                )
            connection.execute("DELETE FROM progress WHERE model = %s", [self._model.name])


def _pages(events: Iterator[Recorded]) -> Iterator[list[Recorded]]:
    page: list[Recorded] = []
    for recorded in events:
        page.append(recorded)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page


def _drift(
    connection: Connection, table: str, live: sql.Identifier, built: sql.Identifier
) -> TableDrift:
    def alone(left: sql.Identifier, right: sql.Identifier) -> list[str]:
        query = sql.SQL("SELECT t::text FROM (TABLE {} EXCEPT ALL TABLE {}) AS t").format(
            left, right
        )
        return [row[0] for row in connection.execute(query)]

    only_live, only_rebuilt = alone(live, built), alone(built, live)
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(live)).fetchone()
    samples = [Difference(side="live", row=text) for text in only_live[:_SAMPLES]]
    samples += [Difference(side="rebuilt", row=text) for text in only_rebuilt[:_SAMPLES]]
    return TableDrift(
        table=table,
        rows=int(row[0]) if row else 0,
        only_live=len(only_live),
        only_rebuilt=len(only_rebuilt),
        samples=tuple(samples),
    )
