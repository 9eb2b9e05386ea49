"""Calls between services: bounded in time, errors by kind and code, nothing else leaks."""

from __future__ import annotations

import json
import socket
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue

from services.host.rabbitmq_node import RabbitMQNode
from shared.errors import Conflict, Invalid, PermanenceError, Refused, Unavailable
from shared.messaging import CallKeyDiffers, NoAnswer, Seals, _broker, _replies, _rpc, call
from shared.messaging._broker import answering_within, connect, open_channel
from shared.privacy import MasterKey
from shared.settings import BadSetting
from tests.messaging.conftest import System
from tests.support.postgres import MASTER_KEY, SEALS
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until


def probe(system: System, *calls: tuple[str, str, dict[str, Any], float]) -> list[Any]:
    """What calls made inside the services' process return, on any transport."""
    child = system.start(config={"PROBE": calls})
    answers: list[Any] = json.loads(child.lines[child.lines.index("ready") - 1])
    assert not [line for line in child.lines if "Témoin" in line]
    return answers


def test_errors_keep_kind_code_and_fields_and_say_nothing_else(system: System) -> None:
    refused, invalid, conflict, bug = probe(
        system,
        ("intake", "fail", {"kind": "refused"}, 5),
        ("intake", "fail", {"kind": "invalid"}, 5),
        ("intake", "fail", {"kind": "conflict"}, 5),
        ("intake", "fail", {"kind": "bug"}, 5),
    )

    assert refused == ["Refused", "permanence.refused", "a rule says no", None]
    assert invalid[:2] == ["Invalid", "permanence.invalid"]
    assert invalid[3] == {"person.dob": ["not a date; write 1980-02-28"]}
    assert conflict[:2] == ["Conflict", "permanence.conflict"]
    assert bug[1:3] == ["permanence.internal", "the service failed; its log says why"]


def test_a_call_never_waits_longer_than_it_was_told(system: System) -> None:
    slow, missing, unknown, heads = probe(
        system,
        ("intake", "wait", {"seconds": 3}, 0.3),
        ("nobody", "fail", {}, 5),
        ("intake", "no_such_method", {}, 5),
        ("intake", "log_heads", {}, 5),
    )

    assert slow[1] == "rpc.no_answer"
    assert missing[1] == "rpc.no_answer"
    assert unknown[0] == "PermanenceError" or unknown[1] == "permanence.invalid"
    assert heads["heads"] == {}


@pytest.mark.parametrize(
    ("kind", "expected"), [("refused", Refused), ("invalid", Invalid), ("conflict", Conflict)]
)
def test_a_program_outside_nameko_gets_the_same_errors(
    brokered: System, kind: str, expected: type[PermanenceError]
) -> None:
    brokered.start("intake")

    with pytest.raises(expected) as caught:
        call(brokered.amqp_uri, "intake", "fail", {"kind": kind}, 60, seals=SEALS)

    assert caught.value.code == f"permanence.{kind}"


def test_a_broker_that_is_not_there_is_told_as_such() -> None:
    with pytest.raises(NoAnswer, match="is the broker up"):
        call("amqp://guest:guest@127.0.0.1:1//", "intake", "log_heads", {}, 2, seals=SEALS)


def test_a_broker_that_says_nothing_is_not_waited_for_any_longer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"amqp://guest:guest@127.0.0.1:{silent.getsockname()[1]}//"
        began = monotonic()
        with pytest.raises(NoAnswer, match="is the broker up"):
            call(uri, "intake", "log_heads", {}, 1, seals=SEALS)
    assert monotonic() - began < 4


def test_a_broker_that_falls_silent_after_its_greeting_is_not_waited_for_either(
    rabbitmq: RabbitMQNode,
) -> None:
    with Proxy(rabbitmq.port) as proxy:
        uri = f"amqp://guest:guest@127.0.0.1:{proxy.port}//"
        with connect(uri) as connection:
            open_channel(connection)
            proxy.hold()
            with pytest.raises(TimeoutError):
                open_channel(connection, timeout_seconds=0.3)
            with pytest.raises(TimeoutError), answering_within(connection, 0.3):
                Queue("never")(connection.default_channel).declare()
            proxy.reset()


def test_who_waits_long_for_an_answer_keeps_the_connection_that_brings_it(
    brokered: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (_broker, _rpc):
        monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 1)  # the broker closes after two of them
    brokered.start("intake")

    answer = call(brokered.amqp_uri, "intake", "wait", {"seconds": 5}, 60, seals=SEALS)

    assert answer == "done"


def test_an_answer_is_sent_again_if_the_broker_had_just_closed_the_connection(
    rabbitmq: RabbitMQNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_replies, "_IDLE_SECONDS", 600)  # the program that closes may take long
    exchange = Exchange("nameko-rpc", type="topic", durable=True)
    asked = SimpleNamespace(properties={"reply_to": "somebody", "correlation_id": "7"})
    replies = _replies.Replies()
    replies.container = SimpleNamespace(config={"AMQP_URI": rabbitmq.amqp_uri})
    replies.setup()
    with Connection(rabbitmq.amqp_uri) as connection:
        Queue("answers", exchange, routing_key="somebody")(connection).declare()
    try:
        replies.send(asked, {"sealed": "first"})
        rabbitmq.control("close_all_connections", "test")

        replies.send(asked, {"sealed": "second"})
    finally:
        replies.stop()
        heard = []
        with Connection(rabbitmq.amqp_uri) as connection:
            answers = Queue("answers", exchange)(connection)
            while (one := answers.get(no_ack=True)) is not None:
                heard.append(one.payload["result"]["sealed"])
            answers.delete()
    assert heard == ["first", "second"]


_WORDS = "Jeanne Témoin, 12345"


def test_nobody_who_looks_at_the_broker_reads_a_call_or_its_answer(brokered: System) -> None:
    brokered.start("intake")
    with Connection(brokered.amqp_uri) as connection, connection.channel() as channel:
        tap = Queue(exclusive=True, auto_delete=True)(channel)
        tap.declare()
        tap.bind_to("nameko-rpc", routing_key="#")
        told = call(brokered.amqp_uri, "intake", "repeat", {"words": _WORDS}, 60, seals=SEALS)
        with pytest.raises(Refused):
            call(brokered.amqp_uri, "intake", "fail", {"kind": "refused"}, 60, seals=SEALS)
        seen = [message.body for _ in range(4) if (message := tap.get(no_ack=True))]

    assert told == _WORDS
    assert len(seen) == 4
    for body in map(_bytes, seen):
        assert list(json.loads(body)) in (["sealed"], ["result", "error"])
        assert b"moin" not in body
        assert b"12345" not in body
        assert b"a rule says no" not in body


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)


def test_a_caller_with_another_key_is_told_which_setting_to_mend(brokered: System) -> None:
    child = brokered.start("intake", config={"LOG_LEVEL": "INFO"})
    other = Seals(MasterKey.generate())

    with pytest.raises(Unavailable, match="give both the same PERMANENCE_MASTER_KEY") as caught:
        call(brokered.amqp_uri, "intake", "repeat", {"words": _WORDS}, 60, seals=other)

    assert caught.value.code == "rpc.key_differs"
    wait_until(lambda: "call_not_opened" in [line["event"] for line in child.log()])
    assert "repeated" not in child.lines


def test_while_the_master_key_changes_both_keys_open_calls(brokered: System) -> None:
    new = MasterKey.generate()
    brokered.start("intake")

    told = call(
        brokered.amqp_uri,
        "intake",
        "repeat",
        {"words": "x"},
        5,
        seals=Seals(MasterKey(bytes(range(32)), also=[new])),
    )
    changed = Seals(MasterKey.from_base64(new.to_base64(), also=MASTER_KEY.to_base64()))

    assert told == "x"
    sent = SEALS.seal("x", method="m", call_id="1", answer=False)
    assert changed.open(sent, method="m", call_id="1", answer=False) == "x"


def test_without_a_master_key_no_call_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERMANENCE_MASTER_KEY", raising=False)

    with pytest.raises(BadSetting, match="PERMANENCE_MASTER_KEY: not set"):
        call("amqp://guest:guest@127.0.0.1:1//", "intake", "log_heads", {}, 2)


@pytest.mark.parametrize(
    "change", [{"method": "intake.other"}, {"call_id": "2"}, {"answer": True}], ids=str
)
def test_what_was_sealed_for_one_call_opens_for_no_other(change: dict[str, Any]) -> None:
    about: dict[str, Any] = {"method": "intake.repeat", "call_id": "1", "answer": False}
    sealed = SEALS.seal({"kwargs": {}}, **about)

    assert SEALS.open(sealed, **about) == {"kwargs": {}}
    with pytest.raises(CallKeyDiffers):
        SEALS.open(sealed, **(about | change))


@pytest.mark.parametrize(
    "sent", [None, {"args": [], "kwargs": {}}, {"sealed": "é"}, {"sealed": "AAAA"}, {"sealed": 3}]
)
def test_what_was_never_sealed_is_not_opened(sent: object) -> None:
    with pytest.raises(CallKeyDiffers):
        SEALS.open(sent, method="m", call_id="1", answer=False)
