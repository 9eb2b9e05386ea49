"""What people at the desk do with a request: load, decide, append once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any
from uuid import UUID

from services.intake.application.receive import TooBusy
from services.intake.domain.commands import Command, LinkRequest, MarkDuplicate
from services.intake.domain.decisions import decide
from services.intake.domain.errors import TargetIsDuplicate, UnknownRequest
from services.intake.domain.identity import stream_of
from services.intake.domain.normalise.reference import default_reference
from services.intake.domain.request import Request, evolve
from services.intake.domain.saying import name_nobody
from shared.contracts.vocabulary import RequestState
from shared.eventstore import CommandReused, Streams, UnitOfWork, WrongVersion

_TRIES = 5


def handle(
    request_id: UUID,
    make: Command | Callable[[Request], Command],
    *,
    streams: Streams,
    metadata: Mapping[str, Any],
    command_id: UUID | None = None,
) -> Request:
    """Carry a command out; returns the request as it then is.

    ``make`` is the command, or makes it of the request as loaded. Raises ``UnknownRequest``,
    ``CommandReused`` for a command of another request, ``WordsIdentify`` for words that name one of
    its people, and whatever ``decide`` refuses.
    """
    if command_id is not None and (before := streams.store.command(command_id)):
        if all(one.stream != stream_of(request_id) for one in before):
            raise CommandReused(command_id)
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
    _target_fits(unit, before, command)
    events = decide(before, command)
    name_nobody(events, before.people, _is_place)
    unit.append(stream_of(request_id), events, expected=version)
    return reduce(evolve, events, before)


def _is_place(word: str) -> bool:
    return default_reference().names.is_place(word)


def _target_fits(unit: UnitOfWork, request: Request, command: Command) -> None:
    """What it is linked to is of its register, and no copy whose first would not be told."""
    match command:
        case MarkDuplicate(duplicate_of=target) | LinkRequest(linked_to=target):
            known, _ = unit.load(stream_of(target))
            first = reduce(evolve, known, Request())
            if first.register != request.register:
                raise UnknownRequest(target)
            if isinstance(command, MarkDuplicate) and first.state is RequestState.DUPLICATE:
                raise TargetIsDuplicate(target, first.duplicate_of)
        case _:
            pass
