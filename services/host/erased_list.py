"""The list of erased persons begins with the system, so that a missing one is a lost one."""

from __future__ import annotations

import psycopg

from shared.eventstore.bootstrap import KEYRING
from shared.postgres import own_errors
from shared.privacy import ErasedList


def begin_list(listed: ErasedList, admin_dsn: str, *, new: bool) -> None:
    """Make the empty list where nobody was ever erased: by the keyring or, without one, if ``new``.

    Raises ErasedListBroken if it cannot be made.
    """
    if listed.is_missing and _nobody_erased(admin_dsn, new=new):
        listed.begin()


def _nobody_erased(admin_dsn: str, *, new: bool) -> bool:
    with own_errors(), psycopg.connect(admin_dsn, autocommit=True) as connection:
        [table] = connection.execute(
            "SELECT to_regclass(%s)", [f"{KEYRING}.subjects"]
        ).fetchone() or [None]
        if table is None:
            return new
        query = "SELECT FROM keyring.subjects WHERE erased_at IS NOT NULL LIMIT 1"
        return connection.execute(query).fetchone() is None
