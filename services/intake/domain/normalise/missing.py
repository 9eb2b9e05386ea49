"""What a person must complete or decide: the fields missing, and the state that follows."""

from __future__ import annotations

from collections.abc import Sequence

from services.intake.domain.normalise.identity.who import Who
from services.intake.domain.normalise.model import SELF_KINDS
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.where import Place, place_field
from shared.contracts.intake.facts import RequestFacts
from shared.contracts.vocabulary import (
    Channel,
    DeadlineKind,
    LinkKind,
    RequesterKind,
    RequestState,
)

_PLACE_NEEDED = {RequesterKind.DETAINED_PERSON, RequesterKind.FELLOW_DETAINEE}
_CLOCKS = {k for k in DeadlineKind if k.value.endswith("_appeal")}


def place_unclear(kind: RequesterKind, place: Place) -> bool:
    """No place, or two of them, where one is needed to know which team answers."""
    return kind in _PLACE_NEEDED and (place.code is None or place.unclear)


def missing_of(
    facts: RequestFacts, parts: Parts, who: Who, doubt: str | None, *, doubts: Sequence[str] = ()
) -> tuple[str, ...]:
    """The fields that a person must complete, named as in the normalised request."""
    missing: list[str] = [doubt] if doubt else []
    if facts.requester_kind is RequesterKind.UNKNOWN:
        missing.append("requester.kind")
    if facts.author_unknown:
        missing.append("requester.name")
        if facts.requester_kind in SELF_KINDS and not who.number:
            missing.append("person_concerned.detention_number")
    nobodys_letter = (
        facts.channel is Channel.LETTER and facts.requester_kind is RequesterKind.UNKNOWN
    )
    asked = nobodys_letter or place_field(parts)
    unknown = asked and not (facts.establishment or facts.former_establishment)
    if facts.place_unclear or (unknown and facts.retention_place is None):
        missing.append("establishment")
    if facts.language == "und":
        missing.append("language")
    if not (parts.own.strip() or parts.attached or parts.forwarded):
        missing.append("text")
    missing.extend(doubts)
    missing.extend(parts.missing)
    if missing:
        missing += [
            f"deadline.{d.kind.value}.trigger_on"
            for d in facts.deadlines
            if d.kind in _CLOCKS and d.trigger_on is None and d.date_on is None
        ]
    return tuple(dict.fromkeys(missing))


def state_of(facts: RequestFacts) -> RequestState:
    """``needs_review`` when anything is missing, wrong, or likely there already."""
    if facts.automatic:
        return RequestState.CLOSED
    duplicate = any(link.kind is LinkKind.DUPLICATE_OF for link in facts.links)
    impossible = facts.posted_on is not None and facts.posted_on > facts.received_on
    unread_letter = facts.channel is Channel.LETTER and impossible
    if facts.missing or facts.problems or facts.place_unclear or duplicate or unread_letter:
        return RequestState.NEEDS_REVIEW
    return RequestState.NORMALISED
