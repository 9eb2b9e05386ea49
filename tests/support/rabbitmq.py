"""A RabbitMQ node for the tests: one a test run, started at the first use.

Use it from a ``conftest.py``: ``from tests.support.rabbitmq import rabbitmq`` (a fixture).
"""

from __future__ import annotations

import atexit
import os
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from kombu import Connection

from services.host.rabbitmq_node import RabbitMQNode


@cache
def node() -> RabbitMQNode:
    """The test run's node; stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="permanence-rabbitmq-"))
    started = RabbitMQNode(folder, f"tests{os.getpid()}")
    atexit.register(started.remove)
    started.start()
    return started


def forget_topology(amqp_uri: str, queues: Iterable[str], exchanges: Iterable[str]) -> None:
    """Delete queues and exchanges, so that the next test finds none of the last one's messages."""
    with Connection(amqp_uri) as connection:
        channel = connection.channel()
        for queue in queues:
            channel.queue_delete(queue)
        for exchange in exchanges:
            channel.exchange_delete(exchange)


@pytest.fixture(scope="session")
def rabbitmq() -> RabbitMQNode:
    """The node itself, for tests that do something to it."""
    return node()
