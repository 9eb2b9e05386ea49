"""Migrations: plain numbered SQL files, each applied once, together with the mark that it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI

from shared.errors import Invalid
from shared.postgres import own_errors

EVENT_STORE = Path(__file__).parent / "migrations"
_BOOKS = ("_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock")


def migrate(owner_dsn: str, schema: str, folders: Sequence[Path]) -> list[str]:
    """Apply the files of ``folders``, folder after folder, that ``schema`` has not seen yet.

    Returns the names of those applied now. Safe to run from any number of processes at once: one
    does the work, the others wait and find it done. A file that fails leaves nothing behind.

    The bookkeeping goes by file name, so a name may occur in one folder only, else ``Invalid``.
    """
    _refuse_same_names(folders)
    with own_errors(), psycopg.connect(owner_dsn, autocommit=True) as guard:
        guard.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"migrate {schema}"])
        with _backend(owner_dsn, schema) as backend:
            applied = [name for folder in folders for name in _apply(backend, folder)]
            if applied:
                _close_books(guard, schema)
            return applied


def _backend(owner_dsn: str, schema: str) -> Any:
    """yoyo's connection, made ready under our lock.

    yoyo has a lock of its own, a row that a killed process leaves behind for ever: whoever
    holds our lock may break it.
    """
    parts = {name: value for name, value in conninfo_to_dict(owner_dsn).items() if value}
    known = {name: parts.pop(name, None) for name in ("user", "password", "host", "port", "dbname")}
    uri = DatabaseURI(
        scheme="postgresql+psycopg",
        username=known["user"],
        password=known["password"],
        hostname=known["host"],
        port=known["port"],
        database=known["dbname"],
        args=parts | {"schema": f"{schema}, pg_temp"},
    )
    backend = PostgresqlPsycopgBackend(uri, "_yoyo_migration")
    if "yoyo_lock" not in backend.list_tables():
        backend.create_lock_table()
    backend.break_lock()
    return backend


def _apply(backend: Any, folder: Path) -> list[str]:
    """Each step and its mark in one transaction; yoyo's own loop marks in a second one."""
    names = []
    for migration in backend.to_apply(read_migrations(str(folder))):
        with backend.transaction():
            migration.process_steps(backend, "apply")
            backend.mark_one(migration, log=False)  # its log asks the network for our host name
        names.append(migration.id)
    return names


def _close_books(guard: psycopg.Connection[Any], schema: str) -> None:
    """The run role must not be able to say what was migrated."""
    for table in _BOOKS:
        guard.execute(
            sql.SQL("REVOKE ALL ON {} FROM {}").format(
                sql.Identifier(schema, table), sql.Identifier(schema)
            )
        )


def _refuse_same_names(folders: Sequence[Path]) -> None:
    names = Counter(path.name for folder in folders for path in folder.glob("*.sql"))
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice:
        raise Invalid(f"migrations: {', '.join(twice)} lies in two folders; rename the later one")
