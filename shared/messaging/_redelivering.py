"""Handling once more what was handled before, because an admin asked: nothing leaves the house.

Whole streams are delivered, so that a read model ends where it was; the handler is told that it is
a replay, and what it would append is withheld and counted. What waits parked or was discarded
stays out, as does what the consumer has not handled yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from time import monotonic
from typing import LiteralString

import psycopg
import structlog
from psycopg import sql
from psycopg.types.json import Jsonb

from shared.errors import Unavailable
from shared.eventstore import Streams, UnitOfWork
from shared.messaging._afresh import afresh
from shared.messaging._delivered import Delivered, Opening
from shared.messaging._envelope import Envelope
from shared.messaging._failpoints import failpoint
from shared.messaging._source import Source
from shared.messaging._tables import MOST_STARTS, Checkpoint, SubscriptionTables
from shared.postgres import Connection, connected, last_at_most
from shared.privacy import KeyLost

_log = structlog.get_logger("messaging.redelivery")

_NAMES = 50
_SLICE_SECONDS = 2.0  # then live events have their turn

_OPEN: LiteralString = """
    SELECT id, stream, from_position, to_position, dry_run, reached, coalesce(count, 0)
    FROM redeliveries LEFT JOIN redelivery_starts ON redelivery = id
    WHERE source = %(source)s AND state IN ('asked', 'running')
    ORDER BY id LIMIT 1
"""
_TAKE = """
    SELECT reached FROM redeliveries
    WHERE id = %(id)s AND state IN ('asked', 'running') FOR UPDATE SKIP LOCKED
"""
_BEGIN = """
    UPDATE redeliveries SET state = 'running', streams_total = coalesce(streams_total, %(total)s)
    WHERE id = %(id)s AND state IN ('asked', 'running')
"""
_PROGRESS = """
    UPDATE redeliveries AS r
    SET reached = %(reached)s, streams_done = streams_done + %(streams)s,
        events_done = events_done + %(events)s,
        withheld = (SELECT coalesce(jsonb_object_agg(type, total), '{}') FROM (
            SELECT type, sum(count::bigint) AS total FROM (
                SELECT * FROM jsonb_each_text(r.withheld)
                UNION ALL SELECT * FROM jsonb_each_text(%(withheld)s)) AS each_type (type, count)
            GROUP BY type) AS summed)
    WHERE id = %(id)s
"""
_CHANGED_BEFORE = "SELECT coalesce(changed, '{}') FROM redeliveries WHERE id = %(id)s"
_CHANGED = "UPDATE redeliveries SET changed = %(changed)s WHERE id = %(id)s"
_WENT_ON = "DELETE FROM redelivery_starts WHERE redelivery = %(id)s"
_END = """
    UPDATE redeliveries
    SET state = %(state)s, error = %(error)s, ended_at = clock_timestamp(),
        changed = CASE WHEN dry_run THEN coalesce(changed, '{}') END
    WHERE id = %(id)s AND state IN ('asked', 'running')
"""
_PARKED = "SELECT position FROM parked_events WHERE source = %(source)s AND stream = %(stream)s"
_TOUCHED = """
    SELECT relname FROM pg_stat_xact_user_tables
    WHERE schemaname = current_schema() AND n_tup_ins + n_tup_upd + n_tup_del > 0
      AND relname NOT IN ('redeliveries', 'subscriptions', 'checkpoints')
    ORDER BY relname
"""


@dataclass(frozen=True, slots=True)
class _Asked:
    id: int
    stream: str | None
    start: int
    end: int
    dry_run: bool
    reached: str
    starts: int  # of a consumer, since it last went on


@dataclass(slots=True)
class _Done:
    """What one transaction delivered, and by type the events that it withheld."""

    names: list[str] = field(default_factory=list)
    events: int = 0
    withheld: Counter[str] = field(default_factory=Counter)


class Redelivering:
    """Does what admins asked of one subscription, a slice at a time.

    ``models`` are the tables of the read models that the handler keeps from this source.
    """

    def __init__(
        self,
        *,
        source: Source,
        tables: SubscriptionTables,
        streams: Streams,
        opening: Opening,
        handler: Callable[[Sequence[Delivered], UnitOfWork], None],
        models: Sequence[str],
        stopping: Callable[[], bool],
    ) -> None:
        self._source = source
        self._tables = tables
        self._streams = streams
        self._opening = opening
        self._handler = handler
        self._models = models
        self._stopping = stopping

    def serve(self) -> None:
        """Work for some seconds on what was asked for; what is left waits for the next call.

        Raises Unavailable for what may pass; a handler's own failure ends the redelivery, and so
        does one that kills, once some died of it.
        """
        asked = self._asked()
        if asked is None:
            return
        if asked.starts > MOST_STARTS:
            self._end(asked, "failed", error="ProcessDied")
            return
        self._begin(asked)
        try:
            if asked.dry_run:
                self._try(asked)
            else:
                self._work(asked)
        except Exception as error:  # whatever the handler raised: the admin decides
            if isinstance(error, Unavailable) and not isinstance(error, KeyLost):
                raise
            self._end(asked, "failed", error=getattr(error, "code", type(error).__name__))
            _log.error("redelivery_failed", source=self._source.name, exc_info=error)

    def _work(self, asked: _Asked) -> None:
        until = monotonic() + _SLICE_SECONDS
        reached = asked.reached
        while names := self._names(asked, reached):
            if self._stopping() or monotonic() > until:
                return
            with self._streams.store.transaction() as connection:
                if not self._take(connection, asked, reached):
                    return  # stopped by an admin, or another replica is at it
                done = _Done()
                self._deliver(connection, names, done)
                self._progress(connection, asked, done)
                failpoint("redelivery.before_commit")
            failpoint("redelivery.after_commit")
            reached = done.names[-1]
        self._end(asked, "done")

    def _try(self, asked: _Asked) -> None:
        """A slice in one transaction, compared with what others see, and rolled back; its sums are
        added to those of the slices before it."""
        until = monotonic() + _SLICE_SECONDS
        done = _Done()
        changed: dict[str, int] = {}
        with self._streams.store.transaction() as connection:
            if not self._take(connection, asked, asked.reached):
                return
            last_at_most(connection, None)
            reached = asked.reached
            while names := self._names(asked, reached):
                if self._stopping() or (done.names and monotonic() > until):
                    break
                self._deliver(connection, names, done, until=until)
                reached = done.names[-1]
            changed = self._changed(connection)
            _undo()
        if done.names:
            with self._streams.store.transaction() as connection:
                if not self._take(connection, asked, asked.reached):
                    return  # as above, meanwhile
                self._progress(connection, asked, done)
                self._add_changed(connection, asked, changed)
        if not names:
            self._end(asked, "done")

    def _deliver(
        self, connection: Connection, names: Sequence[str], done: _Done, *, until: float = inf
    ) -> None:
        """These streams, each from its first event on, into rows made afresh; not all of them if
        the service stops or it lasts beyond ``until``."""
        at = self._tables.lock(connection)
        with afresh(connection, self._streams.store.schema, self._models):
            for name in names:
                self._deliver_one(connection, name, at, done)
                done.names.append(name)
                if self._stopping() or monotonic() > until:
                    break

    def _deliver_one(
        self, connection: Connection, stream: str, at: Mapping[int, Checkpoint], done: _Done
    ) -> None:
        out = self._kept_out(connection, stream)
        after = 0
        while page := self._source.stream(stream, after):
            after = page[-1].version
            envelopes = [one for one in page if _was_handled(one, at) and one.position not in out]
            wanted = self._opening.wanted(envelopes)
            if wanted:
                batch = self._opening.open(wanted, replay=True)
                with self._streams.unit(metadata={}, connection=connection) as unit:
                    self._handler(batch, unit)
                    done.withheld.update(unit.withhold())
                done.events += len(batch)

    def _names(self, asked: _Asked, after: str) -> list[str]:
        if asked.stream is not None:
            return [] if after else [asked.stream]
        return self._source.streams_between(asked.start, asked.end, after=after, limit=_NAMES)

    def _kept_out(self, connection: Connection, stream: str) -> set[int]:
        values = {"source": self._source.name, "stream": stream}
        parked = {row[0] for row in connection.execute(_PARKED, values)}
        return parked | self._tables.given_up_among(connection, [stream])

    def _changed(self, connection: Connection) -> dict[str, int]:
        """By table, the rows that are there only now, or no longer."""
        changed = {}
        with connected(self._tables.pool) as outside:
            for (table,) in connection.execute(_TOUCHED).fetchall():
                difference = Counter(_rows(connection, table))
                difference.subtract(Counter(_rows(outside, table)))
                changed[table] = sum(abs(count) for count in difference.values())
        return changed

    def _asked(self) -> _Asked | None:
        with connected(self._tables.pool) as connection:
            row = connection.execute(_OPEN, {"source": self._source.name}).fetchone()
        return None if row is None else _Asked(*row)

    def _begin(self, asked: _Asked) -> None:
        total = 1
        if asked.stream is None:
            total = self._source.count_streams_between(asked.start, asked.end)
        with connected(self._tables.pool) as connection:
            connection.execute(_BEGIN, {"id": asked.id, "total": total})

    def _take(self, connection: Connection, asked: _Asked, reached: str) -> bool:
        row = connection.execute(_TAKE, {"id": asked.id}).fetchone()
        return row is not None and row[0] == reached

    def _progress(self, connection: Connection, asked: _Asked, done: _Done) -> None:
        values = {
            "id": asked.id,
            "reached": done.names[-1],
            "streams": len(done.names),
            "events": done.events,
            "withheld": Jsonb(dict(done.withheld)),
        }
        connection.execute(_PROGRESS, values)
        connection.execute(_WENT_ON, values)

    def _add_changed(
        self, connection: Connection, asked: _Asked, changed: Mapping[str, int]
    ) -> None:
        [before] = connection.execute(_CHANGED_BEFORE, {"id": asked.id}).fetchone() or [{}]
        total = Counter[str](before)
        total.update(changed)
        connection.execute(_CHANGED, {"id": asked.id, "changed": Jsonb(dict(total))})

    def _end(self, asked: _Asked, state: str, *, error: str | None = None) -> None:
        with connected(self._tables.pool) as connection:
            connection.execute(_END, {"id": asked.id, "state": state, "error": error})
            connection.execute(_WENT_ON, {"id": asked.id})
        _log.info("redelivery_ended", source=self._source.name, state=state)


def _undo() -> None:
    """Leave the transaction that surrounds this without its changes."""
    raise psycopg.Rollback


def _was_handled(envelope: Envelope, at: Mapping[int, Checkpoint]) -> bool:
    return envelope.position <= at[envelope.partition].place.position


def _rows(connection: Connection, table: str) -> list[str]:
    query = sql.SQL("SELECT md5(r::text) FROM {} AS r").format(sql.Identifier(table))
    return [row[0] for row in connection.execute(query)]
