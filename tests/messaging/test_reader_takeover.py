"""F28 to F31, F39: the broker takes a reader's work away, by its limits or by its own mistake."""

from __future__ import annotations

import signal

from kombu import Connection, Queue

from tests.messaging.conftest import TEMPO, Child, System
from tests.support.rabbitmq import node

QUEUE = "routing.from.intake"


def test_f28_what_the_broker_drops_after_too_many_deliveries_is_fetched(brokered: System) -> None:
    node().control("set_policy", "limit", f"^{QUEUE}$", '{"delivery-limit": 1}')
    try:
        brokered.start("intake")
        brokered.order(7, "die")
        for _ in range(3):  # each death takes the whole batch in hand with it, the innocent too
            dying = brokered.spawn("routing")
            brokered.tell(range(40), streams=1) if not brokered.log() else None
            brokered.wait(lambda dying=dying: dying.process.poll() is not None)
        brokered.order(7, "nothing")
        brokered.start("routing")

        brokered.wait_level()
    finally:
        node().control("clear_policy", "limit")


def test_f29_a_batch_that_outlasts_the_brokers_patience_is_done_once(brokered: System) -> None:
    def broker_waits(milliseconds: str, tick: str) -> None:
        node().control("eval", f"application:set_env(rabbit, consumer_timeout, {milliseconds}).")
        node().control("eval", f"application:set_env(rabbit, channel_tick_interval, {tick}).")

    broker_waits("1000", "500")
    try:
        brokered.start()
        brokered.tell(range(4), streams=1, order="slow")

        brokered.wait_level()
        brokered.tell(range(4, 8), streams=1)
        brokered.wait_level()
    finally:
        broker_waits("1800000", "60000")


def is_frozen_at_rest(system: System, reader: Child) -> bool:
    """Freeze the reader, and let it go on if that was inside a transaction.

    A reader that is level still records now and then how far its source is; one frozen in there
    keeps its checkpoints locked until the server ends the transaction, a minute or two later.
    """
    reader.process.send_signal(signal.SIGSTOP)
    if not any(system.transactions_of("routing") for _ in range(5)):  # one may just be beginning
        return True
    reader.process.send_signal(signal.SIGCONT)
    return False


def test_f30_a_frozen_reader_wakes_after_another_took_over(brokered: System) -> None:
    brokered.start("intake")
    frozen = brokered.start("routing")
    brokered.tell(range(50))
    brokered.wait_level()

    brokered.wait(lambda: is_frozen_at_rest(brokered, frozen))
    brokered.start("routing")
    brokered.tell(range(50, 100))
    node().control("close_all_connections", "test")  # as the lost heartbeats would, sooner
    brokered.wait(brokered.is_level)
    frozen.process.send_signal(signal.SIGCONT)
    brokered.tell(range(100, 150))

    brokered.wait_level()


def test_f30_one_frozen_inside_its_transaction_is_thrown_out(brokered: System) -> None:
    """In a pipeline, where no time-out for idle transactions is armed."""
    brokered.start("intake")
    brokered.order(7, "pipeline")
    frozen = brokered.start("routing", config={"MESSAGING_TEMPO": TEMPO | {"batch_seconds": 3}})
    brokered.tell(range(40))
    brokered.wait(lambda: "in a pipeline" in frozen.lines)

    frozen.process.send_signal(signal.SIGSTOP)
    brokered.order(7, "nothing")
    other = brokered.start("routing")
    node().control("close_all_connections", "test")  # as the lost heartbeats would, sooner
    brokered.wait(lambda: 7 in brokered.numbers(), 50)  # any batch ends after a minute
    brokered.wait_level()
    assert brokered.handled_by(7) == other.process.pid

    frozen.process.send_signal(signal.SIGCONT)
    brokered.wait(lambda: "error handling worker %s: %s" in [e["event"] for e in frozen.log()])
    brokered.tell(range(40, 80))
    brokered.wait_level()
    assert brokered.parked() == []


def test_f31_a_handler_that_never_yields_costs_the_connection_and_no_event(
    brokered: System,
) -> None:
    brokered.start()
    brokered.tell(range(5), streams=1)
    brokered.wait_level()

    brokered.note(5, stream="note-0", order="hog")
    brokered.wait(lambda: 5 in brokered.numbers() or _is_hogging(brokered))
    node().control("close_all_connections", "missed heartbeats")
    brokered.tell(range(6, 30))

    brokered.wait_level()


def _is_hogging(system: System) -> bool:
    return any("hogging" in line for child in system.children for line in child.lines)


def paused_because(system: System, reason: str) -> bool:
    stands = system.subscription()
    return bool(stands) and stands["state"] == "paused" and reason in stands["reason"]


def test_f39_a_queue_of_another_release_is_named_and_costs_no_event(brokered: System) -> None:
    with Connection(brokered.amqp_uri) as connection:
        other = Queue(QUEUE, durable=True, queue_arguments={"x-queue-type": "quorum"})
        other(connection.channel()).declare()
    brokered.start("intake")
    brokered.spawn("routing")
    brokered.tell(range(10))

    brokered.wait(lambda: paused_because(brokered, "other arguments than this release declares"))
    with Connection(brokered.amqp_uri) as connection:
        connection.channel().queue_delete(QUEUE)

    brokered.wait_level()
    brokered.wait(lambda: brokered.subscription()["state"] == "running")


def test_f39_once_the_queue_is_mended_no_event_is_needed_to_go_on(brokered: System) -> None:
    brokered.start("intake")
    with Connection(brokered.amqp_uri) as connection:
        other = Queue(QUEUE, durable=True, queue_arguments={"x-queue-type": "quorum"})
        other(connection.channel()).declare()
    brokered.spawn("routing")
    brokered.wait(lambda: paused_because(brokered, "other arguments than this release declares"))

    with Connection(brokered.amqp_uri) as connection:
        connection.channel().queue_delete(QUEUE)

    brokered.wait(lambda: brokered.subscription()["state"] == "running")
