"""What every service opens at its start and closes at its end: log, keyring, clock, codec.

A service class says how with ``open_parts = staticmethod(wiring.open_parts)``; the messaging
extensions and the dependency ``Parts`` all share the one instance of its container.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nameko.extensions import DependencyProvider

from shared import messaging, projections
from shared.clock import Clock
from shared.contracts.codec import Codec
from shared.eventstore import EVENT_STORE, EventStore, Pool, Streams, migrate, open_pool
from shared.eventstore.bootstrap import KEYRING
from shared.privacy import MIGRATIONS as KEYRING_MIGRATIONS
from shared.privacy import Keyring
from shared.projections import ReadModel
from shared.settings import Settings


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
    applied in the append's transaction. Raises BadSetting or Unavailable with the remedy.
    """
    if settings.owner_dsn:
        folders = [EVENT_STORE, messaging.MIGRATIONS, projections.MIGRATIONS, *migrations]
        migrate(settings.owner_dsn, settings.service, folders)
    if settings.keyring_owner_dsn:
        migrate(settings.keyring_owner_dsn, KEYRING, [KEYRING_MIGRATIONS])
    keyring_pool = open_pool(settings.keyring_dsn, schema=KEYRING)
    keyring = Keyring.open(keyring_pool, settings.master_key)
    pool = open_pool(settings.dsn, schema=settings.service)
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
            projections=[m.apply for m in read_models if m.source == settings.service],
        ),
        codec=codec,
        extra=dict(extra or {}),
    )


class Parts(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """Injects the container's ``ServiceParts``."""

    opened = messaging.OpenParts()

    def get_dependency(self, worker_ctx: Any) -> ServiceParts:
        parts: ServiceParts = self.opened.parts
        return parts
