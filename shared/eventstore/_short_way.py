"""``append_one``, sent without a cursor once psycopg has prepared it.

What a cursor does for whatever statement there may be (the query's and the parameters' forms looked
up, the columns' loaders, the row) took a third of the client's processor time an append: 112 µs
with, 74 without, where a plain INSERT takes 38.

The statement stays psycopg's, which forgets all that it prepared after a rollback: it is asked for
the name each time, and goes the long way when it has none. That asks for two of its private
names; ``tests/eventstore/test_short_way.py`` fails when they change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import errors, generators, pq

from shared.postgres import Connection

# The database does the rest: locks, versions, positions, digests, heads.
_QUERY = """
SELECT (placed).version, (placed)."position", (placed).partition, (placed).digest,
       (placed).recorded_at
FROM (
    SELECT append_one(
        %s, %s::int, %s, %s::int, %s::jsonb, %s::jsonb, %s::bytea, %s::uuid, %s::timestamptz,
        %s::uuid, %s::bytea
    ) AS placed
    OFFSET 0  -- else it would be called for each column
) AS once
"""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL's

Value = str | bytes | None
Placed = tuple[int | None, int, int, bytes, datetime]

# How psycopg tells the statement from others, by which of its values are bytes.
_keys: dict[tuple[bool, ...], tuple[bytes, tuple[int, ...]]] = {}


def append_one(connection: Connection, values: Sequence[Value]) -> Placed:
    """The version (None: not appended), position, partition, digest and time of one event.

    ``values``: the parameters of ``append_one()`` as texts, ``bytea`` as bytes. Raises psycopg's
    errors.
    """
    kind = tuple([type(value) is bytes for value in values])
    key = _keys.get(kind)
    name = None if key is None else connection._prepared._names.get(key)
    if name is None or not _may_go(connection):
        return _the_long_way(connection, values, kind)
    texts = [value.encode() if isinstance(value, str) else value for value in values]
    pgconn = connection.pgconn
    with connection.lock:
        pgconn.send_query_prepared(name, texts, kind, pq.Format.BINARY)
        [result] = connection.wait(generators.execute(pgconn))
    if result.status != pq.ExecStatus.TUPLES_OK:
        raise errors.error_from_result(result)
    return _placed(result)


def _may_go(connection: Connection) -> bool:
    """Not where psycopg would first open a transaction, nor in a pipeline."""
    pgconn = connection.pgconn
    begun = pgconn.transaction_status == pq.TransactionStatus.INTRANS
    return (connection.autocommit or begun) and not pgconn.pipeline_status


def _the_long_way(
    connection: Connection, values: Sequence[Value], kind: tuple[bool, ...]
) -> Placed:
    cursor = connection.execute(_QUERY, values, prepare=True, binary=True)
    [row] = cursor.fetchall()
    key = next(reversed(connection._prepared._names), None)  # what was used last
    if key is not None and b"append_one" in key[0]:
        _keys[kind] = key
    placed: Placed = row
    return placed


def _placed(result: Any) -> Placed:
    value = result.get_value
    version = value(0, 0)
    if version is None:
        return (None, 0, 0, b"", _EPOCH)
    microseconds = int.from_bytes(value(0, 4), "big", signed=True)
    return (
        int.from_bytes(version, "big"),
        int.from_bytes(value(0, 1), "big"),
        int.from_bytes(value(0, 2), "big"),
        value(0, 3),
        _EPOCH + timedelta(microseconds=microseconds),
    )
