"""Calls between services: bounded in time, errors by kind and code, nothing else leaks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.errors import Conflict, Invalid, PermanenceError, Refused
from shared.messaging import NoAnswer, call
from tests.messaging.conftest import System


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
        call(brokered.amqp_uri, "intake", "fail", {"kind": kind}, 5)

    assert caught.value.code == f"permanence.{kind}"


def test_a_broker_that_is_not_there_is_told_as_such() -> None:
    with pytest.raises(NoAnswer, match="is the broker up"):
        call("amqp://guest:guest@127.0.0.1:1//", "intake", "log_heads", {}, 2)
