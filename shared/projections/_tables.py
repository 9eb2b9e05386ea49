"""The copies of a model's tables: made like the live ones, and put in their place.

Names of indexes and constraints stay the same, for later migrations name them: a copy lies in a
schema of its own, where the names are free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import LiteralString

from psycopg import sql

from shared.eventstore import Connection
from shared.projections._errors import DoesNotFit

_INDEXES = """
SELECT c.relname, i.indisunique, pg_get_indexdef(i.indexrelid, 0, true),
       k.conname, pg_get_constraintdef(k.oid, true)
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
WHERE i.indrelid = %(table)s::regclass
ORDER BY i.indisprimary DESC, c.relname
"""
_HAS_INDEXES = """
SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = %(table)s::regclass
"""
_OPTIONS = """
SELECT format('ALTER TABLE %%s SET (%%s)', %(copy)s::regclass, array_to_string(reloptions, ', '))
FROM pg_class WHERE oid = %(table)s::regclass AND reloptions IS NOT NULL
"""
_GRANTS = """
SELECT format('GRANT %%s ON %%s TO %%s%%s', a.privilege_type, %(copy)s::regclass,
              CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
              CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_class c, aclexplode(c.relacl) AS a WHERE c.oid = %(table)s::regclass
"""
# What LIKE does not copy, and no read model of ours has: foreign keys, triggers, policies, views.
_UNUSUAL = """
SELECT 'a foreign key' FROM pg_constraint
WHERE contype = 'f' AND %(table)s::regclass IN (conrelid, confrelid)
UNION ALL
SELECT 'a trigger' FROM pg_trigger WHERE tgrelid = %(table)s::regclass AND NOT tgisinternal
UNION ALL
SELECT 'a policy' FROM pg_policy WHERE polrelid = %(table)s::regclass
UNION ALL
SELECT 'a view' FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = %(table)s::regclass
"""
_COLUMNS = """
SELECT array_agg((attname, format_type(atttypid, atttypmod), attnotnull)::text ORDER BY attnum)
FROM pg_attribute WHERE attrelid = to_regclass(%(table)s) AND attnum > 0 AND NOT attisdropped
"""


def find_first(connection: Connection, *schemas: str) -> None:
    """Let names without a schema be found in ``schemas``, in this order."""
    connection.execute(
        "SELECT set_config('search_path', %s, false)", [", ".join((*schemas, "pg_temp"))]
    )


@contextmanager
def found_first(connection: Connection, schema: str) -> Iterator[None]:
    """Names without a schema are found in ``schema`` alone for a while."""
    row = connection.execute("SELECT current_setting('search_path')").fetchone()
    find_first(connection, schema)
    yield
    connection.execute("SELECT set_config('search_path', %s, false)", row)


def qualified(connection: Connection, schema: str, table: str) -> str:
    """The table's name as SQL text."""
    return sql.Identifier(schema, table).as_string(connection)


class Tables:
    """The tables of one model in schema ``live``, and their copies in others."""

    def __init__(self, connection: Connection, live: str, names: Sequence[str]) -> None:
        self._connection = connection
        self._live = live
        self._names = names

    def there(self, schema: str) -> bool:
        """Whether all copies are in ``schema``."""
        return self.count(schema) == len(self._names)

    def count(self, schema: str) -> int:
        """How many of the copies are in ``schema``."""
        row = self._connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = %s AND tablename = ANY(%s)",
            [schema, list(self._names)],
        ).fetchone()
        return int(row[0]) if row else 0

    def make(self, schema: str, *, lookups: Sequence[str] | None) -> None:
        """Empty copies in ``schema``, with keys, unique indexes and ``lookups`` (None: with all).

        Raises DoesNotFit for a table with what cannot be copied.
        """
        for name in self._names:
            unusual = self._connection.execute(_UNUSUAL, self._at(name)).fetchone()
            if unusual:
                raise DoesNotFit(
                    self._live, name, f"has {unusual[0]}", "read models have none: take it away"
                )
            self._do(
                "CREATE TABLE {copy} (LIKE {live} INCLUDING ALL EXCLUDING INDEXES)", name, schema
            )
            self._index(schema, name, lambda index: lookups is None or index in lookups)

    def finish(self, schema: str) -> None:
        """The rest, once the copies are full: other indexes, options, grants, statistics."""
        for name in self._names:
            self._index(schema, name, lambda _: True)
            parameters = self._at(name) | {"copy": qualified(self._connection, schema, name)}
            for query in (_OPTIONS, _GRANTS):
                for (statement,) in self._connection.execute(query, parameters).fetchall():
                    self._connection.execute(statement)
            self._do("ANALYZE {copy}", name, schema)

    def lock(self) -> None:
        """Nobody reads or writes the live tables until the transaction ends."""
        for name in sorted(self._names):
            self._do("LOCK TABLE {live} IN ACCESS EXCLUSIVE MODE", name, self._live)

    def exchange(self, schema: str, previous: str) -> None:
        """Put the copies in ``schema`` in the live ones' place, and those into ``previous``."""
        outgoing = f"{self._live}__outgoing"
        self.ensure_schema(previous)
        self.ensure_schema(outgoing)
        for name in self._names:
            self._move(name, self._live, outgoing)
            self._move(name, schema, self._live)
        self.drop(previous)
        for name in self._names:
            self._move(name, outgoing, previous)
        self._schema("DROP SCHEMA {}", outgoing)

    def drop(self, schema: str) -> None:
        """Take away the copies in ``schema``, those that are there."""
        for name in self._names:
            self._do("DROP TABLE IF EXISTS {copy}", name, schema)

    def ensure_schema(self, schema: str) -> None:
        self._schema("CREATE SCHEMA IF NOT EXISTS {}", schema)

    def refuse_other_shape(self, schema: str) -> None:
        """Raises DoesNotFit if a copy's columns are not those of its live table."""
        for name in self._names:
            columns = [
                self._connection.execute(
                    _COLUMNS, {"table": qualified(self._connection, where, name)}
                ).fetchone()
                for where in (self._live, schema)
            ]
            if columns[0] != columns[1]:
                raise DoesNotFit(
                    self._live,
                    name,
                    "has changed its columns since it was copied",
                    "drop the copy (--cancel, or --drop-previous for the kept one) and rebuild",
                )

    def _index(self, schema: str, name: str, wanted: Callable[[str], bool]) -> None:
        there = self._connection.execute(
            _HAS_INDEXES, {"table": qualified(self._connection, schema, name)}
        ).fetchall()
        done = {row[0] for row in there}
        with found_first(self._connection, self._live):
            rows = self._connection.execute(_INDEXES, self._at(name)).fetchall()
        with found_first(self._connection, schema):
            for index, unique, definition, constraint, clause in rows:
                if index in done or not (unique or constraint or wanted(index)):
                    continue
                if constraint is None:
                    self._connection.execute(definition)
                    continue
                self._connection.execute(
                    sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                        sql.Identifier(schema, name), sql.Identifier(constraint), sql.SQL(clause)
                    )
                )

    def _move(self, name: str, start: str, end: str) -> None:
        self._connection.execute(
            sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(
                sql.Identifier(start, name), sql.Identifier(end)
            )
        )

    def _do(self, statement: LiteralString, name: str, schema: str) -> None:
        self._connection.execute(
            sql.SQL(statement).format(
                live=sql.Identifier(self._live, name), copy=sql.Identifier(schema, name)
            )
        )

    def _schema(self, statement: LiteralString, schema: str) -> None:
        self._connection.execute(sql.SQL(statement).format(sql.Identifier(schema)))

    def _at(self, name: str) -> dict[str, str]:
        return {"table": qualified(self._connection, self._live, name)}
