"""Two tiny services in a process of their own: intake tells notes, routing reads them.

Run by the tests as ``python -m tests.messaging.system '<json>'``; prints "ready", serves until
its standard input ends, then stops in order.
"""

from __future__ import annotations

from shared import green

green.patch()

import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Mapping, Sequence  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from typing import Any  # noqa: E402
from uuid import uuid4  # noqa: E402

import eventlet  # noqa: E402
import eventlet.tpool  # noqa: E402
import psycopg  # noqa: E402
from nameko.extensions import DependencyProvider  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402

from shared import messaging  # noqa: E402
from shared.clock import SystemClock  # noqa: E402
from shared.errors import Conflict, Invalid, Refused, Unavailable  # noqa: E402
from shared.eventstore import EventStore, Expected, Pool, Streams, UnitOfWork, open_pool  # noqa: E402
from shared.logging import configure  # noqa: E402
from shared.privacy import Keyring, MasterKey  # noqa: E402
from tests.messaging.notes import CODEC, COUNT, Answered, Noted  # noqa: E402


@dataclass(frozen=True)
class Settings:
    service: str
    dsn: str


@dataclass(frozen=True)
class Kept:
    """The reader's read model: how many notes each stream has, a count that grows when repeated."""

    source: str = "intake"
    tables: Sequence[str] = ("counts",)


@dataclass(frozen=True)
class Parts:
    settings: Settings
    pool: Pool
    keyring_pool: Pool
    keyring: Keyring
    store: EventStore
    streams: Streams
    codec: Any = CODEC
    read_models: Sequence[Kept] = ()

    def close(self) -> None:
        self.pool.close()
        self.keyring_pool.close()


def opener(service: str) -> Any:
    def open_parts(config: Mapping[str, Any]) -> Parts:
        pool = open_pool(config["DSN"][service], schema=service)
        keyring_pool = open_pool(config["DSN"]["keyring"], schema="keyring")
        keyring = Keyring.open(keyring_pool, MasterKey(bytes(range(32))))
        store = EventStore(pool, schema=service, keyring=keyring)
        return Parts(
            settings=Settings(service, config["DSN"][service]),
            pool=pool,
            keyring_pool=keyring_pool,
            keyring=keyring,
            store=store,
            streams=Streams(store, CODEC, SystemClock()),
            read_models=[Kept()] if service == "routing" else [],
        )

    return staticmethod(open_parts)


class OpenedStreams(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    opened = messaging.OpenParts()

    def get_dependency(self, worker_ctx: Any) -> Streams:
        streams: Streams = self.opened.parts.streams
        return streams


class Intake(messaging.LogAccess):
    name = "intake"
    opened_streams = OpenedStreams()
    open_parts = opener("intake")
    relay = messaging.EventRelay()

    @messaging.command
    def fail(self, kind: str) -> None:
        """Raise an error of each kind, for the tests of what reaches a caller."""
        if kind == "refused":
            raise Refused("a rule says no")
        if kind == "invalid":
            raise Invalid("not understood", {"person.dob": ["not a date; write 1980-02-28"]})
        if kind == "conflict":
            raise Conflict("somebody was first")
        raise ValueError("Jeanne Témoin, 12345")

    @messaging.command
    def tell(self, number: int, stream: str, by: str) -> None:
        """Append one more note to a stream: a correction, for the tests of the admins' commands."""
        note = Noted(number=number, person_id=uuid4(), order="")
        with self.opened_streams.unit(metadata={"actor": by}) as unit:
            unit.append(stream, [note], expected=Expected.ANY)

    @messaging.command
    def repeat(self, words: str) -> str:
        """What it is told, and the log knows that it was asked."""
        say("repeated")
        return words

    @messaging.command
    def wait(self, seconds: float) -> str:
        time.sleep(seconds)
        return "done"


class Routing(messaging.LogAccess):
    name = "routing"
    open_parts = opener("routing")
    relay = messaging.EventRelay()

    @messaging.subscribe("intake", only=[Noted])
    def on_intake(self, batch: Sequence[messaging.Delivered], unit: UnitOfWork) -> None:
        orders = dict(unit.connection.execute("SELECT number, what FROM orders").fetchall())
        for delivered in batch:
            note = delivered.event
            unit.connection.execute(COUNT, [delivered.stream])
            if delivered.replay:
                continue
            unit.connection.execute(
                "INSERT INTO handled (partition, position, stream, version, number, author, pid) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [
                    delivered.partition,
                    delivered.position,
                    delivered.stream,
                    delivered.version,
                    note.number,
                    note.private.name if note.private else None,
                    os.getpid(),
                ],
            )
            obey(orders.get(note.number, note.order), unit)
            if note.order == "answer":
                unit.append(
                    f"answer-{note.number}",
                    [Answered(number=note.number)],
                    expected=Expected.NO_STREAM,
                    metadata=messaging.caused_by(delivered),
                )


def obey(order: str, unit: UnitOfWork) -> None:
    match order:
        case "fail":
            raise ValueError("Jeanne Témoin, 12345")
        case "die":
            os._exit(9)
        case "unavailable":
            raise Unavailable("the directory does not answer")
        case "deadlock":
            raise psycopg.errors.DeadlockDetected
        case "slow":
            time.sleep(1)
        case "hog":
            say("hogging")
            until = time.monotonic() + 3
            while time.monotonic() < until:
                pass
        case "pipeline":  # sent and not yet synced: PostgreSQL does not take it for idle
            with unit.connection.pipeline():
                unit.connection.execute("SELECT 1")
                say("in a pipeline")
                time.sleep(2)
        case "compute":
            unit.connection.execute("SELECT 1")
            time.sleep(0.05)


def main() -> None:
    config = json.loads(sys.argv[1])
    configure("test", level=config.pop("LOG_LEVEL", "WARNING"))
    runner = ServiceRunner(config)
    known = {"intake": Intake, "routing": Routing}
    for name in config["SERVICES"]:
        runner.add_service(known[name])
    runner.start()
    if probe := config.get("PROBE"):
        say(json.dumps(probe_calls(config["AMQP_URI"], probe)))
    say("ready")
    eventlet.tpool.execute(sys.stdin.read)
    runner.stop()
    say("stopped")


def say(line: str) -> None:
    """To the test, over standard output."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def probe_calls(amqp_uri: str, probe: Sequence[Sequence[Any]]) -> list[Any]:
    """Make RPC calls from inside, as the in-memory transport allows no others."""
    answers: list[Any] = []
    for service, method, payload, timeout_seconds in probe:
        try:
            answers.append(messaging.call(amqp_uri, service, method, payload, timeout_seconds))
        except Exception as error:
            kind = type(error).__mro__[1].__name__
            fields = getattr(error, "fields", None)
            answers.append([kind, getattr(error, "code", None), str(error), fields])
    return answers


if __name__ == "__main__":
    main()
