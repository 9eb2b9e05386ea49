"""What follow-up tells of cases. Tables: ``cases``, ``steps``, ``appointments``."""

from __future__ import annotations

from typing import Any

from shared.contracts.followup.events import (
    AppointmentAttended,
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentMissed,
    AppointmentOffered,
    AppointmentRescheduled,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseResumed,
    CaseSuspended,
    CaseTransferred,
    ReferralAccepted,
    ReferralReceived,
    ReferralReconsidered,
    ReferralRefused,
    StepCompleted,
    StepDropped,
    StepPlanned,
)
from shared.eventstore import Applied, Connection
from shared.projections import ReadModel

_REFER = """
INSERT INTO cases (
    case_id, person_id, register, state, source, request_id, establishment, release_on,
    referred_at, moved_at
) VALUES (
    %(case_id)s, %(person_id)s, %(register)s, 'referral_received', %(source)s, %(request_id)s,
    %(establishment)s, %(release_on)s, %(at)s, %(at)s
) ON CONFLICT (case_id) DO NOTHING
"""
_MOVE = """
UPDATE cases SET
    state = %(state)s, reason = %(reason)s, orientation = %(orientation)s, outcome = %(outcome)s,
    moved_at = %(at)s
WHERE case_id = %(case_id)s
"""
_TRANSFER = "UPDATE cases SET transferred_to = %(to)s WHERE case_id = %(case_id)s"
_STEP = """
INSERT INTO steps (step_id, case_id, kind, due_on, state, planned_at)
VALUES (%(step_id)s, %(case_id)s, %(kind)s, %(due_on)s, 'planned', %(at)s)
ON CONFLICT (step_id) DO NOTHING
"""
_STEP_ENDS = "UPDATE steps SET state = %(state)s, reason = %(reason)s WHERE step_id = %(step_id)s"
_OFFER = """
INSERT INTO appointments (appointment_id, case_id, starts_at, place, state, offered_by)
VALUES (%(appointment_id)s, %(case_id)s, %(starts_at)s, %(place)s, 'offered', %(by)s)
ON CONFLICT (appointment_id) DO NOTHING
"""
_APPOINTMENT = """
UPDATE appointments SET state = %(state)s, reason = %(reason)s
WHERE appointment_id = %(appointment_id)s
"""
_APPOINTMENT_STATES = {
    AppointmentConfirmed: "confirmed",
    AppointmentRescheduled: "rescheduled",
    AppointmentCancelled: "cancelled",
    AppointmentAttended: "attended",
    AppointmentMissed: "missed",
}


def apply(connection: Connection, recorded: Applied, event: Any) -> None:
    """Apply one event of follow-up that is about a case; others change nothing."""
    at = {"at": recorded.occurred_at}
    match event:
        case ReferralReceived():
            connection.execute(_REFER, at | _referral(event))
        case CaseTransferred(case_id=case_id, to=to):
            connection.execute(_TRANSFER, {"case_id": case_id, "to": to})
        case StepPlanned() | StepCompleted() | StepDropped():
            _step(connection, event, at)
        case AppointmentOffered():
            connection.execute(
                _OFFER,
                {
                    "appointment_id": event.appointment_id,
                    "case_id": event.case_id,
                    "starts_at": event.starts_at,
                    "place": event.place,
                    "by": event.by,
                },
            )
        case _:
            if state := _APPOINTMENT_STATES.get(type(event)):
                reason = getattr(event, "reason", None)
                row = {"appointment_id": event.appointment_id, "state": state, "reason": reason}
                connection.execute(_APPOINTMENT, row)
            elif moved := _moved(event):
                row = {"reason": None, "orientation": None, "outcome": None} | moved
                connection.execute(_MOVE, at | row | {"case_id": event.case_id})


def _moved(event: Any) -> dict[str, Any] | None:
    """What an event makes of the case's row; None for one that moves no case."""
    match event:
        case ReferralAccepted():
            return {"state": "accepted"}
        case ReferralRefused(reason=reason, orientation=orientation):
            return {"state": "refused", "reason": reason, "orientation": orientation}
        case ReferralReconsidered():
            return {"state": "referral_received"}
        case CaseOpened() | CaseResumed():
            return {"state": "open"}
        case CaseSuspended(reason=reason):
            return {"state": "suspended", "reason": reason}
        case CaseClosed(outcome=outcome):
            return {"state": "closed", "outcome": outcome.value}
        case CaseReopened(reason=reason):
            return {"state": "reopened", "reason": reason}
        case _:
            return None


def _referral(event: ReferralReceived) -> dict[str, Any]:
    return {
        "case_id": event.case_id,
        "person_id": event.person_id,
        "register": event.register,
        "source": event.source,
        "request_id": event.request_id,
        "establishment": event.establishment,
        "release_on": event.release_on,
    }


def _step(
    connection: Connection, event: StepPlanned | StepCompleted | StepDropped, at: dict[str, Any]
) -> None:
    if isinstance(event, StepPlanned):
        row = {"case_id": event.case_id, "kind": event.kind.value, "due_on": event.due_on}
        connection.execute(_STEP, at | row | {"step_id": event.step_id})
        return
    dropped = isinstance(event, StepDropped)
    connection.execute(
        _STEP_ENDS,
        {
            "step_id": event.step_id,
            "state": "dropped" if dropped else "completed",
            "reason": event.reason if isinstance(event, StepDropped) else None,
        },
    )


CASES = ReadModel(
    name="cases",
    source="followup",
    tables=("cases", "steps", "appointments"),
    apply=apply,
    reads_private=False,
)
