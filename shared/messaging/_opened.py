"""What the extensions of one container share: the open parts of its service, and its meters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from nameko.extensions import SharedExtension

from shared.eventstore import EventStore, Pool, Streams
from shared.messaging._delivered import Decoder
from shared.privacy import Keyring
from shared.watch.meters import Meters


class PartsSettings(Protocol):
    """The settings that messaging reads."""

    @property
    def service(self) -> str: ...
    @property
    def dsn(self) -> str: ...


class Kept(Protocol):
    """A read model: the tables that are kept from one source; ``ReadModel`` is one."""

    @property
    def source(self) -> str: ...
    @property
    def tables(self) -> Sequence[str]: ...


class MessagingParts(Protocol):
    """What messaging needs of a service; ``shared.service.ServiceParts`` is one."""

    @property
    def settings(self) -> PartsSettings: ...
    @property
    def pool(self) -> Pool: ...
    @property
    def keyring(self) -> Keyring: ...
    @property
    def store(self) -> EventStore: ...
    @property
    def streams(self) -> Streams: ...
    @property
    def codec(self) -> Decoder: ...
    @property
    def read_models(self) -> Sequence[Kept]: ...
    def close(self) -> None: ...


class OpenParts(SharedExtension):  # type: ignore[misc]  # nameko is untyped
    """One set of parts a container: what ``open_parts(config)`` of the service class returns.

    Opened before any extension starts, closed after all have stopped.
    """

    parts: Any = None
    meters: Any = None

    def setup(self) -> None:
        self.meters = meters = Meters()
        self.parts = self.container.service_cls.open_parts(self.container.config)
        self.parts.store.on_commit(lambda appended: meters.appended.inc(len(appended)))

    def stop(self) -> None:
        self._close()

    def kill(self) -> None:
        self._close()

    def _close(self) -> None:
        parts, self.parts = self.parts, None
        if parts is not None:
            parts.close()
