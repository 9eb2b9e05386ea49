"""Opening and reading one stream of 100 events while others write, beside the bare SELECT."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from shared.clock import SystemClock
from shared.eventstore import EventStore, Expected, NewEvent, Write

ROOT = Path(__file__).resolve().parents[1]
_EVENTS = 100
_STREAMS = 200
_WRITERS = 2
_BARE = """
SELECT partition, "position", stream, version, type, schema, data, private, subject, metadata,
       occurred_at, recorded_at, digest
FROM events WHERE stream = %s ORDER BY version
"""


def run(quick: bool) -> list[dict[str, Any]]:
    """The two take turns on the same streams; each has one connection that is ready."""
    from tests.support.postgres import fresh_database

    reads = 400 if quick else 4_000
    with fresh_database() as database:
        store = database.store("intake")
        for number in range(_STREAMS):
            events = [_event(number, place) for place in range(_EVENTS)]
            store.append(
                [Write(stream=f"read-{number}", events=events, expected=Expected.NO_STREAM)]
            )
        arguments = [database.dsn("intake"), database.dsn("keyring")]
        command = [sys.executable, "-m", "benchmarks.bench_read_stream", *arguments]
        writers = [
            subprocess.Popen(
                [*command, str(number)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            for number in range(_WRITERS)
        ]
        try:
            for writer in writers:
                assert writer.stdout is not None
                writer.stdout.readline()
            ours, bare = _measure(store, database.dsn("intake"), reads)
        finally:
            for writer in writers:
                writer.communicate()
    return [_row("p50", ours, bare, 0.5), _row("p99", ours, bare, 0.99)]


def _row(name: str, ours: list[float], bare: list[float], share: float) -> dict[str, Any]:
    mine, theirs = (sorted(one)[int(len(one) * share)] * 1000 for one in (ours, bare))
    return {
        "name": f"read a stream of {_EVENTS} events, {name}, under writes",
        "ours": mine,
        "peer": theirs,
        "peer_name": "bare SELECT",
        "ratio": mine / theirs,
        "target": "<= 1.5",
        "unit": "ms",
    }


def _measure(store: EventStore, dsn: str, reads: int) -> tuple[list[float], list[float]]:
    ours, bare = [], []
    with psycopg.connect(dsn, autocommit=True) as connection:
        for number in range(reads):
            stream = f"read-{number % _STREAMS}"
            started = time.perf_counter()
            loaded = store.load(stream)
            middle = time.perf_counter()
            selected = connection.execute(_BARE, [stream]).fetchall()
            ended = time.perf_counter()
            assert len(loaded) == len(selected) == _EVENTS
            if number >= _STREAMS // 2:  # warm
                ours.append(middle - started)
                bare.append(ended - middle)
    return ours, bare


def _event(stream: int, place: int) -> NewEvent:
    return NewEvent(
        type="Noted",
        schema=1,
        data={"stream": stream, "place": place, "text": "x" * 200},
        occurred_at=SystemClock().now(),
    )


def write(dsn: str, keyring_dsn: str, number: str) -> None:
    """Append, over and over, until standard input ends."""
    import threading

    from shared.eventstore import open_pool
    from shared.privacy import Keyring, MasterKey

    pool, keys = open_pool(dsn, schema="intake"), open_pool(keyring_dsn, schema="keyring")
    store = EventStore(
        pool, schema="intake", keyring=Keyring.open(keys, MasterKey(bytes(range(32))))
    )
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    print("ready", flush=True)
    turn = 0
    while not ended.wait(0.002):
        turn += 1
        stream = f"write-{number}-{turn % 100}"
        store.append([Write(stream=stream, events=[_event(0, turn)], expected=Expected.ANY)])
    pool.close()
    keys.close()


if __name__ == "__main__":
    write(*sys.argv[1:])
