"""What one service counts in this process: one registry a service, never the global one.

In the embedded mode several services share a process, and each answers for itself alone. What
several replicas know alike (lags, parked events) is read from the tables by ``stored``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.process_collector import ProcessCollector

disable_created_metrics()  # type: ignore[no-untyped-call]  # of the library

_HANDLED_BUCKETS = (1, 2, 5, 10, 20, 50, 100, 200)
_PUBLISHED_BUCKETS = (1, 2, 5, 10, 50, 100, 250, 500)


@dataclass(slots=True)
class Publishing:
    """The relay of this process: whether it leads, and since when and why publishing fails."""

    leads: bool = False
    failing_since: datetime | None = None
    reason: str | None = None


class Meters:
    """The counters of one service; labels are other services' names and no more."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.publishing = Publishing()
        ProcessCollector(registry=self.registry)
        self.appended = Counter(
            "permanence_appended_events",
            "Events that this process appended to the log.",
            registry=self.registry,
        )
        self.handled_batches = Histogram(
            "permanence_handled_batch_events",
            "Events in each batch that went through, by source.",
            ["source"],
            buckets=_HANDLED_BUCKETS,
            registry=self.registry,
        )
        self.batch_retries = Counter(
            "permanence_batch_retries",
            "Batches tried again because of what may pass (database, lost race), by source.",
            ["source"],
            registry=self.registry,
        )
        self.event_failures = Counter(
            "permanence_event_failures",
            "Attempts at single events that failed, by source.",
            ["source"],
            registry=self.registry,
        )
        self.published_batches = Histogram(
            "permanence_published_batch_events",
            "Events in each batch that the broker confirmed.",
            buckets=_PUBLISHED_BUCKETS,
            registry=self.registry,
        )
        self.publish_failures = Counter(
            "permanence_publish_failures",
            "Batches that the broker did not take; each is sent again.",
            registry=self.registry,
        )
        self.hub_held = Gauge(
            "permanence_hub_held_seconds",
            "The longest time within the last minute in which nothing else could run.",
            registry=self.registry,
        )
        self.oldest_call = Gauge(
            "permanence_oldest_call_seconds",
            "How long the oldest call without an answer has been in work; 0 without any.",
            registry=self.registry,
        )
        leads = Gauge(
            "permanence_relay_leads",
            "1 in the replica whose relay publishes, 0 in the others.",
            registry=self.registry,
        )
        leads.set_function(lambda: float(self.publishing.leads))
