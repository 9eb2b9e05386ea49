"""The metrics page: what this process counted and what the tables say, each with ``service``.

It answers while its database is away or hangs, and before Prometheus gives up (10 s by default):
else nobody would be told that it is the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import structlog
from eventlet import Timeout
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from shared.errors import PermanenceError
from shared.eventstore import EventStore
from shared.postgres import Connection, Pool, connected
from shared.watch.meters import Meters
from shared.watch.stored import log_families, pool_families, subscription_families

_log = structlog.get_logger("watch")

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
OwnFamilies = Callable[[Connection], Iterable[Metric]]

_WAIT_SECONDS = 2.0
_READ_SECONDS = 4.0  # the wait for a connection included


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrape(Collector):
    """One look at a service; ``own`` reads what only this service has."""

    service: str
    meters: Meters
    store: EventStore
    pools: Mapping[str, Pool]
    own: OwnFamilies

    def text(self) -> bytes:
        """The page. Without the database it holds what the process knows, and says so."""
        return generate_latest(self)

    def collect(self) -> Iterator[Metric]:
        """Every family, each sample labelled with the service."""
        for family in self._families():
            family.samples = [
                sample._replace(labels={**sample.labels, "service": self.service})
                for sample in family.samples
            ]
            yield family

    def _families(self) -> Iterator[Metric]:
        yield from self.meters.registry.collect()
        yield from pool_families(self.pools)
        stored = _in_time(self._stored, _READ_SECONDS)
        yield _up("permanence_database_up", "Whether the service's database answers.", stored)
        keyring = _in_time(self._keyring, _WAIT_SECONDS)
        yield _up("permanence_keyring_up", "Whether the keyring's database answers.", keyring)
        yield from stored or ()

    def _stored(self) -> list[Metric]:
        with connected(self.pools["service"], wait_seconds=_WAIT_SECONDS) as connection:
            return [
                *log_families(self.store, connection),
                *subscription_families(connection),
                *self.own(connection),
            ]

    def _keyring(self) -> list[Metric]:
        with connected(self.pools["keyring"], wait_seconds=_WAIT_SECONDS) as connection:
            connection.execute("SELECT")
            return []


def _in_time(read: Callable[[], list[Metric]], seconds: float) -> list[Metric] | None:
    """What is read from a database; None if it does not answer. One that is frozen never would:
    the pool closes the connection on which it was asked."""
    try:
        with Timeout(seconds):
            return read()
    except (Timeout, PermanenceError) as error:
        _log.warning("database_not_read", exc_info=error)
        return None


def _up(name: str, text: str, answer: list[Metric] | None) -> Metric:
    family = GaugeMetricFamily(name, text)
    family.add_metric([], float(answer is not None))
    return family
