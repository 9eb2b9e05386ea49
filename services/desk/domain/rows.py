"""What lists and pages show, as read from the desk's own tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

PAGE_ROWS = 40
MOST_FOUND = 200


class View(StrEnum):
    """The filters of the inbox, as they stand in its address."""

    OPEN = "ouvertes"
    DUE = "aujourdhui"
    MINE = "miennes"
    TO_READ = "a-lire"
    TO_ACCEPT = "a-accepter"
    ONGOING = "en-cours"
    URGENT = "urgentes"
    CLOSED = "closes"
    AUTOMATIC = "automatiques"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request in a list. ``urgency`` is the graver of intake's and routing's."""

    request_id: UUID
    register: str
    alias: str | None
    channel: str | None
    state: str
    urgency: str
    received_on: date | None
    establishment: str | None
    requester_kind: str | None
    language: str | None
    topics: list[str]
    special_situations: list[str]
    missing: list[str]
    danger: bool
    danger_handled: bool
    other_content: bool
    undelivered: bool
    waiting_for: str | None
    duplicate_of: UUID | None
    answered_on: date | None
    outcome: str | None
    closed_by: str | None
    person_id: UUID
    given: str | None
    family: str | None
    requester: str | None
    unit: str | None
    assignment_state: str | None
    volunteer_id: str | None
    rule: str | None
    reason: str | None
    reason_fr: str | None
    also: list[str]
    informed: list[str]
    answer_due_on: date | None
    needs_review: bool
    set_aside: bool
    escalated: bool
    policy_version: str | None
    looked_at: list[list[str]]
    refusal: str | None
    deadline_kind: str | None = None  # of the deadline that presses most, in lists
    deadline_state: str | None = None
    deadline_prudent: str | None = None
    missed_kind: str | None = None  # of the latest deadline that was missed, in lists
    missed_prudent: str | None = None

    @property
    def to_read(self) -> bool:
        """A person must read it: something is missing or doubtful."""
        return self.state in ("received", "needs_review") or self.needs_review

    @property
    def came_back(self) -> bool:
        """Its reply came back and nobody reopened or closed it since."""
        return self.state == "answered" and self.undelivered

    @property
    def is_open(self) -> bool:
        ended = self.state in ("closed", "answered", "duplicate") and not self.came_back
        return not ended and not self.set_aside

    @property
    def named(self) -> str | None:
        """« FAMILY Given » of the person concerned, as far as it is known."""
        family = self.family.upper() if self.family else None
        return " ".join(part for part in (family, self.given) if part) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRow:
    """A deadline; ``terms`` as followup tells them."""

    deadline_id: UUID
    register: str
    request_id: UUID | None
    case_id: UUID | None
    state: str
    kind: str
    prudent: str | None
    last: str | None
    alert_at: datetime | None
    terms: dict[str, Any]
    set_by: str | None
    ending: str | None
    unit: str | None = None
    informed: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.state in ("candidate", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A step of a case."""

    step_id: UUID
    case_id: UUID
    kind: str
    due_on: date | None
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentRow:
    """An appointment of a case."""

    appointment_id: UUID
    case_id: UUID
    starts_at: datetime
    place: str
    state: str
    reason: str | None
    offered_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in a list; ``next_on`` is its next appointment, step or deadline, if it has one.

    ``without_next``: open, and nothing is planned: shown as a fault.
    """

    case_id: UUID
    person_id: UUID
    register: str
    state: str
    source: str
    request_id: UUID | None
    establishment: str | None
    release_on: date | None
    referred_at: datetime
    moved_at: datetime
    reason: str | None
    orientation: str | None
    transferred_to: str | None
    outcome: str | None
    given: str | None
    family: str | None
    has_next: bool
    next_on: date | None

    @property
    def is_open(self) -> bool:
        return self.state in ("open", "reopened", "suspended", "accepted", "referral_received")

    @property
    def without_next(self) -> bool:
        return self.state in ("accepted", "open", "reopened") and not self.has_next

    @property
    def informed(self) -> tuple[str, ...]:
        """The team that referred the person is told what becomes of it (R11)."""
        return (self.source,) if self.source.startswith("team:") else ()

    @property
    def named(self) -> str | None:
        family = self.family.upper() if self.family else None
        return " ".join(part for part in (family, self.given) if part) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert of a request or a case."""

    alert_id: UUID
    cause: str
    kind: str
    urgency: str
    recipient: str
    escalated: bool
    state: str
    about: str
    due_at: datetime
    sent_at: datetime | None
    acknowledged_by: str | None
    request_id: UUID | None
    case_id: UUID | None
    deadline_id: UUID | None
    deadline_kind: str | None = None  # of the deadline that it is about, in lists
    deadline_prudent: str | None = None

    @property
    def waits(self) -> bool:
        """Whether it was sent and nobody reacted."""
        return self.state in ("sent", "repeated", "escalated") and self.sent_at is not None

    @property
    def could_not_leave(self) -> bool:
        """Whether it was tried in vain, handed on since or not: nobody can have reacted to it."""
        tried = self.state in ("repeated", "escalated", "delivery_failed")
        return tried and self.sent_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRow:
    """How far ``consumer`` is in the log of ``source``.

    ``behind`` counts the events that it has not read, up to 100,000; None: nobody could tell.
    """

    source: str
    state: str
    reason: str | None
    parked_count: int
    last_seen_at: datetime | None
    consumer: str = "desk"
    behind: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRow:
    """An event that ``consumer`` could not handle; nothing of its content."""

    source: str
    stream: str
    position: int
    type: str
    error_type: str | None
    error_text: str | None
    attempts: int
    parked_at: datetime
    consumer: str = "desk"
