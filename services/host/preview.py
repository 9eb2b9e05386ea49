"""What a restore would take away, found without changing anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from services.host.backup import owner
from services.host.bring_up import is_of_this_release
from services.host.dump import SchemaDump, count_rows, fill
from services.host.manifest import Manifest
from services.host.restore import has_tables
from services.host.rewind import Rewound, rewind
from shared.errors import Invalid
from shared.settings import Environment

# Events beyond the backup's heads; a partition that does not hold its head is of another log.
_GOING = """
SELECT e.type, count(*) FROM events e
LEFT JOIN unnest(%(partitions)s::smallint[], %(positions)s::bigint[], %(digests)s::bytea[])
    AS head (partition, "position", digest) USING (partition)
LEFT JOIN events known ON (known.partition, known."position", known.digest)
    = (head.partition, head."position", head.digest)
WHERE known."position" IS NULL OR e."position" > known."position"
GROUP BY e.type ORDER BY e.type
"""


def rows_there(env: Environment, schema: str) -> int:
    """How many rows would be replaced."""
    with owner(env, schema) as connection:
        return count_rows(connection, schema)


def events_going(env: Environment, manifest: Manifest, service: str) -> Mapping[str, int]:
    """By type, how many events of the service's log the backup does not hold."""
    heads = manifest.logs[service]["heads"]
    values = {
        "partitions": [int(partition) for partition in heads],
        "positions": [at for at, _ in heads.values()],
        "digests": [bytes.fromhex(digest) for _, digest in heads.values()],
    }
    with owner(env, service) as connection:
        return dict(connection.execute(_GOING, values)) if has_tables(connection) else {}


def rewound_to(env: Environment, dumped: SchemaDump, folder: Path, as_of: datetime) -> Rewound:
    """Restore the service as of then in a transaction that is undone; raises what that raises."""
    with owner(env, dumped.schema) as connection:
        if not is_of_this_release(connection, dumped.schema):
            raise Invalid(
                f"target: {dumped.schema} has not all tables yet; without them a dry run of "
                "--as-of cannot count; start the services once"
            )
        fill(connection, dumped, folder, lambda _: None)
        found = rewind(connection, env, dumped.schema, as_of)
        connection.rollback()
    return found
