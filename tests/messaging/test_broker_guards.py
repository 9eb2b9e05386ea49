"""F18, F31, F38, F39: what guards a connection to a real broker, and what happens without it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from kombu import Connection

from shared.messaging import NotPublished, _broker, _consumer
from shared.messaging._broker import BatchPublisher, Outgoing
from shared.messaging._consumer import PREFETCH, BrokerLost, QueueDiffers, QueueReader
from shared.messaging._topology import events_exchange, subscription_queue
from tests.support.guards import Never
from tests.support.proxy import Proxy, Way
from tests.support.rabbitmq import node
from tests.support.waiting import wait_until

pytestmark = pytest.mark.rabbitmq

EXCHANGE = events_exchange("guarded")
ONE, OTHER = (subscription_queue(name, "guarded") for name in ("one", "other"))


@pytest.fixture
def channel() -> Iterator[Any]:
    """Of the test's node, with two queues that get all that is published."""
    with Connection(node().amqp_uri) as connection:
        channel = connection.channel()
        for queue in (ONE, OTHER):
            queue(channel).declare()
        yield channel
        for queue in (ONE, OTHER):
            channel.queue_delete(queue.name)
        channel.exchange_delete(EXCHANGE.name)


def waiting(channel: Any) -> int:
    """How many messages the broker still keeps from its reader."""
    return int(channel.queue_declare(ONE.name, passive=True).message_count)


def readers(channel: Any, queue: str) -> int:
    """How many read a queue, as far as the broker knows."""
    return int(channel.queue_declare(queue, passive=True).consumer_count)


def publish(count: int) -> None:
    with closing(BatchPublisher(node().amqp_uri, EXCHANGE)) as publisher:
        publisher.publish([Outgoing("0", b"{}")] * count)


def publish_to_a_broker_that_reads_no_more(channel: Any) -> None:
    """As one does that is short of memory: the connection stays open."""
    with Proxy(node().port) as proxy:
        uri = node().amqp_uri.replace(f":{node().port}", f":{proxy.port}")
        with closing(BatchPublisher(uri, EXCHANGE, timeout_seconds=3)) as publisher:
            publisher.publish([Outgoing("0", b"{}")])
            wait_until(lambda: waiting(channel) == 1)
            proxy.hold(Way.TO_SERVER)
            publisher.publish([Outgoing("0", b"{}")] * 5)


def test_f18_a_broker_that_reads_no_more_is_told_of_in_time(channel: Any) -> None:
    with pytest.raises(NotPublished, match="5 messages unconfirmed in time"):
        publish_to_a_broker_that_reads_no_more(channel)


def test_f18_without_waiting_for_confirms_what_never_arrived_passes_for_published(
    channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the test above can fail."""
    monkeypatch.setattr(BatchPublisher, "_wait_for_confirms", lambda _publisher: None)

    publish_to_a_broker_that_reads_no_more(channel)

    wait_until(lambda: waiting(channel) == 1)


def test_f31_without_heartbeats_beside_the_handler_the_broker_hangs_up(
    channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (_broker, _consumer):
        monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 1)
    publish(1)

    with QueueReader(node().amqp_uri, ONE) as beating:
        monkeypatch.setattr(QueueReader, "_beat", lambda _reader: None)
        with QueueReader(node().amqp_uri, OTHER) as silent:
            handled_by_one, handled_by_other = beating.batch(60), silent.batch(60)
            wait_until(lambda: readers(channel, OTHER.name) == 0, 10)  # both handle for so long

            assert len(handled_by_one) == len(handled_by_other) == 1
            assert readers(channel, ONE.name) == 1
            beating.acknowledge(handled_by_one)
            with pytest.raises(BrokerLost):
                silent.batch(0.1)


def test_f38_a_slow_reader_is_handed_no_more_than_it_can_bear(channel: Any) -> None:
    publish(PREFETCH + 300)

    with QueueReader(node().amqp_uri, ONE) as reader:
        assert reader.batch(60)
        wait_until(lambda: waiting(channel) == 300)


def test_f38_without_a_limit_it_is_handed_all_at_once(
    channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the test above can fail."""
    monkeypatch.setattr(_consumer, "PREFETCH", 0)
    publish(PREFETCH + 300)

    with QueueReader(node().amqp_uri, ONE) as reader:
        assert reader.batch(60)
        wait_until(lambda: waiting(channel) == 0)


def test_f39_without_telling_it_apart_a_queue_of_another_release_is_connected_to_for_ever(
    channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri, changed = node().amqp_uri, subscription_queue("one", "guarded")
    changed.queue_arguments["x-max-length"] = 5
    with (
        pytest.raises(QueueDiffers, match="other arguments"),
        QueueReader(uri, changed),
    ):
        pass

    monkeypatch.setattr(_consumer, "PreconditionFailed", Never)

    with pytest.raises(BrokerLost, match="connecting anew"), QueueReader(uri, changed):
        pass
