"""A new master key: every key is wrapped anew, in steps, so that it can be interrupted."""

from __future__ import annotations

from collections.abc import Callable

import psycopg

from shared.postgres import Connection, own_errors
from shared.privacy._master import MasterKey

_STEP = 500
_COUNT = """
SELECT (SELECT count(*) FROM subjects
        WHERE wrapped_key IS NOT NULL AND master IS DISTINCT FROM %(master)s)
     + (SELECT count(*) FROM index_key WHERE master IS DISTINCT FROM %(master)s)
"""
_NEXT = """
SELECT subject, wrapped_key FROM subjects
WHERE wrapped_key IS NOT NULL AND master IS DISTINCT FROM %(master)s
ORDER BY subject LIMIT %(step)s FOR UPDATE
"""
_REPLACE = """
UPDATE subjects SET wrapped_key = n.wrapped_key, master = %(master)s
FROM unnest(%(subjects)s::uuid[], %(wrapped)s::bytea[]) AS n (subject, wrapped_key)
WHERE subjects.subject = n.subject
"""
_INDEX = "SELECT wrapped_key FROM index_key WHERE master IS DISTINCT FROM %(master)s FOR UPDATE"
_REPLACE_INDEX = "UPDATE index_key SET wrapped_key = %(wrapped)s, master = %(master)s"


def count_to_rewrap(owner_dsn: str, schema: str, master: MasterKey) -> int:
    """How many keys another master than ``master`` wraps."""
    with own_errors(), _connected(owner_dsn, schema) as connection:
        row = connection.execute(_COUNT, {"master": master.id}).fetchone()
    return int(row[0]) if row else 0


def rewrap(
    owner_dsn: str,
    schema: str,
    master: MasterKey,
    watch: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Wrap by ``master`` whatever those that it accepts as well have wrapped; how many there were.

    Interrupted, it goes on where it stopped when called again. Raises ``MasterKeyWrong`` for a
    key that none of them opens. The services go on meanwhile if they know both.
    """
    total = count_to_rewrap(owner_dsn, schema, master)
    done = 0
    with own_errors(), _connected(owner_dsn, schema) as connection:
        while count := _step(connection, master):
            done += count
            watch(done, total)
        with connection.transaction():
            row = connection.execute(_INDEX, {"master": master.id}).fetchone()
            if row:
                wrapped = master.wrap(master.unwrap(row[0]))
                connection.execute(_REPLACE_INDEX, {"wrapped": wrapped, "master": master.id})
                done += 1
    watch(done, total)
    return done


def _step(connection: Connection, master: MasterKey) -> int:
    with connection.transaction():
        rows = connection.execute(_NEXT, {"master": master.id, "step": _STEP}).fetchall()
        values = {
            "master": master.id,
            "subjects": [row[0] for row in rows],
            "wrapped": [master.wrap(master.unwrap(row[1])) for row in rows],
        }
        connection.execute(_REPLACE, values)
    return len(rows)


def _connected(owner_dsn: str, schema: str) -> Connection:
    options = f"-c search_path={schema},pg_temp"
    return psycopg.connect(owner_dsn, autocommit=True, options=options)
