"""The record of what admins do: who, why, when it began and how it ended."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Any

import psycopg
import typer
from psycopg.types.json import Jsonb

from shared.errors import Invalid
from shared.eventstore.bootstrap import KEYRING
from shared.identifying import identifies
from shared.postgres import own_errors
from shared.settings import Environment

By = Annotated[str, typer.Option("--by", help="Who does it; recorded.")]
Why = Annotated[str, typer.Option("--why", help="Why; recorded, and names nobody concerned.")]


class Action(StrEnum):
    """All that an admin's command records, by the name that it is recorded under."""

    BACKUP = "backup"
    DESK_LINK = "desk-link"
    DISCARD_PARKED = "discard_parked"
    ERASE_PERSON = "erase-person"
    EXPORT_PERSON = "export-person"
    IMPORT_DIRECTORY = "import-directory"
    LOOK_AT_PRIVATE = "look_at_private"
    MEND_PARKED = "mend_parked"
    REALIGN = "realign"
    REDELIVER = "redeliver"
    REKEY = "rekey"
    RESET_CHECKPOINT = "reset_checkpoint"
    RESTORE = "restore"
    RESUME_SUBSCRIPTION = "resume_subscription"
    RETRY_PARKED = "retry_parked"
    SEAL = "seal"
    # What the services themselves keep of rebuilds.
    REBUILD = "rebuild"
    DRIFT = "drift"
    BACK = "back"
    CANCEL = "cancel"
    DROP_PREVIOUS = "drop previous"


_START = """
INSERT INTO admin_actions (action, by, why, details)
VALUES (%(action)s, %(by)s, %(why)s, %(details)s) RETURNING id
"""
_END = """
UPDATE admin_actions SET ended_at = clock_timestamp(), outcome = %(outcome)s, result = %(result)s
WHERE id = %(id)s
"""


def signed(by: str, why: str) -> tuple[str, str]:
    """Who changes something, and why; on a terminal they are asked for where they are missing.

    Raises Invalid naming the option that is missing, and for a reason with a number or an address.
    """
    by = _given(by, "--by: say who does it; it is recorded", "Who does it", getpass.getuser())
    why = _given(why, "--why: say why it is done; it is recorded", "Why", None)
    if identifies(why):
        raise Invalid(
            "--why: holds a number or an e-mail address, and stays for ever; leave out what "
            "identifies a person; nothing was done"
        )
    return by, why


def looking(by: str, why: str) -> tuple[str, str]:
    """Who looks, and why, where nothing is changed and nothing private is shown."""
    return by.strip() or getpass.getuser(), why.strip() or "to look"


def _given(value: str, missing: str, question: str, default: str | None) -> str:
    if not value.strip() and sys.stdin.isatty():
        value = typer.prompt(question, default=default, err=True)
    if not value.strip():
        raise Invalid(missing)
    return value.strip()


@contextmanager
def recorded(
    env: Environment, action: Action, *, by: str, why: str, details: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Record the action before it starts, and at the end whether it was done or failed.

    What the caller puts into the yielded dict is kept as the result; with an ``error`` in it the
    action failed. ``details`` must hold no personal data. A process that is killed leaves a
    record without an end. Raises Invalid as ``signed`` does.
    """
    by, why = signed(by, why)
    values = {"action": action, "by": by, "why": why, "details": Jsonb(details)}
    row = _write(env, _START, values)
    result: dict[str, Any] = {}
    try:
        yield result
    except BaseException as error:
        told = {**result, "error": getattr(error, "code", type(error).__name__)}
        _write(env, _END, {"id": row, "outcome": "failed", "result": Jsonb(told)})
        raise
    outcome = "failed" if result.get("error") else "done"
    _write(env, _END, {"id": row, "outcome": outcome, "result": Jsonb(result)})


def _write(env: Environment, statement: str, values: dict[str, Any]) -> int | None:
    options = f"-c search_path={KEYRING},pg_temp"
    with (
        own_errors(),
        psycopg.connect(env.require("KEYRING_DSN"), autocommit=True, options=options) as connection,
    ):
        cursor = connection.execute(statement.encode(), values)
        row = cursor.fetchone() if cursor.description else None
    return int(row[0]) if row else None
