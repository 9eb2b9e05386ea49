"""A case: what it is now, and how each event changes it. What may happen: ``case_decisions``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.followup.domain import appointment
from services.followup.domain.appointment import Appointment, AppointmentEvent
from shared.contracts.followup.events import (
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
from shared.contracts.vocabulary import CaseState, Outcome, StepKind, StepState

StepEvent = StepPlanned | StepCompleted | StepDropped
CaseEvent = (
    ReferralReceived
    | ReferralAccepted
    | ReferralRefused
    | ReferralReconsidered
    | CaseOpened
    | CaseSuspended
    | CaseResumed
    | CaseClosed
    | CaseReopened
    | CaseTransferred
    | StepEvent
    | AppointmentEvent
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do; ``note`` is None once the person is erased."""

    step_id: UUID
    kind: StepKind
    due_on: date | None
    planned_by: str
    state: StepState = StepState.PLANNED
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as its events tell it; ``state`` is None before the first of them."""

    case_id: UUID | None = None
    person_id: UUID | None = None
    register: str = ""
    state: CaseState | None = None
    source: str = ""
    request_id: UUID | None = None
    establishment: str | None = None
    release_on: date | None = None
    note: str | None = None
    reason: str | None = None
    orientation: str | None = None
    outcome: Outcome | None = None
    transferred_to: str | None = None
    steps: Mapping[UUID, Step] = field(default_factory=dict)
    appointments: Mapping[UUID, Appointment] = field(default_factory=dict)


def evolve(state: Case, event: CaseEvent) -> Case:  # noqa: C901 - one case an event
    """The state after ``event``. Never refuses: what happened, happened."""
    match event:
        case ReferralReceived():
            return _received(event)
        case ReferralAccepted():
            return replace(state, state=CaseState.ACCEPTED)
        case ReferralRefused(reason=reason, orientation=orientation):
            return replace(state, state=CaseState.REFUSED, reason=reason, orientation=orientation)
        case ReferralReconsidered():
            return replace(state, state=CaseState.REFERRAL_RECEIVED, reason=None, orientation=None)
        case CaseOpened() | CaseResumed():
            return replace(state, state=CaseState.OPEN, reason=None)
        case CaseSuspended(reason=reason):
            return replace(state, state=CaseState.SUSPENDED, reason=reason)
        case CaseClosed(outcome=outcome):
            return replace(state, state=CaseState.CLOSED, outcome=outcome, reason=None)
        case CaseReopened(reason=reason):
            return replace(state, state=CaseState.REOPENED, outcome=None, reason=reason)
        case CaseTransferred(to=to):
            return replace(state, transferred_to=to)
        case StepPlanned() | StepCompleted() | StepDropped():
            return replace(state, steps={**state.steps, **_step(state, event)})
        case _:
            known = state.appointments.get(event.appointment_id)
            after = appointment.evolve(known, event)
            changed = {} if after is None else {event.appointment_id: after}
            return replace(state, appointments={**state.appointments, **changed})


def evolve_step(state: Step | None, event: StepEvent) -> Step | None:
    """The step after ``event``; None stays None for one that is not known."""
    if isinstance(event, StepPlanned):
        return Step(
            step_id=event.step_id,
            kind=event.kind,
            due_on=event.due_on,
            planned_by=event.by,
            note=event.private.text if event.private else None,
        )
    if state is None:
        return None
    match event:
        case StepCompleted():
            return replace(state, state=StepState.COMPLETED)
        case StepDropped():
            return replace(state, state=StepState.DROPPED)
        case _:
            assert_never(event)


def _received(event: ReferralReceived) -> Case:
    return Case(
        case_id=event.case_id,
        person_id=event.person_id,
        register=event.register,
        state=CaseState.REFERRAL_RECEIVED,
        source=event.source,
        request_id=event.request_id,
        establishment=event.establishment,
        release_on=event.release_on,
        note=event.private.text if event.private else None,
    )


def _step(state: Case, event: StepEvent) -> dict[UUID, Step]:
    after = evolve_step(state.steps.get(event.step_id), event)
    return {} if after is None else {event.step_id: after}
