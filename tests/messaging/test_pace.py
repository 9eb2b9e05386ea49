"""How far apart the batches of a reader are."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from kombu import Connection, Exchange, Queue

from services.host.rabbitmq_node import RabbitMQNode
from shared.messaging._consumer import BATCH_MESSAGES, QueueReader

_QUEUE = Queue("paced", Exchange("paced", type="topic"), routing_key="#")
_PACE_SECONDS = 0.3
_FOR_EVER = 600.0

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


def batches(reader: QueueReader, count: int) -> list[int]:
    """How many messages each batch had, until ``count`` came."""
    found: list[int] = []
    while sum(found) < count:
        messages = reader.batch(60)
        assert messages, "nothing came for a minute"
        reader.acknowledge(messages)
        found.append(len(messages))
    return found


@pytest.mark.parametrize(("pace_seconds", "few"), [(_PACE_SECONDS, True), (0.0, False)])
def test_what_comes_all_the_time_is_handled_in_fewer_batches(
    uri: str, pace_seconds: float, few: bool
) -> None:
    with QueueReader(uri, _QUEUE, pace_seconds=pace_seconds) as reader:
        began = time.monotonic()
        sender = threading.Thread(target=publish, args=(uri, 40), kwargs={"every_seconds": 0.03})
        sender.start()
        found = batches(reader, 40)
        took = time.monotonic() - began
        sender.join()

    assert ((len(found) - 1) * _PACE_SECONDS <= took) is few, (found, took)


def test_what_comes_after_a_silence_is_taken_at_once(uri: str) -> None:
    with QueueReader(uri, _QUEUE, pace_seconds=_FOR_EVER) as reader:
        publish(uri, 1)

        assert len(reader.batch(60)) == 1


def test_a_full_batch_waits_for_nothing(uri: str) -> None:
    with QueueReader(uri, _QUEUE, pace_seconds=_FOR_EVER) as reader:
        publish(uri, 1)
        reader.acknowledge(reader.batch(60))

        publish(uri, BATCH_MESSAGES)

        assert len(reader.batch(60)) == BATCH_MESSAGES
