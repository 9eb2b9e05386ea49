"""Erasing a person: their key is destroyed, and the log tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.intake.domain.identity import person_stream_of
from shared.contracts.intake.events import IntakeEvent, PersonErased
from shared.eventstore import EventStore, Expected, Position, Streams, WrongVersion
from shared.privacy import Keyring

_ITSELF = "permanence"


def erase_person(
    person_id: UUID,
    *,
    by: str,
    reason: str,
    streams: Streams,
    keyring: Keyring,
    metadata: Mapping[str, Any],
) -> bool:
    """Destroy the person's key, for good, and tell it; False if it had been done before."""
    erased = keyring.erase(person_id)
    events: list[IntakeEvent] = [PersonErased(person_id=person_id, by=by, reason=reason)]
    try:
        with streams.unit(metadata=metadata) as unit:
            unit.append(person_stream_of(person_id), events, expected=Expected.NO_STREAM)
    except WrongVersion:
        return erased
    return True


def erase_again(streams: Streams, keyring: Keyring) -> list[UUID]:
    """Erase anew whoever the log or the keyring says was erased; those of whom something was back.

    An older backup of the keyring brings the key with it, one of the log forgets the erasure.
    """
    told = _told_erased(streams.store)
    back = keyring.erase_again(told)
    forgotten = [person for person, _ in keyring.erased() if person not in told]
    for person in forgotten:
        erase_person(
            person,
            by=_ITSELF,
            reason="erased before; the log did not tell it any more",
            streams=streams,
            keyring=keyring,
            metadata={"actor": _ITSELF},
        )
    return [*back, *forgotten]


def _told_erased(store: EventStore) -> set[UUID]:
    people: set[UUID] = set()
    after = Position(0)
    while told := store.find(type=PersonErased.__name__, after=after):
        people |= {UUID(recorded.data["person_id"]) for recorded in told}
        after = told[-1].position
    return people
