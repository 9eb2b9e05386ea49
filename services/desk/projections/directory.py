"""What routing tells of its directory: establishments, teams, volunteers.

Tables: ``establishments``, ``teams``, ``volunteers`` (contacts gone with who leaves).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.contracts.routing.events import (
    EstablishmentRegistered,
    TeamAbsenceLifted,
    TeamAbsenceRecorded,
    TeamClosed,
    TeamOpened,
    TeamResumed,
    TeamSuspended,
    VolunteerLeft,
    VolunteerRegistered,
)
from shared.eventstore import Applied, Connection
from shared.projections import ReadModel

_ESTABLISHMENT = """
INSERT INTO establishments (code, kind, name, town, departement, status)
VALUES (%(code)s, %(kind)s, %(name)s, %(town)s, %(departement)s, %(status)s)
ON CONFLICT (code) DO UPDATE SET
    kind = EXCLUDED.kind, name = EXCLUDED.name, town = EXCLUDED.town,
    departement = EXCLUDED.departement, status = EXCLUDED.status
"""
_TEAM = """
INSERT INTO teams (register, establishment, state) VALUES (%(register)s, %(code)s, %(state)s)
ON CONFLICT (register, establishment) DO UPDATE SET state = EXCLUDED.state
"""
_ABSENCE = """
UPDATE teams SET absent_from = %(absent_from)s, absent_until = %(absent_until)s
WHERE register = %(register)s AND establishment = %(code)s
"""
_VOLUNTEER = """
INSERT INTO volunteers (volunteer_id, register, role, units, name, email)
VALUES (%(volunteer_id)s, %(register)s, %(role)s, %(units)s, %(name)s, %(email)s)
ON CONFLICT (volunteer_id) DO UPDATE SET
    register = EXCLUDED.register, role = EXCLUDED.role, units = EXCLUDED.units,
    name = EXCLUDED.name, email = EXCLUDED.email, left_desk = false
"""
_LEFT = """
UPDATE volunteers SET left_desk = true, name = NULL, email = NULL
WHERE volunteer_id = %(volunteer_id)s
"""


def apply(connection: Connection, recorded: Applied, event: Any) -> None:
    """Apply one event of routing that is about the directory; others change nothing."""
    match event:
        case EstablishmentRegistered():
            connection.execute(
                _ESTABLISHMENT,
                {
                    "code": event.code,
                    "kind": event.kind,
                    "name": event.name,
                    "town": event.town,
                    "departement": event.departement,
                    "status": event.status,
                },
            )
        case VolunteerRegistered():
            contact = event.private
            connection.execute(
                _VOLUNTEER,
                {
                    "volunteer_id": event.volunteer_id,
                    "register": event.register,
                    "role": event.role.value,
                    "units": list(event.units),
                    "name": contact.name if contact else None,
                    "email": contact.email if contact else None,
                },
            )
        case VolunteerLeft(volunteer_id=volunteer_id):
            connection.execute(_LEFT, {"volunteer_id": volunteer_id})
        case _:
            _team(connection, event)


def _team(connection: Connection, event: Any) -> None:
    match event:
        case TeamOpened() | TeamResumed():
            state = "active"
        case TeamSuspended():
            state = "suspended"
        case TeamClosed():
            state = "closed"
        case TeamAbsenceRecorded(absent_from=first, absent_until=last):
            _absent(connection, event, first, last)
            return
        case TeamAbsenceLifted():
            _absent(connection, event, None, None)
            return
        case _:
            return
    connection.execute(
        _TEAM, {"register": event.register, "code": event.establishment, "state": state}
    )


def _absent(
    connection: Connection,
    event: TeamAbsenceRecorded | TeamAbsenceLifted,
    first: date | None,
    last: date | None,
) -> None:
    connection.execute(
        _ABSENCE,
        {
            "register": event.register,
            "code": event.establishment,
            "absent_from": first,
            "absent_until": last,
        },
    )


DIRECTORY = ReadModel(
    name="directory",
    source="routing",
    tables=("establishments", "teams", "volunteers"),
    apply=apply,
    personal=("volunteers.name", "volunteers.email"),
)
