"""A log of boxes in intake, and its read model in intake itself or in desk, which follows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from shared.clock import SystemClock
from shared.eventstore import EventStore, Expected, Streams, migrate
from shared.messaging import MIGRATIONS
from shared.messaging._envelope import Place
from shared.messaging._tables import Checkpoint, SubscriptionTables
from shared.projections import MIGRATIONS as PROJECTIONS
from shared.projections import ReadModel, Rebuilder
from tests.projections.boxes import BOXES, CODEC, TABLES, BoxOpened, Label, LetterPut
from tests.support.postgres import Database, database

__all__ = ["database"]

ROOT = Path(__file__).resolve().parents[2]
PERSON = UUID(int=7)


@dataclass
class Boxes:
    """The log, the model's owner (intake or desk), and what its tables say."""

    database: Database
    service: str
    model: ReadModel = BOXES

    def __post_init__(self) -> None:
        migrate(self.database.owner_dsn(self.service), self.service, [MIGRATIONS, PROJECTIONS])
        with psycopg.connect(self.database.owner_dsn(self.service)) as owner:
            owner.execute(TABLES)
        self.store: EventStore = self.database.store("intake")
        live = [BOXES.apply_all] if self.service == "intake" else []
        self.streams = Streams(self.store, CODEC, SystemClock(), projections=live)
        self.consumer = SubscriptionTables(self.database.pool("desk"), "intake")
        if self.service == "desk":
            self.consumer.ensure()
        self.owner = self.database.closing.enter_context(
            psycopg.connect(self.database.owner_dsn(self.service), autocommit=True)
        )

    def open(self, *boxes: str) -> None:
        for box in boxes:
            event = BoxOpened(box=box, person_id=PERSON, private=Label(name=f"Camille {box}"))
            self.append(box, event)

    def put(self, box: str, *numbers: int) -> None:
        self.append(box, *(LetterPut(box=box, number=number) for number in numbers))

    def append(self, box: str, *events: Any) -> None:
        with self.streams.unit(metadata={}) as unit:
            unit.append(f"box-{box}", list(events), expected=Expected.ANY)

    def consume(self, limit: int = 100) -> int:
        """What a subscription does with its next batch; how many events that were."""
        handled = 0
        with psycopg.connect(self.database.dsn(self.service)) as connection:
            for partition, checkpoint in self.consumer.lock(connection).items():
                after = checkpoint.place.position
                page = self.store.read(partition, after=after, limit=limit)
                for recorded in page:
                    BOXES.apply(connection, recorded, CODEC.decode(recorded))
                if page:
                    place = Place(position=page[-1].position, digest=page[-1].digest)
                    reached = Checkpoint(incarnation=checkpoint.incarnation, place=place)
                    self.consumer.advance(connection, {partition: reached})
                handled += len(page)
        return handled

    def rebuilder(self, model: ReadModel | None = None) -> Rebuilder:
        return Rebuilder(
            service=self.service,
            owner_dsn=self.database.owner_dsn(self.service),
            model=model or self.model,
            source=self.store,
            codec=CODEC,
        )

    def rows(self, table: str = "boxes", schema: str | None = None) -> list[tuple[Any, ...]]:
        where = psycopg.sql.Identifier(schema or self.service, table)
        query = psycopg.sql.SQL("SELECT * FROM {} ORDER BY 1, 2").format(where)
        return self.owner.execute(query).fetchall()

    def letters(self) -> dict[str, int]:
        return {row[0]: row[1] for row in self.rows()}

    def told(self) -> dict[str, int]:
        """How many letters the log puts in each box."""
        rows = self.database.admin().execute(
            "SELECT data ->> 'box', count(*) FILTER (WHERE type = 'LetterPut') "
            "FROM events GROUP BY 1"
        )
        return dict(rows.fetchall())

    def copies(self) -> list[str]:
        """Tables of the model that lie outside its service's schema."""
        rows = self.owner.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables "
            "WHERE schemaname LIKE %s || E'\\\\_\\\\_%%' ORDER BY 1",
            [self.service],
        )
        return [row[0] for row in rows]

    def assert_exact(self) -> None:
        """Every letter of the log is counted once, and nothing else."""
        assert self.letters() == self.told()
        assert not any(table.differing for table in self.drift())
        assert self.store.verify().sound

    def drift(self, model: ReadModel | None = None) -> list[Any]:
        return self.rebuilder(model).drift(by="test", why="to see")

    def rebuild(self, model: ReadModel | None = None, **options: Any) -> list[Any]:
        return self.rebuilder(model).rebuild(by="test", why="to see", **options)

    def child(self, *, failpoint: str = "", **settings: Any) -> subprocess.CompletedProcess[str]:
        """Rebuild in a process of its own, which may be told to die."""
        arguments = {
            "service": self.service,
            "owner_dsn": self.database.owner_dsn(self.service),
            "dsn": self.database.dsn("intake"),
            "keyring_dsn": self.database.dsn("keyring"),
            **settings,
        }
        environment = os.environ | {"PERMANENCE_FAILPOINT": failpoint}
        return subprocess.run(
            [sys.executable, "-m", "tests.projections.child", json.dumps(arguments)],
            cwd=ROOT,
            env=environment | settings.get("environment", {}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def own(database: Database) -> Boxes:
    """The model reads its own service's log, in the append's transaction."""
    return Boxes(database, "intake")


@pytest.fixture
def followed(database: Database) -> Boxes:
    """The model reads another service's log, by subscription."""
    return Boxes(database, "desk")


@pytest.fixture(params=["intake", "desk"])
def boxes(request: pytest.FixtureRequest, database: Database) -> Boxes:
    """Both."""
    return Boxes(database, request.param)


@contextmanager
def meanwhile(work: Callable[[], Any], threads: int = 1) -> Iterator[list[Exception]]:
    """Do ``work`` over and over in threads while the block runs; what it raised, if it did."""
    stop = threading.Event()
    raised: list[Exception] = []

    def run() -> None:
        while not stop.is_set():
            try:
                work()
            except Exception as error:
                raised.append(error)
                return

    started = [threading.Thread(target=run) for _ in range(threads)]
    for thread in started:
        thread.start()
    try:
        yield raised
    finally:
        stop.set()
        for thread in started:
            thread.join()
    assert not raised, raised
