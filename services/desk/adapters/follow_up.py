"""Reading what the desk keeps of cases and deadlines, as one person may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from psycopg.rows import dict_row

from services.desk.adapters.lists import as_row, called, one_page
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
_ALL_OF_ONE = 1000  # deadlines of one request, parked events: no page of such a list is turned

# A deadline belongs to the unit that answers for its request, else to the desk with its case.
_DEADLINES = f"""
SELECT d.*, coalesce(a.unit, 'desk') AS unit, coalesce(a.informed, '{{}}') AS informed
FROM deadlines AS d LEFT JOIN assignments AS a USING (request_id)
WHERE d.register = %(register)s
    AND (%(all)s OR coalesce(a.unit, 'desk') = ANY(%(units)s) OR a.informed && %(heard)s)
    AND (%(ids)s::uuid[] IS NULL OR d.deadline_id = ANY(%(ids)s))
    AND (%(reference)s::text IS NULL OR {called("d.deadline_id")})
    AND (%(about)s::uuid IS NULL OR d.request_id = %(about)s OR d.case_id = %(about)s
        OR d.request_id = (SELECT c.request_id FROM cases AS c WHERE c.case_id = %(about)s))
    AND (%(states)s::text[] IS NULL OR d.state = ANY(%(states)s))
ORDER BY d.state NOT IN ('candidate', 'running'), d.prudent NULLS FIRST, d.deadline_id
LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 - a column of ours
_DEADLINE_COUNTS = """
SELECT d.state, count(*) AS n
FROM deadlines AS d LEFT JOIN assignments AS a USING (request_id)
WHERE d.register = %(register)s
    AND (%(all)s OR coalesce(a.unit, 'desk') = ANY(%(units)s) OR a.informed && %(heard)s)
GROUP BY d.state
"""
_CASE_COUNTS = """
SELECT c.state, count(*) AS n FROM cases AS c
WHERE c.register = %(register)s
    AND (%(all)s OR 'desk' = ANY(%(units)s) OR c.source = ANY(%(units)s))
GROUP BY c.state
"""
_CASES = f"""
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
    AND (%(ids)s::uuid[] IS NULL OR c.case_id = ANY(%(ids)s))
    AND (%(reference)s::text IS NULL OR {called("c.case_id")})
    AND (%(states)s::text[] IS NULL OR c.state = ANY(%(states)s))
    AND (%(request_id)s::uuid IS NULL OR c.request_id = %(request_id)s)
ORDER BY c.state <> 'referral_received', next_on NULLS FIRST, c.referred_at, c.case_id
LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 - a column of ours
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

    def deadlines(
        self, viewer: Viewer, *, states: Sequence[str], page: int = 1
    ) -> list[DeadlineRow]:
        """One page (from 1) of those in one of ``states``: unknown clocks first, then the soonest.

        One row more than ``PAGE_ROWS`` means that there is another page; so of ``cases``.
        """
        return self._deadlines(viewer, one_page(page) | {"states": list(states)})

    def deadline_counts(self, viewer: Viewer) -> dict[str, int]:
        """How many deadlines are in each state."""
        return self._counts(_DEADLINE_COUNTS, viewer)

    def deadlines_about(self, viewer: Viewer, about: UUID) -> list[DeadlineRow]:
        """All deadlines of a request or a case."""
        return self._deadlines(viewer, {"about": about})

    def deadlines_among(self, viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, DeadlineRow]:
        """Those of ``ids`` that the viewer may see."""
        rows = self._deadlines(viewer, {"ids": list(ids), "limit": len(ids)})
        return {row.deadline_id: row for row in rows}

    def deadlines_called(self, viewer: Viewer, reference: str) -> list[DeadlineRow]:
        """Those whose reference has these six digits: nearly always one at most."""
        return self._deadlines(viewer, {"reference": reference})

    def deadline(self, viewer: Viewer, deadline_id: UUID) -> DeadlineRow | None:
        """One deadline, if the viewer may see it."""
        return self.deadlines_among(viewer, [deadline_id]).get(deadline_id)

    def cases(self, viewer: Viewer, *, closed: bool, now: datetime, page: int = 1) -> list[CaseRow]:
        """One page: referrals that wait first, then what comes next soonest."""
        states = _CLOSED_CASES if closed else _OPEN_CASES
        return self._cases(viewer, now, one_page(page) | {"states": states})

    def case_counts(self, viewer: Viewer) -> tuple[int, int]:
        """How many cases are (open, closed)."""
        found = self._counts(_CASE_COUNTS, viewer)
        return (
            sum(found.get(state, 0) for state in _OPEN_CASES),
            sum(found.get(state, 0) for state in _CLOSED_CASES),
        )

    def cases_among(
        self, viewer: Viewer, ids: Sequence[UUID], *, now: datetime
    ) -> dict[UUID, CaseRow]:
        """Those of ``ids`` that the viewer may see."""
        rows = self._cases(viewer, now, {"ids": list(ids), "limit": len(ids)})
        return {row.case_id: row for row in rows}

    def cases_called(self, viewer: Viewer, reference: str, *, now: datetime) -> list[CaseRow]:
        """Those whose reference has these six digits: nearly always one at most."""
        return self._cases(viewer, now, {"reference": reference})

    def case(self, viewer: Viewer, case_id: UUID, *, now: datetime) -> CaseRow | None:
        """One case, if the viewer may see it."""
        return self.cases_among(viewer, [case_id], now=now).get(case_id)

    def cases_of(self, viewer: Viewer, request_id: UUID, *, now: datetime) -> list[CaseRow]:
        """The cases that came of a request."""
        return self._cases(viewer, now, {"request_id": request_id})

    def steps(self, case_id: UUID) -> list[StepRow]:
        """Planned ones first, the soonest due first."""
        return self._rows(StepRow, _STEPS, {"case_id": case_id})

    def appointments(self, case_id: UUID) -> list[AppointmentRow]:
        """The latest first."""
        return self._rows(AppointmentRow, _APPOINTMENTS, {"case_id": case_id})

    def _deadlines(self, viewer: Viewer, asked: dict[str, Any]) -> list[DeadlineRow]:
        every = {"states": None, "about": None, "ids": None, "reference": None}
        return self._rows(DeadlineRow, _DEADLINES, _seen_by(viewer) | every | asked)

    def _cases(self, viewer: Viewer, now: datetime, asked: dict[str, Any]) -> list[CaseRow]:
        every = {"states": None, "ids": None, "request_id": None, "reference": None, "now": now}
        return self._rows(CaseRow, _CASES, _seen_by(viewer) | every | asked)

    def _counts(self, query: str, viewer: Viewer) -> dict[str, int]:
        with connected(self._pool) as connection:
            return dict(connection.execute(query, _seen_by(viewer)).fetchall())

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
        return _rows(self._pool, ParkedRow, _PARKED, {"limit": _ALL_OF_ONE})

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
        "limit": _ALL_OF_ONE,
        "offset": 0,
    }
