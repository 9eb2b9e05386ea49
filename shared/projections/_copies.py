"""The copies that rebuilds keep beside a service's tables."""

from __future__ import annotations

from psycopg import sql

from shared.eventstore import Connection

# Of an earlier rebuild, of one under way, of a comparison.
_COPIES = ("previous", "rebuild", "drift")
_TABLES = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s)"


def copies_of(service: str) -> list[str]:
    """The schemas in which the copies lie."""
    return [f"{service}__{copy}" for copy in _COPIES]


def drop_copies(connection: Connection, service: str) -> None:
    """Drop all copies, and forget how far each was, in ``connection``'s transaction, as owner."""
    for schema, table in connection.execute(_TABLES, [copies_of(service)]).fetchall():
        connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(schema, table)))
    for name in ("rebuild_progress", "rebuild_passed_over", "rebuild_code"):
        connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(service, name)))
