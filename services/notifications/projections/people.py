"""The volunteers table: who can be told, and where, from routing's directory.

Names and addresses are decrypted here because mail needs them; they go when the volunteer leaves
or is erased.
"""

from __future__ import annotations

from psycopg.rows import dict_row

from services.notifications.application.ports import Contact
from services.notifications.domain.directory import Directory, Volunteer
from shared.contracts.intake.events import MAIN_REGISTER
from shared.contracts.routing.events import (
    VolunteerAbsenceRecorded,
    VolunteerLeft,
    VolunteerRegistered,
    VolunteerReturned,
)
from shared.contracts.vocabulary import Role
from shared.eventstore import Applied, Connection

VolunteerEvent = VolunteerRegistered | VolunteerAbsenceRecorded | VolunteerReturned | VolunteerLeft

_REGISTER = """
INSERT INTO volunteers (volunteer_id, person_id, role, units, on_duty, name, email, second_channel,
    heard)
VALUES (%(volunteer_id)s, %(person_id)s, %(role)s, %(units)s, %(on_duty)s, %(name)s, %(email)s,
    %(second_channel)s, %(version)s)
ON CONFLICT (volunteer_id) DO UPDATE SET person_id = EXCLUDED.person_id, role = EXCLUDED.role,
    units = EXCLUDED.units, on_duty = EXCLUDED.on_duty, name = EXCLUDED.name,
    email = EXCLUDED.email, second_channel = EXCLUDED.second_channel, heard = EXCLUDED.heard
WHERE volunteers.heard < EXCLUDED.heard
"""
_AWAY = """
UPDATE volunteers SET absent_from = %(absent_from)s, absent_until = %(absent_until)s,
    heard = %(version)s
WHERE volunteer_id = %(volunteer_id)s AND heard < %(version)s
"""
# The row stays, without anything of the person, so that an older event brings nobody back.
_LEFT = """
UPDATE volunteers SET units = '{}', on_duty = false, name = NULL, email = NULL,
    second_channel = NULL, absent_from = NULL, absent_until = NULL, heard = %(version)s
WHERE volunteer_id = %(volunteer_id)s AND heard < %(version)s
"""
_ALL = """
SELECT volunteer_id, role, units, on_duty, absent_from, absent_until, email IS NOT NULL AS reachable
FROM volunteers ORDER BY volunteer_id
"""
_CONTACT = """
SELECT name, email, second_channel FROM volunteers
WHERE volunteer_id = %(recipient)s AND email IS NOT NULL
"""
_UNITS = frozenset({"desk", "coordination", "team", "team_lead"})


def apply(connection: Connection, recorded: Applied, event: object) -> None:
    """Take one event of routing in; only the desk's own register is kept."""
    if isinstance(event, VolunteerEvent) and event.register == MAIN_REGISTER:
        note(connection, event, recorded.version)


def note(connection: Connection, event: VolunteerEvent, version: int) -> None:
    """Take one event of the directory in; ``version`` is its place in its stream."""
    match event:
        case VolunteerRegistered(private=contact):
            values = {
                "volunteer_id": event.volunteer_id,
                "person_id": event.person_id,
                "role": event.role,
                "units": list(event.units),
                "on_duty": event.on_duty,
                "name": contact.name if contact else None,
                "email": contact.email if contact else None,
                "second_channel": contact.second_channel if contact else None,
                "version": version,
            }
            connection.execute(_REGISTER, values)
        case VolunteerAbsenceRecorded():
            away = {"absent_from": event.absent_from, "absent_until": event.absent_until}
            connection.execute(
                _AWAY, {"volunteer_id": event.volunteer_id, "version": version, **away}
            )
        case VolunteerReturned(volunteer_id=who):
            back = {"absent_from": None, "absent_until": None}
            connection.execute(_AWAY, {"volunteer_id": who, "version": version, **back})
        case VolunteerLeft(volunteer_id=who):
            connection.execute(_LEFT, {"volunteer_id": who, "version": version})


class PeopleTable:
    """Keeps and reads the table ``volunteers``; ``mailbox`` is the desk's own address, to which
    goes what concerns a unit that has nobody."""

    def __init__(self, mailbox: str) -> None:
        self._mailbox = mailbox

    def note(self, connection: Connection, event: VolunteerEvent, version: int) -> None:
        """Take one event of the directory in."""
        note(connection, event, version)

    def directory(self, connection: Connection) -> Directory:
        with connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(_ALL).fetchall()
        return Directory(
            tuple(
                Volunteer(
                    **{**row, "role": Role[row["role"].upper()], "units": tuple(row["units"])}
                )
                for row in rows
            )
        )

    def contact(self, connection: Connection, recipient: str) -> Contact | None:
        if recipient.partition(":")[0] in _UNITS:
            return Contact(name=None, email=self._mailbox, second_channel=None)
        with connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(_CONTACT, {"recipient": recipient}).fetchone()
        return Contact(**row) if row else None
