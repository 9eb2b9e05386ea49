"""What an event of routing or follow-up makes of the causes of alerts: pure.

``at`` is when it happened, never later than now, so that another service's fast clock delays
nothing. A change that starts a ladder anew takes the event's version as its round.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Protocol
from uuid import UUID

from shared.clock import PARIS
from shared.contracts.followup.events import (
    AppointmentOffered,
    DeadlineCorrected,
    DeadlineProposed,
    DeadlineSet,
    ReferralReceived,
    StepPlanned,
)
from shared.contracts.routing.events import (
    AssignmentEscalated,
    AssignmentImported,
    AssignmentReopened,
    AssignmentUrgencyChanged,
    DecisionRevised,
    RequestAssigned,
    RequestReassigned,
    TeamInformed,
)
from shared.contracts.vocabulary import Urgency

from .cause import APPOINTMENT, ASSIGNMENT, DEADLINE, INFORMATION, REFERRAL, STEP, Cause
from .directory import DESK
from .lanes import RANK

Given = RequestAssigned | RequestReassigned | AssignmentEscalated | AssignmentReopened
Terms = DeadlineProposed | DeadlineSet | DeadlineCorrected


class Held(Protocol):
    """An event that says who answers for a request, how urgently and until when."""

    @property
    def request_id(self) -> UUID: ...
    @property
    def register(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def urgency(self) -> Urgency: ...
    @property
    def answer_due_on(self) -> date | None: ...


def assignment_key(request_id: UUID) -> str:
    """The cause of the alerts that a unit answers for a request."""
    return f"{ASSIGNMENT}:{request_id}"


def deadline_key(deadline_id: UUID) -> str:
    """The cause of a deadline's alerts."""
    return f"{DEADLINE}:{deadline_id}"


def given(before: Cause | None, event: Given, *, version: int, at: datetime) -> Cause:
    """A unit answers for the request from now on: its ladder starts anew. Danger stays."""
    danger = getattr(event, "danger", False) or (before is not None and before.danger)
    same_day = _of_a_minor(event) or (before is not None and before.same_day)
    return replace(_held(event, at), round=version, danger=danger, same_day=same_day)


def imported(event: AssignmentImported, *, version: int, at: datetime) -> Cause:
    """Known before: nothing is announced; what is dated is still recalled while it is open."""
    is_open = event.state == "accepted"
    return replace(_held(event, at), round=version, announce=False, open=is_open)


def revised(
    before: Cause | None,
    event: AssignmentUrgencyChanged | DecisionRevised,
    *,
    at: datetime,
    untold: bool = False,
) -> Cause:
    """Another urgency or date, the same unit: told at once only if it became more urgent, or if
    it is ``untold``: its notice had not left yet."""
    if before is None:
        return replace(_held(event, at), same_day=_of_a_minor(event))
    danger = before.danger or event.danger
    same_day = before.same_day or _of_a_minor(event)
    raised = (
        RANK[event.urgency] < RANK[before.urgency]
        or danger > before.danger
        or same_day > before.same_day
    )
    return replace(
        _held(event, at),
        round=before.round,
        holder=before.holder,
        danger=danger,
        same_day=same_day,
        announce=raised or untold,
        open=before.open,
    )


def accepted(before: Cause, volunteer_id: str, *, at: datetime) -> Cause:
    """A volunteer has it: reminders go to them alone, and nothing is announced any more."""
    return replace(before, holder=volunteer_id, announce=False, since=at)


def informed(event: TeamInformed, *, at: datetime) -> Cause:
    """A unit is told of a request that another answers for."""
    return Cause(
        key=f"{INFORMATION}:{event.request_id}/{event.unit}",
        kind=INFORMATION,
        register=event.register,
        unit=event.unit,
        since=at,
        request_id=event.request_id,
    )


def with_terms(before: Cause | None, event: Terms, holding: Cause | None, *, at: datetime) -> Cause:
    """A deadline with its prudent date; the holder of the request holds it, else the desk.

    Confirmed unchanged, its ladder goes on. With another date, or running again after it was
    missed, it begins another round: a date that comes back, or is missed again, alerts again.
    """
    terms = event.terms
    after = Cause(
        key=deadline_key(event.deadline_id),
        kind=DEADLINE,
        register=event.register,
        unit=holding.unit if holding else DESK,
        holder=holding.holder if holding else None,
        urgency=holding.urgency if holding else Urgency.HIGH,
        request_id=event.request_id,
        case_id=event.case_id,
        deadline_id=event.deadline_id,
        deadline_kind=terms.kind,
        candidate=isinstance(event, DeadlineProposed),
        term=terms.prudent,
        term_on=_day_of(terms.prudent, terms.alert_at),
        term_at=terms.alert_at,
        since=at,
    )
    if before is None:
        return after
    unchanged = (before.term, before.term_at) == (after.term, after.term_at)
    if unchanged and not before.missed:
        return replace(after, since=before.since, open=before.open, round=before.round)
    return replace(after, round=before.round + 1)


def missed(before: Cause, *, at: datetime) -> Cause:
    """It passed without act: somebody looks for another way (R41)."""
    return replace(before, missed=True, announce=True, since=at)


def handed_over(before: Cause, holding: Cause, *, at: datetime) -> Cause:
    """A deadline follows its request to those who answer for it now, and is as urgent as it.

    So it comes to the same, whichever of the two was heard of first.
    """
    after = replace(before, urgency=holding.urgency)
    if (before.unit, before.holder) == (holding.unit, holding.holder):
        return after
    return replace(after, unit=holding.unit, holder=holding.holder, since=at)


def referred(event: ReferralReceived, *, version: int, at: datetime) -> Cause:
    """A referral waits for the desk's decision (R11)."""
    return Cause(
        key=f"{REFERRAL}:{event.case_id}",
        kind=REFERRAL,
        register=event.register,
        unit=DESK,
        round=version,
        since=at,
        request_id=event.request_id,
        case_id=event.case_id,
        referrer=event.source if event.source.startswith("team:") else None,
    )


def decided(referral: Cause, kind: str, *, version: int, at: datetime) -> Cause | None:
    """The team that referred somebody is told what the desk decided (R11): ``kind`` says what.

    None where no team did: of others no address is known, and a person tells them.
    """
    if referral.referrer is None:
        return None
    return Cause(
        key=f"{kind}:{referral.case_id}",
        kind=kind,
        register=referral.register,
        unit=referral.referrer,
        round=version,
        since=at,
        request_id=referral.request_id,
        case_id=referral.case_id,
    )


def step_planned(event: StepPlanned, register: str, *, at: datetime) -> Cause:
    """A step with a day is recalled to whoever planned it, else to the desk."""
    return Cause(
        key=f"{STEP}:{event.step_id}",
        kind=STEP,
        register=register,
        unit=DESK,
        holder=event.by,
        since=at,
        case_id=event.case_id,
        term=event.due_on.isoformat() if event.due_on else None,
        term_on=event.due_on,
    )


def appointment_offered(event: AppointmentOffered, register: str, *, at: datetime) -> Cause:
    """An appointment is recalled to whoever offered it, else to the desk."""
    local = event.starts_at.astimezone(PARIS)
    return Cause(
        key=f"{APPOINTMENT}:{event.appointment_id}",
        kind=APPOINTMENT,
        register=register,
        unit=DESK,
        holder=event.by,
        since=at,
        case_id=event.case_id,
        term=local.strftime("%Y-%m-%dT%H:%M"),
        term_on=local.date(),
        term_at=event.starts_at.astimezone(UTC),
    )


def ended_with_case(before: Cause) -> Cause:
    """Its case was closed: nothing is recalled any more; what is not done is if it reopens."""
    recalled = before.open and before.kind in (STEP, APPOINTMENT)
    return replace(before, open=False, ended_with_case=before.ended_with_case or recalled)


def reopened_with_case(before: Cause, *, version: int, at: datetime) -> Cause:
    """Its case is open again; an appointment that passed meanwhile is not recalled."""
    if not before.ended_with_case:
        return before
    after = replace(before, ended_with_case=False)
    if before.kind == APPOINTMENT and before.term_at is not None and before.term_at <= at:
        return after
    return replace(after, open=True, round=version, since=at)


def _of_a_minor(event: object) -> bool:
    """Whether it was decided of a minor, or of one whose age is disputed: seen that day (R23)."""
    return "R23" in (getattr(event, "rule", ""), *getattr(event, "also", ()))


def _held(event: Held, at: datetime) -> Cause:
    due = event.answer_due_on
    return Cause(
        key=assignment_key(event.request_id),
        kind=ASSIGNMENT,
        register=event.register,
        unit=event.unit,
        urgency=event.urgency,
        request_id=event.request_id,
        term=due.isoformat() if due else None,
        term_on=due,
        since=at,
    )


def _day_of(prudent: str | None, alert_at: datetime | None) -> date | None:
    """The prudent day for the desk: the earlier of the local one and that of Paris."""
    days = [alert_at.astimezone(PARIS).date()] if alert_at else []
    if prudent:
        days.append(date.fromisoformat(prudent[:10]))
    return min(days, default=None)
