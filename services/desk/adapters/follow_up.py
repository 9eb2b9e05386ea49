"""Reading what the desk keeps of cases and deadlines, as one person may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from psycopg.rows import dict_row

from services.desk.adapters.lists import as_row
from services.desk.domain.rows import (
    AppointmentRow,
    CaseRow,
    DeadlineRow,
    ParkedRow,
    StepRow,
    SubscriptionRow,
)
from services.desk.domain.viewer import Viewer
from shared.postgres import Pool, connected

_Row = TypeVar("_Row")
_MOST = 300

# A deadline belongs to the unit that answers for its request, else to the desk with its case.
_DEADLINES = """
SELECT d.*, coalesce(a.unit, 'desk') AS unit, coalesce(a.informed, '{}') AS informed
FROM deadlines AS d LEFT JOIN assignments AS a USING (request_id)
WHERE d.register = %(register)s
    AND (%(all)s OR coalesce(a.unit, 'desk') = ANY(%(units)s) OR a.informed && %(heard)s)
    AND (%(deadline_id)s::uuid IS NULL OR d.deadline_id = %(deadline_id)s)
    AND (%(about)s::uuid IS NULL OR d.request_id = %(about)s OR d.case_id = %(about)s
        OR d.request_id = (SELECT c.request_id FROM cases AS c WHERE c.case_id = %(about)s))
    AND (%(states)s::text[] IS NULL OR d.state = ANY(%(states)s))
ORDER BY d.state NOT IN ('candidate', 'running'), d.prudent NULLS FIRST, d.deadline_id
LIMIT %(limit)s
"""
_CASES = """
SELECT c.*, p.given, p.family,
    (next_step.n + next_appointment.n + next_deadline.n) > 0 AS has_next,
    least(next_step.first_on, next_appointment.first_on, next_deadline.first_on) AS next_on
FROM cases AS c
LEFT JOIN request_people AS p ON p.request_id = c.request_id
CROSS JOIN LATERAL (
    SELECT count(*) AS n, min(s.due_on) AS first_on
    FROM steps AS s WHERE s.case_id = c.case_id AND s.state = 'planned'
) AS next_step
CROSS JOIN LATERAL (
    SELECT count(*) AS n, min((m.starts_at AT TIME ZONE 'Europe/Paris')::date) AS first_on
    FROM appointments AS m
    WHERE m.case_id = c.case_id AND m.state IN ('offered', 'confirmed')
        AND m.starts_at >= %(now)s
) AS next_appointment
CROSS JOIN LATERAL (
    SELECT count(*) AS n, min(left(d.prudent, 10)::date) AS first_on
    FROM deadlines AS d
    WHERE d.state IN ('candidate', 'running')
        AND (d.case_id = c.case_id OR d.request_id = c.request_id)
) AS next_deadline
WHERE c.register = %(register)s
    AND (%(all)s OR 'desk' = ANY(%(units)s) OR c.source = ANY(%(units)s))
    AND (%(case_id)s::uuid IS NULL OR c.case_id = %(case_id)s)
    AND (%(states)s::text[] IS NULL OR c.state = ANY(%(states)s))
    AND (%(request_id)s::uuid IS NULL OR c.request_id = %(request_id)s)
ORDER BY c.state <> 'referral_received', next_on NULLS FIRST, c.referred_at, c.case_id
LIMIT %(limit)s
"""
_STEPS = """
SELECT step_id, case_id, kind, due_on, state, reason FROM steps
WHERE case_id = %(case_id)s ORDER BY state <> 'planned', due_on NULLS LAST, planned_at, step_id
"""
_APPOINTMENTS = """
SELECT appointment_id, case_id, starts_at, place, state, reason, offered_by FROM appointments
WHERE case_id = %(case_id)s ORDER BY starts_at DESC, appointment_id
"""
_SUBSCRIPTIONS = """
SELECT source, state, reason, parked_count, last_seen_at FROM subscriptions ORDER BY source
"""
_PARKED = """
SELECT source, stream, position, type, error ->> 'type' AS error_type,
    error ->> 'text' AS error_text, attempts, parked_at
FROM parked_events ORDER BY source, stream, position LIMIT %(limit)s
"""
_REACHED = "SELECT partition, position FROM checkpoints WHERE source = %(source)s"
_OPEN_CASES = ["referral_received", "accepted", "open", "reopened", "suspended"]
_CLOSED_CASES = ["closed", "refused"]


class FollowUp:
    """Cases and deadlines of the desk's tables."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def deadlines(self, viewer: Viewer, *, states: Sequence[str]) -> list[DeadlineRow]:
        """Those in one of ``states``, the soonest first and unknown clocks before all."""
        return self._deadlines(viewer, states=list(states))

    def deadlines_about(self, viewer: Viewer, about: UUID) -> list[DeadlineRow]:
        """All deadlines of a request or a case."""
        return self._deadlines(viewer, about=about)

    def deadline(self, viewer: Viewer, deadline_id: UUID) -> DeadlineRow | None:
        """One deadline, if the viewer may see it."""
        return next(iter(self._deadlines(viewer, deadline_id=deadline_id)), None)

    def cases(self, viewer: Viewer, *, closed: bool, now: datetime) -> list[CaseRow]:
        """Referrals that wait first, then what comes next soonest."""
        return self._cases(viewer, now, states=_CLOSED_CASES if closed else _OPEN_CASES)

    def case(self, viewer: Viewer, case_id: UUID, *, now: datetime) -> CaseRow | None:
        """One case, if the viewer may see it."""
        return next(iter(self._cases(viewer, now, case_id=case_id)), None)

    def cases_of(self, viewer: Viewer, request_id: UUID, *, now: datetime) -> list[CaseRow]:
        """The cases that came of a request."""
        return self._cases(viewer, now, request_id=request_id)

    def steps(self, case_id: UUID) -> list[StepRow]:
        """Planned ones first, the soonest due first."""
        return self._rows(StepRow, _STEPS, {"case_id": case_id})

    def appointments(self, case_id: UUID) -> list[AppointmentRow]:
        """The latest first."""
        return self._rows(AppointmentRow, _APPOINTMENTS, {"case_id": case_id})

    def _deadlines(
        self,
        viewer: Viewer,
        *,
        states: list[str] | None = None,
        about: UUID | None = None,
        deadline_id: UUID | None = None,
    ) -> list[DeadlineRow]:
        asked = {"states": states, "about": about, "deadline_id": deadline_id}
        return self._rows(DeadlineRow, _DEADLINES, _seen_by(viewer) | asked)

    def _cases(
        self,
        viewer: Viewer,
        now: datetime,
        *,
        states: list[str] | None = None,
        case_id: UUID | None = None,
        request_id: UUID | None = None,
    ) -> list[CaseRow]:
        asked = {"states": states, "case_id": case_id, "request_id": request_id, "now": now}
        return self._rows(CaseRow, _CASES, _seen_by(viewer) | asked)

    def _rows(self, made: type[_Row], query: str, asked: Mapping[str, Any]) -> list[_Row]:
        return _rows(self._pool, made, query, asked)


class SystemState:
    """How the desk's own reading of the other services stands."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def subscriptions(self) -> list[SubscriptionRow]:
        """One row a source."""
        return _rows(self._pool, SubscriptionRow, _SUBSCRIPTIONS, {})

    def parked(self) -> list[ParkedRow]:
        """The events that wait for an admin, in order, without their content."""
        return _rows(self._pool, ParkedRow, _PARKED, {"limit": _MOST})

    def reached(self, source: str) -> dict[int, int]:
        """The last position read, by partition."""
        with connected(self._pool) as connection:
            rows = connection.execute(_REACHED, {"source": source}).fetchall()
        return {row[0]: row[1] for row in rows}


def _rows(pool: Pool, made: type[_Row], query: str, asked: Mapping[str, Any]) -> list[_Row]:
    with connected(pool) as connection, connection.cursor(row_factory=dict_row) as cursor:
        return [as_row(made, row) for row in cursor.execute(query, asked).fetchall()]


def _seen_by(viewer: Viewer) -> dict[str, Any]:
    return {
        "register": viewer.register,
        "all": viewer.sees_all,
        "units": list(viewer.units),
        "heard": list(viewer.heard_units),
        "limit": _MOST,
    }
