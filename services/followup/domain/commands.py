"""What can be asked of a case, its steps and appointments, and of a deadline.

``by`` names who asks. Ids, days and instants come in with the command; ``now`` is aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.contracts.followup.events import DeadlineTerms
from shared.contracts.vocabulary import Outcome, StepKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveReferral:
    """Somebody is sent to the desk for follow-up, or a request shows that they need it (R11, R16).

    ``source``: "team:<code>", "permanence", "person", "request" or "partner". ``note`` is private.
    """

    case_id: UUID
    person_id: UUID
    register: str
    source: str
    request_id: UUID | None = None
    establishment: str | None = None
    release_on: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptReferral:
    """The desk takes the follow-up."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseReferral:
    """Refused with a reason and an orientation (R11)."""

    reason: str
    orientation: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconsiderReferral:
    """A refused referral is looked at again."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """First contact or appointment done."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendCase:
    """Unreachable, re-imprisoned, or waits for a decision."""

    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCase:
    """Goes on."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCase:
    """Closed with an outcome and a name (R45); ``running`` are its deadlines that still run."""

    outcome: Outcome
    running: tuple[UUID, ...]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenCase:
    """A new fact reopens it under the same number (R45)."""

    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCase:
    """Another permanence follows the person from now on, or as well."""

    to: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """One thing to do; ``note`` is private, ``due_on`` no day that has passed in Paris."""

    step_id: UUID
    kind: StepKind
    due_on: date | None
    note: str | None
    by: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteStep:
    """Done."""

    step_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropStep:
    """No longer useful."""

    step_id: UUID
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAppointment:
    """A person offers a date (R9)."""

    appointment_id: UUID
    starts_at: datetime
    place: str
    by: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAppointment:
    """The person agreed."""

    appointment_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleAppointment:
    """Replaced by ``new_id``, which is offered anew."""

    appointment_id: UUID
    new_id: UUID
    starts_at: datetime
    place: str
    by: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAppointment:
    """Called off before it took place."""

    appointment_id: UUID
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAttendance:
    """It took place."""

    appointment_id: UUID
    by: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAbsence:
    """The person did not come; not a closing by itself."""

    appointment_id: UUID
    by: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeDeadline:
    """Found in an item: a candidate until a person confirms it (R39)."""

    deadline_id: UUID
    register: str
    request_id: UUID | None
    case_id: UUID | None
    terms: DeadlineTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDeadline:
    """A person confirms a candidate (``terms`` None: as it stands), or sets a new deadline."""

    deadline_id: UUID
    register: str
    request_id: UUID | None
    case_id: UUID | None
    terms: DeadlineTerms | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectDeadline:
    """Its terms were wrong; the state stays."""

    terms: DeadlineTerms
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetDeadline:
    """Done in time; ``proof`` says how it is known, without naming anybody."""

    proof: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissDeadline:
    """Time passes: missed if its last day or hour is over at ``now``."""

    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawNear:
    """Time passes: told of if its prudent date is ten days away at ``now``, or three, or fewer."""

    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DropDeadline:
    """Of no object, with a reason."""

    reason: str
    by: str


StepCommand = PlanStep | CompleteStep | DropStep
AppointmentCommand = (
    OfferAppointment
    | ConfirmAppointment
    | RescheduleAppointment
    | CancelAppointment
    | RecordAttendance
    | RecordAbsence
)
CaseCommand = (
    ReceiveReferral
    | AcceptReferral
    | RefuseReferral
    | ReconsiderReferral
    | OpenCase
    | SuspendCase
    | ResumeCase
    | CloseCase
    | ReopenCase
    | TransferCase
    | StepCommand
    | AppointmentCommand
)
DeadlineCommand = (
    ProposeDeadline
    | SetDeadline
    | CorrectDeadline
    | DrawNear
    | MeetDeadline
    | MissDeadline
    | DropDeadline
)
