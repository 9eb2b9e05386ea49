"""F10, F32, F61: repeats are skipped, holes filled, strangers refused, another past stops us."""

from __future__ import annotations

import json
from uuid import uuid4

from amqp.exceptions import NotFound
from kombu import Connection, Exchange

from shared.eventstore import Position, draw_incarnation
from shared.messaging import START, Place, RpcClient, admin
from shared.messaging._envelope import encode, seal
from tests.messaging.conftest import System
from tests.support.postgres import SEALS
from tests.support.waiting import wait_until


def bodies(system: System) -> list[dict[str, object]]:
    """The log's messages as the relay sends them."""
    incarnation = system.store.incarnation()
    found = []
    for partition in range(8):
        place = START
        for event in system.store.read(partition, after=Position(0), limit=500, decrypt=False):
            envelope = seal("intake", incarnation, event, previous=place)
            place = envelope.place
            found.append(json.loads(encode(envelope)))
    return found


def publish(system: System, messages: list[dict[str, object]] | list[str]) -> None:
    with Connection(system.amqp_uri) as connection:
        producer = connection.Producer()
        for message in messages:
            body = message if isinstance(message, str) else json.dumps(message)
            producer.publish(
                body,
                exchange="intake.events",
                routing_key="Noted",
                content_type="application/json",
                content_encoding="utf-8",
            )


def has_exchange(system: System) -> bool:
    with Connection(system.amqp_uri) as connection:
        try:
            Exchange("intake.events", passive=True, channel=connection.channel()).declare()
        except NotFound:
            return False
    return True


def test_f32_repeats_swaps_and_holes_made_by_hand(brokered: System) -> None:
    brokered.start("routing")
    brokered.tell(range(30), streams=3)
    messages = bodies(brokered)
    wait_until(lambda: has_exchange(brokered))

    publish(brokered, [*messages[5:8], messages[2], messages[-1], *messages[:4], messages[5]])
    brokered.start("intake")
    publish(brokered, [*reversed(messages)])
    brokered.tell(range(30, 40), streams=3)

    brokered.wait_level()


def test_f61_messages_of_strangers_are_refused_and_counted(brokered: System) -> None:
    brokered.start()
    brokered.tell(range(10), streams=1)
    brokered.wait_level()
    last = max(bodies(brokered), key=lambda message: message["position"])  # type: ignore[arg-type,return-value]
    follow = {"position": last["position"] + 1, "previous": [last["position"], last["digest"]]}  # type: ignore[operator]

    publish(
        brokered,
        [
            last | follow | {"source": "elsewhere"},
            last | follow | {"incarnation": str(uuid4())},
            last | follow | {"partition": (last["partition"] + 1) % 8},  # type: ignore[operator]
            last | {"position": 10**9, "previous": [10**9 - 1, "00"]},
            last | {"digest": "not hexadecimal"},
            last | {"format": 99},
            "not JSON",
        ],
    )
    # at least: what the broker delivers again is refused again
    brokered.wait(lambda: brokered.subscription()["refused_count"] >= 7)
    brokered.tell(range(10, 20), streams=1)

    brokered.wait_level()
    assert brokered.subscription()["state"] == "running"


def test_f10_a_log_of_another_life_stops_the_reader_until_an_admin_decides(
    system: System,
) -> None:
    first = system.start()
    system.tell(range(10))
    system.wait_level()
    first.stop()

    draw_incarnation(system.database.owner_dsn("intake"), "intake")
    system.tell(range(10, 20))
    system.start()
    system.wait(lambda: system.subscription()["state"] == "stopped")
    assert "its incarnation differs" in system.subscription()["reason"]
    assert len(system.handled()) == 10

    [info] = admin.subscriptions(system.routing)
    digests = dict(system.intake.execute("SELECT position, digest FROM events").fetchall())
    places = {
        partition: Place(position, digests[position]) if position else START
        for partition, position in info.positions.items()
    }
    life = system.store.incarnation()
    who = {"by": "marie", "why": "restored, nothing was lost"}
    admin.reset_checkpoint(system.routing, "intake", places, incarnation=life, **who)

    system.wait_level()
    assert system.subscription()["state"] == "running"


def test_f10_another_event_at_the_checkpoint_stops_the_reader_and_is_shown(
    brokered: System,
) -> None:
    child = brokered.start("intake")
    reader = brokered.start("routing")
    brokered.tell(range(10), streams=1)
    brokered.wait_level()
    reader.stop()
    brokered.routing.execute("UPDATE checkpoints SET digest = 'other' WHERE position > 0")

    brokered.start("routing")
    brokered.wait(lambda: brokered.subscription()["state"] == "stopped")

    assert child.process.poll() is None
    client = RpcClient(brokered.amqp_uri, SEALS)
    different = [
        difference
        for difference in admin.compare(brokered.routing, "intake", client)
        if not difference.same
    ]
    client.close()
    [head] = brokered.store.heads().values()
    assert [(d.handled, d.head) for d in different] == [(head.position, head.position)]
