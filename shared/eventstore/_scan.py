"""Reading a whole log fast: one snapshot, all partitions by position, pages from a cursor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.eventstore._heads import heads_of
from shared.eventstore._sealing import unseal
from shared.eventstore._types import PARTITIONS, Position, Scanned
from shared.postgres import Connection
from shared.privacy import Keyring

_MATCHING = """
FROM events
WHERE "position" > %(lowest)s AND "position" <= %(highest)s
  AND "position" > (%(after)s::bigint[])[partition + 1]
  AND "position" <= (%(until)s::bigint[])[partition + 1]
  AND (%(types)s::text[] IS NULL OR type = ANY(%(types)s))
"""
_SCAN = f"""
SELECT partition, "position", stream, version, type, schema, data, occurred_at, NULL
{_MATCHING} ORDER BY "position"
"""
_SCAN_SEALED = f"""
SELECT partition, "position", stream, version, type, schema, data, occurred_at, private, subject
{_MATCHING} ORDER BY "position"
"""
_COUNT = f"SELECT count(*) {_MATCHING}"
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
    pages: Iterator[list[Scanned]]


def scan(
    connection: Connection,
    *,
    after: Mapping[int, Position],
    until: Mapping[int, Position] | None,
    types: Sequence[str] | None,
    page: int,
    keyring: Keyring | None,
) -> Scan:
    """See ``Log.scan``; ``connection`` is in a fresh transaction, which lasts as long as the scan.
    Without a ``keyring`` the private parts are not even read.

    In a partition a snapshot holds no event without those before it (see ``append``), so that
    ``until`` is all that a reader needs to go on from.
    """
    connection.execute(_AS_OF_NOW)
    connection.execute(_PATIENT)
    end = {partition: head.position for partition, head in heads_of(connection).items()}
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
        pages=_pages(connection, parameters, page, keyring) if moving else iter(()),
    )


def _pages(
    connection: Connection, parameters: Mapping[str, Any], page: int, keyring: Keyring | None
) -> Iterator[list[Scanned]]:
    with connection.cursor("scan", binary=True) as cursor:
        cursor.execute(_SCAN if keyring is None else _SCAN_SEALED, parameters, binary=True)
        while rows := cursor.fetchmany(page):
            if keyring is None:
                yield [Scanned._make(row) for row in rows]
            else:
                keyring.prefetch(row[9] for row in rows if row[8] is not None)
                yield [_unsealed(row, keyring) for row in rows]


def _unsealed(row: tuple[Any, ...], keyring: Keyring) -> Scanned:
    sealed, subject = row[8:]
    scanned = Scanned._make((*row[:8], None))
    if sealed is None:
        return scanned
    private = unseal(keyring, sealed, stream=scanned.stream, type=scanned.type, subject=subject)
    return scanned._replace(private=private)
