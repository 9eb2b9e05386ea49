"""The event stores of the services, opened for an admin's command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Annotated

import typer

from services.cli.choices import one_of
from services.cli.system import System
from services.host import catalog
from shared.eventstore import EventStore, Pool, open_pool
from shared.eventstore.bootstrap import KEYRING
from shared.postgres import connected
from shared.privacy import Keyring
from shared.settings import Environment, master_key

OnlyService = Annotated[str | None, typer.Option("--service", help="Only this service's log.")]


@contextmanager
def logs(there: System, only: str | None = None) -> Iterator[Mapping[str, EventStore]]:
    """The event stores of the services whose DSN is known."""
    with open_logs(there.environment, only) as opened:
        yield opened


@contextmanager
def open_logs(env: Environment, only: str | None = None) -> Iterator[Mapping[str, EventStore]]:
    """The event stores of the services, by the DSNs in ``env``; those that were ever started.

    Raises Invalid for a service that there is not.
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
            if not _has_log(pool):
                continue  # a service that never started here has told nothing yet
            opened[name] = EventStore(pool, schema=name, keyring=keyring)
        yield opened


def _has_log(pool: Pool) -> bool:
    with connected(pool) as connection:
        [found] = connection.execute("SELECT to_regclass('events')").fetchone() or [None]
    return found is not None
