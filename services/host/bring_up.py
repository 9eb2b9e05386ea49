"""A backup of an earlier release, brought up to this one's tables by the migrations since."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from psycopg import sql

import services
from services.host.backup import counting, owner
from services.host.dump import SchemaDump, columns_of, dump, fill, migrations
from services.host.files import aside_of, told_if_unwritten
from services.host.manifest import Manifest
from shared.errors import Refused
from shared.eventstore import Connection
from shared.eventstore.bootstrap import KEYRING
from shared.privacy import MIGRATIONS as KEYRING_MIGRATIONS
from shared.service import FOUNDATIONS
from shared.settings import Environment

# All but the migrations' bookkeeping, which says what the schema has seen for good.
_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = %(schema)s::regnamespace AND relkind = 'r' AND NOT relname ~ '^_?yoyo'
"""
_ROUTINES = """
SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = %(schema)s::regnamespace
"""


class OtherRelease(Refused):
    """The backup was made by a release whose tables cannot become this one's."""

    code = "restore.other_release"


def folders(schema: str) -> list[Path]:
    """Where this release's migrations of a schema lie, in their order."""
    if schema == KEYRING:
        return [KEYRING_MIGRATIONS]
    own = Path(services.__path__[0]) / schema / "adapters" / "migrations"
    return [*FOUNDATIONS, own]


def refuse_later(env: Environment, schema: str) -> None:
    """See that no later release was at work on the target; raises OtherRelease."""
    with owner(env, schema) as connection:
        later = set(migrations(connection)) - {file.stem for file in _files(schema)}
    if later:
        raise OtherRelease(
            f"target: {schema} is of a later release (migrations unknown here: "
            f"{', '.join(sorted(later))}); restore with that one"
        )


def is_of_this_release(connection: Connection, schema: str) -> bool:
    """Whether the target has all its tables as this release has them."""
    return set(migrations(connection)) == {file.stem for file in _files(schema)}


def missing(dumped: SchemaDump) -> list[str]:
    """The migrations that the backup has not seen, in their order; raises OtherRelease."""
    ours = [file.stem for file in _files(dumped.schema)]
    if unknown := sorted(set(dumped.migrations) - set(ours)):
        raise OtherRelease(
            f"folder: {dumped.schema} was backed up by a later release (migrations unknown here: "
            f"{', '.join(unknown)}); install that release, or one after it, and restore with it"
        )
    return [name for name in ours if name not in dumped.migrations]


@contextmanager
def brought_up(
    env: Environment,
    manifest: Manifest,
    folder: Path,
    names: Sequence[str],
    watch: Callable[[int, int], None],
) -> Iterator[tuple[Manifest, Path]]:
    """The backup of ``names`` as this release would have written it, as long as this lasts.

    Each schema's place in the target serves as the workbench, in a transaction that is undone: it
    needs its tables there and nobody at work on them. The copy lies beside the backup's folder.
    Raises OtherRelease.
    """
    earlier = [manifest.schemas[name] for name in names if missing(manifest.schemas[name])]
    if not earlier:
        yield manifest, folder
        return
    told = counting(watch, sum(table.rows for one in earlier for table in one.tables))
    beside = folder.resolve().with_name(f"{folder.resolve().name}-brought-up")
    with aside_of(beside, "folder") as copy:
        schemas = dict(manifest.schemas)
        for name in names:
            if schemas[name] not in earlier:
                (copy / name).symlink_to(folder.resolve() / name)
        for one in earlier:
            with told_if_unwritten(copy, "folder"), owner(env, one.schema) as connection:
                schemas[one.schema] = _remade(connection, one, folder, copy, told)
                connection.rollback()
        yield replace(manifest, schemas=schemas), copy


def _remade(
    connection: Connection,
    dumped: SchemaDump,
    folder: Path,
    copy: Path,
    told: Callable[[int], None],
) -> SchemaDump:
    _clear(connection, dumped.schema)
    _apply(connection, dumped.schema, dumped.migrations)
    _refuse_unlike(dumped, columns_of(connection, dumped.schema))
    fill(connection, dumped, folder, told)
    _apply(connection, dumped.schema, missing(dumped))
    made = dump(connection, dumped.schema, copy, lambda _: None)
    # Filling tables draws no positions: how far the sequences were, the backup knows.
    return replace(made, sequences={**made.sequences, **dumped.sequences})


def _clear(connection: Connection, schema: str) -> None:
    for [table] in connection.execute(_TABLES, {"schema": schema}).fetchall():
        connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(schema, table)))
    for [routine] in connection.execute(_ROUTINES, {"schema": schema}).fetchall():
        connection.execute(sql.SQL("DROP ROUTINE {} CASCADE").format(sql.SQL(routine)))


def _apply(connection: Connection, schema: str, names: Sequence[str]) -> None:
    for file in _files(schema):
        if file.stem in names:
            connection.execute(file.read_bytes())


def _refuse_unlike(dumped: SchemaDump, there: Mapping[str, Sequence[str]]) -> None:
    for table in dumped.tables:
        if not set(table.columns) <= set(there.get(table.table, ())):
            raise OtherRelease(
                f"folder: {dumped.schema}.{table.table} is not what our migrations made then; "
                "restore with the release that made the backup, then upgrade"
            )


def _files(schema: str) -> list[Path]:
    return [file for folder in folders(schema) for file in sorted(folder.glob("*.sql"))]
