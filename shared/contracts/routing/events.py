"""What routing tells: who answers for a request and why, and who is in the directory.

Streams: ``assignment-<request id>``, ``team-<register>:<establishment>``,
``volunteer-<volunteer id>``, ``establishment-<code>``.
A *unit* is written ``team:<establishment code>``, ``desk`` or ``coordination``; those who are
informed may also be ``team_lead:<establishment code>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.contracts.vocabulary import AssignmentState, Role, RoutingReason, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """One fact that a routing decision looked at, as words ("team.cp-fresnes", "active")."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAssigned:
    """A unit is responsible for the request, by the first rule that decided.

    ``rule`` is its number in the desk's rules ("R4"), ``reason_fr`` the sentence that volunteers
    read, ``also`` the other rules that apply, ``inform`` those who are told, ``policy_version``
    and ``looked_at`` what the decision was made with. ``answer_due_on`` follows R10; None when the
    item was answered in the call. ``danger``: a named human is alerted at once (R36, R37).
    ``needs_review``: a person must still complete or confirm something.
    """

    request_id: UUID
    register: str
    unit: str
    rule: str
    reason: RoutingReason
    reason_fr: str
    also: tuple[str, ...]
    inform: tuple[str, ...]
    urgency: Urgency
    answer_due_on: date | None
    danger: bool
    needs_review: bool
    policy_version: str
    looked_at: tuple[LookedAt, ...]
    received_on: date
    establishment: str | None
    reminder_of: UUID | None = None
    duplicate_of: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSetAside:
    """An automatic message (R32): kept and listed at ``unit``, nobody is asked to answer it."""

    request_id: UUID
    register: str
    unit: str
    rule: str
    reason: RoutingReason
    reason_fr: str
    also: tuple[str, ...]
    policy_version: str
    looked_at: tuple[LookedAt, ...]
    received_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentImported:
    """A request that was known before came with its holder: nobody is alerted of it.

    ``state`` is accepted while it was open, closed when it was answered or closed.
    """

    request_id: UUID
    register: str
    unit: str
    state: AssignmentState
    urgency: Urgency
    received_on: date | None
    answer_due_on: date | None
    establishment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRevised:
    """Corrected facts were decided anew: the same unit answers, for another reason or date."""

    request_id: UUID
    register: str
    unit: str
    rule: str
    reason: RoutingReason
    reason_fr: str
    also: tuple[str, ...]
    inform: tuple[str, ...]
    urgency: Urgency
    answer_due_on: date | None
    danger: bool
    needs_review: bool
    policy_version: str
    looked_at: tuple[LookedAt, ...]
    establishment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamInformed:
    """A unit was told of a request that another unit answers for (R4)."""

    request_id: UUID
    register: str
    unit: str
    reason_fr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentAccepted:
    """A volunteer has the request."""

    request_id: UUID
    register: str
    volunteer_id: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRefused:
    """The unit or volunteer refused, with a reason: another is looked for (R18)."""

    request_id: UUID
    register: str
    refused_by: str
    unit: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReassigned:
    """Moved to another unit or, within the same unit, away from a volunteer who left.

    ``by`` is a person, or "rule R12". What follows ``answer_due_on`` stands where corrected facts
    were decided anew, and is empty otherwise.
    """

    request_id: UUID
    register: str
    from_unit: str
    unit: str
    rule: str
    reason: RoutingReason
    reason_fr: str
    by: str
    inform: tuple[str, ...]
    urgency: Urgency
    answer_due_on: date | None
    danger: bool = False
    needs_review: bool = False
    also: tuple[str, ...] = ()
    policy_version: str | None = None
    looked_at: tuple[LookedAt, ...] = ()
    establishment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentEscalated:
    """Nobody accepted within two working days: coordination answers for it now (R18)."""

    request_id: UUID
    register: str
    from_unit: str
    unit: str
    urgency: Urgency
    answer_due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentWithdrawn:
    """The request left: a duplicate, an error."""

    request_id: UUID
    register: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentUrgencyChanged:
    """The urgency on which alerts are planned changed with the request's, or the date did."""

    request_id: UUID
    register: str
    unit: str
    urgency: Urgency
    answer_due_on: date | None
    danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentClosed:
    """The request is closed or answered."""

    request_id: UUID
    register: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentReopened:
    """Proposed again, to the same holder first."""

    request_id: UUID
    register: str
    unit: str
    urgency: Urgency
    answer_due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EstablishmentRegistered:
    """An establishment of the directory, new or described anew; ``status`` is open or closed."""

    code: str
    kind: str
    name: str
    aliases: tuple[str, ...]
    town: str
    postcode: str
    departement: str
    administrative_court: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamOpened:
    """A team of volunteers enters the establishment; again, where only the day is another."""

    register: str
    establishment: str
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSuspended:
    """For a time: access, number of volunteers (R13)."""

    register: str
    establishment: str
    since: date | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamResumed:
    """The team enters again; nothing moves back by itself (R13)."""

    register: str
    establishment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamClosed:
    """For good."""

    register: str
    establishment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamAbsenceRecorded:
    """Nobody of the team is available from one day to another, both included (R14)."""

    register: str
    establishment: str
    absent_from: date
    absent_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamAbsenceLifted:
    """Somebody of the team is available again: the recorded absence no longer counts."""

    register: str
    establishment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerContact:
    """Who a volunteer is and where alerts reach them."""

    name: str
    email: str
    second_channel: str | None = None  # another address, for danger and for what nobody answered


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerRegistered:
    """A volunteer or employee, new or with other details than before.

    ``units`` are those they work for, ``capacity`` how many requests they hold at most.
    ``on_duty``: alerted of dangers at any hour (R36).
    """

    SUBJECT: ClassVar[str] = "person_id"

    volunteer_id: str
    person_id: UUID
    register: str
    role: Role
    units: tuple[str, ...]
    capacity: int | None
    on_duty: bool
    private: VolunteerContact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerAbsenceRecorded:
    """Absent from one day to another, both included; ``absent_until`` None: until they return."""

    volunteer_id: str
    register: str
    absent_from: date
    absent_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerReturned:
    """Available again."""

    volunteer_id: str
    register: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerLeft:
    """Access ends the same day; their work is reassigned."""

    volunteer_id: str
    register: str


RoutingEvent = (
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
    | EstablishmentRegistered
    | TeamOpened
    | TeamSuspended
    | TeamResumed
    | TeamClosed
    | TeamAbsenceRecorded
    | TeamAbsenceLifted
    | VolunteerRegistered
    | VolunteerAbsenceRecorded
    | VolunteerReturned
    | VolunteerLeft
)
