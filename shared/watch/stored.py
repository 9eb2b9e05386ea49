"""What the tables of a service say, as metrics: the same from each of its replicas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from shared.eventstore import PARTITIONS, EventStore, Position
from shared.postgres import Connection, Pool
from shared.seals import overdue_since

STATES = ("running", "paused", "stopped")

_RELAY = "SELECT partition, position FROM relay_checkpoints"
_LEASE = "SELECT extract(epoch FROM clock_timestamp() - max(renewed_at)) FROM relay_leases"
_SUBSCRIPTIONS = """
    SELECT source, state, parked_count, refused_count FROM subscriptions ORDER BY source
"""
_LAGS = """
    SELECT source, partition, events,
        coalesce(extract(epoch FROM clock_timestamp() - oldest_at), 0),
        extract(epoch FROM clock_timestamp() - measured_at)
    FROM source_lags ORDER BY source, partition
"""


def log_families(store: EventStore, connection: Connection) -> Iterator[Metric]:
    """The log's heads and how far the relay is behind them; nothing for a log without events."""
    heads = store.heads(connection)
    if not heads:
        return
    published = dict.fromkeys(range(PARTITIONS), Position(0))
    published.update(connection.execute(_RELAY).fetchall())
    behind = store.behind(published, connection)
    yield _gauge(
        "permanence_log_position",
        "The position of the last event of a partition; positions have holes.",
        ["partition"],
        {(partition,): head.position for partition, head in heads.items()},
    )
    yield _gauge(
        "permanence_relay_lag_events",
        "Events not published yet, counted up to 100,000.",
        ["partition"],
        {(partition,): lag.events for partition, lag in behind.items()},
    )
    yield _gauge(
        "permanence_relay_lag_seconds",
        "The age of the oldest event not published yet; 0 if there is none.",
        ["partition"],
        {(partition,): lag.oldest_age_seconds for partition, lag in behind.items()},
    )
    unsealed = overdue_since(connection)
    yield _gauge(
        "permanence_seal_overdue_seconds",
        "For how long a seal of the log is missing; 0 if there is one of these days.",
        [],
        {(): (datetime.now(UTC) - unsealed).total_seconds() if unsealed else 0.0},
    )
    [lease] = connection.execute(_LEASE).fetchone() or [None]
    if lease is not None:
        yield _gauge(
            "permanence_relay_lease_age_seconds",
            "Since when no relay has shown itself at work.",
            [],
            {(): float(lease)},
        )


def subscription_families(connection: Connection) -> Iterator[Metric]:
    """What became of the events of each source."""
    rows = connection.execute(_SUBSCRIPTIONS).fetchall()
    yield _gauge(
        "permanence_subscription_state",
        "1 for the state that the subscription is in, 0 for the others.",
        ["source", "state"],
        {(row[0], state): float(row[1] == state) for row in rows for state in STATES},
    )
    yield _gauge(
        "permanence_parked_events",
        "Events set aside because they, or one before them in their stream, failed.",
        ["source"],
        {(row[0],): row[2] for row in rows},
    )
    refused = CounterMetricFamily(
        "permanence_refused_messages",
        "Messages that could not be the source's: forged, misdirected, of another form.",
        labels=["source"],
    )
    for row in rows:
        refused.add_metric([row[0]], row[3])
    yield refused
    lags = connection.execute(_LAGS).fetchall()
    yield _gauge(
        "permanence_consumer_lag_events",
        "Events of the source not handled yet, by the source's own count up to 100,000.",
        ["source", "partition"],
        {(row[0], row[1]): row[2] for row in lags},
    )
    yield _gauge(
        "permanence_consumer_lag_seconds",
        "The age of the oldest event not handled yet; 0 if there is none.",
        ["source", "partition"],
        {(row[0], row[1]): row[3] for row in lags},
    )
    yield _gauge(
        "permanence_consumer_lag_unmeasured_seconds",
        "Since when the source was not asked with success: the two lags above are as old.",
        ["source"],
        {(row[0],): row[4] for row in lags},
    )


def pool_families(pools: Mapping[str, Pool]) -> Iterator[Metric]:
    """Connections of this process, and who waits for one."""
    found = {name: pool.get_stats() for name, pool in pools.items()}
    waited = CounterMetricFamily(
        "permanence_pool_wait_seconds", "Time spent waiting for a connection.", labels=["pool"]
    )
    failed = CounterMetricFamily(
        "permanence_pool_wait_failures", "Waits for a connection given up.", labels=["pool"]
    )
    for name, stats in found.items():
        waited.add_metric([name], stats.get("requests_wait_ms", 0) / 1000)
        failed.add_metric([name], stats.get("requests_errors", 0))
    yield waited
    yield failed
    texts = {
        "waiting": ("requests_waiting", "Who waits for a connection now."),
        "connections": ("pool_size", "Connections open now."),
        "available": ("pool_available", "Connections open and idle now."),
    }
    for name, (key, text) in texts.items():
        values = {(pool,): stats.get(key, 0) for pool, stats in found.items()}
        yield _gauge(f"permanence_pool_{name}", text, ["pool"], values)


def _gauge(
    name: str, text: str, labels: list[str], values: Mapping[tuple[Any, ...], float]
) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric([str(part) for part in key], float(value))
    return family


def gauge(
    name: str, text: str, label: str, values: Iterable[tuple[str, float]]
) -> GaugeMetricFamily:
    """A service's own gauge with one label, whose values are few and name nobody."""
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values:
        family.add_metric([key], value)
    return family
