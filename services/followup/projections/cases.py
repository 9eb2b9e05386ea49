"""The case list: one row a case, with its steps and appointments, in three tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args
from uuid import UUID

from psycopg.rows import dict_row

from services.followup.domain import appointment
from services.followup.domain.appointment import Appointment, AppointmentEvent
from services.followup.domain.case import (
    Case,
    CaseEvent,
    Step,
    StepEvent,
    evolve,
    evolve_step,
)
from shared.contracts.followup.events import AppointmentOffered, ReferralReceived, StepPlanned
from shared.contracts.vocabulary import AppointmentState, CaseState, Outcome, StepKind, StepState
from shared.eventstore import Applied, Connection
from shared.projections import ReadModel

_PUT_CASE = """
INSERT INTO cases (case_id, person_id, register, state, source, request_id, establishment,
    release_on, reason, orientation, outcome, transferred_to, referred_at, moved_at)
VALUES (%(case_id)s, %(person_id)s, %(register)s, %(state)s, %(source)s, %(request_id)s,
    %(establishment)s, %(release_on)s, %(reason)s, %(orientation)s, %(outcome)s,
    %(transferred_to)s, %(at)s, %(at)s)
ON CONFLICT (case_id) DO UPDATE SET state = EXCLUDED.state, reason = EXCLUDED.reason,
    orientation = EXCLUDED.orientation, outcome = EXCLUDED.outcome,
    transferred_to = EXCLUDED.transferred_to, moved_at = EXCLUDED.moved_at
"""
_CASE = "SELECT * FROM cases WHERE case_id = %(case_id)s"
_PUT_STEP = """
INSERT INTO steps (step_id, case_id, kind, due_on, state, planned_by)
VALUES (%(step_id)s, %(case_id)s, %(kind)s, %(due_on)s, %(state)s, %(planned_by)s)
ON CONFLICT (step_id) DO UPDATE SET state = EXCLUDED.state
"""
_STEP = "SELECT * FROM steps WHERE step_id = %(step_id)s"
_PUT_APPOINTMENT = """
INSERT INTO appointments (appointment_id, case_id, starts_at, place, state, offered_by, replaces)
VALUES (%(appointment_id)s, %(case_id)s, %(starts_at)s, %(place)s, %(state)s, %(offered_by)s,
    %(replaces)s)
ON CONFLICT (appointment_id) DO UPDATE SET state = EXCLUDED.state
"""
_APPOINTMENT = "SELECT * FROM appointments WHERE appointment_id = %(appointment_id)s"

# Cases of a register, the next to look at first: their counts come with them.
_LIST = """
SELECT c.*,
    (SELECT count(*) FROM steps s WHERE s.case_id = c.case_id AND s.state = 'planned')
        AS open_steps,
    (SELECT min(a.starts_at) FROM appointments a
     WHERE a.case_id = c.case_id AND a.state IN ('offered', 'confirmed')) AS next_appointment_at
FROM cases c
WHERE c.register = %(register)s AND (%(states)s::text[] IS NULL OR c.state = ANY(%(states)s))
  AND (%(request_id)s::uuid IS NULL OR c.request_id = %(request_id)s)
ORDER BY c.moved_at DESC, c.case_id LIMIT %(limit)s
"""

_STATES = {one.value: one for one in CaseState}
_OUTCOMES = {one.value: one for one in Outcome}
_STEP_KINDS = {one.value: one for one in StepKind}
_APPOINTMENT_STATES = {one.value: one for one in AppointmentState}
_STEP_EVENTS = get_args(StepEvent)
_APPOINTMENT_EVENTS = get_args(AppointmentEvent)
_CASE_EVENTS = get_args(CaseEvent)


def apply(connection: Connection, recorded: Applied, event: Any) -> None:
    """Bring the three tables up to one event; events of deadlines are passed over."""
    if isinstance(event, _STEP_EVENTS):
        _apply_step(connection, event)
    elif isinstance(event, _APPOINTMENT_EVENTS):
        _apply_appointment(connection, event)
    elif isinstance(event, _CASE_EVENTS):
        _apply_case(connection, recorded, event)


CASES = ReadModel(
    name="cases", source="followup", tables=("cases", "steps", "appointments"), apply=apply
)


def list_cases(
    connection: Connection,
    *,
    register: str,
    states: Sequence[str] | None = None,
    request_id: UUID | None = None,
    limit: int = 200,
) -> list[dict[str, Any]]:
    """Rows of ``cases`` with open_steps and next_appointment_at, last moved first."""
    values = {
        "register": register,
        "states": None if states is None else list(states),
        "request_id": request_id,
        "limit": limit,
    }
    with connection.cursor(row_factory=dict_row) as cursor:
        return list(cursor.execute(_LIST, values))


def _apply_case(connection: Connection, recorded: Applied, event: Any) -> None:
    before = Case()
    if not isinstance(event, ReferralReceived):
        before = _case(_one(connection, _CASE, {"case_id": event.case_id}))
    after = evolve(before, event)
    values = {
        "case_id": after.case_id,
        "person_id": after.person_id,
        "register": after.register,
        "state": after.state.value if after.state else None,
        "source": after.source,
        "request_id": after.request_id,
        "establishment": after.establishment,
        "release_on": after.release_on,
        "reason": after.reason,
        "orientation": after.orientation,
        "outcome": after.outcome.value if after.outcome else None,
        "transferred_to": after.transferred_to,
        "at": recorded.occurred_at,
    }
    connection.execute(_PUT_CASE, values)


def _apply_step(connection: Connection, event: StepEvent) -> None:
    before = None
    if not isinstance(event, StepPlanned):
        row = _one(connection, _STEP, {"step_id": event.step_id})
        before = Step(
            step_id=row["step_id"],
            kind=_STEP_KINDS[row["kind"]],
            due_on=row["due_on"],
            planned_by=row["planned_by"],
            state=StepState(row["state"]),
        )
    after = evolve_step(before, event)
    if after is not None:
        values = {
            "step_id": after.step_id,
            "case_id": event.case_id,
            "kind": after.kind.value,
            "due_on": after.due_on,
            "state": after.state.value,
            "planned_by": after.planned_by,
        }
        connection.execute(_PUT_STEP, values)


def _apply_appointment(connection: Connection, event: AppointmentEvent) -> None:
    before = None
    if not isinstance(event, AppointmentOffered):
        row = _one(connection, _APPOINTMENT, {"appointment_id": event.appointment_id})
        before = Appointment(
            appointment_id=row["appointment_id"],
            starts_at=row["starts_at"],
            place=row["place"],
            offered_by=row["offered_by"],
            state=_APPOINTMENT_STATES[row["state"]],
            replaces=row["replaces"],
        )
    after = appointment.evolve(before, event)
    if after is not None:
        values = {
            "appointment_id": after.appointment_id,
            "case_id": event.case_id,
            "starts_at": after.starts_at,
            "place": after.place,
            "state": after.state.value,
            "offered_by": after.offered_by,
            "replaces": after.replaces,
        }
        connection.execute(_PUT_APPOINTMENT, values)


def _case(row: Mapping[str, Any]) -> Case:
    return Case(
        case_id=row["case_id"],
        person_id=row["person_id"],
        register=row["register"],
        state=_STATES[row["state"]],
        source=row["source"],
        request_id=row["request_id"],
        establishment=row["establishment"],
        release_on=row["release_on"],
        reason=row["reason"],
        orientation=row["orientation"],
        outcome=_OUTCOMES.get(row["outcome"]),
        transferred_to=row["transferred_to"],
    )


def _one(connection: Connection, query: str, values: Mapping[str, Any]) -> dict[str, Any]:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(query, values).fetchone()
    if row is None:
        [(field, value)] = values.items()
        raise LookupError(f"{field}: {value} has no row; rebuild the projection")
    return row
