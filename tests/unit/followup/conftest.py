"""Follow-up over a real database: its log, its read models, its use cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import services.followup
from services.followup import wiring
from services.followup.application.handle import handle_case, handle_deadline
from services.followup.application.hear_intake import hear_intake
from services.followup.application.pass_time import miss_passed
from services.followup.application.ports import Followup
from services.followup.projections import READ_MODELS
from services.followup.projections.cases import list_cases
from services.followup.projections.deadlines import list_deadlines
from services.followup.projections.faults import list_faults
from shared.clock import VirtualClock
from shared.eventstore import PARTITIONS, EventStore, Pool, Position, Streams
from shared.postgres import connected
from shared.projections import ReadModel
from tests.support.postgres import Database, fresh_database

from .given import ANNE, NOW

_MIGRATIONS = Path(services.followup.__path__[0]) / "adapters" / "migrations"


class Told:
    """An event of intake, as a subscription hands it over."""

    def __init__(self, event: Any) -> None:
        self.event = event


class Desk:
    """The service without its edge, and a clock that stands still."""

    def __init__(self, database: Database) -> None:
        self.clock = VirtualClock(NOW)
        self.pool: Pool = database.pool("followup")
        self.store = EventStore(self.pool, schema="followup", keyring=database.keyring())
        self.streams = Streams(
            self.store,
            wiring.CODEC,
            self.clock,
            projections=[model.apply_all for model in READ_MODELS],
        )
        self.followup = Followup(
            streams=self.streams,
            deadlines=wiring.DeadlineRows(),
            hold=wiring.hold,
            clock=self.clock,
        )

    def hear(self, *events: Any) -> None:
        """One batch of intake's events."""
        with self.streams.unit(metadata={}) as unit:
            hear_intake(
                [Told(event) for event in events],
                unit,
                deadlines=self.followup.deadlines,
                caused_by=lambda told: {"causation_id": type(told.event).__name__},
            )

    def do(self, case_id: UUID, *commands: Any) -> Any:
        """Commands to a case; the case as it then is."""
        done = None
        for command in commands:
            done = handle_case(case_id, command, by=ANNE, followup=self.followup)
        return done

    def do_deadline(self, deadline_id: UUID, *commands: Any) -> Any:
        done = None
        for command in commands:
            done = handle_deadline(deadline_id, command, by=ANNE, followup=self.followup)
        return done

    def at(self, instant: datetime) -> int:
        """Time passes until ``instant``; how many deadlines were missed by then."""
        self.clock.move_to(instant)
        return miss_passed(self.followup)

    def cases(self, **criteria: Any) -> list[dict[str, Any]]:
        with connected(self.pool) as connection:
            return list_cases(connection, **{"register": "main", **criteria})

    def deadlines(self, **criteria: Any) -> list[dict[str, Any]]:
        with connected(self.pool) as connection:
            return list_deadlines(connection, **{"register": "main", **criteria})

    def faults(self) -> list[tuple[str, UUID | None, UUID | None]]:
        """(kind, case, deadline) of each."""
        with connected(self.pool) as connection:
            found = list_faults(connection, register="main", now=self.clock.now())
        return [(row["kind"], row["case_id"], row["deadline_id"]) for row in found]

    def fold_again(self, model: ReadModel, *, together: bool) -> None:
        """Empty the model and apply the whole log to it, each event by itself or all at once."""
        with self.store.transaction() as connection:
            for table in model.tables:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table
            for partition in range(PARTITIONS):
                events = self.store.read(
                    partition, after=Position(0), limit=10_000, connection=connection
                )
                told = [(recorded, wiring.CODEC.decode(recorded)) for recorded in events]
                if together:
                    model.apply_all(connection, told)
                else:
                    for recorded, event in told:
                        model.apply(connection, recorded, event)

    def log(self, stream: str) -> list[str]:
        """The event types of a stream."""
        return [type(event).__name__ for event in self.streams.load(stream)[0]]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with fresh_database(services=True) as database:
        yield Desk(database)
