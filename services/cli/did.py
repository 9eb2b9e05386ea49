"""``permanence actions``: what admins did, who and why, and what still runs."""

from __future__ import annotations

from typing import Annotated, Any

import psycopg
import typer
from psycopg.rows import dict_row

from services.cli.acting import database, started_services
from services.cli.actions import Action
from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Data, Embedded, System, system
from services.host.embedded import DEFAULT_FOLDER
from shared.eventstore.bootstrap import KEYRING
from shared.postgres import own_errors

_ACTIONS = """
SELECT started_at, action, by, why, coalesce(outcome, 'started') AS outcome, ended_at, details,
       result
FROM admin_actions
WHERE %(action)s::text IS NULL OR action = %(action)s
ORDER BY id DESC LIMIT %(limit)s
"""
# A service's own record of what was done to its read models; not there before the first time.
_HAS_REBUILDS = "SELECT to_regclass('rebuilds') IS NOT NULL AS there"
_REBUILDS = """
SELECT started_at, action, by, why, coalesce(outcome, 'started') AS outcome, ended_at,
       jsonb_build_object('projection', %(service)s || '.' || model) AS details, details AS result
FROM rebuilds
WHERE %(action)s::text IS NULL OR action = %(action)s
ORDER BY id DESC LIMIT %(limit)s
"""
_IN_TABLE = ("started_at", "action", "what", "by", "why", "outcome", "ended_at")


def actions(
    action: Annotated[Action | None, typer.Option(help="Only this action.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest first.")] = 50,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """List what admins did or looked at: who, why, when it began and how it ended.

    One that is "started" still runs, or was cut off before it could say how it ended.
    """
    wanted = {"action": action and action.value, "limit": limit}
    with system(embedded=embedded, data=data) as there:
        rows = _of_the_system(there, wanted)
        for service in started_services(there):
            rows += _of_read_models(there, service, wanted)
    rows.sort(key=lambda row: row["started_at"], reverse=True)
    shown = [plain(row) for row in rows[:limit]]
    if not as_json:
        told = ({**row, "what": _named(row["details"])} for row in shown)
        shown = [{name: row[name] for name in _IN_TABLE} for row in told]
    show_rows(shown, as_json, "actions")


def _of_the_system(there: System, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    options = f"-c search_path={KEYRING},pg_temp -c timezone=UTC"
    dsn = there.environment.require("KEYRING_DSN")
    with own_errors(), psycopg.connect(dsn, options=options, row_factory=dict_row) as connection:
        return connection.execute(_ACTIONS, wanted).fetchall()


def _of_read_models(there: System, service: str, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    with (
        own_errors(),
        database(there, service) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        [found] = cursor.execute(_HAS_REBUILDS).fetchall()
        if not found["there"]:
            return []
        return cursor.execute(_REBUILDS, {**wanted, "service": service}).fetchall()


def _named(details: dict[str, Any]) -> str:
    """On what: the values that fit a cell."""
    return ", ".join(value for value in details.values() if isinstance(value, str))
