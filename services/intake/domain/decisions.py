"""What happens to a request because of a command, after the desk's life cycle and rules.

A command out of its state is refused with the state named; one that happened already gives
nothing. What routing tells is noted, never refused.
"""

from __future__ import annotations

from typing import assert_never

from services.intake.domain.commands import (
    AmendRequest,
    ChangeUrgency,
    CloseAutomaticMessage,
    CloseRequest,
    Command,
    CorrectRequest,
    ExplainNearDay,
    FlagForReview,
    ImportRequest,
    LinkRequest,
    MarkDuplicate,
    NormaliseRequest,
    NoteAcceptance,
    NoteArrival,
    NoteAssignment,
    NoteDangerHandled,
    NoteDeadline,
    NoteUndelivered,
    ReceiveRequest,
    RecordConsent,
    ReopenRequest,
    ResumeRequest,
    SendReply,
    UnmarkDuplicate,
    WaitFor,
    WithdrawConsent,
)
from services.intake.domain.deadline_news import decide_deadline, risen_meanwhile
from services.intake.domain.errors import (
    DangerNotHandled,
    LinkToItself,
    NotByRule,
    OutOfState,
    ReplyBlocked,
    UnknownRequest,
)
from services.intake.domain.findings import decide_finding
from services.intake.domain.near_day import explained, no_open_near_day
from services.intake.domain.request import Request
from services.intake.domain.saying import clear, words
from shared.contracts.acting import RULE, is_person
from shared.contracts.intake.events import (
    ConsentRecorded,
    ConsentWithdrawn,
    DangerHandled,
    IntakeEvent,
    ReplyNotDelivered,
    ReplySent,
    RequestAssignmentNoted,
    RequestClosed,
    RequestLinked,
    RequestMarkedDuplicate,
    RequestPutOnHold,
    RequestReopened,
    RequestResumed,
    RequestStarted,
    RequestUnmarkedDuplicate,
    RequestUrgencyChanged,
)
from shared.contracts.vocabulary import ReplyPreference, RequestState, Urgency, above

_S = RequestState
_ALLOWED: dict[type, tuple[str, tuple[RequestState, ...]]] = {
    MarkDuplicate: (
        "mark_duplicate",
        (_S.RECEIVED, _S.NEEDS_REVIEW, _S.NORMALISED, _S.ASSIGNED),
    ),
    UnmarkDuplicate: ("unmark_duplicate", (_S.DUPLICATE,)),
    WaitFor: ("wait_for", (_S.IN_PROGRESS,)),
    ResumeRequest: ("resume_request", (_S.WAITING,)),
    SendReply: ("send_reply", (_S.IN_PROGRESS, _S.WAITING)),
    CloseRequest: ("close_request", (_S.ANSWERED, _S.IN_PROGRESS, _S.WAITING, _S.NEEDS_REVIEW)),
    ReopenRequest: ("reopen_request", (_S.ANSWERED, _S.CLOSED)),
    ChangeUrgency: (
        "change_urgency",
        tuple(state for state in _S if state not in (_S.CLOSED, _S.DUPLICATE)),
    ),
}

_Finding = (
    ReceiveRequest
    | ImportRequest
    | NormaliseRequest
    | FlagForReview
    | CloseAutomaticMessage
    | CorrectRequest
    | AmendRequest
    | NoteArrival
)
_Handling = WaitFor | ResumeRequest | SendReply | CloseRequest | ReopenRequest | ChangeUrgency


def decide(state: Request, command: Command) -> list[IntakeEvent]:
    """What happens because of ``command``; nothing, if it has happened already.

    Raises a ``Refused`` that names the state, or the rule, and the remedy.
    """
    if isinstance(command, _Finding):
        return decide_finding(state, command)
    if state.state is None or state.request_id is None:
        raise UnknownRequest(state.request_id)
    if isinstance(command, NoteAssignment | NoteAcceptance | NoteUndelivered):
        return _heard(state, command)
    if isinstance(command, NoteDeadline):
        return decide_deadline(state, command)
    if isinstance(command, ExplainNearDay):
        return explained(state, command)
    if _happened_already(state, command):
        return []
    if type(command) in _ALLOWED:
        name, allowed = _ALLOWED[type(command)]
        if state.state not in allowed:
            raise OutOfState(name, state.request_id, state.state, allowed)
    if isinstance(command, _Handling):
        return _handled(state, command)
    return _told_by_a_person(state, command)


def _happened_already(state: Request, command: Command) -> bool:
    match command:
        case MarkDuplicate(duplicate_of=first):
            return state.state is _S.DUPLICATE and state.duplicate_of == first
        case WaitFor(waiting_for=waiting_for):
            return state.state is _S.WAITING and state.waiting_for == waiting_for
        case CloseRequest(outcome=outcome):
            return state.state is _S.CLOSED and state.outcome is outcome
        case ChangeUrgency(urgency=urgency):
            return state.state is not _S.CLOSED and state.urgency is urgency
        case LinkRequest(kind=kind, linked_to=linked_to):
            return (kind, linked_to) in state.links
        case NoteDangerHandled():
            return bool(state.dangers) and state.dangers == state.dangers_handled
        case _:
            return False


def _heard(
    state: Request, command: NoteAssignment | NoteAcceptance | NoteUndelivered
) -> list[IntakeEvent]:
    assert state.request_id is not None  # noqa: S101 - decide looked
    match command:
        case NoteAssignment(unit=unit, rule=rule, answer_due_on=due, anew=anew):
            known = (state.unit, state.rule, state.answer_due_on) == (unit, rule, due)
            lost = anew and state.accepted_by is not None
            if known and not lost and state.state is not _S.NORMALISED:
                return []
            return [
                RequestAssignmentNoted(
                    request_id=state.request_id, unit=unit, rule=rule, answer_due_on=due
                )
            ]
        case NoteAcceptance(accepted_by=accepted_by):
            if state.accepted_by == accepted_by and state.state is not _S.ASSIGNED:
                return []
            return [RequestStarted(request_id=state.request_id, accepted_by=accepted_by)]
        case NoteUndelivered(report=report, noticed_on=noticed_on):
            if report in state.undelivered:
                return []
            return [
                ReplyNotDelivered(
                    request_id=state.request_id,
                    register=state.register,
                    report=report,
                    noticed_on=noticed_on,
                )
            ]
        case _:
            assert_never(command)


def _handled(state: Request, command: _Handling) -> list[IntakeEvent]:
    assert state.request_id is not None  # noqa: S101 - decide looked
    request_id = state.request_id
    match command:
        case WaitFor(waiting_for=waiting_for, by=by):
            rule = "section 9: the requester, a document, a translation"
            words(waiting_for, "waiting_for", "wait_for", rule)
            return [RequestPutOnHold(request_id=request_id, waiting_for=waiting_for, by=by)]
        case ResumeRequest(by=by):
            return [RequestResumed(request_id=request_id, by=by)]
        case SendReply(way=way, sent_on=sent_on, by=by):
            _may_reply(state, way)
            return [ReplySent(request_id=request_id, way=way, sent_on=sent_on, by=by)]
        case CloseRequest(outcome=outcome, by=by):
            _person(by, "close_request", "R45")
            _no_open_danger(state, "close_request")
            no_open_near_day(state, "close_request")
            return [
                RequestClosed(
                    request_id=request_id, register=state.register, outcome=outcome, closed_by=by
                )
            ]
        case ReopenRequest(reason=reason, by=by):
            said = words(reason, "reason", "reopen_request", "R45")
            reopened = RequestReopened(request_id=request_id, reason=said, by=by)
            return [reopened, *risen_meanwhile(state)]
        case ChangeUrgency():
            return _changed_urgency(state, command)
        case _:
            assert_never(command)


def _told_by_a_person(
    state: Request,
    command: MarkDuplicate
    | UnmarkDuplicate
    | LinkRequest
    | RecordConsent
    | WithdrawConsent
    | NoteDangerHandled,
) -> list[IntakeEvent]:
    assert state.request_id is not None  # noqa: S101 - decide looked
    assert state.person_id is not None  # noqa: S101 - comes with the request id
    request_id = state.request_id
    match command:
        case MarkDuplicate(duplicate_of=first, by=by):
            _person(by, "mark_duplicate", "R21")
            _no_open_danger(state, "mark_duplicate")
            no_open_near_day(state, "mark_duplicate")
            if first == request_id:
                raise LinkToItself(request_id)
            return [
                RequestMarkedDuplicate(
                    request_id=request_id, register=state.register, duplicate_of=first, by=by
                )
            ]
        case UnmarkDuplicate(by=by):
            unmarked = RequestUnmarkedDuplicate(
                request_id=request_id, register=state.register, by=by
            )
            return [unmarked, *risen_meanwhile(state)]
        case LinkRequest(kind=kind, linked_to=linked_to, by=by):
            if linked_to == request_id:
                raise LinkToItself(request_id)
            return [RequestLinked(request_id=request_id, kind=kind, linked_to=linked_to, by=by)]
        case RecordConsent(given_on=given_on, scope=scope, addressee=addressee, by=by):
            _person(by, "record_consent", "R24")
            words(scope, "scope", "record_consent", "R24")
            return [
                ConsentRecorded(
                    request_id=request_id,
                    person_id=state.person_id,
                    given_on=given_on,
                    scope=scope,
                    by=by,
                    private=addressee,
                )
            ]
        case WithdrawConsent(withdrawn_on=withdrawn_on, by=by):
            return [ConsentWithdrawn(request_id=request_id, withdrawn_on=withdrawn_on, by=by)]
        case NoteDangerHandled(noted_on=noted_on, by=by):
            _person(by, "note_danger_handled", "R36")
            return [DangerHandled(request_id=request_id, noted_on=noted_on, by=by)]
        case _:
            assert_never(command)


def _changed_urgency(state: Request, command: ChangeUrgency) -> list[IntakeEvent]:
    now = state.urgency or Urgency.NORMAL
    if above(now, command.urgency):
        _person(command.by, "change_urgency to a lower level", "R40")
        words(command.reason, "reason", "change_urgency to a lower level", "R40")
    by_rule = command.by.startswith(RULE)  # which says which day presses
    assert state.request_id is not None  # noqa: S101 - decide looked
    return [
        RequestUrgencyChanged(
            request_id=state.request_id,
            register=state.register,
            urgency=command.urgency,
            reason=command.reason if by_rule else clear(command.reason, "reason"),
            by=command.by,
        )
    ]


def _may_reply(state: Request, way: ReplyPreference) -> None:
    facts = state.facts
    if facts is None:
        return
    no_mail = facts.reply_preference is ReplyPreference.NO_MAIL_TO_PRISON
    if (way is ReplyPreference.LETTER and no_mail) or way.value in facts.reply_blocked:
        raise ReplyBlocked(state.request_id, way.value)


def _no_open_danger(state: Request, command: str) -> None:
    if state.dangers - state.dangers_handled:
        raise DangerNotHandled(command, state.request_id)


def _person(by: str, command: str, rule: str) -> None:
    if not is_person(by):
        raise NotByRule(command, rule)
