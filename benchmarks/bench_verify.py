"""`permanence verify` beside a bare script that reads and hashes the same bytes."""

from __future__ import annotations

import time
from hashlib import sha256
from typing import Any

import psycopg

from benchmarks import filling

# What a digest is taken over, as text: read through a cursor, by stream.
_READ = """
SELECT partition, "position", stream, version, type, schema, subject, occurred_at::text,
       recorded_at::text, data::text, metadata::text, private, digest
FROM routing.events ORDER BY stream, version
"""
_FETCH = 1000


def run(quick: bool) -> list[dict[str, Any]]:
    """Both on the same log, one after the other, twice; the better run of each."""
    from tests.support.postgres import fresh_database

    count = 40_000 if quick else 1_000_000
    with fresh_database() as database:
        filling.fill(database.admin_dsn, count)
        store = database.store("routing")
        ours, bare = [], []
        for _ in range(2):
            ours.append(_timed(lambda: _verified(store.verify())))
            bare.append(_timed(lambda: _hashed(database.admin_dsn, count)))
    rates = count / min(ours), count / min(bare)
    return [
        {
            "name": f"verify {count:,} events",
            "ours": rates[0],
            "peer": rates[1],
            "peer_name": "bare script that reads and hashes",
            "ratio": rates[0] / rates[1],
            "target": ">= 0.5",
            "unit": "events/s",
        }
    ]


def _timed(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _verified(report: Any) -> None:
    assert report.sound, report


def _hashed(admin_dsn: str, count: int) -> None:
    seen = 0
    with psycopg.connect(admin_dsn) as connection, connection.cursor("events") as events:
        events.itersize = _FETCH
        for row in events.execute(_READ):
            sha256("\n".join(map(str, row[:11])).encode() + (row[11] or b"")).digest()
            seen += 1
    assert seen == count
