"""The alerts table: this service's own streams, kept by ``evolve`` within each append."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg.rows import dict_row

from services.notifications.application.ports import Known, Work
from services.notifications.domain.alert import Alert, evolve
from services.notifications.domain.lanes import RANK, Lane, lane_of
from shared.contracts.codec import Codec
from shared.contracts.notifications.events import AlertPlanned, AlertSending, NotificationsEvent
from shared.contracts.vocabulary import AlertState, Urgency
from shared.errors import Conflict
from shared.eventstore import Applied, Connection, NewEvent, Version
from shared.projections import as_rows

# One transaction at a time decides on alerts, so that two never wait for each other's rows; all of
# them are short, for nobody talks to the outside in one.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('notifications alerts', 0))"
# Rows go in and are kept by one statement, however many they are.
_PLAN = """
INSERT INTO alerts (alert_id, version, state, is_open, cause, recipient, lane, urgency_rank, due_at,
    request_id, deadline_id, planned, planned_schema, attempts, in_doubt, send_at)
SELECT alert_id, version, state, true, cause, recipient, lane, urgency_rank, due_at, request_id,
    deadline_id, planned, planned_schema, attempts, 0, send_at
FROM jsonb_to_recordset(%(rows)s) AS new (alert_id uuid, version integer, state text, cause text,
    recipient text, lane text, urgency_rank smallint, due_at timestamptz, request_id uuid,
    deadline_id uuid, planned jsonb, planned_schema integer, attempts integer, send_at timestamptz)
ON CONFLICT (alert_id) DO UPDATE SET version = EXCLUDED.version, state = EXCLUDED.state,
    is_open = true, due_at = EXCLUDED.due_at, planned = EXCLUDED.planned,
    planned_schema = EXCLUDED.planned_schema, in_hand = NULL, in_hand_schema = NULL,
    attempts = EXCLUDED.attempts, in_doubt = 0, message_id = NULL, last_failure = NULL,
    sent_at = NULL, send_at = EXCLUDED.send_at, insist_at = NULL, cancelled_because = NULL,
    acknowledged_by = NULL
"""
_KEEP = """
UPDATE alerts SET version = new.version, state = new.state, is_open = new.is_open,
    in_hand = new.in_hand, in_hand_schema = new.in_hand_schema, attempts = new.attempts,
    in_doubt = new.in_doubt, message_id = new.message_id, last_failure = new.last_failure,
    sent_at = new.sent_at, send_at = new.send_at, insist_at = new.insist_at,
    cancelled_because = new.cancelled_because, acknowledged_by = new.acknowledged_by
FROM jsonb_to_recordset(%(rows)s) AS new (alert_id uuid, version integer, state text,
    is_open boolean, in_hand jsonb, in_hand_schema integer, attempts integer, in_doubt integer,
    message_id text, last_failure text, sent_at timestamptz, send_at timestamptz,
    insist_at timestamptz, cancelled_because text, acknowledged_by text)
WHERE alerts.alert_id = new.alert_id
"""
_READ = """
SELECT version, planned, planned_schema, state, in_hand, in_hand_schema, attempts, in_doubt,
    message_id, last_failure, sent_at, send_at, insist_at, cancelled_because, acknowledged_by
FROM alerts
"""
_GET = "WHERE alert_id = ANY(%(ids)s) ORDER BY alert_id"
_OF_CAUSES = "WHERE cause = ANY(%(causes)s) ORDER BY alert_id"
_MOST_URGENT = """
WHERE lane = %(lane)s AND send_at <= %(now)s AND in_hand IS NULL AND recipient = (
    SELECT recipient FROM alerts
    WHERE lane = %(lane)s AND send_at <= %(now)s AND in_hand IS NULL
    ORDER BY urgency_rank, due_at, recipient LIMIT 1)
ORDER BY urgency_rank, due_at, alert_id LIMIT %(limit)s
"""
_TO_POSTPONE = """
WHERE lane = %(lane)s AND send_at <= %(now)s AND in_hand IS NULL
ORDER BY alert_id
"""
_TO_INSIST = """
WHERE insist_at <= %(now)s
ORDER BY urgency_rank, insist_at, alert_id LIMIT %(limit)s
"""
_IN_HAND = "WHERE lane = %(lane)s AND in_hand IS NOT NULL"
_WORK = """
SELECT ARRAY(
           SELECT one.lane FROM unnest(%(lanes)s::text[]) AS one (lane)
           WHERE EXISTS (SELECT FROM alerts a
                         WHERE a.lane = one.lane AND send_at <= %(now)s AND in_hand IS NULL)
              OR EXISTS (SELECT FROM alerts a WHERE a.lane = one.lane AND in_hand IS NOT NULL)),
       coalesce((SELECT min(insist_at) FROM alerts WHERE insist_at IS NOT NULL) <= %(now)s, false)
"""
# What is in hand is leaving now, or whoever had it died: a tick has to see to it.
_NEXT = """
SELECT LEAST((SELECT MIN(send_at) FROM alerts WHERE send_at IS NOT NULL AND in_hand IS NULL),
             (SELECT MIN(insist_at) FROM alerts WHERE insist_at IS NOT NULL),
             (SELECT MIN((in_hand ->> 'started_at')::timestamptz) FROM alerts
              WHERE in_hand IS NOT NULL))
"""
# Late since it was due by its plan, however often it was tried since. What was given up is not:
# something else follows it.
_LATE = """
SELECT lane, count(*), %(now)s - min(due_at) FROM alerts
WHERE is_open AND due_at <= %(now)s AND (send_at IS NOT NULL OR in_hand IS NOT NULL)
GROUP BY lane
"""
_LIST = """
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
        self._decided: WeakKeyDictionary[Connection, Mapping[UUID, Known]] = WeakKeyDictionary()

    def project(self, connection: Connection, recorded: Applied, event: NotificationsEvent) -> None:
        """Take one event in."""
        self.project_all(connection, [(recorded, event)])

    def project_all(
        self, connection: Connection, events: Sequence[tuple[Applied, NotificationsEvent]]
    ) -> None:
        """Take events in, in turn; made for the append's transaction and for a rebuild alike.

        The rows concerned are read once at most, and written once as they stand after the last
        event.
        """
        after = self._after(connection, events)
        planned: dict[UUID, dict[str, Any]] = {}
        kept: dict[UUID, dict[str, Any]] = {}
        for recorded, event in events:
            key = event.alert_id
            if isinstance(event, AlertPlanned):
                planned[key] = _planned_row(after[key], event, recorded)
                kept.pop(key, None)
            else:
                kept[key] = self._kept_row(after[key], event, recorded)
        for statement, rows in ((_PLAN, planned), (_KEEP, kept)):
            if rows:
                connection.execute(statement, {"rows": as_rows(rows.values())})

    def _after(
        self, connection: Connection, events: Sequence[tuple[Applied, NotificationsEvent]]
    ) -> dict[UUID, Alert]:
        """The alerts after these events: as they were decided, else evolved from the rows. An
        alert has one state at a version of its stream."""
        last = {event.alert_id: recorded.version for recorded, event in events}
        decided = self._decided.pop(connection, {})
        alerts = {
            key: known.alert
            for key, version in last.items()
            if (known := decided.get(key)) is not None and known.version == version
        }
        rest = [pair for pair in events if pair[1].alert_id not in alerts]
        begun = [event.alert_id for recorded, event in rest if recorded.version > 1]
        if begun:
            rows = (known.alert for known in self.get(connection, begun))
            alerts |= {alert.planned.alert_id: alert for alert in rows if alert.planned is not None}
        for recorded, event in rest:
            key = event.alert_id
            after = alerts[key] = evolve(alerts.get(key, Alert()), event)
            if after.planned is None:
                raise Conflict(
                    f"stream: {recorded.stream} does not begin with AlertPlanned; verify it"
                )
        return alerts

    def decided(self, connection: Connection, alerts: Mapping[UUID, Known]) -> None:
        self._decided[connection] = alerts

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
        row = connection.execute(_WORK, {"now": now, "lanes": list(Lane)}).fetchone()
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

    def _read(self, connection: Connection, which: str, values: Mapping[str, Any]) -> list[Known]:
        with connection.cursor(row_factory=dict_row) as cursor:
            return [self._known(row) for row in cursor.execute(_READ + which, values)]

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

    def _kept_row(
        self, alert: Alert, event: NotificationsEvent, recorded: Applied
    ) -> dict[str, Any]:
        in_hand: Applied | NewEvent | None = None
        if alert.in_hand is not None:
            begins = isinstance(event, AlertSending)
            in_hand = (
                recorded if begins else self._codec.encode(alert.in_hand, recorded.occurred_at)
            )
        return {
            "alert_id": event.alert_id,
            "version": recorded.version,
            "state": alert.state,
            "is_open": alert.open,
            "in_hand": in_hand.data if in_hand else None,
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


def _planned_row(alert: Alert, planned: AlertPlanned, recorded: Applied) -> dict[str, Any]:
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
        "planned": recorded.data,
        "planned_schema": recorded.schema,
        "attempts": alert.attempts,
        "send_at": alert.send_at,
    }
