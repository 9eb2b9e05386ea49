"""The catalogue of events says what the contracts say, and who really subscribes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.host.event_catalogue import consumers, written
from shared.contracts.codecs import CODECS
from shared.messaging._envelope import to_wire
from tests.messaging.test_sift import log_of

DOCS = Path(__file__).resolve().parents[2] / "docs"
EVENTS = [(service, type_) for service, codec in CODECS.items() for type_ in codec.types()]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCS / "asyncapi.yaml").read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", ["events.md", "asyncapi.yaml"])
def test_the_catalogue_is_current(name: str) -> None:
    """If this fails: `make docs`, and commit what it wrote."""
    assert (DOCS / name).read_text("utf-8") == written()[name]


def test_consumers_are_those_who_subscribe() -> None:
    found = consumers()

    assert found["intake", "RequestNormalised"] == ["routing", "followup", "desk"]
    assert found["intake", "ArrivalNoted"] == ["desk"]
    assert found["routing", "AssignmentEscalated"] == ["intake", "notifications", "desk"]
    assert found.keys() == set(EVENTS)  # the desk reads all


def test_private_fields_are_marked() -> None:
    text = written()["events.md"]
    event = text[text.index("### VolunteerRegistered\n") :].split("\n### ", 1)[0]

    assert (
        "| `private` | [VolunteerContact](#volunteercontact) or none, **private** | "
        "Who a volunteer is and where alerts reach them. |"
    ) in event.splitlines()
    assert "#### VolunteerContact\n" in text


def test_a_fields_meaning_comes_from_the_docstring() -> None:
    lines = written()["events.md"].splitlines()
    [capacity] = [line for line in lines if line.startswith("| `capacity` |")]

    assert capacity.endswith("`capacity` how many requests they hold at most. |")


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolved(document: dict[str, Any], reference: str) -> Any:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def test_the_asyncapi_document_holds_together(document: dict[str, Any]) -> None:
    """It was validated against AsyncAPI's own JSON Schema; this keeps what can break by itself."""
    assert document["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= document["info"].keys()
    for reference in set(references(document)):
        assert resolved(document, reference), reference
    for operation in document["operations"].values():
        assert operation["action"] in ("send", "receive")
        channel = operation["channel"]["$ref"]
        assert all(one["$ref"].startswith(f"{channel}/messages/") for one in operation["messages"])


@pytest.mark.parametrize(("service", "type_"), EVENTS)
def test_each_event_is_a_message_with_its_payload(
    document: dict[str, Any], service: str, type_: str
) -> None:
    message = document["components"]["messages"][f"{service}.{type_}"]
    envelope, own = message["payload"]["allOf"]

    assert resolved(document, envelope["$ref"])["properties"].keys() >= own["properties"].keys()
    data = resolved(document, own["properties"]["data"]["$ref"])
    assert data == CODECS[service].shapes(type_)["data"]
    assert type_ in document["channels"][f"{service}.events"]["messages"]
    has_private = CODECS[service].shapes(type_)["private"] is not None
    assert ("x-private" in message) == has_private


def test_the_envelope_is_the_one_that_is_sent(document: dict[str, Any]) -> None:
    [envelope] = log_of([1])

    assert list(to_wire(envelope)) == list(
        document["components"]["schemas"]["Envelope"]["properties"]
    )
