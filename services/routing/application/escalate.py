"""R18: what nobody accepted within two working days goes to coordination."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from services.routing.application.ports import Routing, Stored
from services.routing.application.work import Work
from services.routing.domain.commands import EscalateAssignment
from shared.clock import PARIS
from shared.contracts.acting import by_rule
from shared.deadlines.calendar import add_working_days

PAGE = 200


def escalate_unaccepted(now: datetime, *, routing: Routing) -> int:
    """Escalate all that waited too long at ``now``; returns how many. Rehearsals are left alone.

    A working day counts whole: proposed on a Monday, accepted by the end of Wednesday is in time.
    Raises WrongVersion if somebody accepted one at this very moment: call again.
    """
    escalated = 0
    after = now - timedelta(days=routing.policy.acceptance_working_days)
    today = now.astimezone(PARIS).date()
    while True:
        with routing.streams.unit(metadata={"actor": by_rule("R18")}) as unit:
            waiting = routing.assignments.waiting(unit.connection, after, PAGE)
            late = [one for one in waiting if _late(one, today, routing)]
            work = Work(unit, routing.assignments, ())
            work.add(late)
            for one in late:
                escalated += len(work.do(one.assignment.request_id, EscalateAssignment()))
        if len(late) < PAGE:
            return escalated


def _late(one: Stored, today: date, routing: Routing) -> bool:
    if one.proposed_at is None:
        return False
    proposed_on = one.proposed_at.astimezone(PARIS).date()
    return today > add_working_days(proposed_on, routing.policy.acceptance_working_days)
