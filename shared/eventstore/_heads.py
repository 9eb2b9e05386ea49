"""Where a log ends."""

from __future__ import annotations

from shared.eventstore._types import Head
from shared.postgres import Connection

_HEADS = """
SELECT p.partition, head."position", head.digest
FROM generate_series(0, 7) AS p (partition)
CROSS JOIN LATERAL (
    SELECT e."position", e.digest FROM events e
    WHERE e.partition = p.partition ORDER BY e."position" DESC LIMIT 1
) AS head
"""


def heads_of(connection: Connection) -> dict[int, Head]:
    """The last event of each partition that has any, of the log on the search path."""
    rows = connection.execute(_HEADS).fetchall()
    return {row[0]: Head(position=row[1], digest=row[2]) for row in rows}
