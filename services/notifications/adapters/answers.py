"""Alerts and ladders as JSON values, for RPC."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, time
from typing import Any
from uuid import UUID

from services.notifications.domain.alert import Alert
from services.notifications.domain.ladder import Policy


def alert_answer(alert: Alert) -> dict[str, Any]:
    """What is shown of an alert; nothing of it names a person but volunteers' ids."""
    if alert.planned is None or alert.state is None:
        raise LookupError("alert: it was never planned; verify the stream")
    shown = {name: _plain(value) for name, value in asdict(alert.planned).items()}
    return shown | {
        "state": alert.state,
        "state_label": alert.state.label,
        "open": alert.open,
        "attempts": alert.attempts,
        "doubtful": alert.in_doubt > 0,
        "message_id": alert.message_id,
        "sent_at": _plain(alert.sent_at),
        "next_try_at": _plain(alert.send_at),
        "insists_at": _plain(alert.insist_at),
        "acknowledged_by": alert.acknowledged_by,
        "cancelled_because": alert.cancelled_because,
        "last_failure": alert.last_failure,
    }


def policy_answer(policy: Policy) -> dict[str, Any]:
    """The ladders as they apply."""
    return {
        "version": policy.version,
        "opens": policy.opens.isoformat(),
        "closes": policy.closes.isoformat(),
        "deadline_kinds": dict(policy.deadline_kinds),
        "ladders": {
            name: [
                {key: _plain(value) for key, value in asdict(stage).items()}
                for stage in ladder.stages
            ]
            for name, ladder in policy.ladders.items()
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value
