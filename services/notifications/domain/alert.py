"""One alert: what may happen to it, and what it is after what happened.

An attempt whose end nobody knows (a death, a lost answer) is *in doubt*. It is made once more
under the same Message-ID; after a second doubt the alert counts as sent, doubtfully, and never
leaves a third time: if it did not arrive, nobody acknowledges and the ladder insists.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from shared.contracts.notifications.events import (
    AlertAcknowledged,
    AlertCancelled,
    AlertDeliveryFailed,
    AlertEscalated,
    AlertPlanned,
    AlertRepeated,
    AlertSending,
    AlertSent,
    NotificationsEvent,
)
from shared.contracts.vocabulary import AlertState

from .commands import (
    Acknowledge,
    AlertCommand,
    CancelAlert,
    Escalate,
    Gone,
    NoteFailure,
    NoteSent,
    PlanAlert,
    Repeat,
    StartSending,
)
from .errors import NothingInHand, NotYetSent

_MAX_IN_DOUBT = 2
_OPEN = frozenset(AlertState) - {AlertState.ACKNOWLEDGED, AlertState.CANCELLED}
_TO_SEND = frozenset({AlertState.PLANNED, AlertState.DELIVERY_FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert. ``planned`` is None before it exists. ``in_hand``: a sending begun and not ended,
    whatever the state says by then. ``send_at`` and ``insist_at``: when the channel is to be tried
    and when the next step follows, None for never. ``message_id`` is that of the last attempt; one
    that is in doubt is made again under it."""

    planned: AlertPlanned | None = None
    state: AlertState | None = None
    in_hand: AlertSending | None = None
    attempts: int = 0
    in_doubt: int = 0
    message_id: str | None = None
    last_failure: str | None = None
    sent_at: datetime | None = None
    send_at: datetime | None = None
    insist_at: datetime | None = None
    cancelled_because: str | None = None
    acknowledged_by: str | None = None

    @property
    def open(self) -> bool:
        """Neither acknowledged nor cancelled."""
        return self.state in _OPEN

    @property
    def may_be_planned(self) -> bool:
        """It does not exist, or was called off for another plan before it could arrive."""
        if self.planned is None:
            return True
        return self.cancelled_because == Gone.REPLANNED and not self.may_have_arrived

    @property
    def may_have_arrived(self) -> bool:
        """Left, is leaving, or may have left: somebody can react to it."""
        return self.sent_at is not None or self.in_hand is not None or self.in_doubt > 0


def evolve(alert: Alert, event: NotificationsEvent) -> Alert:
    """The alert after ``event``. Never refuses: what happened, happened."""
    match event:
        case AlertPlanned():
            return replace(
                Alert(attempts=alert.attempts),
                planned=event,
                state=AlertState.PLANNED,
                send_at=event.due_at,
            )
        case AlertSending():
            return replace(
                alert,
                in_hand=event,
                attempts=event.attempt,
                message_id=event.message_id,
                send_at=None,
                insist_at=alert.insist_at or event.insist_at,
            )
        case AlertSent():
            return _sent(alert, event)
        case AlertDeliveryFailed():
            return _failed(alert, event)
        case AlertAcknowledged():
            return _ended(alert, AlertState.ACKNOWLEDGED, by=event.by)
        case AlertCancelled():
            return _ended(alert, AlertState.CANCELLED, why=event.reason)
        case AlertRepeated():
            return _handed_on(alert, AlertState.REPEATED)
        case AlertEscalated():
            return _handed_on(alert, AlertState.ESCALATED)
        case _:
            assert_never(event)


def _sent(alert: Alert, event: AlertSent) -> Alert:
    left = replace(alert, in_hand=None, sent_at=event.sent_at, send_at=None)
    if alert.state not in _TO_SEND:  # acknowledged, gone or handed on while it was under way
        return left
    return replace(left, state=AlertState.SENT, insist_at=event.insist_at)


def _failed(alert: Alert, event: AlertDeliveryFailed) -> Alert:
    in_doubt = alert.in_doubt + (1 if event.doubtful else 0)
    ended = replace(alert, in_hand=None, in_doubt=in_doubt, last_failure=event.reason)
    if not alert.open:
        return ended
    ended = replace(ended, send_at=event.retry_at)
    if alert.state not in _TO_SEND:
        return ended
    given_up = event.retry_at is None and alert.in_hand is not None
    return replace(
        ended,
        state=AlertState.DELIVERY_FAILED,
        insist_at=alert.in_hand.started_at if given_up and alert.in_hand else alert.insist_at,
    )


def _ended(
    alert: Alert, state: AlertState, *, by: str | None = None, why: str | None = None
) -> Alert:
    return replace(
        alert,
        state=state,
        send_at=None,
        insist_at=None,
        acknowledged_by=by,
        cancelled_because=why,
    )


def _handed_on(alert: Alert, state: AlertState) -> Alert:
    """Its ladder goes on without it; what could not leave is still tried."""
    return replace(alert, state=state, insist_at=None)


def decide(alert: Alert, command: AlertCommand) -> list[NotificationsEvent]:
    """What happens because of ``command``; nothing, if it has happened already or is too late."""
    match command:
        case PlanAlert(planned=planned):
            return [planned] if alert.may_be_planned else []
        case StartSending():
            return _start(alert, command)
        case NoteSent():
            return _note_sent(alert, command)
        case NoteFailure():
            return _note_failure(alert, command)
        case Acknowledge(by=by):
            return _acknowledge(alert, by)
        case Repeat() | Escalate():
            return [_insist(alert, command)] if _may_insist(alert) else []
        case CancelAlert(reason=reason):
            return [AlertCancelled(alert_id=_id(alert), reason=reason)] if alert.open else []
        case _:
            assert_never(command)


def _may_insist(alert: Alert) -> bool:
    """Once it was tried, whatever became of that; not twice."""
    return alert.open and alert.insist_at is not None


def _insist(alert: Alert, command: Repeat | Escalate) -> NotificationsEvent:
    if isinstance(command, Escalate):
        return AlertEscalated(alert_id=_id(alert), next_alert_id=command.next_alert_id)
    return AlertRepeated(
        alert_id=_id(alert), next_alert_id=command.next_alert_id, rung=command.rung
    )


def _start(alert: Alert, command: StartSending) -> list[NotificationsEvent]:
    if not alert.open or alert.in_hand is not None or alert.send_at is None:
        return []
    return [
        AlertSending(
            alert_id=_id(alert),
            attempt=alert.attempts + 1,
            channel=command.channel,
            message_id=command.message_id,
            started_at=command.at,
            insist_at=command.insist_at,
        )
    ]


def _note_sent(alert: Alert, command: NoteSent) -> list[NotificationsEvent]:
    """Raises NothingInHand unless a sending was begun."""
    if alert.in_hand is None or alert.planned is None:
        raise NothingInHand(_id(alert))
    late = (command.at - alert.planned.due_at).total_seconds()
    return [
        AlertSent(
            alert_id=_id(alert),
            channel=alert.in_hand.channel,
            message_id=alert.in_hand.message_id,
            sent_at=command.at,
            late_seconds=max(0, round(late)),
            doubtful=alert.in_doubt > 0,
            insist_at=command.insist_at,
        )
    ]


def _note_failure(alert: Alert, command: NoteFailure) -> list[NotificationsEvent]:
    """Raises NothingInHand unless a sending was begun."""
    if alert.in_hand is None:
        raise NothingInHand(_id(alert))
    failed = AlertDeliveryFailed(
        alert_id=_id(alert),
        channel=alert.in_hand.channel,
        attempt=alert.in_hand.attempt,
        reason=command.reason,
        retry_at=command.retry_at,
        doubtful=command.doubtful,
    )
    if not command.doubtful or alert.in_doubt + 1 < _MAX_IN_DOUBT:
        return [failed]
    given_up = replace(failed, retry_at=None)
    doubted = evolve(alert, given_up)
    sent = _note_sent(
        replace(doubted, in_hand=alert.in_hand),
        NoteSent(at=command.at, insist_at=alert.insist_at),
    )
    return [given_up, *sent]


def _acknowledge(alert: Alert, by: str) -> list[NotificationsEvent]:
    if alert.planned is None or not alert.open:
        return []
    if not alert.may_have_arrived:
        raise NotYetSent(_id(alert))
    return [AlertAcknowledged(alert_id=_id(alert), cause=alert.planned.cause, by=by)]


def _id(alert: Alert) -> UUID:
    if alert.planned is None:
        raise LookupError("alert: it was never planned; plan it first")
    return alert.planned.alert_id
