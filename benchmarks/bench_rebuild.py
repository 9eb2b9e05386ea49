"""A read model built again: `permanence rebuild`, a bare script, and `eventsourcing`'s runner.

All three make the desk's table of assignments, with its indexes, from the same kinds of event, on
one PostgreSQL. The bare script reads the jsonb and writes the same rows in batches: it checks
nothing, cannot go on after a death, and shows readers a half-built table. The runner reads its own
log of the same facts; being far slower, it gets fewer events.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from benchmarks import filling

ROOT = Path(__file__).resolve().parents[1]
_BATCH = 1000
_BEGIN = """
CREATE SCHEMA bare;
CREATE TABLE bare.assignments (LIKE desk.assignments INCLUDING ALL);
"""
_OTHER_ROWS = """
SELECT count(*) FROM (TABLE bare.assignments EXCEPT ALL TABLE desk.assignments) AS other
"""
_READ = """SELECT type, data FROM routing.events ORDER BY "position" """
_WRITES: Mapping[str, str] = {
    "RequestAssigned": """
        INSERT INTO assignments (
            request_id, register, unit, state, rule, reason, reason_fr, also, informed, urgency,
            answer_due_on, danger, needs_review, policy_version, looked_at
        ) VALUES (
            %(request_id)s, %(register)s, %(unit)s, 'proposed', %(rule)s, %(reason)s,
            %(reason_fr)s, %(also)s, %(inform)s, %(urgency)s, %(answer_due_on)s, %(danger)s,
            %(needs_review)s, %(policy_version)s, %(looked_at)s
        ) ON CONFLICT (request_id) DO NOTHING""",
    "AssignmentAccepted": """
        UPDATE assignments SET state = 'accepted', volunteer_id = %(volunteer_id)s,
            unit = %(unit)s, refusal = NULL WHERE request_id = %(request_id)s""",
    "TeamInformed": """
        UPDATE assignments SET informed = informed || ARRAY[%(unit)s::text]
        WHERE request_id = %(request_id)s AND NOT %(unit)s = ANY(informed)""",
    "AssignmentClosed": """
        UPDATE assignments SET state = 'closed' WHERE request_id = %(request_id)s""",
}


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure on a database of its own."""
    from benchmarks.peer_projection import peer_rate
    from tests.support.postgres import fresh_database

    count, peer_count = (40_000, 4_000) if quick else (1_000_000, 50_000)
    with fresh_database(services=True) as database:
        filling.fill(database.admin_dsn, count)
        assert database.store("routing").verify().sound
        bare = count / bare_seconds(database.admin_dsn)
        with psycopg.connect(database.admin_dsn) as admin:  # live as they are: nothing differs
            admin.execute("INSERT INTO desk.assignments SELECT * FROM bare.assignments")
        ours = rebuilt(database, count)
        with psycopg.connect(database.admin_dsn) as admin:
            row = admin.execute(_OTHER_ROWS).fetchone()
        assert row == (0,), "the script and the rebuild made different tables"
        peer = peer_rate(database.admin_dsn, peer_count)
    return [
        _row(f"rebuild of {count:,} events", ours["rate"], bare, "bare script", 0.5),
        _row(f"rebuild of {count:,} events", ours["rate"], peer, "eventsourcing's runner", 10),
        {
            "name": f"memory over a rebuild of {count:,} events",
            "ours": ours["growth_mib"],
            "peer": None,
            "peer_name": "",
            "ratio": None,
            "target": "<= 50",
            "unit": "MiB growth",
        },
    ]


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


def rebuilt(database: Any, count: int) -> dict[str, float]:
    """The desk's assignments rebuilt in a fresh process: events a second, MiB that it grew by."""
    _level(database)
    arguments = {
        "owner_dsn": database.owner_dsn("desk"),
        "dsn": database.dsn("routing"),
        "keyring_dsn": database.dsn("keyring"),
        "count": count,
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bench_rebuild", json.dumps(arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _level(database: Any) -> None:
    """The desk has heard everything: its copy is read up to the end."""
    from shared.eventstore import migrate
    from shared.messaging import MIGRATIONS

    migrate(database.owner_dsn("desk"), "desk", [MIGRATIONS])
    with psycopg.connect(database.owner_dsn("desk")) as owner:
        owner.execute(
            "INSERT INTO subscriptions (source) VALUES ('routing') ON CONFLICT DO NOTHING"
        )
        for partition, head in database.store("routing").heads().items():
            owner.execute(
                "INSERT INTO checkpoints (source, partition, position, digest) "
                "VALUES ('routing', %s, %s, '') "
                "ON CONFLICT (source, partition) DO UPDATE SET position = EXCLUDED.position",
                [partition, head.position],
            )


def measure(owner_dsn: str, dsn: str, keyring_dsn: str, count: int) -> dict[str, float]:
    """Rate of a rebuild of the desk's assignments, and by how much this process grew in it."""
    import psutil

    from services.desk.projections import ASSIGNMENTS
    from shared.contracts.codecs import ROUTING
    from shared.eventstore import EventStore, open_pool
    from shared.privacy import Keyring, MasterKey
    from shared.projections import Progress, Rebuilder

    keys = open_pool(keyring_dsn, schema="keyring")
    pool = open_pool(dsn, schema="routing")
    keyring = Keyring.open(keys, MasterKey(bytes(range(32))))
    store = EventStore(pool, schema="routing", keyring=keyring)
    process = psutil.Process()
    sizes: list[int] = []

    def watch(progress: Progress) -> None:
        if progress.events % 10_000 < _BATCH:
            sizes.append(process.memory_info().rss)

    rebuilder = Rebuilder(
        service="desk", owner_dsn=owner_dsn, model=ASSIGNMENTS, source=store, codec=ROUTING
    )
    started = time.perf_counter()
    rebuilder.rebuild(watch, by="benchmark", why="to measure", accept_differences=True)
    seconds = time.perf_counter() - started
    sizes.append(process.memory_info().rss)
    pool.close()
    keys.close()
    return {"rate": count / seconds, "growth_mib": (max(sizes) - sizes[0]) / 2**20}


def bare_seconds(admin_dsn: str) -> float:
    """The same rows, by a script of thirty lines."""
    with (
        psycopg.connect(admin_dsn) as reader,
        psycopg.connect(admin_dsn, options="-c search_path=bare -c synchronous_commit=off") as out,
    ):
        out.execute("DROP SCHEMA IF EXISTS bare CASCADE")
        out.execute(_BEGIN)
        out.commit()
        started = time.perf_counter()
        with reader.cursor("events", binary=True) as events, out.cursor() as writing:
            events.execute(_READ)
            while page := events.fetchmany(_BATCH):
                for kind, rows in groupby(page, key=lambda row: row[0]):
                    writing.executemany(_WRITES[kind], [_values(row[1]) for row in rows])
                out.commit()
        return time.perf_counter() - started


def _values(data: dict[str, Any]) -> dict[str, Any]:
    if "looked_at" in data:
        data["looked_at"] = Jsonb([[one["name"], one["value"]] for one in data["looked_at"]])
    return data


if __name__ == "__main__":
    print(json.dumps(measure(**json.loads(sys.argv[1]))))
