"""Verification: every stream's chain recomputed from what is stored, and compared with its head."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import Any

from psycopg import sql

from shared.eventstore._types import Position, Version, partition_of
from shared.postgres import Connection, last_at_most

# What is hashed is made of the stored texts, not of what they parse to, and not by the functions
# of the database, which could have been changed with the rows. COPY lets the server write the
# next rows while these are hashed; an index gives the order, so nothing is sorted.
_EVENTS = """
COPY (
SELECT e.stream, e.version, e."position", e.partition, e.digest,
       convert_to(
           e.partition::text || E'\\n' || e."position"::text || E'\\n' || e.stream || E'\\n'
           || e.version::text || E'\\n' || e.type || E'\\n' || e.schema::text || E'\\n'
           || coalesce(e.subject::text, '-') || E'\\n'
           || trunc(extract(epoch FROM e.occurred_at AT TIME ZONE 'UTC') * 1000000)::text || E'\\n'
           || trunc(extract(epoch FROM e.recorded_at AT TIME ZONE 'UTC') * 1000000)::text || E'\\n'
           || e.data::text || E'\\n' || e.metadata::text || E'\\n'
           || CASE WHEN e.private IS NULL THEN '-' ELSE 'private' END || E'\\n',
           'UTF8'
       ) || coalesce(e.private, ''::bytea),
       s.version, s."position", s.digest, {before}
FROM events e LEFT JOIN streams s ON s.stream = e.stream {joined}
ORDER BY e.stream, e.version
) TO STDOUT (FORMAT BINARY)
"""
_TYPES = ["text", "int4", "int8", "int2", "bytea", "bytea", "int4", "int8", "bytea"]
_TYPES += ["int4", "int8", "bytea"]

# The whole log: a stream begins with nothing before it.
_FROM_THE_BEGINNING = sql.SQL("0, 0::bigint, ''::bytea")
# A part of it: the event before is read, too, and is trusted.
_BEFORE = sql.SQL("coalesce(b.version, 0), coalesce(b.\"position\", 0), coalesce(b.digest, '')")
_LATER = """
JOIN unnest({partitions}::smallint[], {positions}::bigint[]) AS since (partition, "position")
  ON since.partition = e.partition AND e."position" > since."position"
LEFT JOIN events b ON b.stream = e.stream AND b.version = e.version - 1
"""

# Streams whose last event is not there, and what is left of each.
_CUT = """
SELECT s.stream, s.version, (SELECT coalesce(max(e.version), 0) FROM events e
                             WHERE e.stream = s.stream)
FROM streams s
WHERE NOT EXISTS (SELECT FROM events e WHERE e.stream = s.stream AND e.version = s.version)
ORDER BY s.stream
"""

# What a command is said to have appended, but is not there.
_COMMANDS = """
SELECT c.command, drawn FROM commands c CROSS JOIN unnest(c.positions) AS drawn
WHERE NOT EXISTS (SELECT FROM events e WHERE e."position" = drawn) ORDER BY drawn
"""

_COUNT_STREAMS = "SELECT count(*) FROM streams"
_COUNT = "SELECT count(*) FROM events"
_LAST_DRAWN = "SELECT last_value, is_called FROM events_position_seq"
_LAST_USED = """SELECT max("position") FROM events"""

_TELL_EVERY = 5_000
_Row = tuple[Any, ...]
Watch = Callable[[int, int], None]


class FaultKind(Enum):
    """What is wrong with the first bad event of a stream."""

    ALTERED = "altered"  # its bytes, or those before it, are not those that were written
    MISSING = "missing"  # a version is not there
    CUT_OFF = "cut off"  # the stream ends before its head
    UNKNOWN = "unknown"  # beyond its stream's head, or of a stream without one: inserted
    HEAD_DIFFERS = "head differs"  # the events are sound, their head says otherwise
    MISPLACED = "misplaced"  # in the wrong partition, or its position does not rise
    POSITION_NOT_DRAWN = "position not drawn"  # beyond the last position that was handed out


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first bad event of a stream; ``position`` is None when it is not there."""

    stream: str
    version: Version
    position: Position | None
    kind: FaultKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a verification found; ``faults`` has one entry at most for each stream.

    ``lost_commands``: positions that a command is recorded to have appended, but are not there.
    """

    streams: int
    events: int
    faults: tuple[Fault, ...]
    lost_commands: tuple[Position, ...] = ()

    @property
    def sound(self) -> bool:
        """Nothing was found."""
        return not self.faults and not self.lost_commands


def verify(
    connection: Connection,
    *,
    since: Mapping[int, Position] | None = None,
    watch: Watch | None = None,
) -> Report:
    """Walk the log in the snapshot of ``connection``'s fresh transaction; memory stays bounded.

    ``since`` (position by partition; all of them) leaves out, and trusts, what lies up to there.
    ``watch`` is told now and then how many events were read, and how many there are.
    """
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    last_at_most(connection, None)
    connection.execute("SET LOCAL enable_sort = off")
    connection.execute("SET LOCAL enable_hashjoin = off")
    walk = _Walk(watch, _one(connection, _COUNT) if watch else 0)
    for row in _events(connection, since):
        walk.step(row)
    walk.end_stream()
    connection.execute("SET LOCAL enable_sort = on")
    connection.execute("SET LOCAL enable_hashjoin = on")
    faults = walk.faults
    named = {fault.stream for fault in faults}
    faults += [fault for fault in _cut(connection) if fault.stream not in named]
    faults.sort(key=lambda fault: fault.stream)
    faults += _undrawn(connection)
    return Report(
        streams=_one(connection, _COUNT_STREAMS),
        events=walk.events,
        faults=tuple(faults),
        lost_commands=tuple(row[1] for row in connection.execute(_COMMANDS)),
    )


def _events(connection: Connection, since: Mapping[int, Position] | None) -> Iterator[_Row]:
    if since is None:
        query = sql.SQL(_EVENTS).format(before=_FROM_THE_BEGINNING, joined=sql.SQL(""))
    else:
        known = {
            "partitions": sql.Literal(list(since)),
            "positions": sql.Literal([*since.values()]),
        }
        query = sql.SQL(_EVENTS).format(before=_BEFORE, joined=sql.SQL(_LATER).format(**known))
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        copy.set_types(_TYPES)
        yield from copy.rows()


class _Walk:
    """Goes over the events in the order of their streams and notes the first fault of each."""

    def __init__(self, watch: Watch | None, total: int) -> None:
        self.events = 0
        self.faults: list[Fault] = []
        self._watch = watch
        self._total = total
        self._stream: str | None = None
        self._last: _Row = ()
        self._faulty = False
        self._partition = 0
        self._version, self._position, self._digest = 0, 0, b""

    def step(self, row: _Row) -> None:
        """Look at the next event."""
        self.events += 1
        if self._watch and self.events % _TELL_EVERY == 0:
            self._watch(self.events, self._total)
        stream, version, position, partition, digest, content = row[:6]
        if stream != self._stream:
            self.end_stream()
            self._stream, self._faulty = stream, False
            self._partition = partition_of(stream)
            self._version, self._position, self._digest = row[9:12]
        self._last = row
        if self._faulty:
            return
        if (
            version != self._version + 1
            or version > (row[6] or 0)
            or sha256(self._digest + content).digest() != digest
            or partition != self._partition
            or position <= self._position
        ):
            self._note(row)
        self._version, self._position, self._digest = version, position, digest

    def _note(self, row: _Row) -> None:
        """Say what is wrong with an event, the plainest reason first."""
        version, position = row[1], row[2]
        if version > (row[6] or 0):
            self._fault(FaultKind.UNKNOWN, version, position)
        elif version != self._version + 1:
            self._fault(FaultKind.MISSING, self._version + 1, None)
        elif sha256(self._digest + row[5]).digest() != row[4]:
            self._fault(FaultKind.ALTERED, version, position)
        else:
            self._fault(FaultKind.MISPLACED, version, position)

    def end_stream(self) -> None:
        """Compare the end of the stream with its head; a tail that was cut off is looked for
        later."""
        if self._stream is None or self._faulty:
            return
        head_version, head_position, head_digest = self._last[6:9]
        here = (self._position, self._digest)
        if self._version == head_version and here != (head_position, head_digest):
            self._fault(FaultKind.HEAD_DIFFERS, self._version, self._position)

    def _fault(self, kind: FaultKind, version: int, position: int | None) -> None:
        self._faulty = True
        where = None if position is None else Position(position)
        stream = self._stream or ""
        self.faults.append(
            Fault(stream=stream, version=Version(version), position=where, kind=kind)
        )


def _cut(connection: Connection) -> list[Fault]:
    return [
        Fault(stream=stream, version=Version(left + 1), position=None, kind=FaultKind.CUT_OFF)
        for stream, version, left in connection.execute(_CUT)
        if left < version
    ]


def _undrawn(connection: Connection) -> list[Fault]:
    """A position that was never handed out will be handed out again."""
    [last, called] = connection.execute(_LAST_DRAWN).fetchone() or (0, False)
    [used] = connection.execute(_LAST_USED).fetchone() or (None,)
    if used is None or used <= (last if called else last - 1):
        return []
    row = connection.execute(
        """SELECT stream, version FROM events WHERE "position" = %s""", [used]
    ).fetchone()
    if row is None:
        return []
    return [Fault(stream=row[0], version=row[1], position=used, kind=FaultKind.POSITION_NOT_DRAWN)]


def _one(connection: Connection, query: Any) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
