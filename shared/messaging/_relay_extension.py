"""``relay = EventRelay()`` on a service class publishes the service's own log."""

from __future__ import annotations

from typing import Any

from nameko.extensions import DependencyProvider

from shared.logging import of_service
from shared.messaging._opened import MessagingParts, OpenParts
from shared.messaging._relay import Relay, RelayOptions
from shared.messaging._tempo import tempo_from
from shared.messaging._wakeup import Wakeup


class EventRelay(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """Runs the relay beside the service; of several replicas one leads.

    Injects the relay's ``Wakeup``, which nobody needs: the store calls it after each commit.
    """

    opened = OpenParts()

    def __init__(self) -> None:
        self._relay: Relay | None = None
        self._wakeup: Wakeup | None = None
        self._thread: Any = None

    def start(self) -> None:
        parts: MessagingParts = self.opened.parts
        service, dsn = parts.settings.service, parts.settings.dsn
        wakeup = Wakeup(dsn, service)
        parts.store.on_commit(lambda _appended: wakeup.appended())
        self._wakeup = wakeup
        self._relay = Relay(
            RelayOptions(
                service=service,
                dsn=dsn,
                amqp_uri=self.container.config["AMQP_URI"],
                tempo=tempo_from(self.container.config),
            ),
            store=parts.store,
            wakeup=wakeup,
            meters=self.opened.meters,
        )
        run = of_service(service, self._relay.run)
        self._thread = self.container.spawn_managed_thread(run, identifier=repr(self))

    def get_dependency(self, _worker_ctx: Any) -> Wakeup | None:
        return self._wakeup

    def stop(self) -> None:
        if self._relay is not None:
            self._relay.stop()
            self._thread.wait()
        if self._wakeup is not None:
            self._wakeup.close()

    def kill(self) -> None:
        if self._relay is not None:
            self._relay.stop()
