"""The record of what admins do: who, why, when it began and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import psycopg
import typer
from psycopg.types.json import Jsonb

from shared.errors import Invalid
from shared.eventstore.bootstrap import KEYRING
from shared.postgres import own_errors
from shared.settings import Environment

By = Annotated[str, typer.Option("--by", help="Who does it; recorded.")]
Why = Annotated[str, typer.Option("--why", help="Why; recorded.")]

_START = """
INSERT INTO admin_actions (action, by, why, details)
VALUES (%(action)s, %(by)s, %(why)s, %(details)s) RETURNING id
"""
_END = """
UPDATE admin_actions SET ended_at = clock_timestamp(), outcome = %(outcome)s, result = %(result)s
WHERE id = %(id)s
"""


@contextmanager
def recorded(
    env: Environment, action: str, *, by: str, why: str, details: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Record the action before it starts, and at the end whether it was done or failed.

    What the caller puts into the yielded dict is kept as the result. ``details`` must hold no
    personal data. A process that is killed leaves a record without an end. Raises Invalid
    without who and why.
    """
    if not by.strip() or not why.strip():
        raise Invalid("--by, --why: say who acts and why; both are recorded")
    values = {"action": action, "by": by, "why": why, "details": Jsonb(details)}
    row = _write(env, _START, values)
    result: dict[str, Any] = {}
    try:
        yield result
    except BaseException as error:
        told = {**result, "error": getattr(error, "code", type(error).__name__)}
        _write(env, _END, {"id": row, "outcome": "failed", "result": Jsonb(told)})
        raise
    _write(env, _END, {"id": row, "outcome": "done", "result": Jsonb(result)})


def _write(env: Environment, statement: str, values: dict[str, Any]) -> int | None:
    options = f"-c search_path={KEYRING},pg_temp"
    with (
        own_errors(),
        psycopg.connect(env.require("KEYRING_DSN"), autocommit=True, options=options) as connection,
    ):
        cursor = connection.execute(statement.encode(), values)
        row = cursor.fetchone() if cursor.description else None
    return int(row[0]) if row else None
