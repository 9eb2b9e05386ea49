"""F42 and F44: every read model of every service replayed: no effect outside, always the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from services.host import catalog
from shared.eventstore import migrate
from shared.eventstore.bootstrap import KEYRING, SERVICES
from shared.messaging import MIGRATIONS
from tests.support.postgres import Database, services_database
from tests.support.sample_events import tell

__all__ = ["services_database"]

ROOT = Path(__file__).resolve().parents[2]
_AT_THE_HEADS = """
INSERT INTO checkpoints (source, partition, position, digest)
SELECT %(source)s, p, %(position)s, '' FROM generate_series(0, 7) AS p
"""


@pytest.fixture
def told(services_database: Database) -> Database:
    """Events of every type in every log; every consumer is level."""
    ends = {}
    for service in catalog.names():
        store = services_database.store(service)
        for number in range(6):
            tell(service, store, number)
        ends[service] = max(head.position for head in store.heads().values())
    for service in SERVICES:
        migrate(services_database.owner_dsn(service), service, [MIGRATIONS])
        with psycopg.connect(services_database.dsn(service)) as connection:
            for source, position in ends.items():
                if source != service:
                    connection.execute("INSERT INTO subscriptions (source) VALUES (%s)", [source])
                    values = {"source": source, "position": position}
                    connection.execute(_AT_THE_HEADS, values)
    return services_database


def _replay(database: Database, *, shift_days: int = 0, careless: bool = False, **environment: str):
    arguments = {
        "dsn": {name: database.dsn(name) for name in (*SERVICES, KEYRING)},
        "owner_dsn": {name: database.owner_dsn(name) for name in SERVICES},
        "shift_days": shift_days,
        "careless": careless,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.projections.replayed", json.dumps(arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *tables, connected = done.stdout.splitlines()
    return tables, json.loads(connected.removeprefix("connected "))


def _logs(database: Database) -> list[tuple[int, int]]:
    """Of each log, how many events and the last position drawn."""
    found = []
    for service in catalog.names():
        with psycopg.connect(database.owner_dsn(service)) as owner:
            found += owner.execute(
                "SELECT (SELECT count(*) FROM events), last_value FROM events_position_seq"
            ).fetchall()
    return found


def test_f42_a_full_replay_has_no_effect_outside_and_adds_no_event(told):
    before = _logs(told)

    tables, connected = _replay(told)

    assert connected == []
    assert _logs(told) == before
    filled = {line.split()[0] for line in tables if int(line.split()[1]) > 0}
    assert {"intake.requests", "desk.requests", "desk.alerts", "notifications.alerts"} <= filled


ELSEWHERE = {
    "shift_days": 400,
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "PYTHONHASHSEED": "12345",
    "PGTZ": "America/St_Johns",
}


def test_f44_another_clock_hash_seed_locale_and_time_zone_make_the_same_tables(told):
    here, _ = _replay(told, PYTHONHASHSEED="1")

    there, _ = _replay(told, **ELSEWHERE)  # type: ignore[arg-type]

    assert here == there


def test_f44_without_a_pure_model_the_tables_differ(told):
    here, _ = _replay(told, careless=True)

    there, _ = _replay(told, careless=True, **ELSEWHERE)  # type: ignore[arg-type]

    assert here != there
