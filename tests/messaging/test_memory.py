"""The broker of one process: what a call leaves behind in it."""

from __future__ import annotations

from time import monotonic
from typing import Any

import pytest
from kombu.entity import Queue

from shared.messaging import IN_PROCESS_URI, _memory
from shared.messaging._broker import connect
from shared.messaging._memory import Channel, Transport
from shared.messaging._rpc import RpcClient
from shared.messaging._topology import subscription_queue
from tests.support.postgres import SEALS


def _kept() -> tuple[set[str], int, int]:
    state: Any = Transport.global_state
    table = state.exchanges.get("nameko-rpc", {}).get("table", [])
    return set(Channel.queues), len(table), len(state.bindings)


def test_a_caller_takes_its_reply_queue_with_it():
    caller = RpcClient(IN_PROCESS_URI, SEALS)
    caller._open(monotonic() + 60)
    caller.close()
    before = _kept()

    for _ in range(3):
        caller._open(monotonic() + 60)
        during = _kept()
        caller.close()

    assert len(during[0]) == len(before[0]) + 1
    assert _kept() == before


def test_a_reply_to_somebody_who_has_left_is_dropped():
    caller, other = RpcClient(IN_PROCESS_URI, SEALS), RpcClient(IN_PROCESS_URI, SEALS)
    caller._open(monotonic() + 60)
    gone = caller._reply_to
    caller.close()
    other._open(monotonic() + 60)
    before = _kept()

    other._channel.basic_publish(
        other._channel.prepare_message("{}"), exchange="nameko-rpc", routing_key=gone
    )

    assert _kept() == before
    other.close()


@pytest.mark.parametrize("told", [{"x-max-length": 3}, None])
def test_a_queue_that_nobody_reads_loses_its_oldest_messages(
    told: dict[str, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A subscription that is paused for days must not fill the memory of the whole system."""
    monkeypatch.setattr(_memory, "_MOST_WAITING", 5)
    with connect(IN_PROCESS_URI) as connection, connection.channel() as channel:
        arguments = told or subscription_queue("a", "b").queue_arguments
        queue = Queue("unread", queue_arguments=arguments)(channel)
        queue.declare()

        for number in range(20):
            channel.basic_publish(
                channel.prepare_message(str(number)), exchange="", routing_key="unread"
            )

        kept = [int(message.body) for message in iter(queue.get, None)]
        queue.delete()
    assert kept == list(range(20))[-(3 if told else 5) :]
