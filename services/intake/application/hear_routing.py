"""What routing tells, noted on the requests that it concerns: a batch is one append."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any
from uuid import UUID

from services.intake.domain.commands import Command, NoteAcceptance, NoteAssignment
from services.intake.domain.decisions import decide
from services.intake.domain.identity import stream_of
from services.intake.domain.request import Request, evolve
from shared.contracts.routing.events import (
    AssignmentAccepted,
    AssignmentEscalated,
    AssignmentReopened,
    RequestAssigned,
    RequestReassigned,
)
from shared.eventstore import UnitOfWork
from shared.messaging import Delivered, caused_by

_ESCALATED_BY = "R18"
_REOPENED_BY = "R45"

HEARD_TYPES = (
    RequestAssigned,
    RequestReassigned,
    AssignmentEscalated,
    AssignmentReopened,
    AssignmentAccepted,
)


def hear_routing(batch: Sequence[Delivered], unit: UnitOfWork) -> None:
    """Note who answers for which request; what intake does not know is passed over.

    Routing may tell of requests that intake cannot find only when intake's log was restored from
    an older backup: routing's own log then says more than ours, and catch-up tells so.
    """
    ahead = batch[:]  # a plain list: going through the batch itself is handling it
    streams = [stream_of(told[0]) for one in ahead if (told := _command_of(one.event))]
    unit.load_ahead(streams, decrypt=False)  # who answers for a request hangs on no person
    for heard in batch:
        told = _command_of(heard.event)
        if told is None:
            continue
        request_id, command = told
        known, version = unit.load(stream_of(request_id))
        if not known:
            continue
        events = decide(reduce(evolve, known, Request()), command)
        unit.append(stream_of(request_id), events, expected=version, metadata=caused_by(heard))


def _command_of(event: Any) -> tuple[UUID, Command] | None:
    match event:
        case RequestAssigned() | RequestReassigned():
            note = NoteAssignment(
                unit=event.unit,
                rule=event.rule,
                answer_due_on=event.answer_due_on,
                anew=isinstance(event, RequestReassigned),
            )
            return event.request_id, note
        case AssignmentEscalated() | AssignmentReopened():
            rule = _ESCALATED_BY if isinstance(event, AssignmentEscalated) else _REOPENED_BY
            note = NoteAssignment(
                unit=event.unit, rule=rule, answer_due_on=event.answer_due_on, anew=True
            )
            return event.request_id, note
        case AssignmentAccepted():
            return event.request_id, NoteAcceptance(accepted_by=event.volunteer_id)
        case _:
            return None
