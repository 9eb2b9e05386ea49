"""The alerts table: this service's own streams, kept by ``evolve`` within each append."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from services.notifications.application.ports import Known
from services.notifications.domain.alert import Alert, evolve
from services.notifications.domain.lanes import RANK, Lane, lane_of
from shared.contracts.codec import Codec
from shared.contracts.notifications.events import NotificationsEvent
from shared.contracts.vocabulary import AlertState
from shared.errors import Conflict
from shared.eventstore import Connection, Recorded, Version

# One transaction at a time decides on alerts, so that two never wait for each other's rows; all of
# them are short, for nobody talks to the outside in one.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('notifications alerts', 0))"
_PUT = """
INSERT INTO alerts (alert_id, version, state, is_open, cause, recipient, lane, urgency_rank, due_at,
    request_id, deadline_id, planned, planned_schema, in_hand, in_hand_schema, attempts, in_doubt,
    message_id, last_failure, sent_at, send_at, insist_at, cancelled_because, acknowledged_by)
VALUES (%(alert_id)s, %(version)s, %(state)s, %(is_open)s, %(cause)s, %(recipient)s, %(lane)s,
    %(urgency_rank)s, %(due_at)s, %(request_id)s, %(deadline_id)s, %(planned)s, %(planned_schema)s,
    %(in_hand)s, %(in_hand_schema)s, %(attempts)s, %(in_doubt)s, %(message_id)s, %(last_failure)s,
    %(sent_at)s, %(send_at)s, %(insist_at)s, %(cancelled_because)s, %(acknowledged_by)s)
ON CONFLICT (alert_id) DO UPDATE SET version = EXCLUDED.version, state = EXCLUDED.state,
    is_open = EXCLUDED.is_open, due_at = EXCLUDED.due_at, planned = EXCLUDED.planned,
    planned_schema = EXCLUDED.planned_schema, in_hand = EXCLUDED.in_hand,
    in_hand_schema = EXCLUDED.in_hand_schema, attempts = EXCLUDED.attempts,
    in_doubt = EXCLUDED.in_doubt, message_id = EXCLUDED.message_id,
    last_failure = EXCLUDED.last_failure, sent_at = EXCLUDED.sent_at, send_at = EXCLUDED.send_at,
    insist_at = EXCLUDED.insist_at, cancelled_because = EXCLUDED.cancelled_because,
    acknowledged_by = EXCLUDED.acknowledged_by
"""
_ONE = "SELECT * FROM alerts WHERE alert_id = %(alert_id)s"
_GET = "SELECT * FROM alerts WHERE alert_id = ANY(%(ids)s) ORDER BY alert_id FOR UPDATE"
_OF_CAUSES = "SELECT * FROM alerts WHERE cause = ANY(%(causes)s) ORDER BY alert_id FOR UPDATE"
_MOST_URGENT = """
SELECT * FROM alerts
WHERE lane = %(lane)s AND send_at <= %(now)s AND in_hand IS NULL AND recipient = (
    SELECT recipient FROM alerts
    WHERE lane = %(lane)s AND send_at <= %(now)s AND in_hand IS NULL
    ORDER BY urgency_rank, due_at, recipient LIMIT 1 FOR UPDATE SKIP LOCKED)
ORDER BY urgency_rank, due_at, alert_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
_TO_POSTPONE = """
SELECT * FROM alerts WHERE lane = %(lane)s AND send_at <= %(now)s AND in_hand IS NULL
ORDER BY alert_id FOR UPDATE SKIP LOCKED
"""
_TO_INSIST = """
SELECT * FROM alerts WHERE insist_at <= %(now)s
ORDER BY urgency_rank, insist_at, alert_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
_IN_HAND = "SELECT * FROM alerts WHERE lane = %(lane)s AND in_hand IS NOT NULL FOR UPDATE"
_NEXT = """
SELECT LEAST((SELECT MIN(send_at) FROM alerts WHERE send_at IS NOT NULL AND in_hand IS NULL),
             (SELECT MIN(insist_at) FROM alerts WHERE insist_at IS NOT NULL))
"""
_LIST = """
SELECT * FROM alerts
WHERE (%(recipient)s::text IS NULL OR recipient = %(recipient)s)
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(request_id)s::uuid IS NULL OR request_id = %(request_id)s)
  AND (%(unit)s::text IS NULL
       OR recipient = %(unit)s
       OR recipient IN (SELECT volunteer_id FROM volunteers WHERE %(unit)s = ANY(units)))
  AND (%(cause)s::text IS NULL OR cause = %(cause)s)
ORDER BY due_at DESC, alert_id LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True, slots=True)
class _Stored:
    """An event kept in a column, as the codec reads it."""

    type: str
    schema: int
    data: Mapping[str, Any]
    private: object = None


class AlertsTable:
    """Keeps and reads the table ``alerts``."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    def project(
        self, connection: Connection, recorded: Recorded, event: NotificationsEvent
    ) -> None:
        """Take one event in; made for the append's transaction and for a rebuild alike."""
        rows = self._read(connection, _ONE, {"alert_id": event.alert_id})
        before = rows[0].alert if rows else Alert()
        self._write(connection, evolve(before, event), recorded)

    def lock(self, connection: Connection) -> None:
        connection.execute(_LOCK)

    def get(self, connection: Connection, ids: Iterable[UUID]) -> list[Known]:
        return self._read(connection, _GET, {"ids": list(ids)})

    def of_causes(self, connection: Connection, causes: Iterable[str]) -> list[Known]:
        return self._read(connection, _OF_CAUSES, {"causes": list(causes)})

    def most_urgent(
        self, connection: Connection, lane: Lane, now: datetime, limit: int
    ) -> list[Known]:
        return self._read(connection, _MOST_URGENT, {"lane": lane, "now": now, "limit": limit})

    def to_postpone(self, connection: Connection, lane: Lane, now: datetime) -> list[Known]:
        return self._read(connection, _TO_POSTPONE, {"lane": lane, "now": now})

    def to_insist(self, connection: Connection, now: datetime, limit: int) -> list[Known]:
        return self._read(connection, _TO_INSIST, {"now": now, "limit": limit})

    def in_hand(self, connection: Connection, lane: Lane) -> list[Known]:
        return self._read(connection, _IN_HAND, {"lane": lane})

    def next_at(self, connection: Connection) -> datetime | None:
        row = connection.execute(_NEXT).fetchone()
        found: datetime | None = row[0] if row else None
        return found

    def find(
        self,
        connection: Connection,
        *,
        recipient: str | None = None,
        unit: str | None = None,
        state: AlertState | None = None,
        request_id: UUID | None = None,
        cause: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Known]:
        """Alerts by what is given, the latest due first. ``unit``: of its people and its own."""
        asked = {
            "recipient": recipient,
            "unit": unit,
            "state": state,
            "request_id": request_id,
            "cause": cause,
            "limit": limit,
            "offset": offset,
        }
        return self._read(connection, _LIST, asked)

    def _read(self, connection: Connection, query: str, values: Mapping[str, Any]) -> list[Known]:
        with connection.cursor(row_factory=dict_row) as cursor:
            return [self._known(row) for row in cursor.execute(query, values)]

    def _known(self, row: Mapping[str, Any]) -> Known:
        planned = _Stored("AlertPlanned", row["planned_schema"], row["planned"])
        in_hand = row["in_hand"] and _Stored("AlertSending", row["in_hand_schema"], row["in_hand"])
        kept = ("attempts", "in_doubt", "message_id", "last_failure", "sent_at", "send_at")
        rest = ("insist_at", "cancelled_because", "acknowledged_by")
        alert = Alert(
            planned=self._codec.decode(planned),
            state=AlertState[row["state"].upper()],
            in_hand=self._codec.decode(in_hand) if in_hand else None,
            **{name: row[name] for name in (*kept, *rest)},
        )
        return Known(alert, Version(row["version"]))

    def _write(self, connection: Connection, alert: Alert, recorded: Recorded) -> None:
        planned = alert.planned
        if planned is None or alert.state is None:
            raise Conflict(f"stream: {recorded.stream} does not begin with AlertPlanned; verify it")
        stored = self._codec.encode(planned, recorded.occurred_at)
        in_hand = alert.in_hand and self._codec.encode(alert.in_hand, recorded.occurred_at)
        connection.execute(
            _PUT,
            {
                "alert_id": planned.alert_id,
                "version": recorded.version,
                "state": alert.state,
                "is_open": alert.open,
                "cause": planned.cause,
                "recipient": planned.recipient,
                "lane": lane_of(planned),
                "urgency_rank": RANK[planned.urgency],
                "due_at": planned.due_at,
                "request_id": planned.request_id,
                "deadline_id": planned.deadline_id,
                "planned": Jsonb(stored.data),
                "planned_schema": stored.schema,
                "in_hand": Jsonb(in_hand.data) if in_hand else None,
                "in_hand_schema": in_hand.schema if in_hand else None,
                "attempts": alert.attempts,
                "in_doubt": alert.in_doubt,
                "message_id": alert.message_id,
                "last_failure": alert.last_failure,
                "sent_at": alert.sent_at,
                "send_at": alert.send_at,
                "insist_at": alert.insist_at,
                "cancelled_because": alert.cancelled_because,
                "acknowledged_by": alert.acknowledged_by,
            },
        )
