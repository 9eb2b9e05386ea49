"""Writing tables anew, so that what was deleted from them is nowhere in their pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import psycopg
import structlog
from psycopg import sql

from shared.errors import PermanenceError
from shared.postgres import Connection, own_errors

log = structlog.get_logger(__name__)

# What the planner sampled of a table and of its indexes; ANALYZE leaves it as it is where no row
# is left, so it is cleared first.
_FORGET_SAMPLES = """
SELECT pg_clear_attribute_stats(s.schemaname::text, s.tablename::text, s.attname::text, s.inherited)
FROM pg_stats AS s
WHERE s.schemaname = %(schema)s AND (s.tablename = %(table)s OR s.tablename IN
    (SELECT indexname FROM pg_indexes WHERE schemaname = %(schema)s AND tablename = %(table)s))
"""
_DEAD_ROWS = """
SELECT coalesce(sum(n_dead_tup), 0) FROM pg_stat_all_tables
WHERE schemaname = %(schema)s AND relname = %(table)s
"""


def swept(connection: Connection, schema: str, table: str) -> int:
    """Write a table anew, as its owner in autocommit; how many dead rows are left.

    PostgreSQL keeps what was deleted in dead rows and in samples for its planner; a plain VACUUM
    leaves the bytes in the pages. Whoever reads the table waits that long. Rows that a long
    transaction still sees are left.
    """
    where = {"schema": schema, "table": table}
    connection.execute("SET lock_timeout = '10s'")
    connection.execute(_FORGET_SAMPLES, where)
    connection.execute(sql.SQL("VACUUM (FULL, ANALYZE) {}").format(sql.Identifier(schema, table)))
    row = connection.execute(_DEAD_ROWS, where).fetchone()
    return int(row[0]) if row else 0


def sweep_erased(touched: Collection[tuple[str, str]], owners: Mapping[str, str | None]) -> None:
    """Write anew the tables (schema, name) that erased persons were taken out of; ``owners`` has
    the DSN by schema.

    The log tells of each table how many dead rows are left, or that it could not be done, which
    keeps no service from starting.
    """
    for schema, table in sorted(touched):
        source, dsn = f"{schema}.{table}", owners.get(schema)
        if not dsn:
            log.warning("erased_rows_left", source=source, reason="no owner's DSN")
            continue
        try:
            with own_errors(), psycopg.connect(dsn, autocommit=True) as connection:
                left = swept(connection, schema, table)
        except PermanenceError as error:
            log.warning("erased_rows_left", source=source, reason=error.code)
            continue
        told = log.warning if left else log.info
        told("erased_rows_left" if left else "erased_rows_swept", source=source, total=left)
