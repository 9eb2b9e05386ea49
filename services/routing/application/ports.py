"""What routing's use cases need of the world; ``wiring`` chooses who answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.routing.domain.assignment import Assignment
from services.routing.domain.directory import Team, Volunteer
from services.routing.domain.settings import PolicySettings
from services.routing.domain.view import DirectoryView
from shared.clock import Clock
from shared.contracts.routing.events import EstablishmentRegistered
from shared.eventstore import Streams, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An assignment with its stream's version; ``proposed_at``: since when it waits."""

    assignment: Assignment
    version: Version
    proposed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of assignments; None leaves a criterion open. ``after``: the last one seen."""

    register: str
    unit: str | None = None
    state: str | None = None
    holder: str | None = None
    after: UUID | None = None
    limit: int = 100


class Assignments(Protocol):
    """The read model of assignments, as of the transaction of ``connection``."""

    def find(self, connection: Any, request_ids: Collection[UUID]) -> dict[UUID, Stored]: ...

    def held_by(self, connection: Any, volunteer_id: str) -> list[Stored]: ...

    def waiting(self, connection: Any, before: datetime, limit: int) -> list[Stored]: ...

    def listing(self, connection: Any, wanted: Listing) -> list[Stored]: ...

    def counts(self, connection: Any, register: str) -> list[tuple[str, str, int]]: ...


class Directory(Protocol):
    """The read model of the directory, as of the transaction of ``connection``."""

    def views(
        self, connection: Any, registers: Collection[str], codes: Collection[str]
    ) -> dict[str, DirectoryView]: ...

    def teams(
        self, connection: Any, registers: Collection[str], codes: Collection[str] | None
    ) -> list[Team]: ...

    def establishments(
        self, connection: Any, codes: Collection[str] | None = None
    ) -> dict[str, EstablishmentRegistered]: ...

    def volunteers(
        self, connection: Any, register: str, ids: Collection[str] | None = None
    ) -> list[Volunteer]: ...

    def of_persons(self, connection: Any, person_ids: Collection[Any]) -> list[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """The ports together: handed to each use case."""

    streams: Streams
    assignments: Assignments
    directory: Directory
    policy: PolicySettings
    clock: Clock
