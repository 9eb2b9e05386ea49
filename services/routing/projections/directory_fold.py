"""Folds the directory's events into its three tables."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, get_args

from services.routing.domain.directory import (
    Team,
    TeamEvent,
    Volunteer,
    VolunteerEvent,
    evolve_team,
    evolve_volunteer,
)
from services.routing.projections.directory import DirectoryRows
from shared.contracts.routing.events import EstablishmentRegistered
from shared.eventstore import Applied, Connection

TABLES = ("establishments", "teams", "volunteers")
_TEAM = get_args(TeamEvent)
_VOLUNTEER = get_args(VolunteerEvent)
_rows = DirectoryRows()

_SAVE_ESTABLISHMENT = """
INSERT INTO establishments (
    code, kind, name, aliases, town, postcode, departement, administrative_court, status
) VALUES (
    %(code)s, %(kind)s, %(name)s, %(aliases)s, %(town)s, %(postcode)s, %(departement)s,
    %(administrative_court)s, %(status)s
) ON CONFLICT (code) DO UPDATE SET
    kind = EXCLUDED.kind, name = EXCLUDED.name, aliases = EXCLUDED.aliases, town = EXCLUDED.town,
    postcode = EXCLUDED.postcode, departement = EXCLUDED.departement,
    administrative_court = EXCLUDED.administrative_court, status = EXCLUDED.status
"""

_SAVE_TEAM = """
INSERT INTO teams (register, establishment, state, since, absent_from, absent_until)
VALUES (
    %(register)s, %(establishment)s, %(state)s, %(since)s, %(absent_from)s, %(absent_until)s
) ON CONFLICT (register, establishment) DO UPDATE SET
    state = EXCLUDED.state, since = EXCLUDED.since,
    absent_from = EXCLUDED.absent_from, absent_until = EXCLUDED.absent_until
"""

_SAVE_VOLUNTEER = """
INSERT INTO volunteers (
    volunteer_id, person_id, register, role, units, capacity, on_duty, name, email,
    second_channel, absent_from, absent_until, gone
) VALUES (
    %(volunteer_id)s, %(person_id)s, %(register)s, %(role)s, %(units)s, %(capacity)s, %(on_duty)s,
    %(name)s, %(email)s, %(second_channel)s, %(absent_from)s, %(absent_until)s, %(gone)s
) ON CONFLICT (volunteer_id) DO UPDATE SET
    person_id = EXCLUDED.person_id, register = EXCLUDED.register, role = EXCLUDED.role,
    units = EXCLUDED.units, capacity = EXCLUDED.capacity, on_duty = EXCLUDED.on_duty,
    name = EXCLUDED.name, email = EXCLUDED.email, second_channel = EXCLUDED.second_channel,
    absent_from = EXCLUDED.absent_from, absent_until = EXCLUDED.absent_until, gone = EXCLUDED.gone
"""


def apply(connection: Connection, recorded: Applied, event: Any) -> None:
    """Fold one event of routing; assignments' events are left alone."""
    if isinstance(event, EstablishmentRegistered):
        row = asdict(event) | {"aliases": list(event.aliases)}
        connection.execute(_SAVE_ESTABLISHMENT, row)
    elif isinstance(event, _TEAM):
        _fold_team(connection, event)
    elif isinstance(event, _VOLUNTEER):
        _fold_volunteer(connection, event)


def _fold_team(connection: Connection, event: TeamEvent) -> None:
    known = _rows.teams(connection, [event.register], [event.establishment])
    team = evolve_team(known[0] if known else None, event)
    connection.execute(_SAVE_TEAM, _team_row(team))


def _fold_volunteer(connection: Connection, event: VolunteerEvent) -> None:
    known = _rows.volunteers(connection, event.register, [event.volunteer_id])
    volunteer = evolve_volunteer(known[0] if known else None, event)
    connection.execute(_SAVE_VOLUNTEER, _volunteer_row(volunteer))


def _team_row(team: Team) -> dict[str, Any]:
    return {
        "register": team.register,
        "establishment": team.establishment,
        "state": team.state.value,
        "since": team.since,
        "absent_from": team.absence.since if team.absence else None,
        "absent_until": team.absence.until if team.absence else None,
    }


def _volunteer_row(one: Volunteer) -> dict[str, Any]:
    return {
        "volunteer_id": one.volunteer_id,
        "person_id": one.person_id,
        "register": one.register,
        "role": one.role.value,
        "units": list(one.units),
        "capacity": one.capacity,
        "on_duty": one.on_duty,
        "name": one.contact.name if one.contact else None,
        "email": one.contact.email if one.contact else None,
        "second_channel": one.contact.second_channel if one.contact else None,
        "absent_from": one.absence.since if one.absence else None,
        "absent_until": one.absence.until if one.absence else None,
        "gone": one.left,
    }
