"""How far apart the batches of a reader are."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from kombu import Connection, Exchange, Queue

from services.host.rabbitmq_node import RabbitMQNode
from shared.messaging._consumer import BATCH_MESSAGES, QueueReader

_QUEUE = Queue("paced", Exchange("paced", type="topic"), routing_key="#")
_PACE_SECONDS = 0.3

pytestmark = pytest.mark.rabbitmq


@pytest.fixture
def uri(rabbitmq: RabbitMQNode) -> Iterator[str]:
    yield rabbitmq.amqp_uri
    with Connection(rabbitmq.amqp_uri) as connection:
        channel = connection.channel()
        channel.queue_delete("paced")
        channel.exchange_delete("paced")


def publish(uri: str, count: int, *, every_seconds: float = 0.0) -> None:
    with Connection(uri) as connection:
        producer = connection.Producer()
        for number in range(count):
            producer.publish(b"%d" % number, exchange=_QUEUE.exchange, routing_key="x")
            time.sleep(every_seconds)


def batches(reader: QueueReader, count: int) -> list[tuple[float, int]]:
    """When each batch came, in seconds, and how many messages it had, until ``count`` came."""
    found: list[tuple[float, int]] = []
    while sum(many for _, many in found) < count:
        messages = reader.batch(5)
        assert messages
        reader.acknowledge(messages)
        found.append((time.monotonic(), len(messages)))
    return found


@pytest.mark.parametrize(("pace_seconds", "few"), [(_PACE_SECONDS, True), (0.0, False)])
def test_what_comes_all_the_time_is_handled_in_fewer_batches(
    uri: str, pace_seconds: float, few: bool
) -> None:
    with QueueReader(uri, _QUEUE, pace_seconds=pace_seconds) as reader:
        sender = threading.Thread(target=publish, args=(uri, 40), kwargs={"every_seconds": 0.03})
        sender.start()
        found = batches(reader, 40)
        sender.join()

    assert (len(found) <= 10) is few
    if few:
        times = [at for at, _ in found]
        apart = [later - at for at, later in pairwise(times)]
        assert min(apart) >= _PACE_SECONDS * 0.95


def test_what_comes_after_a_silence_is_taken_at_once(uri: str) -> None:
    with QueueReader(uri, _QUEUE, pace_seconds=30) as reader:
        publish(uri, 1)
        started = time.monotonic()

        assert len(reader.batch(10)) == 1
        assert time.monotonic() - started < 10


def test_a_full_batch_waits_for_nothing(uri: str) -> None:
    with QueueReader(uri, _QUEUE, pace_seconds=30) as reader:
        publish(uri, 2 * BATCH_MESSAGES)
        started = time.monotonic()

        assert [many for _, many in batches(reader, 2 * BATCH_MESSAGES)][-1] == BATCH_MESSAGES
        assert time.monotonic() - started < 20
