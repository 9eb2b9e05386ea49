"""What notifications tells. Table: ``alerts``."""

from __future__ import annotations

from typing import Any

from shared.contracts.notifications.events import (
    AlertAcknowledged,
    AlertCancelled,
    AlertDeliveryFailed,
    AlertEscalated,
    AlertPlanned,
    AlertRepeated,
    AlertSent,
)
from shared.eventstore import Applied, Connection
from shared.projections import ReadModel

# Planned again under the same id after it was called off.
_PLAN = """
INSERT INTO alerts (
    alert_id, register, cause, kind, recipient, escalated, state, urgency, about, due_at,
    request_id, case_id, deadline_id
) VALUES (
    %(alert_id)s, %(register)s, %(cause)s, %(kind)s, %(recipient)s, %(escalated)s, 'planned',
    %(urgency)s, %(about)s, %(due_at)s, %(request_id)s, %(case_id)s, %(deadline_id)s
) ON CONFLICT (alert_id) DO UPDATE SET
    state = 'planned', due_at = EXCLUDED.due_at, urgency = EXCLUDED.urgency,
    about = EXCLUDED.about
"""
# What was handed on before it left is still sent, or fails, and stays handed on.
_SENT = """
UPDATE alerts SET
    state = CASE WHEN state IN ('repeated', 'escalated') THEN state ELSE 'sent' END,
    sent_at = %(sent_at)s
WHERE alert_id = %(alert_id)s AND state NOT IN ('acknowledged', 'cancelled')
"""
_FAILED = """
UPDATE alerts SET state = 'delivery_failed'
WHERE alert_id = %(alert_id)s AND state IN ('planned', 'delivery_failed')
"""
_SEEN = """
UPDATE alerts SET state = 'acknowledged', acknowledged_by = %(by)s WHERE alert_id = %(alert_id)s
"""
_STATE = """
UPDATE alerts SET state = %(state)s WHERE alert_id = %(alert_id)s AND state <> 'acknowledged'
"""


def apply(connection: Connection, recorded: Applied, event: Any) -> None:
    """Apply one event of notifications."""
    match event:
        case AlertPlanned():
            connection.execute(_PLAN, _row(event))
        case AlertSent(alert_id=alert_id, sent_at=sent_at):
            connection.execute(_SENT, {"alert_id": alert_id, "sent_at": sent_at})
        case AlertAcknowledged(alert_id=alert_id, by=by):
            connection.execute(_SEEN, {"alert_id": alert_id, "by": by})
        case AlertRepeated(alert_id=alert_id):
            connection.execute(_STATE, {"alert_id": alert_id, "state": "repeated"})
        case AlertEscalated(alert_id=alert_id):
            connection.execute(_STATE, {"alert_id": alert_id, "state": "escalated"})
        case AlertDeliveryFailed(alert_id=alert_id):
            connection.execute(_FAILED, {"alert_id": alert_id})
        case AlertCancelled(alert_id=alert_id):
            connection.execute(_STATE, {"alert_id": alert_id, "state": "cancelled"})
        case _:
            pass


def _row(event: AlertPlanned) -> dict[str, Any]:
    return {
        "alert_id": event.alert_id,
        "register": event.register,
        "cause": event.cause,
        "kind": event.kind,
        "recipient": event.recipient,
        "escalated": event.escalated,
        "urgency": event.urgency.value,
        "about": event.about,
        "due_at": event.due_at,
        "request_id": event.request_id,
        "case_id": event.case_id,
        "deadline_id": event.deadline_id,
    }


ALERTS = ReadModel(
    name="alerts",
    source="notifications",
    tables=("alerts",),
    apply=apply,
    reads_private=False,
    lookups=(),
    apart_by="alert_id",
)
