"""Who reads whose log, how far, and what was set aside: of all services, naming nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.desk.application.site import Owners, SystemState
from services.desk.domain.rows import ParkedRow, SubscriptionRow
from shared.errors import PermanenceError

SERVICES = ("intake", "routing", "followup", "notifications")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """``silent`` are the services that did not answer: what they read is not known. ``failed_mail``
    is how many e-mails a person must read on the disk; None if intake did not say."""

    subscriptions: Sequence[SubscriptionRow]
    parked: Sequence[ParkedRow]
    silent: Sequence[str]
    failed_mail: int | None


def all_readings(owners: Owners, desk: SystemState) -> Readings:
    """Ask every service, and the desk's own tables."""
    silent: list[str] = []
    parked = list(desk.parked())
    found = [
        replace(one, behind=_behind(owners, one.source, desk.reached(one.source)))
        for one in desk.subscriptions()
    ]
    for name in SERVICES:
        try:
            told = owners.ask(name, "readings")
        except PermanenceError:
            silent.append(name)
            continue
        found += [
            _subscription(name, one, _behind(owners, one["source"], one["positions"]))
            for one in told["subscriptions"]
        ]
        parked += [_parked(name, one) for one in told["parked"]]
    return Readings(
        subscriptions=found, parked=parked, silent=silent, failed_mail=_failed_mail(owners)
    )


def _failed_mail(owners: Owners) -> int | None:
    try:
        return len(owners.ask("intake", "failed_mail"))
    except PermanenceError:
        return None


def _behind(owners: Owners, source: str, reached: Mapping[Any, int]) -> int | None:
    """The events of ``source`` after the positions reached."""
    after = {str(part): position for part, position in reached.items()}
    try:
        lag = owners.ask(source, "log_lag", after=after)
    except PermanenceError:
        return None
    return sum(int(events) for events, _oldest in lag.values())


def _subscription(consumer: str, told: Mapping[str, Any], behind: int | None) -> SubscriptionRow:
    seen = told["last_seen_at"]
    return SubscriptionRow(
        consumer=consumer,
        source=told["source"],
        state=told["state"],
        reason=told["reason"],
        parked_count=told["parked_count"],
        last_seen_at=datetime.fromisoformat(seen) if seen else None,
        behind=behind,
    )


def _parked(consumer: str, told: Mapping[str, Any]) -> ParkedRow:
    return ParkedRow(
        consumer=consumer,
        source=told["source"],
        stream=told["stream"],
        position=told["position"],
        type=told["type"],
        error_type=told["error_type"],
        error_text=None,
        attempts=told["attempts"],
        parked_at=datetime.fromisoformat(told["parked_at"]),
    )
