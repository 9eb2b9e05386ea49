"""An assignment: who answers for one request. Its decisions are in ``assigning.py``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict, assert_never
from uuid import UUID

from services.routing.domain.kinds import URGENT
from services.routing.domain.units import establishment_of, is_team
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
from shared.contracts.vocabulary import AssignmentState, RoutingReason, Urgency

AssignmentEvent = (
    RequestAssigned
    | RequestSetAside
    | AssignmentImported
    | DecisionRevised
    | TeamInformed
    | AssignmentAccepted
    | AssignmentRefused
    | RequestReassigned
    | AssignmentEscalated
    | AssignmentWithdrawn
    | AssignmentUrgencyChanged
    | AssignmentClosed
    | AssignmentReopened
)

OPEN = frozenset({AssignmentState.PROPOSED, AssignmentState.ACCEPTED, AssignmentState.REFUSED})
PROPOSING = (RequestAssigned, RequestReassigned, AssignmentEscalated, AssignmentReopened)
"""Events after which a unit has two working days to accept (R18)."""

AUTOMATIC = "R32"
"""The rule by which nobody is asked to answer an automatic message."""

OF_COPIES = "R21"
"""Beside the rule of a request that a copy joined: what the copy brought stays."""


class Ids(TypedDict):
    """What every event of an assignment begins with."""

    request_id: UUID
    register: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who answers for a request and why.

    ``decided_unit`` is where the policy sent it last, and by which ``decided_rule``; ``unit`` who
    answers now: they differ after a reassignment by hand, a refusal or an escalation.
    ``set_aside``: an automatic message, which nobody is asked to answer until a person reopens or
    corrects it. ``holder`` is the volunteer who accepted.
    """

    request_id: UUID
    register: str
    unit: str
    decided_unit: str
    state: AssignmentState
    rule: str | None = None
    decided_rule: str | None = None
    reason: RoutingReason | None = None
    reason_fr: str | None = None
    also: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    urgency: Urgency = Urgency.NORMAL
    received_on: date | None = None
    answer_due_on: date | None = None
    establishment: str | None = None
    danger: bool = False
    needs_review: bool = False
    set_aside: bool = False
    holder: str | None = None
    policy_version: str | None = None
    looked_at: tuple[LookedAt, ...] = ()
    reminder_of: UUID | None = None
    duplicate_of: UUID | None = None

    @property
    def open(self) -> bool:
        return self.state in OPEN and not self.set_aside

    @property
    def with_team(self) -> bool:
        return is_team(self.unit)

    @property
    def urgent_by_delay_alone(self) -> bool:
        """With a team by rule, though urgent: a reminder of what is overdue (R22).

        On any other ground it would be the desk's (R4).
        """
        given = self.unit != self.decided_unit or self.reason is RoutingReason.REASSIGNED_BY_HAND
        reminder = "R22" in (self.decided_rule, *self.also)
        return self.with_team and self.urgency in URGENT and reminder and not given

    @property
    def not_in_prison(self) -> str | None:
        """The rule by which no prison team may answer, whatever else applies; None if none."""
        rules = {self.rule, self.decided_rule, *self.also}
        return next((rule for rule in ("R15", "R16", "R17") if rule in rules), None)

    @property
    def place(self) -> str | None:
        """The establishment whose team answers, None for the desk and coordination."""
        return establishment_of(self.unit)


def ids_of(state: Assignment) -> Ids:
    """For the events that follow the first."""
    return {"request_id": state.request_id, "register": state.register}


def evolve(state: Assignment | None, event: AssignmentEvent) -> Assignment:
    """The state after ``event``. Never refuses: what happened, happened.

    Raises ValueError for a later event without a first one: a stream that was cut.
    """
    match event:
        case RequestAssigned():
            return _assigned(event)
        case RequestSetAside():
            return _set_aside(event)
        case AssignmentImported():
            return _imported(event)
        case _ if state is None:
            raise ValueError(f"assignment: begins with {type(event).__name__}")
        case DecisionRevised() | RequestReassigned() | AssignmentEscalated():
            return _moved(state, event)
        case AssignmentUrgencyChanged() | AssignmentReopened():
            return _dated(state, event)
        case TeamInformed(unit=unit):
            return replace(state, informed=_with(state.informed, (unit,)))
        case _:
            return _taken_or_left(state, event)


def _taken_or_left(
    state: Assignment,
    event: AssignmentAccepted | AssignmentRefused | AssignmentWithdrawn | AssignmentClosed,
) -> Assignment:
    match event:
        case AssignmentAccepted(volunteer_id=holder):
            return replace(state, state=AssignmentState.ACCEPTED, holder=holder)
        case AssignmentRefused():
            return replace(state, state=AssignmentState.REFUSED, holder=None)
        case AssignmentWithdrawn(reason=reason):
            left = replace(state, state=AssignmentState.WITHDRAWN, holder=None)
            if reason != RoutingReason.AUTOMATIC_MESSAGE:
                return left
            return replace(left, set_aside=True, decided_rule=AUTOMATIC)
        case AssignmentClosed():
            return replace(state, state=AssignmentState.CLOSED)
        case _:
            assert_never(event)


def _assigned(event: RequestAssigned) -> Assignment:
    return Assignment(
        request_id=event.request_id,
        register=event.register,
        unit=event.unit,
        decided_unit=event.unit,
        state=AssignmentState.PROPOSED,
        rule=event.rule,
        decided_rule=event.rule,
        reason=event.reason,
        reason_fr=event.reason_fr,
        also=event.also,
        informed=event.inform,
        urgency=event.urgency,
        received_on=event.received_on,
        answer_due_on=event.answer_due_on,
        establishment=event.establishment,
        danger=event.danger,
        needs_review=event.needs_review,
        policy_version=event.policy_version,
        looked_at=event.looked_at,
        reminder_of=event.reminder_of,
        duplicate_of=event.duplicate_of,
    )


def _set_aside(event: RequestSetAside) -> Assignment:
    return Assignment(
        request_id=event.request_id,
        register=event.register,
        unit=event.unit,
        decided_unit=event.unit,
        state=AssignmentState.CLOSED,
        rule=event.rule,
        decided_rule=event.rule,
        reason=event.reason,
        reason_fr=event.reason_fr,
        also=event.also,
        urgency=Urgency.LOW,
        received_on=event.received_on,
        set_aside=True,
        policy_version=event.policy_version,
        looked_at=event.looked_at,
    )


def _imported(event: AssignmentImported) -> Assignment:
    return Assignment(
        request_id=event.request_id,
        register=event.register,
        unit=event.unit,
        decided_unit=event.unit,
        state=event.state,
        urgency=event.urgency,
        received_on=event.received_on,
        answer_due_on=event.answer_due_on,
        establishment=event.establishment,
    )


def _moved(
    state: Assignment, event: DecisionRevised | RequestReassigned | AssignmentEscalated
) -> Assignment:
    moved = replace(state, urgency=event.urgency, answer_due_on=event.answer_due_on)
    if isinstance(event, AssignmentEscalated):
        return replace(moved, unit=event.unit, state=AssignmentState.PROPOSED, holder=None)
    moved = replace(
        moved,
        rule=event.rule,
        reason=event.reason,
        reason_fr=event.reason_fr,
        informed=_with(state.informed, event.inform),
    )
    if isinstance(event, RequestReassigned):
        moved = replace(moved, unit=event.unit, state=AssignmentState.PROPOSED, holder=None)
        if event.policy_version is None:
            return moved
        moved = replace(moved, decided_unit=event.unit)
    return replace(
        moved,
        decided_rule=event.rule,
        also=event.also,
        danger=event.danger,
        needs_review=event.needs_review,
        policy_version=event.policy_version,
        looked_at=event.looked_at,
        establishment=event.establishment,
    )


def _dated(state: Assignment, event: AssignmentUrgencyChanged | AssignmentReopened) -> Assignment:
    dated = replace(
        state, unit=event.unit, urgency=event.urgency, answer_due_on=event.answer_due_on
    )
    if isinstance(event, AssignmentReopened):
        return replace(dated, state=AssignmentState.PROPOSED, holder=None, set_aside=False)
    return replace(dated, danger=event.danger)


def _with(known: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*known, *more]))
