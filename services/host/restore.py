"""Putting a backup back: services, the keyring, and what must not come back with them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql

from services.host.backup import counting, owner
from services.host.bring_up import folders
from services.host.dump import load, migrations, read_table, triggers_off
from services.host.manifest import Manifest
from shared.errors import Refused
from shared.eventstore import Connection, begin_life, begin_restore, end_restore, migrate
from shared.eventstore.bootstrap import KEYRING
from shared.postgres import own_errors
from shared.projections import drop_copies
from shared.settings import Environment

_CONNECTED = """
SELECT count(*) FROM pg_stat_activity
WHERE usename = %(schema)s AND datname = current_database() AND pid <> pg_backend_pid()
"""
_TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%(name)s, 0))"
_MOMENT_SECONDS = 1.0
_ERASE = """
INSERT INTO subjects (subject, wrapped_key, erased_at)
SELECT subject, NULL, clock_timestamp() FROM unnest(%(subjects)s::uuid[]) AS s (subject)
ON CONFLICT (subject) DO UPDATE SET wrapped_key = NULL, erased_at = clock_timestamp()
WHERE subjects.erased_at IS NULL
"""
_ERASED = "SELECT subject FROM subjects WHERE erased_at IS NOT NULL"
# The record of what admins did grows together: what is there stays, what is new is added.
_ACTIONS = """
INSERT INTO admin_actions (action, by, why, details, started_at, ended_at, outcome, result)
SELECT action, by, why, details, started_at, ended_at, outcome, result FROM restored_actions r
WHERE NOT EXISTS (SELECT FROM admin_actions a
                  WHERE (a.started_at, a.action, a.by) = (r.started_at, r.action, r.by))
ORDER BY r.started_at
"""
# Consumers that were restored together with their source stood on these very events.
_FOLLOW = """
UPDATE checkpoints SET incarnation = %(new)s
WHERE source = %(source)s AND incarnation = %(old)s
"""


class StillRunning(Refused):
    """Services are connected to what is to be replaced."""

    code = "restore.still_running"


class UnderWay(Refused):
    """Another restore is at work on the same services."""

    code = "restore.under_way"


class NotEmpty(Refused):
    """There is something in the way."""

    code = "restore.not_empty"


def make_tables(env: Environment, schemas: Sequence[str]) -> None:
    """Bring schemas up to date, as their services do when they start."""
    for schema in schemas:
        migrate(env.require(f"{schema.upper()}_OWNER_DSN"), schema, folders(schema))


@contextmanager
def alone(env: Environment, schemas: Sequence[str]) -> Iterator[None]:
    """Keep other restores of ``schemas`` out as long as this lasts; raises UnderWay."""
    with ExitStack() as held:
        for schema in schemas:
            session = held.enter_context(_session(env, schema))
            if session.execute(_TRY_LOCK, {"name": f"restore {schema}"}).fetchone() != (True,):
                raise UnderWay(
                    f"service: {schema} is being restored by another command; let it end"
                )
        yield


@contextmanager
def _session(env: Environment, schema: str) -> Iterator[Connection]:
    dsn = env.require(f"{schema.upper()}_OWNER_DSN")
    with own_errors(), psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def refuse_running(env: Environment, schemas: Sequence[str]) -> None:
    """See that no service is connected to what is to be replaced; raises StillRunning."""
    for schema in schemas:
        with _session(env, schema) as connection:
            if not _left(connection, schema):
                raise StillRunning(
                    f"service: {schema} is in use by a running service; stop it, then restore"
                )


def _left(connection: Connection, schema: str) -> bool:
    """Whether nobody is connected; PostgreSQL lists a session for a moment after its end."""
    until = time.monotonic() + _MOMENT_SECONDS
    while connection.execute(_CONNECTED, {"schema": schema}).fetchone() != (0,):
        if time.monotonic() > until:
            return False
        time.sleep(_MOMENT_SECONDS / 10)
    return True


def has_tables(connection: Connection) -> bool:
    """Whether the schema of ``connection`` was ever migrated."""
    return bool(migrations(connection))


def is_empty(env: Environment, schema: str) -> bool:
    """Whether nothing was ever written: no event, no person, no checkpoint."""
    probe = "subjects" if schema == KEYRING else "events"
    with owner(env, schema) as connection:
        if not has_tables(connection):
            return True
        row = connection.execute(
            sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(probe))
        ).fetchone()
        return not (row and row[0])


@dataclass(slots=True)
class Half:
    """How far a restore is; ``replaced``: something is no longer as it was."""

    replaced: bool = False


@contextmanager
def until_whole(env: Environment, names: Sequence[str]) -> Iterator[Half]:
    """Within, and after a death or a failure that left something replaced, the services ``names``
    bear the mark by which they refuse to start."""
    half = Half()
    marked = []
    for name in names:
        with owner(env, name) as connection:
            if begin_restore(connection):
                marked.append(name)
    try:
        yield half
    except BaseException:
        if not half.replaced:
            _unmark(env, marked)
        raise
    _unmark(env, names)


def _unmark(env: Environment, names: Sequence[str]) -> None:
    for name in names:
        with owner(env, name) as connection:
            end_restore(connection)


def restore_services(
    env: Environment,
    manifest: Manifest,
    folder: Path,
    names: Sequence[str],
    half: Half,
    watch: Callable[[int, int], None] = lambda _done, _total: None,
    afterwards: Callable[[Connection, str], None] = lambda _connection, _service: None,
) -> None:
    """Replace the services ``names`` by the backup, each in one transaction, which ``afterwards``
    may go on with.

    Each log starts a new life within that transaction, so that whoever read the lost one finds
    out; those that are restored together follow into it.
    """
    chosen = [manifest.schemas[name] for name in names]
    told = counting(watch, sum(table.rows for one in chosen for table in one.tables))
    lives: dict[str, UUID] = {}
    for dumped in chosen:
        with owner(env, dumped.schema) as connection:
            load(connection, dumped, folder, told)
            drop_copies(connection, dumped.schema)  # of rebuilds, which are of another time
            afterwards(connection, dumped.schema)
            lives[dumped.schema] = begin_life(connection)
            half.replaced = True
    _follow(env, manifest, lives)


def _follow(env: Environment, manifest: Manifest, lives: Mapping[str, UUID]) -> None:
    for consumer in lives:
        with owner(env, consumer) as connection:
            for source, life in lives.items():
                old = manifest.logs[source]["incarnation"]
                connection.execute(_FOLLOW, {"source": source, "new": life, "old": old})


def restore_keyring(
    env: Environment, manifest: Manifest, folder: Path, erased: Sequence[UUID], half: Half
) -> int:
    """Replace the keyring by the backup, but whoever was erased since stays erased.

    ``erased`` adds to those whom the present keyring knows; how many were erased again.
    """
    dumped = manifest.schemas[KEYRING]
    keys = {table.table: table for table in dumped.tables}
    with owner(env, KEYRING) as connection:
        known = {row[0] for row in connection.execute(_ERASED)} | set(erased)
        with triggers_off(connection, KEYRING):
            connection.execute("TRUNCATE subjects, index_key")
            for name in ("subjects", "index_key"):
                read_table(connection, sql.Identifier(KEYRING, name), keys[name], folder, _quiet)
        connection.execute("CREATE TEMP TABLE restored_actions (LIKE admin_actions) ON COMMIT DROP")
        target = sql.Identifier("restored_actions")
        read_table(connection, target, keys["admin_actions"], folder, _quiet)
        connection.execute(_ACTIONS)
        half.replaced = True
        return connection.execute(_ERASE, {"subjects": list(known)}).rowcount


def _quiet(_: int) -> None:
    """For tables of some rows."""
