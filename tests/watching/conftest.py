"""Real services over the test run's own RabbitMQ and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.eventstore.bootstrap import SERVICES
from tests.support.postgres import Database, services_database
from tests.support.rabbitmq import forget_topology, node, rabbitmq
from tests.watching.served import Desk

__all__ = ["rabbitmq", "services_database"]

_SOURCES = [name for name in SERVICES if name != "desk"]


@pytest.fixture
def desk(services_database: Database) -> Iterator[Desk]:
    uri = node().amqp_uri
    queues = [f"{one}.from.{other}" for one in SERVICES for other in _SOURCES]
    forget_topology(
        uri,
        [*queues, *(f"rpc-{name}" for name in SERVICES)],
        [f"{name}.events" for name in SERVICES],
    )
    desk = Desk(services_database, uri)
    try:
        yield desk
    finally:
        desk.close()
