"""What intake tells, turned into assignments: a batch is read at once and appended at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.routing.application.ports import Routing
from services.routing.application.volunteers import leave
from services.routing.application.work import Work
from services.routing.domain.assignment import OF_COPIES
from services.routing.domain.commands import (
    AssignRequest,
    CloseAssignment,
    HandOver,
    ImportAssignment,
    NoteUrgency,
    ReopenAssignment,
    WithdrawAssignment,
)
from services.routing.domain.policy import Decision, route
from services.routing.domain.units import DESK, establishment_of, is_team
from services.routing.domain.view import DirectoryView, earlier
from shared.contracts.acting import by_rule
from shared.contracts.intake.events import (
    AutomaticMessageRecognised,
    PersonErased,
    RequestClosed,
    RequestCorrected,
    RequestFlaggedForReview,
    RequestImported,
    RequestLinked,
    RequestMarkedDuplicate,
    RequestNormalised,
    RequestReopened,
    RequestUnmarkedDuplicate,
    RequestUrgencyChanged,
)
from shared.contracts.intake.facts import RequestFacts
from shared.contracts.vocabulary import (
    AssignmentState,
    LinkKind,
    RequestState,
    RoutingReason,
    higher,
)
from shared.eventstore import UnitOfWork
from shared.messaging import Delivered, caused_by

Understood = (
    RequestNormalised | RequestFlaggedForReview | RequestCorrected | AutomaticMessageRecognised
)
UNDERSTOOD = (
    RequestNormalised,
    RequestFlaggedForReview,
    RequestCorrected,
    AutomaticMessageRecognised,
)
HEARD = (
    *UNDERSTOOD,
    RequestImported,
    RequestClosed,
    RequestReopened,
    RequestMarkedDuplicate,
    RequestUnmarkedDuplicate,
    RequestUrgencyChanged,
    RequestLinked,
    PersonErased,
)
_OVER = frozenset({RequestState.ANSWERED, RequestState.CLOSED, RequestState.DUPLICATE})
_SAME = frozenset({LinkKind.SAME_PERSON, LinkKind.SAME_MATTER})
_OUT_OF_PRISON = {
    "R15": RoutingReason.IN_RETENTION,
    "R16": RoutingReason.RELEASED,
    "R17": RoutingReason.OUTSIDE_WALLS,
}


def hear_intake(batch: Sequence[Delivered], unit: UnitOfWork, *, routing: Routing) -> None:
    """React to ``batch`` in order: two queries to know where things stand, then one append."""
    events = [delivered.event for delivered in batch]
    work = Work(unit, routing.assignments, set(_request_ids(events)))
    hearing = _Hearing(work, _views(events, work, unit, routing), routing)
    for delivered in batch:
        hearing.hear(delivered.event, caused_by(delivered))


class _Hearing:
    """One batch: what is known of its assignments and its places."""

    def __init__(self, work: Work, views: Mapping[str, DirectoryView], routing: Routing) -> None:
        self._work = work
        self._views = views
        self._routing = routing

    def hear(self, event: Any, cause: Mapping[str, Any]) -> None:
        match event:
            case (
                RequestNormalised()
                | RequestFlaggedForReview()
                | RequestCorrected()
                | AutomaticMessageRecognised()
            ):
                self._assign(event, cause)
            case RequestImported():
                self._work.do(event.request_id, _imported(event), cause)
            case RequestLinked():
                self._hand_over(event, cause)
            case RequestMarkedDuplicate():
                self._join(event, cause)
            case RequestReopened() | RequestUnmarkedDuplicate():
                self._reopen(event, cause)
            case RequestClosed(request_id=request_id):
                self._work.do(request_id, CloseAssignment(), cause)
            case RequestUrgencyChanged(urgency=urgency, by=by):
                self._work.do(event.request_id, NoteUrgency(urgency=urgency, by=by), cause)
            case PersonErased(person_id=person_id):
                connection = self._work.unit.connection
                for volunteer in self._routing.directory.of_persons(connection, [person_id]):
                    leave(volunteer, self._work, routing=self._routing, metadata=cause)
            case _:
                pass  # nothing that moves an assignment

    def _assign(self, event: Understood, cause: Mapping[str, Any]) -> None:
        command = AssignRequest(
            request_id=event.request_id, register=event.register, decision=self._decide(event)
        )
        self._work.do(event.request_id, command, cause)

    def _decide(self, event: Understood) -> Decision:
        linked = (self._work.get(link.request_id) for link in event.facts.links)
        return route(
            event.facts,
            self._views[event.register],
            [earlier(known) for known in linked if known and known.register == event.register],
            self._routing.policy,
            flagged=isinstance(event, RequestFlaggedForReview),
        )

    def _hand_over(self, event: RequestLinked, cause: Mapping[str, Any]) -> None:
        """A person confirmed that the newer is of the same person: their open work follows them.

        R12: to whoever answers at the new place. R15 to R17: to the desk, out of prison.
        """
        newer, older = self._work.get(event.request_id), self._work.get(event.linked_to)
        if newer is None or older is None or not older.with_team or event.kind not in _SAME:
            return
        if rule := newer.not_in_prison:
            command = HandOver(unit=DESK, rule=rule, reason=_OUT_OF_PRISON[rule])
        elif "R12" in newer.also:
            command = HandOver(unit=newer.unit, rule="R12", reason=RoutingReason.HANDOVER)
        else:
            return
        self._work.do(older.request_id, command, cause)

    def _join(self, event: RequestMarkedDuplicate, cause: Mapping[str, Any]) -> None:
        """R21: the copy leaves; on the first, the nearer date and the higher urgency prevail."""
        copy, first = self._work.get(event.request_id), self._work.get(event.duplicate_of)
        self._work.do(event.request_id, WithdrawAssignment(reason=RoutingReason.DUPLICATE), cause)
        if copy and first:
            note = NoteUrgency(
                urgency=higher(first.urgency, copy.urgency),
                by=by_rule(OF_COPIES),
                answer_due_on=copy.answer_due_on,
            )
            self._work.do(event.duplicate_of, note, cause)

    def _reopen(
        self, event: RequestReopened | RequestUnmarkedDuplicate, cause: Mapping[str, Any]
    ) -> None:
        known = self._work.get(event.request_id)
        if known is None:
            return
        there = self._views[known.register].active_at(known.place)
        self._work.do(event.request_id, ReopenAssignment(holder_there=there), cause)


def _imported(event: RequestImported) -> ImportAssignment:
    return ImportAssignment(
        request_id=event.request_id,
        register=event.register,
        unit=event.unit or DESK,
        state=AssignmentState.CLOSED if event.state in _OVER else AssignmentState.ACCEPTED,
        urgency=event.urgency,
        received_on=event.received_on,
        answer_due_on=event.answer_due_on,
        establishment=event.establishment,
    )


def _views(
    events: Sequence[Any], work: Work, unit: UnitOfWork, routing: Routing
) -> dict[str, DirectoryView]:
    """The teams of all places that the batch speaks of."""
    known = work.all()
    registers = {one.register for one in known}
    registers |= {event.register for event in events if hasattr(event, "register")}
    held = [event.unit for event in events if isinstance(event, RequestImported)]
    units = [one.unit for one in known] + [holder for holder in held if holder]
    codes = {establishment_of(holder) for holder in units if is_team(holder)}
    for event in events:
        if isinstance(event, UNDERSTOOD):
            codes |= _places(event.facts)
    wanted = {code for code in codes if code}
    return routing.directory.views(unit.connection, registers, wanted) if registers else {}


def _places(facts: RequestFacts) -> set[str | None]:
    return {facts.establishment, facts.moved_from}


def _request_ids(events: Sequence[Any]) -> Iterator[UUID]:
    for event in events:
        match event:
            case PersonErased():
                continue
            case RequestLinked(linked_to=other) | RequestMarkedDuplicate(duplicate_of=other):
                yield other
            case _ if isinstance(event, UNDERSTOOD):
                yield from (link.request_id for link in event.facts.links)
            case _:
                pass
        yield event.request_id
