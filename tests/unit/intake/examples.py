"""Made-up facts and people for intake's tests, and a short way to write given/when/then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import reduce
from typing import Any
from uuid import UUID

from services.intake.domain.commands import Command, ReceiveRequest
from services.intake.domain.decisions import decide
from services.intake.domain.request import Request, evolve
from shared.contracts.intake.events import (
    IntakeEvent,
    RequestFlaggedForReview,
    RequestNormalised,
    RequestReceived,
)
from shared.contracts.intake.facts import Party, RequestFacts, RequestPeople
from shared.contracts.vocabulary import Channel, RequesterKind

LETTER = UUID("00000000-0000-4000-8000-000000000001")
EARLIER = UUID("00000000-0000-4000-8000-000000000002")
PERSON = UUID("00000000-0000-4000-8000-0000000000aa")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ANNA = "Anna"


def facts(**known: Any) -> RequestFacts:
    """A letter of 2 March 2026 from Fresnes; ``known`` replaces fields."""
    usual: dict[str, Any] = {
        "channel": Channel.LETTER,
        "received_on": date(2026, 3, 2),
        "received_at": NOON,
        "requester_kind": RequesterKind.DETAINED_PERSON,
        "establishment": "cp-fresnes",
        "language": "fr",
    }
    return RequestFacts(**(usual | known))


def people(**known: Any) -> RequestPeople:
    """Someone made up; ``known`` replaces fields."""
    usual: dict[str, Any] = {
        "requester": Party(given="Idriss", family="Exemple"),
        "person_given": "Idriss",
        "person_family": "Exemple",
        "detention_number": "12345",
    }
    return RequestPeople(**(usual | known))


RECEIVE = ReceiveRequest(
    request_id=LETTER,
    person_id=PERSON,
    register="main",
    channel=Channel.LETTER,
    received_on=date(2026, 3, 2),
    received_at=NOON,
    external_id=None,
    arrival_id="spool:1",
    original_sha256="a" * 64,
    original_size_bytes=12,
    media_type="text/plain",
)

RECEIVED = RequestReceived(
    request_id=LETTER,
    person_id=PERSON,
    register="main",
    channel=Channel.LETTER,
    received_on=date(2026, 3, 2),
    received_at=NOON,
    external_id=None,
    original_sha256="a" * 64,
    original_size_bytes=12,
    media_type="text/plain",
    arrival_id="spool:1",
)


def normalised(**known: Any) -> RequestNormalised:
    return RequestNormalised(
        request_id=LETTER,
        person_id=PERSON,
        register="main",
        facts=facts(**known),
        lexicon_version="test",
        private=people(),
    )


def flagged(**known: Any) -> RequestFlaggedForReview:
    return RequestFlaggedForReview(
        request_id=LETTER,
        person_id=PERSON,
        register="main",
        facts=facts(**known),
        lexicon_version="test",
        private=people(),
    )


@dataclass(frozen=True)
class Given:
    """A request that events have brought about."""

    state: Request

    def when(self, command: Command) -> list[IntakeEvent]:
        """What happens because of ``command``."""
        return decide(self.state, command)

    def then_when(self, command: Command) -> Given:
        """The request after what happens because of ``command``."""
        return Given(reduce(evolve, self.when(command), self.state))


def given(*events: IntakeEvent) -> Given:
    return Given(reduce(evolve, events, Request()))


State = Callable[[], Given]
