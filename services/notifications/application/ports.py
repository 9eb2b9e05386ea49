"""What the use cases need of the world; the wiring chooses who provides it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.notifications.domain.alert import Alert
from services.notifications.domain.cause import Cause
from services.notifications.domain.directory import Directory
from services.notifications.domain.lanes import Lane
from shared.contracts.notifications.events import AlertPlanned
from shared.eventstore import Connection, Version


@dataclass(frozen=True, slots=True)
class Known:
    """An alert as it is, and the version of its stream that says so."""

    alert: Alert
    version: Version


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done: in which lanes something is to be sent or its sending has not ended, and
    whether the next step of an alert is due."""

    lanes: frozenset[Lane]
    insists: bool


class Alerts(Protocol):
    """The alerts, read within the caller's transaction."""

    def lock(self, connection: Connection) -> None:
        """Be the only one who decides on alerts, until the transaction ends."""

    def decided(self, connection: Connection, alerts: Mapping[UUID, Known]) -> None:
        """How alerts stand after what this transaction appends, so that it need not be found out
        from the events once more."""

    def get(self, connection: Connection, ids: Iterable[UUID]) -> list[Known]:
        """Those of these ids that exist."""

    def of_causes(self, connection: Connection, causes: Iterable[str]) -> list[Known]:
        """All alerts of these causes, whatever their state."""

    def most_urgent(
        self, connection: Connection, lane: Lane, now: datetime, limit: int
    ) -> list[Known]:
        """What is to be sent in a lane to one recipient: the one of the most urgent alert, and of
        the longest due among equals."""

    def to_postpone(self, connection: Connection, lane: Lane, now: datetime) -> list[Known]:
        """All that is to be sent in a lane."""

    def to_insist(self, connection: Connection, now: datetime, limit: int) -> list[Known]:
        """Alerts whose next step is due."""

    def in_hand(self, connection: Connection, lane: Lane) -> list[Known]:
        """Alerts whose sending was begun and not ended."""

    def work(self, connection: Connection, now: datetime) -> Work:
        """What is to be done now."""

    def next_at(self, connection: Connection) -> datetime | None:
        """The next instant at which something is to be sent or follows; None if nothing is."""


class Causes(Protocol):
    """What alerts are about."""

    def get(self, connection: Connection, keys: Iterable[str]) -> dict[str, Cause]: ...

    def of_requests(self, connection: Connection, ids: Iterable[UUID]) -> list[Cause]: ...

    def of_cases(self, connection: Connection, ids: Iterable[UUID]) -> list[Cause]: ...

    def put(self, connection: Connection, causes: Sequence[Cause]) -> None: ...

    def fallen_due(self, connection: Connection, now: datetime, limit: int) -> list[Cause]:
        """Those of which a stage is to be planned, the longest due first."""

    def next_at(self, connection: Connection) -> datetime | None:
        """The next instant at which a stage is to be planned; None if none is to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where a recipient is reached; ``name`` is how to greet them, None for a mailbox."""

    name: str | None
    email: str
    second_channel: str | None


class People(Protocol):
    """The directory of volunteers."""

    def directory(self, connection: Connection) -> Directory: ...

    def contact(self, connection: Connection, recipient: str) -> Contact | None:
        """None where the address is not known; a unit's is that of the desk's mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message: to whom, about which alerts (most urgent first), under which id."""

    message_id: str
    to: Contact
    channel: str
    alerts: tuple[AlertPlanned, ...]
    written_at: datetime


class Answer(StrEnum):
    """How the channel answered."""

    TAKEN = "taken"
    REFUSED = "refused"  # this message or address, for good
    DEFERRED = "deferred"  # this message, for now
    UNREACHABLE = "unreachable"  # the channel itself, for now
    LOST = "lost"  # it may have been taken


@dataclass(frozen=True, slots=True)
class Outcome:
    """``reason`` is a stable word or code, never the server's own text."""

    answer: Answer
    reason: str = ""


class Channel(Protocol):
    """Something that carries messages. Bounded in time; never raises for what a server does."""

    def send(self, mail: Mail) -> Outcome: ...

    def rest(self) -> None:
        """Nothing more is to be sent for now."""


class Leadership(Protocol):
    """At most one process sends in a lane."""

    def lead(self, lane: Lane) -> AbstractContextManager[bool]:
        """Whether we lead, for as long as the block lasts."""


__all__ = [
    "Alerts",
    "Answer",
    "Causes",
    "Channel",
    "Contact",
    "Known",
    "Leadership",
    "Mail",
    "Outcome",
    "People",
    "Work",
]
