"""One request: what it is now, and how each event changes it. What may happen: ``decisions``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never, get_args
from uuid import UUID

from shared.contracts.intake.events import (
    ArrivalNoted,
    AutomaticMessageRecognised,
    ConsentRecorded,
    ConsentWithdrawn,
    DangerHandled,
    IntakeEvent,
    NearDayExplained,
    PersonErased,
    ReplyNotDelivered,
    ReplySent,
    RequestAssignmentNoted,
    RequestClosed,
    RequestCorrected,
    RequestFlaggedForReview,
    RequestImported,
    RequestLinked,
    RequestMarkedDuplicate,
    RequestNormalised,
    RequestPutOnHold,
    RequestReceived,
    RequestReopened,
    RequestResumed,
    RequestStarted,
    RequestUnmarkedDuplicate,
    RequestUrgencyChanged,
)
from shared.contracts.intake.facts import RequestFacts, RequestPeople
from shared.contracts.vocabulary import (
    ConsentState,
    LinkKind,
    Outcome,
    RequestState,
    SpecialSituation,
    Urgency,
)

NEAR_DAY = "deadlines"  # under ``missing``: a day near the arrival that no rule explains
STATES = {state.value: state for state in RequestState}
LEFT = (RequestState.CLOSED, RequestState.DUPLICATE)
DANGERS = frozenset({SpecialSituation.SUICIDE_RISK, SpecialSituation.VIOLENCE_OR_THREAT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as its events tell it; ``state`` is None before the first of them.

    ``people`` is None where nothing was read yet and once the person is erased. ``dangers`` are
    the special situations that stand for a danger (R36, R37), ``dangers_handled`` those for which
    a person noted what was done. ``near_day`` is what a person said of a near day that no rule
    explained. ``risen`` is the last change of urgency since it left. ``arrivals`` and ``contents``
    know what came already.
    """

    request_id: UUID | None = None
    person_id: UUID | None = None
    register: str = ""
    state: RequestState | None = None
    facts: RequestFacts | None = None
    people: RequestPeople | None = None
    lexicon_version: str | None = None
    urgency: Urgency | None = None
    dangers: frozenset[SpecialSituation] = frozenset()
    dangers_handled: frozenset[SpecialSituation] = frozenset()
    unit: str | None = None
    rule: str | None = None
    answer_due_on: date | None = None
    accepted_by: str | None = None
    waiting_for: str | None = None
    duplicate_of: UUID | None = None
    links: frozenset[tuple[LinkKind, UUID]] = frozenset()
    consent: ConsentState | None = None
    outcome: Outcome | None = None
    answered_on: date | None = None
    undelivered: frozenset[UUID] = frozenset()
    arrivals: frozenset[str] = frozenset()
    contents: frozenset[str] = frozenset()
    arrival_count: int = 0
    other_content: bool = False
    near_day: NearDayExplained | None = None
    risen: RequestUrgencyChanged | None = None

    @property
    def left(self) -> bool:
        """Whether nobody answers it any more, unless a person brings it back."""
        return self.state in LEFT

    @property
    def near_day_open(self) -> bool:
        """Whether a near day was read that nothing explains, and nobody said what it is."""
        return self.facts is not None and NEAR_DAY in self.facts.missing


def evolve(state: Request, event: IntakeEvent) -> Request:  # noqa: C901 - one case an event
    """The state after ``event``. Never refuses: what happened, happened."""
    match event:
        case RequestReceived():
            return _received(state, event)
        case RequestImported():
            return _imported(state, event)
        case RequestNormalised():
            return _understood(state, event, RequestState.NORMALISED)
        case RequestFlaggedForReview():
            return _understood(state, event, RequestState.NEEDS_REVIEW)
        case AutomaticMessageRecognised():
            return _understood(state, event, RequestState.RECEIVED)
        case RequestCorrected():
            in_review = state.state is RequestState.NEEDS_REVIEW
            kept = RequestState.NORMALISED if in_review else state.state
            return _understood(state, event, kept)
        case PersonErased():
            return replace(state, people=None)
        case ArrivalNoted() | RequestLinked() | RequestUrgencyChanged() | DangerHandled():
            return _noted(state, event)
        case NearDayExplained():
            return _explained(state, event)
        case ConsentRecorded():
            return replace(state, consent=ConsentState.RECORDED)
        case ConsentWithdrawn():
            return replace(state, consent=ConsentState.WITHDRAWN)
        case _:
            return _moved(state, event)


_Understood = (
    RequestNormalised | RequestFlaggedForReview | AutomaticMessageRecognised | RequestCorrected
)
PEOPLE_IN = (RequestImported, *get_args(_Understood))
"""The events of a request's stream that say who its people are; each says it anew."""

_Noted = ArrivalNoted | RequestLinked | RequestUrgencyChanged | DangerHandled
_Moved = (
    RequestAssignmentNoted
    | RequestStarted
    | RequestPutOnHold
    | RequestResumed
    | ReplySent
    | ReplyNotDelivered
    | RequestClosed
    | RequestReopened
    | RequestMarkedDuplicate
    | RequestUnmarkedDuplicate
)


def dangers_in(facts: RequestFacts) -> frozenset[SpecialSituation]:
    """The special situations of ``facts`` that stand for a danger."""
    return DANGERS & frozenset(facts.special_situations)


def _received(state: Request, event: RequestReceived) -> Request:
    return replace(
        state,
        request_id=event.request_id,
        person_id=event.person_id,
        register=event.register,
        state=RequestState.RECEIVED,
        arrivals=frozenset({event.arrival_id} if event.arrival_id else ()),
        contents=frozenset({event.original_sha256}),
        arrival_count=1,
    )


def _imported(state: Request, event: RequestImported) -> Request:
    return replace(
        state,
        request_id=event.request_id,
        person_id=event.person_id,
        register=event.register,
        state=STATES[event.state],
        people=event.private,
        urgency=event.urgency,
        unit=event.unit,
        answer_due_on=event.answer_due_on,
        answered_on=event.answered_on,
    )


def _understood(state: Request, event: _Understood, becomes: RequestState | None) -> Request:
    return replace(
        state,
        state=becomes,
        facts=event.facts,
        people=event.private,
        lexicon_version=getattr(event, "lexicon_version", state.lexicon_version),
        urgency=event.facts.urgency,
        dangers=dangers_in(event.facts),
        dangers_handled=state.dangers_handled & dangers_in(event.facts),
        consent=state.consent or event.facts.consent,
    )


def _explained(state: Request, event: NearDayExplained) -> Request:
    facts = state.facts and replace(
        state.facts, missing=tuple(one for one in state.facts.missing if one != NEAR_DAY)
    )
    return replace(state, facts=facts, near_day=event)


def _noted(state: Request, event: _Noted) -> Request:
    match event:
        case ArrivalNoted(arrival_id=arrival_id, original_sha256=sha256):
            return replace(
                state,
                arrivals=state.arrivals | ({arrival_id} if arrival_id else set()),
                contents=state.contents | ({sha256} if sha256 else set()),
                arrival_count=state.arrival_count + 1,
                other_content=state.other_content or event.content_differs,
            )
        case RequestLinked(kind=kind, linked_to=linked_to):
            return replace(state, links=state.links | {(kind, linked_to)})
        case RequestUrgencyChanged(urgency=urgency):
            return replace(state, urgency=urgency, risen=event if state.left else None)
        case DangerHandled():
            return replace(state, dangers_handled=state.dangers)
        case _:
            assert_never(event)


def _moved(state: Request, event: _Moved) -> Request:  # noqa: C901 - one case an event
    match event:
        case RequestAssignmentNoted(unit=unit, rule=rule, answer_due_on=due):
            became = _if(state, RequestState.NORMALISED, RequestState.ASSIGNED)
            return replace(
                state, state=became, unit=unit, rule=rule, answer_due_on=due, accepted_by=None
            )
        case RequestStarted(accepted_by=accepted_by):
            became = _if(state, RequestState.ASSIGNED, RequestState.IN_PROGRESS)
            return replace(state, state=became, accepted_by=accepted_by)
        case RequestPutOnHold(waiting_for=waiting_for):
            return replace(state, state=RequestState.WAITING, waiting_for=waiting_for)
        case RequestResumed():
            return replace(state, state=RequestState.IN_PROGRESS, waiting_for=None)
        case ReplySent(sent_on=sent_on):
            return replace(
                state, state=RequestState.ANSWERED, answered_on=sent_on, waiting_for=None
            )
        case ReplyNotDelivered(report=report):
            return replace(state, undelivered=state.undelivered | {report}, answered_on=None)
        case RequestClosed(outcome=outcome):
            return replace(state, state=RequestState.CLOSED, outcome=outcome, waiting_for=None)
        case RequestReopened():
            return replace(state, state=RequestState.IN_PROGRESS, outcome=None)
        case RequestMarkedDuplicate(duplicate_of=first):
            return replace(state, state=RequestState.DUPLICATE, duplicate_of=first)
        case RequestUnmarkedDuplicate():
            return replace(state, state=RequestState.NORMALISED, duplicate_of=None)
        case _:
            assert_never(event)


def _if(state: Request, now: RequestState, then: RequestState) -> RequestState | None:
    return then if state.state is now else state.state
