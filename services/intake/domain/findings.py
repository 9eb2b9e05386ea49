"""How a request comes to be, and what is understood of it: the first half of its life."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from services.intake.domain.commands import (
    AmendRequest,
    CloseAutomaticMessage,
    CorrectRequest,
    FlagForReview,
    ImportRequest,
    NormaliseRequest,
    NoteArrival,
    ReceiveRequest,
)
from services.intake.domain.errors import NotByRule, OutOfState, UnknownRequest
from services.intake.domain.near_day import need_near_day
from services.intake.domain.request import Request, dangers_in
from shared.contracts.acting import by_rule, is_person
from shared.contracts.intake.events import (
    ArrivalNoted,
    AutomaticMessageRecognised,
    IntakeEvent,
    RequestAssignmentNoted,
    RequestClosed,
    RequestCorrected,
    RequestFlaggedForReview,
    RequestImported,
    RequestNormalised,
    RequestReceived,
    RequestStarted,
)
from shared.contracts.vocabulary import Outcome, RequestState

_S = RequestState
_AMENDABLE = (
    _S.NORMALISED,
    _S.ASSIGNED,
    _S.IN_PROGRESS,
    _S.WAITING,
    _S.ANSWERED,
)


def decide_finding(
    state: Request,
    command: ReceiveRequest
    | ImportRequest
    | NormaliseRequest
    | FlagForReview
    | CloseAutomaticMessage
    | CorrectRequest
    | AmendRequest
    | NoteArrival,
) -> list[IntakeEvent]:
    """What reception, reading and correction lead to; see ``decisions.decide``."""
    match command:
        case ReceiveRequest():
            return _received(state, command)
        case ImportRequest():
            return _imported(state, command)
        case NormaliseRequest() | FlagForReview() | CloseAutomaticMessage():
            return _read(state, command)
        case CorrectRequest() | AmendRequest():
            return _corrected(state, command)
        case NoteArrival():
            return _arrived_again(state, command)
        case _:
            assert_never(command)


def _received(state: Request, command: ReceiveRequest) -> list[IntakeEvent]:
    if state.state is not None:
        raise OutOfState("receive_request", state.request_id, state.state, ())
    return [
        RequestReceived(
            request_id=command.request_id,
            person_id=command.person_id,
            register=command.register,
            channel=command.channel,
            received_on=command.received_on,
            received_at=command.received_at,
            external_id=command.external_id,
            original_sha256=command.original_sha256,
            original_size_bytes=command.original_size_bytes,
            media_type=command.media_type,
            arrival_id=command.arrival_id,
            sender_system=command.sender_system,
        )
    ]


def _imported(state: Request, command: ImportRequest) -> list[IntakeEvent]:
    if state.state is not None:
        return []
    return [
        RequestImported(
            request_id=command.request_id,
            person_id=command.person_id,
            register=command.register,
            alias=command.alias,
            state=command.state.value,
            unit=command.unit,
            received_on=command.received_on,
            answer_due_on=command.answer_due_on,
            urgency=command.urgency,
            establishment=command.establishment,
            private=command.people,
            answered_on=command.answered_on,
            message_ids=command.message_ids,
        )
    ]


def _read(
    state: Request, command: NormaliseRequest | FlagForReview | CloseAutomaticMessage
) -> list[IntakeEvent]:
    names = {
        NormaliseRequest: "normalise_request",
        FlagForReview: "flag_for_review",
        CloseAutomaticMessage: "the closing of an automatic message (R32)",
    }
    if state.state is not _S.RECEIVED or state.facts is not None:
        raise OutOfState(names[type(command)], state.request_id, state.state, (_S.RECEIVED,))
    assert state.request_id is not None  # noqa: S101 - a received request has both
    assert state.person_id is not None  # noqa: S101
    if isinstance(command, CloseAutomaticMessage) and not dangers_in(command.facts):
        recognised = AutomaticMessageRecognised(
            request_id=state.request_id,
            person_id=state.person_id,
            register=state.register,
            facts=command.facts,
            lexicon_version=command.lexicon_version,
            delivery_failed=command.delivery_failed,
            private=command.people,
        )
        closed = RequestClosed(
            request_id=state.request_id,
            register=state.register,
            outcome=Outcome.NOT_A_REQUEST,
            closed_by=by_rule("R32"),
        )
        return [recognised, closed]
    kind = RequestNormalised if isinstance(command, NormaliseRequest) else RequestFlaggedForReview
    return [
        kind(
            request_id=state.request_id,
            person_id=state.person_id,
            register=state.register,
            facts=command.facts,
            lexicon_version=command.lexicon_version,
            private=command.people,
        )
    ]


def _corrected(state: Request, command: CorrectRequest | AmendRequest) -> list[IntakeEvent]:
    if state.state is None or state.request_id is None or state.person_id is None:
        raise UnknownRequest(state.request_id)
    name, allowed = (
        ("correct_request", (_S.NEEDS_REVIEW,))
        if isinstance(command, CorrectRequest)
        else ("amend_request", _AMENDABLE)
    )
    if state.state not in allowed:
        raise OutOfState(name, state.request_id, state.state, allowed)
    if not is_person(command.by):
        raise NotByRule(name, "R2")
    need_near_day(state, command, name)
    facts = replace(command.facts, urgency=state.urgency or command.facts.urgency)  # R40
    corrected = RequestCorrected(
        request_id=state.request_id,
        person_id=state.person_id,
        register=state.register,
        facts=facts,
        corrected_fields=command.fields,
        corrected_by=command.by,
        private=command.people,
    )
    return [corrected, *_meanwhile(state)] if state.state is _S.NEEDS_REVIEW else [corrected]


def _meanwhile(state: Request) -> list[IntakeEvent]:
    """What routing told while the request waited for a person: it leads on from here."""
    assert state.request_id is not None  # noqa: S101 - only for known requests
    told: list[IntakeEvent] = []
    if state.unit is not None:
        told.append(
            RequestAssignmentNoted(
                request_id=state.request_id,
                unit=state.unit,
                rule=state.rule or "R18",
                answer_due_on=state.answer_due_on,
            )
        )
        if state.accepted_by is not None:
            told.append(RequestStarted(request_id=state.request_id, accepted_by=state.accepted_by))
    return told


def _arrived_again(state: Request, command: NoteArrival) -> list[IntakeEvent]:
    if state.state is None or state.request_id is None:
        raise UnknownRequest(state.request_id)
    if command.arrival_id is not None and command.arrival_id in state.arrivals:
        return []
    return [
        ArrivalNoted(
            request_id=state.request_id,
            channel=command.channel,
            received_at=command.received_at,
            arrival_id=command.arrival_id,
            original_sha256=command.original_sha256,
            content_differs=command.original_sha256 not in state.contents,
        )
    ]
