"""F53, F55: names cross the broker encrypted, and not at all once the person is erased."""

from __future__ import annotations

from uuid import uuid4

from kombu import Connection

from tests.messaging.conftest import System


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
