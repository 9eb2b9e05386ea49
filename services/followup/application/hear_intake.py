"""What intake tells, turned into proposals: deadline candidates (R39) and cases (R11, R16).

Ids follow from the request, so that hearing the same twice proposes once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, Protocol
from uuid import UUID, uuid5

from services.followup.application.ports import Deadlines
from services.followup.domain import case_decisions, deadline
from services.followup.domain.case import Case
from services.followup.domain.commands import (
    CorrectDeadline,
    DeadlineCommand,
    DropDeadline,
    ProposeDeadline,
    ReceiveReferral,
)
from services.followup.domain.deadline import Deadline
from services.followup.domain.findings import needs_follow_up, release_day, source_of, terms_of
from services.followup.domain.identity import (
    case_id_for,
    case_stream,
    deadline_id_for,
    deadline_stream,
)
from shared.contracts.followup.events import DeadlineTerms
from shared.contracts.intake.events import (
    RequestCorrected,
    RequestFlaggedForReview,
    RequestNormalised,
)
from shared.contracts.vocabulary import DeadlineKind, DeadlineState
from shared.eventstore import Expected, UnitOfWork, Version

HEARD = (RequestNormalised, RequestFlaggedForReview, RequestCorrected)
Understood = RequestNormalised | RequestFlaggedForReview | RequestCorrected
GONE = "ne figure plus dans la demande corrigée"


class Told(Protocol):
    """What is needed of a delivered event."""

    @property
    def event(self) -> Any: ...


def hear_intake(
    batch: Sequence[Told],
    unit: UnitOfWork,
    *,
    deadlines: Deadlines,
    caused_by: Callable[[Any], Mapping[str, Any]],
) -> None:
    """React to ``batch`` in order, in one append; ``caused_by`` makes an event's metadata."""
    heard = [told for told in batch if isinstance(told.event, HEARD)]
    if not heard:
        return
    known = deadlines.known(unit.connection, [told.event.request_id for told in heard])
    hearing = _Hearing(unit, deadlines, known)
    for told in heard:
        hearing.hear(told.event, caused_by(told))


class _Hearing:
    """One batch: what it wrote itself is not in the read models yet."""

    def __init__(self, unit: UnitOfWork, deadlines: Deadlines, known: Iterable[UUID]) -> None:
        self._unit = unit
        self._deadlines = deadlines
        self._known = set(known)  # what has a stream: the rest need not be asked for
        self._proposed: dict[UUID, list[UUID]] = {}

    def hear(self, event: Understood, cause: Mapping[str, Any]) -> None:
        case_id = self._propose_case(event, cause)
        kept = {
            self._propose(event, kind, number, terms, case_id, cause)
            for kind, number, terms in _found(event)
        }
        if isinstance(event, RequestCorrected):
            self._drop_gone(event, kept, cause)

    def _propose_case(self, event: Understood, cause: Mapping[str, Any]) -> UUID | None:
        """The request's case, proposed now if the request calls for one; None without."""
        wanted = needs_follow_up(event.facts)
        if not wanted and not event.facts.deadlines:
            return None  # nothing that a case could matter to
        case_id = case_id_for(event.request_id)
        if case_id in self._known:
            return case_id
        if not wanted:
            return None
        command = ReceiveReferral(
            case_id=case_id,
            person_id=event.person_id,
            register=event.register,
            source=source_of(event.facts),
            request_id=event.request_id,
            establishment=event.facts.establishment or event.facts.former_establishment,
            release_on=release_day(event.facts),
        )
        proposed = case_decisions.decide(Case(), command)
        self._unit.append(
            case_stream(case_id), proposed, expected=Expected.NO_STREAM, metadata=cause
        )
        self._known.add(case_id)
        return case_id

    def _propose(
        self,
        event: Understood,
        kind: DeadlineKind,
        number: int,
        terms: DeadlineTerms,
        case_id: UUID | None,
        cause: Mapping[str, Any],
    ) -> UUID:
        """Propose one deadline; what a person decided already stands, another reading beside it."""
        deadline_id = deadline_id_for(event.request_id, kind, number)
        known = self._load(deadline_id)
        if known is not None and _differs(known.terms, terms):
            if known.state is DeadlineState.CANDIDATE:
                by = event.corrected_by if isinstance(event, RequestCorrected) else None
                if by:
                    self._do(deadline_id, CorrectDeadline(terms=terms, by=by), cause)
                return deadline_id
            variant = str(uuid5(deadline_id, repr(_said(terms))))
            deadline_id = deadline_id_for(event.request_id, kind, number, variant)
        deadline_id = self._after_gone(deadline_id, event.request_id, kind, number)
        command = ProposeDeadline(
            deadline_id=deadline_id,
            register=event.register,
            request_id=event.request_id,
            case_id=case_id,
            terms=terms,
        )
        self._do(deadline_id, command, cause)
        self._proposed.setdefault(event.request_id, []).append(deadline_id)
        return deadline_id

    def _after_gone(
        self, deadline_id: UUID, request_id: UUID, kind: DeadlineKind, number: int
    ) -> UUID:
        """The id itself, or, once a correction removed what bore it, that under which it is back.

        What a person dropped stays dropped.
        """
        while (known := self._load(deadline_id)) is not None and _is_gone(known):
            deadline_id = deadline_id_for(request_id, kind, number, f"after {deadline_id}")
        return deadline_id

    def _drop_gone(
        self, event: RequestCorrected, kept: set[UUID], cause: Mapping[str, Any]
    ) -> None:
        """Candidates that the corrected request no longer speaks of."""
        stored = self._deadlines.candidates(self._unit.connection, event.request_id)
        for deadline_id in dict.fromkeys([*stored, *self._proposed.get(event.request_id, ())]):
            known = self._load(deadline_id)
            if deadline_id in kept or known is None or known.state is not DeadlineState.CANDIDATE:
                continue
            self._do(deadline_id, DropDeadline(reason=GONE, by=event.corrected_by), cause)

    def _load(self, deadline_id: UUID) -> Deadline | None:
        return reduce(deadline.evolve, self._events(deadline_id)[0], None)

    def _events(self, deadline_id: UUID) -> tuple[list[Any], Version]:
        if deadline_id not in self._known:
            return [], Version(0)
        return self._unit.load(deadline_stream(deadline_id))

    def _do(self, deadline_id: UUID, command: DeadlineCommand, cause: Mapping[str, Any]) -> None:
        events, version = self._events(deadline_id)
        done = deadline.decide(reduce(deadline.evolve, events, None), command)
        self._unit.append(deadline_stream(deadline_id), done, expected=version, metadata=cause)
        self._known.add(deadline_id)


def _is_gone(known: Deadline) -> bool:
    return known.state is DeadlineState.DROPPED and known.ending == GONE


def _found(event: Understood) -> Iterator[tuple[DeadlineKind, int, DeadlineTerms]]:
    """Each deadline of the request, numbered within its kind."""
    counts: dict[DeadlineKind, int] = {}
    for found in event.facts.deadlines:
        number = counts.get(found.kind, 0)
        counts[found.kind] = number + 1
        yield found.kind, number, terms_of(found, received_on=event.facts.received_on)


def _said(terms: DeadlineTerms) -> tuple[str | None, ...]:
    """What two readings differ by; explanations may be worded anew."""
    return (terms.rule, terms.trigger_on, terms.prudent, terms.last, terms.zone)


def _differs(one: DeadlineTerms, other: DeadlineTerms) -> bool:
    return _said(one) != _said(other)
