"""What people do with an assignment: accept, refuse, give to another unit, inform."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from services.routing.application.ports import Routing
from services.routing.application.volunteers import known_volunteer
from services.routing.application.work import Work, stream_of
from services.routing.domain.assignment import Assignment
from services.routing.domain.commands import (
    AcceptAssignment,
    Command,
    InformUnit,
    ReassignRequest,
    RefuseAssignment,
)
from services.routing.domain.errors import NotAssigned
from services.routing.domain.units import establishment_of, is_team, responsible_unit
from shared.contracts.intake.events import MAIN_REGISTER
from shared.errors import Unavailable
from shared.eventstore import CommandReused, UnitOfWork, WrongVersion

_TRIES = 5

Make = Callable[[UnitOfWork, Assignment], Command]


class TooBusy(Unavailable):
    """Others kept writing to the same assignment."""

    code = "routing.too_busy"

    def __init__(self, request_id: UUID) -> None:
        super().__init__(f"request_id: {request_id} is being written by others; retry in a moment")


def accept(
    request_id: UUID, *, volunteer_id: str, routing: Routing, command_id: UUID | None = None
) -> Assignment:
    """A volunteer of the directory takes it. Raises NotAssigned, NotOpen, AlreadyAccepted."""

    def make(unit: UnitOfWork, known: Assignment) -> Command:
        if known.register == MAIN_REGISTER:
            known_volunteer(unit, volunteer_id)
        return AcceptAssignment(volunteer_id=volunteer_id)

    return _carry_out(request_id, make, by=volunteer_id, routing=routing, command_id=command_id)


def refuse(
    request_id: UUID,
    *,
    refused_by: str,
    reason: str,
    routing: Routing,
    command_id: UUID | None = None,
) -> Assignment:
    """The unit does not take it: the desk does, or coordination (R18). Raises as ``accept``."""
    command = RefuseAssignment(refused_by=refused_by, reason=reason)
    return _carry_out(
        request_id, lambda *_: command, by=refused_by, routing=routing, command_id=command_id
    )


def reassign(
    request_id: UUID,
    *,
    unit: str,
    by: str,
    reason: str,
    routing: Routing,
    command_id: UUID | None = None,
) -> Assignment:
    """Give it to another unit. Raises UnknownUnit, NotForTeams, NoActiveTeam, ReasonMissing."""
    to_unit = responsible_unit(unit)

    def make(work: UnitOfWork, known: Assignment) -> Command:
        return ReassignRequest(
            unit=to_unit,
            by=by,
            reason=reason,
            team_active=_team_active(work, known.register, to_unit, routing),
        )

    return _carry_out(request_id, make, by=by, routing=routing, command_id=command_id)


def inform(
    request_id: UUID,
    *,
    unit: str,
    by: str,
    reason: str,
    routing: Routing,
    command_id: UUID | None = None,
) -> Assignment:
    """Tell another unit of it; the holder stays."""
    command = InformUnit(unit=responsible_unit(unit), reason=reason)
    return _carry_out(request_id, lambda *_: command, by=by, routing=routing, command_id=command_id)


def _carry_out(
    request_id: UUID, make: Make, *, by: str, routing: Routing, command_id: UUID | None
) -> Assignment:
    """Load, decide, append; the same ``command_id`` again does nothing."""
    metadata = {"correlation_id": str(request_id), "actor": by}
    if command_id is not None and (before := routing.streams.store.command(command_id)):
        if all(one.stream != stream_of(request_id) for one in before):
            raise CommandReused(command_id)
        return _as_it_is(request_id, routing)
    for _ in range(_TRIES):
        try:
            with routing.streams.unit(metadata=metadata, command_id=command_id) as unit:
                work = Work(unit, routing.assignments, [request_id])
                known = work.get(request_id)
                if known is None:
                    raise NotAssigned(request_id)
                work.do(request_id, make(unit, known))
                after = work.get(request_id)
                assert after is not None  # noqa: S101 - it was known before
                return after
        except WrongVersion:
            continue  # somebody else wrote first: look again
    raise TooBusy(request_id)


def _as_it_is(request_id: UUID, routing: Routing) -> Assignment:
    with routing.streams.store.transaction() as connection:
        found = routing.assignments.find(connection, [request_id])
    if request_id not in found:
        raise NotAssigned(request_id)
    return found[request_id].assignment


def _team_active(unit: UnitOfWork, register: str, to_unit: str, routing: Routing) -> bool:
    place = establishment_of(to_unit)
    if place is None or not is_team(to_unit):
        return False
    view = routing.directory.views(unit.connection, [register], [place])[register]
    return view.active_at(place)
