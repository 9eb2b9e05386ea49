"""What happens to a case because of a command, after the desk's life cycle and rules.

A command out of its state is refused with the state named; one that happened already gives
nothing.
"""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from services.followup.domain import appointment
from services.followup.domain.case import Case, CaseEvent, Step
from services.followup.domain.commands import (
    AcceptReferral,
    CancelAppointment,
    CaseCommand,
    CloseCase,
    CompleteStep,
    ConfirmAppointment,
    DropStep,
    OfferAppointment,
    OpenCase,
    PlanStep,
    ReceiveReferral,
    ReconsiderReferral,
    RecordAbsence,
    RecordAttendance,
    RefuseReferral,
    ReopenCase,
    RescheduleAppointment,
    ResumeCase,
    StepCommand,
    SuspendCase,
    TransferCase,
)
from services.followup.domain.errors import DeadlinesRunning, InThePast, OutOfState, Unknown
from services.followup.domain.saying import person, words
from shared.clock import PARIS
from shared.contracts.followup.events import (
    CaseClosed,
    CaseNote,
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
from shared.contracts.vocabulary import CaseState, StepState

_S = CaseState
_Moving = (
    AcceptReferral
    | RefuseReferral
    | ReconsiderReferral
    | OpenCase
    | SuspendCase
    | ResumeCase
    | CloseCase
    | ReopenCase
)
_LIFE: dict[type, tuple[str, tuple[_S, ...], _S]] = {
    AcceptReferral: ("accept_referral", (_S.REFERRAL_RECEIVED,), _S.ACCEPTED),
    RefuseReferral: ("refuse_referral", (_S.REFERRAL_RECEIVED,), _S.REFUSED),
    ReconsiderReferral: ("reconsider_referral", (_S.REFUSED,), _S.REFERRAL_RECEIVED),
    OpenCase: ("open_case", (_S.ACCEPTED,), _S.OPEN),
    SuspendCase: ("suspend_case", (_S.OPEN, _S.REOPENED), _S.SUSPENDED),
    ResumeCase: ("resume_case", (_S.SUSPENDED,), _S.OPEN),
    CloseCase: ("close_case", (_S.ACCEPTED, _S.OPEN, _S.REOPENED, _S.SUSPENDED), _S.CLOSED),
    ReopenCase: ("reopen_case", (_S.CLOSED,), _S.REOPENED),
}
_WORKING = (_S.OPEN, _S.REOPENED, _S.SUSPENDED)
_RECEIVING = (_S.ACCEPTED, *_WORKING)


def decide(state: Case, command: CaseCommand) -> list[CaseEvent]:
    """The events that ``command`` causes; ``Case()`` for a case that is not known yet.

    Raises Refused with the state, the rule or the remedy.
    """
    if isinstance(command, ReceiveReferral):
        return [] if state.state else [_received(command)]
    if state.state is None or state.case_id is None:
        raise Unknown("case_id", state.case_id)
    match command:
        case TransferCase(to=to):
            by = person(command.by, "transfer_case", "R11")
            where = words(to, "to", "transfer_case")
            if where == state.transferred_to:
                return []
            return [CaseTransferred(case_id=state.case_id, to=where, by=by)]
        case PlanStep() | CompleteStep() | DropStep():
            _need(state, "plan_step, complete_step and drop_step", _WORKING)
            return _step(state, state.case_id, command)
        case (
            OfferAppointment()
            | ConfirmAppointment()
            | RescheduleAppointment()
            | CancelAppointment()
            | RecordAttendance()
            | RecordAbsence()
        ):
            if isinstance(command, OfferAppointment | RescheduleAppointment):
                _need(state, "offer_appointment", _RECEIVING)
            known = state.appointments.get(command.appointment_id)
            return list(appointment.decide(known, command, state.case_id))
        case _:
            return _move(state, state.case_id, command)


def _move(  # noqa: C901 - one case a command
    state: Case, case_id: UUID, command: _Moving
) -> list[CaseEvent]:
    name, allowed, target = _LIFE[type(command)]
    by = person(command.by, name, "R11, R45")
    other_outcome = isinstance(command, CloseCase) and state.outcome not in (None, command.outcome)
    if state.state is target and not other_outcome:
        return []
    _need(state, name, allowed)
    match command:
        case AcceptReferral():
            return [ReferralAccepted(case_id=case_id, by=by)]
        case RefuseReferral(reason=reason, orientation=orientation):
            refused = ReferralRefused(
                case_id=case_id,
                reason=words(reason, "reason", name),
                orientation=words(orientation, "orientation", name),
                by=by,
            )
            return [refused]
        case ReconsiderReferral():
            return [ReferralReconsidered(case_id=case_id, by=by)]
        case OpenCase():
            return [CaseOpened(case_id=case_id, by=by)]
        case SuspendCase(reason=reason):
            return [CaseSuspended(case_id=case_id, reason=words(reason, "reason", name), by=by)]
        case ResumeCase():
            return [CaseResumed(case_id=case_id, by=by)]
        case CloseCase(outcome=outcome, running=running):
            if running:
                raise DeadlinesRunning(case_id, running)
            return [CaseClosed(case_id=case_id, outcome=outcome, by=by)]
        case ReopenCase(reason=reason):
            return [CaseReopened(case_id=case_id, reason=words(reason, "reason", name), by=by)]
        case _:
            assert_never(command)


def _received(command: ReceiveReferral) -> ReferralReceived:
    return ReferralReceived(
        case_id=command.case_id,
        person_id=command.person_id,
        register=command.register,
        source=command.source,
        request_id=command.request_id,
        establishment=command.establishment,
        release_on=command.release_on,
        private=_note(command.note),
    )


def _step(state: Case, case_id: UUID, command: StepCommand) -> list[CaseEvent]:
    known = state.steps.get(command.step_id)
    if isinstance(command, PlanStep):
        return [] if known else [_planned(state, case_id, command)]
    if known is None:
        raise Unknown("step_id", command.step_id)
    match command:
        case CompleteStep():
            by = person(command.by, "complete_step", "R45")
            if not _step_open(known, "complete_step", StepState.COMPLETED):
                return []
            return [StepCompleted(case_id=case_id, step_id=known.step_id, by=by)]
        case DropStep(reason=reason):
            by = person(command.by, "drop_step", "R45")
            if not _step_open(known, "drop_step", StepState.DROPPED):
                return []
            said = words(reason, "reason", "drop_step")
            return [StepDropped(case_id=case_id, step_id=known.step_id, reason=said, by=by)]
        case _:
            assert_never(command)


def _planned(state: Case, case_id: UUID, command: PlanStep) -> StepPlanned:
    if state.person_id is None:
        raise Unknown("person_id", None)
    if command.due_on is not None and command.due_on < command.now.astimezone(PARIS).date():
        raise InThePast("due_on", command.due_on.isoformat())
    return StepPlanned(
        case_id=case_id,
        person_id=state.person_id,
        step_id=command.step_id,
        kind=command.kind,
        due_on=command.due_on,
        by=person(command.by, "plan_step", "R45"),
        private=_note(command.note),
    )


def _step_open(step: Step, name: str, target: StepState) -> bool:
    """Whether there is something to do; raises OutOfState if it ended the other way."""
    if step.state is target:
        return False
    if step.state is not StepState.PLANNED:
        raise OutOfState(name, f"step {step.step_id}", step.state, (StepState.PLANNED,))
    return True


def _need(state: Case, name: str, allowed: tuple[CaseState, ...]) -> None:
    if state.state not in allowed:
        raise OutOfState(name, f"case {state.case_id}", state.state, allowed)


def _note(text: str | None) -> CaseNote | None:
    return CaseNote(text=text.strip()) if text and text.strip() else None
