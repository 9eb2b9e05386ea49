"""The causes table: what alerts are about, from the events of routing and follow-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from services.notifications.domain.cause import Cause
from shared.contracts.vocabulary import DeadlineKind, Urgency
from shared.eventstore import Connection

_PUT = """
INSERT INTO causes (key, kind, register, unit, holder, round, since, announce, urgency, danger,
    request_id, case_id, deadline_id, deadline_kind, candidate, missed, term, term_on, term_at,
    open, heard)
VALUES (%(key)s, %(kind)s, %(register)s, %(unit)s, %(holder)s, %(round)s, %(since)s, %(announce)s,
    %(urgency)s, %(danger)s, %(request_id)s, %(case_id)s, %(deadline_id)s, %(deadline_kind)s,
    %(candidate)s, %(missed)s, %(term)s, %(term_on)s, %(term_at)s, %(open)s,
    %(heard)s)
ON CONFLICT (key) DO UPDATE SET unit = EXCLUDED.unit, holder = EXCLUDED.holder,
    round = EXCLUDED.round, since = EXCLUDED.since, announce = EXCLUDED.announce,
    urgency = EXCLUDED.urgency, danger = EXCLUDED.danger, request_id = EXCLUDED.request_id,
    case_id = EXCLUDED.case_id, deadline_kind = EXCLUDED.deadline_kind,
    candidate = EXCLUDED.candidate, missed = EXCLUDED.missed, term = EXCLUDED.term,
    term_on = EXCLUDED.term_on, term_at = EXCLUDED.term_at, open = EXCLUDED.open,
    heard = EXCLUDED.heard
"""
_GET = "SELECT * FROM causes WHERE key = ANY(%(keys)s)"
_OF_REQUESTS = "SELECT * FROM causes WHERE request_id = ANY(%(ids)s) ORDER BY key"
_OF_CASES = "SELECT * FROM causes WHERE case_id = ANY(%(ids)s) ORDER BY key"


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
            with connection.cursor() as cursor:
                cursor.executemany(_PUT, [asdict(cause) for cause in causes])


def _read(connection: Connection, query: str, values: Mapping[str, Any]) -> list[Cause]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return [_cause(row) for row in cursor.execute(query, values)]


def _cause(row: Mapping[str, Any]) -> Cause:
    kind = row["deadline_kind"]
    words = {
        "urgency": Urgency[row["urgency"].upper()],
        "deadline_kind": DeadlineKind[kind.upper()] if kind else None,
    }
    return Cause(**{**row, **words})
