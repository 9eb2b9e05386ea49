"""A PostgreSQL for the tests: one server a test run, a fresh database in tens of milliseconds.

Use it from a ``conftest.py``: ``from tests.support.postgres import database`` (a fixture).
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from services.host.embedded_postgres import EmbeddedPostgres
from shared.eventstore import EVENT_STORE, EventStore, Pool, migrate, open_pool
from shared.eventstore.bootstrap import KEYRING, SERVICES, bootstrap, owner_of
from shared.messaging import Seals
from shared.privacy import MIGRATIONS as KEYRING_MIGRATIONS
from shared.privacy import Keyring, MasterKey
from shared.service import FOUNDATIONS

ROOT = Path(__file__).resolve().parents[2]
MASTER_KEY = MasterKey(bytes(range(32)))
SEALS = Seals(MASTER_KEY)  # for calls from the tests to services that have it

# Faster than safe: what these tests kill is restarted by them, never the machine.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "scram_iterations": "1",
}
_numbers = count(1)


@cache
def server() -> EmbeddedPostgres:
    """The test run's server; started at the first use, stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="permanence-tests-"))
    postgres = EmbeddedPostgres(folder / "postgres", settings=_SETTINGS)

    def remove() -> None:
        postgres.stop("immediate")
        shutil.rmtree(folder)

    atexit.register(remove)
    postgres.start()
    return postgres


def bootstrap_database(postgres: EmbeddedPostgres, name: str) -> None:
    """Create the database ``name`` with roles and empty schemas, as before the first start."""
    postgres.ensure_database(name)
    roles = [role for schema in (*SERVICES, KEYRING) for role in (schema, owner_of(schema))]
    bootstrap(postgres.dsn(db=name), SERVICES, {role: postgres.password(role) for role in roles})


def prepare_database(postgres: EmbeddedPostgres, name: str, *, services: bool) -> None:
    """Create the database ``name``: roles, schemas, event stores, keyring, and, if ``services``,
    each service's own migrations."""
    bootstrap_database(postgres, name)
    for service in SERVICES:
        own = ROOT / "services" / service / "adapters" / "migrations"
        everything = [*FOUNDATIONS, *([own] if own.is_dir() else [])]
        folders = everything if services else [EVENT_STORE]
        migrate(postgres.dsn(owner_of(service), name), service, folders)
    migrate(postgres.dsn(owner_of(KEYRING), name), KEYRING, [KEYRING_MIGRATIONS])


@cache
def _template(*, services: bool) -> str:
    name = "template_services" if services else "template_stores"
    prepare_database(server(), name, services=services)
    if services:
        # One index key for the copies: the same item gets the same id in each.
        with open_pool(server().dsn(KEYRING, name), schema=KEYRING) as pool:
            Keyring.open(pool, MASTER_KEY)
    return name


class Database:
    """One database with the roles and schemas of all services; pools made here close with it."""

    def __init__(self, name: str, postgres: EmbeddedPostgres) -> None:
        self.name = name
        self.postgres = postgres
        self.closing = ExitStack()

    @property
    def admin_dsn(self) -> str:
        return self.postgres.dsn(db=self.name)

    def dsn(self, schema: str) -> str:
        """As the run role of ``schema``."""
        return self.postgres.dsn(schema, self.name)

    def owner_dsn(self, schema: str) -> str:
        return self.postgres.dsn(owner_of(schema), self.name)

    def pool(self, schema: str, **options: float) -> Pool:
        """A pool of the run role, closed with the database."""
        pool = open_pool(self.dsn(schema), schema=schema, **options)  # type: ignore[arg-type]
        self.closing.callback(pool.close)
        return pool

    def keyring(self, master: MasterKey = MASTER_KEY, **options: float) -> Keyring:
        return Keyring.open(self.pool(KEYRING), master, **options)  # type: ignore[arg-type]

    def store(self, schema: str = "intake", **options: float) -> EventStore:
        return EventStore(self.pool(schema, **options), schema=schema, keyring=self.keyring())

    def admin(self) -> psycopg.Connection:
        """A superuser's connection, whose names resolve in intake's schema; closed with it."""
        connection = psycopg.connect(
            self.admin_dsn, autocommit=True, options="-c search_path=intake,public"
        )
        return self.closing.enter_context(connection)


@contextmanager
def bare_database() -> Iterator[Database]:
    """A database of its own on which no service ever started."""
    name = f"test_{next(_numbers)}"
    bootstrap_database(server(), name)
    database = Database(name, server())
    try:
        with database.closing:
            yield database
    finally:
        with psycopg.connect(server().dsn(), autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def fresh_database(*, services: bool = False) -> Iterator[Database]:
    """A database of its own; ``services`` for one with the services' own tables as well."""
    postgres = server()
    name = f"test_{next(_numbers)}"
    template = _template(services=services)
    with psycopg.connect(postgres.dsn(), autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        # Rights on a database are not copied with it; rebuilds make schemas.
        admin.execute(
            sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(
                sql.Identifier(name),
                sql.SQL(", ").join(sql.Identifier(owner_of(service)) for service in SERVICES),
            )
        )
        database = Database(name, postgres)
        try:
            with database.closing:
                yield database
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database() -> Iterator[Database]:
    """A database with the event stores and the keyring, nothing else."""
    with fresh_database() as fresh:
        yield fresh


@pytest.fixture
def services_database() -> Iterator[Database]:
    """A database with everything that the services migrate."""
    with fresh_database(services=True) as fresh:
        yield fresh
