"""Roles and schemas: for each service an owner, who migrates, and a run role, who may not.

Run once by whoever may create roles, before the first start and after each new service; doing
it again, or at the same moment from several processes, changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

import psycopg
from psycopg import sql

from shared.postgres import DatabaseUnavailable, own_errors

SERVICES = ("intake", "routing", "followup", "notifications", "desk")
KEYRING = "keyring"
_BOOTSTRAP_LOCK = 7_366_512_041  # any number of our own: one bootstrap at a time in a database
_PAUSE_SECONDS = 0.5


def owner_of(schema: str) -> str:
    """The role that owns ``schema`` and migrates it; the run role bears the schema's name."""
    return f"{schema}_owner"


def bootstrap(
    admin_dsn: str,
    services: Iterable[str],
    passwords: Mapping[str, str],
    *,
    wait_seconds: float = 0.0,
) -> None:
    """Create roles and schemas of ``services`` and of the keyring in the database of ``admin_dsn``.

    ``passwords`` maps each role, ``<service>`` and ``<service>_owner`` (``keyring`` too), to its
    password, which is set anew when the role exists. For ``wait_seconds`` a database that does
    not answer is asked again. Raises ``KeyError`` for a role without a password.
    """
    schemas = [*services, KEYRING]
    wanted = {role: passwords[role] for schema in schemas for role in (owner_of(schema), schema)}
    with own_errors(), _connected(admin_dsn, wait_seconds) as connection:
        # Roles belong to the whole server, advisory locks to one database: two databases being
        # prepared at once may still meet in a role, which is retried.
        for role, password in wanted.items():
            _ensure_role(connection, role, password)
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_BOOTSTRAP_LOCK])
            _close_database(connection)
            for schema in schemas:
                _ensure_schema(connection, schema)


def _connected(dsn: str, wait_seconds: float) -> psycopg.Connection:
    until = time.monotonic() + wait_seconds
    while True:
        try:
            with own_errors():
                return psycopg.connect(dsn, autocommit=True)
        except DatabaseUnavailable:
            if time.monotonic() >= until:
                raise
        time.sleep(_PAUSE_SECONDS)


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    name = sql.Identifier(role)
    for _ in range(5):
        try:
            with connection.transaction():
                known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                verb = sql.SQL("ALTER" if known.fetchone() else "CREATE")
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, name, password)
                )
        except (
            psycopg.errors.DuplicateObject,
            psycopg.errors.UniqueViolation,
            psycopg.errors.InternalError_,  # "tuple concurrently updated": another one altered it
        ):
            continue
        return


def _close_database(connection: psycopg.Connection) -> None:
    """Only our own roles may connect."""
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")


def _ensure_schema(connection: psycopg.Connection, schema: str) -> None:
    names = {
        "database": sql.Identifier(connection.info.dbname),
        "schema": sql.Identifier(schema),
        "owner": sql.Identifier(owner_of(schema)),
        "run": sql.Identifier(schema),
    }
    for statement in _SCHEMA_STATEMENTS:
        connection.execute(sql.SQL(statement).format(**names))


# Read models get full rights for the run role; tables that are append-only take them away again.
_SCHEMA_STATEMENTS = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {owner}, {run}",
    "GRANT CREATE ON DATABASE {database} TO {owner}",  # rebuilt read models lie in a schema beside
    "GRANT {owner} TO CURRENT_USER",
    "CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner}",
    "GRANT USAGE ON SCHEMA {schema} TO {run}",
    "ALTER ROLE {owner} SET search_path = {schema}, pg_temp",
    "ALTER ROLE {run} SET search_path = {schema}, pg_temp",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON ROUTINES FROM PUBLIC",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} "
    "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {run}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} "
    "GRANT USAGE, SELECT ON SEQUENCES TO {run}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} "
    "GRANT EXECUTE ON ROUTINES TO {run}",
)
