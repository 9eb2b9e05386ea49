"""On whose tables a command acts: a connection as the service itself has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import psycopg
import typer

from services.cli.choices import one_of
from services.cli.system import System
from services.host.runner import SERVICES
from shared.errors import Refused
from shared.postgres import Connection, own_errors
from shared.settings import Environment

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")]


class NotStarted(Refused):
    """A service that never started here has no tables yet."""

    code = "cli.not_started"


@contextmanager
def database(there: System, service: str) -> Iterator[Connection]:
    """A connection of the run role of ``service``, in autocommit.

    Raises Invalid for a service that there is not, NotStarted for one without tables.
    """
    one_of(service, SERVICES, "service")
    with connected_to(there.environment, service) as connection:
        if not _has_tables(connection):
            raise NotStarted(f"service: {service} never started on this system; start it once")
        yield connection


def started_services(there: System) -> list[str]:
    """The services that have their tables; others were never started here."""
    return started(there.environment)


def started(env: Environment) -> list[str]:
    """The same, by the DSNs of a system."""
    found = []
    for name in SERVICES:
        with connected_to(env, name) as connection:
            found += [name] if _has_tables(connection) else []
    return found


def ever_started(env: Environment) -> list[str]:
    """The same; raises NotStarted if none ever was."""
    if found := started(env):
        return found
    raise NotStarted(
        "data: no service ever started here, so there is nothing to work on; see that --data, or "
        "the DSNs, are those meant, or start the services once"
    )


@contextmanager
def connected_to(env: Environment, service: str) -> Iterator[Connection]:
    """A connection of the run role of ``service``, in autocommit, whether it has tables or not."""
    dsn = env.require(f"{service.upper()}_DSN")
    options = f"-c search_path={service},pg_temp -c timezone=UTC"
    with own_errors(), psycopg.connect(dsn, autocommit=True, options=options) as connection:
        yield connection


def _has_tables(connection: Connection) -> bool:
    [found] = connection.execute("SELECT to_regclass('subscriptions')").fetchone() or [None]
    return found is not None
