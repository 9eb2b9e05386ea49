"""A log of routing with many events, filled set by set; it verifies like one made by appends."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import md5
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from shared.contracts.codecs import ROUTING
from shared.contracts.routing.events import (
    AssignmentAccepted,
    AssignmentClosed,
    LookedAt,
    RequestAssigned,
    TeamInformed,
)
from shared.contracts.vocabulary import RoutingReason, Urgency

EVENTS_PER_STREAM = 4
_CHUNK = 5_000
_NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_ID = UUID(int=0)

_BEGIN = """
CREATE TEMP TABLE filling AS
SELECT n, md5('request ' || n)::uuid AS request_id, NULL::text AS stream, 0::smallint AS partition,
       ''::bytea AS digest, 0::bigint AS "position", NULL::jsonb AS data
FROM generate_series(%(first)s, %(last)s) AS n
"""
_NAME = """
UPDATE filling SET stream = 'assignment-' || request_id,
    partition = partition_of('assignment-' || request_id)
"""
_PLACE = """
UPDATE filling SET "position" = %(base)s + n - %(first)s + 1,
    data = %(data)s::jsonb || jsonb_build_object('request_id', request_id)
"""
_CHAIN = """
UPDATE filling SET digest = event_digest(
    digest, partition, "position", stream, %(version)s, %(type)s, 1, NULL, %(at)s, %(at)s, data,
    %(metadata)s, NULL)
"""
_INSERT = """
INSERT INTO events ("position", stream, version, type, schema, data, metadata, occurred_at,
    recorded_at, partition, digest)
SELECT "position", stream, %(version)s, %(type)s, 1, data, %(metadata)s, %(at)s, %(at)s, partition,
    digest
FROM filling ORDER BY "position"
"""
_HEADS = """
INSERT INTO streams (stream, partition, version, "position", digest, started_at, recorded_at)
SELECT stream, partition, %(version)s, "position", digest, %(at)s, %(at)s FROM filling
"""
_DRAWN = "SELECT setval('events_position_seq', %(last)s)"


def fill(admin_dsn: str, count: int) -> None:
    """``count`` events (a multiple of 4): each request is assigned, accepted, told and closed.

    Goes on where the last call ended. ``admin_dsn`` is a superuser's.
    """
    options = "-c search_path=routing,pg_temp -c synchronous_commit=off"
    with psycopg.connect(admin_dsn, autocommit=True, options=options) as connection:
        row = connection.execute("SELECT count(*) FROM streams").fetchone()
        start = int(row[0]) if row else 0
        end = start + count // EVENTS_PER_STREAM
        for first in range(start, end, _CHUNK):
            _fill_chunk(connection, first, min(first + _CHUNK, end) - 1)
        connection.execute("ANALYZE")


def request_id(number: int) -> UUID:
    """The request of a stream of the log, by its number."""
    return UUID(md5(f"request {number}".encode(), usedforsecurity=False).hexdigest())


def stream(number: int) -> str:
    """Its name."""
    return f"assignment-{request_id(number)}"


def closing(number: int) -> dict[str, Any]:
    """The data of one more event of it."""
    return TEMPLATES[-1][1] | {"request_id": str(request_id(number))}


def _fill_chunk(connection: psycopg.Connection[Any], first: int, last: int) -> None:
    with connection.transaction():
        psycopg.ClientCursor(connection).execute(_BEGIN, {"first": first, "last": last})
        connection.execute(_NAME)
        common = {"at": _NOW, "metadata": Jsonb({"correlation_id": str(_ID)}), "first": first}
        row = connection.execute("""SELECT coalesce(max("position"), 0) FROM events""").fetchone()
        base = int(row[0]) if row else 0
        for version, (kind, data) in enumerate(TEMPLATES, start=1):
            values = common | {"version": version, "type": kind, "data": Jsonb(data), "base": base}
            for statement in (_PLACE, _CHAIN, _INSERT):
                connection.execute(statement, values)
            base += last - first + 1
        connection.execute(_HEADS, values)
        connection.execute(_DRAWN, {"last": base})
        connection.execute("DROP TABLE filling")


def _templates() -> list[tuple[str, dict[str, Any]]]:
    events = (
        RequestAssigned(
            request_id=_ID,
            register="main",
            unit="team:FR-CP-FRESNES",
            rule="R12",
            reason=next(iter(RoutingReason)),
            reason_fr="La demande vient de Fresnes, où une équipe répond.",
            also=(),
            inform=("coordination",),
            urgency=next(iter(Urgency)),
            answer_due_on=date(2026, 3, 12),
            danger=False,
            needs_review=False,
            policy_version="2026-01",
            looked_at=(LookedAt(name="establishment", value="FR-CP-FRESNES"),),
            received_on=date(2026, 3, 2),
            establishment="FR-CP-FRESNES",
        ),
        AssignmentAccepted(
            request_id=_ID, register="main", volunteer_id="camille", unit="team:FR-CP-FRESNES"
        ),
        TeamInformed(request_id=_ID, register="main", unit="desk", reason_fr="Pour information."),
        AssignmentClosed(request_id=_ID, register="main"),
    )
    encoded = [ROUTING.encode(event, _NOW) for event in events]
    return [(one.type, dict(one.data)) for one in encoded]


TEMPLATES = _templates()
