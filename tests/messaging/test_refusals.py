"""F16 to F18, F22: what the broker does not take stays in the log and is sent again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from kombu import Connection

from shared.messaging import NotPublished
from shared.messaging._broker import BatchPublisher, Outgoing
from shared.messaging._topology import events_exchange, subscription_queue
from tests.messaging.conftest import System
from tests.support.rabbitmq import node

BATCH = [Outgoing("0", b"{}")] * 5


@pytest.fixture
def channel() -> Iterator[Any]:
    """Of the test's node, with an exchange for ``BatchPublisher`` that nothing is bound to."""
    exchange = events_exchange("guarded")
    with Connection(node().amqp_uri) as connection:
        channel = connection.channel()
        exchange(channel).declare()
        yield channel
        channel.exchange_delete(exchange.name)


def publish() -> None:
    with closing(BatchPublisher(node().amqp_uri, events_exchange("guarded"))) as publisher:
        publisher.publish(BATCH)


def is_refused(source: str) -> bool:
    """Whether the broker takes nothing more: it learns only by and by that a queue is full."""
    with closing(BatchPublisher(node().amqp_uri, events_exchange(source))) as publisher:
        try:
            publisher.publish([Outgoing("0", b"{}")])
        except NotPublished as error:
            return "refused" in error.reason
    return False


def alarms(system: System, event: str) -> list[str]:
    return [
        entry.get("reason", "")
        for child in system.children
        for entry in child.log()
        if entry["event"] == event
    ]


def test_f16_a_nack_leaves_the_checkpoint_before_the_batch(brokered: System) -> None:
    with Connection(brokered.amqp_uri) as connection:
        subscription_queue("routing", "intake")(connection.channel()).declare()
    pattern = ["limit", "^routing.from.intake$", '{"max-length": 1, "overflow": "reject-publish"}']
    node().control("set_policy", *pattern)
    try:
        brokered.wait(lambda: is_refused("intake"))
        brokered.tell(range(40), streams=1)
        brokered.start("intake")
        brokered.wait(lambda: alarms(brokered, "publishing_failed"))
        assert not brokered.published()
    finally:
        node().control("clear_policy", "limit")

    brokered.start("routing")

    brokered.wait_level()
    brokered.wait(brokered.published)


def test_f16_without_notice_of_nacks_what_was_refused_passes_for_published(
    channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the test above can fail."""
    full = {"x-max-length": 1, "x-overflow": "reject-publish"}
    channel.queue_declare("guarded", exclusive=True, arguments=full)
    channel.queue_bind("guarded", "guarded.events", "#")
    with pytest.raises(NotPublished, match="refused"):
        publish()

    monkeypatch.setattr(BatchPublisher, "_on_nack", BatchPublisher._on_ack)

    publish()


def test_f17_without_notice_of_returns_what_nobody_took_passes_for_published(
    channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the test below can fail."""
    with pytest.raises(NotPublished, match="no queue is bound"):
        publish()

    monkeypatch.setattr(BatchPublisher, "_on_return", lambda *_: None)

    publish()


def test_f17_events_that_no_queue_takes_wait_in_the_log(system: System) -> None:
    system.start("intake")
    system.tell(range(10))
    system.wait(lambda: alarms(system, "publishing_failed"))

    assert not system.published()


def test_f17_a_missing_binding_is_found_by_the_silence(brokered: System) -> None:
    brokered.start()
    brokered.tell(range(10))
    brokered.wait_level()

    with Connection(brokered.amqp_uri) as connection:
        channel = connection.channel()
        channel.queue_declare("somebody-else", auto_delete=False)
        channel.queue_bind("somebody-else", "intake.events", "#")
        channel.queue_unbind("routing.from.intake", "intake.events", "#")
        brokered.tell(range(10, 20))
        brokered.wait_level()
        brokered.tell(range(20, 30))
        brokered.wait_level()
        channel.queue_delete("somebody-else")


def test_f18_an_alarm_of_the_broker_blocks_publishing_and_nothing_else(brokered: System) -> None:
    brokered.start()
    brokered.tell(range(5))
    brokered.wait_level()
    node().control("set_vm_memory_high_watermark", "0.00001")
    try:
        brokered.tell(range(5, 30))
        brokered.wait(lambda: any("blocked" in r for r in alarms(brokered, "publishing_failed")))
        assert not brokered.published()
    finally:
        node().control("set_vm_memory_high_watermark", "absolute", "2GB")

    brokered.wait_level()


def test_f22_an_event_too_large_to_publish_is_fetched_by_the_reader(system: System) -> None:
    system.start()

    system.note(1, author="é" * 450_000)
    system.tell(range(2, 10))

    system.wait_level()
    [length] = system.routing.execute(
        "SELECT length(author) FROM handled WHERE number = 1"
    ).fetchone() or [None]
    assert length == 450_000
