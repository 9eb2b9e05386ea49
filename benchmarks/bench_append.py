"""Appending beside ``eventsourcing``'s recorder, a plain INSERT and COPY, on one PostgreSQL.

The same content goes to each: public data and a private part. Ours is chained and encrypted, under
keys that are known already; the others keep the bytes as they are. Server and settings are the
same for all. Once with the disk left out (``fsync`` off), which shows what each costs in processor
time; once as a deployment has it, each commit on disk before it is acknowledged. Each measurement
is made in turns, so that noise hits all alike, and each kind's median counts.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.json import Jsonb

from services.host.embedded_postgres import EmbeddedPostgres
from shared.eventstore import EventStore, Expected, NewEvent, Write, open_pool
from shared.privacy import Keyring, MasterKey

_MASTER_KEY = MasterKey(bytes(range(32)))
_NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_SUBJECTS = 100
_BATCH_EVENTS = 500
_PROCESSES = 4
_TURNS = 5
_BARE_TABLE = """
CREATE TABLE bare (
    "position" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text NOT NULL,
    version int NOT NULL, type text NOT NULL, data jsonb NOT NULL, private bytea,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(), UNIQUE (stream, version)
)
"""
_INSERT = """
INSERT INTO bare (stream, version, type, data, private) VALUES (%s, %s, %s, %s, %s)
RETURNING "position"
"""
_COPY = "COPY bare (stream, version, type, data, private) FROM STDIN"

Append = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to append; sent to the processes that do."""

    dsn: str
    keyring_dsn: str
    admin_dsn: str


def run(quick: bool) -> list[dict[str, Any]]:
    """One connection, sixteen, and batches."""
    from tests.support.postgres import fresh_database, prepare_database

    seconds = 0.7 if quick else 3.0
    with fresh_database() as database:
        rows = _compared(database.postgres, database.name, seconds, "")
    with tempfile.TemporaryDirectory(prefix="permanence-bench-") as folder:
        durable = EmbeddedPostgres(Path(folder) / "postgres")
        durable.start()
        try:
            prepare_database(durable, "durable", services=False)
            rows += _compared(durable, "durable", seconds, ", on disk")
        finally:
            durable.stop("immediate")
    return rows


def _compared(
    postgres: EmbeddedPostgres, database: str, seconds: float, kind: str
) -> list[dict[str, Any]]:
    """The rows of one server, each named with ``kind``."""
    target = Target(
        dsn=postgres.dsn("intake", database),
        keyring_dsn=postgres.dsn("keyring", database),
        admin_dsn=postgres.dsn(db=database),
    )
    with psycopg.connect(target.admin_dsn, autocommit=True) as admin:
        admin.execute(_BARE_TABLE)
        admin.execute("CREATE SCHEMA peer")
    _recorder(target, 1).create_table()
    rows = []
    for connections, name, least in ((1, "append", 0.65), (16, "append, 16 connections", 0.5)):
        rates = _rates(target, ("ours", "eventsourcing", "insert"), connections, seconds)
        for peer, peer_name, ratio in (
            ("eventsourcing", "eventsourcing", 2.5),
            ("insert", "plain INSERT", least),
        ):
            rows.append(_row(name + kind, rates["ours"], rates[peer], peer_name, ratio))
    rates = _rates(target, ("ours_batch", "copy"), 1, seconds)
    batches = f"append, batches of {_BATCH_EVENTS}{kind}"
    return [*rows, _row(batches, rates["ours_batch"], rates["copy"], "COPY", 0.3)]


def _row(name: str, ours: float, peer: float, peer_name: str, target: float) -> dict[str, Any]:
    return {
        "name": name,
        "ours": ours,
        "peer": peer,
        "peer_name": peer_name,
        "ratio": ours / peer,
        "target": f">= {target}",
        "unit": "events/s",
    }


def _rates(
    target: Target, kinds: Sequence[str], connections: int, seconds: float
) -> Mapping[str, float]:
    """Events a second of each kind, over ``connections``, the kinds in turns."""
    rates: dict[str, list[float]] = {kind: [] for kind in kinds}
    processes = min(connections, _PROCESSES)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for _ in range(_TURNS):
            for kind in kinds:
                begin = time.time() + (1.5 if connections > 1 else 0.5)
                share = connections // processes
                parts = [
                    pool.submit(_work, target, kind, share, begin, seconds)
                    for _ in range(processes)
                ]
                rates[kind].append(sum(part.result() for part in parts) / seconds)
    return {kind: median(turns) for kind, turns in rates.items()}


def _work(target: Target, kind: str, threads: int, begin: float, seconds: float) -> int:
    """Append from ``begin`` on, over so many connections; how many events it were."""
    size = _BATCH_EVENTS if kind in {"ours_batch", "copy"} else 1
    with ExitStack() as stack:
        appends = _MAKERS[kind](target, threads, stack)
        done = [0] * threads

        def work(number: int, append: Append) -> None:
            append()  # connected, prepared, keys known
            time.sleep(max(0.0, begin - time.time()))
            until = time.perf_counter() + seconds
            while time.perf_counter() < until:
                append()
                done[number] += size

        running = [
            threading.Thread(target=work, args=(number, append))
            for number, append in enumerate(appends)
        ]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
    return sum(done)


def _ours(target: Target, threads: int, stack: ExitStack, *, batch: int = 1) -> list[Append]:
    store = _store(target, threads, stack)

    def made() -> Append:
        subjects = [uuid4() for _ in range(_SUBJECTS)]
        store.keyring.prepare(subjects)
        numbers = count()

        def append() -> None:
            number = next(numbers)
            events = [_event(number, subjects[number % _SUBJECTS]) for _ in range(batch)]
            name = f"request-{uuid4()}"
            store.append([Write(stream=name, events=events, expected=Expected.NO_STREAM)])

        return append

    return [made() for _ in range(threads)]


def _ours_batch(target: Target, threads: int, stack: ExitStack) -> list[Append]:
    return _ours(target, threads, stack, batch=_BATCH_EVENTS)


def _store(target: Target, threads: int, stack: ExitStack) -> EventStore:
    pool = open_pool(target.dsn, schema="intake", max_size=threads)
    stack.callback(pool.close)
    keys = open_pool(target.keyring_dsn, schema="keyring", max_size=threads)
    stack.callback(keys.close)
    return EventStore(pool, schema="intake", keyring=Keyring.open(keys, _MASTER_KEY))


def _eventsourcing(target: Target, threads: int, stack: ExitStack) -> list[Append]:
    recorder = _recorder(target, threads)
    stack.callback(recorder.datastore.close)
    numbers = count()

    def append() -> None:
        state = json.dumps({**_data(next(numbers)), **_private()}).encode()
        recorder.insert_events(
            [
                StoredEvent(
                    originator_id=uuid4(),
                    originator_version=1,
                    topic="intake:RequestReceived",
                    state=state,
                )
            ]
        )

    return [append] * threads


def _recorder(target: Target, connections: int) -> PostgresApplicationRecorder:
    at = conninfo_to_dict(target.admin_dsn)
    return PostgresApplicationRecorder(
        PostgresDatastore(
            dbname=str(at["dbname"]),
            host=str(at["host"]),
            port=str(at["port"]),
            user=str(at["user"]),
            password=str(at["password"]),
            pool_size=connections,
            schema="peer",
        )
    )


def _insert(target: Target, threads: int, stack: ExitStack) -> list[Append]:
    def made() -> Append:
        connection = stack.enter_context(psycopg.connect(target.admin_dsn, autocommit=True))
        numbers = count()

        def append() -> None:
            row = _bare_row(next(numbers))
            connection.execute(_INSERT, row, prepare=True).fetchone()

        return append

    return [made() for _ in range(threads)]


def _copy(target: Target, threads: int, stack: ExitStack) -> list[Append]:
    def made() -> Append:
        connection = stack.enter_context(psycopg.connect(target.admin_dsn, autocommit=True))
        numbers = count()

        def append() -> None:
            number = next(numbers)
            with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
                for row in _bare_rows(number):
                    copy.write_row(row)

        return append

    return [made() for _ in range(threads)]


def _bare_rows(number: int) -> Iterator[tuple[Any, ...]]:
    return (_bare_row(number) for _ in range(_BATCH_EVENTS))


def _bare_row(number: int) -> tuple[Any, ...]:
    private = json.dumps(_private()).encode()
    return (f"request-{uuid4()}", 1, "RequestReceived", Jsonb(_data(number)), private)


def _event(number: int, subject: UUID) -> NewEvent:
    return NewEvent(
        type="RequestReceived",
        schema=1,
        data=_data(number),
        private=_private(),
        subject=subject,
        occurred_at=_NOW,
    )


def _data(number: int) -> dict[str, Any]:
    return {"request_id": str(uuid4()), "channel": "letter", "number": number}


def _private() -> dict[str, str]:
    return {"family": "Exemple", "given": "Camille", "text": "x" * 200}


_MAKERS: Mapping[str, Callable[[Target, int, ExitStack], list[Append]]] = {
    "ours": _ours,
    "ours_batch": _ours_batch,
    "eventsourcing": _eventsourcing,
    "insert": _insert,
    "copy": _copy,
}

if __name__ == "__main__":
    print(json.dumps(run("--quick" in sys.argv), indent=2))
