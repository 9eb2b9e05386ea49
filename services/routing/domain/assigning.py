"""What happens because of a command to an assignment; nothing, if it has happened already."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from services.routing.domain import kinds
from services.routing.domain.assignment import OF_COPIES, Assignment, AssignmentEvent, ids_of
from services.routing.domain.commands import (
    AcceptAssignment,
    AssignRequest,
    CloseAssignment,
    Command,
    EscalateAssignment,
    HandOver,
    ImportAssignment,
    InformUnit,
    LoseHolder,
    NoteUrgency,
    ReassignRequest,
    RefuseAssignment,
    ReopenAssignment,
    WithdrawAssignment,
)
from services.routing.domain.deciding import copy_joined, decided, reassigned
from services.routing.domain.errors import (
    AlreadyAccepted,
    NoActiveTeam,
    NobodyBehind,
    NotForTeams,
    NotOpen,
    ReasonIdentifies,
    ReasonMissing,
)
from services.routing.domain.reasons import by_hand, sentence
from services.routing.domain.units import COORDINATION, DESK, is_team, responsible_unit
from shared.contracts.acting import by_rule
from shared.contracts.routing.events import (
    AssignmentAccepted,
    AssignmentClosed,
    AssignmentEscalated,
    AssignmentImported,
    AssignmentRefused,
    AssignmentReopened,
    AssignmentUrgencyChanged,
    AssignmentWithdrawn,
    TeamInformed,
)
from shared.contracts.vocabulary import AssignmentState, RoutingReason, Urgency, above
from shared.identifying import identifies

# Reasons quote detention numbers, which are short; elsewhere so few digits would refuse postcodes.
_NUMBER_DIGITS = 5


def decide(state: Assignment | None, command: Command) -> list[AssignmentEvent]:
    """The events that ``command`` causes; ``state`` None: nobody was assigned yet.

    Raises Refused with the reason and the remedy. A command other than AssignRequest and
    ImportAssignment on an unknown assignment does nothing: the edge refuses those of persons.
    """
    match command:
        case AssignRequest(decision=decision):
            return decided(state, command.request_id, command.register, decision)
        case ImportAssignment():
            return _import(state, command)
        case _ if state is None:
            return []
        case AcceptAssignment() | RefuseAssignment() | ReassignRequest() | InformUnit():
            return _by_person(state, command)
        case HandOver() | LoseHolder() | EscalateAssignment() | NoteUrgency():
            return _by_rule(state, command) if state.open else []
        case WithdrawAssignment(reason=reason):
            if not state.open:
                return []
            return [AssignmentWithdrawn(**ids_of(state), reason=reason)]
        case CloseAssignment():
            return [AssignmentClosed(**ids_of(state))] if state.open else []
        case ReopenAssignment():
            return _reopen(state, command)
        case _:
            assert_never(command)


def _by_person(
    state: Assignment,
    command: AcceptAssignment | RefuseAssignment | ReassignRequest | InformUnit,
) -> list[AssignmentEvent]:
    if not state.open:
        raise NotOpen(state.request_id, state.state)
    match command:
        case AcceptAssignment():
            return _accept(state, command)
        case RefuseAssignment():
            return _refuse(state, command)
        case ReassignRequest():
            return _reassign(state, command)
        case InformUnit(unit=unit, reason=reason):
            if unit in state.informed or unit == state.unit:
                return []
            told = TeamInformed(
                request_id=state.request_id,
                register=state.register,
                unit=unit,
                reason_fr=_words(reason),
            )
            return [told]


def _by_rule(
    state: Assignment, command: HandOver | LoseHolder | EscalateAssignment | NoteUrgency
) -> list[AssignmentEvent]:
    match command:
        case HandOver(unit=unit, rule=rule, reason=reason):
            if unit == state.unit:
                return []
            text = sentence(rule, reason)
            told = (state.unit,) if state.with_team else ()
            by = by_rule(rule)
            return [reassigned(state, unit, rule, reason, text, by=by, inform=told)]
        case LoseHolder(volunteer_id=volunteer_id):
            if state.holder != volunteer_id:
                return []
            text = sentence("R18", RoutingReason.HANDOVER)
            by = by_rule("R18")
            return [reassigned(state, state.unit, "R18", RoutingReason.HANDOVER, text, by=by)]
        case EscalateAssignment():
            return _escalate(state)
        case NoteUrgency():
            return _note_urgency(state, command)


def _import(state: Assignment | None, command: ImportAssignment) -> list[AssignmentEvent]:
    if state is not None:
        return []
    return [
        AssignmentImported(
            request_id=command.request_id,
            register=command.register,
            unit=responsible_unit(command.unit),
            state=command.state,
            urgency=command.urgency,
            received_on=command.received_on,
            answer_due_on=command.answer_due_on,
            establishment=command.establishment,
        )
    ]


def _accept(state: Assignment, command: AcceptAssignment) -> list[AssignmentEvent]:
    if state.state is AssignmentState.ACCEPTED and state.holder is not None:
        if state.holder == command.volunteer_id:
            return []
        raise AlreadyAccepted(state.request_id, state.holder)
    return [
        AssignmentAccepted(
            request_id=state.request_id,
            register=state.register,
            volunteer_id=command.volunteer_id,
            unit=state.unit,
        )
    ]


def _refuse(state: Assignment, command: RefuseAssignment) -> list[AssignmentEvent]:
    """R18: proposed elsewhere in the same breath, so that it is never without owner."""
    if state.state is AssignmentState.ACCEPTED:
        raise AlreadyAccepted(state.request_id, state.holder)
    if state.unit == COORDINATION:
        raise NobodyBehind(state.request_id)
    refused = AssignmentRefused(
        request_id=state.request_id,
        register=state.register,
        refused_by=command.refused_by,
        unit=state.unit,
        reason=_words(command.reason),
    )
    to_unit = DESK if state.with_team else COORDINATION
    text = sentence("R18", RoutingReason.HANDOVER)
    by = by_rule("R18")
    return [refused, reassigned(state, to_unit, "R18", RoutingReason.HANDOVER, text, by=by)]


def _reassign(state: Assignment, command: ReassignRequest) -> list[AssignmentEvent]:
    unit = responsible_unit(command.unit)
    text = by_hand(_words(command.reason))
    if is_team(unit):
        if state.not_in_prison is not None:
            raise NotForTeams(state.request_id, state.not_in_prison)
        if not command.team_active:
            raise NoActiveTeam(unit)
    if unit == state.unit and state.holder is None:
        return []
    told = (state.unit,) if state.with_team and unit != state.unit else ()
    rule = state.rule or "R18"
    reason = RoutingReason.REASSIGNED_BY_HAND
    return [reassigned(state, unit, rule, reason, text, by=command.by, inform=told)]


def _escalate(state: Assignment) -> list[AssignmentEvent]:
    if state.state is not AssignmentState.PROPOSED or state.unit == COORDINATION:
        return []
    return [
        AssignmentEscalated(
            request_id=state.request_id,
            register=state.register,
            from_unit=state.unit,
            unit=COORDINATION,
            urgency=state.urgency,
            answer_due_on=state.answer_due_on,
        )
    ]


def _note_urgency(state: Assignment, command: NoteUrgency) -> list[AssignmentEvent]:
    """R4 again, for what is with a team and became urgent; a delay alone moves nothing (R22).

    A deadline that presses never lowers what was raised here (R40); it moves what only a delay had
    raised, be the level the same.
    """
    more = above(command.urgency, state.urgency)
    by_deadline = command.by == by_rule("R40")
    if by_deadline and not more:
        if command.urgency in kinds.URGENT and state.urgent_by_delay_alone:
            return [_taken_by_desk(state, state.urgency, state.answer_due_on)]
        return []
    dates = [day for day in (state.answer_due_on, command.answer_due_on) if day]
    due_on = min(dates, default=None)
    if (command.urgency, due_on) == (state.urgency, state.answer_due_on):
        return []
    joined = copy_joined(state) if command.by == by_rule(OF_COPIES) else []
    by_delay = command.by == by_rule("R22")
    if state.with_team and command.urgency in kinds.URGENT and more and not by_delay:
        return [*joined, _taken_by_desk(state, command.urgency, due_on)]
    return [
        *joined,
        AssignmentUrgencyChanged(
            request_id=state.request_id,
            register=state.register,
            unit=state.unit,
            urgency=command.urgency,
            answer_due_on=due_on,
            danger=state.danger,
        ),
    ]


def _taken_by_desk(state: Assignment, urgency: Urgency, due_on: date | None) -> AssignmentEvent:
    """R4: the desk answers, the team is told."""
    return reassigned(
        state,
        DESK,
        "R4",
        RoutingReason.URGENT,
        sentence("R4", RoutingReason.URGENT),
        by=by_rule("R4"),
        inform=(state.unit,),
        urgency=urgency,
        answer_due_on=due_on,
    )


def _reopen(state: Assignment, command: ReopenAssignment) -> list[AssignmentEvent]:
    """The same holder first; the desk, if its team is gone."""
    if state.state not in (AssignmentState.CLOSED, AssignmentState.WITHDRAWN):
        return []
    there = command.holder_there or not state.with_team
    return [
        AssignmentReopened(
            request_id=state.request_id,
            register=state.register,
            unit=state.unit if there else DESK,
            urgency=state.urgency,
            answer_due_on=state.answer_due_on,
        )
    ]


def _words(reason: str) -> str:
    """A person's reason; raises ReasonMissing or ReasonIdentifies."""
    words = " ".join(reason.split())
    if not words:
        raise ReasonMissing
    if identifies(words, digits=_NUMBER_DIGITS):
        raise ReasonIdentifies
    return words
