"""How far a service is behind its sources: each is asked every few seconds, and the answer kept.

A consumer alone cannot tell: positions have holes, and the queue does not show how old its first
event is. The answer lies in a table, so that every replica tells the same and the age of the
oldest event goes on growing while the source does not answer.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import structlog
from nameko.extensions import SharedExtension

from shared.errors import Invalid, PermanenceError
from shared.logging import of_service
from shared.messaging._opened import OpenParts
from shared.messaging._rpc import RpcClient
from shared.messaging._source import Calling
from shared.messaging._tables import SubscriptionTables
from shared.messaging._tempo import tempo_from
from shared.postgres import Pool, connected

_log = structlog.get_logger("messaging.subscription")

TIMEOUT_SECONDS = 2.0
_KEEP = """
    INSERT INTO source_lags AS kept (source, partition, events, oldest_at, measured_at)
    SELECT %(source)s, told.*, clock_timestamp() FROM unnest(
        %(partitions)s::smallint[], %(events)s::bigint[], %(oldest)s::timestamptz[]) AS told
    ON CONFLICT (source, partition) DO UPDATE
    SET events = excluded.events, oldest_at = excluded.oldest_at,
        measured_at = excluded.measured_at
"""


class LagWatch(SharedExtension):  # type: ignore[misc]  # nameko is untyped
    """One watch a container, over all sources that its subscriptions ``add``."""

    opened = OpenParts()

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._sources: set[str] = set()

    def add(self, source: str) -> None:
        """Watch this source too."""
        self._sources.add(source)

    def start(self) -> None:
        run = of_service(self.container.service_name, self._run)
        self.container.spawn_managed_thread(run, identifier=repr(self))

    def stop(self) -> None:
        self._stopped.set()

    def kill(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        pool = self.opened.parts.pool
        rpc = RpcClient(self.container.config["AMQP_URI"])
        pause = tempo_from(self.container.config).lag_seconds
        try:
            while not self._stopped.is_set():
                for source in sorted(self._sources):
                    self._ask(pool, source, rpc)
                self._stopped.wait(pause)
        finally:
            rpc.close()

    def _ask(self, pool: Pool, source: str, rpc: Calling) -> None:
        try:
            measure(pool, source, rpc)
        except PermanenceError as error:
            _log.debug("lag_not_measured", source=source, exc_info=error)


def measure(pool: Pool, source: str, rpc: Calling) -> None:
    """Ask ``source`` what follows our checkpoints and keep the answer; raises Unavailable."""
    tables = SubscriptionTables(pool, source)
    tables.ensure()
    after = {str(part): at.place.position for part, at in tables.checkpoints().items()}
    told = rpc.call(source, "log_lag", {"after": after}, timeout_seconds=TIMEOUT_SECONDS)
    with connected(pool) as connection:
        connection.execute(_KEEP, {"source": source, **_columns(source, told)})


def _columns(source: str, told: Any) -> dict[str, Any]:
    try:
        return {
            "partitions": [int(partition) for partition in told],
            "events": [int(events) for events, _ in told.values()],
            "oldest": [at and datetime.fromisoformat(at) for _, at in told.values()],
        }
    except (TypeError, ValueError, AttributeError):
        raise Invalid(f"log_lag: {source} gave an answer of another form") from None
