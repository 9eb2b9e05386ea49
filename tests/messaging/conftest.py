"""One source and one reader on each transport, driven and looked at through PostgreSQL alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from shared.clock import SystemClock
from shared.eventstore import EventStore, Expected, Streams, migrate
from shared.messaging import IN_PROCESS_URI, MIGRATIONS
from shared.privacy import MasterKey
from tests.messaging.checks import examine
from tests.messaging.notes import CODEC, COUNTS, Author, Noted
from tests.support.nothing_lost import Finding, assert_nothing_lost
from tests.support.postgres import MASTER_KEY, Database, database
from tests.support.rabbitmq import forget_topology, node, rabbitmq
from tests.support.waiting import PATIENCE_SECONDS, wait_until

__all__ = ["database", "rabbitmq"]

ROOT = Path(__file__).resolve().parents[2]
TEMPO = {
    "heads_seconds": 0.5,
    "look_seconds": 0.3,
    "silence_seconds": 2.0,
    "pause_seconds": 0.5,
    "lease_seconds": 2.0,
}
_TABLES = """
    CREATE TABLE handled (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, partition int, position bigint,
        stream text, version int, number int, author text, pid int);
    CREATE TABLE orders (number int PRIMARY KEY, what text NOT NULL);
"""


@dataclass
class Child:
    """A process with one or both services."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def wait_ready(self) -> Child:
        wait_until(lambda: "ready" in self.lines or self.process.poll() is not None)
        assert "ready" in self.lines, self.lines
        return self

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """End in order; the exit status."""
        if self.process.poll() is None and self.process.stdin:
            self.process.stdin.close()
        return self.process.wait(timeout=60)

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines if line.startswith("{")]


class System:
    """The services of one test, and what their databases say."""

    def __init__(self, database: Database, amqp_uri: str) -> None:
        self.database = database
        self.amqp_uri = amqp_uri
        self.children: list[Child] = []
        for service in ("intake", "routing"):
            migrate(database.owner_dsn(service), service, [MIGRATIONS])
        with psycopg.connect(database.owner_dsn("routing")) as owner:
            owner.execute(_TABLES)
            owner.execute(COUNTS)
        self.store: EventStore = database.store("intake")
        self.routing_store: EventStore = database.store("routing")
        self.acknowledged: list[tuple[int, int]] = []
        self.streams = Streams(self.store, CODEC, SystemClock())
        self.routing = database.closing.enter_context(
            psycopg.connect(database.dsn("routing"), autocommit=True)
        )
        self.intake = database.closing.enter_context(
            psycopg.connect(database.dsn("intake"), autocommit=True)
        )

    @property
    def in_process(self) -> bool:
        return self.amqp_uri == IN_PROCESS_URI

    def spawn(
        self,
        *services: str,
        failpoint: str = "",
        config: Mapping[str, Any] | None = None,
        master: MasterKey | None = None,
    ) -> Child:
        """Start a process with ``services`` (both by default) without waiting for it.

        ``master`` is the key that it seals calls by, if not that of all.
        """
        settings = {
            "AMQP_URI": self.amqp_uri,
            "SERVICES": list(services) or ["intake", "routing"],
            "DSN": {name: self.database.dsn(name) for name in ("intake", "routing", "keyring")},
            "MESSAGING_TEMPO": TEMPO,
            **(config or {}),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.messaging.system", json.dumps(settings)],
            cwd=ROOT,
            env=os.environ
            | {
                "PERMANENCE_FAILPOINT": failpoint,
                "PERMANENCE_MASTER_KEY": (master or MASTER_KEY).to_base64(),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        child = Child(process)

        def read() -> None:
            for line in process.stdout or ():
                child.lines.append(line.rstrip("\n"))

        threading.Thread(target=read, daemon=True).start()
        self.children.append(child)
        return child

    def start(self, *services: str, **options: Any) -> Child:
        """Start a process and wait until it serves."""
        return self.spawn(*services, **options).wait_ready()

    def tell(self, numbers: range, *, streams: int = 8, order: str = "") -> None:
        """Append one note a number, over ``streams`` streams."""
        for number in numbers:
            self.note(number, stream=f"note-{number % streams}", order=order)

    def note(
        self,
        number: int,
        *,
        stream: str | None = None,
        order: str = "",
        author: str | None = None,
        person_id: UUID | None = None,
    ) -> None:
        note = Noted(
            number=number,
            person_id=person_id or uuid4(),
            order=order,
            private=None if author is None else Author(name=author),
        )
        with self.streams.unit(metadata={}) as unit:
            unit.append(stream or f"note-{number}", [note], expected=Expected.ANY)
        self.acknowledged += [(one.partition, one.position) for one in unit.appended]

    def log(self) -> list[tuple[int, int]]:
        """(partition, position) of every event told, in each partition's order."""
        rows = self.intake.execute(
            "SELECT partition, position FROM events WHERE type = 'Noted' "
            "ORDER BY partition, position"
        )
        return rows.fetchall()

    def handled(self) -> list[tuple[int, int]]:
        """(partition, position) of every event handled, in the order of handling by partition."""
        rows = self.routing.execute(
            "SELECT partition, position FROM handled ORDER BY partition, id"
        )
        return rows.fetchall()

    def numbers(self) -> list[int]:
        rows = self.routing.execute("SELECT number FROM handled ORDER BY id").fetchall()
        return [row[0] for row in rows]

    def counts(self) -> dict[str, int]:
        """The reader's read model: how many notes each stream has."""
        return dict(self.routing.execute("SELECT stream, count FROM counts").fetchall())

    def handled_by(self, number: int) -> int:
        """The process that handled a number."""
        [row] = self.routing.execute("SELECT pid FROM handled WHERE number = %s", [number])
        return int(row[0])

    def is_level(self) -> bool:
        return len(self.handled()) >= len(self.log())

    def in_flight(self) -> int:
        """How many events were told and are not handled yet."""
        return max(0, len(self.log()) - len(self.handled()))

    def level(self, timeout_seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until as many were handled as told, and the reader runs."""
        self.wait(
            lambda: self.is_level() and self.subscription()["state"] == "running", timeout_seconds
        )

    def examine(self) -> Iterator[Finding]:
        return examine(self)

    def wait_level(self, timeout_seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until all was handled, then run the five checks."""
        assert_nothing_lost(self, level_seconds=timeout_seconds)

    def wait(self, condition: Callable[[], Any], timeout_seconds: float = PATIENCE_SECONDS) -> Any:
        """``wait_until`` that tells, when it fails, what the services said."""
        try:
            return wait_until(condition, timeout_seconds, step_seconds=0.05)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.story()}") from None

    def subscription(self) -> dict[str, Any]:
        cursor = self.routing.cursor(row_factory=psycopg.rows.dict_row)
        return cursor.execute("SELECT * FROM subscriptions").fetchone() or {}

    def parked(self) -> list[tuple[str, int, int]]:
        rows = self.routing.execute(
            "SELECT stream, (envelope -> 'data' ->> 'number')::int, attempts "
            "FROM parked_events ORDER BY stream, position"
        )
        return rows.fetchall()

    def order(self, number: int, what: str) -> None:
        """Tell the reader what to do with a number, whatever the event says."""
        self.routing.execute(
            "INSERT INTO orders VALUES (%s, %s) ON CONFLICT (number) DO UPDATE SET what = %s",
            [number, what, what],
        )

    def published(self) -> bool:
        """Whether the relay has published all that was told."""
        last = self.intake.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()
        at = self.intake.execute(
            "SELECT coalesce(max(position), 0) FROM relay_checkpoints"
        ).fetchone()
        return last == at

    def transactions_of(self, service: str) -> int:
        """How many transactions the processes of a service have open."""
        row = self.routing.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND xact_start IS NOT NULL "
            "AND datname = current_database() AND pid <> pg_backend_pid()",
            [service],
        ).fetchone()
        return row[0] if row else 0

    def story(self) -> str:
        """What the processes logged and where everything stands, for a failure's message."""
        said = [line for child in self.children for line in child.lines[-40:]]
        state = f"told {len(self.log())}, handled {len(self.handled())}, {self.subscription()}"
        return "\n".join([state, str(self.parked()), *said])

    def close(self) -> None:
        for child in self.children:
            if child.process.poll() is None:
                child.kill()
            for pipe in (child.process.stdin, child.process.stdout):
                if pipe:
                    pipe.close()


@pytest.fixture(params=["memory", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def system(transport: str, database: Database) -> Iterator[System]:
    """Both transports: the same rules hold on each."""
    yield from _system(database, IN_PROCESS_URI if transport == "memory" else node().amqp_uri)


@pytest.fixture
def brokered(database: Database) -> Iterator[System]:
    """RabbitMQ only: for what needs several processes, or a broker that can be hurt."""
    yield from _system(database, node().amqp_uri)


def _system(database: Database, amqp_uri: str) -> Iterator[System]:
    if amqp_uri != IN_PROCESS_URI:
        queues = ["routing.from.intake", "rpc-intake", "rpc-routing"]
        forget_topology(amqp_uri, queues, ["intake.events", "routing.events"])
    system = System(database, amqp_uri)
    try:
        yield system
    finally:
        system.close()
