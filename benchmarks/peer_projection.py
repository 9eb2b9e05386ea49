"""`eventsourcing`'s own projection runner, making the desk's table of assignments."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID, uuid4

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.json import Jsonb

from benchmarks import filling

_SAVED_AT_ONCE = 250


class Assignment(Aggregate):
    """A request's assignment; its events hold what ours hold."""

    class RequestAssigned(Aggregate.Created):
        facts: dict[str, Any]

    class AssignmentAccepted(Aggregate.Event):
        facts: dict[str, Any]

        def apply(self, aggregate: Any) -> None: ...

    class TeamInformed(AssignmentAccepted): ...

    class AssignmentClosed(AssignmentAccepted): ...

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts


class Assignments(Application[UUID]):
    """Its log."""

    name = "assignments"


class Table(PostgresTrackingRecorder):
    """The table, written in one transaction with the tracking of each event."""

    def write(self, kind: str, facts: dict[str, Any], tracking: Tracking) -> None:
        from benchmarks.bench_rebuild import _WRITES

        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(_WRITES[kind], facts)  # type: ignore[arg-type]


class Making(Projection[Table]):
    """The projection."""

    name = "making"
    topics = ()

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        facts = dict(domain_event.facts)
        if "looked_at" in facts:
            facts["looked_at"] = Jsonb([[one["name"], one["value"]] for one in facts["looked_at"]])
        self.view.write(type(domain_event).__name__, facts, tracking)


def peer_rate(admin_dsn: str, count: int) -> float:
    """Events a second of the runner over ``count`` events of its own log."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS peer CASCADE")
        connection.execute("CREATE SCHEMA peer")
        connection.execute("CREATE TABLE peer.assignments (LIKE desk.assignments INCLUDING ALL)")
        [user] = connection.execute("SELECT current_user").fetchone() or [""]
        role = psycopg.sql.Identifier(user)
        database = psycopg.sql.Identifier(connection.info.dbname)
        connection.execute(
            psycopg.sql.SQL("ALTER ROLE {} IN DATABASE {} SET search_path = peer").format(
                role, database
            )
        )
    known = conninfo_to_dict(admin_dsn)
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(known["dbname"]),
        "POSTGRES_HOST": str(known.get("host") or ""),
        "POSTGRES_PORT": str(known.get("port") or "5432"),
        "POSTGRES_USER": str(known["user"]),
        "POSTGRES_PASSWORD": str(known.get("password") or "none"),
        "POSTGRES_SCHEMA": "peer",
    }
    last = _fill(env, count)
    started = time.perf_counter()
    with ProjectionRunner(
        application_class=Assignments, projection_class=Making, view_class=Table, env=env
    ) as runner:
        runner.wait(last, timeout=600)
        return count / (time.perf_counter() - started)


def _fill(env: dict[str, str], count: int) -> int:
    app = Assignments(env)
    made, last = 0, 0
    while made < count:
        recordings = app.save(*(_assignment() for _ in range(_SAVED_AT_ONCE)))
        last = recordings[-1].notification.id
        made += _SAVED_AT_ONCE * filling.EVENTS_PER_STREAM
    app.close()
    return last


def _assignment() -> Assignment:
    request_id = str(uuid4())
    first, *later = [(kind, data | {"request_id": request_id}) for kind, data in filling.TEMPLATES]
    made = Assignment(first[1])
    for kind, facts in later:
        made.trigger_event(getattr(Assignment, kind), facts=facts)
    return made
