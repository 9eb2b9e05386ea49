"""The assignments that one unit of work reads and writes: loaded together, appended once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from typing import Any
from uuid import UUID

from services.routing.application.ports import Assignments, Stored
from services.routing.domain.assigning import decide
from services.routing.domain.assignment import Assignment, AssignmentEvent, evolve
from services.routing.domain.commands import Command
from shared.eventstore import UnitOfWork, Version


def stream_of(request_id: UUID) -> str:
    """The stream of one request's assignment."""
    return f"assignment-{request_id}"


class Work:
    """Assignments as they are in this unit, what it appended itself included."""

    def __init__(self, unit: UnitOfWork, rows: Assignments, request_ids: Collection[UUID]) -> None:
        self.unit = unit
        self._rows = rows
        self._known: dict[UUID, Stored] = rows.find(unit.connection, request_ids)

    def add(self, stored: Sequence[Stored]) -> None:
        """Know these too; what the unit wrote already stays."""
        for one in stored:
            self._known.setdefault(one.assignment.request_id, one)

    def get(self, request_id: UUID) -> Assignment | None:
        """None: nobody was assigned, or it was not asked for at the start."""
        stored = self._known.get(request_id)
        return stored.assignment if stored else None

    def all(self) -> list[Assignment]:
        return [stored.assignment for stored in self._known.values()]

    def do(
        self, request_id: UUID, command: Command, metadata: Mapping[str, Any] | None = None
    ) -> list[AssignmentEvent]:
        """Decide and hold the events back for the unit's append; raises what ``decide`` refuses."""
        stored = self._known.get(request_id)
        before = stored.assignment if stored else None
        version = stored.version if stored else Version(0)
        events = decide(before, command)
        if events:
            self.unit.append(stream_of(request_id), events, expected=version, metadata=metadata)
            after = reduce(evolve, events, before)
            assert after is not None  # noqa: S101 - evolve always returns a state
            self._known[request_id] = Stored(
                assignment=after, version=Version(version + len(events))
            )
        return events
