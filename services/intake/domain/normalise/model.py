"""What goes in and what comes out of the normaliser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from shared.contracts.intake.events import RequestFacts, RequestPeople
from shared.contracts.vocabulary import Channel, RequesterKind, RequestState, Urgency

# Who writes of themselves.
SELF_KINDS = {
    RequesterKind.DETAINED_PERSON,
    RequesterKind.RETAINED_PERSON,
    RequesterKind.RELEASED_PERSON,
    RequesterKind.SUPERVISED_PERSON,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """An item as it arrived. ``received_at`` is the transport's own time (aware), None if unknown;

    ``taken_in_at`` stands for it where neither the transport nor the item tells; ``hints`` are what the channel knows besides (file name, media type, operator), by name.
    """

    channel: Channel
    raw: bytes | str
    received_at: datetime | None = None
    taken_in_at: datetime | None = None
    hints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRequest:
    """What the desk already knows of an earlier request, as far as likeness needs it.

    ``text_key`` is what ``Normalised.text_key`` was for it, empty when unknown.
    """

    request_id: UUID
    alias: str | None = None
    state: str = "assigned"
    unit: str | None = None
    received_on: date | None = None
    answer_due_on: date | None = None
    urgency: Urgency = Urgency.NORMAL
    establishment: str | None = None
    given: str | None = None
    family: str | None = None
    detention_number: str | None = None
    message_ids: frozenset[str] = frozenset()
    text_key: tuple[int, ...] = ()


class KnownRequests(Protocol):
    """The earlier requests of the same register, asked by what an item tells."""

    def by_message_ids(self, message_ids: Iterable[str]) -> Sequence[KnownRequest]:
        """Requests to which a message with one of these ids belongs."""
        ...

    def by_number(self, number: str) -> Sequence[KnownRequest]:
        """Requests about a person with this détention number (digits only), anywhere."""
        ...

    def by_name(self, family: str, given: str | None) -> Sequence[KnownRequest]:
        """Requests about a person whose family name is alike (transliterations included)."""
        ...

    def recent_like(
        self, received_on: date, establishment: str | None, text_key: tuple[int, ...]
    ) -> Sequence[KnownRequest]:
        """Requests received shortly before whose text, or place and unknown person, are alike."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """The outcome: ``state`` is ``normalised``, ``needs_review`` or ``closed`` (automatic message).

    ``text_key`` is a fingerprint of the author's words (see ``likeness``), safe to keep: no word
    can be read back from it.
    """

    state: RequestState
    facts: RequestFacts
    people: RequestPeople
    text_key: tuple[int, ...]
    lexicon_version: str
