"""What follow-up tells: cases, appointments, steps and deadlines of people around their release.

Streams: ``case-<case id>`` (its appointments and steps included) and ``deadline-<deadline id>``:
a deadline may belong to a request long before there is a case, or without one ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.vocabulary import DeadlineKind, Outcome, StepKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNote:
    """Words about a person: private."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralReceived:
    """A person was sent to the desk for follow-up; it accepts or refuses (R11).

    ``source`` says who refers: "team:<code>", "permanence", "person", "request", "partner".
    ``release_on`` is the day of release, if known.
    """

    SUBJECT: ClassVar[str] = "person_id"

    case_id: UUID
    person_id: UUID
    register: str
    source: str
    request_id: UUID | None
    establishment: str | None
    release_on: date | None
    private: CaseNote | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralAccepted:
    """The desk takes the follow-up; a team that referred is told by mail, others by a person."""

    case_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRefused:
    """Refused with a reason and an orientation; a team that referred is told by mail, others by a
    person."""

    case_id: UUID
    reason: str
    orientation: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralReconsidered:
    """A refused referral is looked at again."""

    case_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened:
    """First contact or appointment done."""

    case_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSuspended:
    """Unreachable, re-imprisoned, or waits for a decision; deadlines stay alive."""

    case_id: UUID
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResumed:
    """Goes on."""

    case_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed:
    """Closed with an outcome."""

    case_id: UUID
    outcome: Outcome
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReopened:
    """Open again."""

    case_id: UUID
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTransferred:
    """Another permanence of La Cimade follows the person from now on, or as well."""

    case_id: UUID
    to: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlanned:
    """One thing to do in a case, by ``due_on`` if there is a day."""

    SUBJECT: ClassVar[str] = "person_id"

    case_id: UUID
    person_id: UUID
    step_id: UUID
    kind: StepKind
    due_on: date | None
    by: str
    private: CaseNote | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCompleted:
    """Done."""

    case_id: UUID
    step_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDropped:
    """No longer useful."""

    case_id: UUID
    step_id: UUID
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentOffered:
    """A person of the desk offered a date; never a rule (R9). ``replaces`` an earlier one."""

    case_id: UUID
    appointment_id: UUID
    starts_at: datetime
    place: str
    by: str
    replaces: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentConfirmed:
    """Agreed by the person."""

    case_id: UUID
    appointment_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentRescheduled:
    """Replaced by another, which is offered anew."""

    case_id: UUID
    appointment_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCancelled:
    """Called off before it took place, by either side."""

    case_id: UUID
    appointment_id: UUID
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentAttended:
    """Took place."""

    case_id: UUID
    appointment_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentMissed:
    """The person did not come; not a closing by itself."""

    case_id: UUID
    appointment_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineTerms:
    """A deadline's two dates and all that they rest on.

    ``prudent`` (alerts are planned on it) and ``last`` are local days ("2026-11-10") or local
    instants ("2026-11-15T17:30"), None when the trigger is unknown: the clock is then treated as
    already running. ``alert_at`` is the prudent date as an aware UTC instant (end of the day for a
    day), None likewise. ``confidence`` is high, medium or low; ``reservations`` are French
    sentences that must be shown with the dates.
    """

    kind: DeadlineKind
    rule: str | None
    trigger: str
    trigger_on: str | None
    counting: str | None
    nature: str | None
    article: str | None
    confidence: str | None
    zone: str | None
    prudent: str | None
    last: str | None
    alert_at: datetime | None
    period_stated: str | None = None
    reservations: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineProposed:
    """Found in an item: a candidate until a person confirms it; alerts as if confirmed (R39)."""

    deadline_id: UUID
    register: str
    request_id: UUID | None
    case_id: UUID | None
    terms: DeadlineTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineSet:
    """Confirmed, or set directly, by a person; or corrected after it was missed: it runs again."""

    deadline_id: UUID
    register: str
    request_id: UUID | None
    case_id: UUID | None
    terms: DeadlineTerms
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineCorrected:
    """Its terms were wrong; ``terms`` are the corrected ones."""

    deadline_id: UUID
    register: str
    request_id: UUID | None
    case_id: UUID | None
    terms: DeadlineTerms
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineNeared:
    """Its prudent date is ``within_days`` (10, then 3) days or fewer away, and it still runs (R40);
    3 too where that date is past and the last day is not.

    Told once for each, of a request's deadlines that press; ``kind``, ``nature`` and ``alert_at``
    are those of its terms by then.
    """

    deadline_id: UUID
    register: str
    request_id: UUID
    case_id: UUID | None
    kind: DeadlineKind
    nature: str | None
    alert_at: datetime
    within_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineMet:
    """Done in time; ``proof`` says how it is known."""

    deadline_id: UUID
    register: str
    proof: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineMissed:
    """Passed without act; a person looks for another way (R41)."""

    deadline_id: UUID
    register: str
    request_id: UUID | None
    case_id: UUID | None
    kind: DeadlineKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineDropped:
    """Of no object, says a person, with a reason."""

    deadline_id: UUID
    register: str
    reason: str
    by: str


FollowupEvent = (
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
    | StepPlanned
    | StepCompleted
    | StepDropped
    | AppointmentOffered
    | AppointmentConfirmed
    | AppointmentRescheduled
    | AppointmentCancelled
    | AppointmentAttended
    | AppointmentMissed
    | DeadlineProposed
    | DeadlineSet
    | DeadlineCorrected
    | DeadlineNeared
    | DeadlineMet
    | DeadlineMissed
    | DeadlineDropped
)
