"""Sealing logs: now, every day, and since when a seal is missing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg
import structlog

from services.cli.actions import Action, recorded
from services.cli.logs import open_logs
from shared.clock import today
from shared.errors import PermanenceError
from shared.eventstore import EventStore, Position
from shared.postgres import own_errors
from shared.seals import (
    Seal,
    SealBroken,
    SealKey,
    digests,
    keep,
    kept,
    last_kept,
    overdue_since,
    take,
    unlike,
)
from shared.settings import Environment, clock_from

_log = structlog.get_logger("seals")
_LOOK_SECONDS = 300.0
Line = dict[str, Any]


def next_seals(env: Environment, stores: Mapping[str, EventStore]) -> list[Line]:
    """The seals that would be made now; a row a service."""
    return [_row(_next(name, store, env), made=False) for name, store in stores.items()]


def seal_logs(
    env: Environment, stores: Mapping[str, EventStore], *, by: str, why: str
) -> list[Line]:
    """Sign and keep what the logs hold now; a row a service.

    Raises SealBroken for a log that does not verify; the seals of those before it stay.
    """
    key = SealKey.from_base64(env.require("SEAL_KEY"))
    details = {"services": ", ".join(stores)}
    with recorded(env, Action.SEAL, by=by, why=why, details=details) as result:
        rows = [_make(name, store, env, key) for name, store in stores.items()]
        result["public_key"] = key.public
        result["seals"] = {row["service"]: row["number"] for row in rows}
    return rows


def seal_daily(env: Environment, *, by: str, why: str, stopped: threading.Event) -> None:
    """Seal each log once a day, soon after midnight in Paris, until ``stopped``.

    What fails is logged, keeps no other log from being sealed, and is tried again in minutes.
    """
    while True:
        try:
            _seal_what_is_due(env, by=by, why=why)
        except PermanenceError as error:  # the database is away, or not made yet
            _log.warning("seal_failed", code=error.code, exc_info=error)
        if stopped.wait(_LOOK_SECONDS):
            return


def overdue(stores: Mapping[str, EventStore]) -> dict[str, datetime]:
    """Since when the logs that were not sealed lately should have been."""
    found = {}
    for name, store in stores.items():
        with store.transaction() as connection:
            since = overdue_since(connection)
        if since is not None:
            found[name] = since
    return found


def _seal_what_is_due(env: Environment, *, by: str, why: str) -> None:
    day = today(clock_from(env)).isoformat()
    with open_logs(env) as stores:
        for name, store in stores.items():
            try:
                last = _last(store)
                if last is None or last.day < day:
                    [made] = seal_logs(env, {name: store}, by=by, why=why)
                    _log.info("log_sealed", source=name, event_count=made["events"])
            except PermanenceError as error:
                _log.error("seal_failed", source=name, code=error.code, exc_info=error)


def _make(name: str, store: EventStore, env: Environment, key: SealKey) -> Line:
    made = _next(name, store, env)
    last = _last(store)
    for problem in _problems(store):  # what was sealed before may be broken since
        raise SealBroken(
            f"{name}: {problem}; what does not verify is not signed: run `permanence verify`"
        )
    if last and last.day == made.day and last.partitions == made.partitions:
        return _row(last, made=False)
    signed = made.signed(key)
    options = f"-c search_path={name},pg_temp"
    with (
        own_errors(),
        psycopg.connect(env.require(f"{name.upper()}_OWNER_DSN"), options=options) as connection,
    ):
        keep(connection, signed)
    return _row(signed, made=True)


def _problems(store: EventStore) -> Iterator[str]:
    """What keeps the log from being signed: it does not verify, or is unlike its seals."""
    report = store.verify()
    for fault in report.faults:
        yield f"{fault.stream} version {fault.version}: {fault.kind.value}"
    for position in report.lost_commands:
        yield lost(position)
    with store.transaction() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        read = partial(digests, connection)
        yield from unlike(kept(connection), read)


def lost(position: Position) -> str:
    """The fault of an event that a command wrote and that is not there."""
    return f"position {position}: a command wrote it, it is gone"


def _next(name: str, store: EventStore, env: Environment) -> Seal:
    clock = clock_from(env)
    with store.transaction() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return take(
            connection,
            service=name,
            incarnation=store.incarnation(connection),
            before=last_kept(connection),
            day=today(clock),
            sealed_at=clock.now().astimezone(UTC).replace(microsecond=0),
        )


def _last(store: EventStore) -> Seal | None:
    with store.transaction() as connection:
        return last_kept(connection)


def _row(one: Seal, *, made: bool) -> Line:
    return {
        "service": one.service,
        "number": one.number,
        "day": one.day,
        "sealed_at": one.sealed_at,
        "events": sum(part.events for part in one.partitions),
        "digest": one.digest(),
        "made": made,
    }
