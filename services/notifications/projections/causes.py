"""The causes table: what alerts are about, from the events of routing and follow-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from services.notifications.domain.cause import Cause
from services.notifications.domain.lanes import Lane
from shared.contracts.vocabulary import DeadlineKind, Urgency
from shared.eventstore import Connection
from shared.projections import as_rows

_PUT = """
INSERT INTO causes (key, kind, register, unit, holder, round, since, announce, urgency, danger,
    same_day, request_id, case_id, deadline_id, deadline_kind, candidate, missed, term, term_on,
    term_at, open, ended_with_case, referrer, heard, next_at, next_lane, because)
SELECT key, kind, register, unit, holder, round, since, announce, urgency, danger,
    same_day, request_id, case_id, deadline_id, deadline_kind, candidate, missed, term, term_on,
    term_at, open, ended_with_case, referrer, heard, next_at, next_lane, because
FROM jsonb_populate_recordset(NULL::causes, %(rows)s)
ON CONFLICT (key) DO UPDATE SET unit = EXCLUDED.unit, holder = EXCLUDED.holder,
    round = EXCLUDED.round, since = EXCLUDED.since, announce = EXCLUDED.announce,
    urgency = EXCLUDED.urgency, danger = EXCLUDED.danger, same_day = EXCLUDED.same_day,
    request_id = EXCLUDED.request_id, case_id = EXCLUDED.case_id,
    deadline_kind = EXCLUDED.deadline_kind, candidate = EXCLUDED.candidate,
    missed = EXCLUDED.missed, term = EXCLUDED.term, term_on = EXCLUDED.term_on,
    term_at = EXCLUDED.term_at, open = EXCLUDED.open,
    ended_with_case = EXCLUDED.ended_with_case, heard = EXCLUDED.heard,
    next_at = EXCLUDED.next_at, next_lane = EXCLUDED.next_lane,
    because = EXCLUDED.because
"""
_GET = "SELECT * FROM causes WHERE key = ANY(%(keys)s)"
_OF_REQUESTS = "SELECT * FROM causes WHERE request_id = ANY(%(ids)s) ORDER BY key"
_OF_CASES = "SELECT * FROM causes WHERE case_id = ANY(%(ids)s) ORDER BY key"
_FALLEN_DUE = """
SELECT * FROM causes WHERE next_at <= %(now)s ORDER BY next_at, key LIMIT %(limit)s
"""
_NEXT_AT = "SELECT min(next_at) FROM causes WHERE next_at IS NOT NULL"
_LATE = """
SELECT next_lane, count(*), %(now)s - min(next_at) FROM causes WHERE next_at <= %(now)s
GROUP BY next_lane
"""
_COLUMNS = tuple(field.name for field in fields(Cause))


class CausesTable:
    """Keeps and reads the table ``causes``."""

    def get(self, connection: Connection, keys: Iterable[str]) -> dict[str, Cause]:
        return {one.key: one for one in _read(connection, _GET, {"keys": list(keys)})}

    def of_requests(self, connection: Connection, ids: Iterable[UUID]) -> list[Cause]:
        return _read(connection, _OF_REQUESTS, {"ids": list(ids)})

    def of_cases(self, connection: Connection, ids: Iterable[UUID]) -> list[Cause]:
        return _read(connection, _OF_CASES, {"ids": list(ids)})

    def put(self, connection: Connection, causes: Sequence[Cause]) -> None:
        if causes:
            connection.execute(_PUT, {"rows": as_rows(_row(cause) for cause in causes)})

    def fallen_due(self, connection: Connection, now: datetime, limit: int) -> list[Cause]:
        return _read(connection, _FALLEN_DUE, {"now": now, "limit": limit})

    def next_at(self, connection: Connection) -> datetime | None:
        row = connection.execute(_NEXT_AT).fetchone()
        found: datetime | None = row[0] if row else None
        return found

    def late(self, connection: Connection, now: datetime) -> Mapping[Lane, tuple[int, timedelta]]:
        """By lane: of how many causes a stage should be planned, and how late the latest is."""
        rows = connection.execute(_LATE, {"now": now}).fetchall()
        return {Lane(lane): (count, late_by) for lane, count, late_by in rows}


def _read(connection: Connection, query: str, values: Mapping[str, Any]) -> list[Cause]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return [_cause(row) for row in cursor.execute(query, values)]


def _cause(row: Mapping[str, Any]) -> Cause:
    kind = row["deadline_kind"]
    words = {
        "urgency": Urgency[row["urgency"].upper()],
        "deadline_kind": DeadlineKind[kind.upper()] if kind else None,
        "next_lane": Lane(row["next_lane"]) if row["next_lane"] else None,
    }
    return Cause(**{**row, **words})


def _row(cause: Cause) -> dict[str, Any]:
    row = {name: getattr(cause, name) for name in _COLUMNS}
    return row | {"because": dict(cause.because)}
