"""A schema's tables written to files and read back, as PostgreSQL's own COPY text, compressed.

Nothing but a connection is needed: no programs of PostgreSQL's, no access to its machine.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from psycopg import sql

from shared.eventstore import Connection

_CHUNK = 1 << 20
# Bookkeeping of migrations, which are run and compared; who leads now; what is restored now.
_LEFT_OUT = ("relay_leases", "unfinished_restore", "yoyo_lock")
_TABLES = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r'
  AND NOT starts_with(c.relname, '_yoyo') AND NOT c.relname = ANY(%(left_out)s)
GROUP BY c.relname ORDER BY c.relname
"""
_NEEDS = """
SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND connamespace = %(schema)s::regnamespace AND conrelid <> confrelid
"""
_MIGRATED = "SELECT to_regclass('_yoyo_migration') IS NOT NULL"
_MIGRATIONS = "SELECT migration_id FROM _yoyo_migration ORDER BY migration_id"
_SEQUENCES = """
SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = %(schema)s
ORDER BY sequencename
"""
_TRIGGERS = """
SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger
WHERE NOT tgisinternal AND tgrelid IN
    (SELECT oid FROM pg_class WHERE relnamespace = %(schema)s::regnamespace AND relkind = 'r')
"""

Watch = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDump:
    """A table in a file: ``sha256`` is that of the compressed file."""

    table: str
    columns: tuple[str, ...]
    rows: int
    file: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaDump:
    """All tables of a schema, in an order in which they can be filled."""

    schema: str
    tables: tuple[TableDump, ...]
    sequences: Mapping[str, int]
    migrations: tuple[str, ...]


def count_rows(connection: Connection, schema: str) -> int:
    """How many rows the tables hold that a dump would write."""
    return sum(_count(connection, schema, table) for table, _ in _tables(connection, schema))


def dump(connection: Connection, schema: str, folder: Path, watch: Watch) -> SchemaDump:
    """Write the tables, as the snapshot of ``connection``'s transaction has them, into ``folder``.

    ``watch`` is told how many rows were written since it was last told.
    """
    into = folder / schema
    into.mkdir(mode=0o700, parents=True)
    tables = [
        _write_table(connection, schema, table, columns, into, watch)
        for table, columns in _tables(connection, schema)
    ]
    return SchemaDump(
        schema=schema,
        tables=tuple(tables),
        sequences=_sequences(connection, schema),
        migrations=migrations(connection),
    )


def columns_of(connection: Connection, schema: str) -> dict[str, list[str]]:
    """The columns of each table that a dump would write."""
    return dict(_tables(connection, schema))


def migrations(connection: Connection) -> tuple[str, ...]:
    """The migrations that the schema has seen; none if it has no tables yet."""
    if connection.execute(_MIGRATED).fetchone() != (True,):
        return ()
    return tuple(row[0] for row in connection.execute(_MIGRATIONS))


def _sequences(connection: Connection, schema: str) -> dict[str, int]:
    return dict(connection.execute(_SEQUENCES, {"schema": schema}).fetchall())


def load(connection: Connection, dumped: SchemaDump, folder: Path, watch: Watch) -> None:
    """Replace what the tables hold by the dump, within ``connection``'s transaction.

    Positions that were handed out, here or where the dump comes from, are not handed out again.
    """
    fill(connection, dumped, folder, watch)
    for name, there in _sequences(connection, dumped.schema).items():
        last = max(there, dumped.sequences.get(name, 0))
        if last:
            connection.execute("SELECT setval(%s::regclass, %s)", [f"{dumped.schema}.{name}", last])


def fill(connection: Connection, dumped: SchemaDump, folder: Path, watch: Watch) -> None:
    """Replace the tables' rows, and nothing that outlives a rollback."""
    names = [sql.Identifier(dumped.schema, table.table) for table in dumped.tables]
    with triggers_off(connection, dumped.schema):
        connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(names)))
        for table in dumped.tables:
            read_table(connection, sql.Identifier(dumped.schema, table.table), table, folder, watch)


@contextmanager
def triggers_off(connection: Connection, schema: str) -> Iterator[None]:
    """Our own triggers rest, as they refuse what a restore must do; on again as they were."""
    found = connection.execute(_TRIGGERS, {"schema": schema}).fetchall()
    for table, name, _ in found:
        _alter(connection, table, "DISABLE", name)
    yield
    for table, name, enabled in found:
        _alter(connection, table, "ENABLE ALWAYS" if enabled == "A" else "ENABLE", name)


def _alter(connection: Connection, table: str, how: str, trigger: str) -> None:
    connection.execute(
        sql.SQL("ALTER TABLE {} {} TRIGGER {}").format(
            sql.Identifier(*table.split(".")), sql.SQL(how), sql.Identifier(trigger)
        )
    )


def read_table(
    connection: Connection, target: sql.Identifier, table: TableDump, folder: Path, watch: Watch
) -> None:
    """Fill ``target`` with the rows of a dumped table."""
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(target, _listed(table.columns))
    with (
        gzip.open(folder / table.file) as file,
        connection.cursor() as cursor,
        cursor.copy(query) as copy,
    ):
        while chunk := file.read(_CHUNK):
            copy.write(chunk)
            watch(chunk.count(b"\n"))


def digest_of(path: Path) -> str:
    """SHA-256 of a file; memory stays bounded."""
    hashed = sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            hashed.update(chunk)
    return hashed.hexdigest()


def _write_table(
    connection: Connection,
    schema: str,
    table: str,
    columns: Sequence[str],
    into: Path,
    watch: Watch,
) -> TableDump:
    path = into / f"{table}.copy.gz"
    path.touch(mode=0o600)
    query = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(schema, table), _listed(columns)
    )
    with (
        gzip.open(path, "wb", compresslevel=1) as file,
        connection.cursor() as cursor,
        cursor.copy(query) as copy,
    ):
        rows = 0
        for chunk in copy:
            file.write(chunk)
            lines = bytes(chunk).count(b"\n")  # one a row: those within values are escaped
            rows += lines
            watch(lines)
    return TableDump(
        table=table,
        columns=tuple(columns),
        rows=rows,
        file=f"{schema}/{path.name}",
        sha256=digest_of(path),
    )


def _listed(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _tables(connection: Connection, schema: str) -> list[tuple[str, list[str]]]:
    """Names and columns, those that others refer to first."""
    values: dict[str, Any] = {"schema": schema, "left_out": list(_LEFT_OUT)}
    left = dict(connection.execute(_TABLES, values).fetchall())
    needs = [
        (one.rpartition(".")[2], other.rpartition(".")[2])
        for one, other in connection.execute(_NEEDS, {"schema": schema}).fetchall()
    ]
    ordered: list[tuple[str, list[str]]] = []
    while left:
        free = [t for t in left if not any(one == t and other in left for one, other in needs)]
        ordered += [(table, left.pop(table)) for table in free]
    return ordered


def _count(connection: Connection, schema: str, table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
