"""Rows made afresh: a replay fills empty tables, and its rows take the place of those that were.

So it does not matter whether an event's statement bears being applied twice (a counter, "insert
unless it is there"), and twice is once. Rows that the replay does not make stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from psycopg import sql

from shared.postgres import Connection

_KEY = """
SELECT a.attname FROM pg_index i
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
WHERE i.indrelid = %(table)s::regclass AND i.indisprimary ORDER BY a.attnum
"""
_EMPTY = "CREATE TEMP TABLE {table} (LIKE {live} INCLUDING ALL) ON COMMIT DROP"
_REMOVE = "DELETE FROM {live} AS was USING pg_temp.{table} AS fresh WHERE {same}"
_PUT = "INSERT INTO {live} SELECT * FROM pg_temp.{table}"


@contextmanager
def afresh(connection: Connection, schema: str, tables: Sequence[str]) -> Iterator[None]:
    """Within, ``tables`` of ``schema`` are empty ones of this transaction; then the rows that they
    got replace those of the same primary key."""
    if not tables:
        yield
        return
    for table in tables:
        connection.execute(_composed(_EMPTY, schema, table))
    _look_in(connection, "pg_temp", schema)
    yield
    _look_in(connection, schema, "pg_temp")
    for table in tables:
        live = sql.Identifier(schema, table).as_string(connection)
        columns = [row[0] for row in connection.execute(_KEY, {"table": live}).fetchall()]
        same = sql.SQL(" AND ").join(
            sql.SQL("was.{0} = fresh.{0}").format(sql.Identifier(column)) for column in columns
        )
        connection.execute(_composed(_REMOVE, schema, table, same=same))
        connection.execute(_composed(_PUT, schema, table))
        connection.execute(sql.SQL("DROP TABLE pg_temp.{}").format(sql.Identifier(table)))


def _composed(query: str, schema: str, table: str, **parts: sql.Composable) -> sql.Composed:
    return sql.SQL(query).format(
        table=sql.Identifier(table), live=sql.Identifier(schema, table), **parts
    )


def _look_in(connection: Connection, *schemas: str) -> None:
    connection.execute("SELECT set_config('search_path', %s, true)", [", ".join(schemas)])
