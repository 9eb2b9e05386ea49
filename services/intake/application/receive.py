"""Take in an item: keep it whole, read it, and never lose it, whatever it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from uuid import UUID, uuid5

import structlog

from services.intake.application.follow_thread import certain_links, follow_thread
from services.intake.application.ports import Arrival, Desk, Understood
from services.intake.domain.bounces import is_delivery_failure
from services.intake.domain.commands import NoteArrival, ReceiveRequest
from services.intake.domain.decisions import decide
from services.intake.domain.identity import person_id_for, request_id_for, stream_of
from services.intake.domain.normalise.impossible_days import all_told
from services.intake.domain.normalise.patience import TookTooLong
from services.intake.domain.reading import (
    TOOK_TOO_LONG,
    UNREAD_VERSION,
    bounded,
    command_for,
    doubtful_dates,
    unread,
    with_problems,
)
from services.intake.domain.request import Request, evolve
from services.intake.domain.same_words import same_words
from shared.contracts.intake.events import (
    IntakeEvent,
    RequestFlaggedForReview,
    RequestNormalised,
    RequestReceived,
)
from shared.contracts.intake.facts import FieldProblem, Link, RequestPeople
from shared.contracts.vocabulary import Channel, LinkKind, RequestState
from shared.errors import Conflict, Invalid, Unavailable
from shared.eventstore import Expected, WrongVersion
from shared.privacy import SubjectErased

log = structlog.get_logger(__name__)

_TRIES = 8  # how often writers of the same key may get in each other's way


class ContentDiffers(Conflict):
    """The sender's technical key came before with another content."""

    code = "intake.content_differs"

    def __init__(self, request_id: UUID) -> None:
        super().__init__(
            f"external_id: the same key was used for another content, kept as request "
            f"{request_id}; send this one under a new key"
        )
        self.request_id = request_id


class TooBusy(Unavailable):
    """Others kept writing to the same request."""

    code = "intake.too_busy"

    def __init__(self, request_id: UUID) -> None:
        super().__init__(f"request_id: {request_id} is being written by others; retry in a moment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the sender may be told. ``repeated``: the very same item had come before."""

    request_id: UUID
    state: RequestState
    repeated: bool
    problems: tuple[FieldProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keyed:
    """An arrival with the ids and the digest that it is kept under."""

    arrival: Arrival
    request_id: UUID
    external_id: str | None
    sha256: str


def receive(arrival: Arrival, *, desk: Desk) -> Receipt:
    """One request of one item; the same technical key again is noted on the first (R1, R21), unless
    the words are others: these are a request of their own, in the same exchange as the first. So is
    what comes again after the time for which its key stands.

    Raises ``Unavailable`` when nothing could be kept (the sender tries again) and
    ``ContentDiffers`` if the arrival asks for that; nothing about the content is ever refused.
    """
    item = _keyed(arrival, desk)
    understood = _understand(arrival, desk)
    new = True  # nearly always; if its stream is there already, the append says so
    for _ in range(_TRIES):
        try:
            return _keep_first(item, understood, desk) if new else _keep_again(item, desk)
        except WrongVersion as wrong:
            if wrong.stream == stream_of(item.request_id):
                new = wrong.actual == 0
        except Invalid:
            if understood.lexicon_version == UNREAD_VERSION:
                raise
            log.exception("findings_not_storable", channel=arrival.channel.value)
            understood = _unread(arrival)
        except SubjectErased:  # the person of the first was erased since: a request of its own
            item, new = _apart(item), True
        except _SentAnew:
            understood = _like(item.request_id, understood)
            item, new = _anew(item, desk), True
        except _OtherWords:
            understood = _in_thread_of(item.request_id, understood)
            item, new = _apart(item), True
    raise TooBusy(item.request_id)


class _OtherWords(Exception):
    """What came under a known key says something else."""


class _SentAnew(Exception):
    """The same bytes came so much later that somebody sent them a second time."""


def _anew(item: _Keyed, desk: Desk) -> _Keyed:
    """The item under the key of this stretch of time, or of the one before if that is as near."""
    arrival = item.arrival
    assert arrival.same_within is not None  # noqa: S101 - otherwise nothing is sent anew
    stretch = int(arrival.received_at.timestamp() // arrival.same_within.total_seconds())
    before, now = (
        _keyed(replace(arrival, external_id=f"{arrival.external_id}:{number}"), desk)
        for number in (stretch - 1, stretch)
    )
    known, _ = desk.streams.load(stream_of(before.request_id))
    return before if known and not _much_later(arrival, known) else now


def _much_later(arrival: Arrival, known: Sequence[IntakeEvent]) -> bool:
    """Whether the key of the arrival no longer stands for what came first under it."""
    first = known[0]
    if arrival.same_within is None or not isinstance(first, RequestReceived):
        return False
    return arrival.received_at - first.received_at > arrival.same_within


def _apart(item: _Keyed) -> _Keyed:
    """The item as a request of its own, the same one whenever it comes again."""
    return replace(item, request_id=uuid5(item.request_id, item.sha256))


def _in_thread_of(first: UUID, understood: Understood) -> Understood:
    """What was understood, with the certain link to the first of the exchange."""
    facts = understood.facts
    link = Link(kind=LinkKind.REPLY_TO, request_id=first, certain=True)
    others = tuple(other for other in facts.links if other.request_id != first)
    return replace(understood, facts=replace(facts, links=(link, *others)))


def _like(first: UUID, understood: Understood) -> Understood:
    """What was understood, with the first as one of which this may be a copy: a person looks."""
    facts, state = understood.facts, understood.state
    if any(link.request_id == first for link in facts.links):
        return understood
    links = (*facts.links, Link(kind=LinkKind.DUPLICATE_OF, request_id=first))
    looked_at = RequestState.NEEDS_REVIEW if state is RequestState.NORMALISED else state
    return replace(understood, state=looked_at, facts=replace(facts, links=links))


def _keyed(arrival: Arrival, desk: Desk) -> _Keyed:
    external_id = (
        desk.fingerprint(f"{arrival.channel.value}:{arrival.external_id}")
        if arrival.external_id
        else None
    )
    return _Keyed(
        arrival=arrival,
        request_id=request_id_for(
            arrival.register, arrival.channel, external_id, arrival.fallback_id
        ),
        external_id=external_id,
        sha256=hashlib.sha256(arrival.raw).hexdigest(),
    )


def _understand(arrival: Arrival, desk: Desk) -> Understood:
    """What can be read of the item. Whatever goes wrong, a person will read it instead."""
    found = _unread(arrival)
    if not arrival.unread:
        try:
            found = desk.read(arrival)
        except Unavailable:
            raise
        except TookTooLong:
            log.warning("item_took_too_long", channel=arrival.channel.value)
            found = _unread(arrival, TOOK_TOO_LONG)
        except Exception:  # the item is kept and shown to a person: that is how it is parked
            log.exception("item_unreadable", channel=arrival.channel.value)
    arrived_at = found.facts.received_at if arrival.dated_by_content else arrival.received_at
    doubts = [(problem, "") for problem in doubtful_dates(found.facts, arrived_at)]
    problems = (*arrival.problems, *doubts)
    facts, people = with_problems(found.facts, bounded(found.people), problems)
    doubtful = problems and found.state is RequestState.NORMALISED
    state = RequestState.NEEDS_REVIEW if doubtful else found.state
    return replace(found, state=state, facts=facts, people=people)


def _unread(arrival: Arrival, why: FieldProblem | None = None) -> Understood:
    facts, people = unread(arrival.channel, arrival.received_at, why)
    return Understood(
        state=RequestState.NEEDS_REVIEW,
        facts=facts,
        people=people,
        lexicon_version=UNREAD_VERSION,
    )


def _keep_first(item: _Keyed, understood: Understood, desk: Desk) -> Receipt:
    stream = stream_of(item.request_id)
    events = _first(item, understood)
    request = reduce(evolve, events, Request())
    with desk.streams.unit(metadata=_metadata(item)) as unit:
        _keep_original(item, request, unit.connection, desk)
        unit.append(stream, events, expected=Expected.NO_STREAM)
        follow_thread(unit, request, events, failed=_delivery_failed(item.arrival))
    return _receipt(request, events, repeated=False)


def _keep_again(item: _Keyed, desk: Desk) -> Receipt:
    stream = stream_of(item.request_id)
    with desk.streams.unit(metadata=_metadata(item)) as unit:
        known, version = unit.load(stream)
        if _much_later(item.arrival, known):
            raise _SentAnew
        before = reduce(evolve, known, Request())
        if _says_something_else(item, before, unit.connection, desk):
            raise _OtherWords
        events = _again(item, before)
        if events:
            _keep_original(item, before, unit.connection, desk)
        unit.append(stream, events, expected=version)
    return _receipt(reduce(evolve, events, before), known, repeated=True)


def _metadata(item: _Keyed) -> dict[str, str]:
    by = item.arrival.recorded_by
    return {"correlation_id": str(item.request_id)} | ({"actor": by} if by else {})


def _receipt(request: Request, events: Sequence[IntakeEvent], *, repeated: bool) -> Receipt:
    assert request.request_id is not None  # noqa: S101 - it was received
    return Receipt(
        request_id=request.request_id,
        state=request.state or RequestState.RECEIVED,
        repeated=repeated,
        problems=_first_problems(events),
    )


def _first_problems(events: Sequence[IntakeEvent]) -> tuple[FieldProblem, ...]:
    """What the sender was told the first time: the same item again gets the same answer."""
    for event in events:
        if isinstance(event, RequestNormalised | RequestFlaggedForReview):
            people = event.private
            values = people.problem_values if isinstance(people, RequestPeople) else ()
            return all_told(event.facts.problems, values)
    return ()


def _first(item: _Keyed, understood: Understood) -> list[IntakeEvent]:
    arrival = item.arrival
    received = ReceiveRequest(
        request_id=item.request_id,
        person_id=person_id_for(item.request_id),
        register=arrival.register,
        channel=arrival.channel,
        received_on=understood.facts.received_on,
        received_at=understood.facts.received_at,
        external_id=item.external_id,
        arrival_id=arrival.arrival_id,
        original_sha256=item.sha256,
        original_size_bytes=len(arrival.raw),
        media_type=arrival.media_type,
        sender_system=arrival.sender_system,
    )
    events = decide(Request(), received)
    read = command_for(
        understood.state,
        understood.facts,
        understood.people,
        understood.lexicon_version,
        delivery_failed=_delivery_failed(arrival),
    )
    events += decide(reduce(evolve, events, Request()), read)
    return events + certain_links(reduce(evolve, events, Request()))


def _delivery_failed(arrival: Arrival) -> bool:
    return arrival.channel is Channel.EMAIL and is_delivery_failure(arrival.raw)


def _says_something_else(item: _Keyed, before: Request, connection: object, desk: Desk) -> bool:
    """Whether the item is new, its bytes are, and what they say is."""
    arrival = item.arrival
    if arrival.refuse_other_content or item.sha256 in before.contents:
        return False
    if arrival.arrival_id is not None and arrival.arrival_id in before.arrivals:
        return False
    kept = desk.originals.contents(connection, item.request_id)
    return not same_words(arrival.channel, arrival.raw, kept)


def _again(item: _Keyed, before: Request) -> list[IntakeEvent]:
    arrival = item.arrival
    if arrival.refuse_other_content and item.sha256 not in before.contents:
        raise ContentDiffers(item.request_id)
    return decide(
        before,
        NoteArrival(
            channel=arrival.channel,
            received_at=arrival.received_at,
            arrival_id=arrival.arrival_id,
            original_sha256=item.sha256,
        ),
    )


def _keep_original(item: _Keyed, request: Request, connection: object, desk: Desk) -> None:
    assert request.person_id is not None  # noqa: S101 - every received request has a subject
    desk.originals.keep(
        connection,
        request_id=item.request_id,
        person_id=request.person_id,
        raw=item.arrival.raw,
        sha256=item.sha256,
        media_type=item.arrival.media_type,
        received_at=item.arrival.received_at,
    )
