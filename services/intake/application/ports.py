"""What intake's use cases need of the world; ``wiring`` chooses who answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from shared.clock import Clock
from shared.contracts.intake.facts import FieldProblem, RequestFacts, RequestPeople
from shared.contracts.vocabulary import Channel, RequestState
from shared.eventstore import Streams


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An item at the door, before anything is understood of it.

    ``raw`` is unaltered. ``external_id`` is the sender's technical key, in clear here and nowhere
    else; ``arrival_id`` names this one arrival, so that handling it again after a crash changes
    nothing; ``fallback_id`` becomes the request's id where there is no external id.
    ``dated_by_content``: nobody saw it arrive (a rehearsal), so what it says of its arrival counts.
    ``recorded_by``: the volunteer who typed it in.
    ``same_within``: how long its key stands for one sending of it; None, for ever.
    ``problems`` were found at the door, each with the value as sent. ``unread``: keep it for a
    person without trying to read it.
    """

    channel: Channel
    raw: bytes
    media_type: str
    register: str
    received_at: datetime
    fallback_id: UUID
    external_id: str | None = None
    arrival_id: str | None = None
    sender_system: str | None = None
    recorded_by: str | None = None
    hints: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[tuple[FieldProblem, str], ...] = ()
    unread: bool = False
    refuse_other_content: bool = False
    dated_by_content: bool = False
    same_within: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What the normaliser made of an item; all of it suggestions that a person corrects.

    ``state`` is ``normalised``, ``needs_review`` or ``closed`` (automatic message, R32).
    """

    state: RequestState
    facts: RequestFacts
    people: RequestPeople
    lexicon_version: str


class Reader(Protocol):
    """Reads an item against what the register knows; may raise anything on strange input."""

    def __call__(self, arrival: Arrival) -> Understood: ...


class Originals(Protocol):
    """Keeps raw items, encrypted, for ever."""

    def keep(
        self,
        connection: Any,
        *,
        request_id: UUID,
        person_id: UUID,
        raw: bytes,
        sha256: str,
        media_type: str,
        received_at: datetime,
    ) -> None: ...

    def contents(self, connection: Any, request_id: UUID) -> Iterable[bytes]:
        """The raw items kept for a request, the first to arrive first; erased ones are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The ports together: handed to each use case that writes."""

    streams: Streams
    originals: Originals
    read: Reader
    fingerprint: Callable[[str], str]
    clock: Clock
