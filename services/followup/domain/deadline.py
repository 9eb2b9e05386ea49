"""A deadline: a candidate until a person confirms it, with two dates and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from services.followup.domain.commands import (
    CorrectDeadline,
    DeadlineCommand,
    DrawNear,
    DropDeadline,
    MeetDeadline,
    MissDeadline,
    ProposeDeadline,
    SetDeadline,
)
from services.followup.domain.errors import OutOfState, Unknown
from services.followup.domain.nearing import nearness
from services.followup.domain.saying import person, words
from services.followup.domain.terms import is_over
from shared.contracts.followup.events import (
    DeadlineCorrected,
    DeadlineDropped,
    DeadlineMet,
    DeadlineMissed,
    DeadlineNeared,
    DeadlineProposed,
    DeadlineSet,
    DeadlineTerms,
)
from shared.contracts.vocabulary import DeadlineState

DeadlineEvent = (
    DeadlineProposed
    | DeadlineSet
    | DeadlineCorrected
    | DeadlineNeared
    | DeadlineMet
    | DeadlineMissed
    | DeadlineDropped
)

_S = DeadlineState
ALIVE = (_S.CANDIDATE, _S.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A deadline as its events tell it.

    ``confirmed_by`` is the person who set it, ``ending`` the proof or reason it ended with,
    ``neared`` the days within which its prudent date was last told to be.
    """

    deadline_id: UUID
    register: str
    request_id: UUID | None
    case_id: UUID | None
    state: DeadlineState
    terms: DeadlineTerms
    confirmed_by: str | None = None
    ending: str | None = None
    neared: int | None = None

    @property
    def alive(self) -> bool:
        return self.state in ALIVE


def evolve(state: Deadline | None, event: DeadlineEvent) -> Deadline | None:
    """The state after ``event``. Never refuses; None stays None for one that is not known."""
    match event:
        case DeadlineProposed() | DeadlineSet():
            confirmed = isinstance(event, DeadlineSet)
            return Deadline(
                deadline_id=event.deadline_id,
                register=event.register,
                request_id=event.request_id,
                case_id=event.case_id,
                state=_S.RUNNING if confirmed else _S.CANDIDATE,
                terms=event.terms,
                confirmed_by=event.by if isinstance(event, DeadlineSet) else None,
                neared=state.neared if state and state.terms == event.terms else None,
            )
        case _ if state is None:
            return None
        case DeadlineCorrected(terms=terms):
            kept = replace(state, request_id=event.request_id, case_id=event.case_id)
            return replace(kept, terms=terms, neared=None)
        case DeadlineNeared(within_days=within_days):
            return replace(state, neared=within_days)
        case DeadlineMet(proof=proof):
            return replace(state, state=_S.MET, ending=proof)
        case DeadlineMissed():
            return replace(state, state=_S.MISSED)
        case DeadlineDropped(reason=reason):
            return replace(state, state=_S.DROPPED, ending=reason)
        case _:
            assert_never(event)


def decide(  # noqa: C901 - one case a command
    state: Deadline | None, command: DeadlineCommand
) -> list[DeadlineEvent]:
    """What happens because of ``command``; nothing, if it has happened already.

    Raises OutOfState, Unknown, NotByRule, or what is wrong with the words.
    """
    match command:
        case ProposeDeadline():
            return [] if state else [_proposed(command)]
        case SetDeadline():
            return _set(state, command)
        case _ if state is None:
            raise Unknown("deadline_id", None)
        case CorrectDeadline(terms=terms):
            by = person(command.by, "correct_deadline", "R39")
            if terms == state.terms:
                return []
            _need(state, "correct_deadline", (*ALIVE, _S.MISSED))
            # A missed one whose day was wrong runs to the right one, which a person gave.
            kind = DeadlineCorrected if state.alive else DeadlineSet
            return [_retold(kind, state, terms, by)]
        case MeetDeadline(proof=proof):
            by = person(command.by, "meet_deadline", "R41")
            if state.state is _S.MET:
                return []
            _need(state, "meet_deadline", (*ALIVE, _S.MISSED))
            said = words(proof, "proof", "meet_deadline")
            met = DeadlineMet(
                deadline_id=state.deadline_id, register=state.register, proof=said, by=by
            )
            return [met]
        case MissDeadline(now=now):
            return [_missed(state)] if state.alive and is_over(state.terms, now) else []
        case DrawNear(now=now):
            return _neared(state, now) if state.alive else []
        case DropDeadline(reason=reason):
            by = person(command.by, "drop_deadline", "R41")
            if state.state is _S.DROPPED:
                return []
            _need(state, "drop_deadline", ALIVE)
            said = words(reason, "reason", "drop_deadline")
            dropped = DeadlineDropped(
                deadline_id=state.deadline_id, register=state.register, reason=said, by=by
            )
            return [dropped]
        case _:
            assert_never(command)


def _proposed(command: ProposeDeadline) -> DeadlineProposed:
    return DeadlineProposed(
        deadline_id=command.deadline_id,
        register=command.register,
        request_id=command.request_id,
        case_id=command.case_id,
        terms=command.terms,
    )


def _set(state: Deadline | None, command: SetDeadline) -> list[DeadlineEvent]:
    by = person(command.by, "set_deadline", "R39")
    terms = command.terms or (state.terms if state else None)
    if terms is None:
        raise Unknown("deadline_id", command.deadline_id)
    if state is not None:
        if state.state is _S.RUNNING and state.terms == terms:
            return []
        _need(state, "set_deadline", (_S.CANDIDATE,))
    confirmed = DeadlineSet(
        deadline_id=command.deadline_id,
        register=state.register if state else command.register,
        request_id=state.request_id if state else command.request_id,
        case_id=command.case_id or (state.case_id if state else None),
        terms=terms,
        by=by,
    )
    return [confirmed]


def _retold(
    kind: type[DeadlineCorrected | DeadlineSet], state: Deadline, terms: DeadlineTerms, by: str
) -> DeadlineEvent:
    return kind(
        deadline_id=state.deadline_id,
        register=state.register,
        request_id=state.request_id,
        case_id=state.case_id,
        terms=terms,
        by=by,
    )


def _neared(state: Deadline, now: datetime) -> list[DeadlineEvent]:
    terms = state.terms
    within_days = nearness(terms, now)
    if state.request_id is None or within_days is None or terms.alert_at is None:
        return []
    if state.neared is not None and state.neared <= within_days:
        return []
    neared = DeadlineNeared(
        deadline_id=state.deadline_id,
        register=state.register,
        request_id=state.request_id,
        case_id=state.case_id,
        kind=terms.kind,
        nature=terms.nature,
        alert_at=terms.alert_at,
        within_days=within_days,
    )
    return [neared]


def _missed(state: Deadline) -> DeadlineMissed:
    return DeadlineMissed(
        deadline_id=state.deadline_id,
        register=state.register,
        request_id=state.request_id,
        case_id=state.case_id,
        kind=state.terms.kind,
    )


def _need(state: Deadline, name: str, allowed: tuple[DeadlineState, ...]) -> None:
    if state.state not in allowed:
        raise OutOfState(name, f"deadline {state.deadline_id}", state.state, allowed)
