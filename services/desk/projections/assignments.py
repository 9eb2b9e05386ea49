"""What routing tells of requests: who answers for each, why, and who was informed.

Table: ``assignments``.
"""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from shared.contracts.routing.events import (
    AssignmentAccepted,
    AssignmentClosed,
    AssignmentEscalated,
    AssignmentImported,
    AssignmentRefused,
    AssignmentReopened,
    AssignmentUrgencyChanged,
    AssignmentWithdrawn,
    DecisionRevised,
    LookedAt,
    RequestAssigned,
    RequestReassigned,
    RequestSetAside,
    TeamInformed,
)
from shared.contracts.vocabulary import RoutingReason
from shared.eventstore import Applied, Connection
from shared.projections import ReadModel

_NEW = """
INSERT INTO assignments (
    request_id, register, unit, state, rule, reason, reason_fr, also, informed, urgency,
    answer_due_on, danger, needs_review, set_aside, policy_version, looked_at
) VALUES (
    %(request_id)s, %(register)s, %(unit)s, %(state)s, %(rule)s, %(reason)s, %(reason_fr)s,
    %(also)s, %(informed)s, %(urgency)s, %(answer_due_on)s, %(danger)s, %(needs_review)s,
    %(set_aside)s, %(policy_version)s, %(looked_at)s
) ON CONFLICT (request_id) """
_ONCE = _NEW + "DO NOTHING"
# Assigned after all: it was set aside as an automatic message, and a person corrected that.
_ASSIGNED = (
    _NEW
    + """DO UPDATE SET
    unit = EXCLUDED.unit, state = EXCLUDED.state, volunteer_id = NULL, rule = EXCLUDED.rule,
    reason = EXCLUDED.reason, reason_fr = EXCLUDED.reason_fr, also = EXCLUDED.also,
    informed = EXCLUDED.informed, urgency = EXCLUDED.urgency,
    answer_due_on = EXCLUDED.answer_due_on, danger = EXCLUDED.danger,
    needs_review = EXCLUDED.needs_review, set_aside = false, escalated = false,
    policy_version = EXCLUDED.policy_version, looked_at = EXCLUDED.looked_at, refusal = NULL
WHERE assignments.set_aside
"""
)
_REVISE = """
UPDATE assignments SET
    unit = %(unit)s, rule = %(rule)s, reason = %(reason)s, reason_fr = %(reason_fr)s,
    also = %(also)s, urgency = %(urgency)s,
    answer_due_on = %(answer_due_on)s, danger = %(danger)s, needs_review = %(needs_review)s,
    policy_version = %(policy_version)s, looked_at = %(looked_at)s,
    informed = ARRAY(
        SELECT DISTINCT unit FROM unnest(informed || %(informed)s::text[]) AS u (unit) ORDER BY unit
    )
WHERE request_id = %(request_id)s
"""
# Moved by hand: what was decided by rule, and what it looked at, stays to be read.
_REASSIGN = """
UPDATE assignments SET
    unit = %(unit)s, state = 'proposed', volunteer_id = NULL, rule = %(rule)s,
    reason = %(reason)s, reason_fr = %(reason_fr)s, urgency = %(urgency)s,
    answer_due_on = %(answer_due_on)s, set_aside = false, escalated = false,
    informed = ARRAY(
        SELECT DISTINCT unit FROM unnest(informed || %(informed)s::text[]) AS u (unit) ORDER BY unit
    )
WHERE request_id = %(request_id)s
"""
_REDECIDED = """
UPDATE assignments SET
    danger = %(danger)s, needs_review = %(needs_review)s, also = %(also)s,
    policy_version = %(policy_version)s, looked_at = %(looked_at)s
WHERE request_id = %(request_id)s
"""
_INFORM = """
UPDATE assignments SET informed = informed || ARRAY[%(unit)s::text]
WHERE request_id = %(request_id)s AND NOT %(unit)s = ANY(informed)
"""
_ACCEPT = """
UPDATE assignments
SET state = 'accepted', volunteer_id = %(volunteer_id)s, unit = %(unit)s, refusal = NULL,
    escalated = false
WHERE request_id = %(request_id)s
"""
_REFUSE = """
UPDATE assignments SET state = 'refused', volunteer_id = NULL, refusal = %(reason)s
WHERE request_id = %(request_id)s
"""
_ESCALATE = """
UPDATE assignments
SET unit = %(unit)s, escalated = true, urgency = %(urgency)s, answer_due_on = %(answer_due_on)s
WHERE request_id = %(request_id)s
"""
_STATE = "UPDATE assignments SET state = %(state)s WHERE request_id = %(request_id)s"
_WITHDRAW = """
UPDATE assignments
SET state = 'withdrawn', set_aside = set_aside OR %(automatic)s
WHERE request_id = %(request_id)s
"""
_URGENCY = """
UPDATE assignments
SET urgency = %(urgency)s, answer_due_on = %(answer_due_on)s, danger = danger OR %(danger)s
WHERE request_id = %(request_id)s
"""
_REOPEN = """
UPDATE assignments SET
    state = 'proposed', volunteer_id = NULL, unit = %(unit)s, urgency = %(urgency)s,
    answer_due_on = %(answer_due_on)s, set_aside = false, escalated = false
WHERE request_id = %(request_id)s
"""


HEARD = (
    RequestAssigned,
    RequestSetAside,
    AssignmentImported,
    DecisionRevised,
    RequestReassigned,
    TeamInformed,
    AssignmentAccepted,
    AssignmentRefused,
    AssignmentEscalated,
    AssignmentWithdrawn,
    AssignmentClosed,
    AssignmentUrgencyChanged,
    AssignmentReopened,
)


def apply(connection: Connection, recorded: Applied, event: Any) -> None:
    """Apply one event of routing that is about a request; others change nothing."""
    match event:
        case RequestAssigned():
            connection.execute(_ASSIGNED, _new(event))
        case RequestSetAside() | AssignmentImported():
            connection.execute(_ONCE, _new(event))
        case DecisionRevised():
            connection.execute(_REVISE, _decided(event))
        case RequestReassigned():
            connection.execute(_REASSIGN, _decided(event))
            if event.policy_version is not None:
                connection.execute(_REDECIDED, _decided(event))
        case _:
            statement, values = _change(event)
            if statement:
                connection.execute(statement, {"request_id": event.request_id, **values})


def _change(event: Any) -> tuple[str | None, dict[str, Any]]:
    match event:
        case TeamInformed(unit=unit):
            return _INFORM, {"unit": unit}
        case AssignmentAccepted(volunteer_id=volunteer_id, unit=unit):
            return _ACCEPT, {"volunteer_id": volunteer_id, "unit": unit}
        case AssignmentRefused(reason=reason):
            return _REFUSE, {"reason": reason}
        case AssignmentEscalated():
            return _ESCALATE, _dated(event) | {"unit": event.unit}
        case AssignmentWithdrawn(reason=reason):
            return _WITHDRAW, {"automatic": reason == RoutingReason.AUTOMATIC_MESSAGE}
        case AssignmentClosed():
            return _STATE, {"state": "closed"}
        case AssignmentUrgencyChanged():
            return _URGENCY, _dated(event) | {"danger": event.danger}
        case AssignmentReopened():
            return _REOPEN, _dated(event) | {"unit": event.unit}
        case _:
            return None, {}


def _dated(
    event: AssignmentEscalated | AssignmentUrgencyChanged | AssignmentReopened,
) -> dict[str, Any]:
    return {"urgency": event.urgency.value, "answer_due_on": event.answer_due_on}


def _decided(event: RequestAssigned | DecisionRevised | RequestReassigned) -> dict[str, Any]:
    return {
        "request_id": event.request_id,
        "unit": event.unit,
        "rule": event.rule,
        "reason": event.reason.value,
        "reason_fr": event.reason_fr,
        "also": list(event.also),
        "informed": sorted(set(event.inform)),
        "urgency": event.urgency.value,
        "answer_due_on": event.answer_due_on,
        "danger": event.danger,
        "needs_review": event.needs_review,
        "policy_version": event.policy_version,
        "looked_at": _looked(event.looked_at),
    }


def _new(event: RequestAssigned | RequestSetAside | AssignmentImported) -> dict[str, Any]:
    if isinstance(event, RequestAssigned):
        return _decided(event) | {
            "register": event.register,
            "state": "proposed",
            "set_aside": False,
        }
    common = {
        "request_id": event.request_id,
        "register": event.register,
        "unit": event.unit,
        "informed": [],
        "danger": False,
        "needs_review": False,
    }
    if isinstance(event, RequestSetAside):
        return common | {
            "state": "closed",
            "rule": event.rule,
            "reason": event.reason.value,
            "reason_fr": event.reason_fr,
            "also": list(event.also),
            "urgency": "low",
            "answer_due_on": None,
            "set_aside": True,
            "policy_version": event.policy_version,
            "looked_at": _looked(event.looked_at),
        }
    return common | {
        "state": event.state.value,
        "rule": None,
        "reason": None,
        "reason_fr": None,
        "also": [],
        "urgency": event.urgency.value,
        "answer_due_on": event.answer_due_on,
        "set_aside": False,
        "policy_version": None,
        "looked_at": _looked(()),
    }


def _looked(facts: tuple[LookedAt, ...]) -> Jsonb:
    return Jsonb([[fact.name, fact.value] for fact in facts])


ASSIGNMENTS = ReadModel(
    name="assignments",
    source="routing",
    tables=("assignments",),
    apply=apply,
    events=HEARD,
    reads_private=False,
    lookups=(),
    apart_by="request_id",
)
