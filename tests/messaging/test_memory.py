"""The broker of one process: what a call leaves behind in it."""

from __future__ import annotations

from typing import Any

from shared.messaging import IN_PROCESS_URI
from shared.messaging._memory import Channel, Transport
from shared.messaging._rpc import RpcClient
from tests.support.postgres import SEALS


def _kept() -> tuple[set[str], int, int]:
    state: Any = Transport.global_state
    table = state.exchanges.get("nameko-rpc", {}).get("table", [])
    return set(Channel.queues), len(table), len(state.bindings)


def test_a_caller_takes_its_reply_queue_with_it():
    caller = RpcClient(IN_PROCESS_URI, SEALS)
    caller._open()
    caller.close()
    before = _kept()

    for _ in range(3):
        caller._open()
        during = _kept()
        caller.close()

    assert len(during[0]) == len(before[0]) + 1
    assert _kept() == before


def test_a_reply_to_somebody_who_has_left_is_dropped():
    caller, other = RpcClient(IN_PROCESS_URI, SEALS), RpcClient(IN_PROCESS_URI, SEALS)
    caller._open()
    gone = caller._reply_to
    caller.close()
    other._open()
    before = _kept()

    other._channel.basic_publish(
        other._channel.prepare_message("{}"), exchange="nameko-rpc", routing_key=gone
    )

    assert _kept() == before
    other.close()
