"""A backup of all services at one consistent cut."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from services.host.dump import Watch, count_rows, dump
from services.host.files import filled
from services.host.manifest import Manifest, write_manifest
from shared.eventstore import Connection
from shared.eventstore.bootstrap import KEYRING
from shared.failpoints import failpoint
from shared.postgres import own_errors
from shared.seals import SealKey
from shared.settings import Environment

_LOCK = "LOCK TABLE checkpoints IN SHARE MODE"
_HEADS = """
SELECT DISTINCT ON (partition) partition, "position", digest FROM events
ORDER BY partition, "position" DESC
"""
_INCARNATION = "SELECT incarnation FROM incarnations ORDER BY number DESC LIMIT 1"


@contextmanager
def owner(env: Environment, schema: str) -> Iterator[Connection]:
    """A connection as the role that owns ``schema``, inside one transaction."""
    dsn = env.require(f"{schema.upper()}_OWNER_DSN")
    options = f"-c search_path={schema},pg_temp -c lock_timeout=10000"
    with own_errors(), psycopg.connect(dsn, options=options) as connection:
        yield connection


@contextmanager
def one_cut(env: Environment, services: Sequence[str]) -> Iterator[Mapping[str, Connection]]:
    """Connections that see all services at one consistent cut, wherever their databases lie.

    While the consumers' checkpoints are held still, a snapshot of each database is taken: so no
    checkpoint lies beyond its source's log. Appends go on; consumers wait for some milliseconds.
    """
    with ExitStack() as stack:
        seen = {name: stack.enter_context(owner(env, name)) for name in services}
        with ExitStack() as held:
            for name in services:
                held.enter_context(owner(env, name)).execute(_LOCK)
            for connection in seen.values():
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                connection.execute("SELECT 1")  # the snapshot is taken now
        yield seen


def back_up(
    env: Environment,
    services: Sequence[str],
    folder: Path,
    *,
    by: str,
    why: str,
    made_at: datetime,
    watch: Callable[[int, int], None] = lambda _done, _total: None,
) -> Manifest:
    """Write a backup of ``services`` (``[KEYRING]`` for the keyring alone) into a new folder.

    The folder takes its place once it is whole. Raises Refused if there is something in it already,
    or it cannot be written; then nothing is left of it.
    """
    key = SealKey.from_base64(env.require("SEAL_KEY"))
    with (
        filled(folder, "folder", given="one for each backup") as aside,
        _seen(env, services) as seen,
    ):
        total = sum(count_rows(connection, name) for name, connection in seen.items())
        tell = _Told(watch, total)
        manifest = Manifest(
            made_at=made_at.isoformat(),
            by=by,
            why=why,
            schemas={
                name: dump(connection, name, aside, tell) for name, connection in seen.items()
            },
            logs={name: _log(one) for name, one in seen.items() if name != KEYRING},
        )
        tell.end()
        failpoint("backup.before_manifest")
        write_manifest(aside, manifest, key)
        failpoint("backup.before_place")
    return manifest


@contextmanager
def _seen(env: Environment, services: Sequence[str]) -> Iterator[Mapping[str, Connection]]:
    if KEYRING not in services:
        with one_cut(env, services) as seen:
            yield seen
        return
    with owner(env, KEYRING) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield {KEYRING: connection}


class _Told:
    """Adds up rows and passes the sum on, some times a second."""

    def __init__(self, watch: Callable[[int, int], None], total: int) -> None:
        self._watch, self._total = watch, total
        self._done, self._last = 0, 0.0

    def __call__(self, rows: int) -> None:
        self._done += rows
        if time.monotonic() - self._last > 0.2:
            self.end()

    def end(self) -> None:
        self._last = time.monotonic()
        self._watch(self._done, self._total)


def counting(watch: Callable[[int, int], None], total: int) -> Watch:
    """Turns rows read one after the other into a progress."""
    return _Told(watch, total)


def _log(connection: Connection) -> dict[str, Any]:
    heads = connection.execute(_HEADS).fetchall()
    row = connection.execute(_INCARNATION).fetchone()
    return {
        "incarnation": str(row[0]) if row else None,
        "heads": {str(partition): [at, digest.hex()] for partition, at, digest in heads},
    }
