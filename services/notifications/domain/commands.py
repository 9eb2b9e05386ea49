"""What may be asked of an alert. Times come in with the command: the domain has no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.contracts.notifications.events import AlertPlanned


class Gone(StrEnum):
    """Why an alert is without object."""

    CAUSE_GONE = "cause_gone"
    REPLANNED = "replanned"
    SUPERSEDED = "superseded"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAlert:
    """Plan it, once."""

    planned: AlertPlanned


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSending:
    """Hand it to the channel; ``insist_at`` is when the next step follows, None if none does."""

    channel: str
    message_id: str
    at: datetime
    insist_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSent:
    """The channel took it."""

    at: datetime
    insist_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFailure:
    """The channel refused, or its answer was lost (``doubtful``); ``retry_at`` None gives up."""

    at: datetime
    reason: str
    retry_at: datetime | None
    doubtful: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """Somebody reacted."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Nobody reacted: ``next_alert_id`` follows."""

    next_alert_id: UUID
    rung: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """Nobody reacted: coordination is told by ``next_alert_id``."""

    next_alert_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAlert:
    """Its cause is gone, or another alert takes its place."""

    reason: Gone


AlertCommand = (
    PlanAlert
    | StartSending
    | NoteSent
    | NoteFailure
    | Acknowledge
    | Repeat
    | Escalate
    | CancelAlert
)
