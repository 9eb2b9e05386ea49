"""Every difference between a live table and its copy, row by row, column by column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from shared.eventstore import Connection

WITHHELD = "(personal)"

# The record comparison goes by the stored bytes, so that nothing equal-ish passes for equal.
_BY_KEY = """
SELECT to_jsonb(l), to_jsonb(b)
FROM {live} AS l FULL JOIN {built} AS b USING ({key})
WHERE l IS NULL OR b IS NULL OR l *<> b
"""
_KEY = """
SELECT a.attname FROM pg_index i
CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = %(table)s::regclass AND i.indisprimary ORDER BY k.place
"""
_FETCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row that differs: ``columns`` maps each that does to its live and its rebuilt value.

    ``kind`` is "only live", "only rebuilt" or "differs"; ``key`` is the row's key, or the whole
    row of a table without one. Values are as JSON; personal ones are ``WITHHELD`` unless asked.
    """

    table: str
    kind: str
    key: dict[str, Any]
    columns: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDrift:
    """How a live table differs from one built anew: rows there, rows by kind of difference."""

    table: str
    rows: int
    only_live: int
    only_rebuilt: int
    changed: int
    samples: tuple[Difference, ...]

    @property
    def differing(self) -> int:
        """How many rows differ in any way."""
        return self.only_live + self.only_rebuilt + self.changed


def differences(
    connection: Connection,
    table: str,
    live: sql.Identifier,
    built: sql.Identifier,
    personal: Collection[str],
) -> Iterator[Difference]:
    """Those of one table, in the snapshot of ``connection``'s transaction; ``personal`` columns
    are withheld. Lazy: however many there are, few are held at once."""
    key = primary_key(connection, live)
    for left, right in _rows(connection, live, built, key):
        row: dict[str, Any] = left or right or {}
        found = {name: _shown(row, name, table, personal) for name in key or row}
        columns = {
            name: (_shown(left, name, table, personal), _shown(right, name, table, personal))
            for name in row
            if name not in found and (left is None or right is None or left[name] != right[name])
        }
        yield Difference(
            table=table,
            kind="only rebuilt" if left is None else "only live" if right is None else "differs",
            key={
                name: WITHHELD if f"{table}.{name}" in personal else v for name, v in found.items()
            },
            columns=columns,
        )


def primary_key(connection: Connection, table: sql.Identifier) -> Sequence[str]:
    """Its columns in order; none if it has no primary key."""
    rows = connection.execute(_KEY, {"table": table.as_string(connection)}).fetchall()
    return [row[0] for row in rows]


def count_rows(connection: Connection, table: sql.Identifier) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(table)).fetchone()
    return int(row[0]) if row else 0


def _rows(
    connection: Connection, live: sql.Identifier, built: sql.Identifier, key: Sequence[str]
) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any] | None]]:
    if key:
        columns = sql.SQL(", ").join(map(sql.Identifier, key))
        query = sql.SQL(_BY_KEY).format(live=live, built=built, key=columns)
        yield from _fetched(connection, query)
        return
    for row, _ in _fetched(connection, _except(live, built)):
        yield row, None
    for row, _ in _fetched(connection, _except(built, live)):
        yield None, row


def _except(left: sql.Identifier, right: sql.Identifier) -> sql.Composed:
    return sql.SQL("SELECT to_jsonb(d), NULL FROM (TABLE {} EXCEPT ALL TABLE {}) AS d").format(
        left, right
    )


def _fetched(connection: Connection, query: sql.Composed) -> Iterator[tuple[Any, Any]]:
    with connection.cursor("differences") as cursor:
        cursor.itersize = _FETCH
        yield from cursor.execute(query)


def _shown(row: dict[str, Any] | None, name: str, table: str, personal: Collection[str]) -> Any:
    if row is None:
        return None
    hidden = f"{table}.{name}" in personal and row[name] is not None
    return WITHHELD if hidden else row[name]
