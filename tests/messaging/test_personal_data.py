"""F53, F55: names cross the broker encrypted, and not at all once the person is erased."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from kombu import Connection

from shared.eventstore import Position, Version
from shared.messaging._delivered import Opening
from shared.messaging._envelope import START, Envelope
from tests.messaging.conftest import System
from tests.messaging.notes import CODEC, Noted


def test_f55_a_name_reaches_the_reader_and_never_the_broker(brokered: System) -> None:
    brokered.start()
    with Connection(brokered.amqp_uri) as connection:
        channel = connection.channel()
        brokered.note(0)
        brokered.wait_level()
        channel.queue_declare("eavesdropper", auto_delete=False)
        channel.queue_bind("eavesdropper", "intake.events", "#")

        brokered.note(1, author="Jeanne Témoin")
        brokered.wait_level()

        heard = []
        while message := channel.basic_get("eavesdropper", no_ack=True):
            heard.append(bytes(message.body) if isinstance(message.body, bytes) else message.body)
        channel.queue_delete("eavesdropper")
    assert brokered.routing.execute("SELECT author FROM handled WHERE number = 1").fetchall() == [
        ("Jeanne Témoin",)
    ]
    assert any("note-1" in str(body) for body in heard)
    assert not any("Jeanne" in str(body) or "moin" in str(body) for body in heard)


def test_f53_an_erased_person_is_a_value_and_not_an_error(system: System) -> None:
    person = uuid4()
    system.note(1, author="Jeanne Témoin", person_id=person)
    system.note(2, author="Paul Essai")
    system.store.keyring.erase(person)

    system.start()

    system.wait_level()
    rows = system.routing.execute("SELECT number, author FROM handled ORDER BY number")
    assert rows.fetchall() == [(1, None), (2, "Paul Essai")]
    assert system.parked() == []


class NoKeys:
    """A keyring that must not be asked for anything."""

    def __getattr__(self, name: str) -> Any:
        raise LookupError("a key was asked for")


def test_who_does_not_read_the_private_part_asks_for_no_key() -> None:
    person, now = uuid4(), datetime.now(UTC)
    envelope = Envelope(
        source="intake",
        incarnation=uuid4(),
        partition=0,
        position=Position(1),
        previous=START,
        stream="note-1",
        version=Version(1),
        type="Noted",
        schema=1,
        data={"number": 1, "person_id": str(person), "order": ""},
        private=b"sealed",
        subject=person,
        metadata={},
        occurred_at=now,
        recorded_at=now,
        digest=b"d",
    )
    keys: Any = NoKeys()

    [opened] = Opening(CODEC, keys, reads_private=False).open([envelope])

    assert opened.event == Noted(number=1, person_id=person)
    with pytest.raises(LookupError):
        Opening(CODEC, keys).open([envelope])
