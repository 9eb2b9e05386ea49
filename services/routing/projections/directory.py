"""Establishments, teams and volunteers as they are now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from psycopg.rows import dict_row

from services.routing.domain.directory import Team, Volunteer
from services.routing.domain.units import is_team
from services.routing.domain.view import Absence, DirectoryView, MemberView, TeamView
from services.routing.projections.words import ROLES, TEAM_STATES
from shared.contracts.intake.events import MAIN_REGISTER
from shared.contracts.routing.events import EstablishmentRegistered, VolunteerContact
from shared.eventstore import Connection

_ESTABLISHMENTS = """
SELECT * FROM establishments WHERE %(codes)s::text[] IS NULL OR code = ANY(%(codes)s)
ORDER BY code
"""
_TEAMS = """
SELECT * FROM teams
WHERE register = ANY(%(registers)s)
  AND (%(codes)s::text[] IS NULL OR establishment = ANY(%(codes)s))
ORDER BY register, establishment
"""
_MEMBERS = """
SELECT v.volunteer_id, v.units, v.absent_from, v.absent_until,
       v.capacity IS NOT NULL AND v.capacity <= (
           SELECT count(*) FROM assignments AS a
           WHERE a.holder = v.volunteer_id AND a.state = 'accepted') AS at_capacity
FROM volunteers AS v
WHERE v.register = %(register)s AND NOT v.gone AND v.units && %(units)s::text[]
  AND v.role <> 'admin'
ORDER BY v.volunteer_id
"""
_VOLUNTEERS = """
SELECT * FROM volunteers
WHERE register = %(register)s AND (%(ids)s::text[] IS NULL OR volunteer_id = ANY(%(ids)s))
ORDER BY volunteer_id
"""
_OF_PERSON = "SELECT volunteer_id FROM volunteers WHERE person_id = ANY(%(person_ids)s)"


class DirectoryRows:
    """Reads ``establishments``, ``teams`` and ``volunteers``."""

    def views(
        self, connection: Connection, registers: Collection[str], codes: Collection[str]
    ) -> dict[str, DirectoryView]:
        """What the policy may look at, a view a register, limited to the places ``codes``."""
        teams = self.teams(connection, registers, codes)
        members = self._members(connection, [team for team in teams if _listed(team)])
        views: dict[str, dict[str, TeamView]] = {register: {} for register in registers}
        for team in teams:
            views[team.register][team.establishment] = TeamView(
                establishment=team.establishment,
                state=team.state,
                absences=(team.absence,) if team.absence else (),
                members=members.get(f"team:{team.establishment}", ()) if _listed(team) else None,
            )
        return {register: DirectoryView(teams=teams) for register, teams in views.items()}

    def teams(
        self, connection: Connection, registers: Collection[str], codes: Collection[str] | None
    ) -> list[Team]:
        """The teams of ``registers``, all places if ``codes`` is None."""
        places = None if codes is None else list(codes)
        rows = _rows(connection, _TEAMS, {"registers": list(registers), "codes": places})
        return [
            Team(
                register=row["register"],
                establishment=row["establishment"],
                state=TEAM_STATES[row["state"]],
                since=row["since"],
                absence=_absence(row["absent_from"], row["absent_until"]),
            )
            for row in rows
        ]

    def establishments(
        self, connection: Connection, codes: Collection[str] | None = None
    ) -> dict[str, EstablishmentRegistered]:
        """By code, each as it was last described."""
        wanted = None if codes is None else list(codes)
        rows = _rows(connection, _ESTABLISHMENTS, {"codes": wanted})
        return {
            row["code"]: EstablishmentRegistered(**row | {"aliases": tuple(row["aliases"])})
            for row in rows
        }

    def volunteers(
        self, connection: Connection, register: str, ids: Collection[str] | None = None
    ) -> list[Volunteer]:
        """Those of a register, those who left included."""
        wanted = None if ids is None else list(ids)
        rows = _rows(connection, _VOLUNTEERS, {"register": register, "ids": wanted})
        return [_volunteer(row) for row in rows]

    def of_persons(self, connection: Connection, person_ids: Collection[Any]) -> list[str]:
        """The volunteers whose subject is one of ``person_ids``."""
        if not person_ids:
            return []
        rows = _rows(connection, _OF_PERSON, {"person_ids": list(person_ids)})
        return [row["volunteer_id"] for row in rows]

    def _members(
        self, connection: Connection, teams: list[Team]
    ) -> dict[str, tuple[MemberView, ...]]:
        units = [f"team:{team.establishment}" for team in teams]
        if not units:
            return {}
        rows = _rows(connection, _MEMBERS, {"register": MAIN_REGISTER, "units": units})
        members: dict[str, tuple[MemberView, ...]] = {}
        for row in rows:
            away = _absence(row["absent_from"], row["absent_until"])
            member = MemberView(
                volunteer_id=row["volunteer_id"],
                absences=(away,) if away else (),
                at_capacity=row["at_capacity"],
            )
            for unit in filter(is_team, row["units"]):
                members[unit] = (*members.get(unit, ()), member)
        return members


def _listed(team: Team) -> bool:
    """Volunteers are known by name in the main register only; a rehearsal has teams alone."""
    return team.register == MAIN_REGISTER


def _volunteer(row: Mapping[str, Any]) -> Volunteer:
    contact = None
    if row["email"] is not None:
        contact = VolunteerContact(
            name=row["name"], email=row["email"], second_channel=row["second_channel"]
        )
    return Volunteer(
        volunteer_id=row["volunteer_id"],
        person_id=row["person_id"],
        register=row["register"],
        role=ROLES[row["role"]],
        units=tuple(row["units"]),
        capacity=row["capacity"],
        on_duty=row["on_duty"],
        contact=contact,
        absence=_absence(row["absent_from"], row["absent_until"]),
        left=row["gone"],
    )


def _absence(first: date | None, last: date | None) -> Absence | None:
    return Absence(since=first, until=last) if first else None


def _rows(
    connection: Connection, query: str, parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, parameters).fetchall()
