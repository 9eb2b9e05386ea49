"""What people at the desk do with a request: load, decide, append once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any
from uuid import UUID

from services.intake.application.receive import TooBusy
from services.intake.domain.commands import Command, LinkRequest, MarkDuplicate
from services.intake.domain.decisions import decide
from services.intake.domain.errors import UnknownRequest
from services.intake.domain.identity import person_stream_of, stream_of
from services.intake.domain.request import Request, evolve
from shared.contracts.intake.events import IntakeEvent, PersonErased
from shared.eventstore import EventStore, Expected, Position, Streams, UnitOfWork, WrongVersion
from shared.privacy import Keyring

_TRIES = 5
_ITSELF = "permanence"


def handle(
    request_id: UUID,
    make: Command | Callable[[Request], Command],
    *,
    streams: Streams,
    metadata: Mapping[str, Any],
    command_id: UUID | None = None,
) -> Request:
    """Carry a command out; returns the request as it then is.

    ``make`` is the command, or makes it of the request as loaded. Raises ``UnknownRequest`` and
    whatever ``decide`` refuses.
    """
    if command_id is not None and streams.store.command(command_id):
        return reduce(evolve, streams.load(stream_of(request_id))[0], Request())
    for _ in range(_TRIES):
        try:
            with streams.unit(metadata=metadata, command_id=command_id) as unit:
                return _handle(unit, request_id, make)
        except WrongVersion:
            continue  # somebody else wrote first: reload and decide again
    raise TooBusy(request_id)


def _handle(
    unit: UnitOfWork, request_id: UUID, make: Command | Callable[[Request], Command]
) -> Request:
    known, version = unit.load(stream_of(request_id))
    if not known:
        raise UnknownRequest(request_id)
    before = reduce(evolve, known, Request())
    command = make(before) if callable(make) else make
    _target_exists(unit, before, command)
    events = decide(before, command)
    unit.append(stream_of(request_id), events, expected=version)
    return reduce(evolve, events, before)


def _target_exists(unit: UnitOfWork, request: Request, command: Command) -> None:
    match command:
        case MarkDuplicate(duplicate_of=target) | LinkRequest(linked_to=target):
            known, _ = unit.load(stream_of(target))
            if reduce(evolve, known, Request()).register != request.register:
                raise UnknownRequest(target)
        case _:
            pass


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
