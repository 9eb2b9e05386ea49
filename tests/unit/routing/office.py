"""Drives routing without its edge: a real PostgreSQL, a clock that tests move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import services.routing
from services.routing import wiring
from services.routing.adapters.csv_directory import read_directory
from services.routing.adapters.settings import read_policy
from services.routing.adapters.staging import read_teams
from services.routing.application.hear_intake import hear_intake
from services.routing.application.import_directory import Imported, import_directory
from services.routing.application.ports import Routing, Stored
from services.routing.application.stage import stage
from services.routing.projections import READ_MODELS
from services.routing.projections.assignments import AssignmentRows
from services.routing.projections.directory import DirectoryRows
from shared.clock import VirtualClock
from shared.contracts.intake.events import RequestFlaggedForReview, RequestNormalised
from shared.contracts.intake.facts import RequestFacts
from shared.eventstore import PARTITIONS, Position, Recorded, Streams, Version, migrate
from shared.messaging import Delivered
from tests.support.postgres import Database

DATA = Path(services.routing.__path__[0]) / "data" / "demo"
START = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)  # a Thursday
PERSON = UUID("33333333-3333-4333-8333-333333333333")


def prepare(database: Database) -> None:
    """The service's own tables."""
    migrate(database.owner_dsn("routing"), "routing", [wiring.MIGRATIONS])


def files(*, demo: bool = True) -> dict[str, str]:
    """The texts of the directory that the product ships."""
    names = ("establishments.csv", "teams.csv", "volunteers.csv")[: 3 if demo else 1]
    return {name: (DATA / name).read_text(encoding="utf-8") for name in names}


def understood(facts: RequestFacts, request_id: UUID, register: str, *, flagged: bool = False):
    """What intake tells of an item."""
    event = RequestFlaggedForReview if flagged else RequestNormalised
    return event(
        request_id=request_id,
        person_id=PERSON,
        register=register,
        facts=facts,
        lexicon_version="1",
        private=None,
    )


class Office:
    """The use cases on a database of their own, and what they recorded."""

    def __init__(self, database: Database) -> None:
        self.clock = VirtualClock(START)
        self.database = database
        self.store = database.store("routing")
        self.streams = Streams(
            self.store,
            wiring.CODEC,
            self.clock,
            projections=[model.apply_all for model in READ_MODELS],
        )
        self.routing = Routing(
            streams=self.streams,
            assignments=AssignmentRows(),
            directory=DirectoryRows(),
            policy=read_policy(),
            clock=self.clock,
        )
        self._positions = count(1)

    def hear(self, *events: Any) -> None:
        """One batch of intake's events, in one transaction as a subscription does it."""
        batch = [self._delivered(event) for event in events]
        with self.streams.unit(metadata={}) as unit:
            hear_intake(batch, unit, routing=self.routing)

    def import_files(self, texts: dict[str, str]) -> Imported:
        with self.store.transaction() as connection:
            codes = self.routing.directory.establishments(connection)
            teams = self.routing.directory.teams(connection, ["main"], None)
            people = self.routing.directory.volunteers(connection, "main")
        places = [team.establishment for team in teams]
        gone = [one.volunteer_id for one in people if one.left]
        wanted = read_directory(texts, known_codes=codes, known_teams=places, gone=gone)
        return import_directory(wanted, by="admin", mint=uuid4, routing=self.routing)

    def stage(self, register: str, teams: dict[str, Any]) -> int:
        return stage(register, read_teams(register, teams), routing=self.routing)

    def stored(self, request_id: UUID) -> Stored:
        with self.store.transaction() as connection:
            return self.routing.assignments.find(connection, [request_id])[request_id]

    def get(self, request_id: UUID) -> Any:
        return self.stored(request_id).assignment

    def events(self, request_id: UUID) -> list[str]:
        """The types of the events of one assignment."""
        recorded: Sequence[Recorded] = self.store.load(f"assignment-{request_id}")
        return [one.type for one in recorded]

    def total(self) -> int:
        """How many events the log holds."""
        with self.store.transaction() as connection:
            [found] = connection.execute("SELECT count(*) FROM events").fetchone()
        return int(found)

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        with self.store.transaction() as connection:
            return connection.execute(f"SELECT t::text FROM {table} t ORDER BY 1").fetchall()  # noqa: S608 - our own table

    def fold_again(self, tables: Sequence[str], *, together: bool) -> None:
        """Empty the read models and apply the whole log to them, partition by partition; each
        event by itself or all ``together``."""
        with self.store.transaction() as connection:
            for table in tables:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table
            for partition in range(PARTITIONS):
                events = self.store.read(
                    partition, after=Position(0), limit=10_000, connection=connection
                )
                told = [(recorded, wiring.CODEC.decode(recorded)) for recorded in events]
                for model in READ_MODELS:
                    if together:
                        model.apply_all(connection, told)
                    else:
                        for recorded, event in told:
                            model.apply(connection, recorded, event)

    def _delivered(self, event: Any) -> Delivered:
        number = next(self._positions)
        return Delivered(
            source="intake",
            partition=0,
            position=Position(number),
            stream="request",
            version=Version(1),
            type=type(event).__name__,
            metadata={"correlation_id": f"c-{number}"},
            recorded_at=self.clock.now(),
            occurred_at=self.clock.now(),
            event=event,
        )


def with_links(facts: RequestFacts, numbers: dict[UUID, UUID]) -> RequestFacts:
    """The same facts, linked to other numbers."""
    links = tuple(
        replace(link, request_id=numbers.get(link.request_id, link.request_id))
        for link in facts.links
    )
    return replace(facts, links=links)
