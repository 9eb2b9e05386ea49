"""Locks between those who close a case and those who set its deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from shared.eventstore import Connection

# Held to the end of the transaction, taken in one order by everybody, before partition locks.
_HOLD = """
SELECT pg_advisory_xact_lock(hashtextextended('followup ' || id, 0))
FROM unnest(%(ids)s::text[]) AS one (id)
"""


def hold(connection: Connection, ids: Iterable[UUID]) -> None:
    """Wait until no other transaction holds any of ``ids``, then hold them."""
    wanted = sorted({str(one) for one in ids})
    if wanted:
        connection.execute(_HOLD, {"ids": wanted})
