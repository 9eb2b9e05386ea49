"""``permanence actions``: what admins did, who and why, and what still runs."""

from __future__ import annotations

from typing import Annotated, Any

import psycopg
import typer
from psycopg.rows import dict_row

from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Data, Embedded, system
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


def actions(
    action: Annotated[str | None, typer.Option(help="Only this action.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest first.")] = 50,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """List what admins did or looked at: who, why, when it began and how it ended.

    One that is "started" still runs, or was cut off before it could say how it ended.
    """
    options = f"-c search_path={KEYRING},pg_temp -c timezone=UTC"
    with system(embedded=embedded, data=data) as there, own_errors():
        dsn = there.environment.require("KEYRING_DSN")
        with psycopg.connect(dsn, options=options, row_factory=dict_row) as connection:
            wanted: dict[str, Any] = {"action": action, "limit": limit}
            rows = connection.execute(_ACTIONS, wanted).fetchall()
    shown = [plain(row) for row in rows]
    if not as_json:
        shown = [{k: v for k, v in row.items() if k not in ("details", "result")} for row in shown]
    show_rows(shown, as_json, "actions")
