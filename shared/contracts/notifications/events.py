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

    ``cause`` is "<kind>:<id>", the kind one of assignment, deadline, information, referral, step
    and appointment; ``recipient`` a volunteer id, or a unit when it has nobody. ``rung`` is the
    alert's place, unique for a cause and a recipient: "<ladder>/<stage>@<round>/<term>", and
    "+<step>" for what insists after it; ``step`` counts from 0 (the stage's first alert) and
    ``escalated`` says that coordination is told by it. ``channel`` is email or second. ``term`` is
    the promised day or the prudent date in local words, ``term_at`` its instant if it has one.
    Planned again after AlertCancelled "replanned": its cause called for it once more, and it had
    never left.
    """

    alert_id: UUID
    register: str
    cause: str
    kind: str
    recipient: str
    rung: str
    ladder: str
    stage: str
    step: int = 0
    escalated: bool = False
    channel: str = "email"
    due_at: datetime
    urgency: Urgency
    request_id: UUID | None
    case_id: UUID | None
    deadline_id: UUID | None
    term: str | None = None
    term_at: datetime | None = None
    about: str  # what it is about, without personal data, in French


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSending:
    """Handed to the channel; written before, so that a death in between is seen as a doubt.

    ``message_id`` derives from the alert (or from all alerts of a digest) and is the same at every
    attempt. ``insist_at``: when the next step follows if nobody acknowledges, None if none does;
    it runs from the first attempt, so that no escalation waits behind a mail server.
    """

    alert_id: UUID
    attempt: int
    channel: str
    message_id: str
    started_at: datetime
    insist_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSent:
    """The channel took it. ``late_seconds`` says how late; ``doubtful``: may have left twice, or,
    after two attempts whose end nobody knows, once, twice or not. ``insist_at`` as above."""

    alert_id: UUID
    channel: str
    message_id: str
    sent_at: datetime
    late_seconds: int
    doubtful: bool
    insist_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDeliveryFailed:
    """The channel refused, or its answer was lost (``doubtful``: it may have left).

    ``retry_at`` None: given up, the next step follows at once.
    """

    alert_id: UUID
    channel: str
    attempt: int
    reason: str
    retry_at: datetime | None
    doubtful: bool = False


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
    """Without object. ``reason``: cause_gone (answered, met, withdrawn), replanned (other date,
    other people), superseded (a later stage is due as well), acknowledged (somebody reacted before
    this one left)."""

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
