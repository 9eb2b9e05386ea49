"""What every service opens at its start and closes at its end: log, keyring, clock, codec.

A service class says how with ``open_parts = staticmethod(wiring.open_parts)``; the messaging
extensions and the dependency ``Parts`` all share the one instance of its container.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from nameko.extensions import DependencyProvider
from nameko.rpc import Rpc
from nameko.web.handlers import HttpRequestHandler

from shared import messaging, projections, tracing
from shared.clock import Clock
from shared.contracts.codec import Codec
from shared.errors import PermanenceError
from shared.eventstore import (
    EVENT_STORE,
    EventStore,
    Pool,
    Streams,
    migrate,
    open_pool,
    refuse_unfinished,
)
from shared.eventstore.bootstrap import KEYRING
from shared.logging import bind
from shared.naming import hold_erasures
from shared.postgres import connected
from shared.privacy import MIGRATIONS as KEYRING_MIGRATIONS
from shared.privacy import ErasedList, Keyring
from shared.projections import ReadModel
from shared.settings import Environment, Settings, master_key
from shared.sweeping import sweep_erased
from shared.tracing import TRACEPARENT, Span, SpanKind

# Longer than anything that a service does in one transaction, but for what says otherwise: whoever
# is frozen in the middle holds others up for so long.
TRANSACTION_SECONDS = 120.0

# Not there before the first start.
_MAY_BE_MARKED = "SELECT to_regclass('unfinished_restore') IS NOT NULL"

# The migrations that each service's own come after.
FOUNDATIONS = (EVENT_STORE, messaging.MIGRATIONS, projections.MIGRATIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceParts:
    """The open resources of one service; ``extra`` holds what its wiring adds."""

    settings: Settings
    clock: Clock
    pool: Pool
    keyring_pool: Pool
    keyring: Keyring
    store: EventStore
    streams: Streams
    codec: Codec
    read_models: Sequence[ReadModel]
    extra: Mapping[str, Any]

    def close(self) -> None:
        """Give the connections back."""
        self.pool.close()
        self.keyring_pool.close()


def open_service(
    settings: Settings,
    *,
    codec: Codec,
    read_models: Sequence[ReadModel] = (),
    migrations: Iterable[Path] = (),
    clock: Clock | None = None,
    extra: Mapping[str, Any] | None = None,
) -> ServiceParts:
    """Bring the schema up to date, then open the log, the keyring and the typed streams.

    ``migrations`` are the service's own folders of numbered SQL files; the store's and the
    messaging's come first. Of ``read_models``, those that read the service's own events are
    applied in the append's transaction. Whoever a restore brought back is erased anew, and the
    tables that named them written anew, before anything is shown. Raises BadSetting, Unavailable,
    RestoreUnfinished or ErasedListBroken with the remedy.
    """
    if settings.owner_dsn:
        migrate(settings.owner_dsn, settings.service, [*FOUNDATIONS, *migrations])
    if settings.keyring_owner_dsn:
        migrate(settings.keyring_owner_dsn, KEYRING, [KEYRING_MIGRATIONS])
    keyring_pool = open_pool(settings.keyring_dsn, schema=KEYRING)
    keyring = Keyring.open(keyring_pool, settings.master_key)
    pool = open_pool(settings.dsn, schema=settings.service, transaction_seconds=TRANSACTION_SECONDS)
    try:
        with connected(pool) as connection:
            refuse_unfinished(connection, settings.service)
        listed = ErasedList(settings.environment.get("ERASED_LIST"))
        touched = hold_erasures(listed, keyring, pool, settings.service)
        owners = {settings.service: settings.owner_dsn, KEYRING: settings.keyring_owner_dsn}
        sweep_erased(touched, owners)
    except PermanenceError:
        pool.close()
        keyring_pool.close()
        raise
    store = EventStore(pool, schema=settings.service, keyring=keyring)
    used_clock = clock or settings.clock
    return ServiceParts(
        settings=settings,
        clock=used_clock,
        pool=pool,
        keyring_pool=keyring_pool,
        keyring=keyring,
        store=store,
        streams=Streams(
            store,
            codec,
            used_clock,
            projections=[m.apply_all for m in read_models if m.source == settings.service],
        ),
        codec=codec,
        read_models=tuple(read_models),
        extra=dict(extra or {}),
    )


# Asked all the time, by machines.
_UNTRACED = frozenset(
    {"health_live", "health_ready", "metrics", "read_log", "log_heads", "log_lag", "reached"}
)


def refuse_wrong_master(env: Environment) -> None:
    """Open the keyring once, before any service starts, so that a wrong key is one clear line.

    Raises MasterKeyInvalid, MasterKeyWrong or MasterKeyHalf.
    """
    if owner_dsn := env.get("KEYRING_OWNER_DSN"):
        migrate(owner_dsn, KEYRING, [KEYRING_MIGRATIONS])
    pool = open_pool(env.require("KEYRING_DSN"), schema=KEYRING)
    try:
        Keyring.open(pool, master_key(env))
    finally:
        pool.close()


def refuse_half_restored(env: Environment, services: Iterable[str]) -> None:
    """Look before any of ``services`` starts, so that the half of a restore is one clear line.

    Raises RestoreUnfinished.
    """
    for service in services:
        pool = open_pool(env.require(f"{service.upper()}_DSN"), schema=service)
        try:
            with connected(pool) as connection:
                if connection.execute(_MAY_BE_MARKED).fetchone() == (True,):
                    refuse_unfinished(connection, service)
        finally:
            pool.close()


class Parts(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """Injects the container's ``ServiceParts``; its workers' lines and spans say whose they are."""

    opened = messaging.OpenParts()

    def __init__(self) -> None:
        self._spans: WeakKeyDictionary[Any, Span | None] = WeakKeyDictionary()

    def get_dependency(self, worker_ctx: Any) -> ServiceParts:
        parts: ServiceParts = self.opened.parts
        return parts

    def worker_setup(self, worker_ctx: Any) -> None:
        """Runs in the worker's own green thread, before the method."""
        method, service = worker_ctx.entrypoint.method_name, worker_ctx.service_name
        bind(service=service, method=method, **_ids(worker_ctx.kwargs))
        called = isinstance(worker_ctx.entrypoint, Rpc | HttpRequestHandler)
        if called and method not in _UNTRACED:
            parent = worker_ctx.data.get(TRACEPARENT)
            name = f"{service}.{method}"
            span = tracing.begun(service, name, kind=SpanKind.SERVER, parent=parent)
            self._spans[worker_ctx] = span
            if span is not None:
                tracing.enter(span)

    def worker_result(self, worker_ctx: Any, result: object = None, exc_info: Any = None) -> None:
        """Runs after the method, whether it returned or raised."""
        tracing.end(self._spans.pop(worker_ctx, None), exc_info[1] if exc_info else None)

    def stop(self) -> None:
        tracing.flush()


def _ids(arguments: Mapping[str, Any]) -> dict[str, str]:
    """The ids among a call's arguments: they name nobody. A request is its own correlation."""
    found = {}
    for argument, field in (("command_id", "command_id"), ("request_id", "correlation_id")):
        with suppress(TypeError, ValueError, AttributeError):
            found[field] = str(UUID(arguments[argument])) if argument in arguments else ""
    return {field: value for field, value in found.items() if value}
