"""From the events of routing and follow-up to planned alerts: one batch, one transaction.

Here a cause gets the instant of its next stage; its alerts are planned then (``falling_due``).
Only the desk's own register is alerted: of rehearsals, nothing is kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.notifications.application.book import AlertBook
from services.notifications.application.heard import (
    OF_ASSIGNMENTS,
    OF_DEADLINES,
    AssignmentEvent,
    DeadlineEvent,
    VolunteerEvent,
)
from services.notifications.application.ports import Alerts, Causes, People
from services.notifications.application.reconcile import (
    carry_over,
    notice_to_come,
    settle_notice,
    waiting,
)
from services.notifications.domain import changes
from services.notifications.domain.cause import (
    DEADLINE,
    REFERRAL,
    REFERRAL_ACCEPTED,
    REFERRAL_REFUSED,
    STEP,
    Cause,
)
from services.notifications.domain.directory import Directory
from services.notifications.domain.hours import WorkingHours
from services.notifications.domain.ladder import Policy
from shared.clock import Clock
from shared.contracts.followup import events as followup
from shared.contracts.intake.events import MAIN_REGISTER
from shared.contracts.routing import events as routing
from shared.eventstore import Connection, UnitOfWork

_DECIDED = (REFERRAL_ACCEPTED, REFERRAL_REFUSED)


class Told(Protocol):
    """An event as a subscription delivers it."""

    @property
    def version(self) -> int: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def event(self) -> object: ...


Because = Callable[[Any], Mapping[str, Any]]


class Directories(People, Protocol):
    """The directory, and the events that keep it."""

    def note(self, connection: Connection, event: VolunteerEvent, version: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """What planning works with."""

    alerts: Alerts
    causes: Causes
    people: Directories
    policy: Policy
    hours: WorkingHours
    clock: Clock

    def handle(
        self, batch: Sequence[Told], unit: UnitOfWork, because: Because = lambda _: {}
    ) -> int:
        """Plan for a batch of events, in their order; how many events of our own that made.

        ``because`` gives the metadata of what one of them causes.
        """
        work = _Batch(self, unit)
        work.read_ahead([told.event for told in batch])
        for told in batch:
            work.because(because(told))
            work.take(told)
        return work.close()


class _Batch:
    """The causes and alerts of one batch, as they stand after each event."""

    def __init__(self, planner: Planner, unit: UnitOfWork) -> None:
        self._planner = planner
        self._connection = unit.connection
        self._book = AlertBook(unit, planner.alerts)
        self._causes: dict[str, Cause] = {}
        self._changed: dict[str, Cause] = {}
        self._directory: Directory | None = None
        self._because: Mapping[str, Any] = {}
        self._now = planner.clock.now()

    def read_ahead(self, events: Sequence[object]) -> None:
        """Read all that the batch concerns, in a query a kind."""
        table, connection = self._planner.causes, self._connection
        found = table.of_requests(connection, _ids(events, "request_id"))
        found += table.of_cases(connection, _ids(events, "case_id"))
        keys = [changes.deadline_key(one) for one in _ids(events, "deadline_id")]
        found += table.get(connection, keys).values()
        self._causes = {cause.key: cause for cause in found}
        requests = {one.request_id for one in found if one.request_id} - _ids(events, "request_id")
        self._causes |= {one.key: one for one in table.of_requests(connection, requests)}
        new = [changes.assignment_key(one) for one in _ids(events, "request_id")]
        self._book.load_causes([*self._causes, *new, *keys])

    def because(self, metadata: Mapping[str, Any]) -> None:
        """What is decided from now on carries ``metadata``."""
        self._because = self._book.because = metadata

    def take(self, told: Told) -> None:
        """Bring causes and alerts up to one event."""
        at = min(told.occurred_at, self._now)
        event = told.event
        if getattr(event, "register", MAIN_REGISTER) != MAIN_REGISTER:
            return
        if isinstance(event, VolunteerEvent):
            self._planner.people.note(self._connection, event, told.version)
            self._directory = None
            return
        key = _stream_cause(event)
        before = self._causes.get(key)
        if before is not None and told.version <= before.heard:
            return  # delivered again
        if isinstance(event, OF_ASSIGNMENTS):
            self._assignment(event, told.version, at)
        elif isinstance(event, OF_DEADLINES):
            self._deadline(event, at)
        else:
            self._case(event, told.version, at)
        if (after := self._causes.get(key)) is not None:
            self._causes[key] = self._changed[key] = replace(after, heard=told.version)

    def close(self) -> int:
        """Keep the causes, hand the decisions to the unit of work."""
        self._planner.causes.put(self._connection, list(self._changed.values()))
        return self._book.close()

    def _assignment(self, event: AssignmentEvent, version: int, at: datetime) -> None:
        before = self._causes.get(changes.assignment_key(event.request_id))
        match event:
            case (
                routing.RequestAssigned()
                | routing.RequestReassigned()
                | routing.AssignmentEscalated()
                | routing.AssignmentReopened()
            ):
                after = changes.given(before, event, version=version, at=at)
                self._inform(event, at)
            case routing.AssignmentImported():
                after = changes.imported(event, version=version, at=at)
            case routing.AssignmentUrgencyChanged() | routing.DecisionRevised():
                after = changes.revised(before, event, at=at, untold=self._is_untold(before))
                self._inform(event, at)
            case routing.TeamInformed():
                self._set(changes.informed(event, at=at), at)
                return
            case routing.AssignmentAccepted(volunteer_id=volunteer_id):
                if before is None:
                    return
                before = settle_notice(self._book, before, self._planner.policy, volunteer_id)
                self._causes[before.key] = before
                after = changes.accepted(before, volunteer_id, at=at)
            case routing.AssignmentRefused():
                if before is None:
                    return
                after = replace(before, holder=None)
            case routing.AssignmentWithdrawn() | routing.AssignmentClosed():
                self._close_request(event.request_id, at)
                return
        self._set(after, at)
        self._hand_over(after, at)

    def _is_untold(self, cause: Cause | None) -> bool:
        """Whether whoever answers for a request has still to be told that they do."""
        planner = self._planner
        return cause is not None and notice_to_come(
            self._book, cause, planner.policy, planner.hours
        )

    def _inform(self, event: object, at: datetime) -> None:
        """Those whom a decision tells of a request that another unit answers for."""
        if not isinstance(
            event, routing.RequestAssigned | routing.RequestReassigned | routing.DecisionRevised
        ):
            return
        for unit in event.inform:
            told = routing.TeamInformed(
                request_id=event.request_id,
                register=event.register,
                unit=unit,
                reason_fr=event.reason_fr,
            )
            if f"information:{event.request_id}/{unit}" not in self._causes:
                self._set(changes.informed(told, at=at), at)

    def _close_request(self, request_id: UUID, at: datetime) -> None:
        """Answered, closed or withdrawn. Deadlines stay alive: only their own end ends them."""
        for cause in self._of_request(request_id):
            if cause.kind not in (DEADLINE, REFERRAL, STEP, *_DECIDED):
                self._set(replace(cause, open=False, danger=False), at)

    def _hand_over(self, holding: Cause, at: datetime) -> None:
        for cause in self._of_request(holding.request_id):
            if cause.kind == DEADLINE:
                self._set(changes.handed_over(cause, holding, at=at), at)

    def _of_request(self, request_id: UUID | None) -> list[Cause]:
        return [one for one in self._causes.values() if one.request_id == request_id]

    def _deadline(self, event: DeadlineEvent, at: datetime) -> None:
        before = self._causes.get(changes.deadline_key(event.deadline_id))
        match event:
            case (
                followup.DeadlineProposed() | followup.DeadlineSet() | followup.DeadlineCorrected()
            ):
                holding = self._holding(event.request_id)
                self._set(changes.with_terms(before, event, holding, at=at), at)
            case followup.DeadlineMissed():
                if before is not None:
                    self._set(changes.missed(before, at=at), at)
            case followup.DeadlineMet() | followup.DeadlineDropped():
                if before is not None:
                    self._set(replace(before, open=False), at)

    def _holding(self, request_id: UUID | None) -> Cause | None:
        """Who answers for a deadline's request; read now if no event of the batch names it."""
        if request_id is None:
            return None
        return self._causes.get(changes.assignment_key(request_id))

    def _case(  # noqa: C901 - one case an event
        self, event: object, version: int, at: datetime
    ) -> None:
        match event:
            case followup.ReferralReceived():
                self._set(changes.referred(event, version=version, at=at), at)
            case followup.ReferralReconsidered(case_id=case_id):
                if referral := self._causes.get(f"{REFERRAL}:{case_id}"):
                    again = replace(referral, open=True, round=version, since=at, announce=True)
                    self._set(again, at)
                self._end(f"{REFERRAL_REFUSED}:{case_id}", at)
            case followup.ReferralAccepted(case_id=case_id):
                self._decided(case_id, REFERRAL_ACCEPTED, version, at)
            case followup.ReferralRefused(case_id=case_id):
                self._decided(case_id, REFERRAL_REFUSED, version, at)
            case followup.StepPlanned() if referral := self._main_case(event.case_id):
                self._set(changes.step_planned(event, referral.register, at=at), at)
            case followup.StepCompleted(step_id=step_id) | followup.StepDropped(step_id=step_id):
                self._end(f"{STEP}:{step_id}", at)
            case followup.AppointmentOffered() if referral := self._main_case(event.case_id):
                self._set(changes.appointment_offered(event, referral.register, at=at), at)
            case (
                followup.AppointmentRescheduled(appointment_id=appointment_id)
                | followup.AppointmentCancelled(appointment_id=appointment_id)
                | followup.AppointmentAttended(appointment_id=appointment_id)
                | followup.AppointmentMissed(appointment_id=appointment_id)
            ):
                self._end(f"appointment:{appointment_id}", at)
            case followup.CaseClosed(case_id=case_id):
                self._close_case(case_id, at)
            case followup.CaseReopened(case_id=case_id):
                self._reopen_case(case_id, version, at)
            case _:
                pass  # nothing that anybody is alerted of

    def _decided(self, case_id: UUID, kind: str, version: int, at: datetime) -> None:
        """Nobody has to decide any more; the team that referred the person is told."""
        referral = self._main_case(case_id)
        if referral is None:
            return
        self._set(replace(referral, open=False), at)
        if told := changes.decided(referral, kind, version=version, at=at):
            self._set(told, at)

    def _main_case(self, case_id: UUID) -> Cause | None:
        """A case of the desk's own register begins with a referral that is known here."""
        return self._causes.get(f"{REFERRAL}:{case_id}")

    def _close_case(self, case_id: UUID, at: datetime) -> None:
        """Steps and appointments end with the case; deadlines only by their own end."""
        for cause in self._of_case(case_id):
            if cause.kind not in (DEADLINE, *_DECIDED):
                self._set(changes.ended_with_case(cause), at)

    def _reopen_case(self, case_id: UUID, version: int, at: datetime) -> None:
        """Its steps and appointments that are not done are recalled again."""
        for cause in self._of_case(case_id):
            self._set(changes.reopened_with_case(cause, version=version, at=at), at)

    def _of_case(self, case_id: UUID) -> list[Cause]:
        return [one for one in self._causes.values() if one.case_id == case_id]

    def _end(self, key: str, at: datetime) -> None:
        if (cause := self._causes.get(key)) is not None:
            self._set(replace(cause, open=False, ended_with_case=False), at)

    def _set(self, cause: Cause, at: datetime) -> None:
        """The cause is so since ``at``: call off what is without object now, and note when its
        first stage is to be planned. What it tells already is found planned then."""
        planner, before = self._planner, self._causes.get(cause.key)
        if before is not None and _same(before, cause):
            return
        after = waiting(replace(cause, because=self._because), planner.policy, planner.hours)
        self._causes[cause.key] = self._changed[cause.key] = after
        if before is None:
            return
        if self._directory is None:
            self._directory = planner.people.directory(self._connection)
        carry_over(
            self._book,
            before,
            after,
            planner.policy,
            self._directory,
            planner.hours,
            at=at,
        )


def _same(before: Cause, after: Cause) -> bool:
    """Whether nothing changed but what this service notes for itself."""
    return before == replace(
        after,
        heard=before.heard,
        next_at=before.next_at,
        next_lane=before.next_lane,
        because=before.because,
    )


def _stream_cause(event: object) -> str:
    """The cause that stands for an event's own stream."""
    for field, kind in (("deadline_id", DEADLINE), ("case_id", REFERRAL), ("request_id", "")):
        key = getattr(event, field, None)
        if isinstance(key, UUID):
            return f"{kind}:{key}" if kind else changes.assignment_key(key)
    return ""


def _ids(events: Sequence[object], field: str) -> set[UUID]:
    found = (getattr(event, field, None) for event in events)
    return {one for one in found if isinstance(one, UUID)}
