"""The list of erased persons begins with the system, so that a missing one is a lost one."""

from __future__ import annotations

from typing import LiteralString

import psycopg

from services.host.backup import owner
from services.host.manifest import Manifest
from shared.errors import Refused
from shared.eventstore import Connection
from shared.eventstore.bootstrap import KEYRING
from shared.postgres import own_errors
from shared.privacy import ErasedList
from shared.settings import Environment

_ERASED = "SELECT bool_or(erased_at IS NOT NULL) FROM keyring.subjects"
_TOLD = "SELECT bool_or(type = 'PersonErased') FROM intake.events"
_LIVED = "SELECT bool_or(incarnation = %s) FROM intake.incarnations"


class ErasuresUnknown(Refused):
    """Nothing there can tell who was erased after the backup."""

    code = "restore.erasures_unknown"


def begin_list(listed: ErasedList, keyring_dsn: str, *, new: bool) -> None:
    """Make the empty list where nobody was ever erased: by the keyring or, while that knows
    nobody, if ``new``.

    Raises ErasedListBroken if it cannot be made.
    """
    if not listed.is_missing:
        return
    with own_errors(), psycopg.connect(keyring_dsn, autocommit=True) as connection:
        erased = _asked(connection, f"{KEYRING}.subjects", _ERASED)
    if new if erased is None else not erased:
        listed.begin()


def refuse_unknown(env: Environment, listed: ErasedList, taken: Manifest | None) -> None:
    """Raise ErasuresUnknown where nobody is listed, and nothing shows that nobody was erased.

    What shows it is the log of intake that was backed up: where it goes on, it tells erasures.
    """
    if not listed.is_kept or listed.people():
        return
    with owner(env, KEYRING) as ring, owner(env, "intake") as log:
        erased = _asked(ring, f"{KEYRING}.subjects", _ERASED)
        told = _asked(log, "intake.events", _TOLD)
        life = taken.logs.get("intake", {}).get("incarnation") if taken else None
        goes_on = _asked(log, "intake.incarnations", _LIVED, life)
    if not (erased or told or goes_on):
        raise ErasuresUnknown(
            "PERMANENCE_ERASED_LIST: names nobody, and this is not the server that was backed up: "
            "whoever was erased after the backup would come back; bring the list that was kept "
            "apart from the backups; only if nobody was ever erased, give --nobody-erased"
        )


def _asked(
    connection: Connection, table: str, query: LiteralString, *values: str | None
) -> bool | None:
    """What a ``table`` answers; None if it is empty or not there."""
    if connection.execute("SELECT to_regclass(%s)", [table]).fetchone() == (None,):
        return None
    [answer] = connection.execute(query, values).fetchone() or [None]
    return None if answer is None else bool(answer)
