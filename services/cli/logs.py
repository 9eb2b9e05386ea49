"""The event stores of the services, opened for an admin's command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Annotated

import typer

from services.cli.acting import NotStarted, connected_to
from services.cli.choices import one_of
from services.cli.system import System
from services.host import catalog
from services.host.runner import SERVICES
from shared.eventstore import EventStore, Pool, open_pool
from shared.eventstore.bootstrap import KEYRING
from shared.postgres import Connection, connected
from shared.privacy import Keyring
from shared.settings import Environment, master_key

_HAS_READ = """
SELECT EXISTS (SELECT FROM checkpoints WHERE source = %s AND "position" > 0)
"""

OnlyService = Annotated[str | None, typer.Option("--service", help="Only this service's log.")]


@contextmanager
def logs(there: System, only: str | None = None) -> Iterator[Mapping[str, EventStore]]:
    """The event stores of the services whose DSN is known."""
    with open_logs(there.environment, only) as opened:
        yield opened


@contextmanager
def open_logs(env: Environment, only: str | None = None) -> Iterator[Mapping[str, EventStore]]:
    """The event stores of the services, by the DSNs in ``env``; those that were ever started.

    Raises Invalid for a service that there is not, NotStarted if it is the ``only`` one and has no
    log.
    """
    if only is not None:
        one_of(only, catalog.names(), "--service")
    names = [only] if only else list(catalog.names())
    with ExitStack() as stack:
        keys = open_pool(env.require("KEYRING_DSN"), schema=KEYRING)
        stack.callback(keys.close)
        keyring = Keyring.open(keys, master_key(env))
        opened = {}
        for name in names:
            pool = open_pool(env.require(f"{name.upper()}_DSN"), schema=name)
            stack.callback(pool.close)
            if not _has_log(pool):  # a service that never started here has told nothing yet
                if only:
                    raise NotStarted(f"service: {only} never started on this system; start it once")
                continue
            opened[name] = EventStore(pool, schema=name, keyring=keyring)
        yield opened


def lost_logs(env: Environment) -> dict[str, str]:
    """Services that had a log and have none any more, with what tells that they had one."""
    found = {}
    for name in catalog.names():
        with connected_to(env, name) as connection:
            if _there(connection, "events"):
                continue
            if _there(connection, "subscriptions"):
                found[name] = "its other tables are there"
        if name not in found and (readers := _readers(env, name)):
            found[name] = f"{', '.join(readers)} read it"
    return found


def _readers(env: Environment, source: str) -> list[str]:
    """The services that have handled an event of ``source``."""
    found = []
    for consumer in SERVICES:
        with connected_to(env, consumer) as connection:
            if _there(connection, "checkpoints"):
                [read] = connection.execute(_HAS_READ, [source]).fetchone() or [False]
                found += [consumer] if read else []
    return found


def _has_log(pool: Pool) -> bool:
    with connected(pool) as connection:
        return _there(connection, "events")


def _there(connection: Connection, table: str) -> bool:
    [found] = connection.execute("SELECT to_regclass(%s)", [table]).fetchone() or [None]
    return found is not None
