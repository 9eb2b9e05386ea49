"""A backup of all services at one consistent cut, and the signed manifest that describes it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from services.host.dump import SchemaDump, TableDump, Watch, count_rows, digest_of, dump
from services.host.files import filled, written
from shared.errors import Invalid, Refused
from shared.eventstore import Connection
from shared.eventstore.bootstrap import KEYRING
from shared.postgres import own_errors
from shared.seals import SealKey, is_signed, public_key_from
from shared.settings import Environment

FORMAT = "permanence-backup-1"
MANIFEST = "manifest.json"
_LOCK = "LOCK TABLE checkpoints IN SHARE MODE"
_HEADS = """
SELECT DISTINCT ON (partition) partition, "position", digest FROM events
ORDER BY partition, "position" DESC
"""
_INCARNATION = "SELECT incarnation FROM incarnations ORDER BY number DESC LIMIT 1"


class BackupBroken(Refused):
    """A backup that is not as it was written."""

    code = "backup.broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What lies in a backup's folder; ``logs`` has incarnation and heads of each service."""

    made_at: str
    by: str
    why: str
    schemas: Mapping[str, SchemaDump]
    logs: Mapping[str, Mapping[str, Any]]


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

    Without its manifest, which is written last, a folder is no backup. Raises Refused if there is
    something in it already, or it cannot be written; then nothing is left in it.
    """
    key = SealKey.from_base64(env.require("SEAL_KEY"))
    with filled(folder, "folder", given="one for each backup"), _seen(env, services) as seen:
        total = sum(count_rows(connection, name) for name, connection in seen.items())
        tell = _Told(watch, total)
        manifest = Manifest(
            made_at=made_at.isoformat(),
            by=by,
            why=why,
            schemas={
                name: dump(connection, name, folder, tell) for name, connection in seen.items()
            },
            logs={name: _log(one) for name, one in seen.items() if name != KEYRING},
        )
        tell.end()
        _write(folder / MANIFEST, manifest, key)
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


def _write(path: Path, manifest: Manifest, key: SealKey) -> None:
    document = {"format": FORMAT, "public_key": key.public, **asdict(manifest)}
    document["signature"] = key.sign(_canonical(document)).hex()
    with written(path, "folder", mode=0o600) as file:
        json.dump(document, file, indent=1, ensure_ascii=False)


def _canonical(document: Mapping[str, Any]) -> bytes:
    signed = {name: value for name, value in document.items() if name != "signature"}
    return json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_manifest(folder: Path, keys: Iterable[str]) -> Manifest:
    """The manifest, if one of the public ``keys`` signed it and each file is as it was written.

    Raises BackupBroken or Invalid.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise Invalid(f"folder: {folder} has no {MANIFEST}: it is no backup, or an unfinished one")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        signature = bytes.fromhex(document["signature"])
        known = document["format"] == FORMAT
    except (ValueError, KeyError, TypeError):
        raise BackupBroken(f"folder: the manifest of {folder} cannot be read") from None
    if not known:
        raise Invalid(f"folder: {folder} is of another format; use the release that made it")
    content = _canonical(document)
    if not any(is_signed(content, signature, public_key_from(key)) for key in keys):
        raise BackupBroken(
            f"folder: the manifest of {folder} was altered, or signed with a key that is not ours; "
            "PERMANENCE_SEAL_PUBLIC_KEYS names those that may sign"
        )
    manifest = _manifest(document)
    for dumped in manifest.schemas.values():
        for table in dumped.tables:
            file = folder / table.file
            if not file.is_file() or digest_of(file) != table.sha256:
                raise BackupBroken(f"folder: {table.file} is missing or not as it was written")
    return manifest


def _manifest(document: Mapping[str, Any]) -> Manifest:
    schemas = {
        name: SchemaDump(
            schema=name,
            tables=tuple(
                TableDump(**{**table, "columns": tuple(table["columns"])})
                for table in dumped["tables"]
            ),
            sequences=dumped["sequences"],
            migrations=tuple(dumped["migrations"]),
        )
        for name, dumped in document["schemas"].items()
    }
    return Manifest(
        made_at=document["made_at"],
        by=document["by"],
        why=document["why"],
        schemas=schemas,
        logs=document["logs"],
    )
