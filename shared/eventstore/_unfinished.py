"""The mark of a restore that began and has not ended: nobody goes on from the half of one."""

from __future__ import annotations

from datetime import datetime

from shared.errors import Refused
from shared.postgres import Connection

_BEGIN = "INSERT INTO unfinished_restore DEFAULT VALUES ON CONFLICT DO NOTHING"
_END = "DELETE FROM unfinished_restore"
_BEGAN_AT = "SELECT began_at FROM unfinished_restore"


class RestoreUnfinished(Refused):
    """A service holds what an interrupted restore left."""

    code = "restore.unfinished"


def begin_restore(connection: Connection) -> bool:
    """Set the mark, as the schema's owner; whether it was not there yet."""
    return connection.execute(_BEGIN).rowcount == 1


def end_restore(connection: Connection) -> None:
    """Take the mark away, as the schema's owner."""
    connection.execute(_END)


def unfinished_restore(connection: Connection, schema: str) -> str | None:
    """What to tell of an unfinished restore, with the remedy; None if there is none."""
    row = connection.execute(_BEGAN_AT).fetchone()
    if row is None:
        return None
    began_at: datetime = row[0]
    return (
        f"{schema}: a restore that began at {began_at.isoformat(timespec='seconds')} did not end; "
        "run `permanence restore` again, with that backup or with the one that --safety made"
    )


def refuse_unfinished(connection: Connection, schema: str) -> None:
    """Raise RestoreUnfinished if the schema holds the half of a restore."""
    if told := unfinished_restore(connection, schema):
        raise RestoreUnfinished(told)
