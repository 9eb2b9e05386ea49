"""One relay at a time for each log: a session advisory lock, with the checkpoint on its session.

The lock alone is no fence, for a session can be lost while its holder goes on; writing the
checkpoint on that very session is: it fails once the session is gone. A frozen process keeps its
session alive, so a lease stands beside the lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import psycopg

from shared.eventstore import Position
from shared.messaging._envelope import START, Place
from shared.postgres import own_errors

_KEEPALIVE = (
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; "
    "SET tcp_user_timeout = 10000; SET idle_session_timeout = 0"
)
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


class Leadership:
    """The session that holds the lock of ``group`` in ``schema``; a context manager."""

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
        with own_errors():
            self._session = psycopg.connect(dsn, autocommit=True, application_name=self._name)
            self._session.execute(_KEEPALIVE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._session.close()

    def take(self) -> bool:
        """Become the leader if there is none; ends the session of one that is frozen."""
        with own_errors():
            found = self._session.execute(_TRY_LOCK, {"name": self._name}).fetchone()
            if found and found[0]:
                self.renew()
                return True
            stale = {"group": self._group, "lease_seconds": self._lease_seconds}
            self._session.execute(_END_STALE, stale)
            return False

    def renew(self) -> None:
        """Show that the leader is at work; raises Unavailable once the session is lost."""
        with own_errors():
            self._session.execute(_TAKE_LEASE, {"group": self._group})

    def places(self) -> dict[int, Place]:
        """Where publishing stands, by partition."""
        with own_errors():
            rows = self._session.execute(_READ, [self._partitions]).fetchall()
        kept = {part: Place(position=Position(at), digest=digest) for part, at, digest in rows}
        return {partition: kept.get(partition, START) for partition in self._partitions}

    def advance(self, places: Mapping[int, Place]) -> None:
        """Record what was published, forwards only; raises Unavailable once the session is lost."""
        with own_errors():
            self._session.execute(
                _ADVANCE,
                {
                    "partitions": list(places),
                    "positions": [place.position for place in places.values()],
                    "digests": [place.digest for place in places.values()],
                },
            )
