"""F34 to F37: an event that cannot be handled holds up its own stream and nothing else."""

from __future__ import annotations

import psycopg
import pytest

from shared.errors import Invalid
from shared.eventstore import UnitOfWork, Version, WrongVersion
from shared.messaging import admin
from tests.messaging.conftest import TEMPO, System
from tests.messaging.direct import Pair, module_pair, pair
from tests.support.waiting import wait_until

__all__ = ["module_pair", "pair"]


def test_f34_a_poison_event_is_parked_with_its_stream_and_others_flow_on(system: System) -> None:
    system.start()
    system.note(0, stream="note-bad", order="fail")
    system.tell(range(1, 40), streams=4)
    system.note(100, stream="note-bad")
    system.note(101, stream="note-bad")

    system.wait(lambda: len(system.handled()) == 39 and len(system.parked()) == 3)

    assert sorted(system.numbers()) == list(range(1, 40))
    assert system.parked() == [("note-bad", 0, 3), ("note-bad", 100, 0), ("note-bad", 101, 0)]
    assert system.subscription()["state"] == "running"


def test_f34_a_parked_error_holds_no_text_that_could_name_a_person(system: System) -> None:
    child = system.start()
    system.note(0, order="fail", author="Jeanne Témoin")

    system.wait(system.parked)

    [event] = admin.parked(system.routing, source="intake")
    assert event.error is not None
    assert event.error["type"] == "ValueError"
    assert "Témoin" not in str(system.routing.execute("SELECT * FROM parked_events").fetchall())
    assert not [line for line in child.lines if "Témoin" in line]


def test_f34_an_event_that_takes_too_long_is_parked_and_others_flow_on(system: System) -> None:
    system.start(config={"MESSAGING_TEMPO": TEMPO | {"batch_seconds": 0.8}})
    system.note(0, stream="note-bad", order="slow")
    system.tell(range(1, 4), streams=3)

    system.wait(lambda: len(system.handled()) == 3 and system.parked())

    assert sorted(system.numbers()) == [1, 2, 3]
    assert system.parked() == [("note-bad", 0, 3)]
    admin.retry(system.routing, "intake", "note-bad", by="marie", why="to see")
    system.wait(lambda: [p.attempts for p in admin.parked(system.routing)] == [4])
    assert system.subscription()["state"] == "running"


def test_f46_a_retry_handles_the_parked_events_in_order(system: System) -> None:
    system.start()
    for number in (0, 1, 2):
        system.note(number, stream="note-bad", order="fail" if number == 0 else "")
    system.wait(lambda: len(system.parked()) == 3)
    system.order(0, "")

    admin.retry(system.routing, "intake", "note-bad", by="marie", why="the handler was mended")

    system.wait(lambda: system.numbers() == [0, 1, 2])
    assert system.parked() == []
    system.note(3, stream="note-bad")
    system.wait(lambda: system.numbers() == [0, 1, 2, 3])


def test_f34_a_retry_that_fails_again_keeps_its_place(system: System) -> None:
    system.start()
    system.note(0, stream="note-bad", order="fail")
    system.note(1, stream="note-bad")
    system.wait(lambda: len(system.parked()) == 2)

    admin.retry(system.routing, "intake", "note-bad", by="marie", why="to see")

    system.wait(lambda: [p.attempts for p in admin.parked(system.routing)] == [4, 0])
    assert system.numbers() == []
    assert [event.retry_asked_by for event in admin.parked(system.routing)] == [None, None]


@pytest.mark.parametrize(("races_lost", "handled", "asked_for"), [(1, [0], []), (100, [], [None])])
def test_f34_a_retry_that_loses_a_race_is_tried_again_some_times(
    pair: Pair, races_lost: int, handled: list[int], asked_for: list[str | None]
) -> None:
    pair.broken.add(0)
    pair.tell("note-bad", 0)
    pair.relay()
    pair.following.handle(pair.network.events)
    pair.broken.clear()
    races = iter(range(races_lost))

    def meet(_number: int, _unit: UnitOfWork) -> None:
        if next(races, None) is not None:
            raise WrongVersion("answer-0", expected=Version(1), actual=Version(2))

    pair.meet = meet
    pair.asking(admin.retry, "note-bad", by="marie", why="the handler was mended")
    for _tick in range(20):
        pair.handling.retry_parked()

    assert [row[3] for row in pair.handled()] == handled
    with pair.routing_store.transaction() as connection:
        assert [one.retry_asked_by for one in admin.parked(connection)] == asked_for


def test_f46_a_discarded_event_never_returns_and_the_rest_can_be_retried(system: System) -> None:
    system.start()
    system.note(0, stream="note-bad", order="fail")
    system.note(1, stream="note-bad")
    system.wait(lambda: len(system.parked()) == 2)
    first, _second = admin.parked(system.routing)

    admin.discard(
        system.routing, "intake", "note-bad", first.position, by="marie", why="sent by mistake"
    )
    admin.retry(system.routing, "intake", "note-bad", by="marie", why="go on")

    system.wait(lambda: system.numbers() == [1])
    assert system.parked() == []
    actions = system.routing.execute("SELECT action, by, why FROM messaging_actions ORDER BY id")
    assert actions.fetchall()[:2] == [
        ("discard", "marie", "sent by mistake"),
        ("retry", "marie", "go on"),
    ]


def test_an_action_without_a_reason_is_refused(system: System) -> None:
    system.start()
    system.note(0, stream="note-bad", order="fail")
    system.wait(system.parked)

    with pytest.raises(Invalid, match="say who acts and why"):
        admin.retry(system.routing, "intake", "note-bad", by="marie", why=" ")


def test_f35_when_most_events_fail_the_subscription_pauses_and_resumes_by_itself(
    system: System,
) -> None:
    system.start()
    for number in range(30):
        system.order(number, "fail")
    system.tell(range(30), streams=30)

    system.wait(lambda: system.subscription().get("state") == "paused")
    system.routing.execute("DELETE FROM orders")
    system.wait(lambda: len(system.handled()) + len(system.parked()) == 30)

    assert len(system.parked()) < 10
    system.wait(lambda: system.subscription()["state"] == "running")


def test_f36_an_event_that_kills_the_process_is_parked_after_some_deaths(
    brokered: System,
) -> None:
    brokered.start("intake")
    brokered.tell(range(10), streams=5)
    brokered.note(100, stream="note-bad", order="die")
    brokered.tell(range(10, 20), streams=5)
    deaths = 0

    while not brokered.parked():
        child = brokered.spawn("routing")
        wait_until(lambda c=child: c.process.poll() is not None or bool(brokered.parked()))
        deaths += child.process.poll() == 9
        assert deaths < 10

    assert [number for _, number, _ in brokered.parked()] == [100]
    brokered.wait(lambda: sorted(brokered.numbers()) == list(range(20)))
    assert 1 <= deaths <= 6


def test_f36_a_retry_that_kills_the_process_returns_to_its_place(brokered: System) -> None:
    brokered.start()
    brokered.note(100, stream="note-bad", order="fail")
    brokered.wait(brokered.parked)
    brokered.order(100, "die")
    admin.retry(brokered.routing, "intake", "note-bad", by="marie", why="to see")
    deaths = 0

    while is_asked_for(brokered):
        child = brokered.children[-1] if deaths == 0 else brokered.spawn()
        brokered.wait(lambda c=child: c.process.poll() is not None or not is_asked_for(brokered))
        deaths += child.process.poll() == 9
        assert deaths < 4

    assert 1 <= deaths <= 2
    assert brokered.parked() == [("note-bad", 100, 4)]
    [event] = admin.parked(brokered.routing)
    assert event.error == {"type": "ProcessDied"}
    brokered.tell(range(5))
    brokered.wait(lambda: len(brokered.handled()) == 5)


@pytest.mark.parametrize("order", ["unavailable", "deadlock"])
def test_f37_what_may_pass_is_retried_and_never_counted_as_poison(
    system: System, order: str
) -> None:
    system.start()
    system.order(5, order)
    system.tell(range(10))

    system.wait(lambda: system.subscription().get("attempts") is not None)
    failures = system.wait(lambda: retried(system) >= 5 and retried(system))
    assert system.parked() == []
    system.routing.execute("DELETE FROM orders")

    system.wait_level()
    assert failures >= 5


def test_f12_an_event_that_this_release_does_not_know_is_parked_raw(system: System) -> None:
    system.start()
    with psycopg.connect(system.database.dsn("intake"), autocommit=True):
        append_future_event(system)
    system.tell(range(5))

    system.wait(lambda: len(system.parked()) == 1 and len(system.handled()) == 5)

    [event] = admin.parked(system.routing)
    assert (event.type, event.data) == ("Noted", {"number": 1, "shape": "of tomorrow"})


def is_asked_for(system: System) -> bool:
    """Whether a retry was asked for and did not end."""
    return any(event.retry_asked_by for event in admin.parked(system.routing))


def append_future_event(system: System) -> None:
    """A version that a newer release wrote before it was rolled back."""
    from shared.clock import SystemClock
    from shared.eventstore import Expected, NewEvent, Write

    event = NewEvent(
        type="Noted",
        schema=9,
        data={"number": 1, "shape": "of tomorrow"},
        occurred_at=SystemClock().now(),
    )
    system.store.append([Write(stream="note-new", events=[event], expected=Expected.ANY)])


def retried(system: System) -> int:
    """How often the reader logged that it tries a batch again."""
    return sum(
        entry["event"] in {"batch_tried_again", "subscription_interrupted"}
        for child in system.children
        for entry in child.log()
    )
