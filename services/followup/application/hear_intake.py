"""What intake tells, turned into proposals: deadline candidates (R39) and cases (R11, R16).

Ids follow from the request, so that hearing the same twice proposes once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, Protocol
from uuid import UUID, uuid5

from services.followup.application.ports import Deadlines
from services.followup.domain import case_decisions, deadline
from services.followup.domain.case import Case
from services.followup.domain.case import evolve as evolve_case
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
from shared.eventstore import UnitOfWork

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
    hearing = _Hearing(unit, deadlines)
    for told in batch:
        if isinstance(told.event, HEARD):
            hearing.hear(told.event, caused_by(told))


class _Hearing:
    """One batch: what it wrote itself is not in the read models yet."""

    def __init__(self, unit: UnitOfWork, deadlines: Deadlines) -> None:
        self._unit = unit
        self._deadlines = deadlines
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
        events, version = self._unit.load(case_stream(case_id))
        if events:
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
        state = reduce(evolve_case, events, Case())
        proposed = case_decisions.decide(state, command)
        self._unit.append(case_stream(case_id), proposed, expected=version, metadata=cause)
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
        events, _ = self._unit.load(deadline_stream(deadline_id))
        return reduce(deadline.evolve, events, None)

    def _do(self, deadline_id: UUID, command: DeadlineCommand, cause: Mapping[str, Any]) -> None:
        stream = deadline_stream(deadline_id)
        events, version = self._unit.load(stream)
        done = deadline.decide(reduce(deadline.evolve, events, None), command)
        self._unit.append(stream, done, expected=version, metadata=cause)


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
