"""Reading a whole log fast: one snapshot, all partitions by position, pages from a cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.eventstore._types import PARTITIONS, Position, Recorded
from shared.postgres import Connection

_SCAN = """
SELECT partition, "position", stream, version, type, schema, data, private, subject, metadata,
       occurred_at, recorded_at, digest
FROM events
WHERE "position" > %(lowest)s AND "position" <= %(highest)s
  AND "position" > (%(after)s::bigint[])[partition + 1]
  AND "position" <= (%(until)s::bigint[])[partition + 1]
  AND (%(types)s::text[] IS NULL OR type = ANY(%(types)s))
ORDER BY "position"
"""
_COUNT = """
SELECT count(*) FROM events
WHERE "position" > %(lowest)s AND "position" <= %(highest)s
  AND "position" > (%(after)s::bigint[])[partition + 1]
  AND "position" <= (%(until)s::bigint[])[partition + 1]
  AND (%(types)s::text[] IS NULL OR type = ANY(%(types)s))
"""
_AS_OF_NOW = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# The reader waits for whoever writes what it read.
_PATIENT = "SET LOCAL idle_in_transaction_session_timeout = 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Events beyond some positions in one snapshot of the log.

    ``until`` is where each partition ends in it: whoever has taken all ``pages`` has read up to
    there, events of other types included. ``count`` is how many events the pages hold.
    """

    until: Mapping[int, Position]
    count: int
    pages: Iterator[list[Recorded]]


def scan(
    connection: Connection,
    *,
    heads: Callable[[Connection], Mapping[int, Position]],
    after: Mapping[int, Position],
    until: Mapping[int, Position] | None,
    types: Sequence[str] | None,
    page: int,
    recorded: Callable[[Sequence[tuple[Any, ...]]], list[Recorded]],
) -> Scan:
    """See ``Log.scan``; ``connection`` is in a fresh transaction, which lasts as long as the scan.

    In a partition a snapshot holds no event without those before it (see ``append``), so that
    ``until`` is all that a reader needs to go on from.
    """
    connection.execute(_AS_OF_NOW)
    connection.execute(_PATIENT)
    end = heads(connection)
    if until is not None:
        end = {p: min(until[p], position) for p, position in end.items() if p in until}
    lows = [after.get(partition, Position(0)) for partition in range(PARTITIONS)]
    highs = [end.get(partition, Position(0)) for partition in range(PARTITIONS)]
    moving = [low for low, high in zip(lows, highs, strict=True) if low < high]
    parameters = {
        "after": lows,
        "until": highs,
        "lowest": min(moving, default=0),
        "highest": max(highs) if moving else 0,
        "types": None if types is None else list(types),
    }
    row = connection.execute(_COUNT, parameters).fetchone() if moving else None
    return Scan(
        until={p: position for p, position in end.items() if position > lows[p]},
        count=int(row[0]) if row else 0,
        pages=_pages(connection, parameters, page, recorded) if moving else iter(()),
    )


def _pages(
    connection: Connection,
    parameters: Mapping[str, Any],
    page: int,
    recorded: Callable[[Sequence[tuple[Any, ...]]], list[Recorded]],
) -> Iterator[list[Recorded]]:
    with connection.cursor("scan", binary=True) as cursor:
        cursor.execute(_SCAN, parameters, binary=True)
        while rows := cursor.fetchmany(page):
            yield recorded(rows)
