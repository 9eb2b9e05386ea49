"""One made-up event of every type of every service, in an order that their life cycles allow."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Any, get_args, get_origin, get_type_hints
from uuid import NAMESPACE_URL, UUID, uuid5

from services.host import catalog
from shared.contracts.codec import Codec
from shared.contracts.followup.events import FollowupEvent
from shared.contracts.intake.events import IntakeEvent
from shared.contracts.notifications.events import NotificationsEvent
from shared.contracts.routing.events import RoutingEvent
from shared.eventstore import EventStore, Expected, Write

UNIONS: Mapping[str, Any] = {
    "intake": IntakeEvent,
    "routing": RoutingEvent,
    "followup": FollowupEvent,
    "notifications": NotificationsEvent,
}
_NOW = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # the next day, and the next offset, in Paris


def sample(made: Any, number: int = 0) -> Any:
    """An event or a part of one; ids of the same name and number are the same everywhere."""
    hints = get_type_hints(made)
    return made(**{f.name: _value(hints[f.name], f.name, number) for f in dataclasses.fields(made)})


def samples(service: str, number: int = 0) -> list[Any]:
    """One event of each type of a service, in the order of its contracts."""
    return [sample(made, number) for made in get_args(UNIONS[service])]


def tell(service: str, store: EventStore, number: int) -> int:
    """Append the samples of one number, each to the stream of its aggregate; how many."""
    codec: Codec = catalog.codec(service)
    writes: dict[str, list[Any]] = {}
    for event in samples(service, number):
        at = _NOW + timedelta(minutes=number)
        writes.setdefault(_stream(service, event), []).append(codec.encode(event, at))
    store.append(
        [
            Write(stream=stream, events=events, expected=Expected.ANY)
            for stream, events in writes.items()
        ]
    )
    return sum(map(len, writes.values()))


def _stream(service: str, event: Any) -> str:
    for name, prefix in _PREFIXES[service]:
        if (found := getattr(event, name, None)) is not None:
            return f"{prefix}-{found}"
    raise AssertionError(f"{type(event).__name__} names no stream")


_WORDS = {"zone": "metro", "last": "2026-05-14", "prudent": "2026-05-14"}
_DIGESTS = ("external_id", "fingerprint", "sha256", "thread", "message_id")
_PREFIXES = {
    "intake": (("request_id", "request"), ("person_id", "person")),
    "routing": (
        ("request_id", "assignment"),
        ("volunteer_id", "volunteer"),
        ("code", "establishment"),
        ("establishment", "team"),
    ),
    "followup": (("deadline_id", "deadline"), ("case_id", "case")),
    "notifications": (("alert_id", "alert"),),
}


def _value(hint: Any, name: str, number: int) -> Any:
    arguments = [part for part in get_args(hint) if part is not type(None)]
    if get_origin(hint) is tuple:
        return (_value(arguments[0], name, number),)
    if get_origin(hint) in (dict, Mapping):
        return {"a": 1}
    if arguments:
        return _value(arguments[0], name, number)
    if dataclasses.is_dataclass(hint):
        return sample(hint, number)
    if issubclass(hint, Enum):
        return list(hint)[number % len(hint)]
    return _plain(hint, name, number)


def _plain(hint: Any, name: str, number: int) -> Any:
    if hint is UUID:
        return uuid5(NAMESPACE_URL, f"{name} {number}")
    if hint is datetime:
        return _NOW + timedelta(days=number)
    if hint is date:
        return (_NOW + timedelta(days=number)).date()
    if hint is bool:
        return number % 2 == 0
    if hint in (int, float):
        return hint(number)
    if any(word in name for word in _DIGESTS):
        return sha256(f"{name} {number}".encode()).hexdigest()
    return _WORDS.get(name) or f"{name}-{number}"
