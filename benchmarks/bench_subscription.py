"""A subscription whose handler writes one row an event, beside a bare consumer that does the same.

Two quorum queues hold the same events. The bare consumer parses each, writes its row, and commits
and acknowledges 200 at a time. Ours does the same and also decrypts and decodes each event, checks
that none is missing or repeated, and keeps its checkpoint in the same transaction.
"""

from __future__ import annotations

from shared import green

if __name__ == "__main__":
    green.patch()

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from kombu.connection import Connection

from shared.clock import SystemClock
from shared.eventstore import (
    EventStore,
    Expected,
    Pool,
    Streams,
    UnitOfWork,
    migrate,
    open_pool,
)
from shared.logging import configure
from shared.messaging import MIGRATIONS, Delivered, RpcClient, Seals, Wakeup
from shared.messaging._delivered import Opening
from shared.messaging._following import Following
from shared.messaging._handling import Handling
from shared.messaging._redelivering import Redelivering
from shared.messaging._relay import Relay, RelayOptions
from shared.messaging._source import Source
from shared.messaging._subscription import Reading
from shared.messaging._tables import SubscriptionTables
from shared.messaging._tempo import NORMAL
from shared.messaging._topology import subscription_queue
from shared.privacy import Keyring, MasterKey
from tests.messaging.notes import CODEC, Author, Noted

ROOT = Path(__file__).resolve().parents[1]
_MASTER_KEY = MasterKey(bytes(range(32)))
_EVENTS_PER_WRITE = 50
_BATCH = 200
_BARE = "bench"
_TABLE = "CREATE TABLE handled (partition int, position bigint, number int)"
_INSERT = "INSERT INTO handled VALUES (%s, %s, %s)"


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in a process of its own, which runs green threads as the services do."""
    from tests.support.postgres import fresh_database
    from tests.support.rabbitmq import forget_topology, node

    amqp_uri = node().amqp_uri
    with fresh_database() as database:
        for service in ("intake", "routing"):
            migrate(database.owner_dsn(service), service, [MIGRATIONS])
        with psycopg.connect(database.owner_dsn("routing")) as owner:
            owner.execute(_TABLE)
        arguments = {
            "amqp_uri": amqp_uri,
            "dsns": {name: database.dsn(name) for name in ("intake", "routing", "keyring")},
            "count": 4_000 if quick else 20_000,
        }
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.bench_subscription", json.dumps(arguments)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    queues = ["routing.from.intake", f"{_BARE}.from.intake"]
    forget_topology(amqp_uri, queues, ["intake.events"])
    rates = json.loads(done.stdout.splitlines()[-1])
    return [
        {
            "name": "subscription",
            "ours": rates["ours"],
            "peer": rates["bare"],
            "peer_name": "bare consume, a transaction per 200",
            "ratio": rates["ours"] / rates["bare"],
            "target": ">= 0.7",
            "unit": "events/s",
        }
    ]


def measure(amqp_uri: str, dsns: dict[str, str], count: int) -> dict[str, float]:
    """Events per second of each, over the same ``count`` events."""
    pools = {name: open_pool(dsn, schema=name) for name, dsn in dsns.items()}
    keyring = Keyring.open(pools["keyring"], _MASTER_KEY)
    source = EventStore(pools["intake"], schema="intake", keyring=keyring)
    with Connection(amqp_uri) as connection:
        for consumer in ("routing", _BARE):
            subscription_queue(consumer, "intake")(connection.channel()).declare()
    try:
        _fill(Streams(source, CODEC, SystemClock()), count)
        _publish(source, amqp_uri, dsns["intake"])
        return {
            "bare": _bare(amqp_uri, dsns["routing"], count),
            "ours": _ours(amqp_uri, pools["routing"], keyring, source, count),
        }
    finally:
        for pool in pools.values():
            pool.close()


def _fill(streams: Streams, count: int) -> None:
    for start in range(0, count, _EVENTS_PER_WRITE):
        person = uuid4()
        events = [
            Noted(number=start + offset, person_id=person, private=Author(name="Camille Exemple"))
            for offset in range(_EVENTS_PER_WRITE)
        ]
        with streams.unit(metadata={}) as unit:
            unit.append(f"note-{start}", events, expected=Expected.NO_STREAM)


def _publish(source: EventStore, amqp_uri: str, dsn: str) -> None:
    """Everything, to both queues."""
    relay = Relay(
        RelayOptions(service="intake", dsn=dsn, amqp_uri=amqp_uri),
        store=source,
        wakeup=Wakeup(dsn, "intake"),
    )
    thread = threading.Thread(target=relay.run)
    thread.start()
    heads = {partition: head.position for partition, head in source.heads().items()}
    query = "SELECT partition, position FROM relay_checkpoints"
    while _reached(source, query) != heads:
        time.sleep(0.02)
    relay.stop()
    thread.join()


def _reached(store: EventStore, query: str) -> dict[int, int]:
    with store.transaction() as connection:
        return dict(connection.execute(query).fetchall())  # type: ignore[arg-type]


def _bare(amqp_uri: str, dsn: str, count: int) -> float:
    arrived: list[Any] = []
    with Connection(amqp_uri) as connection, psycopg.connect(dsn) as database:
        channel = connection.channel()
        channel.basic_qos(0, 2 * _BATCH, False)
        started = time.perf_counter()
        channel.basic_consume(queue=f"{_BARE}.from.intake", callback=arrived.append)
        done = 0
        while done < count:
            while len(arrived) < min(_BATCH, count - done):
                connection.drain_events(timeout=10)
            batch, arrived[:] = arrived[:_BATCH], arrived[_BATCH:]
            events = [event for message in batch if (event := json.loads(message.body)).get("type")]
            with database.transaction():
                for event in events:
                    row = (event["partition"], event["position"], event["data"]["number"])
                    database.execute(_INSERT, row)
            channel.basic_ack(batch[-1].delivery_tag, multiple=True)
            done += len(events)
        return count / (time.perf_counter() - started)


def _ours(amqp_uri: str, pool: Pool, keyring: Keyring, source: EventStore, count: int) -> float:
    store = EventStore(pool, schema="routing", keyring=keyring)
    tables = SubscriptionTables(pool, "intake")
    stopped = threading.Event()
    rpc = RpcClient(amqp_uri, Seals(_MASTER_KEY))
    handling = Handling(
        tables=tables,
        streams=Streams(store, CODEC, SystemClock()),
        opening=Opening(CODEC, keyring),
        handler=_handle,
        sleep=stopped.wait,
    )
    reading = Reading(
        amqp_uri=amqp_uri,
        consumer="routing",
        source="intake",
        tables=tables,
        handling=handling,
        following=Following(Source("intake", rpc), handling, tables, stopping=stopped.is_set),
        redelivering=Redelivering(
            source=Source("intake", rpc),
            tables=tables,
            streams=handling.streams,
            opening=handling.opening,
            handler=_handle,
            models=[],
            stopping=stopped.is_set,
        ),
        stopped=stopped,
        tempo=NORMAL,
    )
    heads = {partition: head.position for partition, head in source.heads().items()}
    query = "SELECT partition, position FROM checkpoints WHERE position > 0"
    thread = threading.Thread(target=reading.run)
    started = time.perf_counter()
    thread.start()
    while _reached(store, query) != heads:
        time.sleep(0.02)
    seconds = time.perf_counter() - started
    stopped.set()
    thread.join()
    rpc.close()
    return count / seconds


def _handle(batch: Sequence[Delivered], unit: UnitOfWork) -> None:
    for one in batch:
        unit.connection.execute(_INSERT, (one.partition, one.position, one.event.number))


if __name__ == "__main__":
    configure("routing", stream=sys.stderr)  # log lines cost what they cost the services
    print(json.dumps(measure(**json.loads(sys.argv[1]))))
