"""F12: an event of a version from the future is parked, and goes through after the upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import pytest

from shared.contracts.codec import Codec
from shared.eventstore import Expected, NewEvent, Write
from shared.messaging import _subscription, admin
from shared.messaging._envelope import Envelope
from shared.messaging._tables import SubscriptionTables
from shared.messaging._tempo import NORMAL
from tests.eventstore.events import NOON
from tests.messaging.direct import PERSON, Pair
from tests.support.postgres import fresh_database
from tests.support.waiting import wait_until


@pytest.fixture
def pair() -> Iterator[Pair]:
    with fresh_database() as database:
        yield Pair(database)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """As the next release has it."""

    SCHEMA: ClassVar[int] = 2

    number: int
    person_id: UUID
    place: str


def noted_1_to_2(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"place": "not stated"}


NEXT_RELEASE = Codec([Noted], {("Noted", 1): noted_1_to_2})


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """Which only the next release has."""

    number: int
    person_id: UUID
    place: str


THE_ONE_AFTER = Codec([Noted, Enclosed], {("Noted", 1): noted_1_to_2})


def tell_as_the_next_release(pair: Pair, stream: str, number: int, type: str = "Noted") -> None:
    event = NewEvent(
        type=type,
        schema=2 if type == "Noted" else 1,
        data={"number": number, "person_id": str(PERSON), "place": "Fresnes"},
        occurred_at=NOON,
    )
    pair.store.append([Write(stream=stream, events=[event], expected=Expected.ANY)])


def parked(pair: Pair) -> list[tuple[str, int, str | None]]:
    with pair.routing_store.transaction() as connection:
        return [
            (one.stream, one.data["number"], one.error and one.error.get("code"))
            for one in admin.parked(connection)
        ]


def test_f12_a_newer_version_is_parked_and_its_stream_waits_behind_it(pair: Pair) -> None:
    pair.tell("note-1", 1)
    tell_as_the_next_release(pair, "note-1", 2)
    pair.tell("note-1", 3)
    pair.tell("note-2", 4)

    pair.following.level()

    assert [number for *_, number in pair.handled()] in ([1, 4], [4, 1])
    assert parked(pair) == [
        ("note-1", 2, "contracts.unknown_event"),
        ("note-1", 3, None),
    ]


def test_f12_a_newer_type_is_parked_too_by_who_asks_for_some_types_only(pair: Pair) -> None:
    pair.restart(only=frozenset({"Noted"}))
    pair.tell("note-1", 1)
    tell_as_the_next_release(pair, "note-1", 2, "Enclosed")
    pair.tell("note-1", 3)
    pair.following.level()

    assert [number for *_, number in pair.handled()] == [1]
    assert parked(pair) == [("note-1", 2, "contracts.unknown_event"), ("note-1", 3, None)]

    pair.restart(THE_ONE_AFTER, only=frozenset({"Noted", "Enclosed"}))
    pair.asking(admin.retry, "note-1", by="admin", why="upgraded")
    pair.handling.retry_parked()

    assert [number for *_, number in pair.handled()] == [1, 2, 3]


def test_a_type_that_is_known_and_not_asked_for_is_passed_over(pair: Pair) -> None:
    pair.restart(THE_ONE_AFTER, only=frozenset({"Enclosed"}))
    pair.tell("note-1", 1)
    tell_as_the_next_release(pair, "note-1", 2, "Enclosed")
    pair.following.level()

    assert [number for *_, number in pair.handled()] == [2]
    assert parked(pair) == []


def test_f12_once_upgraded_the_parked_events_go_through_in_order(pair: Pair) -> None:
    pair.tell("note-1", 1)
    tell_as_the_next_release(pair, "note-1", 2)
    pair.tell("note-1", 3)
    pair.following.level()

    pair.restart(NEXT_RELEASE)
    pair.asking(admin.retry, "note-1", by="admin", why="upgraded")
    pair.handling.retry_parked()

    assert [number for *_, number in pair.handled()] == [1, 2, 3]
    assert parked(pair) == []


def test_f12_once_upgraded_a_reader_takes_up_by_itself_what_it_parked(pair: Pair) -> None:
    tell_as_the_next_release(pair, "note-1", 1)
    pair.tell("note-1", 2)
    tell_as_the_next_release(pair, "note-2", 3, "Enclosed")
    pair.broken.add(4)
    pair.tell("note-3", 4)
    pair.following.level()
    assert len(parked(pair)) == 4

    pair.restart(NEXT_RELEASE)
    with pair.reading(NORMAL):
        wait_until(lambda: [number for *_, number in pair.handled()] == [1, 2])

    assert parked(pair) == [
        ("note-2", 3, "contracts.unknown_event"),  # it is of the one after
        ("note-3", 4, None),  # it was readable: an admin's matter
    ]
    with pair.routing_store.transaction() as connection:
        acted = connection.execute("SELECT action, by, why FROM messaging_actions ORDER BY id")
        assert acted.fetchone() == ("retry", "the service", "this release reads Noted")


def test_f12_what_this_release_reads_and_cannot_handle_is_asked_for_once(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_subscription, "_TAKE_UP_SECONDS", 0)
    unread = SubscriptionTables.unread
    looked: list[int] = []

    def looks(tables: SubscriptionTables) -> list[Envelope]:
        found = unread(tables)
        looked.append(len(found))
        return found

    monkeypatch.setattr(SubscriptionTables, "unread", looks)
    tell_as_the_next_release(pair, "note-1", 1)
    with pair.routing_store.transaction() as connection:
        own = NewEvent(type="OfTheNext", schema=1, data={}, occurred_at=NOON)
        write = Write(stream="own", events=[own], expected=Expected.NO_STREAM)
        pair.routing_store.append([write], connection=connection)
    pair.meet = lambda _number, unit: unit.load("own")
    pair.following.level()

    pair.restart(NEXT_RELEASE)
    with pair.reading(NORMAL):
        wait_until(lambda: looked[-4:] == [1, 1, 1, 1])  # it waits there to be asked for

    assert parked(pair) == [("note-1", 1, "contracts.unknown_event")]
    with pair.routing_store.transaction() as connection:
        asked = connection.execute("SELECT count(*) FROM messaging_actions").fetchone()
    assert asked == (1,)


def test_f12_what_the_replica_of_the_release_before_tried_first_is_asked_for_again(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_subscription, "_TAKE_UP_SECONDS", 1.5)
    tell_as_the_next_release(pair, "note-1", 1)
    pair.following.level()
    pair.asking(admin.retry, "note-1", by="admin", why="upgraded")
    pair.handling.retry_parked()
    assert [one[:2] for one in parked(pair)] == [("note-1", 1)]
    before, ask_again = pair.handling, SubscriptionTables.ask_again
    fails = [before.retry_parked]

    def tried_first(tables: SubscriptionTables, stream: str, *, by: str, why: str) -> None:
        ask_again(tables, stream, by=by, why=why)
        while fails:
            fails.pop()()

    monkeypatch.setattr(SubscriptionTables, "ask_again", tried_first)

    pair.restart(NEXT_RELEASE)
    with pair.reading(NORMAL):
        wait_until(lambda: [number for *_, number in pair.handled()] == [1])

    assert fails == []
