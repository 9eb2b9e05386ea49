"""Seals and the log: taken from it, kept beside it, compared with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from shared.eventstore import PARTITIONS, Connection, Position
from shared.seals._seal import NOTHING_BEFORE, PartitionSeal, Seal, Sums, from_document, to_document

_DIGESTS = """
SELECT "position", digest FROM events
WHERE partition = %(partition)s AND "position" > %(after)s ORDER BY "position"
"""
_KEPT = "SELECT document FROM seals ORDER BY number"
_LAST_KEPT = "SELECT document FROM seals ORDER BY number DESC LIMIT 1"
_KEEP = "INSERT INTO seals (number, day, document) VALUES (%s, %s, %s)"

OVERDUE_DAYS = 2
_OVERDUE = """
SELECT due FROM (
    SELECT coalesce((SELECT max(recorded_at) FROM seals), (SELECT min(drawn_at) FROM incarnations))
           + make_interval(days => %(days)s) AS due
) AS last WHERE due < clock_timestamp() AND EXISTS (SELECT FROM events)
"""

_FETCH = 5_000
# partition → its events' positions and digests in order, beyond a position
Digests = Callable[[int, Position], Iterable[tuple[int, bytes]]]


def take(
    connection: Connection,
    *,
    service: str,
    incarnation: UUID,
    before: Seal | None,
    day: date,
    sealed_at: datetime,
) -> Seal:
    """The log in the snapshot of ``connection``'s transaction, unsigned; reads what is new."""
    known = {part.partition: part for part in before.partitions} if before else {}
    return Seal(
        service=service,
        number=before.number + 1 if before else 1,
        day=day.isoformat(),
        sealed_at=sealed_at.isoformat(),
        incarnation=str(incarnation),
        previous=before.digest() if before else NOTHING_BEFORE,
        partitions=tuple(_sealed(connection, p, known.get(p)) for p in range(PARTITIONS)),
    )


def _sealed(connection: Connection, partition: int, known: PartitionSeal | None) -> PartitionSeal:
    start = known or _beginning(partition)
    sums = Sums(start.sum)
    for position, digest in digests(connection, partition, Position(start.position)):
        sums.add(position, digest)
    return PartitionSeal(
        partition=partition,
        position=max(start.position, sums.position),
        events=start.events + sums.events,
        sum=sums.cut(),
    )


def _beginning(partition: int) -> PartitionSeal:
    return PartitionSeal(partition=partition, position=0, events=0, sum=NOTHING_BEFORE)


def digests(connection: Connection, partition: int, after: Position) -> Iterator[tuple[int, bytes]]:
    """Positions and digests of a partition in order; memory stays bounded."""
    with connection.cursor(f"digests_{partition}", binary=True) as cursor:
        cursor.itersize = _FETCH
        yield from cursor.execute(_DIGESTS, {"partition": partition, "after": after})


def kept(connection: Connection) -> list[Seal]:
    """The seals of the service, the first to be made first."""
    return [from_document(row[0]) for row in connection.execute(_KEPT)]


def last_kept(connection: Connection) -> Seal | None:
    """The seal made last, if any was."""
    row = connection.execute(_LAST_KEPT).fetchone()
    return from_document(row[0]) if row else None


def overdue_since(connection: Connection) -> datetime | None:
    """Since when a seal is missing: ``OVERDUE_DAYS`` after the last one, or after the log began.

    None if there is one, or no event to seal.
    """
    row = connection.execute(_OVERDUE, {"days": OVERDUE_DAYS}).fetchone()
    return row[0] if row else None


def keep(connection: Connection, seal: Seal) -> None:
    """Keep a signed seal beside the log; needs the owner's role."""
    connection.execute(_KEEP, [seal.number, seal.day, Jsonb(to_document(seal))])


def last_positions(seals: Sequence[Seal]) -> Mapping[int, Position]:
    """How far the last seal goes, for each partition."""
    parts = seals[-1].partitions if seals else ()
    known = {part.partition: Position(part.position) for part in parts}
    return {p: known.get(p, Position(0)) for p in range(PARTITIONS)}


def unlike(seals: Sequence[Seal], read: Digests, *, after: Seal | None = None) -> list[str]:
    """What the log says otherwise than the seals: one sentence a partition, the first difference.

    ``read`` gives a partition's positions and digests, from the database or an export. With
    ``after``, the seal before the first of ``seals``, nothing up to it is read: its sums are taken
    as they are.
    """
    known = {part.partition: part for part in after.partitions} if after else {}
    found = []
    for partition in range(PARTITIONS):
        start = known.get(partition) or _beginning(partition)
        cuts = [(s, part) for s in seals for part in s.partitions if part.partition == partition]
        problem = _first_difference(start, cuts, read(partition, Position(start.position)))
        if problem:
            found.append(f"partition {partition}: {problem}")
    return found


def _first_difference(
    start: PartitionSeal,
    cuts: Sequence[tuple[Seal, PartitionSeal]],
    events: Iterable[tuple[int, bytes]],
) -> str | None:
    sums = Sums(start.sum)
    following = iter(events)
    pending = next(following, None)
    reached = start.position
    for seal, part in cuts:
        while pending is not None and pending[0] <= part.position:
            sums.add(*pending)
            pending = next(following, None)
        events_now = start.events + sums.events
        if (events_now, sums.cut()) != (part.events, part.sum):
            return (
                f"not as sealed on {seal.day}: between positions {reached} and {part.position} "
                f"an event was altered, added or removed ({part.events} events sealed, "
                f"{events_now} there now)"
            )
        reached = part.position
    return None
