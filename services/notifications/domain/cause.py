"""Causes: what alerts are about, as this service knows it from the events of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.contracts.vocabulary import DeadlineKind, Urgency
from shared.deadlines import is_listening_day

from .ladder import Ladder, Policy
from .lanes import Lane

ASSIGNMENT, DEADLINE, INFORMATION = "assignment", "deadline", "information"
REFERRAL, STEP, APPOINTMENT = "referral", "step", "appointment"
REFERRAL_ACCEPTED, REFERRAL_REFUSED = "referral_accepted", "referral_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One thing that volunteers are alerted of.

    ``key`` is "<kind>:<id>". ``round`` counts what starts the ladder anew (the version of the
    event that gave the request to its unit). ``since`` is when the present holders came to answer
    for it; ``announce``: they are still to be told at once; ``same_day``: somebody is to see it
    this day (R23). ``term`` is the promised day or the
    prudent date in local words, ``term_on`` its day for the desk and ``term_at`` its instant, if
    it has one. ``holder`` is the volunteer who accepted. ``ended_with_case``: nothing but the
    closing of its case ended it. ``referrer`` is the team that referred somebody, if one did.

    ``next_at`` is when the next stage is to be planned, None if none is to come, and ``next_lane``
    the lane of its alerts; ``because`` is the metadata of the event that made the cause what it
    is, which what is planned later carries too.
    """

    key: str
    kind: str
    register: str
    unit: str
    since: datetime
    holder: str | None = None
    round: int = 0
    announce: bool = True
    urgency: Urgency = Urgency.NORMAL
    danger: bool = False
    same_day: bool = False
    request_id: UUID | None = None
    case_id: UUID | None = None
    deadline_id: UUID | None = None
    deadline_kind: DeadlineKind | None = None
    candidate: bool = False
    missed: bool = False
    term: str | None = None
    term_on: date | None = None
    term_at: datetime | None = None
    open: bool = True
    ended_with_case: bool = False
    referrer: str | None = None
    heard: int = 0
    next_at: datetime | None = None
    next_lane: Lane | None = None
    because: Mapping[str, Any] = field(default_factory=dict)


def ladder_of(cause: Cause, policy: Policy) -> Ladder | None:
    """The ladder that a cause climbs; None where others tell of it."""
    name = cause.kind
    if cause.kind == ASSIGNMENT:
        name = f"assignment.{_pressure(cause)}"
    elif cause.kind == DEADLINE:
        name = _deadline_ladder(cause, policy)
    return None if name == "none" else policy.ladder(name)


def _pressure(cause: Cause) -> str:
    if cause.danger:
        return "danger"
    minor = cause.same_day and cause.urgency is not Urgency.CRITICAL
    return "minor" if minor else str(cause.urgency)


def _deadline_ladder(cause: Cause, policy: Policy) -> str:
    by_kind = policy.deadline_kinds.get(cause.deadline_kind or "", "")
    if by_kind == "none":
        return by_kind
    if cause.missed:
        return "deadline.missed"
    if cause.term_on is None:
        return "deadline.unknown"
    if cause.deadline_kind is DeadlineKind.CALLBACK and not is_listening_day(cause.term_on):
        return "callback.same_day"
    if by_kind:
        return by_kind
    return "deadline.hours" if cause.term is not None and "T" in cause.term else "deadline.days"
