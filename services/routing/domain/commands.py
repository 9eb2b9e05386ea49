"""What can be asked of an assignment. ``by`` names a person, or a rule ("rule R12")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.routing.domain.policy import Decision
from shared.contracts.vocabulary import AssignmentState, RoutingReason, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRequest:
    """Record what the policy decided, for the first time or after a correction."""

    request_id: UUID
    register: str
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportAssignment:
    """A request that was known before, with its holder."""

    request_id: UUID
    register: str
    unit: str
    state: AssignmentState
    urgency: Urgency
    received_on: date | None
    answer_due_on: date | None
    establishment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptAssignment:
    """A volunteer takes it."""

    volunteer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseAssignment:
    """The unit does not take it."""

    refused_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassignRequest:
    """A person gives it to another unit. ``team_active`` is about ``unit``, if it is a team."""

    unit: str
    by: str
    reason: str
    team_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A rule gives it to another unit: the person moved (R12) or is out (R15, R16, R17)."""

    unit: str
    rule: str
    reason: RoutingReason


@dataclass(frozen=True, slots=True, kw_only=True)
class LoseHolder:
    """The volunteer who held it left: proposed to the unit again."""

    volunteer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalateAssignment:
    """Nobody accepted in time (R18)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawAssignment:
    """The request left: ``reason`` is a routing reason."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAssignment:
    """The request was closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenAssignment:
    """The request was reopened. ``holder_there``: its team, if it had one, is still active."""

    holder_there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteUrgency:
    """The request's urgency, as a person or a rule (``by``) set it.

    ``answer_due_on``: a nearer date to keep, from a copy of the request (R21).
    """

    urgency: Urgency
    by: str
    answer_due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InformUnit:
    """Tell another unit of it; the holder stays the same."""

    unit: str
    reason: str


Command = (
    AssignRequest
    | ImportAssignment
    | AcceptAssignment
    | RefuseAssignment
    | ReassignRequest
    | HandOver
    | LoseHolder
    | EscalateAssignment
    | WithdrawAssignment
    | CloseAssignment
    | ReopenAssignment
    | NoteUrgency
    | InformUnit
)
