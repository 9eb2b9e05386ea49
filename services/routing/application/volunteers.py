"""Volunteers come, are away, and leave; their work is proposed again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from services.routing.application.ports import Routing
from services.routing.application.work import Work
from services.routing.domain.commands import LoseHolder
from services.routing.domain.directory import (
    Volunteer,
    VolunteerEvent,
    evolve_volunteer,
    record_absence,
    record_return,
    remove_volunteer,
)
from services.routing.domain.errors import UnknownVolunteer
from services.routing.domain.view import Absence
from shared.eventstore import UnitOfWork, Version


def volunteer_stream(volunteer_id: str) -> str:
    """The stream of one volunteer."""
    return f"volunteer-{volunteer_id}"


def load_volunteer(unit: UnitOfWork, volunteer_id: str) -> tuple[Volunteer | None, Version]:
    """The volunteer as the stream tells it, None if there is none."""
    events, version = unit.load(volunteer_stream(volunteer_id))
    return reduce(evolve_volunteer, events, _NOBODY), version


_NOBODY: Volunteer | None = None


def known_volunteer(unit: UnitOfWork, volunteer_id: str) -> tuple[Volunteer, Version]:
    """As ``load_volunteer``; raises UnknownVolunteer for nobody, and for who left."""
    volunteer, version = load_volunteer(unit, volunteer_id)
    if volunteer is None or volunteer.left:
        raise UnknownVolunteer(volunteer_id)
    return volunteer, version


def leave(
    volunteer_id: str, work: Work, *, routing: Routing, metadata: Mapping[str, Any] | None = None
) -> None:
    """The volunteer leaves; what they held is proposed to its unit again."""
    volunteer, version = load_volunteer(work.unit, volunteer_id)
    if volunteer is None or volunteer.left:
        return
    work.unit.append(
        volunteer_stream(volunteer_id),
        remove_volunteer(volunteer),
        expected=version,
        metadata=metadata,
    )
    work.add(routing.assignments.held_by(work.unit.connection, volunteer_id))
    for held in [one for one in work.all() if one.holder == volunteer_id]:
        work.do(held.request_id, LoseHolder(volunteer_id=volunteer_id), metadata)


def remove(volunteer_id: str, *, by: str, routing: Routing) -> None:
    """Raises UnknownVolunteer."""
    with routing.streams.unit(metadata={"actor": by}) as unit:
        known_volunteer(unit, volunteer_id)
        leave(volunteer_id, Work(unit, routing.assignments, ()), routing=routing)


def go_away(volunteer_id: str, absence: Absence, *, by: str, routing: Routing) -> None:
    """Record an absence. Raises UnknownVolunteer."""
    with routing.streams.unit(metadata={"actor": by}) as unit:
        volunteer, version = known_volunteer(unit, volunteer_id)
        _append(unit, volunteer_id, record_absence(volunteer, absence), version)


def come_back(volunteer_id: str, *, by: str, routing: Routing) -> None:
    """End an absence. Raises UnknownVolunteer."""
    with routing.streams.unit(metadata={"actor": by}) as unit:
        volunteer, version = known_volunteer(unit, volunteer_id)
        _append(unit, volunteer_id, record_return(volunteer), version)


def _append(
    unit: UnitOfWork, volunteer_id: str, events: list[VolunteerEvent], version: Version
) -> None:
    unit.append(volunteer_stream(volunteer_id), events, expected=version)
