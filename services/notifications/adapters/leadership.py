"""One sender a lane: whoever holds the lane's advisory lock on a session of its own.

The lock goes with the session, so that a killed process frees it at once. Should the session be
lost under a live sender, at most the message in its hand leaves a second time, under the same id.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.notifications.domain.lanes import Lane
from shared.eventstore import Pool
from shared.postgres import connected

_TRY = "SELECT pg_try_advisory_lock(hashtextextended(%(name)s, 0))"
_FREE = "SELECT pg_advisory_unlock(hashtextextended(%(name)s, 0))"


class AdvisoryLeadership:
    """Leads lanes by advisory locks of the notifications' own database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @contextmanager
    def lead(self, lane: Lane) -> Iterator[bool]:
        name = {"name": f"notifications lane {lane}"}
        with connected(self._pool) as connection:
            row = connection.execute(_TRY, name).fetchone()
            leads = bool(row and row[0])
            try:
                yield leads
            finally:
                if leads and not connection.closed:
                    connection.execute(_FREE, name)
