"""The relay beside nameko's own event dispatcher and bare py-amqp, on one RabbitMQ node and log.

All publish the same events, persistent, each confirmed by the broker, to an exchange with one
quorum queue; bare py-amqp in batches of 200. The relay also reads them from PostgreSQL and keeps
its checkpoint.
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
from pathlib import Path
from typing import Any
from uuid import uuid4

from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from nameko.standalone.events import event_dispatcher, get_event_exchange

from shared.clock import SystemClock
from shared.eventstore import EventStore, Expected, NewEvent, Position, Write, migrate, open_pool
from shared.messaging import MIGRATIONS, Wakeup
from shared.messaging._envelope import START, Envelope, encode, seal, to_wire
from shared.messaging._relay import Relay, RelayOptions
from shared.messaging._topology import subscription_queue
from shared.privacy import Keyring, MasterKey

ROOT = Path(__file__).resolve().parents[1]
_EVENTS_PER_WRITE = 50
_BATCH = 200


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in a process of its own, which runs green threads as the services do."""
    from tests.support.postgres import fresh_database
    from tests.support.rabbitmq import forget_topology, node

    count = 4_000 if quick else 20_000
    amqp_uri = node().amqp_uri
    with fresh_database() as database:
        migrate(database.owner_dsn("intake"), "intake", [MIGRATIONS])
        arguments = {
            "amqp_uri": amqp_uri,
            "dsn": database.dsn("intake"),
            "keyring_dsn": database.dsn("keyring"),
            "count": count,
        }
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.bench_relay", json.dumps(arguments)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    queues = ["bench.from.intake", "bench.peer", "bench.bare"]
    forget_topology(amqp_uri, queues, ["intake.events", "peer.events", "bare.events"])
    rates = json.loads(done.stdout.splitlines()[-1])
    return [
        _row(rates, "dispatcher", "nameko event_dispatcher", 10),
        _row(rates, "bare", "py-amqp, batches of 200 confirmed", 0.8),
    ]


def _row(rates: dict[str, float], peer: str, peer_name: str, target: float) -> dict[str, Any]:
    return {
        "name": "relay",
        "ours": rates["relay"],
        "peer": rates[peer],
        "peer_name": peer_name,
        "ratio": rates["relay"] / rates[peer],
        "target": f">= {target}",
        "unit": "events/s",
    }


def measure(amqp_uri: str, dsn: str, keyring_dsn: str, count: int) -> dict[str, float]:
    """Events per second of each, over ``count`` events (a twentieth for the dispatcher)."""
    pool = open_pool(dsn, schema="intake")
    keyring_pool = open_pool(keyring_dsn, schema="keyring")
    store = EventStore(
        pool,
        schema="intake",
        keyring=Keyring.open(keyring_pool, MasterKey(bytes(range(32)))),
    )
    try:
        _fill(store, count)
        few = max(500, count // 20)
        dispatched, bare = _dispatch(store, amqp_uri, few), _bare(store, amqp_uri, count)
        relay = _relay(store, amqp_uri, dsn, count)
        # the peers' better runs: a busy machine must not flatter us
        return {
            "dispatcher": max(dispatched, _dispatch(store, amqp_uri, few)),
            "bare": max(bare, _bare(store, amqp_uri, count)),
            "relay": relay,
        }
    finally:
        pool.close()
        keyring_pool.close()


def _fill(store: EventStore, count: int) -> None:
    """Events of about the size of ours, private part included."""
    now = SystemClock().now()
    for start in range(0, count, _EVENTS_PER_WRITE):
        person = uuid4()
        events = [
            NewEvent(
                type="RequestReceived",
                schema=1,
                data={"request_id": str(uuid4()), "channel": "letter", "number": start + offset},
                private={"family": "Exemple", "given": "Camille", "text": "x" * 200},
                subject=person,
                occurred_at=now,
            )
            for offset in range(_EVENTS_PER_WRITE)
        ]
        store.append([Write(stream=f"request-{start}", events=events, expected=Expected.NO_STREAM)])


def _relay(store: EventStore, amqp_uri: str, dsn: str, count: int) -> float:
    with Connection(amqp_uri) as connection:
        subscription_queue("bench", "intake")(connection.channel()).declare()
    relay = Relay(
        RelayOptions(service="intake", dsn=dsn, amqp_uri=amqp_uri),
        store=store,
        wakeup=Wakeup(dsn, "intake"),
    )
    thread = threading.Thread(target=relay.run)
    started = time.perf_counter()
    thread.start()
    heads = {partition: head.position for partition, head in store.heads().items()}
    while _published(store) != heads:
        time.sleep(0.02)
    seconds = time.perf_counter() - started
    relay.stop()
    thread.join()
    return count / seconds


def _published(store: EventStore) -> dict[int, int]:
    with store.transaction() as connection:
        rows = connection.execute("SELECT partition, position FROM relay_checkpoints").fetchall()
    return dict(rows)


def _dispatch(store: EventStore, amqp_uri: str, count: int) -> float:
    _declare(amqp_uri, "bench.peer", get_event_exchange("peer", {}))
    wires = [to_wire(envelope) for envelope in _envelopes(store, count)]
    dispatch = event_dispatcher({"AMQP_URI": amqp_uri})
    dispatch("peer", "RequestReceived", wires[0])
    started = time.perf_counter()
    for number in range(count):
        dispatch("peer", "RequestReceived", wires[number % len(wires)])
    return count / (time.perf_counter() - started)


def _bare(store: EventStore, amqp_uri: str, count: int) -> float:
    exchange = Exchange("bare.events", type="topic", durable=True)
    _declare(amqp_uri, "bench.bare", exchange)
    bodies = [encode(envelope) for envelope in _envelopes(store, count)]
    with Connection(amqp_uri) as connection:
        channel = connection.channel()
        waiting: set[int] = set()

        def on_ack(tag: int, multiple: bool) -> None:
            if multiple:
                waiting.difference_update([one for one in waiting if one <= tag])
            else:
                waiting.discard(tag)

        channel.confirm_select()
        channel.events["basic_ack"].add(on_ack)
        started = time.perf_counter()
        for sent in range(count):
            message = channel.prepare_message(
                bodies[sent % len(bodies)],
                content_type="application/json",
                content_encoding="binary",
                properties={"delivery_mode": 2},
            )
            channel._basic_publish(message, exchange="bare.events", routing_key="x", mandatory=True)
            waiting.add(sent + 1)
            while (sent + 1) % _BATCH == 0 and waiting:
                connection.drain_events(timeout=5)
        return count / (time.perf_counter() - started)


def _envelopes(store: EventStore, count: int) -> list[Envelope]:
    """The events of one partition, as they are published."""
    incarnation = store.incarnation()
    recorded = store.read(min(store.heads()), after=Position(0), limit=count, decrypt=False)
    return [seal("peer", incarnation, event, previous=START) for event in recorded]


def _declare(amqp_uri: str, name: str, exchange: Exchange) -> None:
    queue = Queue(
        name,
        exchange=exchange,
        routing_key="#",
        durable=True,
        queue_arguments={"x-queue-type": "quorum", "x-single-active-consumer": True},
    )
    with Connection(amqp_uri) as connection:
        queue(connection.channel()).declare()


if __name__ == "__main__":
    print(json.dumps(measure(**json.loads(sys.argv[1]))))
