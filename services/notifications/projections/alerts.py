"""The alerts table: this service's own streams, kept by ``evolve`` within each append."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from services.notifications.application.ports import Known, Work
from services.notifications.domain.alert import Alert, evolve
from services.notifications.domain.lanes import RANK, Lane, lane_of
from shared.contracts.codec import Codec
from shared.contracts.notifications.events import AlertPlanned, NotificationsEvent
from shared.contracts.vocabulary import AlertState, Urgency
from shared.errors import Conflict
from shared.eventstore import Connection, Recorded, Version

# One transaction at a time decides on alerts, so that two never wait for each other's rows; all of
# them are short, for nobody talks to the outside in one.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('notifications alerts', 0))"
_PLAN = """
INSERT INTO alerts (alert_id, version, state, is_open, cause, recipient, lane, urgency_rank, due_at,
    request_id, deadline_id, planned, planned_schema, attempts, in_doubt, send_at)
VALUES (%(alert_id)s, %(version)s, %(state)s, true, %(cause)s, %(recipient)s, %(lane)s,
    %(urgency_rank)s, %(due_at)s, %(request_id)s, %(deadline_id)s, %(planned)s, %(planned_schema)s,
    %(attempts)s, 0, %(send_at)s)
ON CONFLICT (alert_id) DO UPDATE SET version = EXCLUDED.version, state = EXCLUDED.state,
    is_open = true, due_at = EXCLUDED.due_at, planned = EXCLUDED.planned,
    planned_schema = EXCLUDED.planned_schema, in_hand = NULL, in_hand_schema = NULL,
    attempts = EXCLUDED.attempts, in_doubt = 0, message_id = NULL, last_failure = NULL,
    sent_at = NULL, send_at = EXCLUDED.send_at, insist_at = NULL, cancelled_because = NULL,
    acknowledged_by = NULL
"""
_KEEP = """
UPDATE alerts SET version = %(version)s, state = %(state)s, is_open = %(is_open)s,
    in_hand = %(in_hand)s, in_hand_schema = %(in_hand_schema)s, attempts = %(attempts)s,
    in_doubt = %(in_doubt)s, message_id = %(message_id)s, last_failure = %(last_failure)s,
    sent_at = %(sent_at)s, send_at = %(send_at)s, insist_at = %(insist_at)s,
    cancelled_because = %(cancelled_because)s, acknowledged_by = %(acknowledged_by)s
WHERE alert_id = %(alert_id)s
"""
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
_WORK = """
SELECT ARRAY(SELECT lane FROM alerts WHERE send_at <= %(now)s AND in_hand IS NULL
             UNION SELECT lane FROM alerts WHERE in_hand IS NOT NULL),
       EXISTS (SELECT FROM alerts WHERE insist_at <= %(now)s)
"""
# What is in hand is leaving now, or whoever had it died: a tick has to see to it.
_NEXT = """
SELECT LEAST((SELECT MIN(send_at) FROM alerts WHERE send_at IS NOT NULL AND in_hand IS NULL),
             (SELECT MIN(insist_at) FROM alerts WHERE insist_at IS NOT NULL),
             (SELECT MIN((in_hand ->> 'started_at')::timestamptz) FROM alerts
              WHERE in_hand IS NOT NULL))
"""
_LATE = """
SELECT lane, count(*), %(now)s - min(send_at) FROM alerts WHERE send_at <= %(now)s GROUP BY lane
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

_IDS = ("alert_id", "request_id", "case_id", "deadline_id")
_INSTANTS = ("due_at", "term_at")


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
        self._newest = codec.types()["AlertPlanned"]

    def project(
        self, connection: Connection, recorded: Recorded, event: NotificationsEvent
    ) -> None:
        """Take one event in."""
        self.project_all(connection, [(recorded, event)])

    def project_all(
        self, connection: Connection, events: Sequence[tuple[Recorded, NotificationsEvent]]
    ) -> None:
        """Take events in, in turn; made for the append's transaction and for a rebuild alike.

        The rows concerned are read once, and written once as they stand after the last event.
        """
        begun = [event.alert_id for recorded, event in events if recorded.version > 1]
        alerts = dict.fromkeys(begun, Alert()) | {
            known.alert.planned.alert_id: known.alert
            for known in (self.get(connection, begun) if begun else ())
            if known.alert.planned is not None
        }
        planned: dict[UUID, dict[str, Any]] = {}
        kept: dict[UUID, dict[str, Any]] = {}
        for recorded, event in events:
            key = event.alert_id
            after = alerts[key] = evolve(alerts.get(key, Alert()), event)
            if isinstance(event, AlertPlanned):
                planned[key] = _planned_row(after, event, recorded)
                kept.pop(key, None)
            elif after.planned is None:
                raise Conflict(
                    f"stream: {recorded.stream} does not begin with AlertPlanned; verify it"
                )
            else:
                kept[key] = self._kept_row(after, key, recorded)
        with connection.pipeline(), connection.cursor() as cursor:
            for statement, rows in ((_PLAN, planned), (_KEEP, kept)):
                if rows:
                    cursor.executemany(statement, list(rows.values()))

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

    def work(self, connection: Connection, now: datetime) -> Work:
        row = connection.execute(_WORK, {"now": now}).fetchone()
        lanes, insists = row or ((), False)
        return Work(frozenset(Lane(lane) for lane in lanes), insists)

    def next_at(self, connection: Connection) -> datetime | None:
        row = connection.execute(_NEXT).fetchone()
        found: datetime | None = row[0] if row else None
        return found

    def late(self, connection: Connection, now: datetime) -> Mapping[Lane, tuple[int, timedelta]]:
        """By lane: how many alerts should have left already, and by how much the latest is late."""
        rows = connection.execute(_LATE, {"now": now}).fetchall()
        return {Lane(lane): (count, late_by) for lane, count, late_by in rows}

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
        in_hand = row["in_hand"] and _Stored("AlertSending", row["in_hand_schema"], row["in_hand"])
        kept = ("attempts", "in_doubt", "message_id", "last_failure", "sent_at", "send_at")
        rest = ("insist_at", "cancelled_because", "acknowledged_by")
        alert = Alert(
            planned=self._planned(row["planned"], row["planned_schema"]),
            state=AlertState[row["state"].upper()],
            in_hand=self._codec.decode(in_hand) if in_hand else None,
            **{name: row[name] for name in (*kept, *rest)},
        )
        return Known(alert, Version(row["version"]))

    def _planned(self, data: Mapping[str, Any], schema: int) -> AlertPlanned:
        """The event in a row. Of the newest version it is made directly: what is in the table was
        checked by its schema when it was appended, and a lane reads hundreds at once (measured:
        0.6 ms each through the schema, 0.02 so)."""
        if schema != self._newest:
            planned: AlertPlanned = self._codec.decode(_Stored("AlertPlanned", schema, data))
            return planned
        values = dict(data)
        for name in _IDS:
            if values[name] is not None:
                values[name] = UUID(values[name])
        for name in _INSTANTS:
            if values[name] is not None:
                values[name] = datetime.fromisoformat(values[name]).astimezone(UTC)
        values["urgency"] = Urgency[values["urgency"].upper()]
        return AlertPlanned(**values)

    def _kept_row(self, alert: Alert, alert_id: UUID, recorded: Recorded) -> dict[str, Any]:
        in_hand = alert.in_hand and self._codec.encode(alert.in_hand, recorded.occurred_at)
        return {
            "alert_id": alert_id,
            "version": recorded.version,
            "state": alert.state,
            "is_open": alert.open,
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
        }


def _planned_row(alert: Alert, planned: AlertPlanned, recorded: Recorded) -> dict[str, Any]:
    return {
        "alert_id": planned.alert_id,
        "version": recorded.version,
        "state": alert.state,
        "cause": planned.cause,
        "recipient": planned.recipient,
        "lane": lane_of(planned),
        "urgency_rank": RANK[planned.urgency],
        "due_at": planned.due_at,
        "request_id": planned.request_id,
        "deadline_id": planned.deadline_id,
        "planned": Jsonb(recorded.data),
        "planned_schema": recorded.schema,
        "attempts": alert.attempts,
        "send_at": alert.send_at,
    }
