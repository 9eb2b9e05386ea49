"""What goes in and what comes out of the normaliser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from shared.contracts.intake.facts import RequestFacts, RequestPeople
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What an item may be recognised by; what is left out is not looked for.

    ``numbers`` are détention numbers (digits only) and are looked for anywhere; ``family`` and
    ``given`` in any transliteration; ``text_key`` and ``establishment`` among those of late.
    """

    received_on: date
    message_ids: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    family: str | None = None
    given: str | None = None
    establishment: str | None = None
    text_key: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """The requests that share a trait with an item, by trait.

    ``same_thread``: a message with one of the ids belongs to them. ``alike``: received shortly
    before, with a like text, or at the same place about somebody of whom nothing is known.
    """

    same_thread: Sequence[KnownRequest] = ()
    same_number: Sequence[KnownRequest] = ()
    same_name: Sequence[KnownRequest] = ()
    alike: Sequence[KnownRequest] = ()


class KnownRequests(Protocol):
    """The earlier requests of the same register."""

    def recall(self, traits: Traits) -> Recalled:
        """Those that share a trait: asked once an item, for each question costs a way there."""
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
