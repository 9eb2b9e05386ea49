"""What notifications tells: alerts planned, sent, seen, repeated, escalated, or without object.

Streams: ``alert-<alert id>``; an alert is one (cause, recipient, rung), and its id derives from
these three, so that a replay plans nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.vocabulary import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPlanned:
    """Waits for ``due_at``.

    ``cause`` is "assignment:<request id>", "deadline:<deadline id>", "danger:<request id>",
    "information:<request id>"…; ``recipient`` a volunteer id or a unit; ``rung`` counts from 0
    (first notice); ``last_rung`` is the one at which coordination is told.
    """

    alert_id: UUID
    register: str
    cause: str
    kind: str
    recipient: str
    rung: str
    due_at: datetime
    urgency: Urgency
    request_id: UUID | None
    case_id: UUID | None
    deadline_id: UUID | None
    about: str  # what it is about, without personal data, in French


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSending:
    """Handed to the channel; written before, so that a death in between is seen as a doubt."""

    alert_id: UUID
    attempt: int
    channel: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSent:
    """The channel took it. ``late_seconds`` says how late; ``doubtful``: may have left twice."""

    alert_id: UUID
    channel: str
    message_id: str
    sent_at: datetime
    late_seconds: int
    doubtful: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDeliveryFailed:
    """The channel refused; ``retry_at`` None: given up, goes to coordination."""

    alert_id: UUID
    channel: str
    attempt: int
    reason: str
    retry_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAcknowledged:
    """A volunteer reacted."""

    alert_id: UUID
    cause: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRepeated:
    """Nobody reacted: the next rung, ``next_alert_id``, was planned."""

    alert_id: UUID
    next_alert_id: UUID
    rung: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEscalated:
    """Still nobody: coordination is told by ``next_alert_id``."""

    alert_id: UUID
    next_alert_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCancelled:
    """Its cause is gone: answered, met, withdrawn."""

    alert_id: UUID
    reason: str


NotificationsEvent = (
    AlertPlanned
    | AlertSending
    | AlertSent
    | AlertDeliveryFailed
    | AlertAcknowledged
    | AlertRepeated
    | AlertEscalated
    | AlertCancelled
)
