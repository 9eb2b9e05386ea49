"""Bring the directory to what files say: events for the differences only, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any
from uuid import UUID

from services.routing.application.ports import Routing
from services.routing.application.volunteers import load_volunteer, volunteer_stream
from services.routing.domain.directory import (
    Team,
    TeamWanted,
    VolunteerWanted,
    bring_team,
    bring_volunteer,
    evolve_team,
)
from shared.contracts.intake.events import MAIN_REGISTER
from shared.contracts.routing.events import EstablishmentRegistered
from shared.eventstore import UnitOfWork, Version

_NO_TEAM: Team | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryWanted:
    """What the directory should say; what is not listed stays as it is."""

    establishments: Sequence[EstablishmentRegistered]
    teams: Sequence[TeamWanted]
    volunteers: Sequence[VolunteerWanted]


@dataclass(slots=True)
class Count:
    """What an import did to one part; ``unlisted`` are those of the directory it left alone."""

    added: int = 0
    altered: int = 0
    unchanged: int = 0
    unlisted: list[str] = field(default_factory=list)

    def note(self, *, known: bool, events: int) -> None:
        if not events:
            self.unchanged += 1
        elif known:
            self.altered += 1
        else:
            self.added += 1


@dataclass(slots=True)
class Imported:
    """What an import did; ``events`` is how many were appended."""

    establishments: Count = field(default_factory=Count)
    teams: Count = field(default_factory=Count)
    volunteers: Count = field(default_factory=Count)
    events: int = 0


def team_stream(register: str, establishment: str) -> str:
    """The stream of one establishment's team in one register."""
    return f"team-{register}:{establishment}"


def import_directory(
    wanted: DirectoryWanted, *, by: str, mint: Callable[[], UUID], routing: Routing
) -> Imported:
    """Append what differs, in one transaction; the same files again append nothing.

    ``mint`` gives each new volunteer the subject under whose key their name is kept. Volunteers
    and teams that are not listed stay: leaving and closing are said, never guessed from absence.
    Raises HasLeft for who left since the files were read.
    """
    done = Imported()
    with routing.streams.unit(metadata={"actor": by}) as unit:
        _establishments(unit, wanted.establishments, routing, done)
        known = routing.directory.teams(unit.connection, [MAIN_REGISTER], None)
        by_place = {one.establishment: one for one in known}
        for team in wanted.teams:
            _team(unit, team, by_place, done)
        people = routing.directory.volunteers(unit.connection, MAIN_REGISTER)
        seen = {one.volunteer_id: one for one in people}
        for volunteer in wanted.volunteers:
            _volunteer(unit, volunteer, seen, mint, done)
        if wanted.teams:
            codes = {one.establishment for one in wanted.teams}
            done.teams.unlisted = sorted(by_place.keys() - codes)
        if wanted.volunteers:
            ids = {one.volunteer_id for one in wanted.volunteers}
            done.volunteers.unlisted = sorted(
                one.volunteer_id for one in people if not one.left and one.volunteer_id not in ids
            )
    return done


def bring_team_to(unit: UnitOfWork, wanted: TeamWanted) -> int:
    """Append what makes a team be as ``wanted``; returns how many events that took."""
    stream = team_stream(wanted.register, wanted.establishment)
    events, version = unit.load(stream)
    happened = bring_team(reduce(evolve_team, events, _NO_TEAM), wanted)
    unit.append(stream, happened, expected=version)
    return len(happened)


def _establishments(
    unit: UnitOfWork, wanted: Sequence[EstablishmentRegistered], routing: Routing, done: Imported
) -> None:
    known = routing.directory.establishments(unit.connection) if wanted else {}
    for one in wanted:
        events = 0
        if known.get(one.code) != one:
            stream = f"establishment-{one.code}"
            _, version = unit.load(stream) if one.code in known else ([], Version(0))
            unit.append(stream, [one], expected=version)
            events = 1
        done.establishments.note(known=one.code in known, events=events)
        done.events += events


def _team(unit: UnitOfWork, wanted: TeamWanted, known: dict[str, Team], done: Imported) -> None:
    before = known.get(wanted.establishment)
    events = bring_team_to(unit, wanted) if bring_team(before, wanted) else 0
    done.teams.note(known=before is not None, events=events)
    done.events += events


def _volunteer(
    unit: UnitOfWork,
    wanted: VolunteerWanted,
    known: dict[str, Any],
    mint: Callable[[], UUID],
    done: Imported,
) -> None:
    before = known.get(wanted.volunteer_id)
    events = 0
    person_id = mint()
    if bring_volunteer(before, wanted, person_id=person_id):
        stored, version = load_volunteer(unit, wanted.volunteer_id)
        happened = bring_volunteer(stored, wanted, person_id=person_id)
        unit.append(volunteer_stream(wanted.volunteer_id), happened, expected=version)
        events = len(happened)
    done.volunteers.note(known=before is not None, events=events)
    done.events += events
