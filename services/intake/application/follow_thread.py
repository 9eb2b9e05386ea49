"""What an item of a known thread does to the request that it answers (R45)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce
from uuid import UUID

from services.intake.domain.commands import LinkRequest, NoteUndelivered, ReopenRequest
from services.intake.domain.decisions import decide
from services.intake.domain.identity import stream_of
from services.intake.domain.request import Request, evolve
from shared.contracts.acting import by_rule
from shared.contracts.intake.events import AutomaticMessageRecognised, IntakeEvent
from shared.contracts.vocabulary import LinkKind, RequestState
from shared.eventstore import UnitOfWork

_BY = by_rule("R45")
_NEW_MESSAGE = "un nouveau message est arrivé dans le même échange"
_NOT_DELIVERED = "la réponse n'est pas arrivée"
_DONE = (RequestState.ANSWERED, RequestState.CLOSED)


def certain_links(request: Request) -> list[IntakeEvent]:
    """The links of a new request that need nobody's confirmation: those of one thread."""
    return [
        event
        for first in _answered_requests(request)
        for event in decide(request, LinkRequest(kind=LinkKind.REPLY_TO, linked_to=first, by=_BY))
    ]


def follow_thread(
    unit: UnitOfWork, request: Request, events: Iterable[IntakeEvent], *, failed: bool
) -> None:
    """Reopen what was answered or closed, and note on it that an answer came back (``failed``),
    be that report closed by rule or read by a person.

    An out-of-office reply of the same thread changes nothing there.
    """
    automatic = any(isinstance(event, AutomaticMessageRecognised) for event in events)
    if automatic and not failed:
        return
    assert request.facts is not None  # noqa: S101 - a read request has facts
    for first in _answered_requests(request):
        _tell(unit, first, request, failed=failed, today=request.facts.received_on)


def _answered_requests(request: Request) -> list[UUID]:
    links = request.facts.links if request.facts else ()
    return [
        link.request_id
        for link in links
        if link.certain and link.kind is LinkKind.REPLY_TO and link.request_id != request.request_id
    ]


def _tell(unit: UnitOfWork, first: UUID, request: Request, *, failed: bool, today: date) -> None:
    known, version = unit.load(stream_of(first))
    before = reduce(evolve, known, Request())
    if before.state is None or before.register != request.register:
        return
    events: list[IntakeEvent] = []
    if failed and request.request_id is not None:
        events += decide(before, NoteUndelivered(report=request.request_id, noticed_on=today))
    after = reduce(evolve, events, before)
    if after.state in _DONE:
        reason = _NOT_DELIVERED if failed else _NEW_MESSAGE
        events += decide(after, ReopenRequest(reason=reason, by=_BY))
    unit.append(stream_of(first), events, expected=version)
