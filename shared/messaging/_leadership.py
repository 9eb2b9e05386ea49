"""One relay at a time for each log: a session advisory lock, with the checkpoint on its session.

The lock alone is no fence, for a session can be lost while its holder goes on; writing the
checkpoint on that very session is: it fails once the session is gone. A frozen process keeps its
session alive, so a lease stands beside the lock.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import Any, LiteralString, Self

import psycopg
from psycopg.abc import Params

from shared.eventstore import Position
from shared.messaging._envelope import START, Place
from shared.postgres import WATCHED_HERE, WATCHED_THERE, own_errors

_Cursor = psycopg.Cursor[Any]
_TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%(name)s, 0))"
_TAKE_LEASE = """
    INSERT INTO relay_leases (relay_group, backend_pid, renewed_at)
    VALUES (%(group)s, pg_backend_pid(), clock_timestamp())
    ON CONFLICT (relay_group) DO UPDATE
    SET backend_pid = excluded.backend_pid, renewed_at = excluded.renewed_at
"""
# Ends the session of a leader that stopped renewing; the lock goes with it.
_END_STALE = """
    SELECT pg_terminate_backend(backend_pid)
    FROM relay_leases JOIN pg_locks ON pid = backend_pid AND locktype = 'advisory' AND granted
    WHERE relay_group = %(group)s
      AND renewed_at < clock_timestamp() - make_interval(secs => %(lease_seconds)s)
    LIMIT 1
"""
_READ = "SELECT partition, position, digest FROM relay_checkpoints WHERE partition = ANY(%s)"
_ADVANCE = """
    INSERT INTO relay_checkpoints AS kept (partition, position, digest)
    SELECT * FROM unnest(%(partitions)s::smallint[], %(positions)s::bigint[], %(digests)s::bytea[])
    ON CONFLICT (partition) DO UPDATE
    SET position = excluded.position, digest = excluded.digest
    WHERE kept.position < excluded.position
"""


_SILENT_SECONDS = 2.0  # once it is to end


class Leadership:
    """The session that holds the lock of ``group`` in ``schema``; a context manager.

    Used by one thread, but for ``hang_up_if_silent``, for which there has to be another: no
    setting of the network ends a wait for a server that is gone behind something that answers
    for it.
    """

    def __init__(
        self,
        dsn: str,
        *,
        schema: str,
        group: str,
        partitions: list[int],
        lease_seconds: float,
    ) -> None:
        self._lease_seconds = lease_seconds
        self._name = f"relay {schema} {group}"
        self._group = group
        self._partitions = partitions
        self._asked_at: float | None = None
        with own_errors():
            self._session = psycopg.connect(
                dsn, autocommit=True, application_name=self._name, **WATCHED_HERE
            )

    def __enter__(self) -> Self:
        try:
            self._execute(WATCHED_THERE)
        except BaseException:
            self._session.close()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._session.close()

    def take(self) -> bool:
        """Become the leader if there is none; ends the session of one that is frozen."""
        found = self._execute(_TRY_LOCK, {"name": self._name}).fetchone()
        if found and found[0]:
            self.renew()
            return True
        self._execute(_END_STALE, {"group": self._group, "lease_seconds": self._lease_seconds})
        return False

    def renew(self) -> None:
        """Show that the leader is at work; raises Unavailable once the session is lost."""
        self._execute(_TAKE_LEASE, {"group": self._group})

    def places(self) -> dict[int, Place]:
        """Where publishing stands, by partition."""
        rows = self._execute(_READ, [self._partitions]).fetchall()
        kept = {part: Place(position=Position(at), digest=digest) for part, at, digest in rows}
        return {partition: kept.get(partition, START) for partition in self._partitions}

    def advance(self, places: Mapping[int, Place]) -> None:
        """Record what was published, forwards only; raises Unavailable once the session is lost."""
        self._execute(
            _ADVANCE,
            {
                "partitions": list(places),
                "positions": [place.position for place in places.values()],
                "digests": [place.digest for place in places.values()],
            },
        )

    def hang_up_if_silent(self, *, at_once: bool) -> None:
        """End a wait for an answer that lasts longer than the lease, or 2 s if it is ``at_once``:
        whoever waits gets Unavailable. For another thread than the one that waits."""
        asked_at = self._asked_at
        most = _SILENT_SECONDS if at_once else self._lease_seconds
        if asked_at is None or monotonic() - asked_at < most:
            return
        with (
            suppress(OSError, psycopg.Error),  # it has ended meanwhile
            socket.socket(fileno=os.dup(self._session.fileno())) as line,
        ):
            line.shutdown(socket.SHUT_RDWR)

    def _execute(self, statement: LiteralString, parameters: Params | None = None) -> _Cursor:
        self._asked_at = monotonic()
        try:
            with own_errors():
                return self._session.execute(statement, parameters)
        finally:
            self._asked_at = None
