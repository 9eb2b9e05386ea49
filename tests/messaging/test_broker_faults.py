"""F25 to F27: queues, connections and whole brokers vanish; the reader ends up level."""

from __future__ import annotations

import psutil
from kombu import Connection

from tests.messaging.conftest import TEMPO, System
from tests.support.rabbitmq import node


def test_f25_a_lost_tail_is_found_by_the_next_announcement(brokered: System) -> None:
    brokered.start(config={"MESSAGING_TEMPO": TEMPO | {"silence_seconds": 600}})
    brokered.tell(range(10))
    brokered.wait_level()

    with Connection(brokered.amqp_uri) as connection:
        channel = connection.channel()
        channel.queue_declare("somebody-else", auto_delete=False)
        channel.queue_bind("somebody-else", "intake.events", "#")
        channel.queue_unbind("routing.from.intake", "intake.events", "#")
        brokered.tell(range(10, 15))
        brokered.wait(brokered.published)
        channel.queue_bind("routing.from.intake", "intake.events", "#")
        channel.queue_delete("somebody-else")

    brokered.wait_level()


def test_f26_queues_deleted_under_load(brokered: System) -> None:
    child = brokered.start()
    brokered.tell(range(20))
    brokered.wait_level()
    before = psutil.Process(child.process.pid).num_fds()

    with Connection(brokered.amqp_uri) as connection:
        channel = connection.channel()
        for round_ in range(1, 6):
            brokered.tell(range(round_ * 100, round_ * 100 + 30))
            channel.queue_delete("routing.from.intake")
            brokered.tell(range(round_ * 100 + 30, round_ * 100 + 60))
            brokered.wait(lambda: brokered.is_level())

    brokered.wait_level()
    assert psutil.Process(child.process.pid).num_fds() <= before + 5


def test_f26_all_connections_closed_under_load(brokered: System) -> None:
    brokered.start()
    brokered.tell(range(100))
    node().control("close_all_connections", "test")
    brokered.tell(range(100, 200))

    brokered.wait_level()


def test_f26_f27_the_broker_is_stopped_wiped_and_started_again(brokered: System) -> None:
    brokered.start()
    brokered.tell(range(50))
    brokered.wait(lambda: len(brokered.handled()) > 0)

    node().control("stop_app")
    brokered.tell(range(50, 100))
    node().control("force_reset")
    node().control("start_app")
    brokered.tell(range(100, 150))

    brokered.wait_level()
