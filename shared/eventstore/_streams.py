"""The typed layer: streams of event dataclasses, and one transaction for all that is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import psycopg

from shared.clock import Clock
from shared.eventstore._store import EventStore
from shared.eventstore._types import Appended, Expected, NewEvent, Recorded, Version, Write
from shared.postgres import Connection
from shared.tracing import TRACEPARENT, current

Event = Any
"""A frozen dataclass of ``shared/contracts``; which ones, the service's codec knows."""


class EventCodec(Protocol):
    """Between event dataclasses and what is stored; old versions are raised when decoded."""

    def encode(self, event: Event, occurred_at: datetime) -> NewEvent: ...

    def decode(self, stored: Recorded, /) -> Event: ...


Projection = Callable[[Connection, Sequence[tuple[Recorded, Event]]], None]
"""Updates a read model of the service's own streams, in the append's transaction."""


class UnitOfWork:
    """One transaction. Loads as of now, holds back what is appended until the end.

    Everything that a use case or a batch of events writes leaves in one append, which takes the
    partition locks once and in order: two units never deadlock over them.
    """

    def __init__(
        self,
        connection: Connection,
        store: EventStore,
        codec: EventCodec,
        clock: Clock,
        *,
        metadata: Mapping[str, Any],
    ) -> None:
        self.connection = connection
        self.appended: list[Appended] = []
        """Where the events went; filled when the unit is left."""
        self._store = store
        self._codec = codec
        self._clock = clock
        self._metadata = metadata
        self._loaded: dict[str, tuple[list[Event], Version]] = {}
        self._writes: list[Write] = []
        self._events: list[Event] = []

    def load(self, stream: str) -> tuple[list[Event], Version]:
        """The events of ``stream``, those pending in this unit included, and its version.

        Read from the database once a unit: a write by somebody else in between shows as
        ``WrongVersion`` at the end, if the append expects the version that this returned.
        """
        if stream not in self._loaded:
            self._remember(stream, self._store.load(stream, connection=self.connection))
        events, version = self._loaded[stream]
        return list(events), version

    def load_ahead(self, streams: Iterable[str], *, decrypt: bool = True) -> None:
        """Read all these streams in one query, for the ``load``s to come: for a batch of events
        that each look at another stream. ``decrypt=False`` for whoever decides without knowing
        the private part; it is None then, as of the erased."""
        wanted = [stream for stream in dict.fromkeys(streams) if stream not in self._loaded]
        if not wanted:
            return
        found: dict[str, list[Recorded]] = {stream: [] for stream in wanted}
        stored = self._store.load_many(wanted, connection=self.connection, decrypt=decrypt)
        for recorded in stored:
            found[recorded.stream].append(recorded)
        for stream, events in found.items():
            self._remember(stream, events)

    def append(
        self,
        stream: str,
        events: Sequence[Event],
        *,
        expected: Version | Expected,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Hold ``events`` (none is fine) back for the end; ``metadata`` adds to the unit's."""
        if not events:
            return
        now = self._clock.now()
        self._writes.append(
            Write(
                stream=stream,
                events=[self._codec.encode(event, now) for event in events],
                expected=expected,
                metadata=_traced({**self._metadata, **(metadata or {})}),
            )
        )
        self._events.extend(events)
        if stream in self._loaded:
            known, version = self._loaded[stream]
            self._loaded[stream] = ([*known, *events], Version(version + len(events)))

    def flush(self, command_id: UUID | None, projections: Sequence[Projection]) -> bool:
        """Append what was held back, then project it; False when the command ran before."""
        self.appended = self._store.append(
            self._writes, command_id=command_id, connection=self.connection
        )
        if any(appended.repeated for appended in self.appended):
            return False
        if projections and self.appended:
            written = [
                (_recorded(appended, write, new), event)
                for appended, (write, new), event in zip(
                    self.appended, self._new(), self._events, strict=True
                )
            ]
            for project in projections:
                project(self.connection, written)
        self._writes = []
        self._events = []
        return True

    def withhold(self) -> list[str]:
        """Give up what was to be appended: a replay appends nothing. Its types, for counting."""
        types = [new.type for _, new in self._new()]
        self._writes = []
        self._events = []
        return types

    def _remember(self, stream: str, stored: Sequence[Recorded]) -> None:
        events = [self._codec.decode(recorded) for recorded in stored]
        version = stored[-1].version if stored else Version(0)
        for event in self._pending(stream):
            events.append(event)
            version = Version(version + 1)
        self._loaded[stream] = (events, version)

    def _new(self) -> Iterator[tuple[Write, NewEvent]]:
        return ((write, new) for write in self._writes for new in write.events)

    def _pending(self, stream: str) -> Iterator[Event]:
        for (write, _), event in zip(self._new(), self._events, strict=True):
            if write.stream == stream:
                yield event


class Streams:
    """The streams of one service; made in its wiring.

    ``projections`` are called in order with all events of a unit, within the transaction.
    """

    def __init__(
        self,
        store: EventStore,
        codec: EventCodec,
        clock: Clock,
        projections: Sequence[Projection] = (),
    ) -> None:
        self.store = store
        self._codec = codec
        self._clock = clock
        self._projections = tuple(projections)

    @contextmanager
    def unit(
        self,
        *,
        metadata: Mapping[str, Any],
        command_id: UUID | None = None,
        connection: Connection | None = None,
    ) -> Iterator[UnitOfWork]:
        """A unit of work: leaving it appends, projects and commits; an exception undoes it all.

        With a ``command_id`` that was handled before, everything done in the unit is undone and
        ``appended`` says what the first run did. With a ``connection``, the unit takes part in
        that transaction: it appends and projects at its end, whoever opened it commits, and then
        calls ``store.committed(unit.appended)``.
        """
        if connection is not None:
            unit = self._begun(connection, metadata)
            yield unit
            unit.flush(command_id, self._projections)
            return
        with self.store.transaction() as own:
            unit = self._begun(own, metadata)
            yield unit
            if not unit.flush(command_id, self._projections):
                raise psycopg.Rollback
        self.store.committed(unit.appended)

    def load(self, stream: str) -> tuple[list[Event], Version]:
        """The events of ``stream`` and its version, outside any transaction."""
        stored = self.store.load(stream)
        events = [self._codec.decode(recorded) for recorded in stored]
        return events, stored[-1].version if stored else Version(0)

    def _begun(self, connection: Connection, metadata: Mapping[str, Any]) -> UnitOfWork:
        return UnitOfWork(connection, self.store, self._codec, self._clock, metadata=metadata)


def _traced(metadata: dict[str, Any]) -> dict[str, Any]:
    """With the trace of who appends, unless it names that of its cause."""
    if TRACEPARENT not in metadata and (at := current()):
        metadata[TRACEPARENT] = at
    return metadata


def _recorded(appended: Appended, write: Write, new: NewEvent) -> Recorded:
    """What a reader would find, but for ``sealed``."""
    return Recorded(
        partition=appended.partition,
        position=appended.position,
        stream=appended.stream,
        version=appended.version,
        type=new.type,
        schema=new.schema,
        data=dict(new.data),
        private=None if new.private is None else dict(new.private),
        subject=new.subject,
        metadata=dict(write.metadata),
        occurred_at=new.occurred_at,
        recorded_at=appended.recorded_at,
        digest=appended.digest,
    )
