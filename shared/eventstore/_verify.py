"""Verification: every stream's chain recomputed from what is stored, and compared with its head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

from shared.eventstore._types import Position, Version, partition_of
from shared.postgres import Connection

# The stored texts themselves, so that what is hashed does not depend on how they are parsed.
_EVENTS = """
SELECT stream, version, partition, "position", type, schema, coalesce(subject::text, '-'),
       microseconds(occurred_at), microseconds(recorded_at), data::text, metadata::text,
       private, digest
FROM events ORDER BY stream, version
"""
_HEADS = """SELECT stream, version, "position", digest, partition FROM streams ORDER BY stream"""

_LAST_DRAWN = "SELECT last_value, is_called FROM events_position_seq"
_LAST_USED = """SELECT max("position") FROM events"""

_FETCH = 1000
_Row = tuple[Any, ...]


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
    """What a verification found; ``faults`` has one entry at most for each stream."""

    streams: int
    events: int
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        """Nothing was found."""
        return not self.faults


def verify(connection: Connection) -> Report:
    """Walk the log in the snapshot of ``connection``'s fresh transaction; memory stays bounded."""
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    events = 0
    found: list[Fault] = []
    names = 0
    for stream, head, rows in _merged(connection):
        names += 1
        counted = _Counted(rows)
        fault = _first_fault(stream, head, counted)
        for _ in counted:
            pass
        events += counted.count
        if fault is not None:
            found.append(fault)
    found.extend(_undrawn(connection))
    return Report(streams=names, events=events, faults=tuple(found))


class _Counted:
    """Iterates once, and counts."""

    def __init__(self, rows: Iterable[_Row]) -> None:
        self._rows = iter(rows)
        self.count = 0

    def __iter__(self) -> Iterator[_Row]:
        return self

    def __next__(self) -> _Row:
        row = next(self._rows)
        self.count += 1
        return row


def _merged(connection: Connection) -> Iterator[tuple[str, _Row | None, Iterable[_Row]]]:
    """Each stream with its head and its events, either of which may be missing."""
    with connection.cursor("heads") as heads, connection.cursor("events") as events:
        heads.itersize = events.itersize = _FETCH
        heads.execute(_HEADS)
        events.execute(_EVENTS)
        by_stream = iter(groupby(events, key=itemgetter(0)))
        head, group = next(heads, None), next(by_stream, None)
        while head is not None or group is not None:
            if group is None or (head is not None and head[0] < group[0]):
                assert head is not None  # noqa: S101 - for the type checker
                yield head[0], head, ()
                head = next(heads, None)
            elif head is None or group[0] < head[0]:
                yield group[0], None, group[1]
                group = next(by_stream, None)
            else:
                yield head[0], head, group[1]
                head, group = next(heads, None), next(by_stream, None)


def _first_fault(stream: str, head: _Row | None, rows: Iterable[_Row]) -> Fault | None:
    def fault(kind: FaultKind, version: int, position: int | None) -> Fault:
        where = None if position is None else Position(position)
        return Fault(stream=stream, version=Version(version), position=where, kind=kind)

    digest, version, position = b"", 0, 0
    head_version = 0 if head is None else head[1]
    for row in rows:
        kind = _fault_of(row, digest, version, position, head_version)
        if kind is not None:
            missing = kind is FaultKind.MISSING
            return fault(kind, version + 1, None if missing else row[3])
        version, position, digest = row[1], row[3], bytes(row[12])
    if version < head_version:
        return fault(FaultKind.CUT_OFF, version + 1, None)
    if head is not None and (position, digest) != (head[2], bytes(head[3])):
        return fault(FaultKind.HEAD_DIFFERS, version, position)
    return None


def _fault_of(
    row: _Row, before: bytes, version: int, position: int, head_version: int
) -> FaultKind | None:
    checks: tuple[tuple[FaultKind, Callable[[], bool]], ...] = (
        (FaultKind.UNKNOWN, lambda: row[1] <= head_version),
        (FaultKind.MISSING, lambda: row[1] == version + 1),
        (FaultKind.ALTERED, lambda: digest_of(row, before) == bytes(row[12])),
        (FaultKind.MISPLACED, lambda: row[2] == partition_of(row[0]) and row[3] > position),
    )
    return next((kind for kind, holds in checks if not holds()), None)


def digest_of(row: _Row, before: bytes) -> bytes:
    """The digest as ``event_digest`` in the database takes it; here once more, independently."""
    stream, version, partition, position, type_, schema, *texts, private, _ = row
    fields = [str(partition), str(position), stream, str(version), type_, str(schema), *texts]
    lines = "\n".join([*fields, "-" if private is None else "private", ""])
    return sha256(before + lines.encode() + (private or b"")).digest()


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
