"""Appending: versions, conflicts, many streams at once."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest

from shared.eventstore import EventStore, Expected, Position, Version, WrongVersion
from tests.eventstore.events import NOON, PERSON, event, write
from tests.support.postgres import Database


def test_what_was_appended_is_read_back_as_it_was(store: EventStore) -> None:
    [appended] = store.append(
        [
            write(
                "request-7",
                event(
                    data={"channel": "letter", "pages": 2, "weight": 0.25, "seen": None},
                    private={"name": "Amélie Féroce", "notes": ["n° d'écrou 12"]},
                    subject=PERSON,
                ),
                metadata={"actor": "volunteer-3"},
            )
        ]
    )

    [recorded] = store.load("request-7")
    assert (recorded.version, recorded.type, recorded.schema) == (1, "RequestReceived", 1)
    assert recorded.data == {"channel": "letter", "pages": 2, "weight": 0.25, "seen": None}
    assert recorded.private == {"name": "Amélie Féroce", "notes": ["n° d'écrou 12"]}
    assert (recorded.subject, recorded.metadata) == (PERSON, {"actor": "volunteer-3"})
    assert recorded.occurred_at == NOON
    assert (recorded.position, recorded.digest) == (appended.position, appended.digest)
    assert (recorded.partition, recorded.recorded_at) == (
        appended.partition,
        appended.recorded_at,
    )


def test_a_stream_counts_its_versions_from_one(store: EventStore) -> None:
    first = store.append([write("request-1", event(), event(), expected=Expected.NO_STREAM)])
    second = store.append([write("request-1", expected=2)])

    assert [appended.version for appended in first + second] == [1, 2, 3]


@pytest.mark.parametrize("expected", [Expected.NO_STREAM, 0, 1, 3])
def test_another_version_than_expected_is_a_conflict_that_names_the_actual_one(
    store: EventStore, expected: Expected | int
) -> None:
    store.append([write("request-1", event(), event())])

    with pytest.raises(WrongVersion) as conflict:
        store.append([write("request-1", expected=expected)])

    assert (conflict.value.stream, conflict.value.actual) == ("request-1", 2)
    assert len(store.load("request-1")) == 2


def test_a_stream_expected_to_exist_must(store: EventStore) -> None:
    with pytest.raises(WrongVersion) as conflict:
        store.append([write("request-1", expected=Expected.EXISTS)])

    assert conflict.value.actual == 0


def test_a_conflict_in_one_stream_keeps_the_others_out_too(store: EventStore) -> None:
    store.append([write("team-2")])

    with pytest.raises(WrongVersion):
        store.append([write("request-1"), write("team-2", expected=0)])

    assert store.load("request-1") == []


def test_streams_of_several_partitions_are_written_at_once(store: EventStore) -> None:
    appended = store.append([write(f"request-{n}", event(), event()) for n in range(20)])

    assert [a.stream for a in appended] == [f"request-{n}" for n in range(20) for _ in (1, 2)]
    assert len({a.partition for a in appended}) > 1
    assert len({a.position for a in appended}) == 40


def test_two_writes_to_one_stream_follow_each_other(store: EventStore) -> None:
    appended = store.append(
        [
            write("request-1", expected=0, metadata={"n": 1}),
            write("request-2"),
            write("request-1", expected=1, metadata={"n": 2}),
        ]
    )

    assert [(a.stream, a.version) for a in appended] == [
        ("request-1", 1),
        ("request-2", 1),
        ("request-1", 2),
    ]
    assert [r.metadata for r in store.load("request-1")] == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize(("first", "second", "actual"), [(0, 2, 1), (0, 0, 1), (-1, 0, 1)])
def test_two_writes_to_one_stream_that_contradict_each_other_conflict(
    store: EventStore, first: int, second: int, actual: int
) -> None:
    expected = Expected.ANY if first < 0 else first
    with pytest.raises(WrongVersion) as conflict:
        store.append([write("r-1", expected=expected), write("r-1", expected=second)])

    assert conflict.value.actual == actual
    assert store.load("r-1") == []


def test_a_write_after_any_still_fixes_the_version(store: EventStore) -> None:
    store.append([write("r-1")])

    store.append([write("r-1"), write("r-1", expected=2)])
    with pytest.raises(WrongVersion) as conflict:
        store.append([write("r-1"), write("r-1", expected=2)])

    assert conflict.value.actual == 3


def test_an_append_on_a_given_connection_follows_its_transaction(
    store: EventStore,
) -> None:
    with store.transaction() as connection:
        store.append([write("request-1")], connection=connection)
        inside = store.load("request-1", connection=connection)
        outside = store.load("request-1")
        raise_in_the_end = psycopg.Rollback()
        raise raise_in_the_end

    assert (len(inside), outside) == (1, [])
    assert store.load("request-1") == []


def test_reading_a_partition_pages_through_all_its_events(store: EventStore) -> None:
    store.append([write(f"request-{n}") for n in range(60)])

    for partition in range(8):
        whole = store.read(partition, after=Position(0), limit=1000)
        pages = []
        after = Position(0)
        while page := store.read(partition, after=after, limit=3):
            pages += page
            after = page[-1].position
        assert pages == whole
        assert store.heads()[partition].position == whole[-1].position


def test_a_stream_is_loaded_as_of_a_moment_and_after_a_version(store: EventStore) -> None:
    store.append([write("r-1", event(data={"n": 1}))])
    [then] = store.append([write("r-1", event(data={"n": 2}))])
    store.append([write("r-1", event(data={"n": 3}))])

    as_of = store.load("r-1", recorded_until=then.recorded_at)
    later = store.load("r-1", after=Version(1))

    assert [r.data["n"] for r in as_of] == [1, 2]
    assert [r.data["n"] for r in later] == [2, 3]


def test_f03_positions_are_drawn_one_by_one(database: Database) -> None:
    """A session with a block of positions of its own would break the order."""
    cache = database.admin().execute(
        "SELECT cache_size FROM pg_sequences WHERE sequencename = 'events_position_seq'"
    )

    assert {row[0] for row in cache} == {1}


def test_f03_without_drawing_one_by_one_positions_come_out_of_order(database: Database) -> None:
    """Proves that it matters: the later append gets the lower position."""
    database.admin().execute("ALTER SEQUENCE events_position_seq CACHE 10")
    one, other = (database.store("intake", max_size=1) for _ in range(2))

    [first], [second], [third] = (store.append([write()]) for store in (one, other, one))

    assert first.position < third.position < second.position


def test_one_event_goes_a_way_of_its_own_whatever_is_expected(database: Database) -> None:
    database.admin().execute("REVOKE EXECUTE ON FUNCTION append FROM intake")
    store = database.store("intake")

    for expected in (Expected.NO_STREAM, 1, Expected.ANY, Expected.EXISTS):
        store.append([write("request-1", expected=expected)], command_id=uuid4())
    store.append([write("request-2")])

    assert [r.version for r in store.load("request-1")] == [1, 2, 3, 4]
    assert [r.version for r in store.load("request-2")] == [1]
    assert store.verify().sound


def test_one_event_is_never_recorded_before_its_predecessor(database: Database) -> None:
    store = database.store("intake")
    store.append([write("request-1")])
    database.admin().execute("UPDATE streams SET recorded_at = '2999-01-01 00:00+00'")

    [second] = store.append([write("request-1", expected=1)])

    assert second.recorded_at.year == 2999
    assert store.verify().sound
