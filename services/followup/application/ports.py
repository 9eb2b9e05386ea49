"""What follow-up's use cases need of the world; ``wiring`` chooses who answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.clock import Clock
from shared.eventstore import Connection, Streams


class Deadlines(Protocol):
    """Finds deadlines by what they belong to; what the running unit wrote is not yet among them.

    ``known`` are the ids of all deadlines and cases of some requests.
    """

    def running(
        self, connection: Connection, case_id: UUID, request_id: UUID | None
    ) -> Sequence[UUID]: ...

    def known(self, connection: Connection, request_ids: Sequence[UUID]) -> Set[UUID]: ...

    def candidates(self, connection: Connection, request_id: UUID) -> Sequence[UUID]: ...

    def to_miss(self, connection: Connection, now: datetime, limit: int) -> Sequence[UUID]: ...

    def drawing_near(self, connection: Connection, now: datetime, limit: int) -> Sequence[UUID]: ...


class Hold(Protocol):
    """Makes those who close a case and those who set its deadlines wait for each other."""

    def __call__(self, connection: Connection, ids: Iterable[UUID]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Followup:
    """The ports together: handed to each use case that writes."""

    streams: Streams
    deadlines: Deadlines
    hold: Hold
    clock: Clock
